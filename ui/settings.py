"""Every setting of the product, from ``footnoted.toml``, the environment and the command line, in one checked tree."""

from __future__ import annotations

import os
import re
import tomllib
from pathlib import Path
from typing import Any, Literal, Self

from pydantic import BaseModel, Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict
from pydantic_settings import SettingsError as UnreadableVariableError

from assistant.answer import AnswerOptions
from assistant.language_model.options import LlmOptions
from assistant.reader.options import ReaderOptions
from index.chroma.collection import StoreOptions
from index.embedding.options import EmbeddingOptions
from index.ledger.ledger import LedgerOptions
from index.search import SearchOptions
from ingest.chunk import ChunkOptions
from ingest.errors import SettingsError
from ingest.folder import FolderOptions
from ingest.site.web import WebOptions
from ingest.types import digest_of
from ui.access.options import AccessOptions
from ui.face.brand import BrandOptions
from ui.questions.question_log import LogOptions
from ui.schedule import Schedule, read_cron, read_interval
from ui.service_links import service_links

CONFIG_NAME = "footnoted.toml"
ENV_PREFIX = "FOOTNOTED_"
_LEAST_SECRET = 8  # characters
_HOST = re.compile(r"[a-z0-9]([a-z0-9.-]*[a-z0-9])?")


