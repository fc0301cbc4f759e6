"""A folder (or a single file) as a source of pages."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime
from fnmatch import fnmatch
from pathlib import Path
from urllib.parse import quote

from pydantic import BaseModel, Field

from ingest.addresses import Addresses
from ingest.errors import PageError, UsageError
from ingest.media import media_type_of
from ingest.types import Fetched, Page, PageFailure, PassedOver, Validators


class FolderOptions(BaseModel, frozen=True, extra="forbid"):
    """A folder of pages."""

    path: Path = Field(description="The folder, or one file.")
    include: tuple[str, ...] = Field(
        ("*",), description="Globs over paths relative to the folder: which files are pages."
    )
    exclude: tuple[str, ...] = Field(
        ("SOURCES.md",),
        description="Globs over relative paths: which files are left out; by default the one that lists origins.",
    )
    base_url: str = Field(
        "", description="Public address of the folder, where its pages can be opened; empty: the source view."
    )
    max_bytes: int = Field(50_000_000, gt=0, description="A larger file is reported and left out.")


class FolderSource:
    """Every readable file below a folder, by name. Hidden files and folders and Office's lock files are passed over.

    ``addresses`` is shared by the sources of one sync. Raises ``UsageError`` at once when the path does not exist.
    """

    confirmations = 1

    def __init__(self, options: FolderOptions, name: str = "", addresses: Addresses | None = None) -> None:
        self._options = options
        self._root = options.path
        self._addresses = addresses or Addresses()
        self._files_at: dict[str, str] = {}
        self.name = name or str(options.path)
        if not self._root.exists():
            raise UsageError(
                f"no such file or folder: {str(self._root)!r}", hint="name an existing one: footnoted index FOLDER"
            )
        self._addresses.join(self.name, self._root.parent if self._root.is_file() else self._root, self._has)

    def fetch(self, known: Callable[[str], Validators | None]) -> Iterator[Fetched]:
        """Every page of the folder. Files are always read: their times lie too often, and reading is quick."""
        del known
        for path, file in self._files():
            if not self._is_wanted(file):
                continue
            media_type = media_type_of(file)
            if media_type is None:
                yield PassedOver(_escaped(file))
                continue
            if not _is_text(file):
                yield _misnamed(self._addresses.of(self.name, _escaped(file)))
                continue
            url = self._addresses.of(self.name, file)
            if url != file:
                self._files_at[url] = file
            yield self._read(path, url, media_type)

    def link(self, url: str) -> str | None:
        """The page's public address below ``base_url``, if the folder has one."""
        if not self._options.base_url:
            return None
        return self._options.base_url.rstrip("/") + "/" + quote(self._files_at.get(url, url))

    def _is_wanted(self, file: str) -> bool:
        return _matches(file, self._options.include) and not _matches(file, self._options.exclude)

    def _has(self, file: str) -> bool:
        """Whether there is a page at a path. In an empty folder nobody can tell: a disk may not be mounted there."""
        try:
            if self._root.is_file():
                return file == self._root.name
            if not self._is_wanted(file):
                return False
            if _may_be_there(self._root / file):
                return True
            with os.scandir(self._root) as entries:  # its first entry alone: this is asked for each file
                return next(entries, None) is None
        except OSError:
            return True

    def _is_left_out(self, folder: str) -> bool:
        """Whether a folder is not even looked into: `exclude` names it, or all that is in it."""
        globs = (glob.removesuffix("*").removesuffix("*").removesuffix("/") for glob in self._options.exclude)
        return _matches(folder, (*self._options.exclude, *globs))

    def _files(self) -> Iterator[tuple[Path, str]]:
        if self._root.is_file():
            yield self._root, self._root.name
            return
        # os.walk does not follow links to folders, so it cannot run in a circle.
        for folder, folders, files in os.walk(self._root, onerror=_refuse):
            here = Path(folder).relative_to(self._root)
            folders[:] = sorted(
                name
                for name in folders
                if not name.startswith(".") and not self._is_left_out(here.joinpath(name).as_posix())
            )
            for name in sorted(files):
                if not name.startswith((".", "~$")):
                    yield Path(folder, name), here.joinpath(name).as_posix()

    def _read(self, path: Path, url: str, media_type: str) -> Fetched:
        try:
            if not os.path.lexists(path):
                return _vanished(url)
            if not path.is_file():
                return PageFailure(
                    url,
                    "it is not a regular file, or a link that leads nowhere",
                    "remove it, or leave it out with `exclude`",
                )
            size = path.stat().st_size
            if size > self._options.max_bytes:
                return PageFailure(
                    url,
                    f"it has {size:,} bytes, more than the {self._options.max_bytes:,} allowed",
                    "raise the source's `max_bytes`, or `exclude` it",
                )
            return Page(url, path.read_bytes(), media_type, datetime.now(UTC))
        except FileNotFoundError:
            return _vanished(url)
        except OSError as error:
            return PageFailure(url, f"it cannot be read: {error.strerror}", "give this user the right to read it")


def _may_be_there(path: Path) -> bool:
    """Whether a path leads to something. Of one that cannot be looked at nobody can tell."""
    try:
        os.lstat(path)
    except (FileNotFoundError, NotADirectoryError, ValueError):
        return False
    except OSError as error:
        return error.errno != errno.ENAMETOOLONG
    return True


def _matches(path: str, globs: Iterable[str]) -> bool:
    return any(fnmatch(path, glob) or fnmatch(path, glob.removeprefix("**/")) for glob in globs)


def _is_text(name: str) -> bool:
    try:
        name.encode()
    except UnicodeEncodeError:  # Python stands in for bytes that are not UTF-8 with halves of characters
        return False
    return True


def _escaped(name: str) -> str:
    return os.fsencode(name).decode("utf-8", "backslashreplace")


def _misnamed(url: str) -> PageFailure:
    return PageFailure(url, "the name of the file, or of a folder above it, is not UTF-8", "rename it")


def _vanished(url: str) -> PageFailure:
    return PageFailure(url, "it vanished while the folder was read", "run the sync again")


def _refuse(error: OSError) -> None:
    """A folder that cannot be listed: its pages are not known to be gone, so the source as a whole fails."""
    raise PageError(
        f"the folder {str(error.filename)!r} cannot be read: {error.strerror}",
        hint="give this user the right to read it, or run the sync again",
    ) from error
