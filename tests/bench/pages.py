"""As many made-up pages as are wanted: Zipf's words in sentences, paragraphs and sections, the same ones every time.

Page ``n`` is the same page however many there are. Twenty pages share a topic's words and each has words of its own, so
a page has neighbours that are like it and can be asked for. The words are the bundled model's, which lists them by how
common they are in English, and behind those, as names are, made-up ones.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cache
from hashlib import blake2b
from itertools import pairwise
from pathlib import Path

import numpy as np

from index.embedding.encoder import bundled_model
from index.embedding.vectors import Vectors
from index.testing import HashEmbedding

CHUNKS_A_PAGE = 9.2
"""About how many chunks of the default length a page is cut into."""

_SEED = 20_260
_WORDS = 60_000
_SYLLABLES = [a + b for a in (*"bdfgklmnprstvz", "st", "tr", "pl", "gr") for b in (*"aeiou", "an", "er", "or")]
_TOPIC_PAGES, _TOPIC_WORDS, _OWN_WORDS = 20, 60, 25
_RARE = 400  # rank from which a word tells something
_FOLDER = 250  # pages in one folder
_PLACES = 6  # places of a vector that one word fills
_WORD = re.compile(r"\w+")


@cache
def vocabulary() -> list[str]:
    """All the words, the commonest first."""
    random = np.random.default_rng(_SEED)
    pieces = (bundled_model() / "vocab.txt").read_text("utf-8").split()
    words = dict.fromkeys(piece for piece in pieces if piece.isascii() and piece.isalpha() and len(piece) > 1)
    while len(words) < _WORDS:
        places = random.integers(len(_SYLLABLES), size=3 + int(random.integers(2)))
        words["".join(_SYLLABLES[place] for place in places)] = None
    return list(words)


@cache
def _frequencies() -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    """The running sum of each word's share, by Zipf and Mandelbrot."""
    shares = 1.0 / (np.arange(_WORDS) + 2.7)
    return np.asarray(np.cumsum(shares / shares.sum()))


class MadePage:
    """The ``number``th page: ``name``, ``text`` and what can be asked of it."""

    def __init__(self, number: int) -> None:
        self.name = name_of(number)
        words = vocabulary()
        topic = np.random.default_rng((_SEED, 1, number // _TOPIC_PAGES)).integers(_RARE, _WORDS, _TOPIC_WORDS)
        random = np.random.default_rng((_SEED, 2, number))
        own = random.integers(_RARE, _WORDS, _OWN_WORDS)
        self._random, self._own, self._topic = random, own, topic
        lengths = random.integers(8, 21, 75)
        places = np.searchsorted(_frequencies(), random.random(int(lengths.sum())))
        kind = random.random(len(places))
        places = np.where(kind < 0.12, random.choice(own, len(places)), places)
        places = np.where(kind > 0.75, random.choice(topic, len(places)), places)
        ends = [0, *np.cumsum(lengths).tolist()]
        self._sentences = [[words[place] for place in places[start:end]] for start, end in pairwise(ends)]
        self.title = " ".join(words[place] for place in (topic[0], own[0], own[1])).capitalize()

    @property
    def text(self) -> str:
        """Markdown: a title, sections, paragraphs."""
        words = vocabulary()
        parts = [f"# {self.title}"]
        paragraph: list[str] = []
        for number, sentence in enumerate(self._sentences):
            if number % 15 == 8:
                heading = " ".join(words[place] for place in (self._topic[number % 60], self._own[number % 25]))
                parts.append(f"## {heading.capitalize()}")
            paragraph.append(" ".join(sentence).capitalize() + ".")
            if number % 3 == 1:
                parts.append(" ".join(paragraph))
                paragraph = []
        parts.append(" ".join(paragraph))
        return "\n\n".join(part for part in parts if part) + "\n"

    @property
    def edited(self) -> str:
        """The same page with one sentence more, in the middle of a paragraph."""
        before, paragraph, after = self.text.rpartition("\n\n")
        return f"{before}{paragraph}From next month on this is decided by the office anew. {after}"

    @property
    def question(self) -> str:
        """A question that one of the page's sentences answers: some of its telling words, as people put them."""
        common = set(vocabulary()[:_RARE])
        for sentence in self._sentences[len(self._sentences) // 2 :]:
            telling = list(dict.fromkeys(word for word in sentence if word not in common))
            if len(telling) > 3:
                return f"Where is the {telling[0]} of the {telling[1]} and {telling[2]} for {telling[3]}?"
        return f"What is {self.title}?"


def write_pages(folder: Path, count: int) -> None:
    """Write the first ``count`` pages; those that are there stay."""
    for number in range(count):
        path = folder / name_of(number)
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(MadePage(number).text, "utf-8")


def name_of(number: int) -> str:
    """The path of the ``number``th page."""
    return f"{number // _FOLDER:04}/{number:06}.md"


def spread(count: int, of: int) -> Iterator[int]:
    """``count`` page numbers, spread evenly over the first ``of``."""
    return (int(number) for number in np.linspace(0, of - 1, count))


class WeighedWords(HashEmbedding):
    """Words hashed into signed places of 384 and weighed by their length, as the commonest are the shortest.

    Counted plainly, common words fill every vector alike, and all pages are near each other as no model's are.
    """

    def __init__(self) -> None:
        super().__init__(dimensions=384)
        self._placed: dict[str, tuple[list[int], list[float]]] = {}

    @property
    def recipe(self) -> str:
        """A name for what the vectors depend on."""
        return f"weighed-words-{self.dimensions}"

    def encode_documents(self, texts: Sequence[str]) -> Vectors:
        """Vectors of passages, shape (len(texts), 384), of length 1. Does not keep the texts."""
        return self._encode(texts)

    def _encode(self, texts: Sequence[str]) -> Vectors:
        vectors = np.zeros((len(texts), self.dimensions), np.float32)
        for row, text in enumerate(texts):
            places: list[int] = []
            weights: list[float] = []
            for word in _WORD.findall(text.lower()):
                if word not in self._placed:
                    self._placed[word] = self._place(word)
                places += self._placed[word][0]
                weights += self._placed[word][1]
            vectors[row] = np.bincount(places, weights, self.dimensions) if places else 0.0
        vectors /= np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-9)
        return vectors

    def _place(self, word: str) -> tuple[list[int], list[float]]:
        random = np.random.default_rng(int.from_bytes(blake2b(word.encode(), digest_size=8).digest(), "big"))
        weight = min(1.0, max(0.05, (len(word) - 3) / 5))
        signs = random.choice((-weight, weight), _PLACES)
        return random.integers(self.dimensions, size=_PLACES).tolist(), signs.tolist()
