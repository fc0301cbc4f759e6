"""Whether a sentence keeps its source's "all" and "most", "more" and "less", its conditions, and whom it is about."""

from __future__ import annotations

import re
from collections.abc import Sequence

from assistant.checker.laying import Laid, subject_of
from assistant.checker.lexicon import PEOPLE, are_opposite, meaning
from assistant.checker.moving import is_passive_text
from assistant.checker.wording import Word, read_wording

_ALL = re.compile(r"\b(?:all|every|each|everyone|everybody|anyone|anybody|always|both|whole|entire|whoever)\b", re.I)
_MOST = re.compile(
    r"\b(?:most|mostly|majority|largely|mainly|predominantly)\b(?! (?:of )?[a-z]+ (?:one|known)\b)", re.I
)
_SOME = re.compile(
    r"\b(?:some|several|few|certain|partly|sometimes|many|numerous|various|a number of)\b", re.IGNORECASE
)
_EITHER = re.compile(r"\beither\b", re.IGNORECASE)

_UP = re.compile(
    r"\b(?:more(?! (?:information|details?|about))|greater|higher|larger|longer|older|faster|bigger|better|above|"
    r"increas\w+|rais\w+|grow\w*|rise\w*|ris(?:en|ing)|rose)\b|\bor_more\b|[>≥]",
    re.IGNORECASE,
)
_DOWN = re.compile(
    r"\b(?:less|fewer|lower|smaller|shorter|younger|slower|worse|below|decreas\w+|reduc\w+|declin\w+|drop\w*|fall\w*|"
    r"fell|cuts?)\b|\bor_less\b|[<≤]",
    re.IGNORECASE,
)

_LINKS = tuple(
    (frozenset(openers.split()), re.compile(rf"\b(?:{borne})\b", re.IGNORECASE))
    for openers, borne in (
        ("if when once whenever where while unless", "if|when|once|whenever|where|while|in case|provided|as long as|"
         "as soon as|unless|for|who|after|until|upon|by|with|without"),
        ("because", "because|since|as|due to|so|therefore|thus|for|by"),
        ("before", "before|prior to|until|ahead of|first|in advance"),
        ("after", "after|once|when|following|since|as soon as|if|upon"),
        ("until", "until|till|before|by|once"),
    )
)  # fmt: skip


def check_quantities(laid: Laid) -> str:
    """ "All", "most" and "some" are the page's own, and none of these but "all" is left out."""
    used = {found.clause for found in laid.pairs.values()}
    its = " ".join(laid.source.clauses[index].text for index in sorted(used))
    mine = " ".join(clause.text for clause in laid.claim.clauses)
    for name, pattern in (("most", _MOST), ("some", _SOME), ("either", _EITHER)):
        said, found = pattern.search(mine), pattern.search(its)
        if said and not found and not (name == "most" and _superlative(laid)):
            if name == "some" and re.search(r"\b(?:can|may|could|might)\b", its):
                continue  # "can last as long as ten years": some do
            return f"the page does not say {said.group()!r}"
        if found and not said and _touches(laid, found.group()) and name != "either":
            return f"the page says {found.group()!r}"
    told = _ALL.search(mine)
    if told and not _ALL.search(_sentences_of(laid, used)):
        if told.group().lower() == "both" and re.search(r"\band\b", its):
            return ""
        return f"the page does not say {told.group()!r}"
    return ""


def _sentences_of(laid: Laid, used: set[int]) -> str:
    """The text of the source's sentences, or lines, that hold any of some clauses."""
    lines = laid.source.lines
    told = {lines[index] for index in used}
    return " ".join(clause.text for index, clause in enumerate(laid.source.clauses) if lines[index] in told)


def _superlative(laid: Laid) -> bool:
    return re.search(r"\b\w+est\b", laid.source.text) is not None


def _touches(laid: Laid, quantity: str) -> bool:
    """Whether the word behind a quantity is one that the claim says."""
    said = {found.place for found in laid.pairs.values()}
    for word in laid.source.words:
        if word.place in said and re.search(
            rf"\b{re.escape(quantity)}\b(?: of)?(?: the| its| their| your| our)? {re.escape(word.text)}",
            laid.source.clauses[word.clause].text,
            re.IGNORECASE,
        ):
            return True
    return False


def check_directions(laid: Laid) -> str:
    """ "More" is not said where the page says "less"."""
    for index in range(len(laid.claim.clauses)):
        used = {laid.pairs[word.place].clause for word in laid.claim.of_clause(index) if word.place in laid.pairs}
        its = " ".join(laid.source.clauses[clause].text for clause in sorted(used))
        mine = laid.claim.clauses[index].text
        for one, other in ((_UP, _DOWN), (_DOWN, _UP)):
            told = one.search(mine)
            if told and not one.search(its) and not other.search(mine) and other.search(its):
                return f"the page says {other.search(its).group()!r}"  # type: ignore[union-attr]
            if told and told.group().isalpha() and not one.search(its) and not other.search(mine):
                return f"the page does not say {told.group()!r}"
    return ""


