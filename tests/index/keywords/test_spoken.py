from __future__ import annotations

from pathlib import Path

import pytest

from index.embedding.options import EmbeddingOptions
from index.keywords.spoken import MULTILINGUAL, spoken_by, unspoken


def test_pages_in_other_languages_are_told_with_what_mends_it() -> None:
    told = unspoken(EmbeddingOptions(), {"en": 90, "fi": 7, "sv": 12, "et": 1, "": 5, "zxx": 2})

    assert told.startswith(
        "20 of 110 pages are in languages that the embedding model 'all-MiniLM-L6-v2' does not speak"
    )
    assert "(Swedish 12, Finnish 7, et 1)" in told
    assert f'Set embedding.model to one that speaks them, as "{MULTILINGUAL}", then restart the server' in told


@pytest.mark.parametrize(
    ("languages", "is_told"),
    [
        ({"en": 300}, False),
        ({"en": 300, "": 40, "zxx": 9}, False),
        ({"en": 300, "fi": 2}, False),  # a guess may be wrong
        ({"en": 30, "fi": 2}, True),
        ({"en": 9_000, "fi": 20}, True),
        ({"fi": 3}, True),
        ({}, False),
    ],
)
def test_few_pages_are_not_worth_telling(languages: dict[str, int], is_told: bool) -> None:
    assert bool(unspoken(EmbeddingOptions(), languages)) is is_told


@pytest.mark.parametrize("model", [MULTILINGUAL, "intfloat/multilingual-e5-small", "nobody/knows"])
def test_a_model_that_speaks_them_all_or_does_not_say_is_not_complained_of(model: str) -> None:
    assert unspoken(EmbeddingOptions(model=model), {"en": 1, "fi": 99}) == ""


def test_a_models_card_says_what_it_speaks(tmp_path: Path) -> None:
    options = EmbeddingOptions(model=str(tmp_path))
    cards: tuple[tuple[str, set[str] | None], ...] = (
        ("language:\n- sv\n- no\n- fr-ca\n", {"sv", "no", "fr"}),
        ("language: fi\n", {"fi"}),
        ("language:\n- multilingual\n- fi\n", None),
        ("license: mit\n", None),
        ("language: [broken\n", None),
    )
    for head, spoken in cards:
        (tmp_path / "README.md").write_text(f"---\n{head}---\n# A model\n")
        assert spoken_by(options) == (None if spoken is None else frozenset(spoken))
    (tmp_path / "README.md").write_text("no head")
    assert spoken_by(options) is None
    assert spoken_by(options.model_copy(update={"languages": ("fi", "EN")})) == frozenset(("fi", "en"))
