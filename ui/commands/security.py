"""What is open on an installation and why, read from its settings and its files: ``footnoted doctor --security``."""

from __future__ import annotations

import ipaddress
import os
import stat
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

from pydantic import BaseModel
from rich.console import Console

from ui.settings import CONFIG_NAME, ENV_PREFIX, Settings

Level = Literal["open", "note", "closed"]
"""``open``: more people may reach something than who needs it, unless that is meant; ``note``: good to know."""

_console = Console(highlight=False)
_COLOURS = {"open": "yellow", "note": "cyan", "closed": "green"}
_LOCAL = ("localhost", "")
_WEAK = 16  # characters; shorter secrets can be guessed by trying
_PRIVATE = ("questions.db", "limits.json", "handover.token", "webhooks.json", "sessions.key", "ledger.sqlite3")


class Finding(BaseModel, frozen=True):
    """One door: how it stands, why, and what closes it."""

    name: str
    level: Level
    told: str
    hint: str = ""


def survey(settings: Settings, config: Path | None = None) -> list[Finding]:
    """How every door stands. It reads settings and file permissions, and contacts nothing."""
    parts: tuple[Callable[[Settings], Iterator[Finding]], ...] = (
        _address, _hosts, _askers, _groups, _origins, _proxies, _rates, _owner, _webhook, _metrics, _questions, _models,
        _servers, _sources, _shared_folder,
    )  # fmt: skip
    found = [finding for part in parts for finding in part(settings)]
    return [*found, *_permissions(settings.data_dir, config or Path(CONFIG_NAME))]


def print_survey(found: list[Finding]) -> None:
    """The findings for people, on standard output."""
    for finding in found:
        colour = _COLOURS[finding.level]
        _console.print(f"[{colour}]{finding.level:<6}[/{colour}] {finding.name}: ", end="")
        hint = f"\n       {finding.hint}" if finding.hint else ""
        _console.print(finding.told + hint, markup=False, soft_wrap=True)


def _is_local(host: str) -> bool:
    if host in _LOCAL:
        return host == "localhost"
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def _address(settings: Settings) -> Iterator[Finding]:
    host = settings.server.host
    if _is_local(host):
        yield Finding(name="address", level="closed", told=f"{host!r}: only this machine reaches the server")
        return
    hint = "put it behind a proxy with https, and set server.host to 127.0.0.1"
    yield Finding(
        name="address", level="open", told=f"{host!r}: other machines reach it, without encryption", hint=hint
    )


def _hosts(settings: Settings) -> Iterator[Finding]:
    hosts = settings.server.hosts
    if hosts:
        yield Finding(
            name="host names", level="closed", told=f"it answers under {', '.join(hosts)} and addresses alone"
        )
        return
    told = "it answers under any: a web page whose name leads to this server could read what everyone may"
    hint = "list the names that people use in server.hosts, or localhost for this machine alone"
    yield Finding(name="host names", level="open", told=told, hint=hint)


def _askers(settings: Settings) -> Iterator[Finding]:
    access = settings.access
    ways = [
        way
        for way, used in (
            ("a proxy's headers", access.user_header),
            ("signed tokens", access.token_secret.get_secret_value()),
            ("OpenID Connect", access.oidc.issuer),
        )
        if used
    ]
    if not ways:
        hint = "see docs/embedding.md, Who sees what"
        yield Finding(name="sign-in", level="open", told="none: whoever reaches the server may ask", hint=hint)
        return
    told = f"{', '.join(ways)}; who is not signed in may ask about the sources without groups"
    yield Finding(name="sign-in", level="note", told=told)
    if access.oidc.issuer and not access.oidc.public_url.startswith("https:"):
        hint = "serve it by https, and name that in access.oidc.public_url"
        yield Finding(name="session cookie", level="open", told="sent without encryption too", hint=hint)


