"""What to write next: the questions that the pages did not answer, gathered by what they mean."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np

from index.embedding.vectors import Vectors
from ui.questions.question_log import Entry

UNANSWERED = ("partial", "abstained")
"""The outcomes of a question that the pages did not answer."""

MOST = 2_000
"""Different questions that are gathered at most, the latest first: 5 s of encoding and 0.3 s of clustering."""

# Cosine distance up to which groups are joined, on the average of their pairs. Of 43 questions on 14 subjects .6 made
# 18 groups, none of them mixed (adjusted Rand index .92); .65 made 17 (.94), .7 made 15, one of them mixed.
_APART = 0.6
_FORMULA = tuple("=+-@＝＋－＠")  # what a cell begins with that is computed
_COLUMNS = (
    "times asked", "refused", "no direct answer", "question", "other wordings", "nearest page", "heading", "address",
    "first asked", "last asked",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Cluster:
    """Questions that ask for the same. ``entries`` are the latest first; ``wordings`` the most typical first.

    ``url`` and ``heading`` are of the passage that was nearest to most of them; empty where none was.
    """

    entries: tuple[Entry, ...]
    wordings: tuple[str, ...]
    url: str
    heading: str

    @property
    def refused(self) -> int:
        """How many of them were refused; for the others close passages were shown."""
        return sum(entry.outcome == "abstained" for entry in self.entries)

    @property
    def asked(self) -> tuple[datetime, datetime]:
        """When it was asked first and last."""
        return self.entries[-1].moment, self.entries[0].moment


def unanswered_clusters(entries: Iterable[Entry], encode: Callable[[Sequence[str]], Vectors]) -> list[Cluster]:
    """The unanswered ones among the entries (the latest first) by meaning, the most asked first.

    ``encode`` gives the vectors of questions, shape (questions, dimensions), of length 1.
    """
    same: dict[str, list[Entry]] = {}
    for entry in entries:
        if entry.outcome in UNANSWERED:
            same.setdefault(_folded(entry.question), []).append(entry)
    groups = list(same.values())[:MOST]
    if not groups:
        return []
    vectors = encode([group[0].question for group in groups])
    labels = _labels(vectors)
    clusters = [_cluster(groups, vectors, np.flatnonzero(labels == label)) for label in np.unique(labels)]
    return sorted(clusters, key=lambda cluster: (-len(cluster.entries), -cluster.asked[1].timestamp()))


def unanswered_csv(clusters: Iterable[Cluster], title_of: Callable[[str], str]) -> str:
    """The clusters as a table for a spreadsheet, in which no cell is a formula. ``title_of`` names a page."""
    table = io.StringIO()
    writer = csv.writer(table, quoting=csv.QUOTE_ALL)
    writer.writerow(_COLUMNS)
    for cluster in clusters:
        first, last = cluster.asked
        row = [
            str(len(cluster.entries)), str(cluster.refused), str(len(cluster.entries) - cluster.refused),
            cluster.wordings[0], " | ".join(cluster.wordings[1:]), title_of(cluster.url) if cluster.url else "",
            cluster.heading, cluster.url, f"{first.astimezone():%Y-%m-%d}", f"{last.astimezone():%Y-%m-%d}",
        ]  # fmt: skip
        writer.writerow([_cell(text) for text in row])
    return table.getvalue()


def _cell(text: str) -> str:
    """A cell that a spreadsheet shows rather than computes."""
    return f"'{text}" if text.lstrip()[:1] in _FORMULA or text[:1].isspace() else text


def _folded(question: str) -> str:
    return " ".join(question.casefold().split()).rstrip(" ?!.")


def _labels(vectors: Vectors) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    if len(vectors) == 1:
        return np.zeros(1, np.int64)
    from sklearn.cluster import AgglomerativeClustering

    # A vector of nothing has no direction; a little of one tells it from every other.
    sound = np.where(np.linalg.norm(vectors, axis=1, keepdims=True) > 0, vectors, 1e-3)
    clustering = AgglomerativeClustering(n_clusters=None, metric="cosine", linkage="average", distance_threshold=_APART)
    return np.asarray(clustering.fit_predict(sound), np.int64)


def _cluster(groups: Sequence[Sequence[Entry]], vectors: Vectors, members: Iterable[int]) -> Cluster:
    chosen = list(members)
    weights = np.array([len(groups[member]) for member in chosen], np.float32)
    centre = (vectors[chosen] * weights[:, None]).sum(axis=0)
    typical = np.argsort(-(vectors[chosen] @ centre), kind="stable")
    asked = (entry for member in chosen for entry in groups[member])
    entries = sorted(asked, key=lambda entry: (entry.moment, entry.id), reverse=True)
    places = Counter((entry.closest_url, entry.closest_heading) for entry in entries if entry.closest_url)
    url, heading = places.most_common(1)[0][0] if places else ("", "")
    return Cluster(tuple(entries), tuple(groups[chosen[place]][0].question for place in typical), url, heading)
