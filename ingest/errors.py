"""Every error of the product, one tree.

    FootnotedError
    ├── UsageError              a command, setting or question that cannot be used          exit 2, HTTP 422
    │   └── SettingsError       a setting's name or value is wrong
    ├── AccessError             a token, pass or sign-in that is not good                   HTTP 401
    ├── PageError               one page could not be fetched or read; the others go on     exit 1
    ├── MassDeleteError         a sync would drop more pages than the brake allows          exit 2
    ├── BusyError               too many ask at this moment                                 HTTP 503, Retry-After
    ├── StoreError              the store cannot be used                                    exit 3, HTTP 503
    │   ├── StoreHeldError      another process writes to it
    │   ├── StoreEmptyError     nothing is indexed yet
    │   └── StoreDamagedError   a file of it cannot be read
    │       └── StoreNewerError     it was written by a newer version of this program
    └── ModelError              a model's files are missing or not the ones expected        exit 3, HTTP 503

Each carries a ``hint``: the command or setting that mends it.
"""

from __future__ import annotations

import re

# What stands before the host in an address: ``//user:password@``, also where the slashes were forgotten.
_LOGIN = re.compile(r"(?<=//)[^/\s'\"]*@|\b[^\s/'\"@:]+:[^\s/'\"]*@")


class FootnotedError(Exception):
    """Any error the product raises on purpose: a message for people and the hint that mends it.

    Names and passwords in addresses are left out of the message, whoever's words it passes on.
    """

    exit_code = 3
    http_status = 503

    def __init__(self, message: str, *, hint: str = "") -> None:
        self.message = _LOGIN.sub("…@", message)
        super().__init__(self.message)
        self.hint = hint


class UsageError(FootnotedError):
    """A command, setting or question that cannot be used as given."""

    exit_code = 2
    http_status = 422


class SettingsError(UsageError):
    """A setting's name or value is wrong."""


class AccessError(FootnotedError):
    """A token, a pass or a sign-in that is not good."""

    http_status = 401


class PageError(FootnotedError):
    """One page could not be fetched or read."""

    exit_code = 1
    http_status = 502


class MassDeleteError(FootnotedError):
    """A sync would drop more of the pages than the brake allows."""

    exit_code = 2
    http_status = 409


class BusyError(FootnotedError):
    """More is asked for at this moment than can be done; ``retry_seconds`` later it may be less."""

    retry_seconds = 3


class StoreError(FootnotedError):
    """The store cannot be used."""


class StoreHeldError(StoreError):
    """Another process writes to the store."""


class StoreEmptyError(StoreError):
    """Nothing is indexed yet."""


class StoreDamagedError(StoreError):
    """A file of the store cannot be read."""


class StoreNewerError(StoreDamagedError):
    """The store was written by a newer version of this program: it is sound, and left alone."""


class ModelError(FootnotedError):
    """A model's files are missing or are not the ones expected."""
