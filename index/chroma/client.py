"""The way to a Chroma database: in a folder, or on a server that may be away for a while."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import urlsplit

from pydantic import BaseModel, Field

from index.obstacle import blocked, obstacle
from ingest.errors import SettingsError, StoreDamagedError, StoreError

_SECONDS = {"connect": 5.0, "read": 20.0, "write": 20.0, "pool": 20.0}  # a server cut off answers never
_WRITE_SECONDS = 300.0  # a write of 5,000 vectors takes a few
_WRITES = ("/add", "/upsert", "/update", "/delete")
_PAUSE = 0.2  # seconds before a call that found the server gone is made again
Result = TypeVar("Result")


class StoreOptions(BaseModel, frozen=True, extra="forbid"):
    """Where the vectors are kept."""

    url: str = Field(
        "",
        description="Address of a Chroma server, as http://host:8000 or https://host/tenant/database; empty: in "
        "the data folder.",
    )
    token_env: str = Field(
        "",
        pattern=r"^[A-Za-z_][A-Za-z0-9_]*$|^$",
        description="Name of the environment variable that holds that server's token, as Chroma Cloud needs one.",
    )


def again(call: Callable[[], Result]) -> Result:
    """What a call gives. Where the server was gone it is made once more: each of ours does the same made twice.

    A server that was started anew has cut the connections that are kept; the next call makes a new one.
    """
    import httpx

    try:
        return call()
    except httpx.ReadTimeout:
        raise
    except httpx.TransportError:
        time.sleep(_PAUSE)
        return call()
    except ValueError as error:  # what chromadb makes of a server that is not there when the client is opened
        if not isinstance(error.__cause__ or error.__context__, httpx.TransportError):
            raise
        time.sleep(_PAUSE)
        return call()


def close_client(client: Any, options: StoreOptions) -> None:
    """Let go of the database."""
    servers = [client._server, client._admin_client._server] if options.url else []
    client.close()
    for server in servers:
        if not server._running:  # nobody else in this process shares it
            server._session.close()  # which it leaves open


def unguarded() -> None:
    """Nothing to look at: the lock of the data folder is enough."""


def open_client(options: StoreOptions, folder: Path) -> Any:
    """A client of the database in ``folder``, or of the server at ``options.url``. Raises ``StoreError``."""
    import chromadb
    import httpx
    from chromadb.config import Settings

    quiet = Settings(anonymized_telemetry=False)
    try:
        if not options.url:
            folder.mkdir(parents=True, exist_ok=True)
            return chromadb.PersistentClient(str(folder), quiet)
        address = urlsplit(options.url)
        names = address.path.strip("/").split("/")
        if address.scheme not in ("http", "https") or not address.hostname or (names != [""] and len(names) != 2):
            raise SettingsError(
                f"store.url {options.url!r} is not a web address",
                hint="write it as http://host:8000, or with names as https://host/tenant/database",
            )
        secure = address.scheme == "https"
        port = address.port or (443 if secure else 8000)
        given: dict[str, Any] = {"host": address.hostname, "port": port, "ssl": secure, "settings": quiet}
        if token := _read_token(options.token_env):
            given["headers"] = {"x-chroma-token": token}
        if names != [""]:
            given |= {"tenant": names[0], "database": names[1]}
        # The library waits for ever: its client is made only once the server has answered us, and bounded then.
        host = f"[{address.hostname}]" if ":" in address.hostname else address.hostname
        beat = f"{address.scheme}://{host}:{port}/api/v2/heartbeat"
        reply = again(lambda: httpx.get(beat, headers=given.get("headers"), timeout=httpx.Timeout(**_SECONDS)))
        if reply.status_code == httpx.codes.OK and "heartbeat" not in reply.text:
            raise ValueError("it does not answer as Chroma does")
        client: Any = again(lambda: chromadb.HttpClient(**given))
        session = client._server._session
        session.timeout = httpx.Timeout(**_SECONDS)
        session.event_hooks = {"request": [_bear_with_writes]}
        return client
    except SettingsError:
        raise
    except Exception as error:
        raise trouble(error, options, folder) from error


def _bear_with_writes(request: Any) -> None:
    if request.url.path.endswith(_WRITES):
        request.extensions["timeout"] = {**request.extensions["timeout"], "read": _WRITE_SECONDS}


def _read_token(name: str) -> str:
    if name and not os.environ.get(name):
        raise SettingsError(
            f"store.token_env names {name!r}, which is not set",
            hint=f"export {name}=… or clear the setting store.token_env",
        )
    return os.environ.get(name, "")


def trouble(error: Exception, options: StoreOptions, folder: Path, chunks: int = 0) -> StoreError:
    """Chroma raises plain and Rust-made exceptions of many classes: ours says which store and what mends it.

    ``chunks``: so many it was to write.
    """
    from chromadb.errors import NotFoundError

    what = str(error).splitlines()[0] if str(error) else type(error).__name__
    if options.url and not isinstance(error, NotFoundError):
        return StoreError(
            f"the Chroma server at {options.url!r} failed: {what}", hint="check that it runs, and the setting store.url"
        )
    if not options.url and (why := obstacle(folder, chunks)):
        return blocked(folder, f"{why} ({what})")
    return StoreDamagedError(f"the vector store failed: {what}", hint="run: footnoted doctor")
