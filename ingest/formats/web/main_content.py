"""What of an HTML page is its content: the rest (navigation, banners, footers, what is hidden) is taken out.

The text itself is never taken from trafilatura, whose output loses anchors and table headers: it only tells, on a page
without ``<main>``, which element of the page holds the content.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import unquote

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lxml.html import HtmlElement

_NEVER = frozenset(("nav", "dialog", "template", "script", "style", "noscript"))
_NEVER_ROLES = frozenset(("navigation", "search", "dialog", "alertdialog", "menu", "menubar", "toolbar", "tooltip"))
_SITE_ROLES = frozenset(("banner", "contentinfo", "complementary"))
_MAIN_IDS = (
    "main-content",
    "main_content",
    "maincontent",
    "content",
    "mw-content-text",
    "bodycontent",
    "main",
    "article",
)
_MAIN_CLASSES = frozenset(
    ("main-content", "entry-content", "article-body", "post-content", "markdown-body", "wiki-content", "page-content")
)
_PARTS = (
    "nav|navbar|navigation|menu|sidebar|sidenav|side-nav|breadcrumbs?|footer|masthead|toc|table-of-contents"
    "|skip-?(?:link|nav|to-content)|pagination|pager|prev-next|share|sharing|social|related|newsletter|subscribe|cookies?|consent"
    "|advert|ads?|edit-page|edit-link|editsection|feedback|search|language-switcher|lang-switcher|print-?only|sr-only"
    "|visually-hidden|screen-reader-text|headerlink|permalink|hash-link|site-header|back-to-top|copy-button"
    "|catlinks|printfooter|jump-link|navbox"
)
# The whole name must be one of the parts with at most a site's prefix before and a box's name behind, so that
# "has-sidebar", "cookie-recipe" and "navigation-law" are content.
_BOILERPLATE = re.compile(
    r"(?:(?:site|page|global|main|top|bottom|left|right|primary|secondary|local|usa|md|mw|wp|app|doc|docs|js|c|m|o|block)-)*"
    rf"(?:{_PARTS})"
    r"(?:-(?:container|wrapper|wrap|list|links?|menu|bar|banner|box|inner|content|items?|block|section|notice|message"
    r"|popup|modal|overlay|dialog|widget|form|buttons?|icons?|desktop|mobile|nav|navigation|primary|secondary|left|right|top|fixed))*"
)
_CONSENT = re.compile(
    r"(?:onetrust|cybotcookiebot|(?:js-)?cookie-?(?:consent|law|banner)|usercentrics|didomi|klaro|gdpr)"
)
_STRUCK = ("del", "s", "strike")  # seen, but not in force
_HIDING_STYLE = re.compile(r"(?:display\s*:\s*none|visibility\s*:\s*hidden)", re.IGNORECASE)
_HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")
# Nothing that holds more of the page's text than this is taken for boilerplate, whatever it is called.
_MOST = 0.5
_LINK_DENSE = 0.6
_NEARLY_ALL_LINKS = 0.9
_FEW_LINKS = 3
_SHORT = 150  # characters: a line of links, a question whether the page helped
# What an element must hold of trafilatura's text to be taken for the content: on pages rendered without any
# telling mark-up .9 kept every content block, while 1 often widened it to the whole page.
_HELD = 0.9
_CONTAINERS = frozenset(("body", "div", "section", "article", "td", "form", "center"))
_MAX_ELEMENTS = 50_000  # trafilatura took 40 s and 1.2 GB for ten times as many; real pages have a few thousand
_MIN_MATCH = 25  # characters; shorter blocks ("Contact") also stand in navigation


def main_content(root: HtmlElement) -> HtmlElement:
    """The element that holds the page's content, freed of everything around it. ``root`` is changed."""
    body = root.find("body") if root.tag == "html" else root
    body = root if body is None else body
    _drop(_hidden(body))
    main = _marked(body)
    _drop(_boilerplate(body, main))
    if main is not None and _length(main) * 4 >= _length(body):
        return main
    named = _named(body)
    if named is not None:
        return named
    found = _found_by_trafilatura(body)
    found = body if found is None else found
    _drop(_links_on_top(found))
    return found


def _drop(elements: Iterator[HtmlElement]) -> None:
    for element in list(elements):
        if element.getparent() is not None:
            element.drop_tree()


def _length(element: HtmlElement) -> int:
    return sum(len(text.strip()) for text in element.itertext())


def _hidden(body: HtmlElement) -> Iterator[HtmlElement]:
    """What a reader cannot see, except what a control on the page unfolds (accordions, tabs)."""
    opened = {
        reference.lstrip("#")
        for control in body.iter("a", "button", "summary", "li", "div", "span")
        for name in ("aria-controls", "data-target", "data-bs-target", "href")
        if (reference := control.get(name, "")) and (name != "href" or reference.startswith("#"))
    }
    for element in body.iterdescendants():
        hidden = (
            element.tag in _STRUCK
            or element.get("hidden") is not None
            or element.get("aria-hidden", "").lower() == "true"
            or _HIDING_STYLE.search(element.get("style", "")) is not None
        )
        if hidden and element.get("id", "") not in opened - {""}:
            yield element


def _marked(body: HtmlElement) -> HtmlElement | None:
    """The element that the page itself marks as its main one."""
    marked = list(body.iter("main")) or [e for e in body.iter() if e.get("role", "").lower() == "main"]
    if not marked:
        marked = [e for e in body.iter("article") if next(e.iterancestors("article"), None) is None]
        marked = marked if len(marked) == 1 else []
    return max(marked, key=_length, default=None)


