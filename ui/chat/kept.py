"""A conversation as JSON, the form in which a person's browser keeps it. What comes back from there is not trusted."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

from pydantic import TypeAdapter, ValidationError

from ui.chat.conversation import Conversation

MAX_KEPT = 120_000
"""Bytes of a conversation's JSON, half of what a request may send: some 40 answers. Then the oldest are dropped."""


@cache
def _adapter() -> TypeAdapter[Conversation]:
    return TypeAdapter(Conversation)


def kept_json(conversation: Conversation) -> str:
    """The conversation as JSON of ``MAX_KEPT`` bytes at most; empty for one without a turn."""
    while conversation.turns:
        written = _adapter().dump_json(conversation)
        if len(written) <= MAX_KEPT:
            return written.decode("utf-8")
        conversation = replace(conversation, turns=conversation.turns[1:])
    return ""


def conversation_from(kept: str) -> Conversation:
    """The conversation that ``kept_json`` wrote; a new one for anything else."""
    if not kept or len(kept.encode("utf-8", "replace")) > MAX_KEPT:
        return Conversation()
    try:
        return _adapter().validate_json(kept)
    except (ValidationError, UnicodeError):
        return Conversation()
