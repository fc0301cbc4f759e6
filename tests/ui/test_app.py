from __future__ import annotations

import pytest

from ingest.errors import SettingsError
from ui.face.options import FaceOptions


@pytest.mark.parametrize(
    "origin", ["https://a.example/", "a.example", "*", "https://a.example; script-src *", "https://*.a.example", ""]
)
def test_what_is_no_origin_is_refused(origin: str) -> None:
    with pytest.raises(SettingsError, match="is no origin"):
        FaceOptions(origins=(origin,))
