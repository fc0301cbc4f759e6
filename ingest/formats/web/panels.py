"""Tabs of an HTML page: each panel under the name of the tab that opens it."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lxml.html import HtmlElement

# Sections of their own in a panel would end the one that the tab's name opens.
_SECTIONS = ("h1", "h2", "h3", "h4", "h5", "h6", "summary")


def name_panels(root: HtmlElement) -> None:
    """Put each tab's name over its panel, as the summary of what it unfolds, and take the tabs away.

    Tabs that do not open one panel each, all of it text under one name, stay as they are.
    """
    panels = _panels(root)
    for row in [element for element in root.iter() if element.get("role", "") == "tablist"]:
        tabs = [tab for tab in row.iterdescendants() if tab.get("role", "") == "tab"]
        names = [" ".join(tab.text_content().split()) for tab in tabs]
        opened = [panel for tab in tabs if (panel := _opened(tab, panels)) is not None]
        if not all(names) or len(set(opened)) < len(tabs) or not all(_is_plain(panel, row) for panel in opened):
            continue
        for tab, name, panel in zip(tabs, names, opened, strict=True):
            _fold(panel, name)
            tab.drop_tree()


def _panels(root: HtmlElement) -> dict[str, HtmlElement | None]:
    """The panels by their ids and by those of the tabs that they name; None where several go by one."""
    panels: dict[str, HtmlElement | None] = {}
    for panel in root.iter():
        if panel.get("role", "") == "tabpanel":
            for name in {panel.get("id", ""), *panel.get("aria-labelledby", "").split()} - {""}:
                panels[name] = None if name in panels else panel
    return panels


def _opened(tab: HtmlElement, panels: dict[str, HtmlElement | None]) -> HtmlElement | None:
    names = (tab.get("aria-controls", ""), tab.get("href", "").lstrip("#"), tab.get("id", ""))
    return next((panels[name] for name in names if name in panels), None)


def _is_plain(panel: HtmlElement, row: HtmlElement) -> bool:
    """Whether the panel stands outside the row of tabs and of folded parts, and has no sections or tabs of its own."""
    if any(around is row or around.tag == "details" for around in panel.iterancestors()):
        return False
    inner = list(panel.iterdescendants())
    return not any(part.tag in _SECTIONS or part.get("role", "") in ("tablist", "tabpanel") for part in inner)


def _fold(panel: HtmlElement, name: str) -> None:
    """Make what the panel holds a part that unfolds under the name."""
    summary, details = panel.makeelement("summary"), panel.makeelement("details")
    summary.text, summary.tail = name, panel.text
    details.extend([summary, *panel])
    panel.text = None
    panel.append(details)
    for hiding in ("hidden", "aria-hidden", "style"):
        panel.attrib.pop(hiding, None)
