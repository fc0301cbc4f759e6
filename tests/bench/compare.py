"""Ours beside what others' documentation has one build: ``python -m tests.bench.compare SNAPSHOTS QUESTIONS.yaml``.

``SNAPSHOTS`` is a folder of one .tar.gz of Markdown per date. The newest is indexed; then the one two before it, and
that is brought up to date with the next (real edits) and with the newest. The same model for all, and chunk sizes that
make about as many chunks. Every stage is a process of its own and runs alone; models are loaded before anything is
timed, but for the time to the first answer. ``--python`` is the interpreter of an environment with what
``tests/bench/rivals.txt`` lists.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

from assistant.evaluation.gold import load_questions
from index.embedding.encoder import bundled_model
from tests.bench.processes import run
from tests.bench.quality import askable, quality
from tests.bench.snapshots import compare, lay, read_snapshots
from tests.bench.tables import Row, markdown

OURS, READER, LIMIT = "Footnoted", "Footnoted, reader", "encoder alone"
RIVALS = ("llama-index", "LangChain", "txtai")
STAGES = ("build", "update", "serve")


class Comparison:
    """Pages, questions and indexes below ``folder``; ``python`` runs the rivals."""

    def __init__(self, snapshots: Path, questions: Path, folder: Path, python: str) -> None:
        self._snapshots = read_snapshots(snapshots)
        self._yaml = questions
        self._gold = askable(load_questions(questions))
        self._folder = folder
        self._python = python
        self._pages = folder / "pages"
        self._asked = folder / "questions.json"
        folder.mkdir(parents=True, exist_ok=True)
        self._asked.write_text(json.dumps([gold.question for gold in self._gold]), "utf-8")

    def stage(self, name: str, stage: str, chunks: int) -> Row:
        """The figures of one stage of one row; ``chunks`` is how many ours made."""
        if stage == "update":
            return self._update(name, chunks)
        lay(self._snapshots[-1], self._pages / "newest")
        return {"build": self._build, "serve": self._serve}[stage](name, chunks)

    def _build(self, name: str, chunks: int) -> Row:
        if name == READER:
            return {}
        return self._run(LIMIT if name == LIMIT else name, "encode" if name == LIMIT else "build", "newest", chunks)

    def _update(self, name: str, chunks: int) -> Row:
        if name in (READER, LIMIT):
            return {}
        row: Row = {}
        for number, snapshot in enumerate(self._snapshots[-3:]):
            lay(snapshot, self._pages / "kept")
            if number == 0:
                self._run(name, "update" if name == OURS else "prepare", "kept", chunks)
                continue
            changes = compare(self._snapshots[number - 4].files, snapshot.files)
            pages = changes.added + changes.changed + changes.removed + changes.renamed
            row[f"{pages} pages edited, s"] = float(self._run(name, "update", "kept", chunks)["seconds"])
        return row

    def _serve(self, name: str, chunks: int) -> Row:
        if name == LIMIT:
            return {}
        found = self._folder / f"{name}.found.json"
        row = self._run(name, "serve", "newest", chunks, "--questions", str(self._asked), "--found", str(found))
        row |= quality(self._gold, json.loads(found.read_text("utf-8")))
        if name in (OURS, READER):
            row |= self._run(name, "judge", "newest", chunks, "--questions", str(self._yaml.absolute()))
        return row

    def _run(self, name: str, stage: str, which: str, chunks: int, *more: str) -> Row:
        pages = str((self._pages / which).absolute())
        if name in RIVALS:
            folder = self._folder / f"{name} {which}"
            command = [self._python, "-m", "tests.bench.rivals", name, stage, "--model", str(bundled_model())]
            command += ["--chunks", str(chunks)]
        else:
            folder = self._folder / f"{OURS} {which}"
            command = [sys.executable, "-m", "tests.bench.product", stage]
            command += ["--reader", "bundled" if name == READER else "none"]
        return run([*command, "--folder", str(folder.absolute()), "--pages", pages, *more])


def ratios(rows: Sequence[Row]) -> list[Row]:
    """What the figures of one run say of each other: how many times as long as ours each rival takes, and the limit."""
    by_name = {str(row["what"]): row for row in rows}
    ours = by_name.get(OURS, {})
    found: list[Row] = []

    def tell(what: str, other: str, value: Callable[[Row], float]) -> None:
        if other in by_name:
            try:
                found.append({"ratio": what, "beside": other, "value": value(by_name[other])})
            except (KeyError, ZeroDivisionError):
                return  # a stage that was not run

    def times(key: str, of: str = "") -> Callable[[Row], float]:
        return lambda other: float(other[key]) / float(ours[of or key])

    tell("our rate of indexing, as a share", LIMIT, lambda limit: float(ours["chunks/s"]) / float(limit["chunks/s"]))
    for rival in RIVALS:
        tell("chunks, times ours", rival, times("chunks"))
        for key in [key for key in ours if key == "index, s" or key.endswith("edited, s")]:
            tell(key.removesuffix(", s") + ", times as long", rival, times(key))
        for key in ("first answer, s", "search p50, ms", "serving, MB", "disk, MB"):
            tell(key + ", times ours", rival, times(key))
    for key in [key for key in ours if key.endswith("edited, s")]:
        tell(f"a full build to {key.removesuffix(', s')}", OURS, times("index, s", key))
    return found


def main() -> None:
    """Every row in its turn. Tables go to standard output, progress to the other."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("snapshots", type=Path)
    parser.add_argument("questions", type=Path)
    parser.add_argument("--python", default=sys.executable, help="the interpreter that the rivals are installed for")
    parser.add_argument("--only", nargs="+", choices=(OURS, READER, LIMIT, *RIVALS), help="these rows alone")
    parser.add_argument("--stages", nargs="+", choices=STAGES, default=STAGES)
    parser.add_argument("--folder", type=Path, help="keep pages and indexes here, and go on where a run ended")
    parser.add_argument("--json", type=Path, help="write the figures to this file too, stage by stage")
    options = parser.parse_args()
    rows: dict[str, Row] = {}
    if options.folder and options.json and options.json.exists():
        rows = {str(row["what"]): row for row in json.loads(options.json.read_text("utf-8"))["rows"]}
    with tempfile.TemporaryDirectory() as place:
        folder = (options.folder or Path(place)).absolute()
        comparison = Comparison(options.snapshots, options.questions, folder, options.python)
        for name in (OURS, READER, LIMIT, *RIVALS):
            for stage in options.stages if not options.only or name in options.only else ():
                row = rows.setdefault(name, {"what": name})
                if not row.get(f"{stage} done"):
                    row.update(comparison.stage(name, stage, int(rows[OURS].get("chunks", 0))))
                    row[f"{stage} done"] = 1
                    sys.stderr.write(f"{row}\n")
                    if options.json:
                        told = {"rows": list(rows.values()), "ratios": ratios(list(rows.values()))}
                        options.json.write_text(json.dumps(told, indent=1) + "\n", "utf-8")
    shown = [{key: value for key, value in row.items() if not key.endswith(" done")} for row in rows.values()]
    sys.stdout.write(f"{markdown(shown)}\n\n{markdown(ratios(shown))}\n")


if __name__ == "__main__":
    main()
