"""Why a page could not be fetched, in words, with what mends it."""

from __future__ import annotations

import ssl

from ingest.errors import PageError

_SOON = 30  # seconds that are worth waiting for one page
_OVERLOADED = frozenset((429, 500, 502, 503, 504))


class UnreachableError(PageError):
    """The server could not be reached, took too long or was out of order: trying again later may help.

    ``retry_after`` is when, in seconds, if the server says so.
    """

    def __init__(self, message: str, *, hint: str = "", retry_after: float | None = None) -> None:
        super().__init__(message, hint=hint)
        self.retry_after = retry_after


class ForbiddenError(PageError):
    """The page redirects to an address that must not be asked for: ``target``."""

    def __init__(self, target: str, message: str, *, hint: str) -> None:
        super().__init__(message, hint=hint)
        self.target = target


def explained(error: Exception) -> PageError:
    """The error for a request that got no answer."""
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, ssl.SSLCertVerificationError):
            return UnreachableError(
                f"its certificate is not trusted: {cause.verify_message}",
                hint="name the certificate's authority with the source's `ca_file`",
            )
        if isinstance(cause, ssl.SSLError):
            return UnreachableError(
                f"no safe connection came about: {cause.reason}", hint="look after the server's TLS settings"
            )
        cause = cause.__cause__ or cause.__context__
    detail = str(error) or type(error).__name__
    return UnreachableError(
        f"the server could not be reached or broke off: {detail}", hint="look after the server, then run the sync again"
    )


def refused(status: int, phrase: str, retry_after: str) -> PageError:
    """The error for an answer that is no page. ``retry_after`` is that header."""
    said = f"the server answered {status} {phrase}".rstrip()
    if status in (401, 403):
        return PageError(said, hint="name credentials with the source's `basic_env`, `bearer_env` or `cookie_env`")
    if status == 407:
        return PageError(said, hint="give the source's `proxy` its user and password")
    if status in _OVERLOADED:
        soon = retry_after.isdecimal() and int(retry_after[:4]) <= _SOON
        return UnreachableError(
            said,
            hint="look after the server, then run the sync again; `delay_seconds` makes the sync gentler",
            retry_after=float(retry_after) if soon else None,
        )
    return PageError(said, hint="open the page in a browser; leave it out with `exclude` if it is no page")


def leads_nowhere(location: str) -> PageError:
    """The error for a redirect to what is no web address."""
    return PageError(
        f"it redirects to {location[:200]!r}, which is no web address",
        hint="mend the site, or leave the page out with `exclude`",
    )


def too_large(limit: int) -> PageError:
    """The error for a page of more bytes than are read."""
    return PageError(
        f"it is larger than {limit:,} bytes, or never ends",
        hint="raise the source's `max_bytes`, or leave it out with `exclude`",
    )
