"""Every setting of the product, from ``footnoted.toml``, the environment and the command line, in one checked tree."""

from __future__ import annotations

import os
import tomllib
from pathlib import Path
from typing import Any

from pydantic import BaseModel, Field, ValidationError
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from assistant.answer import AnswerOptions
from assistant.reader_options import ReaderOptions
from index.embed_options import EmbeddingOptions
from index.ledger import LedgerOptions
from index.search import SearchOptions
from index.store import StoreOptions
from ingest.chunk import ChunkOptions
from ingest.errors import SettingsError
from ingest.folder import FolderOptions
from ingest.web import WebOptions

CONFIG_NAME = "footnoted.toml"
_ENV_PREFIX = "FOOTNOTED_"


class ServerOptions(BaseModel, frozen=True, extra="forbid"):
    """Where and for whom the chat is served."""

    host: str = Field("127.0.0.1", description="Address to listen on; 0.0.0.0 for every network interface.")
    port: int = Field(7860, ge=1, le=65_535, description="Port to listen on.")
    name: str = Field("Footnoted", description="The assistant's name on its pages.")
    origins: tuple[str, ...] = Field(
        (), description="Other sites whose pages may call the API and embed the chat, as https://intranet.example.org."
    )
    concurrency: int = Field(4, ge=1, le=64, description="Questions of the chat page answered at the same time.")


class SourceOptions(BaseModel, frozen=True, extra="forbid"):
    """One source of pages: exactly one of ``folder`` and ``web``."""

    name: str = Field("", description="A name for reports; empty: the folder or the first address.")
    folder: FolderOptions | None = Field(None, description="A folder of files.")
    web: WebOptions | None = Field(None, description="Pages of a web site.")


class Settings(BaseSettings):
    """All settings. Precedence: command line, then environment, then the file, then the defaults shown."""

    model_config = SettingsConfigDict(
        env_prefix=_ENV_PREFIX, env_nested_delimiter="__", extra="forbid", frozen=True, env_ignore_empty=True
    )

    data_dir: Path = Field(Path(".footnoted"), description="The folder that holds the index.")
    sources: tuple[SourceOptions, ...] = Field((), description="Where pages come from: a list of [[sources]] tables.")
    chunk: ChunkOptions = ChunkOptions()
    embedding: EmbeddingOptions = EmbeddingOptions()
    store: StoreOptions = StoreOptions()
    ledger: LedgerOptions = LedgerOptions()
    search: SearchOptions = SearchOptions()
    reader: ReaderOptions = ReaderOptions()
    answer: AnswerOptions = AnswerOptions()
    server: ServerOptions = ServerOptions()

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """The environment above what ``load_settings`` read from the file."""
        return env_settings, init_settings


def load_settings(config: Path | None = None, data_dir: Path | None = None) -> Settings:
    """The settings in force. Raises ``SettingsError`` that names the first wrong setting and its value.

    ``config`` defaults to ``footnoted.toml`` in the working folder, when there is one. Paths in it are taken from the
    file's own folder.
    """
    path = config or (Path(CONFIG_NAME) if Path(CONFIG_NAME).is_file() else None)
    values = _read(path) if path else {}
    unknown = _unknown_variables()
    if unknown:
        raise SettingsError(f"no setting is called {unknown!r}", hint="see the README's list of settings")
    try:
        settings = Settings(**values)
    except ValidationError as error:
        raise _wrong(error, path) from error
    return settings.model_copy(update={"data_dir": data_dir}) if data_dir else settings


def _read(path: Path) -> dict[str, Any]:
    try:
        values = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise SettingsError(
            f"the settings {str(path)!r} cannot be read: {error.strerror}", hint="name a file with --config"
        ) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingsError(f"the settings {str(path)!r} are no TOML: {error}", hint="mend that line") from error
    for source in values.get("sources", []) if isinstance(values.get("sources"), list) else []:
        folder = source.get("folder") if isinstance(source, dict) else None
        if isinstance(folder, str):
            source["folder"] = {"path": folder}
        if isinstance(source, dict) and isinstance(source.get("folder"), dict) and "path" in source["folder"]:
            source["folder"]["path"] = str(path.parent / str(source["folder"]["path"]))
    if "data_dir" in values:
        values["data_dir"] = str(path.parent / str(values["data_dir"]))
    return values


def _unknown_variables() -> str | None:
    """An environment variable of ours that names no setting: a slip that would otherwise pass unseen."""
    known = {name.upper() for name in Settings.model_fields}
    for name in os.environ:
        if name.startswith(_ENV_PREFIX) and name.removeprefix(_ENV_PREFIX).split("__")[0] not in known:
            return name
    return None


def _wrong(error: ValidationError, path: Path | None) -> SettingsError:
    first = error.errors()[0]
    name = ".".join(map(str, first["loc"]))
    where = f"in {str(path)!r} or the environment" if path else "in the environment"
    variable = _ENV_PREFIX + "__".join(str(part).upper() for part in first["loc"])
    return SettingsError(
        f"the setting {name} cannot be {first.get('input')!r}: {first['msg']}",
        hint=f"mend it {where} ({variable}); the README lists every setting",
    )
