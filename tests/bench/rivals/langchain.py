"""LangChain, by its tutorial on semantic search; changes by its indexing API, with a record of what it indexed."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.bench.rivals.tutorial import OVERLAP, Found, Tutorial


class LangChain(Tutorial):
    """DirectoryLoader and TextLoader, RecursiveCharacterTextSplitter, HuggingFaceEmbeddings, Chroma."""

    _embeddings: Any = None

    def load(self) -> None:
        """Import what it takes and load the model; nothing of it is timed as indexing."""
        from langchain_huggingface import HuggingFaceEmbeddings

        self._embeddings = HuggingFaceEmbeddings(model_name=self.model)
        self._embeddings.embed_query("load what is loaded at first use")

    def split(self, size: int) -> int:
        """How many chunks of that size the pages make."""
        return len(self._splits(size))

    def build(self) -> int:
        """Index the pages, into nothing: how many chunks."""
        splits = self._splits(self.size)
        self._store().add_documents(documents=splits)
        return len(splits)

    def prepare(self) -> None:
        """Index the pages so that ``update`` can follow; nothing is timed."""
        self.update()

    def update(self) -> None:
        """Bring the index up to date with the pages."""
        from langchain_classic.indexes import SQLRecordManager
        from langchain_core.indexing import index

        records = SQLRecordManager("chroma/pages", db_url=f"sqlite:///{self.folder / 'records.sqlite3'}")
        records.create_schema()
        index(
            self._splits(self.size), records, self._store(), cleanup="full", source_id_key="source",
            key_encoder="sha256",
        )  # fmt: skip

    def open(self) -> Callable[[str, int], Found]:
        """Open the index: what finds the best passages for a question."""
        store = self._store()
        retrievers: dict[int, Any] = {}

        def find(question: str, k: int) -> Found:
            if k not in retrievers:
                retrievers[k] = store.as_retriever(search_kwargs={"k": k})
            found = retrievers[k].invoke(question)
            return [
                (Path(document.metadata["source"]).relative_to(self.pages).as_posix(), document.page_content)
                for document in found
            ]

        return find

    def _splits(self, size: int) -> list[Any]:
        from langchain_community.document_loaders import DirectoryLoader, TextLoader
        from langchain_text_splitters import RecursiveCharacterTextSplitter

        loader = DirectoryLoader(
            str(self.pages), glob="**/*.md", loader_cls=TextLoader, loader_kwargs={"encoding": "utf-8"}
        )
        splitter = RecursiveCharacterTextSplitter(
            chunk_size=size, chunk_overlap=int(OVERLAP * size), add_start_index=True
        )
        return list(splitter.split_documents(loader.load()))

    def _store(self) -> Any:
        from langchain_chroma import Chroma

        return Chroma(
            collection_name="pages", embedding_function=self._embeddings,
            persist_directory=str(self.folder / "chroma_langchain_db"),
        )  # fmt: skip
