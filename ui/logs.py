"""What the server says of itself on standard error: plain lines for people, or one JSON object a line for programs.

An exception is told by its type and where it came from, without its message or values: a library's message may quote
what somebody asked, or an address with a password in it.
"""

from __future__ import annotations

import json
import logging
import re
import sys
import traceback
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Any, Literal

from ui.http.reference import reference

LogFormat = Literal["plain", "json"]
_OURS = ("ui", "assistant", "index", "ingest")
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]+")
_ROOT = Path(__file__).resolve().parents[1]

_Trouble = tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None]


def set_up_logs(how: LogFormat) -> None:
    """Have everything that is logged in this process go to standard error in this form."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_Json() if how == "json" else _Plain())
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(logging.WARNING)
    for name in _OURS:
        logging.getLogger(name).setLevel(logging.INFO if how == "json" else logging.WARNING)
    logging.getLogger("ui.server").setLevel(logging.INFO)


def event(log: logging.Logger, level: int, message: str, broke: bool = False, **fields: str | float) -> None:
    """Log a message with fields beside it, that only the JSON form shows. ``broke``: an exception is being handled."""
    log.log(level, "%s", message, exc_info=broke, extra={"fields": fields})


def _where(trouble: _Trouble) -> list[str]:
    """The types of an exception and of those behind it, each with the places it came through."""
    told = []
    error, seen = trouble[1], set[int]()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        kind = type(error).__qualname__
        places = [f"{_short(frame.filename)}:{frame.lineno}" for frame in traceback.extract_tb(error.__traceback__)]
        told.append(f"{kind} at {' > '.join(places) or 'an unknown place'}")
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    return told


def _short(file: str) -> str:
    path = Path(file)
    if path.is_relative_to(_ROOT):
        return path.relative_to(_ROOT).as_posix()
    return "/".join(path.parts[-2:])


class _Plain(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        ours = record.name.partition(".")[0] in _OURS
        who = "footnoted: " * (record.levelno > logging.INFO) if ours else f"{record.name}: "
        told = who + _CONTROL.sub(" ", record.getMessage())
        if named := getattr(record, "fields", {}).get("reference") or reference():
            told += f" (reference {named})"
        if record.exc_info:
            told += "".join(f"\nTraceback: {place}" for place in _where(record.exc_info))
        return told


class _Json(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        told: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
        }
        if named := reference():
            told["reference"] = named
        told |= getattr(record, "fields", {})
        if record.exc_info:
            told["exception"] = _where(record.exc_info)
        return json.dumps(told)
