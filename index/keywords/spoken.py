"""Which of the pages' languages the embedding model does not speak, and what mends it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import yaml

from index.embedding.options import BUNDLED, EmbeddingOptions
from index.keywords.stems import STEMMED

MULTILINGUAL = "sentence-transformers/paraphrase-multilingual-MiniLM-L12-v2"
"""A model of fifty languages that needs no prompts and is no larger than it has to be (0.5 GB)."""

_NO_LANGUAGE = frozenset(["", "und", "zxx"])  # too little text to tell, undetermined, none
_SHARE, _PAGES = 0.05, 20  # of the pages, or so many of them: fewer may be guessed wrong
_ALL = "multilingual"


def unspoken(options: EmbeddingOptions, languages: Mapping[str, int]) -> str:
    """A warning for the operator when a share of the pages worth telling is in languages that the model does not speak.

    ``languages`` counts the pages by ISO 639-1 code. Empty when all is well or the model does not say what it speaks.
    """
    spoken = spoken_by(options)
    if spoken is None:
        return ""
    pages = sum(count for language, count in languages.items() if language not in _NO_LANGUAGE)
    foreign = {code: count for code, count in languages.items() if code not in spoken | _NO_LANGUAGE}
    many = sum(foreign.values())
    if not many or (many < _SHARE * pages and many < _PAGES):
        return ""
    by_count = sorted(foreign.items(), key=lambda item: (-item[1], item[0]))
    told = ", ".join(f"{_name(code)} {count:,}" for code, count in by_count)
    return (
        f"{many:,} of {pages:,} pages are in languages that the embedding model {options.model!r} does not speak "
        f"({told}): they are found by their words, not by their meaning. Set "
        f'embedding.model to one that speaks them, as "{MULTILINGUAL}", then restart the server or run: footnoted index'
    )


def spoken_by(options: EmbeddingOptions) -> frozenset[str] | None:
    """The languages that the model speaks, by ISO 639-1 code; None for a multilingual one and where nothing says."""
    if options.languages:
        named = list(options.languages)
    elif options.model == BUNDLED and not options.url:
        named = ["en"]
    elif _ALL in options.model.lower():
        named = [_ALL]
    elif options.url:
        return None
    else:
        named = _on_its_card(Path(options.model) / "README.md")
    spoken = frozenset(name.lower().partition("-")[0] for name in named)
    return None if not spoken or _ALL in spoken else spoken


def _name(code: str) -> str:
    return STEMMED[code].capitalize() if code in STEMMED else code


def _on_its_card(card: Path) -> list[str]:
    """The languages in the head of a model card, as the Hugging Face hub has them."""
    try:
        _, head, _ = card.read_text(encoding="utf-8").split("---\n", 2)
        # BaseLoader: as text, so that Norwegian is "no" and not false.
        named = yaml.load(head, yaml.BaseLoader).get("language") or []
    except (OSError, ValueError, AttributeError, yaml.YAMLError):
        return []
    return [str(name) for name in ([named] if isinstance(named, str) else named)]
