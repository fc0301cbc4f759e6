from __future__ import annotations

import pytest
from tokenizers import Tokenizer

from index.embedding import line_tokens
from index.embedding.encoder import bundled_model
from index.embedding.line_tokens import LineTokens
from ingest.types import Page

ODD = [
    "",
    "\n",
    "one\n\n two",
    "a\r\nb\u2028c",
    "日本\n語 text",
    "x" * 5_000,
    "\n \t\nfoo\x00bar\n\ufeffz",
    "Straße\nÉTÉ",
]


@pytest.fixture
def whole() -> Tokenizer:
    """The model's tokenizer, given whole texts."""
    tokenizer = Tokenizer.from_file(str(bundled_model() / "tokenizer.json"))
    tokenizer.no_padding()
    tokenizer.enable_truncation(256)
    return tokenizer


@pytest.fixture
def lines() -> LineTokens:
    return LineTokens(Tokenizer.from_file(str(bundled_model() / "tokenizer.json")))


def test_a_text_has_the_tokens_of_its_lines(whole: Tokenizer, lines: LineTokens, corpus_pages: list[Page]) -> None:
    texts = ODD + [page.body.decode("utf-8", "replace")[:20_000] for page in corpus_pages]
    wanted = [encoding.ids for encoding in whole.encode_batch_fast(texts)]

    assert lines.rows(texts, 256) == wanted
    assert lines.rows(texts, 256) == wanted  # now that all lines are known
    assert max(map(len, lines.rows(texts))) > 256


def test_only_so_many_lines_are_kept(lines: LineTokens, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(line_tokens, "_MOST", 10)
    texts = [f"number {number}" for number in range(25)]
    rows = [lines.rows([text])[0] for text in texts]

    assert rows == lines.rows(texts)
    assert len(set(map(tuple, rows))) == 25
