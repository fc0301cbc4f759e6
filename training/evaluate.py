"""Measure a reader on public sets: `python -m training.evaluate --squad articles.json --xquad xquad.en.json`.

- SQuAD 2.0: area under the ROC curve of "is it answerable" over all questions, and token F1 of the span over those
  that are (the span taken even where the null score is higher, as in the product's second-best case);
- XQuAD: how often the sentence that the reader points at holds a gold answer, in the gold passage and in the best of
  the eight passages that idf-weighted word overlap finds among all;
- milliseconds for ten passages of 110 words.
"""

from __future__ import annotations

import argparse
import json
import math
import random
import re
import statistics
import sys
import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from assistant.reader.bundled import BundledReader, load_reader
from assistant.reader.reading import Passage, Reader, Reading
from training import perturb


def auroc(scores: Sequence[float], truth: Sequence[bool]) -> float:
    """Chance that a true one scores above a false one, ties counted half."""
    from sklearn.metrics import roc_auc_score

    return float(roc_auc_score(truth, scores))


def span_f1(found: str, golds: Sequence[str]) -> float:
    """SQuAD's token F1 of the found text against the best of the gold answers."""
    return max(_f1(_tokens(found), _tokens(gold)) for gold in golds)


def _tokens(text: str) -> list[str]:
    return re.sub(r"\b(a|an|the)\b", " ", re.sub(r"[^\w\s]", "", text.lower())).split()


def _f1(found: list[str], gold: list[str]) -> float:
    shared = sum((Counter(found) & Counter(gold)).values())
    if not shared:
        return float(found == gold)
    precision, recall = shared / len(found), shared / len(gold)
    return 2 * precision * recall / (precision + recall)


def squad(reader: Reader, path: Path, limit: int) -> dict[str, float]:
    """AUROC and span F1 over `limit` questions drawn from a SQuAD 2.0 file."""
    asked = [
        (Passage(article["title"].replace("_", " "), paragraph["context"]), qa)
        for article in json.loads(path.read_text(encoding="utf-8"))["data"]
        for paragraph in article["paragraphs"]
        for qa in paragraph["qas"]
    ]
    random.Random(7).shuffle(asked)
    scores, truth, f1 = [], [], []
    for passage, qa in asked[:limit]:
        found = reader.read(qa["question"], [passage])[0]
        scores.append(found.score)
        truth.append(not qa["is_impossible"])
        if truth[-1]:
            f1.append(span_f1(passage.text[found.start : found.end], [answer["text"] for answer in qa["answers"]]))
    settled = [(score > 0) == real for score, real in zip(scores, truth, strict=True)]
    return {
        "questions": len(scores),
        "auroc": auroc(scores, truth),
        "f1": statistics.mean(f1),
        "settled_rightly": statistics.mean(settled),
    }


def xquad(reader: Reader, path: Path, limit: int) -> dict[str, float]:
    """Share of questions whose chosen sentence holds a gold answer, in the gold passage and pooled."""
    paragraphs = [p for article in json.loads(path.read_text(encoding="utf-8"))["data"] for p in article["paragraphs"]]
    words = [frozenset(perturb.content_words(p["context"])) for p in paragraphs]
    counts = Counter(word for some in words for word in some)
    asked = [(n, qa) for n, p in enumerate(paragraphs) for qa in p["qas"]]
    random.Random(7).shuffle(asked)
    own, pooled, first = [], [], []
    for n, qa in asked[:limit]:
        golds = [answer["text"] for answer in qa["answers"]]
        terms = set(perturb.content_words(qa["question"]))
        rank = {m: sum(math.log(len(words) / counts[w]) for w in terms & words[m]) for m in range(len(words))}
        near = sorted(rank, key=lambda m: rank[m], reverse=True)[:8]
        texts = [paragraphs[m]["context"] for m in (n, *near)]
        found = reader.read(qa["question"], [Passage("", text) for text in texts])
        own.append(any(gold in _sentence(texts[0], found[0]) for gold in golds))
        best = max(range(1, len(texts)), key=lambda i: found[i].best_within(0, len(texts[i])))
        pooled.append(any(gold in _sentence(texts[best], found[best]) for gold in golds))
        first.append(near[best - 1] == n)
    return {
        "questions": len(own),
        "gold_passage": statistics.mean(own),
        "pooled": statistics.mean(pooled),
        "right_passage_first": statistics.mean(first),
    }


def _sentence(text: str, found: Reading) -> str:
    return next((text[s:e] for s, e in perturb.sentences(text) if s <= found.start < e), "")


def speed(reader: Reader, path: Path) -> dict[str, float]:
    """Median milliseconds for ten passages of 110 words, over 30 questions."""
    paragraphs = [p for article in json.loads(path.read_text(encoding="utf-8"))["data"] for p in article["paragraphs"]]
    passages = [Passage("Some page > A section", " ".join(p["context"].split()[:110])) for p in paragraphs[:60]]
    times = []
    for n in range(33):
        began = time.perf_counter()
        reader.read(paragraphs[n]["qas"][0]["question"], passages[n : n + 10])
        times.append(1000 * (time.perf_counter() - began))
    return {"p50_ms": statistics.median(times[3:]), "least_ms": min(times)}


def main() -> None:
    """Print the measures as JSON."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--squad", type=Path, help="a SQuAD 2.0 file")
    parser.add_argument("--xquad", type=Path, help="xquad.en.json")
    parser.add_argument("--reader", default="bundled", help="as the setting reader.model")
    parser.add_argument("--weights", type=Path, help="a safetensors file just exported, instead of the shipped one")
    parser.add_argument("--engine", choices=("openvino", "torch"))
    parser.add_argument("--limit", type=int, default=100_000, help="questions of each set")
    args = parser.parse_args()
    reader: Reader | None = load_reader(args.reader)
    if args.weights:
        reader = BundledReader(args.weights, None, engine=args.engine)
    elif args.engine:
        reader = BundledReader(engine=args.engine)
    if reader is None:
        parser.error("--reader none has nothing to measure")
    found: dict[str, dict[str, float]] = {}
    if args.xquad:
        found["speed"] = speed(reader, args.xquad)
        found["xquad"] = xquad(reader, args.xquad, args.limit)
    if args.squad:
        found["squad2"] = squad(reader, args.squad, args.limit)
    sys.stdout.write(json.dumps(found, indent=2) + "\n")


if __name__ == "__main__":
    main()
