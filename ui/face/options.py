"""How the web face looks and whom it lets in."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from ingest.errors import SettingsError
from ui.face.brand import PLAIN, BrandOptions

_ORIGIN = re.compile(r"https?://[a-z0-9.-]+(:\d+)?")


@dataclass(frozen=True, slots=True)
class FaceOptions:
    """How the web face looks and whom it lets in.

    ``name`` is shown as the product's name. ``origins`` are the sites whose pages may call the API, frame the chat
    (``/embed``) and exchange messages with it, such as ``https://intranet.example.org``; by default none but our own.
    ``contact`` says whom to ask when the pages don't say; ``old_days`` is how many days after its last change a page is
    told to be old, 0 for never. ``hosts`` are names of this server, as ``chat.example.org``: under others it does not
    answer, and without any ``/mcp`` answers on this machine alone.
    """

    name: str = "Footnoted"
    origins: Sequence[str] = ()
    contact: str = ""
    old_days: int = 0
    brand: BrandOptions = PLAIN
    hosts: Sequence[str] = ()

    def __post_init__(self) -> None:
        """Refuse an origin that browsers would not match, or that says more than an origin in a policy."""
        for origin in self.origins:
            if not _ORIGIN.fullmatch(origin):
                raise SettingsError(
                    f"{origin!r} is no origin", hint="write server.origins as https://host or https://host:port"
                )


PLAIN_FACE = FaceOptions()
"""What nothing was set of."""
