"""Who asks: a name and groups. It goes along with a request, and says which sources' pages that request may see."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Set
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

_KEY = "footnoted.asker"


@dataclass(frozen=True, slots=True)
class Asker:
    """Someone who asks. ``sees_all`` is for whoever runs the server: they can read its folder anyway."""

    name: str = ""
    groups: frozenset[str] = frozenset()
    sees_all: bool = False

    @property
    def mark(self) -> str:
        """Sixteen hexadecimal digits that tell this asker from others, empty for nobody: names what a browser keeps."""
        if self == NOBODY:
            return ""
        told = "\n".join([self.name, *sorted(self.groups)])
        return sha256(told.encode("utf-8", "replace")).hexdigest()[:16]


NOBODY = Asker()
"""Who is not signed in: without a name, in no group."""

OPERATOR = Asker("operator", sees_all=True)


def asker_of(scope: Mapping[str, Any]) -> Asker:
    """Who sent the request with this ASGI scope; nobody, where nothing found out."""
    asker = scope.get(_KEY)
    return asker if isinstance(asker, Asker) else NOBODY


def with_asker(scope: Mapping[str, Any], asker: Asker) -> dict[str, Any]:
    """The scope of a request of this asker's."""
    return {**scope, _KEY: asker}


@dataclass(frozen=True, slots=True)
class Limits:
    """Which groups may see which sources. ``groups``: those of each source in the settings, none of them for everyone.

    ``noted`` are sources that were limited when they were last in the settings. Where any source is limited, pages of
    sources that the settings do not name are seen by nobody. ``others`` are groups that decide something else.
    """

    groups: Mapping[str, frozenset[str]]
    noted: Set[str] = frozenset()
    others: frozenset[str] = frozenset()

    @property
    def limited(self) -> frozenset[str]:
        """The sources that not everyone may see."""
        return frozenset({name for name, groups in self.groups.items() if groups} | (self.noted - self.groups.keys()))

    @property
    def named(self) -> frozenset[str]:
        """Every group that decides anything."""
        return self.others.union(*self.groups.values())

    def sources_for(self, asker: Asker) -> frozenset[str] | None:
        """The sources whose pages an asker may see; None: of all, whatever they are called."""
        if asker.sees_all or not self.limited:
            return None
        return frozenset(name for name, groups in self.groups.items() if not groups or groups & asker.groups)

    def asker(self, name: str, groups: Iterable[str]) -> Asker:
        """An asker, of whose groups only those are kept that decide anything: some people are in hundreds."""
        return Asker(name, frozenset(groups) & self.named)


def limits_of(
    sources: Collection[tuple[str, Iterable[str]]], noted: Iterable[str] = (), others: Iterable[str] = ()
) -> Limits:
    """The limits by (name, groups) of each source."""
    return Limits({name: frozenset(groups) for name, groups in sources}, frozenset(noted), frozenset(others))
