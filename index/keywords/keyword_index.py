"""Keyword search by BM25 over texts in a tantivy index: a disposable copy of what the ledger lists."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Callable, Iterable
from functools import wraps
from pathlib import Path
from typing import Any, Concatenate, ParamSpec, TypeVar

from index.keywords.files import Stamp, is_tantivys
from index.keywords.query import keyword_query
from index.keywords.stems import OTHER, STEMMED, analyzer, field_of, with_solid
from index.obstacle import blocked, obstacle
from ingest.errors import FootnotedError, StoreError

_TEXT = "text"  # what the field `kind` says of each text
_WRITER_BYTES = 64_000_000
_PREFIXES = 50  # letters of which the words are kept at hand, until the next commit
_VOCABULARY = 20_000  # words looked through for a slip: more than an organisation's pages hold under one letter
_Given = ParamSpec("_Given")
_Result = TypeVar("_Result")


def _told(
    method: Callable[Concatenate[KeywordIndex, _Given], _Result],
) -> Callable[Concatenate[KeywordIndex, _Given], _Result]:
    """A method whose failures of tantivy, panics too, are ``StoreError``s, after which the files are opened anew."""

    @wraps(method)
    def call(self: KeywordIndex, /, *given: _Given.args, **named: _Given.kwargs) -> _Result:
        try:
            return method(self, *given, **named)
        except FootnotedError:
            raise
        except BaseException as error:
            if not is_tantivys(error):
                raise
            raise self._failed(error) from error

    return call


class KeywordIndex:
    """A tantivy index in ``folder``, or in memory, that says of itself which generation of the ledger it holds.

    One process writes; others may open the same folder to read it.
    """

    def __init__(self, folder: Path | None) -> None:
        self._folder = folder
        self._stamp = Stamp(folder) if folder else None
        self._lock = threading.Lock()
        self._index: Any = None
        self._writer: Any = None
        self._held = ""
        self._written = False  # whether anything was put or deleted since the last commit
        self._emptied = False
        self._closed = False
        self._listed: dict[tuple[str, str], list[str]] = {}

    @property
    def holds(self) -> str:
        """What ``commit`` was last given, or ``""`` for an index that is not there, broken or of another format."""
        with self._lock:
            if self._index is None and self._folder is not None and self._stamp is not None:
                self._held = self._stamp.read()
                if self._held and not self._is_sound(self._folder):
                    self._index, self._held = None, ""
            return self._held

    def clear(self) -> None:
        """Start an empty index."""
        with self._lock:
            self._index = self._writer = None
            self._held, self._written, self._emptied = "", False, False
            if self._folder is not None:
                shutil.rmtree(self._folder, ignore_errors=True)

    @property
    def on_disk(self) -> bool:
        """Whether the index outlives this process."""
        return self._folder is not None

    @property
    def is_written(self) -> bool:
        """Whether it is this process that writes the index."""
        return self._writer is not None

    @_told
    def put(self, texts: Iterable[tuple[str, str, str]]) -> None:
        """Add or replace texts, each as id, language and text. Call ``commit`` after."""
        import tantivy

        with self._lock:
            for identity, language, text in texts:
                # No name for the writer: a failure's traceback would keep it, and with it the lock on the files.
                self._write().delete_documents_by_term("id", identity)
                document = tantivy.Document(id=[identity], kind=[_TEXT], **{field_of(language): [with_solid(text)]})
                self._write().add_document(document)

    @_told
    def delete(self, ids: Iterable[str]) -> None:
        """Take texts out. Call ``commit`` after."""
        with self._lock:
            for chunk_id in ids:
                self._write().delete_documents_by_term("id", chunk_id)

    @_told
    def empty(self) -> None:
        """Take every text out, and out of the statistics; others read the old ones on. Call ``commit`` after.

        What was put or deleted since the last commit is forgotten.
        """
        with self._lock:
            # tantivy then counts operations anew from the last commit. A writer that has deleted before, or deletes
            # after, would take the one for the other: texts put now went missing, and deleted ones stayed.
            self._rest()
            self._write().delete_all_documents()
            self._emptied = True

    @_told
    def commit(self, stamp: str) -> None:
        """Make what was put and deleted searchable, and say which generation this is."""
        with self._lock:
            if self._stamp is not None:
                self._stamp.remove()
            index = self._open()
            if self._written:  # a commit takes 50 ms, and a new stamp alone needs none
                self._write().commit()
                index.reload()
                self._written, self._listed = False, {}
            if self._emptied:
                self._rest()
            if self._stamp is not None:
                self._stamp.write(stamp)
            self._held = stamp

    @_told
    def rest(self) -> None:
        """Let go of what writing takes (a thread and its memory) until something is put again."""
        with self._lock:
            self._rest()

    def close(self) -> None:
        """Let go of the files. Who searches it after that gets a ``StoreError``."""
        with self._lock:
            self._closed = True
            self._rest()
            self._index = None

    @_told
    def vocabulary(self, prefix: str, language: str) -> list[str]:
        """The words of the language that open with ``prefix``, as ``terms`` gives them, the most frequent first."""
        with self._lock:
            index, listed = self._open(), self._listed
        words = listed.get((prefix, language))
        if words is None:  # reading them takes longer than all else about a question's spelling
            found = index.searcher().terms_with_prefix(field_of(language), prefix, limit=_VOCABULARY)
            words = [str(term) for term, _ in found]
            if len(listed) >= _PREFIXES:
                listed.clear()
            listed[prefix, language] = words
        return words

    @_told
    def search(self, query: str, languages: Iterable[str], k: int) -> dict[str, float]:
        """The best ``k`` ids with their BM25 scores; the query is stemmed as each of the languages."""
        with self._lock:
            index = self._open()
        parsed = keyword_query(index, query, languages)
        return _scores(index.searcher(), parsed, k) if parsed is not None else {}

    @_told
    def scores(self, query: str, languages: Iterable[str], ids: Iterable[str]) -> dict[str, float]:
        """The BM25 scores of those of the texts that hold any of the query's words."""
        import tantivy

        with self._lock:
            index = self._open()
        wanted = list(ids)
        parsed = keyword_query(index, query, languages)
        if parsed is None or not wanted:
            return {}
        among = tantivy.Query.const_score_query(tantivy.Query.term_set_query(index.schema, "id", wanted), 0.0)
        both = tantivy.Query.boolean_query([(tantivy.Occur.Must, parsed), (tantivy.Occur.Must, among)])
        return _scores(index.searcher(), both, len(wanted))

    @_told
    def count(self) -> int:
        """How many texts the index holds."""
        with self._lock:
            return int(self._open().searcher().num_docs)

    @_told
    def worn(self) -> int:
        """How many texts the statistics still count that are deleted or replaced: tantivy forgets them as it merges."""
        with self._lock:
            searcher = self._open().searcher()
        return int(searcher.doc_freq("kind", _TEXT) - searcher.num_docs)

    @_told
    def document_frequency(self, term: str, language: str) -> int:
        """How many texts of the language hold a term, as ``terms`` gives it."""
        with self._lock:
            index = self._open()
        return int(index.searcher().doc_freq(field_of(language), term))

    def _rest(self) -> None:
        if self._writer is not None:
            self._writer.wait_merging_threads()
        self._writer, self._written, self._emptied = None, False, False

    def _is_sound(self, folder: Path) -> bool:
        import tantivy

        try:
            return bool(tantivy.Index.exists(str(folder))) and self._open().searcher().num_docs >= 0
        except BaseException as error:  # for files that are missing or cut short
            if not is_tantivys(error):
                raise
            return False

    def _failed(self, error: BaseException) -> StoreError:
        """The error as ours; the files are let go of, and looked at anew before they are used again."""
        self._index = self._writer = None
        self._held, self._written, self._emptied = "", False, False
        if self._folder is not None and (why := obstacle(self._folder)):
            return blocked(self._folder, why)
        return StoreError(f"the keyword index failed: {error}", hint="try again: it is made anew where it is broken")

    def _write(self) -> Any:
        if self._writer is None:
            self._writer = self._open().writer(_WRITER_BYTES, 1)
        self._written = True
        return self._writer

    def _open(self) -> Any:
        if self._index is not None:
            return self._index
        if self._closed:  # a search that began before the collection was dropped; opening it would make it anew
            raise StoreError("the keyword index was closed meanwhile", hint="ask again")
        import tantivy

        builder = tantivy.SchemaBuilder().add_text_field("id", stored=True, tokenizer_name="raw", index_option="basic")
        builder = builder.add_text_field("kind", tokenizer_name="raw", index_option="basic")
        for language in (*STEMMED, OTHER):
            builder = builder.add_text_field(language, tokenizer_name=f"words_{language}", index_option="freq")
        if self._folder is not None:
            self._folder.mkdir(parents=True, exist_ok=True)
        index = tantivy.Index(builder.build(), path=str(self._folder) if self._folder else None)
        for language in (*STEMMED, OTHER):
            index.register_tokenizer(f"words_{language}", analyzer(language))
        index.config_reader("manual")
        self._index = index
        return index


def _scores(searcher: Any, query: Any, k: int) -> dict[str, float]:
    hits = searcher.search(query, k, count=False).hits
    return {searcher.doc(address)["id"][0]: float(score) for score, address in hits}