def _groups(settings: Settings) -> Iterator[Finding]:
    from ui.access.limits import noted_limits
    from ui.memory.notes import FolderNotes

    noted = noted_limits(FolderNotes(settings.data_dir))  # of a shared ledger not its own: nothing is contacted here
    limited = {source.title for source in settings.sources if source.groups} | noted
    if not limited:
        told = "no source is limited: who may ask, sees all pages"
        yield Finding(name="groups", level="note", told=told, hint='limit a source with groups = ["…"]')
    elif not settings.access.tells_apart:
        told = (
            f"{len(limited)} source(s) are limited, and no way of signing in says who is in a group: nobody sees them"
        )
        yield Finding(name="groups", level="note", told=told, hint="set up a way in access")
    else:
        everyone = [source.title for source in settings.sources if not source.groups]
        told = f"{len(limited)} source(s) are limited, {len(everyone)} are for everyone"
        yield Finding(name="groups", level="closed", told=told)


def _origins(settings: Settings) -> Iterator[Finding]:
    origins = settings.server.origins
    if not origins:
        yield Finding(name="origins", level="closed", told="no other site may call the API or frame the chat")
        return
    plain = [
        origin for origin in origins if origin.startswith("http:") and not _is_local(urlsplit(origin).hostname or "")
    ]
    told = f"these sites may call the API and frame the chat: {', '.join(origins)}"
    hint = "write them with https: whoever is between could put a script in" if plain else ""
    yield Finding(name="origins", level="open" if plain else "note", told=told, hint=hint)


def _proxies(settings: Settings) -> Iterator[Finding]:
    trusted = [*settings.access.proxies, *filter(None, [os.environ.get("FORWARDED_ALLOW_IPS", "")])]
    wide = [n for n in settings.access.proxies if ipaddress.ip_network(n, strict=False).num_addresses > 2**16]
    if "*" in trusted or wide:
        told = f"headers of {', '.join(trusted)} are believed, which is very many addresses"
        yield Finding(name="proxies", level="open", told=told, hint="name the proxies themselves")
    elif trusted:
        yield Finding(name="proxies", level="note", told=f"headers of {', '.join(trusted)} are believed")
    else:
        yield Finding(name="proxies", level="closed", told="only a proxy on this machine may say for whom it asks")


def _rates(settings: Settings) -> Iterator[Finding]:
    server = settings.server
    off = [
        f"server.{n}" for n, v in (("person_rate", server.person_rate), ("address_rate", server.address_rate)) if not v
    ]
    if off:
        told = f"without limit: {', '.join(off)} is 0"
        yield Finding(name="rates", level="open", told=told, hint="leave it out for the default")
    else:
        told = f"{server.person_rate} questions a minute of a person, {server.address_rate} of an address"
        yield Finding(name="rates", level="closed", told=told)


def _owner(settings: Settings) -> Iterator[Finding]:
    token, group = settings.server.owner_token.get_secret_value(), settings.server.owner_group
    if not token and not group:
        yield Finding(name="owner's pages", level="closed", told="nobody opens them")
    elif token and len(token) < _WEAK:
        hint = "make it longer, for example by: openssl rand -hex 32"
        yield Finding(name="owner's pages", level="open", told="their password is short", hint=hint)
    else:
        ways = " or ".join(filter(None, ["a password" if token else "", f"the group {group!r}" if group else ""]))
        yield Finding(name="owner's pages", level="note", told=f"opened by {ways}")


def _webhook(settings: Settings) -> Iterator[Finding]:
    secret = settings.server.webhook_secret.get_secret_value()
    if not secret:
        yield Finding(name="webhook", level="closed", told="every call is refused")
    elif len(secret) < _WEAK:
        hint = "make it longer, for example by: openssl rand -hex 32"
        yield Finding(name="webhook", level="open", told="the secret that signs its calls is short", hint=hint)
    else:
        yield Finding(name="webhook", level="note", told="calls that are signed, fresh and new are taken")


def _metrics(settings: Settings) -> Iterator[Finding]:
    openness = settings.server.metrics
    if openness == "all":
        hint = "set server.metrics to local, or keep others off /metrics at the proxy"
        yield Finding(name="metrics", level="open", told="whoever reaches the server reads /metrics", hint=hint)
    else:
        told = "this machine's own programs read /metrics" if openness == "local" else "there is no /metrics"
        yield Finding(name="metrics", level="closed", told=told)


def _questions(settings: Settings) -> Iterator[Finding]:
    if settings.log.questions:
        told = f"kept for {settings.log.days} days, scrubbed, without who asked"
        yield Finding(name="questions", level="note", told=told, hint="tell people; see docs/owner.md")
    else:
        yield Finding(name="questions", level="closed", told="not kept")


