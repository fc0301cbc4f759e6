"""How the assistant looks as somebody's own: logo, colour, greeting, examples, a line at the foot of the page."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from markupsafe import Markup
from pydantic import BaseModel, Field, field_validator

if TYPE_CHECKING:
    from fastapi import APIRouter

LOGO, STYLE = "/ui/brand-logo", "/ui/brand.css"
_KINDS = {
    ".svg": "image/svg+xml",
    ".png": "image/png",
    ".jpg": "image/jpeg",
    ".jpeg": "image/jpeg",
    ".webp": "image/webp",
}
_MAX_LOGO = 200_000  # bytes; it is loaded with every page


class BrandOptions(BaseModel, frozen=True, extra="forbid"):
    """What makes the assistant an organisation's own. Its name is ``server.name``."""

    logo: Path | None = Field(
        None, description="Image beside the name: an .svg, .png, .jpg or .webp file of 200 kB at most."
    )
    colour: str = Field("", pattern="^(#[0-9a-fA-F]{6})?$", description="Colour of the Ask button, as #14524c.")
    greeting: str = Field("", max_length=120, description="Heading before the first question; empty: our own.")
    about: str = Field("", max_length=600, description="Text under that heading; empty: our own.")
    examples: tuple[str, ...] = Field(
        (), max_length=4, description="Questions offered before the first one; empty: drawn from the pages."
    )
    footer: str = Field("", max_length=300, description="A line at the foot of the chat page.")

    @field_validator("logo")
    @classmethod
    def _usable(cls, path: Path | None) -> Path | None:
        if path is None:
            return None
        if path.suffix.lower() not in _KINDS:
            raise ValueError(f"it must be a file of the kinds {', '.join(_KINDS)}")
        try:
            size = path.stat().st_size
        except OSError as error:
            raise ValueError(f"it cannot be read: {error.strerror}") from error
        if size > _MAX_LOGO:
            raise ValueError(f"the file has {size:,} bytes; at most {_MAX_LOGO:,} are sent with every page")
        return path


PLAIN = BrandOptions()


def name_html(brand: BrandOptions, name: str) -> Markup:
    """The name at the head of the page, with the logo where there is one."""
    logo = Markup('<img class="logo" src="{}" alt="">').format(LOGO.lstrip("/")) if brand.logo else Markup()
    return Markup('<h1 class="wordmark{}">{}{}</h1>').format(" marked" * bool(brand.logo), logo, name)


def colours_css(brand: BrandOptions) -> str:
    """The style sheet of the brand's colour; black or white stands on it, whichever reads better."""
    if not brand.colour:
        return ""
    red, green, blue = (int(brand.colour[at : at + 2], 16) for at in (1, 3, 5))
    on = "#111" if red * 3 + green * 6 + blue > 1400 else "#fff"
    return f":root {{ --brand: {brand.colour}; --on-brand: {on}; }}\n"


def brand_router(brand: BrandOptions) -> APIRouter:
    """The routes of the logo and of the colours."""
    from fastapi import APIRouter, Response  # every command reads the options above, and needs no web framework

    from ui.http.headers import policy

    router = APIRouter(include_in_schema=False)

    @router.get(STYLE, response_model=None)
    def colours() -> Response:
        return Response(colours_css(brand), media_type="text/css")

    if brand.logo:
        path = brand.logo

        @router.get(LOGO, response_model=None)
        def logo() -> Response:
            # A drawing may hold scripts; opened by itself it must not run them.
            headers = {"Content-Security-Policy": policy("'self'", style_src="'unsafe-inline'")}
            return Response(path.read_bytes(), media_type=_KINDS[path.suffix.lower()], headers=headers)

    return router
