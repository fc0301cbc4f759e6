from __future__ import annotations

from pathlib import Path

from tests.ui.operating import serving
from tests.ui.test_settings import LINKS


def test_a_server_starts_in_a_pod_beside_a_service_of_its_name_and_says_what_it_passes_over(tmp_path: Path) -> None:
    config = tmp_path / "footnoted.toml"
    config.write_text('data_dir = "data"\n')
    with serving(config, tmp_path / "data", ready=False, variables=LINKS) as server:
        said = server.said.read_text()

    assert f"they are passed over as settings: {', '.join(sorted(LINKS))}\n" in said