class ServerOptions(BaseModel, frozen=True, extra="forbid"):
    """Where and for whom the chat is served."""

    host: str = Field("127.0.0.1", description="Address to listen on; 0.0.0.0 for every network interface.")
    port: int = Field(7860, ge=1, le=65_535, description="Port to listen on.")
    name: str = Field("Footnoted", description="The assistant's name on its pages.")
    origins: tuple[str, ...] = Field(
        (), description="Other sites whose pages may call the API and embed the chat, as https://intranet.example.org."
    )
    hosts: tuple[str, ...] = Field(
        (),
        description="Names of this server, as chat.example.org: it answers under no other; empty: any, but `/mcp`.",
    )
    concurrency: int = Field(4, ge=1, le=64, description="Answers that are worked out at the same time.")
    waiting: int = Field(
        100,
        ge=0,
        le=10_000,
        description="Questions that may wait for their turn; whoever asks then is told to ask again in a moment.",
    )
    webhook_secret: SecretStr = Field(
        SecretStr(""),
        description="Secret that signs requests to `POST /api/reindex`, 8 characters or more; empty: all are refused.",
    )
    owner_token: SecretStr = Field(
        SecretStr(""),
        description="Password of the owner's pages `/owner`, 8 characters or more; empty: none opens them.",
    )
    metrics: Literal["off", "local", "all"] = Field(
        "local", description="Who may read `/metrics`: nobody (`off`), this machine's own programs, or `all`."
    )
    person_rate: int = Field(
        120, ge=0, description="Questions and searches a minute of one person who is known; 0: any number."
    )
    address_rate: int = Field(
        600, ge=0, description="The same of one address; this machine's own programs are free of it."
    )
    owner_group: str = Field("", description="Group whose members see the owner's pages; see `access`.")

    @field_validator("hosts")
    @classmethod
    def _named(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        wrong = next((host for host in value if not _HOST.fullmatch(host)), None)
        if wrong is not None:
            raise ValueError(f"{wrong!r} is no host name; write it as chat.example.org, without scheme and port")
        return value

    @field_validator("webhook_secret", "owner_token")
    @classmethod
    def _long_enough(cls, value: SecretStr) -> SecretStr:
        if 0 < len(value.get_secret_value()) < _LEAST_SECRET:
            raise ValueError(f"it must have {_LEAST_SECRET} characters or more, for example of: openssl rand -hex 32")
        return value


class SourceOptions(BaseModel, frozen=True, extra="forbid"):
    """One source of pages: exactly one of ``folder`` and ``web``, and when it is looked at while the server runs."""

    name: str = Field("", description="A name for reports; empty: the folder or the first address.")
    groups: tuple[str, ...] = Field(
        (), description="Groups that alone may see its pages; empty: everyone. See `access` for how groups are known."
    )
    folder: FolderOptions | None = Field(None, description="A folder of files: its path, or a table.")
    web: WebOptions | None = Field(None, description="Pages of a web site: a table.")
    every: str = Field(
        "1h", description="How long after one look at it comes the next, as 15m, 2h or 1d; `never`: not by the clock."
    )
    cron: str = Field("", description="Cron expression of the looks at it, in local time, in place of `every`.")
    on_start: bool = Field(True, description="Look at it when the server starts.")
    watch: bool = Field(True, description="Look at a folder as soon as its files change.")

    @field_validator("groups")
    @classmethod
    def _named(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        if not all(group.strip() == group != "" and not set(",;") & set(group) for group in value):
            raise ValueError("a group is a name without commas or semicolons")
        return value

    @model_validator(mode="after")
    def _complete(self) -> Self:
        if (self.folder is None) == (self.web is None):
            raise ValueError("a source needs either `folder` or `web`, and not both")
        if self.cron and "every" in self.model_fields_set:
            raise ValueError("`every` and `cron` exclude each other")
        if self.web is not None and self.watch and "watch" in self.model_fields_set:
            raise ValueError("only a folder can be watched; use `every` or `cron` for a web site")
        self.schedule  # noqa: B018  # raises for one that cannot be read
        return self

    @property
    def title(self) -> str:
        """The source's name in reports."""
        if self.name or self.folder is not None:
            return self.name or str(self.folder.path if self.folder else "")
        return (self.web.urls + self.web.sitemaps)[0] if self.web else ""

    @property
    def schedule(self) -> Schedule | None:
        """When it is looked at; None: not by the clock."""
        if self.cron:
            return read_cron(self.cron)
        return None if self.every == "never" else read_interval(self.every)


class Settings(BaseSettings):
    """All settings. Precedence: command line, then environment, then the file, then the defaults shown."""

    model_config = SettingsConfigDict(
        env_prefix=ENV_PREFIX, env_nested_delimiter="__", extra="forbid", frozen=True, env_ignore_empty=True
    )

    data_dir: Path = Field(Path(".footnoted"), description="The folder that holds the index.")
    sources: tuple[SourceOptions, ...] = Field((), description="Where pages come from: a list of [[sources]] tables.")
    chunk: ChunkOptions = ChunkOptions()
    embedding: EmbeddingOptions = EmbeddingOptions()
    store: StoreOptions = StoreOptions()
    ledger: LedgerOptions = LedgerOptions()
    search: SearchOptions = SearchOptions()
    reader: ReaderOptions = ReaderOptions()
    llm: LlmOptions = LlmOptions()
    answer: AnswerOptions = AnswerOptions()
    server: ServerOptions = ServerOptions()
    brand: BrandOptions = BrandOptions()
    log: LogOptions = LogOptions()
    access: AccessOptions = AccessOptions()

    @property
    def syncs_as(self) -> str:
        """What tells settings apart by which a sync would end otherwise."""
        told = self.model_dump_json(include={"chunk", "embedding", "store", "ledger"})
        sources = [
            source.model_copy(
                update={"folder": source.folder.model_copy(update={"path": source.folder.path.absolute()})}
            )
            if source.folder
            else source
            for source in self.sources
        ]
        return digest_of(told, *(source.model_dump_json() for source in sources))

    @field_validator("sources")
    @classmethod
    def _told_apart(cls, sources: tuple[SourceOptions, ...]) -> tuple[SourceOptions, ...]:
        names = [source.title for source in sources]
        twins = sorted({name for name in names if names.count(name) > 1})
        if twins:
            raise ValueError(f"two sources are called {twins[0]!r}; give each its own `name`")
        return sources

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
        del settings_cls, dotenv_settings, file_secret_settings
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
        raise SettingsError(
            f"no setting is called {unknown!r}",
            hint="correct or unset it; the README lists every setting's variable, as FOOTNOTED_SERVER__PORT",
        )
    try:
        settings = Settings(**values)
    except ValidationError as error:
        raise _wrong(error, path) from error
    except UnreadableVariableError as error:
        raise SettingsError(
            f"an environment variable is no JSON: {error}",
            hint=f"write lists and tables in it as JSON, or in {CONFIG_NAME}",
        ) from error
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
    for source in values["sources"] if isinstance(values.get("sources"), list) else ():
        if isinstance(source, dict):
            _place(source, path.parent)
    if "data_dir" in values:
        values["data_dir"] = str(path.parent / str(values["data_dir"]))
    for table, setting in (("embedding", "model"), ("search", "reranker"), ("reader", "model")):
        options = values.get(table)
        # A folder beside the settings file, or else a name.
        if isinstance(options, dict) and isinstance(options.get(setting), str) and options[setting]:
            beside = path.parent / options[setting]
            options[setting] = str(beside) if beside.is_dir() else options[setting]
    brand = values.get("brand")
    if isinstance(brand, dict) and isinstance(brand.get("logo"), str):
        brand["logo"] = str(path.parent / brand["logo"])
    return values


def _place(source: dict[str, Any], beside: Path) -> None:
    """Take a source's paths from the settings file's folder; ``folder = "pages"`` is short for a table."""
    if isinstance(source.get("folder"), str):
        source["folder"] = {"path": source["folder"]}
    for table, setting in (("folder", "path"), ("web", "ca_file")):
        options = source.get(table)
        if isinstance(options, dict) and isinstance(options.get(setting), str):
            options[setting] = str(beside / options[setting])


def _unknown_variables() -> str | None:
    """An environment variable of ours that names no setting: a slip that would otherwise pass unseen."""
    known = {name.upper() for name in Settings.model_fields}
    links = service_links(os.environ, ENV_PREFIX)
    for name in os.environ:
        ours = name.startswith(ENV_PREFIX) and name not in links
        if ours and name.removeprefix(ENV_PREFIX).split("__")[0] not in known:
            return name
    return None


def _wrong(error: ValidationError, path: Path | None) -> SettingsError:
    first = error.errors()[0]
    # Counted from 1, as whoever wrote the [[sources]] tables counts them.
    name = ".".join(part if isinstance(part, str) else str(part + 1) for part in first["loc"])
    where = f"in {str(path)!r} or the environment" if path else "in the environment"
    variable = ENV_PREFIX + "__".join(str(part).upper() for part in first["loc"])
    hint = f"mend it {where} ({variable}); the README lists every setting"
    told = first["msg"].removeprefix("Value error, ")
    if first["type"] == "extra_forbidden":
        return SettingsError(f"no setting is called {name!r}", hint=f"correct or remove it {where}")
    if first["loc"] == ("sources",) and isinstance(first.get("input"), dict):
        hint = f"write [[sources]] over each of them {where}, and [sources.web] under that for a site"
        return SettingsError("the setting 'sources' is a list", hint=hint)
    if first["type"] == "missing":
        return SettingsError(f"the setting {name!r} is missing", hint=hint)
    if isinstance(first.get("input"), dict | SourceOptions | SecretStr | tuple | list):
        return SettingsError(f"the setting {name!r} cannot be used: {told}", hint=hint)
    secret = any(word in name for word in ("secret", "token"))
    shown = "what it is" if secret else repr(first.get("input"))
    return SettingsError(f"the setting {name!r} cannot be {shown}: {told}", hint=hint)
