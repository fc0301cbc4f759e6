"""Which reader points at the exact words."""

from __future__ import annotations

from pydantic import BaseModel, Field


class ReaderOptions(BaseModel, frozen=True, extra="forbid"):
    """Which reader points at the exact words."""

    model: str = Field(
        "bundled",
        description="`bundled`, `none`, or a Hugging Face extractive question-answering model by name or folder.",
    )
