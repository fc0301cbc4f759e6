"""Which encoder the settings name: a model in this process, or one behind a server."""

from __future__ import annotations

from index.embed_options import EmbeddingOptions
from index.vectors import Encoder


def open_encoder(options: EmbeddingOptions) -> Encoder:
    """The encoder of these options; nothing is loaded or asked yet. Raises ``SettingsError`` for a key not set."""
    if options.url:
        from index.embed_remote import RemoteEncoder

        return RemoteEncoder(options)
    from index.embed import SentenceEncoder

    return SentenceEncoder(options)
