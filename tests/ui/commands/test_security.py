from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from ui.cli import main
from ui.commands.security import survey
from ui.settings import Settings

LONG = "a secret of more than thirty-two bytes"
TABLES: list[tuple[dict[str, Any], str, str]] = [
    ({"server": {"host": "0.0.0.0"}}, "address", "other machines reach it, without encryption"),
    ({}, "host names", "it answers under any"),
    ({}, "host names", "it answers under any"),
    ({}, "sign-in", "none: whoever reaches the server may ask"),
    ({"server": {"origins": ["http://a.example"]}}, "origins", "http://a.example"),
    ({"server": {"address_rate": 0}}, "rates", "server.address_rate is 0"),
    ({"server": {"owner_token": "12345678"}}, "owner's pages", "their password is short"),
    ({"server": {"webhook_secret": "12345678"}}, "webhook", "is short"),
    ({"server": {"metrics": "all"}}, "metrics", "whoever reaches the server"),
    ({"llm": {"base_url": "http://models.example/v1", "model": "m"}}, "llm.base_url", "models.example, unencrypted"),
    ({"store": {"url": "http://chroma.example"}}, "store.url", "chroma.example, unencrypted"),
    ({"access": {"user_header": "Remote-User", "proxies": ["10.0.0.0/8"]}}, "proxies", "very many addresses"),
    (
        {"access": {"oidc": {"issuer": "https://i.example", "client_id": "x", "public_url": "http://localhost:7860"}}},
        "session cookie",
        "without encryption",
    ),
    (
        {"sources": [{"name": "s", "web": {"urls": ["http://a.example/"], "bearer_env": "TOKEN"}}]},
        "source 's'",
        "its credentials are sent without encryption",
    ),
]


@pytest.mark.parametrize(("given", "name", "told"), TABLES, ids=[name for _, name, _ in TABLES])
def test_what_is_open_is_said_with_what_closes_it(tmp_path: Path, given: dict[str, Any], name: str, told: str) -> None:
    found = survey(Settings(data_dir=tmp_path / "data", **given), tmp_path / "none.toml")
    (finding,) = [one for one in found if one.name == name]
    assert finding.level == "open"
    assert told in finding.told
    assert finding.hint


def test_a_closed_installation_has_nothing_open(tmp_path: Path) -> None:
    settings = Settings(
        data_dir=tmp_path / "data",
        access={"token_secret": LONG},
        server={"owner_token": LONG, "webhook_secret": LONG, "hosts": ["a.example"], "origins": ["https://a.example"]},
        sources=[{"name": "hr", "folder": {"path": tmp_path}, "groups": ["hr"]}],
    )
    found = survey(settings, tmp_path / "none.toml")
    assert [one.name for one in found if one.level == "open"] == []
    assert {one.name for one in found if one.level == "closed"} >= {"address", "groups", "metrics", "models", "rates"}


def test_limits_without_a_way_to_sign_in_and_models_from_elsewhere_are_noted(tmp_path: Path) -> None:
    settings = Settings(
        data_dir=tmp_path / "data",
        embedding={"model": "some/model"},
        sources=[{"name": "hr", "folder": {"path": tmp_path}, "groups": ["hr"]}],
    )
    told = {one.name: one.told for one in survey(settings)}
    assert "nobody sees them" in told["groups"]
    assert "some/model" in told["models"]


def test_files_that_others_may_read_are_named(tmp_path: Path) -> None:
    data, config = tmp_path / "data", tmp_path / "footnoted.toml"
    data.mkdir(mode=0o755)
    data.chmod(0o755)
    (data / "ledger.sqlite3").touch()
    (data / "ledger.sqlite3").chmod(0o644)
    config.write_text(f'[server]\nowner_token = "{LONG}"\n')
    config.chmod(0o644)
    levels = {one.name: one for one in survey(Settings(data_dir=data), config)}
    assert "ledger.sqlite3" in levels["data folder"].told
    assert levels["settings file"].level == "open"
    data.chmod(0o700)
    config.chmod(0o600)
    levels = {one.name: one for one in survey(Settings(data_dir=data), config)}
    assert (levels["data folder"].level, levels["settings file"].level) == ("closed", "closed")


def test_a_new_data_folder_is_its_users_alone(tmp_path: Path) -> None:
    from ui.workspace import Workspace

    Workspace(Settings(data_dir=tmp_path / "new" / "data", reader={"model": "none"})).close()
    assert (tmp_path / "new" / "data").stat().st_mode & 0o077 == 0


def test_the_command_says_it_to_people_and_to_programs(tmp_path: Path) -> None:
    config = tmp_path / "footnoted.toml"
    config.write_text('[server]\nhost = "0.0.0.0"\n')
    told = CliRunner().invoke(main, ["doctor", "--security", "--config", str(config)])
    assert told.exit_code == 0
    assert "open   address: '0.0.0.0'" in told.output
    as_json = CliRunner().invoke(main, ["doctor", "--security", "--json", "--config", str(config)])
    findings = json.loads(as_json.stdout)["findings"]
    assert {"name", "level", "told", "hint"} == set(findings[0])
    assert CliRunner().invoke(main, ["doctor", "--json"]).exit_code == 2