def check_actors(laid: Laid) -> str:
    """What the page says of someone is not said of "you"."""
    for index, main in laid.main.items():
        clause, source = laid.claim.clauses[index], laid.source.clauses[main]
        if not re.match(r"\s*(?:(?:and|but|so|that|if|when) )?(?:you|we|i)\b(?!r)", clause.text, re.IGNORECASE):
            continue
        if is_passive_text(clause.text) or is_passive_text(source.text) or (index and not clause.modals):
            continue
        subject = subject_of(source)
        if not subject or re.search(r"\b(?:you|we|i|everyone|anyone|who)\b", subject, re.IGNORECASE):
            continue
        words = [word for word in laid.source.of_clause(main) if re.search(rf"\b{re.escape(word.text)}\b", subject)]
        said = {found.place for found in laid.pairs.values()}
        if words and not any(
            word.text.lower() in PEOPLE or (word.place in said and word.kind == "name") for word in words
        ):
            return f"the page says it of {words[-1].text}"
    return ""


def check_links(laid: Laid) -> str:
    """A condition, a cause or a "before" joins in one sentence of the page what it joins in the sentence."""
    lines = laid.source.lines
    for index, clause in enumerate(laid.claim.clauses):
        opened = clause.text.strip().lower().startswith(clause.opener)
        borne = next((borne for openers, borne in _LINKS if opened and clause.opener in openers), None)
        joined = [word for word in laid.claim.of_clause(index) if laid.options.get(word.place)]
        if borne is None or not joined:
            continue
        held = [{lines[found.clause] for found in laid.options[word.place]} for word in joined]
        used = set.intersection(*held)
        if not used:
            return f"the page does not join it by {clause.opener!r}"
        if reason := _linked_otherwise(laid, clause.opener, joined, used, borne):
            return reason
        if laid.listed and 0 in used and laid.source.text.partition("\n")[0].rstrip().endswith(":"):
            continue  # the line that leads to a list joins all of it
        if lines[-1] and any(
            not used & {lines[found.clause] for found in laid.options.get(word.place, ())}
            for word in laid.claim.words
            if word.clause != index and laid.options.get(word.place)
        ):
            return f"the page does not join it by {clause.opener!r}"
    return ""


def _linked_otherwise(laid: Laid, opener: str, joined: Sequence[Word], used: set[int], borne: re.Pattern[str]) -> str:
    """Whether the page joins other words by a link, or none."""
    lines = laid.source.lines
    linked = {
        at
        for at, source in enumerate(laid.source.clauses)
        if lines[at] in used
        and borne.fullmatch(source.opener)
        and source.opener not in ("so", "for")
        and source.text.strip().lower().startswith(source.opener)
    }
    if linked:
        inside = any(found.clause in linked for word in joined for found in laid.options[word.place])
        return "" if inside else f"the page joins something else by {opener!r}"
    its = " ".join(source.text for at, source in enumerate(laid.source.clauses) if lines[at] in used)
    if opener not in ("if", "when") and not borne.search(f"{laid.lead} {its}"):
        return f"the page does not say {opener!r}"
    return ""


_NO = re.compile(r"\b(?:not|no|never|without|not_needed)\b")
_OPAQUE = frozenset(
    meaning(word)
    for word in (
        "think", "consider", "plan", "intend", "expect", "hope", "want", "try", "refuse", "fail", "claim", "deny",
        "allege", "avoid", "stop", "propose", "attempt", "threaten", "promise", "suspect",
    )
)  # fmt: skip
_FROM_WHOM = re.compile(r"\b(?:from|by) (?:you|us|me|them|him|her)\b", re.IGNORECASE)


def check_lead(laid: Laid) -> str:
    """What a heading or lead denies ("You do not need clearance if") is denied in the sentence."""
    lead = read_wording(laid.lead)
    if not any(_NO.search(clause.text) for clause in lead.clauses):
        return ""
    taken = [word for word in laid.claim.words if not laid.options.get(word.place) and word.key in lead.keys]
    if taken and not any(_NO.search(clause.text) for clause in laid.claim.clauses):
        return f"{taken[0].text} is denied by the page"
    return ""


def check_opposites(laid: Laid) -> str:
    """No word of the sentence has its opposite in the page in its stead: "used" for "unused"."""
    said = {found.place for found in laid.pairs.values()}
    rest = [word for word in laid.source.words if word.place not in said]
    for word in laid.claim.words:
        if not laid.options.get(word.place):
            for other in rest:
                if are_opposite(word.text, other.text):
                    return f"the page says {other.text}"
    return ""


def check_opaque(laid: Laid) -> str:
    """What is only thought of, planned or refused in the page has not happened, and who it is from is the page's."""
    said = {found.place for found in laid.pairs.values()}
    for place, found in laid.pairs.items():
        word = laid.claim.words[place]
        if found.after == "to" and word.text.lower().endswith("ed") and word.text.lower() != found.text.lower():
            return f"the page says to {found.text}"
        before = laid.source.words[found.place - 1] if found.place else None
        if before is None or before.place in said or before.clause != found.clause or before.key not in _OPAQUE:
            continue
        if found.after in ("", "to", "about", "of", "that") and word.after != "to":
            return f"the page says {before.text} {found.text}"
    whom = _FROM_WHOM.search(laid.claim.text)
    if whom and not re.search(rf"\b{whom.group()}\b", laid.source.text, re.IGNORECASE):
        return f"the page does not say {whom.group()!r}"
    return ""
