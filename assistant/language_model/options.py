"""Which language model writes the answers, if any."""

from __future__ import annotations

from pydantic import BaseModel, Field, model_validator


class LlmOptions(BaseModel, frozen=True, extra="forbid"):
    """Which language model writes the answers, if any: a server that speaks OpenAI's protocol."""

    base_url: str = Field(
        "",
        pattern=r"^(https?://[^\s]+)?$",
        description="Address of an OpenAI-compatible server, such as http://127.0.0.1:11434/v1; empty for no model.",
    )
    model: str = Field("", description="The model's name, as its server lists it.")
    api_key_env: str = Field(
        "",
        pattern=r"^[A-Za-z_][A-Za-z0-9_]*$|^$",
        description="Name of the environment variable that holds the server's key; the key itself is never a setting.",
    )
    first_token_seconds: float = Field(
        20, gt=0, le=600, description="Seconds to wait for the first word; then the pages are quoted instead."
    )
    total_seconds: float = Field(60, gt=0, le=3600, description="Seconds that a whole reply may take.")
    retries: int = Field(1, ge=0, le=10, description="Further tries when the server fails before the first word.")
    at_once: int = Field(
        8, ge=1, le=1000, description="Replies that the model writes at the same time; further answers quote the pages."
    )
    max_tokens: int = Field(300, ge=16, le=100_000, description="Tokens that a reply may have.")
    context_window: int = Field(
        4096, ge=512, le=10_000_000, description="Tokens that the model reads and writes in all."
    )
    prompt_tokens: int = Field(3000, ge=256, le=1_000_000, description="Tokens of passages and question sent at most.")

    @model_validator(mode="after")
    def _whole(self) -> LlmOptions:
        if self.base_url and not self.model:
            raise ValueError("base_url needs a model beside it")
        if self.max_tokens + 256 > self.context_window:
            raise ValueError("max_tokens leaves no room for a prompt in context_window")
        return self

    @property
    def budget(self) -> int:
        """Tokens that a prompt may have."""
        return min(self.prompt_tokens, self.context_window - self.max_tokens)
