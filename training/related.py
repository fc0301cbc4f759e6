"""Find the words that mean much the same: `python -m training.related --out index/keywords/words/en.tsv.gz`.

Every English word that is one piece of the bundled model's vocabulary goes through the model by itself. A line of the
file holds a word, then up to five of the nearest others as the keyword index stores them (`stems.py`), nearest
first, each with its cosine in hundredths.
"""

from __future__ import annotations

import argparse
import gzip
import json
import re
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np

from index.embedding.encoder import SentenceEncoder, bundled_model
from index.embedding.vectors import Vectors
from index.keywords.stems import terms

LANGUAGE = "en"
MOST = 5
LEAST = 0.6  # cosine; at .5 every second neighbour is of another kind: "kid" and "immature"
LOOKED_AT = 24  # nearest words of a word: several have one stem, its own among them
AT_ONCE = 1_000


def vocabulary() -> dict[str, str]:
    """The model's words with their stems, stop words left out."""
    pieces = json.loads((bundled_model() / "tokenizer.json").read_text("utf-8"))["model"]["vocab"]
    words = sorted(word for word in pieces if re.fullmatch("[a-z]{3,}", word))
    return {word: stem[0] for word in words if len(stem := terms(word, LANGUAGE)) == 1}


def neighbours(stems: Sequence[str], vectors: Vectors) -> Iterator[list[tuple[str, float]]]:
    """For each word the nearest other stems with their cosines, nearest first; those below ``LEAST`` are left out."""
    for first in range(0, len(stems), AT_ONCE):
        cosines = vectors[first : first + AT_ONCE] @ vectors.T
        for row, near in enumerate(np.argpartition(-cosines, LOOKED_AT, axis=1)[:, :LOOKED_AT]):
            found: dict[str, float] = {}
            for n in sorted(near, key=lambda n: -cosines[row, n]):
                if stems[n] != stems[first + row] and cosines[row, n] >= LEAST:
                    found.setdefault(stems[n], float(cosines[row, n]))
            yield list(found.items())[:MOST]


def main() -> None:
    """Write the file."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, required=True)
    out = parser.parse_args().out
    words = vocabulary()
    vectors = SentenceEncoder().encode_documents(list(words))
    lines = [
        "\t".join([word, *(f"{other} {round(100 * cosine)}" for other, cosine in near)])
        for word, near in zip(words, neighbours(list(words.values()), vectors), strict=True)
        if near
    ]
    out.write_bytes(gzip.compress("\n".join(lines).encode(), mtime=0))
    sys.stdout.write(f"{len(lines)} of {len(words)} words have any: {out}\n")


if __name__ == "__main__":
    main()
