"""What an installation brings with it: pinned, with hashes, free to use; and no model that runs code of its own."""

from __future__ import annotations

import json
import platform
import re
import shutil
import sys
from pathlib import Path

import pytest
from packaging.utils import canonicalize_name

from docs.licences import FILE, dependencies, licence_of
from index.embedding.encoder import SentenceEncoder, bundled_model
from index.embedding.options import EmbeddingOptions
from ingest.errors import ModelError

ROOT = Path(__file__).parents[1]
LOCK = (ROOT / "requirements.lock").read_text(encoding="utf-8")
PIN = re.compile(r"^([A-Za-z0-9._-]+)(?:\[[^]]*\])?==([^\s;]+)", re.MULTILINE)
# Alone or in an "or" these may go into a program of any licence; what only GPL or AGPL allows may not.
FREE = re.compile(
    r"(Apache-2\.0|MIT|MIT-0|MIT-CMU|BSD(-[23]-Clause)?|0BSD|ISC|PSF-2\.0|MPL-[12]\.[01]|Zlib|CC0-1\.0|Unlicense|HPND|BSL-1\.0"
    r"|CNRI-Python|LGPL|Python-2\.0|Public domain)"
)


def pins(text: str) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for name, version in PIN.findall(text):
        found.setdefault(canonicalize_name(name), set()).add(version)
    return found


def is_free(licence: str) -> bool:
    """Whether every part of a licence expression lets the product be Apache-2.0."""
    parts = licence.replace("(", "").replace(")", "").replace(" WITH LLVM-exception", "").split(" AND ")
    return all(any(FREE.fullmatch(choice.strip()) for choice in part.split(" OR ")) for part in parts)


def test_every_dependency_is_pinned_in_the_lock_as_in_the_constraints_and_has_hashes() -> None:
    constraints = pins((ROOT / "constraints.txt").read_text(encoding="utf-8"))
    locked = pins(LOCK)
    assert len(locked) > 150
    assert {name: versions for name, versions in locked.items() if versions != constraints.get(name, versions)} == {}
    entries = re.split(r"\n(?=[A-Za-z])", LOCK.strip())
    assert [entry.splitlines()[0] for entry in entries if "--hash=sha256:" not in entry] == []
    assert not re.search(r"https?://|--(extra-)?index-url|--find-links", LOCK)


def test_every_package_that_the_project_names_is_in_the_lock() -> None:
    locked = pins(LOCK)
    assert [name for name in dependencies() if name not in locked] == []


def test_no_licence_stands_in_the_way_and_all_are_listed() -> None:
    listed = FILE.read_text(encoding="utf-8")
    found = {name: licence_of(package) for name, package in dependencies().items()}
    assert len(found) > 100
    assert {name: licence for name, licence in found.items() if not is_free(licence)} == {}
    if (sys.platform, platform.machine()) == ("linux", "x86_64"):
        missing = [
            name for name, licence in found.items() if f"| {name} |" not in listed or f"| {licence} |" not in listed
        ]
        assert missing == [], "run: python docs/licences.py"


@pytest.mark.parametrize("licence", ["GPL-3.0-only", "AGPL", "unknown", "MIT AND GPL-2.0-only", "Proprietary", "GPL"])
def test_a_licence_that_stands_in_the_way_is_seen(licence: str) -> None:
    assert not is_free(licence)


@pytest.fixture
def model(tmp_path: Path) -> Path:
    """A model from elsewhere: the bundled one's files in a folder."""
    shutil.copytree(bundled_model(), tmp_path / "model")
    return tmp_path / "model"


def test_a_model_of_pickled_weights_is_not_loaded(model: Path) -> None:
    """Unpickling runs what the file says."""
    (model / "model.safetensors").unlink()
    touched = model.parent / "touched"
    code = f"cposix\nsystem\n(S'touch {touched}'\ntR."
    (model / "pytorch_model.bin").write_text(code)
    with pytest.raises(ModelError, match=r"no file named model\.safetensors"):
        _ = SentenceEncoder(EmbeddingOptions(model=str(model))).window
    assert not touched.exists()


@pytest.mark.parametrize("file", ["modules.json", "config.json"])
def test_a_model_that_brings_code_is_not_loaded(model: Path, file: str) -> None:
    touched = model.parent / "touched"
    (model / "evil.py").write_text(f"open({str(touched)!r}, 'w')\nfrom transformers import BertModel as Evil\n")
    told = json.loads((model / file).read_text())
    if file == "modules.json":
        told[0]["type"] = "evil.Evil"
    else:
        told |= {"model_type": "nothing", "auto_map": {"AutoConfig": "evil.Evil", "AutoModel": "evil.Evil"}}
    (model / file).write_text(json.dumps(told))
    with pytest.raises(ModelError):
        _ = SentenceEncoder(EmbeddingOptions(model=str(model))).window
    assert not touched.exists()


def test_a_bundled_model_whose_weights_were_changed_is_refused(model: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with (model / "model.safetensors").open("r+b") as file:
        file.seek(-1, 2)
        file.write(b"\xff")
    monkeypatch.setattr("index.embedding.encoder.bundled_model", lambda: model)
    with pytest.raises(ModelError, match="not the published ones"):
        _ = SentenceEncoder(EmbeddingOptions()).window
