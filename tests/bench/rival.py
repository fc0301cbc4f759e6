"""llama-index's ``IngestionPipeline``, put together as its documentation does, over the same pages and model.

SimpleDirectoryReader with file names as ids, SentenceSplitter, a document store with ``UPSERTS_AND_DELETE``, its own
Chroma store, its cache; document store and cache are persisted at the end of a run and loaded at the start of the next.
"""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

from llama_index.core.base.embeddings.base import BaseEmbedding
from llama_index.core.node_parser import SentenceSplitter
from llama_index.core.schema import Document
from pydantic import PrivateAttr

from tests.bench.metered import Metered

Held = Counter[tuple[str, str]]
"""How often an index holds each text of each page."""


class Rival:
    """A kept index. ``tokens`` is the splitter's chunk size, ``overlap`` what two chunks share."""

    def __init__(self, folder: Path, encoder: Metered, tokens: int = 256, overlap: int = 20) -> None:
        self._folder = folder
        self.encoder = encoder
        self._splitter = SentenceSplitter(chunk_size=tokens, chunk_overlap=overlap)

    def sync(self, pages: Path, *, persist: bool = True) -> None:
        """Read the folder, embed what changed, and persist; without that, as a process that ended just before."""
        from llama_index.core.ingestion import DocstoreStrategy, IngestionPipeline
        from llama_index.core.storage.docstore import SimpleDocumentStore
        from llama_index.vector_stores.chroma import ChromaVectorStore

        client = self._client()
        pipeline = IngestionPipeline(
            transformations=[self._splitter, _Embedding(self.encoder)],
            vector_store=ChromaVectorStore(chroma_collection=client.get_or_create_collection("pages")),
            docstore=SimpleDocumentStore(),
            docstore_strategy=DocstoreStrategy.UPSERTS_AND_DELETE,
        )
        storage = self._folder / "pipeline_storage"
        try:
            if storage.exists():
                pipeline.load(str(storage))
            pipeline.run(documents=_read(pages))
            if persist:
                pipeline.persist(str(storage))
        finally:
            client.close()

    def held(self, pages: Path) -> Held:
        """What its vector store holds, by page and text."""
        client = self._client()
        found = client.get_or_create_collection("pages").get(include=["documents", "metadatas"])
        client.close()
        return Counter(
            (Path(metadata["file_path"]).relative_to(pages).as_posix(), text)
            for metadata, text in zip(found["metadatas"], found["documents"], strict=True)
        )

    def fresh(self, pages: Path) -> Held:
        """What a fresh run over the folder would hold."""
        return Counter(
            (Path(node.metadata["file_path"]).relative_to(pages).as_posix(), node.get_content())
            for node in self._splitter(_read(pages))
        )

    def _client(self) -> Any:
        import chromadb

        return chromadb.PersistentClient(str(self._folder / "chroma"))


class _Embedding(BaseEmbedding):
    """A model of ours as one of llama-index's."""

    _encoder: Metered = PrivateAttr()

    def __init__(self, encoder: Metered) -> None:
        super().__init__(model_name=encoder.recipe, embed_batch_size=256)  # as many as ours is given at a time
        self._encoder = encoder

    def _get_text_embeddings(self, texts: list[str]) -> list[list[float]]:
        return [list(map(float, vector)) for vector in self._encoder.encode_documents(texts)]

    def _get_text_embedding(self, text: str) -> list[float]:
        return self._get_text_embeddings([text])[0]

    def _get_query_embedding(self, query: str) -> list[float]:
        return list(map(float, self._encoder.encode_queries([query])[0]))

    async def _aget_query_embedding(self, query: str) -> list[float]:
        return self._get_query_embedding(query)


def _read(pages: Path) -> list[Document]:
    from llama_index.core import SimpleDirectoryReader

    return SimpleDirectoryReader(str(pages), recursive=True, filename_as_id=True).load_data()
