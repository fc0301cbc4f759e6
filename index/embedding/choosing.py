"""Which encoder the settings name: a model in this process, or one behind a server."""

from __future__ import annotations

from index.embedding.options import EmbeddingOptions
from index.embedding.vectors import Encoder


def open_encoder(options: EmbeddingOptions) -> Encoder:
    """The encoder of these options; nothing is loaded or asked yet. Raises ``SettingsError`` for a key not set."""
    if options.url:
        from index.embedding.remote import RemoteEncoder

        return RemoteEncoder(options)
    from index.embedding.encoder import SentenceEncoder

    return SentenceEncoder(options)
