"""The endpoint ``/mcp`` for other makers' assistants (Model Context Protocol): two tools, ``ask`` and ``search``.

It is stateless: each request stands for itself. A request that names a host or an origin that is not ours is refused,
so that no web page can reach it by having its own name resolve to this machine (DNS rebinding).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from importlib.metadata import version
from typing import TYPE_CHECKING, Annotated, Any
from urllib.parse import quote, urljoin

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from starlette.routing import Router

from assistant.types import Outcome
from ingest.errors import FootnotedError
from ingest.types import Chunk
from ui.access.asker import asker_of
from ui.answers.render import respelt_notes
from ui.http.arrival import Arrived
from ui.http.headers import MAX_BODY
from ui.http.metrics import Metrics
from ui.http.patience import aside
from ui.ports import Seen, Workspace
from ui.questions.hearing import heard
from ui.questions.question_log import QuestionLog
from ui.schema import checked_question, usable_history
from ui.web.api import last_of, require_ready
from ui.web.request_note import note_of

if TYPE_CHECKING:
    from mcp.server import ServerRequestContext
    from mcp_types import CallToolRequestParams, CallToolResult, ListToolsResult, PaginatedRequestParams

PATH = "/mcp"
_LOCAL = ("127.0.0.1", "localhost", "[::1]")
_PASSAGES = 20
_ASK = (
    "Answer a question from the organisation's own pages. Every sentence is quoted and has a numbered citation. "
    "outcome says whether the pages answer it (answered), say only something close (partial) or nothing (abstained)."
)
_SEARCH = "Find the passages of the organisation's own pages that fit a query best."


class AskArguments(BaseModel):
    """What ``ask`` takes."""

    model_config = ConfigDict(extra="forbid")

    question: Annotated[str, Field(description="One question, in a sentence.")]
    history: Annotated[
        list[str], Field(default_factory=list, description="Earlier questions of the conversation, the oldest first.")
    ]


class SearchArguments(BaseModel):
    """What ``search`` takes."""

    model_config = ConfigDict(extra="forbid")

    query: Annotated[str, Field(description="A question or a few words.")]
    limit: Annotated[int, Field(ge=1, le=_PASSAGES, description="How many passages.")] = 5


class Cited(BaseModel):
    """A citation: ``quote`` stands in the page word for word, and ``link`` opens it there."""

    number: int
    title: str
    section: str
    quote: str
    link: str
    fetched_at: datetime
    page_number: int | None = None


class Look(BaseModel):
    """A page to look at where the pages don't say."""

    title: str
    link: str


class Answered(BaseModel):
    """An answer: ``answer`` has the numbers of its citations in brackets."""

    answer: str
    outcome: Outcome
    citations: list[Cited]
    closest: list[Look]

    def __str__(self) -> str:
        notes = [f"[{note.number}] {note.title}: {note.link}" for note in self.citations]
        places = [f"Perhaps: {place.title}: {place.link}" for place in self.closest]
        return "\n".join([self.answer, *notes, *places])


class Passage(BaseModel):
    """A passage of a page."""

    title: str
    section: str
    text: str
    link: str


class Found(BaseModel):
    """Passages, best first."""

    passages: list[Passage]

    def __str__(self) -> str:
        return "\n\n".join(f"{found.title}: {found.link}\n{found.text}" for found in self.passages)


