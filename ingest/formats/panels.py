"""Tabs of an HTML page: each panel under the name of the tab that opens it."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lxml.html import HtmlElement

_LEVEL = "h6"  # below whatever heading the tabs stand under


def name_panels(root: HtmlElement) -> None:
    """Put each tab's name over its panel, as a heading, and take the row of tabs away."""
    panels = {panel.get("id", ""): panel for panel in root.iter() if panel.get("role", "") == "tabpanel"}
    for row in [element for element in root.iter() if element.get("role", "") == "tablist"]:
        tabs = [tab for tab in row.iterdescendants() if tab.get("role", "") == "tab"]
        opened = [panels.get(tab.get("aria-controls") or tab.get("href", "").lstrip("#")) for tab in tabs]
        if not tabs or None in opened:
            continue
        for tab, panel in zip(tabs, opened, strict=True):
            if panel is not None:
                name = panel.makeelement(_LEVEL)
                name.text, name.tail = " ".join(tab.text_content().split()), panel.text
                panel.text = None
                panel.insert(0, name)
                for hiding in ("hidden", "aria-hidden", "style"):
                    panel.attrib.pop(hiding, None)
        row.drop_tree()
