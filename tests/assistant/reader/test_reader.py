from __future__ import annotations

import hashlib
import json
import math
import threading
from pathlib import Path

import numpy as np
import pytest

from assistant.reader.bundle import SHA256, WEIGHTS, base_folder, load_bundle
from assistant.reader.bundled import BundledReader, Passage, Reading, load_reader
from assistant.reader.layout import load_tokenizer, stack, windows
from assistant.reader.openvino_network import OpenVinoNetwork
from assistant.reader.reading import SPAN_TOKENS, Stretch, reading
from assistant.reader.torch_network import TorchNetwork
from ingest.errors import ModelError

LEAVE = Passage(
    "Leave > Annual leave",
    "Staff plan their leave with their supervisor. Up to 240 hours may be carried over into the next year. "
    "Sick leave is booked in the same system.",
)
LAPTOP = Passage("Equipment", "The help desk in room 1.204 repairs laptops. Bring your badge and the charger.")
WEATHER = Passage("", "The mountain is usually covered by clouds until noon, and rain falls on most days of the year.")
QUESTION = "How many hours of leave can be carried over?"


@pytest.fixture(scope="module")
def reader() -> BundledReader:
    return BundledReader()


def test_the_span_is_the_fact_asked_for(reader: BundledReader) -> None:
    [found] = reader.read(QUESTION, [LEAVE])
    assert "240" in LEAVE.text[found.start : found.end]
    assert found.end - found.start < 20


def test_the_passage_with_the_answer_scores_above_the_others(reader: BundledReader) -> None:
    found = reader.read(QUESTION, [WEATHER, LEAVE, LAPTOP])
    assert max(range(3), key=lambda n: found[n].score) == 1
    assert found[1].answerable > 0.5 > found[0].answerable


def test_readings_come_in_the_order_of_the_passages_whatever_their_length(reader: BundledReader) -> None:
    passages = [Passage("", "x " * n + LEAVE.text) for n in (90, 1, 40, 0, 300, 7, 20, 2, 3, 5)]
    together = reader.read(QUESTION, passages)
    alone = [reader.read(QUESTION, [passage])[0] for passage in passages]
    for passage, one, other in zip(passages, together, alone, strict=True):
        assert passage.text[one.start : one.end] == passage.text[other.start : other.end]
        whole = len(passage.text)  # of the first look: the second is taken of the best alone
        # padding moves 8-bit rounding a little
        assert one.best_within(0, whole) == pytest.approx(other.best_within(0, whole), abs=0.3)


def test_a_fact_far_down_a_long_passage_is_found_at_its_place(reader: BundledReader) -> None:
    filler = "The committee meets in the large hall and publishes its minutes afterwards. " * 60
    text = filler + LEAVE.text
    [found] = reader.read(QUESTION, [Passage("Leave", text)])
    assert found.start > len(filler)
    assert "240" in text[found.start : found.end]
    assert len(found.stretches) > 3


def test_the_sentence_with_the_fact_scores_best_within_its_passage(reader: BundledReader) -> None:
    [found] = reader.read(QUESTION, [LEAVE])
    low = LEAVE.text.index("Up to")
    high = LEAVE.text.index("Sick")
    whole = found.best_within(0, len(LEAVE.text))
    assert found.best_within(low, high) == whole
    assert found.best_within(0, low) < whole
    assert found.best_within(high, len(LEAVE.text)) < whole
    assert found.best_within(0, 0) == -math.inf


def test_no_passages_and_empty_ones_are_read(reader: BundledReader) -> None:
    assert reader.read(QUESTION, []) == []
    [found] = reader.read("", [Passage("", "")])
    assert (found.start, found.end, found.score, found.answerable) == (0, 0, -math.inf, 0.0)


def test_both_engines_agree(reader: BundledReader) -> None:
    bundle = load_bundle()
    tokenizer = load_tokenizer()
    rows = [windows(tokenizer, QUESTION, p.context, p.text, 256)[0] for p in (LEAVE, LAPTOP, WEATHER)]
    inputs = stack(rows, 16)
    [ours], [theirs] = OpenVinoNetwork(bundle)([inputs]), TorchNetwork(bundle)([inputs])
    for one, other in zip(ours[:2], theirs[:2], strict=True):
        open_ = inputs.spans.astype(bool)
        assert np.corrcoef(one[open_], other[open_])[0, 1] > 0.99
    assert np.abs(ours[2] - theirs[2]).max() < 0.5


