"""One stage of one rival, in a process of its own: ``python -m tests.bench.rivals NAME STAGE``.

Its figures go to standard output. Imports nothing of ours but the bench's own modules, so that it runs where the rivals
are installed.
"""

from __future__ import annotations

import argparse
import json
import time
from importlib import import_module
from pathlib import Path

from tests.bench.processes import on_disk, peak, percentile, resident, say, say_answered, timed
from tests.bench.rivals.langchain import LangChain
from tests.bench.rivals.llamaindex import LlamaIndex
from tests.bench.rivals.tutorial import Tutorial
from tests.bench.rivals.txtai import Txtai
from tests.bench.tables import Row

RIVALS: dict[str, type[Tutorial]] = {"llama-index": LlamaIndex, "LangChain": LangChain, "txtai": Txtai}
_FOUND = 10


def build(rival: Tutorial) -> Row:
    """The pages into nothing."""
    rival.load()
    import_module("chromadb")
    assert rival.size
    started = time.perf_counter()
    chunks = rival.build()
    seconds = time.perf_counter() - started
    return {
        "chunks": chunks, "index, s": seconds, "chunks/s": chunks / seconds, "build's peak, MB": peak(),
        "disk, MB": on_disk(rival.folder),
    }  # fmt: skip


def prepare(rival: Tutorial) -> Row:
    """The pages into an index that is kept."""
    rival.load()
    rival.prepare()
    return {}


def update(rival: Tutorial) -> Row:
    """What changed in the pages."""
    rival.load()
    import_module("chromadb")
    started = time.perf_counter()
    rival.update()
    return {"seconds": time.perf_counter() - started}


def serve(rival: Tutorial, questions: Path, found: Path) -> Row:
    """Open the index and find the best passages for each question of a JSON list; they are written to ``found``."""
    asked: list[str] = json.loads(questions.read_text("utf-8"))
    rival.load()
    find = rival.open()
    find(asked[0], _FOUND)
    say_answered()
    found.write_text(json.dumps([find(question, _FOUND) for question in asked]), "utf-8")
    times = timed(lambda question: find(question, _FOUND), asked)
    return {"search p50, ms": percentile(times, 50), "search p95, ms": percentile(times, 95), "serving, MB": resident()}


def main() -> None:
    """Run the stage."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("name", choices=RIVALS)
    parser.add_argument("stage", choices=("build", "prepare", "update", "serve"))
    parser.add_argument("--folder", type=Path, required=True)
    parser.add_argument("--pages", type=Path, required=True)
    parser.add_argument("--model", required=True)
    parser.add_argument("--chunks", type=int, default=0)
    parser.add_argument("--questions", type=Path)
    parser.add_argument("--found", type=Path)
    options = parser.parse_args()
    rival = RIVALS[options.name](options.folder, options.pages, options.model, options.chunks)
    if options.stage == "serve":
        say(serve(rival, options.questions, options.found))
    else:
        say({"build": build, "prepare": prepare, "update": update}[options.stage](rival))


if __name__ == "__main__":
    main()