def _models(settings: Settings) -> Iterator[Finding]:
    from index.embedding.options import BUNDLED

    model = settings.embedding.model
    named = (
        ("embedding.model", model if not settings.embedding.url and model != BUNDLED else ""),
        ("search.reranker", settings.search.reranker),
        ("reader.model", "" if settings.reader.model in ("bundled", "none") else settings.reader.model),
    )
    others = [f"{setting} {name!r}" for setting, name in named if name]
    if others:
        told = f"not bundled, so not checked by hash: {', '.join(others)}; safetensors only, none of their code is run"
        yield Finding(name="models", level="note", told=told, hint="have them from where you trust")
    else:
        yield Finding(name="models", level="closed", told="the bundled ones alone, checked by hash")
    if settings.search.postprocessors:
        told = f"code of yours takes part in each search: {', '.join(settings.search.postprocessors)}"
        yield Finding(name="post-processors", level="note", told=told)


def _servers(settings: Settings) -> Iterator[Finding]:
    """Servers that pages and questions are sent to."""
    named = (
        ("llm.base_url", settings.llm.base_url),
        ("embedding.url", settings.embedding.url),
        ("store.url", settings.store.url),
        ("ledger.url", settings.ledger.url),
    )
    for setting, url in named:
        if not url:
            continue
        parts = urlsplit(url)
        host = parts.hostname or ""
        safe = _is_local(host) or parts.scheme == "https" or "sslmode=verify" in parts.query
        told = f"questions and passages go to {host or 'a local file'}" + ("" if safe else ", unencrypted")
        hint = "" if safe else "let that server speak TLS, or keep it on this machine"
        yield Finding(name=setting, level="note" if safe else "open", told=told, hint=hint)


def _sources(settings: Settings) -> Iterator[Finding]:
    for source in settings.sources:
        if source.web is None:
            continue
        secret = source.web.basic_env or source.web.bearer_env or source.web.cookie_env
        plain = [url for url in (*source.web.urls, *source.web.sitemaps) if url.startswith("http:")]
        if secret and any(not _is_local(urlsplit(url).hostname or "") for url in plain):
            told = "its credentials are sent without encryption"
            yield Finding(name=f"source {source.title!r}", level="open", told=told, hint="name it by https")
        if not source.web.robots:
            yield Finding(name=f"source {source.title!r}", level="note", told="robots.txt and noindex are passed over")


def _shared_folder(settings: Settings) -> Iterator[Finding]:
    for source in settings.sources:
        folder = source.folder.path if source.folder is not None else None
        if folder is not None and _mode(folder) & stat.S_IWOTH:
            told = f"every user of this machine may write {str(folder)!r}, and so what is answered"
            yield Finding(name=f"source {source.title!r}", level="open", told=told, hint=f"chmod o-w {str(folder)!r}")


def _permissions(data: Path, config: Path) -> Iterator[Finding]:
    wide = [path for path in (data / name for name in _PRIVATE) if _mode(path) & (stat.S_IRWXG | stat.S_IRWXO)]
    if _mode(data) & (stat.S_IRWXG | stat.S_IRWXO) and wide:
        told = f"other users of this machine may read {', '.join(path.name for path in wide)} in {str(data)!r}"
        yield Finding(name="data folder", level="open", told=told, hint=f"chmod -R go= {str(data)!r}")
    else:
        yield Finding(name="data folder", level="closed", told="read by its own user alone, or not there yet")
    if holds_secret(config) and _mode(config) & (stat.S_IRWXG | stat.S_IRWXO):
        told = f"other users of this machine may read {str(config)!r}, which holds secrets"
        hint = f"chmod 600 {str(config)!r}, or set them as {ENV_PREFIX}SERVER__OWNER_TOKEN and the like"
        yield Finding(name="settings file", level="open", told=told, hint=hint)
    else:
        yield Finding(name="settings file", level="closed", told="no secret in it that others may read")


def holds_secret(config: Path) -> bool:
    """Whether a settings file has a secret in it."""
    try:
        text = config.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        return False
    named = ("webhook_secret", "owner_token", "token_secret", "client_secret")
    return any(line.partition("=")[0].strip().rpartition(".")[2] in named for line in text.splitlines()) or "@" in text


def _mode(path: Path) -> int:
    try:
        return path.stat().st_mode
    except OSError:
        return 0
