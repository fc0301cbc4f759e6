"""What makes the assistant an organisation's own."""

from __future__ import annotations

from pathlib import Path

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from ingest.errors import SettingsError
from ui.face.brand import LOGO, STYLE, BrandOptions, brand_router, name_html
from ui.settings import load_settings

DRAWING = '<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'


def written(folder: Path, brand: str) -> Path:
    config = folder / "footnoted.toml"
    config.write_text(f"[brand]\n{brand}\n")
    return config


def test_the_logo_is_found_beside_the_settings_and_runs_nothing(tmp_path: Path) -> None:
    (tmp_path / "logo.svg").write_text(DRAWING)
    brand = load_settings(written(tmp_path, 'logo = "logo.svg"')).brand
    app = FastAPI()
    app.include_router(brand_router(brand))
    got = TestClient(app).get(LOGO)

    assert (got.text, got.headers["content-type"]) == (DRAWING, "image/svg+xml")
    assert "default-src 'none'" in got.headers["content-security-policy"]
    assert "script-src" not in got.headers["content-security-policy"]


@pytest.mark.parametrize(("colour", "on"), [("#14524c", "#fff"), ("#ffe38a", "#111")])
def test_what_stands_on_the_colour_can_be_read(colour: str, on: str) -> None:
    app = FastAPI()
    app.include_router(brand_router(BrandOptions(colour=colour)))

    assert TestClient(app).get(STYLE).text == f":root {{ --brand: {colour}; --on-brand: {on}; }}\n"
    assert TestClient(app).get(LOGO).status_code == 404


def test_a_name_is_text(tmp_path: Path) -> None:
    assert name_html(BrandOptions(), "<b>Ada</b>") == '<h1 class="wordmark">&lt;b&gt;Ada&lt;/b&gt;</h1>'


@pytest.mark.parametrize(
    ("brand", "told"),
    [
        ('logo = "none.svg"', "No such file"),
        ('logo = "logo.gif"', "it must be a file of the kinds"),
        ('logo = "big.png"', "at most 200,000"),
        ('colour = "red"', "should match pattern"),
        ('examples = ["a", "b", "c", "d", "e"]', "at most 4"),
    ],
)
def test_what_cannot_be_used_is_named(tmp_path: Path, brand: str, told: str) -> None:
    (tmp_path / "big.png").write_bytes(bytes(200_001))
    with pytest.raises(SettingsError, match=told) as caught:
        load_settings(written(tmp_path, brand))
    assert brand.split()[0] in caught.value.message
