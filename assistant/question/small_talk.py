"""What people say to an assistant that is no question about the pages: greetings, thanks, "who are you?"."""

from __future__ import annotations

import re

GREETING_NOTE = "Ask a question: what the pages say about it is quoted here, each sentence with its footnote."

_PLEASANTRY = (
    r"(?:ok|okay|great|perfect|nice|cool|super|good (?:morning|afternoon|evening|day)|hi|hello|hey|"
    r"hi there|hello there|bye|goodbye|thanks|thank you|thx|cheers|a lot|(?:so|very) much|got it|i see|"
    r"kiitos|paljon|kiitti|moi|moikka|hei|heippa|terve|huomenta|hyvää (?:huomenta|päivää|iltaa)|selvä|"
    r"tack|så mycket|hej|hejsan|hejdå|hallå|god (?:morgon|dag|kväll))"
)
_ABOUT_US = (
    r"(?:who|what) are you|what can you do|are you (?:a |an )?(?:robot|bot|chatbot|human|person|ai|real)|"
    r"kuka (?:sinä )?olet|mikä (?:sinä )?olet|mitä osaat|vem är du|vad är du|vad kan du"
)
_SMALL_TALK = re.compile(rf"{_PLEASANTRY}(?: {_PLEASANTRY})*|(?:{_PLEASANTRY} )*(?:{_ABOUT_US})")
_WORD = re.compile(r"[^\W_]+")


def is_small_talk(text: str) -> bool:
    """Whether a text asks nothing that pages could answer. "Thanks, and how long is it valid?" does ask."""
    return bool(_SMALL_TALK.fullmatch(" ".join(_WORD.findall(text.lower()))))
