"""llama-index by its starter tutorial, with Chroma as its page on storing has it; changes by ``refresh_ref_docs``."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.bench.rivals.tutorial import OVERLAP, Found, Tutorial


class LlamaIndex(Tutorial):
    """SimpleDirectoryReader, VectorStoreIndex.from_documents, ChromaVectorStore, HuggingFaceEmbedding."""

    def load(self) -> None:
        """Import what it takes and load the model; nothing of it is timed as indexing."""
        from llama_index.core import Settings
        from llama_index.embeddings.huggingface import HuggingFaceEmbedding

        Settings.embed_model = HuggingFaceEmbedding(model_name=self.model)
        Settings.embed_model.get_text_embedding("load what is loaded at first use")

    def split(self, size: int) -> int:
        """How many chunks of that size the pages make."""
        from llama_index.core.node_parser import SentenceSplitter

        try:
            return len(SentenceSplitter(chunk_size=size, chunk_overlap=int(OVERLAP * size))(self._read()))
        except ValueError:  # the files' metadata, which counts as part of a chunk, is longer than that
            return 1_000_000_000

    def build(self) -> int:
        """Index the pages, into nothing: how many chunks."""
        from llama_index.core import VectorStoreIndex

        self._sized()
        VectorStoreIndex.from_documents(self._read(), storage_context=self._storage())
        return int(self._collection().count())

    def prepare(self) -> None:
        """Index the pages so that ``update`` can follow; nothing is timed."""
        from llama_index.core import VectorStoreIndex

        self._sized()
        storage = self._storage()
        VectorStoreIndex.from_documents(self._read(), storage_context=storage)
        storage.persist(persist_dir=str(self._kept))

    def update(self) -> None:
        """Bring the index up to date with the pages; those that are gone are not seen by ``refresh_ref_docs``."""
        from llama_index.core import StorageContext, load_index_from_storage
        from llama_index.vector_stores.chroma import ChromaVectorStore

        self._sized()
        store = ChromaVectorStore(chroma_collection=self._collection())
        storage = StorageContext.from_defaults(vector_store=store, persist_dir=str(self._kept))
        index = load_index_from_storage(storage)  # from_vector_store would begin with an empty document store
        documents = self._read()
        index.refresh_ref_docs(documents)
        known = set(storage.docstore.get_all_document_hashes().values())
        for gone in known - {document.id_ for document in documents}:
            index.delete_ref_doc(gone, delete_from_docstore=True)
        storage.persist(persist_dir=str(self._kept))

    def open(self) -> Callable[[str, int], Found]:
        """Open the index: what finds the best passages for a question."""
        from llama_index.core import VectorStoreIndex
        from llama_index.vector_stores.chroma import ChromaVectorStore

        index = VectorStoreIndex.from_vector_store(ChromaVectorStore(chroma_collection=self._collection()))
        retrievers: dict[int, Any] = {}

        def find(question: str, k: int) -> Found:
            if k not in retrievers:
                retrievers[k] = index.as_retriever(similarity_top_k=k)
            nodes = retrievers[k].retrieve(question)
            return [
                (Path(node.metadata["file_path"]).relative_to(self.pages).as_posix(), node.get_content())
                for node in nodes
            ]

        return find

    @property
    def _kept(self) -> Path:
        return self.folder / "storage"

    def _sized(self) -> None:
        from llama_index.core import Settings

        Settings.chunk_size = self.size
        Settings.chunk_overlap = int(OVERLAP * self.size)

    def _read(self) -> list[Any]:
        from llama_index.core import SimpleDirectoryReader

        return list(SimpleDirectoryReader(str(self.pages), recursive=True, filename_as_id=True).load_data())

    def _collection(self) -> Any:
        import chromadb

        client = chromadb.PersistentClient(path=str(self.folder / "chroma_db"))
        return client.get_or_create_collection("quickstart")

    def _storage(self) -> Any:
        from llama_index.core import StorageContext
        from llama_index.vector_stores.chroma import ChromaVectorStore

        return StorageContext.from_defaults(vector_store=ChromaVectorStore(chroma_collection=self._collection()))
