"""Real models of the sentence-transformers kind, small enough to be made in a test: random weights, a few words."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

_LETTERS = "abcdefghijklmnopqrstuvwxyzåäö0123456789"


def save_encoder(
    folder: Path, *, dimensions: int = 16, window: int = 48, prompts: Mapping[str, str] | None = None, seed: int = 0
) -> Path:
    """Save an embedding model of letters, which reads ``window`` of them; the folder."""
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.sentence_transformer.modules import Pooling, Transformer
    from transformers import BertModel

    parts = folder.with_name(f"{folder.name}-parts")
    _save_parts(parts, BertModel, dimensions, seed)
    reading = Transformer(str(parts), max_seq_length=window)
    model = SentenceTransformer(
        modules=[reading, Pooling(dimensions)], prompts=dict(prompts or {}), device="cpu", local_files_only=True
    )
    model.save(str(folder))
    return folder


def save_reranker(folder: Path, seed: int = 0) -> Path:
    """Save a cross-encoder of letters; the folder."""
    from transformers import BertForSequenceClassification

    _save_parts(folder, BertForSequenceClassification, 16, seed, num_labels=1)
    return folder


def _save_parts(folder: Path, kind: Any, dimensions: int, seed: int, **more: Any) -> None:
    import torch
    from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, processors
    from transformers import BertConfig, PreTrainedTokenizerFast

    words = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", *_LETTERS, *(f"##{letter}" for letter in _LETTERS)]
    vocabulary = {word: number for number, word in enumerate(words)}
    tokenizer = Tokenizer(models.WordPiece(vocabulary, unk_token="[UNK]"))
    tokenizer.normalizer = normalizers.Lowercase()
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    tokenizer.post_processor = processors.BertProcessing(("[SEP]", 3), ("[CLS]", 2))
    fast = PreTrainedTokenizerFast(  # type: ignore[no-untyped-call]
        tokenizer_object=tokenizer, pad_token="[PAD]", unk_token="[UNK]", cls_token="[CLS]", sep_token="[SEP]",
        model_max_length=512,
    )  # fmt: skip
    torch.manual_seed(seed)
    config = BertConfig(
        vocab_size=len(words), hidden_size=dimensions, num_hidden_layers=1, num_attention_heads=2,
        intermediate_size=32, max_position_embeddings=512, **more,
    )  # fmt: skip
    kind(config).save_pretrained(folder)
    fast.save_pretrained(folder)