def test_several_threads_read_at_once(reader: BundledReader) -> None:
    alone = {n: reader.read(QUESTION, [p])[0] for n, p in enumerate((LEAVE, LAPTOP, WEATHER))}
    found: dict[int, Reading] = {}

    def work(number: int, passage: Passage) -> None:
        for _ in range(5):
            found[number] = reader.read(QUESTION, [passage])[0]

    threads = [threading.Thread(target=work, args=pair) for pair in enumerate((LEAVE, LAPTOP, WEATHER))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == alone


def test_the_weights_are_the_ones_the_code_names() -> None:
    assert hashlib.sha256(WEIGHTS.read_bytes()).hexdigest() == SHA256
    assert WEIGHTS.stat().st_size <= 25_000_000


def test_weights_with_one_byte_changed_are_refused(tmp_path: Path) -> None:
    body = bytearray(WEIGHTS.read_bytes())
    body[-1] ^= 1
    (tmp_path / "reader.safetensors").write_bytes(body)
    with pytest.raises(ModelError, match="sha256") as raised:
        BundledReader(tmp_path / "reader.safetensors").read(QUESTION, [LEAVE])
    assert "reader.model" in raised.value.hint


def test_missing_weights_are_named(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="missing"):
        BundledReader(tmp_path / "reader.safetensors").read(QUESTION, [LEAVE])


def test_windows_cover_a_passage_and_keep_to_their_size() -> None:
    tokenizer = load_tokenizer()
    text = " ".join(f"word{n}" for n in range(400))
    made = windows(tokenizer, "what?", "A > B", text, 128)
    assert all(len(row.ids) <= 128 for row in made)
    covered = {place for row in made for place in row.offsets}
    assert covered == set(tokenizer.encode(text, add_special_tokens=False).offsets)


def test_a_question_that_leaves_little_room_still_ends() -> None:
    made = windows(load_tokenizer(), "why " * 90, "above " * 50, "word " * 100, 128)
    assert len(made) > 1
    assert all(len(row.ids) <= 128 for row in made)


def test_the_best_span_is_neither_backwards_nor_longer_than_thirty_tokens() -> None:
    rng = np.random.default_rng(1)
    offsets = np.array([(2 * n, 2 * n + 1) for n in range(70)])
    for _ in range(20):
        starts, ends = rng.normal(size=(2, 70)).astype(np.float32)
        found = reading([Stretch(offsets, starts, ends, -1.0)], 140)
        allowed = [(i, j) for i in range(70) for j in range(i, min(i + SPAN_TOKENS, 70))]
        first, last = max(allowed, key=lambda pair: starts[pair[0]] + ends[pair[1]])
        assert (found.start, found.end) == (2 * first, 2 * last + 1)
        assert found.score == pytest.approx(starts[first] + ends[last] - 1.0)


def test_none_is_no_reader() -> None:
    assert load_reader("none") is None


def test_a_model_that_is_not_there_is_named_with_its_hint(tmp_path: Path) -> None:
    missing = load_reader(str(tmp_path / "nowhere"))
    assert missing is not None
    with pytest.raises(ModelError, match="nowhere") as raised:
        missing.read(QUESTION, [LEAVE])
    assert "reader.model" in raised.value.hint


def _tiny_model(folder: Path, *, safetensors: bool) -> None:
    """A one-layer question-answering model in `folder`, its span weights drawn at random."""
    import shutil

    import torch
    from transformers import BertConfig, BertForQuestionAnswering

    torch.manual_seed(3)
    size = {"hidden_size": 32, "num_hidden_layers": 1, "num_attention_heads": 2, "intermediate_size": 32}
    model = BertForQuestionAnswering(BertConfig.from_dict({**size, "max_position_embeddings": 128}))
    model.save_pretrained(folder)
    if not safetensors:
        (folder / "model.safetensors").unlink()
        torch.save(model.state_dict(), folder / "pytorch_model.bin")
    for name in ("tokenizer.json", "vocab.txt", "special_tokens_map.json"):
        shutil.copy(base_folder() / name, folder / name)
    settings = {"tokenizer_class": "BertTokenizerFast", "model_max_length": 128}
    (folder / "tokenizer_config.json").write_text(json.dumps(settings))


def test_another_model_from_a_folder_reads_within_the_text(tmp_path: Path) -> None:
    _tiny_model(tmp_path, safetensors=True)
    other = load_reader(str(tmp_path))
    assert other is not None
    long = Passage("Leave > Annual leave", LEAVE.text * 8)
    found = other.read(QUESTION, [LEAVE, long])
    assert 0 <= found[0].start < found[0].end <= len(LEAVE.text)
    assert len(found[1].stretches) > 1
    assert {(int(s), int(e)) for stretch in found[0].stretches for s, e in stretch.offsets} <= {
        (low, high) for low in range(len(LEAVE.text)) for high in range(low, len(LEAVE.text) + 1)
    }


def test_pickled_weights_are_refused(tmp_path: Path) -> None:
    _tiny_model(tmp_path, safetensors=False)
    other = load_reader(str(tmp_path))
    assert other is not None
    with pytest.raises(ModelError, match="cannot be loaded"):
        other.read(QUESTION, [LEAVE])
