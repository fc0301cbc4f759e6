"""Settings of a training run, as `training/settings.toml` holds them."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Settings:
    """What a run needs to know besides the data; see `settings.toml` for what each was found to be worth."""

    seed: int = 7
    examples: int = 520_000
    batch: int = 64
    part: int = 32
    pool: int = 32
    window: int = 256
    rate: float = 4e-4
    warm_up: float = 0.03
    decline: float = 1.0
    weight_decay: float = 0.01
    dropout: float = 0.1
    verdict_weight: float = 0.5
    taught: float = 0.5
    held_out: int = 12
    checkpoint_minutes: float = 10.0


def load_settings(path: Path) -> Settings:
    """Settings from a TOML file; keys left out keep their defaults."""
    return Settings(**tomllib.loads(path.read_text(encoding="utf-8")))
