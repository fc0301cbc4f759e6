"""Which model turns text into vectors."""

from __future__ import annotations

from pydantic import BaseModel, Field

BUNDLED = "all-MiniLM-L6-v2"


class EmbeddingOptions(BaseModel, frozen=True, extra="forbid"):
    """Which model turns text into vectors."""

    model: str = Field(
        BUNDLED,
        description="A sentence-transformers model: the bundled one, a folder, or a name on a model hub (fetched once)",
    )
