"""A retrieval test set in BEIR's layout: passages, questions and official judgements."""

from __future__ import annotations

import csv
import gzip
import json
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from index.metrics import ndcg, recall
from ingest.errors import UsageError
from ingest.types import Fetched, Page, Validators

Search = Callable[[str, Sequence[str], int], Sequence[str]]


@dataclass(frozen=True, slots=True)
class Query:
    """A question with the earlier questions of its conversation, oldest first."""

    id: str
    text: str
    history: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class BeirSet:
    """The folder of a test set: ``corpus.jsonl[.gz]``, ``queries.jsonl`` and ``qrels/test.tsv``.

    Raises ``UsageError`` when one of them is missing.
    """

    folder: Path

    def __post_init__(self) -> None:
        for name in ("queries.jsonl", "qrels/test.tsv"):
            if not (self.folder / name).is_file():
                raise UsageError(f"{str(self.folder)!r} holds no {name}", hint="name a folder in BEIR's layout")
        _ = self._corpus_file

    @property
    def _corpus_file(self) -> Path:
        for name in ("corpus.jsonl", "corpus.jsonl.gz"):
            if (self.folder / name).is_file():
                return self.folder / name
        raise UsageError(
            f"{str(self.folder)!r} holds no corpus.jsonl or corpus.jsonl.gz", hint="name a folder in BEIR's layout"
        )

    def documents(self, limit: int | None = None) -> Iterator[tuple[str, str, str]]:
        """Id, title and text of the passages; with ``limit``, the judged ones and then others up to that many."""
        wanted = {document for grades in self.judgements().values() for document in grades}
        taken = 0
        for keep in (True, False) if limit is not None else (None,):
            for record in self._records():
                judged = record[0] in wanted
                if keep is not None and judged is not keep:
                    continue
                if limit is not None and keep is False and taken >= limit:
                    return
                taken += 1
                yield record

    def _records(self) -> Iterator[tuple[str, str, str]]:
        opener = gzip.open if self._corpus_file.suffix == ".gz" else open
        with opener(self._corpus_file, "rt", encoding="utf-8") as lines:
            for line in lines:
                record = json.loads(line)
                yield str(record["_id"]), str(record.get("title") or ""), str(record["text"])

    def queries(self) -> list[Query]:
        """The questions that have judgements."""
        judged = self.judgements()
        with (self.folder / "queries.jsonl").open(encoding="utf-8") as lines:
            records = [json.loads(line) for line in lines if line.strip()]
        return [
            Query(str(r["_id"]), r["text"], tuple(r.get("history") or ())) for r in records if str(r["_id"]) in judged
        ]

    def judgements(self) -> dict[str, dict[str, int]]:
        """For each question's id the grades of its judged passages."""
        grades: dict[str, dict[str, int]] = defaultdict(dict)
        with (self.folder / "qrels" / "test.tsv").open(encoding="utf-8", newline="") as lines:
            for row in csv.reader(lines, delimiter="\t"):
                if row and row[-1].lstrip("-").isdigit():
                    grades[row[0]][row[-2]] = int(row[-1])
        return dict(grades)


class BeirSource:
    """The passages of a test set as pages, for a throw-away index."""

    name = "beir"
    confirmations = 1

    def __init__(self, beir: BeirSet, limit: int | None = None) -> None:
        self._beir = beir
        self._limit = limit

    def fetch(self, known: Callable[[str], Validators | None]) -> Iterator[Fetched]:
        """Each passage as a page whose url is the passage's id."""
        del known
        now = datetime.now(UTC)
        for identity, title, text in self._beir.documents(self._limit):
            body = f"{title}\n\n{text}" if title and not text.startswith(title) else text
            yield Page(identity, body.encode(), "text/plain", now)

    def link(self, url: str) -> str | None:
        """None: the passages have no address."""
        del url
        return None


@dataclass(frozen=True, slots=True)
class Scored:
    """A question with the ids that were found for it, best first, those that were wanted, and the measures."""

    query: Query
    found: tuple[str, ...]
    wanted: tuple[str, ...]
    figures: Mapping[str, float]


MEASURES = ("ndcg@5", "ndcg@10", "recall@5", "recall@10")


def measure(beir: BeirSet, search: Search, progress: Callable[[int], None] | None = None) -> list[Scored]:
    """Each judged question with its nDCG and recall at 5 and 10, blended with its history where it has one."""
    judgements = beir.judgements()
    scored = []
    for number, query in enumerate(beir.queries(), 1):
        found = tuple(search(query.text, query.history, 10))
        grades = judgements[query.id]
        figures = {f"ndcg@{k}": ndcg(found, grades, k) for k in (5, 10)}
        figures |= {f"recall@{k}": recall(found, grades, k) for k in (5, 10)}
        wanted = tuple(sorted((item for item in grades if grades[item] > 0), key=lambda item: -grades[item]))
        scored.append(Scored(query, found, wanted, figures))
        if progress:
            progress(number)
    return scored


def means(scored: Sequence[Scored]) -> dict[str, float]:
    """The mean of each measure; 0 where no question was asked."""
    count = len(scored) or 1
    return {name: round(sum(one.figures[name] for one in scored) / count, 4) for name in MEASURES}