class McpEndpoint:
    """The endpoint over a workspace. Questions are noted in ``log``.

    ``hosts`` are the names, beside this machine's own, under which it answers; ``origins`` the sites whose pages may
    call it.
    """

    def __init__(
        self, workspace: Workspace, name: str, hosts: Sequence[str], origins: Sequence[str], log: QuestionLog | None
    ) -> None:
        self._workspace = workspace
        self._name = name
        self._hosts = hosts
        self._origins = origins
        self._log = log

    def load(self) -> Arrived:
        """The endpoint itself, with the sessions of its library."""
        from mcp.server import Server
        from mcp.server.transport_security import TransportSecuritySettings

        server = Server(
            self._name,
            version=version("footnoted"),
            instructions="Answers from an organisation's own pages, every sentence with its source. Cite the links.",
            on_list_tools=self._list,
            on_call_tool=self._call,
        )
        named = (*_LOCAL, *self._hosts)
        own = [f"{scheme}://{host}{port}" for scheme in ("http", "https") for host in named for port in ("", ":*")]
        security = TransportSecuritySettings(
            enable_dns_rebinding_protection=True,
            allowed_hosts=[f"{host}{port}" for host in named for port in ("", ":*")],
            allowed_origins=[*own, *self._origins],
        )
        inner = server.streamable_http_app(
            streamable_http_path=PATH,
            json_response=True,
            stateless_http=True,
            max_request_body_size=MAX_BODY,
            transport_security=security,
        )
        return Arrived(Router(inner.routes), server.session_manager.run())

    async def _list(self, ctx: ServerRequestContext[Any], params: PaginatedRequestParams | None) -> ListToolsResult:
        del ctx, params
        from mcp_types import ListToolsResult, Tool, ToolAnnotations

        reads = ToolAnnotations(read_only_hint=True, idempotent_hint=True, open_world_hint=False)
        return ListToolsResult(
            tools=[
                Tool(
                    name=name,
                    description=told,
                    input_schema=takes.model_json_schema(),
                    output_schema=gives.model_json_schema(),
                    annotations=reads,
                )
                for name, told, takes, gives in (
                    ("ask", _ASK, AskArguments, Answered),
                    ("search", _SEARCH, SearchArguments, Found),
                )
            ]
        )

    async def _call(self, ctx: ServerRequestContext[Any], params: CallToolRequestParams) -> CallToolResult:
        from mcp_types import CallToolResult, TextContent

        base = str(ctx.request.base_url) if ctx.request is not None else ""
        scope = ctx.request.scope if ctx.request is not None else {}
        seen, metrics = self._workspace.seen_by(asker_of(scope)), note_of(scope).metrics
        try:
            given = await aside(lambda: self._answer(seen, params.name, params.arguments or {}, base, metrics))
        except ValidationError as error:
            told = "; ".join(f"{'.'.join(map(str, fault['loc']))}: {fault['msg']}" for fault in error.errors())
            return CallToolResult(content=[TextContent(text=told)], is_error=True)
        except FootnotedError as error:
            metrics.turned_away(error)
            return CallToolResult(content=[TextContent(text=f"{error.message} {error.hint}".strip())], is_error=True)
        return CallToolResult(content=[TextContent(text=str(given))], structured_content=given.model_dump(mode="json"))

    def _answer(
        self, seen: Seen, tool: str, arguments: dict[str, Any], base: str, metrics: Metrics
    ) -> Answered | Found:
        if tool == "ask":
            return self._ask(seen, AskArguments.model_validate(arguments), base, metrics)
        if tool == "search":
            return _search(seen, SearchArguments.model_validate(arguments), base)
        raise FootnotedError(f"there is no tool {tool!r}", hint="call ask or search")

    def _ask(self, seen: Seen, given: AskArguments, base: str, metrics: Metrics) -> Answered:
        question = checked_question(given.question)
        require_ready(seen)
        events = seen.assistant.ask(question, usable_history(given.history))
        answer = last_of(heard(self._log, question, events, metrics, "mcp"))
        notes = [
            Cited(
                number=note.number,
                title=note.title,
                section=note.section,
                quote=note.quote,
                link=urljoin(base, note.link),
                fetched_at=note.fetched_at,
                page_number=note.page_number,
            )
            for note in answer.citations
        ]
        closest = [Look(title=place.title, link=urljoin(base, place.link)) for place in answer.closest]
        told = "\n".join([*respelt_notes(answer), answer.text])
        return Answered(answer=told, outcome=answer.outcome, citations=notes, closest=closest)


def _search(seen: Seen, given: SearchArguments, base: str) -> Found:
    query = checked_question(given.query)
    require_ready(seen)
    return Found(
        passages=[
            Passage(
                title=hit.chunk.title,
                section=" > ".join(hit.chunk.heading_path),
                text=hit.chunk.text,
                link=urljoin(base, _link(seen, hit.chunk)),
            )
            for hit in seen.search(query, (), given.limit)
        ]
    )


def _link(seen: Seen, chunk: Chunk) -> str:
    page = seen.page(chunk.url)
    if page is not None and page.link:
        return page.link
    return f"/source/{quote(chunk.url, safe='/')}?start={chunk.start}&end={chunk.end}#passage"
