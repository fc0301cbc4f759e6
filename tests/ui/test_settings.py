from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from ingest.errors import SettingsError
from ui.settings import ENV_PREFIX, Settings, load_settings

START = datetime(2026, 1, 1, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _clean(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    import os

    for name in list(os.environ):
        if name.startswith(ENV_PREFIX):
            monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)


def loaded(tmp_path: Path, text: str) -> Settings:
    path = tmp_path / "conf" / "footnoted.toml"
    path.parent.mkdir(exist_ok=True)
    path.write_text(text)
    return load_settings(path)


def test_paths_are_taken_from_the_files_own_folder(tmp_path: Path) -> None:
    settings = loaded(
        tmp_path,
        'data_dir = "data"\n[[sources]]\nfolder = "pages"\n'
        '[[sources]]\nweb = {urls = ["https://a.example"], ca_file = "ca.pem"}',
    )

    folder, web = settings.sources
    assert settings.data_dir == tmp_path / "conf" / "data"
    assert folder.folder is not None
    assert folder.folder.path == tmp_path / "conf" / "pages"
    assert web.web is not None
    assert web.web.ca_file == tmp_path / "conf" / "ca.pem"
    assert (folder.title, web.title) == (str(tmp_path / "conf" / "pages"), "https://a.example/")


def test_the_environment_is_above_the_file_and_the_command_above_both(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FOOTNOTED_SERVER__PORT", "9000")
    monkeypatch.setenv("FOOTNOTED_DATA_DIR", "elsewhere")
    settings = loaded(tmp_path, 'data_dir = "data"\nserver = {port = 8000, name = "Ours"}')

    assert (settings.server.port, settings.server.name) == (9000, "Ours")
    assert load_settings(None, Path("named")).data_dir == Path("named")


def test_a_source_is_looked_at_every_hour_unless_told_otherwise(tmp_path: Path) -> None:
    sources = loaded(
        tmp_path,
        '[[sources]]\nfolder = "a"\n[[sources]]\nfolder = "b"\nevery = "15m"\n'
        '[[sources]]\nfolder = "c"\nevery = "never"\n[[sources]]\nfolder = "d"\ncron = "0 3 * * *"',
    ).sources

    hourly, quarterly, never, nightly = (source.schedule for source in sources)
    assert hourly is not None
    assert hourly.next_after(START) == START + timedelta(hours=1)
    assert quarterly is not None
    assert quarterly.next_after(START) == START + timedelta(minutes=15)
    assert never is None
    assert nightly is not None
    assert nightly.next_after(START).hour == 3


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('[sources.web]\nurls = ["https://a.example/"]', "the setting 'sources' is a list"),
        ('[[sources.web]]\nurls = ["https://a.example/"]', "the setting 'sources' is a list"),
        ('[[sources]]\nname = "x"', "the setting 'sources.1' cannot be used: a source needs either `folder` or `web`"),
        ('[[sources]]\nfolder = "a"\nweb = {urls = ["http://b"]}', "a source needs either `folder` or `web`, and not"),
        ('[[sources]]\nfolder = "a"\nevery = "1h"\ncron = "@daily"', "`every` and `cron` exclude each other"),
        ('[[sources]]\nfolder = "a"\nevery = "often"', "'often' is no interval; write it as 15m, 2h or 1d"),
        ('[[sources]]\nfolder = "a"\ncron = "at night"', "'at night' is no cron expression"),
        ('[[sources]]\nweb = {urls = ["http://b"]}\nwatch = true', "only a folder can be watched"),
        ('[[sources]]\nfolder = "a"\n[[sources]]\nfolder = "a"', "two sources are called '.*a'; give each its own"),
        (
            "[[sources]]\nweb = {}",
            "the setting 'sources.1.web' cannot be used: a web source needs `urls` or `sitemaps`",
        ),
        ('[[sources]]\nfolder = {include = ["*"]}', "the setting 'sources.1.folder.path' is missing"),
        ('[[sources]]\nfolder = "a"\nurl = "b"', "no setting is called 'sources.1.url'"),
        ("[server]\nport = 0", "the setting 'server.port' cannot be 0: .*greater than or equal to 1"),
        ('[server]\nwebhook_secret = "abc"', "'server.webhook_secret' cannot be .*: it must have 8 characters or more"),
        ('[access]\nuser_header = "Remote-User"', "name the proxies that set them in `proxies`"),
        ('[access]\ngroups_header = "Groups"\nproxies = ["10.0.0.1"]', "`groups_header` needs `user_header`"),
        ('[access]\nuser_header = "Remote User"\nproxies = ["10.0.0.1"]', "letters, digits and hyphens"),
        ('[access]\nproxies = ["10.0.0.0/0"]', "would believe everyone"),
        ('[access]\nproxies = ["proxy.example.org"]', "does not appear to be an IPv4 or IPv6 network"),
        (
            '[access]\ntoken_secret = "short"',
            "'access.token_secret' cannot be what it is: it must have 32 bytes or more",
        ),
        ('[access.oidc]\nissuer = "http://sso.example.org"', "it must be an https address, or one of this machine"),
        ('[access.oidc]\nissuer = "https://sso.example.org"', "sign-in needs `client_id` and `public_url`"),
        ('[access.oidc]\npublic_url = "https://example.org/chat"', "`public_url` has no path"),
        ('[[sources]]\nfolder = "a"\ngroups = ["a,b"]', "a group is a name without commas or semicolons"),
        ('[[sources]]\nfolder = "a"\ngroups = [""]', "a group is a name without commas or semicolons"),
        ("[server]\nprot = 1", "no setting is called 'server.prot'"),
        ("[server", "are no TOML"),
    ],
)
def test_a_wrong_setting_is_named_with_what_is_wrong(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(SettingsError, match=message):
        loaded(tmp_path, text)


def test_a_secret_is_not_shown_by_the_error_about_it(tmp_path: Path) -> None:
    with pytest.raises(SettingsError) as raised:
        loaded(tmp_path, '[server]\nowner_token = "hunter2"')

    assert "hunter2" not in raised.value.message + raised.value.hint


def test_a_secret_is_not_shown_with_the_settings(tmp_path: Path) -> None:
    assert "long enough" not in repr(loaded(tmp_path, '[server]\nowner_token = "long enough"'))


@pytest.mark.parametrize(
    ("variable", "value", "message"),
    [
        ("FOOTNOTED_PORT", "1", "no setting is called 'FOOTNOTED_PORT'"),
        ("FOOTNOTED_SERVER__PORT", "many", "the setting 'server.port' cannot be 'many'"),
        ("FOOTNOTED_SOURCES", "pages", "an environment variable is no JSON"),
    ],
)
def test_a_wrong_variable_is_named(monkeypatch: pytest.MonkeyPatch, variable: str, value: str, message: str) -> None:
    monkeypatch.setenv(variable, value)

    with pytest.raises(SettingsError, match=message):
        load_settings()


# As a pod gets them for the services `footnoted` (IPv4) and `footnoted-chroma` (IPv6).
LINKS = {
    "FOOTNOTED_SERVICE_HOST": "10.0.0.1",
    "FOOTNOTED_SERVICE_PORT": "8000",
    "FOOTNOTED_SERVICE_PORT_HTTP": "8000",
    "FOOTNOTED_PORT": "tcp://10.0.0.1:8000",
    "FOOTNOTED_PORT_8000_TCP": "tcp://10.0.0.1:8000",
    "FOOTNOTED_PORT_8000_TCP_PROTO": "tcp",
    "FOOTNOTED_PORT_8000_TCP_PORT": "8000",
    "FOOTNOTED_PORT_8000_TCP_ADDR": "10.0.0.1",
    "FOOTNOTED_CHROMA_SERVICE_HOST": "fd00::7",
    "FOOTNOTED_CHROMA_PORT": "tcp://[fd00::7]:8001",
    "FOOTNOTED_CHROMA_PORT_8001_UDP": "udp://[fd00::7]:8001",
    "FOOTNOTED_CHROMA_PORT_8001_UDP_ADDR": "fd00::7",
}


def test_what_kubernetes_sets_for_a_service_of_our_name_is_passed_over(monkeypatch: pytest.MonkeyPatch) -> None:
    for variable, value in LINKS.items():
        monkeypatch.setenv(variable, value)

    assert load_settings().server.port == 7860
    monkeypatch.setenv("FOOTNOTED_SERVER__PORT", "9000")
    assert load_settings().server.port == 9000


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("FOOTNOTED_PORT", "8000"),
        ("FOOTNOTED_SERVER_PORT", "8000"),
        ("FOOTNOTED_SERVICE_PRT", "8000"),
        ("FOOTNOTED_CHROMA_PORT", "8001"),
        ("FOOTNOTED_URL", "tcp://10.0.0.1:8000"),
    ],
)
def test_a_slip_beside_them_is_found(monkeypatch: pytest.MonkeyPatch, variable: str, value: str) -> None:
    for name, set_by_kubernetes in LINKS.items():
        monkeypatch.setenv(name, set_by_kubernetes)
    monkeypatch.setenv(variable, value)

    with pytest.raises(SettingsError) as raised:
        load_settings()
    assert raised.value.message == f"no setting is called {variable!r}"
    assert "FOOTNOTED_SERVER__PORT" in raised.value.hint


def test_service_links_without_their_service_are_slips(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FOOTNOTED_SERVICE_PORT", "8000")

    with pytest.raises(SettingsError, match="no setting is called 'FOOTNOTED_SERVICE_PORT'"):
        load_settings()


def test_sources_can_come_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FOOTNOTED_SOURCES", '[{"folder": {"path": "pages"}, "every": "5m"}]')

    assert [source.title for source in load_settings().sources] == ["pages"]
