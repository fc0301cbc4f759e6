"""What the owner's pages have around them: head, way between them, and the forms that the server takes."""

from __future__ import annotations

from collections.abc import Mapping

from markupsafe import Markup

PAGES = {"/owner": "Questions", "/owner/sync": "Sources"}
"""The owner's pages with their titles."""

_FRAME = Markup(
    '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{title} · {name}</title>'
    '<meta name="viewport" content="width=device-width, initial-scale=1">'
    '<meta name="color-scheme" content="light dark"><meta name="robots" content="noindex">'
    '<link rel="icon" type="image/svg+xml" href="/ui/icon.svg">'
    '<link rel="stylesheet" href="/ui/colours.css"><link rel="stylesheet" href="/ui/owner.css">'
    '<script src="/ui/owner.js" defer></script></head>'
    '<body><header><a class="wordmark" href="/">{name}</a><nav aria-label="Owner’s pages">{ways}</nav></header>'
    "<main{busy}><h1>{title}</h1>{body}</main></body></html>"
)


def frame(name: str, path: str, body: Markup, *, busy: bool = False) -> str:
    """The whole page at one of ``PAGES``. One that is ``busy`` is fetched again by its script until it is not."""
    ways = Markup().join(
        Markup('<a href="{}"{}>{}</a>').format(way, Markup(' aria-current="page"') if way == path else "", title)
        for way, title in PAGES.items()
    )
    doing = Markup(" data-busy") if busy else ""
    return _FRAME.format(title=PAGES[path], name=name, ways=ways, busy=doing, body=body)


def form(seal: str, text: str, fields: Mapping[str, str], *, label: str = "", action: str = "") -> Markup:
    """A button that posts these fields, and the seal that proves to the server that the form is ours."""
    hidden = Markup().join(
        Markup('<input type="hidden" name="{}" value="{}">').format(name, value)
        for name, value in {"seal": seal, **fields}.items()
    )
    named = Markup(' aria-label="{}"').format(label) if label else Markup("")
    goal = Markup(' action="{}"').format(action) if action else Markup("")
    return Markup('<form method="post"{}>{}<button{}>{}</button></form>').format(goal, hidden, named, text)
