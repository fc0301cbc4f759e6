"""Thumbs: what people think of an answer, shown under it in the chat and sent to the question log."""

from __future__ import annotations

from fastapi import APIRouter
from markupsafe import Markup

from ui.language import Words
from ui.questions.question_log import QuestionLog, Thumb
from ui.schema import MAX_REASON, FeedbackRequest, Refusal

_NOTHING = Markup()
_UP = Markup(
    '<svg viewBox="0 0 24 24" aria-hidden="true"><path d="M7 11v9H4v-9zm0 0 4-8c1.6 0 2.5 1 2.5 2.5L13 10h5.5'
    'c1.3 0 2.2 1.2 1.9 2.4l-1.5 6.1c-.2.9-1 1.5-1.9 1.5H7"/></svg>'
)


def feedback_router(log: QuestionLog) -> APIRouter:
    """The route ``/api/feedback`` over a log; without one there is none."""
    router = APIRouter(responses={422: {"model": Refusal}})

    @router.post("/api/feedback", status_code=204)
    def feedback(body: FeedbackRequest) -> None:
        """Keep what somebody thinks of an answer. One that is not in the log (any more) is passed over."""
        log.rate(body.answer_id, body.thumb, " ".join(body.reason.split()))

    return router


def thumbs_html(answer_id: str, thumb: Thumb, number: int, words: Words) -> Markup:
    """The two buttons and the line for a reason; nothing for an answer that is not in a log."""
    if not answer_id:
        return _NOTHING
    buttons = Markup().join(
        Markup(
            '<button type="button" class="thumb {0}" data-thumb="{0}" aria-pressed="{1}" aria-label="{2}" title="{2}">'
            "{3}</button>"
        ).format(which, "true" if thumb == which else "false", name, _UP)
        for which, name in (("up", words["thumb_up"]), ("down", words["thumb_down"]))
    )
    return Markup(
        '<div class="thumbs" data-answer="{0}"><div role="group" aria-label="{1}">{2}</div>'
        '<form class="reason" hidden><label for="reason-{3}">{4}</label>'
        '<input id="reason-{3}" maxlength="{5}" autocomplete="off" enterkeyhint="send">'
        '<button type="submit">{6}</button></form><span class="told"></span></div>'
    ).format(
        answer_id, words["thumbs"], buttons, number, words["thumb_reason"], MAX_REASON, words["thumb_send"]
    )  # fmt: skip
