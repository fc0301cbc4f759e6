"""A request's reference: what a person whose question broke can read out, and the operator finds in the log."""

from __future__ import annotations

import re
import secrets
from collections.abc import Mapping
from contextvars import ContextVar

from starlette.responses import JSONResponse

from ingest.errors import BusyError, FootnotedError
from ui.schema import ErrorOut, Refusal

HEADER = "X-Request-ID"
_WELL_FORMED = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{3,63}")
_reference: ContextVar[str] = ContextVar("footnoted_reference", default="")


def new_reference(given: str = "") -> str:
    """The one that is given, where it is 4 to 64 letters, digits, ``.``, ``_`` and ``-``; else twelve new digits."""
    return given if _WELL_FORMED.fullmatch(given) else secrets.token_hex(6)


def set_reference(reference: str) -> None:
    """Have everything that is done in this context, and what it starts, bear the reference."""
    _reference.set(reference)


def reference() -> str:
    """The reference of the request that is being worked on; empty where it is none."""
    return _reference.get()


def refusal(status: int, message: str, hint: str = "", headers: Mapping[str, str] | None = None) -> JSONResponse:
    """An error as every part of the server tells it to programs."""
    body = Refusal(error=ErrorOut(message=message, hint=hint, reference=reference()))
    return JSONResponse(body.model_dump(), status_code=status, headers=dict(headers or {}))


def refusal_of(error: FootnotedError) -> JSONResponse:
    """An error of ours in the same form, with ``Retry-After`` where asking again later helps."""
    return refusal(error.http_status, error.message, error.hint, retry_of(error))


def retry_of(error: FootnotedError) -> Mapping[str, str]:
    """The header that says when asking again helps, where it does."""
    return {"Retry-After": str(error.retry_seconds)} if isinstance(error, BusyError) else {}
