from __future__ import annotations

import pytest
from pydantic import ValidationError

from ingest.site.web import WebOptions


def test_addresses_are_brought_to_one_form_and_their_hosts_are_allowed() -> None:
    options = WebOptions(
        urls=("HTTP://Intranet.example",), sitemaps=("https://docs.example:8443/map.xml",), hosts=("Files.example",)
    )

    assert options.urls == ("http://intranet.example/",)
    assert options.allowed_hosts == {"intranet.example", "docs.example:8443", "files.example"}


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({}, "a web source needs `urls` or `sitemaps`"),
        ({"urls": ["intranet"]}, "'intranet' is no http(s) address without a user name in it"),
        ({"urls": ["https://me:secret@x.example"]}, "name credentials with `basic_env`"),
        (
            {"urls": ["https://x.example"], "basic_env": "A", "bearer_env": "B"},
            "`basic_env` and `bearer_env` exclude each other",
        ),
        *(
            (
                {"urls": ["https://x.example"], "proxy": proxy},
                "write it with its scheme, as http://proxy.example.org:3128",
            )
            for proxy in ("proxy.example.org:3128", "proxy", "http://", "http://[x", "http://x:port", "ftp://x")
        ),
        ({"urls": ["https://x.example"], "dept": 3}, "Extra inputs are not permitted"),
        ({"urls": ["https://x.example"], "follow": -1}, "greater than or equal to 0"),
    ],
)
def test_a_wrong_setting_says_what_is_wrong(settings: dict[str, object], message: str) -> None:
    with pytest.raises(ValidationError) as caught:
        WebOptions.model_validate(settings)

    assert message in str(caught.value)


def test_every_setting_is_described() -> None:
    assert [name for name, field in WebOptions.model_fields.items() if not field.description] == []