def _named(body: HtmlElement) -> HtmlElement | None:
    """The element that goes by a name which is used for content everywhere, if it holds most of the text."""
    total = _length(body)
    for element in body.iter("div", "section", "td"):
        names = element.get("class", "").lower().split()
        known = element.get("id", "").lower() in _MAIN_IDS or _MAIN_CLASSES.intersection(names)
        if known and _length(element) >= _MOST * total:
            return element
    return None


def _boilerplate(body: HtmlElement, main: HtmlElement | None) -> Iterator[HtmlElement]:
    """Navigation, banners, footers and controls."""
    around = set() if main is None else {main, *main.iterancestors()}
    inside = set() if main is None else set(main.iterdescendants())
    most = _MOST * _length(body)
    places = _places(body)
    for element in body.iterdescendants():
        if element in around or not _is_boilerplate(element, element in inside, places):
            continue
        if element.tag in _NEVER or _length(element) <= most:
            yield element


def _is_boilerplate(element: HtmlElement, inside: bool, places: set[str]) -> bool:
    tag, role = element.tag, element.get("role", "").lower()
    if tag in _NEVER or role in _NEVER_ROLES or (tag in ("ul", "ol") and _is_contents(element, places)):
        return True
    if tag in ("header", "footer", "aside") or role in _SITE_ROLES:
        return _is_site_part(element, tag, inside)
    if tag == "button":  # an accordion's heading is a button; one beside a heading's text ("Copy link") is not
        heading = next(element.iterancestors("summary", *_HEADINGS), None)
        return heading is None or _length(element) < _length(heading)
    if tag == "form":
        return next(element.iter("p", *_HEADINGS), None) is None
    if tag in _HEADINGS or tag == "body":
        return False
    names = element.get("class", "").lower().split()
    # An id inside the content is mostly the slug of a section: "cookies" is then what the section is about.
    if not inside or next(element.iter(*_HEADINGS), None) is None:
        names.append(element.get("id", "").lower())
    if any(map(_CONSENT.match, names)):
        return True
    if not any(_BOILERPLATE.fullmatch(re.sub("[-_]+", "-", name)) for name in names if name):
        return False
    # Inside the content "menu" may be what the canteen serves: what reads as text is kept there.
    return not inside or _length(element) <= _SHORT or _link_share(element) >= _LINK_DENSE


def _places(body: HtmlElement) -> set[str]:
    """Where links to headings lead: to a heading, to what is in or just before it, or to what it begins."""
    named: list[HtmlElement] = []
    for around in body.iter(*_HEADINGS):
        named += around.iter()
        while around is not body and around.getprevious() is None and not (around.getparent().text or "").strip():
            around = around.getparent()
            named.append(around)
        if (before := around.getprevious()) is not None and not _length(before):
            named.append(before)
    return {f"#{name}" for element in named for key in ("id", "name") if (name := element.get(key))}


def _is_contents(element: HtmlElement, places: set[str]) -> bool:
    """Whether a list is the page's own table of contents: nothing but links to its headings."""
    targets = [unquote(link.get("href", "")) for link in element.iter("a")]
    return len(targets) > 1 and places.issuperset(targets) and _link_share(element) >= _NEARLY_ALL_LINKS


def _is_site_part(element: HtmlElement, tag: str, inside: bool) -> bool:
    if tag == "footer":
        return next(element.iterancestors("blockquote"), None) is None
    if not inside and next(element.iterancestors("article"), None) is None:
        return tag != "header" or next(element.iterancestors("section"), None) is None
    return tag == "aside" and _link_share(element) >= _LINK_DENSE


def _links_on_top(root: HtmlElement) -> Iterator[HtmlElement]:
    """Blocks in front of the page's first heading that are hardly more than links: navigation without a mark.

    Behind the heading, lists of links are content as often as not (of 247 handbook pages, 41 have one).
    """
    headings = list(root.iter("h1")) or list(root.iter("h2"))
    if not headings:
        return
    above = set(headings[0].iterancestors())
    for block in root.iterdescendants("div", "ul", "ol", "p", "table", "h1", "h2"):
        if block is headings[0]:
            return
        if block not in above and len(block.findall(".//a")) >= _FEW_LINKS and _link_share(block) >= _NEARLY_ALL_LINKS:
            yield block


def _link_share(element: HtmlElement) -> float:
    linked = sum(_length(link) for link in element.iter("a"))
    return linked / max(1, _length(element))


def _found_by_trafilatura(body: HtmlElement) -> HtmlElement | None:
    """The smallest element that holds nearly all that trafilatura takes for the page's content."""
    from trafilatura import bare_extraction

    if sum(1 for _ in body.iter()) > _MAX_ELEMENTS:
        return None
    found = bare_extraction(body, favor_recall=True, include_comments=False, include_tables=True)
    kept = getattr(found, "body", None)
    if kept is None:
        return None
    wanted = {text for block in kept.iter() if len(text := _folded(block)) >= _MIN_MATCH}
    weights = {
        element: len(text)
        for element in body.iter("p", "li", "td", "th", "dd", "dt", "pre", "div", "blockquote", *_HEADINGS)
        if (text := _folded(element)) in wanted
    }
    total = sum(weights.values())
    if not total:
        return None
    held: dict[HtmlElement, int] = {}
    for element, weight in weights.items():
        for ancestor in element.iterancestors():
            held[ancestor] = held.get(ancestor, 0) + weight
    enough = [e for e, weight in held.items() if weight >= _HELD * total and e.tag in _CONTAINERS]
    return max(enough, key=lambda element: sum(1 for _ in element.iterancestors()), default=None)


def _folded(element: HtmlElement) -> str:
    return " ".join("".join(element.itertext()).split())
