"""Variables that Kubernetes sets by itself in every pod, for a service whose name begins as our settings do.

For a service ``footnoted`` they are ``FOOTNOTED_PORT=tcp://10.0.0.1:8000``, ``FOOTNOTED_SERVICE_HOST`` and more, for
``footnoted-chroma`` such that begin with ``FOOTNOTED_CHROMA``. They are nobody's settings.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

_ADDRESS = re.compile(r"(?:tcp|udp|sctp)://\S+:\d+")
_NAMED = re.compile(r"(\w+?)_PORT(?:_\d+_(?:TCP|UDP|SCTP))?")
_BESIDE = re.compile(r"_SERVICE_HOST|_SERVICE_PORT(?:_\w+)?|_PORT_\d+_(?:TCP|UDP|SCTP)(?:_(?:PROTO|PORT|ADDR))?")


def service_links(environment: Mapping[str, str], prefix: str) -> list[str]:
    """The names of such variables that begin with a prefix.

    A service is known by a variable whose value is an address like that above, which nobody writes into a setting. Its
    others are known beside that one only, so ``FOOTNOTED_PORT=8000`` is a slip, and ``FOOTNOTED_SERVICE_PORT`` alone.
    """
    ours = {name: value for name, value in environment.items() if name.startswith(prefix)}
    addresses = (name for name, value in ours.items() if _ADDRESS.fullmatch(value))
    links = {name: match[1] for name in addresses if (match := _NAMED.fullmatch(name))}
    beside = (name for name in ours for service in links.values() if _is_beside(service, name))
    return sorted({*links, *beside})


def _is_beside(service: str, name: str) -> bool:
    return name.startswith(service) and _BESIDE.fullmatch(name.removeprefix(service)) is not None
