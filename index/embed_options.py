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
    query_prompt: str | None = Field(
        None, description="Put before a question for the model, as `query: `; left out: the model's own prompt, if any."
    )
    document_prompt: str | None = Field(
        None, description="Put before a passage for the model, as `passage: `; left out: the model's own, if any."
    )
    languages: tuple[str, ...] = Field(
        (), description="Languages that the model speaks, as `en`; empty: what it says of itself, if it does."
    )
