"""A language model behind any OpenAI-compatible server: its reply piece by piece, and what is wrong when none comes."""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Literal, NamedTuple

from assistant.language_model.options import LlmOptions
from index.openai_library import http_client, read_key
from ingest.errors import FootnotedError, ModelError

if TYPE_CHECKING:
    from llama_index.core.llms import LLM

_PAUSE_SECONDS = 0.25  # before the second try, doubled for each further one
_CHARS_PER_TOKEN = 3.0  # English has 4 and over; a budget had better hold for names, figures and other languages, too


class Message(NamedTuple):
    """One message of a chat."""

    role: Literal["system", "user"]
    text: str


class LanguageModel:
    """A model that is asked over HTTP. Safe to use from several threads; nothing is sent before ``stream``."""

    def __init__(self, options: LlmOptions) -> None:
        """Raises ``SettingsError`` when the environment variable that should hold the key is not set."""
        self.options = options
        self._key = read_key("llm.api_key_env", options.api_key_env)
        self._lock = threading.Lock()
        self._places = threading.Semaphore(options.at_once)
        self._llm: LLM | None = None
        self._heard = threading.local()  # ``reply``: the response that this thread reads

    def stream(self, messages: Sequence[Message]) -> Iterator[str]:
        """The reply, piece by piece. Raises ``ModelError`` when the server is down, busy or too slow, or refuses.

        A failure before the first piece is tried again, ``options.retries`` times; one after it is not, as half a reply
        may have been shown. Both waits are bounded: for the first piece and for the whole.
        """
        if not self._places.acquire(blocking=False):
            raise ModelError(
                f"the language model is writing {self.options.at_once} replies already", hint="raise llm.at_once"
            )
        try:
            yield from self._tried(messages)
        finally:
            self._places.release()

    def _tried(self, messages: Sequence[Message]) -> Iterator[str]:
        self._model()  # its import takes seconds the first time, which are not the server's
        deadline = time.monotonic() + self.options.total_seconds
        for attempt in range(self.options.retries + 1):
            spoken = False
            try:
                for piece in self._attempt(messages, deadline):
                    spoken = True
                    yield piece
            except _PassingError as error:
                pause = _PAUSE_SECONDS * 2**attempt
                if spoken or attempt == self.options.retries or time.monotonic() + pause > deadline:
                    raise ModelError(error.message, hint=error.hint) from error
                time.sleep(pause)
            else:
                return

    def _attempt(self, messages: Sequence[Message], deadline: float) -> Iterator[str]:
        """One request. It is read by a thread of its own: a server may keep a connection alive and never say a word."""
        pieces: queue.SimpleQueue[str | BaseException | None] = queue.SimpleQueue()
        enough = threading.Event()
        threading.Thread(target=self._read, args=(messages, pieces, enough), daemon=True).start()
        first = time.monotonic() + self.options.first_token_seconds
        spoken = False
        try:
            while True:
                wait = (deadline if spoken else min(first, deadline)) - time.monotonic()
                try:
                    piece = pieces.get(timeout=max(wait, 0.001))
                except queue.Empty:
                    raise self._slow(spoken) from None
                if piece is None:
                    return
                if isinstance(piece, BaseException):
                    raise self._explain(piece)
                spoken = True
                yield piece
        finally:
            enough.set()

    def _read(
        self,
        messages: Sequence[Message],
        pieces: queue.SimpleQueue[str | BaseException | None],
        enough: threading.Event,
    ) -> None:
        from llama_index.core.llms import ChatMessage

        ended = None
        try:
            for response in self._model().stream_chat(
                [ChatMessage(role=role, content=text) for role, text in messages]
            ):
                if enough.is_set():
                    break
                if response.delta:
                    pieces.put(response.delta)
        except Exception as error:  # noqa: BLE001  # handed over to the thread that waits, which tells them apart
            ended = error.with_traceback(None)  # which would hold this frame
        try:
            if reply := getattr(self._heard, "reply", None):  # what reads it refers to itself and would hold it open
                reply.close()
        finally:
            pieces.put(ended)

    def _model(self) -> LLM:
        with self._lock:
            if self._llm is None:
                http, heard = http_client(self), self._heard
                http.event_hooks = {"response": [lambda reply: setattr(heard, "reply", reply)]}
                from llama_index.llms.openai_like import OpenAILike

                self._llm = OpenAILike(
                    model=self.options.model,
                    api_base=self.options.base_url,
                    api_key=self._key or "none",
                    is_chat_model=True,
                    temperature=0.0,
                    max_tokens=self.options.max_tokens,
                    context_window=self.options.context_window,
                    timeout=self.options.total_seconds,
                    max_retries=0,
                    http_client=http,
                )
            return self._llm

    def _slow(self, spoken: bool) -> FootnotedError:
        if spoken:
            return ModelError(
                f"the language model took more than {self.options.total_seconds:g} seconds",
                hint="raise the setting llm.total_seconds, or lower llm.max_tokens",
            )
        return _PassingError(
            f"the language model said nothing for {self.options.first_token_seconds:g} seconds",
            hint="raise the setting llm.first_token_seconds, or take a smaller model",
        )

    def _explain(self, error: BaseException) -> FootnotedError:
        """The error as ours. A server's own words are left out: they may repeat the key."""
        import httpx
        import openai

        where = f"the language model at {self.options.base_url!r}"
        if isinstance(error, openai.AuthenticationError | openai.PermissionDeniedError):
            return ModelError(f"{where} refused the key", hint="check the variable that llm.api_key_env names")
        if isinstance(error, openai.NotFoundError):
            return ModelError(f"{where} knows no {self.options.model!r}", hint="check llm.model and llm.base_url")
        if isinstance(error, openai.RateLimitError | openai.InternalServerError):
            return _PassingError(f"{where} is overloaded (HTTP {error.status_code})", hint="try again later")
        if isinstance(error, openai.APIStatusError):
            return ModelError(
                f"{where} refused the question (HTTP {error.status_code})",
                hint="check llm.context_window and llm.prompt_tokens against what the model reads",
            )
        if isinstance(error, openai.APIConnectionError | httpx.HTTPError):
            return _PassingError(f"{where} cannot be reached", hint="start it, or correct the setting llm.base_url")
        return ModelError(f"{where} does not speak OpenAI's protocol", hint="check the setting llm.base_url")


class _PassingError(ModelError):
    """A failure that may be over at the next try."""


def load_model(options: LlmOptions) -> LanguageModel | None:
    """The model that the settings name, or None when they name none."""
    return LanguageModel(options) if options.base_url else None


def count_tokens(text: str) -> int:
    """How many tokens a text has at most, by its length; the tokenizer is the server's and not known here."""
    return int(len(text) / _CHARS_PER_TOKEN) + 1
