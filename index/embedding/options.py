"""Which model turns text into vectors."""

from __future__ import annotations

from pydantic import BaseModel, Field, model_validator

BUNDLED = "all-MiniLM-L6-v2"


class EmbeddingOptions(BaseModel, frozen=True, extra="forbid"):
    """Which model turns text into vectors."""

    model: str = Field(
        BUNDLED,
        description="A sentence-transformers model: the bundled one, a folder, or a name on a model hub (fetched "
        "once); with `url`, the server's name for its model.",
    )
    url: str = Field(
        "",
        pattern=r"^(https?://[^\s]+)?$",
        description="Address of an OpenAI-compatible embeddings server, as http://host:8080/v1; empty: none is asked.",
    )
    api_key_env: str = Field(
        "",
        pattern=r"^[A-Za-z_][A-Za-z0-9_]*$|^$",
        description="Name of the environment variable that holds that server's key; the key itself is never a setting.",
    )
    window: int = Field(
        512, ge=64, le=100_000, description="Tokens that the server's model reads; a model in this process says itself."
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

    @model_validator(mode="after")
    def _whole(self) -> EmbeddingOptions:
        if self.url and "model" not in self.model_fields_set:
            raise ValueError("url needs a model beside it, by the server's name for it")
        return self
