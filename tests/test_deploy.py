"""The files of ``deploy/`` fit one another and the program; that they work, tests/e2e/test_replicas.py shows."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import yaml

from ui.settings import ENV_PREFIX, Settings

ROOT = Path(__file__).resolve().parents[1]
DEPLOY = ROOT / "deploy"
COMPOSE = yaml.safe_load((DEPLOY / "compose.yaml").read_text("utf-8"))
SERVERS = [name for name in COMPOSE["services"] if name.startswith("footnoted-")]


def test_the_settings_file_is_one() -> None:
    settings = Settings(
        **tomllib.loads((DEPLOY / "footnoted.toml").read_text("utf-8").replace('"/srv/pages"', '{path="/srv/pages"}'))
    )
    assert settings.ledger.url.startswith("postgresql+psycopg://")
    assert settings.store.url.startswith("http://")
    assert [source.title for source in settings.sources] == ["handbook"]


def test_nginx_and_compose_name_the_same_servers() -> None:
    upstreams = re.findall(r"upstream \w+ \{(.*?)\}", (DEPLOY / "nginx.conf").read_text("utf-8"), re.DOTALL)
    assert len(upstreams) == 2
    for upstream in upstreams:
        assert re.findall(r"server (\S+):7860 ", upstream) == SERVERS
    assert len(SERVERS) == 3


def test_every_server_of_compose_is_the_same_but_for_its_data() -> None:
    folders = set()
    for name in SERVERS:
        service = COMPOSE["services"][name]
        for variable in service["environment"].keys() - {"FORWARDED_ALLOW_IPS"}:
            assert variable.removeprefix(ENV_PREFIX).split("__")[0].lower() in Settings.model_fields
        assert service["command"][0] == "serve"
        assert service["restart"] == "always"
        mounted = [volume.split(":") for volume in service["volumes"]]
        for here, *_ in mounted:
            assert not here.startswith("./") or here == "./pages" or (DEPLOY / here).is_file()
        (data,) = [here for here, there, *_ in mounted if there == "/var/lib/footnoted"]
        folders.add(data)
        assert service["command"][service["command"].index("--data-dir") + 1] == "/var/lib/footnoted"
    assert folders <= COMPOSE["volumes"].keys()
    assert len(folders) == len(SERVERS)


def test_what_is_mounted_and_built_is_there() -> None:
    assert (DEPLOY / COMPOSE["services"]["footnoted-1"]["build"]["context"]).resolve() == ROOT
    assert (ROOT / COMPOSE["services"]["footnoted-1"]["build"]["dockerfile"]).is_file()
    assert COMPOSE["services"]["nginx"]["volumes"] == ["./nginx.conf:/etc/nginx/conf.d/default.conf:ro"]
    pinned = re.search(r"^chromadb==(.+)$", (ROOT / "constraints.txt").read_text("utf-8"), re.MULTILINE)
    assert pinned is not None
    assert COMPOSE["services"]["chroma"]["image"] == f"chromadb/chroma:{pinned[1]}"
