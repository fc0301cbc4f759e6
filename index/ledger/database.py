"""The ledger's database: SQLite in the data folder, or any that SQLAlchemy reaches."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from pydantic import BaseModel, Field

from index.ledger.lock import make_data_folder
from index.ledger.tables import lease, meta, metadata, pages
from index.obstacle import blocked, obstacle
from ingest.errors import SettingsError, StoreDamagedError, StoreError, StoreNewerError, UsageError

_SCHEMA_VERSION = 2
_UPGRADING = 0x666F6F74  # the number of an advisory lock: "foot"
ANSWER_SECONDS = 60.0
"""What one statement may take on a server. The longest, forgetting 175,000 chunks, takes a few."""

WRITER = "writer"
"""The name of the lease, in its table, that gives the right to write."""
_ADDED = {2: (pages.c.blocks, pages.c.others, pages.c.left_out)}  # columns that a version brought


class LedgerOptions(BaseModel, frozen=True, extra="forbid"):
    """Where the ledger is kept."""

    url: str = Field(
        "", description="A SQLAlchemy address, as postgresql+psycopg://host/name; empty: SQLite in the data folder."
    )
    lease_seconds: float = Field(
        15,
        ge=2,
        le=600,
        description="With `url`: how long after a syncing server fell silent another one takes its work over.",
    )


class Database:
    """A database with the ledger's tables, read in snapshots and written in whole transactions.

    One of an older version is brought to this one. Raises ``StoreError`` when it cannot be reached,
    ``StoreDamagedError`` when it is broken, ``StoreNewerError`` when it is of a newer version and ``SettingsError``
    when ``options.url`` is no address.
    """

    def __init__(self, options: LedgerOptions, folder: Path) -> None:
        self._options = options
        self._folder = folder
        self._engine = _engine(options, folder)
        try:
            self._bring_up_to_date()
        except StoreError:
            self.close()
            raise

    def _bring_up_to_date(self) -> None:
        with self.reading() as connection:
            there = set(sa.inspect(connection).get_table_names())
            version = _version(connection) if meta.name in there else 0
        if version < _SCHEMA_VERSION or (version == _SCHEMA_VERSION and not set(metadata.tables) <= there):
            with self.writing() as connection:
                version = _upgrade(connection)
        if version > _SCHEMA_VERSION:
            raise StoreNewerError(
                f"the ledger is of version {version}, this program reads version {_SCHEMA_VERSION}",
                hint="use the program version that wrote it, or name another folder with --data-dir",
            )

    @contextmanager
    def reading(self) -> Iterator[sa.Connection]:
        """A connection whose reads all see the same state, whatever is written meanwhile."""
        try:
            with self._told(), self._engine.connect() as connection:
                if connection.dialect.name != "sqlite":
                    connection = connection.execution_options(isolation_level="REPEATABLE READ")
                with connection.begin():
                    yield connection
        except (ValueError, TypeError) as error:  # a value that is none any more
            raise StoreDamagedError(f"the ledger is damaged: {error}", hint="run: footnoted doctor") from error

    @contextmanager
    def writing(self) -> Iterator[sa.Connection]:
        """A connection whose writes happen together when the block ends, or not at all."""
        with (
            self._told(),
            self._engine.connect().execution_options(begin="IMMEDIATE") as connection,
            connection.begin(),
        ):
            yield connection

    @property
    def is_shared(self) -> bool:
        """Whether other machines may use it."""
        return bool(self._options.url)

    def close(self) -> None:
        """Let go of the database."""
        self._engine.dispose()

    @contextmanager
    def _told(self) -> Iterator[None]:
        try:
            yield
        except UnicodeEncodeError as error:  # of what it was given; nothing is wrong with what it holds
            raise UsageError(
                f"{error.object[:200]!r} holds characters that cannot be written",
                hint="name the file, the folder or the setting that it comes from anew",
            ) from error
        except sa.exc.SQLAlchemyError as error:
            what = str(getattr(error, "orig", None) or error).splitlines()[0]
            if self._options.url:
                raise StoreError(
                    f"the ledger's database failed: {what}", hint="check that it runs, and the setting ledger.url"
                ) from error
            if why := obstacle(self._folder):
                raise blocked(self._folder, f"{why} ({what})") from error
            if isinstance(error, sa.exc.OperationalError):  # locked, or out of memory: the file may be sound
                raise StoreError(
                    f"the ledger cannot be used: {what}",
                    hint="free some space, give this user the right to write the data folder, or run: footnoted doctor",
                ) from error
            raise StoreDamagedError(f"the ledger is damaged: {what}", hint="run: footnoted doctor") from error


def refuse_newer(options: LedgerOptions, folder: Path) -> None:
    """Raise ``StoreNewerError`` for a ledger of a newer version; whatever else may be wrong with it is passed over."""
    try:
        Database(options, folder).close()
    except StoreNewerError:
        raise
    except StoreError:
        return


def read_meta(connection: sa.Connection, key: str) -> str | None:
    """What is noted under a key, or None."""
    value = connection.scalar(sa.select(meta.c.value).where(meta.c.key == key))
    return None if value is None else str(value)


def write_meta(connection: sa.Connection, key: str, value: str) -> None:
    """Note a value under a key."""
    connection.execute(meta.delete().where(meta.c.key == key))
    connection.execute(meta.insert(), [{"key": key, "value": value}])


def _version(connection: sa.Connection) -> int:
    """The version of the tables that are there; 0: there are none yet."""
    return int(read_meta(connection, "schema") or 0)


def _upgrade(connection: sa.Connection) -> int:
    """Make what this version has and the tables that are there have not; the version that they are of then."""
    if connection.dialect.name == "postgresql":  # where several servers may start at once over an empty database
        connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_UPGRADING})")
    metadata.create_all(connection)
    if connection.scalar(sa.select(lease.c.name)) is None:
        row = {"name": WRITER, "term": 0, "owner": "", "told": "", "expires": 0.0}
        connection.execute(lease.insert(), [row])
    before = _version(connection)  # read anew: another process may have been quicker
    for version, columns in _ADDED.items():
        for column in columns if 0 < before < version else ():
            made = sa.schema.CreateColumn(column).compile(dialect=connection.dialect)
            connection.exec_driver_sql(f"ALTER TABLE {column.table.name} ADD COLUMN {made}")
    if before < _SCHEMA_VERSION:
        write_meta(connection, "schema", str(_SCHEMA_VERSION))
    return max(before, _SCHEMA_VERSION)


def _engine(options: LedgerOptions, folder: Path) -> sa.Engine:
    if options.url:
        try:
            engine = sa.create_engine(options.url, pool_pre_ping=True)
        except (sa.exc.ArgumentError, ImportError) as error:
            raise SettingsError(
                f"ledger.url cannot be used: {error}",
                hint="write it as postgresql+psycopg://user@host/name, and install the driver that it names",
            ) from error
        if engine.dialect.name == "postgresql":
            sa.event.listen(engine, "do_connect", _bound_waiting)
        return engine
    try:
        make_data_folder(folder)
    except OSError as error:
        raise StoreError(
            f"the data folder {str(folder)!r} cannot be written: {error.strerror}",
            hint="give this user the right to write it, or name another folder with --data-dir",
        ) from error
    file = folder / "ledger.sqlite3"
    if (folder / "chroma").exists() and file.exists() and not file.stat().st_size:
        # SQLite takes an empty file for a new database, and the next sync would begin from nothing.
        raise StoreDamagedError("the ledger is damaged: its file is empty", hint="run: footnoted doctor")
    engine = sa.create_engine(f"sqlite:///{file}")
    sa.event.listen(engine, "connect", _prepare_sqlite)
    sa.event.listen(engine, "begin", _begin_sqlite)
    return engine


def _bound_waiting(dialect: object, record: object, given: list[Any], arguments: dict[str, Any]) -> Any:
    """Have a server noticed that is cut off, or takes questions and answers none: either would hang for hours."""
    del dialect, record
    for name, value in {"connect_timeout": 5, "keepalives_idle": 10, "tcp_user_timeout": 15_000}.items():
        arguments.setdefault(name, value)
    return _bounded_connection().connect(*given, **arguments)


@cache
def _bounded_connection() -> Any:
    """A class of connections that are given up when an answer takes longer than ``ANSWER_SECONDS``."""
    import psycopg

    class Bounded(psycopg.Connection[Any]):
        def wait(self, gen: Any, *given: Any, **named: Any) -> Any:
            begun = time.monotonic()
            try:
                return super().wait(gen, *given, **{"timeout": ANSWER_SECONDS, **named})
            except psycopg.OperationalError as error:
                if time.monotonic() - begun < ANSWER_SECONDS:
                    raise
                self.pgconn.finish()  # or the next thing it is asked waits as long
                raise psycopg.OperationalError(f"no answer in {ANSWER_SECONDS:g} s") from error

    return Bounded


def _prepare_sqlite(connection: Any, record: object) -> None:
    del record
    connection.isolation_level = None  # the driver would open a transaction at the first write only
    connection.execute("PRAGMA busy_timeout = 10000")
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = FULL")


def _begin_sqlite(connection: sa.Connection) -> None:
    connection.exec_driver_sql(f"BEGIN {connection.get_execution_options().get('begin', 'DEFERRED')}")
