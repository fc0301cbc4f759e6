"""What goes along with a request besides who asks: its reference, the figures that it counts in, and the rates."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from ui.access.rate import NO_RATES, Rates
from ui.http.metrics import Metrics

_KEY = "footnoted.request"


@dataclass(frozen=True, slots=True)
class RequestNote:
    """A request's ``reference``, what counts it, and how much its sender may ask."""

    reference: str = ""
    metrics: Metrics = field(default_factory=Metrics)
    rates: Rates = NO_RATES


def with_note(scope: Mapping[str, Any], note: RequestNote) -> dict[str, Any]:
    """The scope of the request, which carries the note from now on."""
    return {**scope, _KEY: note}


def note_of(scope: Mapping[str, Any]) -> RequestNote:
    """The note of the request with this ASGI scope; one that counts nowhere, where none was made."""
    note = scope.get(_KEY)
    return note if isinstance(note, RequestNote) else RequestNote()
