"""The owner's pages, opened by a group that the proxy names."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from tests.ui.asking import SETTINGS, asked, directly, through_proxy
from tests.ui.operating import Operated

PAGES = ("/owner", "/owner/sync")
OWNERS = SETTINGS.replace("[access]", '[server]\nowner_group = "web"\n[log]\nquestions = true\n[access]')


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Operated]:
    assert OWNERS != SETTINGS
    with asked(tmp_path_factory.mktemp("owned"), OWNERS) as made:
        yield made


@pytest.mark.parametrize("path", PAGES)
def test_its_members_see_them_and_nobody_else_does(server: Operated, path: str) -> None:
    assert through_proxy(server, "staff, web").get(path).status_code == 200
    for client in (through_proxy(server, "A"), through_proxy(server), directly(server, **{"Remote-Groups": "web"})):
        refused = client.get(path)
        assert refused.status_code == 403
        assert "server.owner_group" in refused.text
    assert directly(server).get(path, auth=("owner", "")).status_code == 403, "there is no password to leave empty"


def test_its_members_forms_are_taken_and_no_other_sites(server: Operated) -> None:
    client = through_proxy(server, "web")
    page = client.get("/owner/sync").text
    seal = re.search(r'name="seal" value="([^"]+)"', page)
    assert seal
    sync = {"seal": seal[1], "source": "staff"}

    assert client.post("/owner/sync", data=sync).status_code == 303
    assert client.post("/owner/sync", data=sync, headers={"Sec-Fetch-Site": "cross-site"}).status_code == 403
    assert client.post("/owner/sync", data=sync | {"seal": "guessed"}).status_code == 403
    assert through_proxy(server, "A").post("/owner/sync", data=sync).status_code == 403
