from __future__ import annotations

import gzip
import json
import random
from pathlib import Path

import numpy as np
import pytest
import torch

from assistant.reader.bundle import WEIGHTS, base_folder, load_bundle
from assistant.reader.bundled import BundledReader, Passage
from assistant.reader.layout import load_tokenizer, stack, windows
from assistant.reader.torch_network import TorchNetwork
from training import perturb
from training.data import Stream, load
from training.evaluate import auroc, span_f1
from training.export import export
from training.loss import loss_of, targets
from training.model import ReaderNetwork, collate, row_of
from training.near_misses import SIGNALS, signals
from training.settings import Settings, load_settings
from training.train import batches, rate_at, train, trained, weights_in

TOPICS = ("Harbour", "Library", "Canteen", "Archive")


def _rows() -> list[dict[str, object]]:
    """Two passages on each of four made-up places, with questions that have answers and some that have none."""
    rows: list[dict[str, object]] = []
    for n, topic in enumerate(TOPICS):
        for part in range(2):
            year, people = str(1900 + 10 * n + part), str(40 + n * 7 + part)
            text = (
                f"The {topic} House was opened in {year} by the town of Westmark. It is kept by {people} members of "
                f"staff. Visitors may see the {topic} rooms in summer, and Anna Berg leads them. The roof is of slate."
            )
            when, how_many = f"When was the {topic} House opened?", f"How many people keep the {topic} House?"
            asked = [(when, year), (how_many, people)]
            qas: list[dict[str, object]] = [
                {
                    "question": question,
                    "question_original": question,
                    "answers": [{"text": answer, "answer_start": text.index(answer)}],
                    "is_impossible": False,
                }
                for question, answer in asked
            ]
            qas.append({"question": f"Who painted the {topic} House?", "answers": [], "is_impossible": True})
            rows.append({"title": f"{topic}_House", "context": text, "qas": qas})
    return rows


@pytest.fixture
def data(tmp_path: Path) -> Path:
    path = tmp_path / "squad.jsonl.gz"
    with gzip.open(path, "wt", encoding="utf-8") as file:
        file.writelines(json.dumps(row) + "\n" for row in _rows())
    return path


def test_held_out_articles_are_not_trained_on(data: Path) -> None:
    kept, aside = load(data, held_out=1)
    assert set(aside.titles) == {"Archive House"}
    assert set(kept.titles) == {"Harbour House", "Library House", "Canteen House"}
    assert len(kept.answerable) == 12


def test_an_example_of_a_seed_is_always_the_same(data: Path) -> None:
    kept = load(data, held_out=0)[0]
    one, other, third = Stream(kept, 200, 1), Stream(kept, 200, 1), Stream(kept, 200, 2)
    assert [one[i] for i in range(200)] == [other[i] for i in reversed(range(200))][::-1]
    assert [one[i] for i in range(200)] != [third[i] for i in range(200)]


def test_spans_hold_their_answers_after_cropping_and_listing(data: Path) -> None:
    kept = load(data, held_out=0)[0]
    answers = {kept.texts[q.passage][q.start : q.end] for q in kept.answerable}
    stream = Stream(kept, 400, 3)
    found = [(stream.kinds[i], stream[i]) for i in range(400)]
    assert any("\n- " in example.text for _, example in found)
    for kind, example in found:
        if kind == "answer":
            assert example.text[example.start : example.end] in answers


def test_examples_without_an_answer_do_not_hold_it(data: Path) -> None:
    kept = load(data, held_out=0)[0]
    stream = Stream(kept, 400, 3)
    seen = set()
    for i, kind in enumerate(stream.kinds):
        example, question = stream[i], stream.questions[i]
        if kind in ("neighbour", "removed") and not example.answerable:
            assert kept.texts[question.passage][question.start : question.end] not in example.text
            seen.add(kind)
    assert seen == {"neighbour", "removed"}


def test_near_misses_ask_for_what_the_passage_does_not_say() -> None:
    passage = "Anna Berg opened the first library of Westmark in 1923."
    rng = random.Random(0)
    question = "Who opened the first library of Westmark in 1923?"
    made = {perturb.near_miss(question, passage, ["Oslo", "Westmark"], rng) for _ in range(200)}
    assert None not in made
    assert any("Oslo" in str(m) and "Westmark" not in str(m) for m in made)
    assert any("1923" not in str(m) for m in made)
    assert any("last library" in str(m) for m in made)
    assert question not in made


def test_a_statement_becomes_a_yes_or_no_question() -> None:
    asked = perturb.polar("The roof is made of slate.", random.Random(0))
    assert asked is not None
    assert asked.startswith("Is the roof made")
    assert perturb.polar("Slate, mostly.", random.Random(0)) is None


def test_the_batch_points_at_the_answer_and_never_at_question_or_headings(data: Path) -> None:
    kept = load(data, held_out=0)[0]
    stream = Stream(kept, 64, 5)
    tokenizer = load_tokenizer()
    examples = [stream[i] for i in range(64)]
    batch = collate(examples, tokenizer, 128)
    for i, example in enumerate(examples):
        start, end = int(batch.starts[i]), int(batch.ends[i])
        assert (start > 0) == example.answerable
        if example.answerable:
            read = tokenizer.decode(batch.ids[i, start : end + 1].tolist())
            answer = tokenizer.encode(example.text[example.start : example.end], add_special_tokens=False)
            assert read == tokenizer.decode(answer.ids)
            assert batch.spans[i, start : end + 1].all()


def test_the_rate_rises_then_falls_to_nothing() -> None:
    settings = Settings(warm_up=0.1, rate=1.0)
    assert rate_at(0.05, settings) == pytest.approx(0.5)
    assert rate_at(0.1, settings) == pytest.approx(1.0)
    assert rate_at(0.55, settings) == pytest.approx(0.5)
    assert rate_at(1.0, settings) == 0.0


def test_the_rate_stays_up_until_the_last_part_where_that_is_set() -> None:
    settings = Settings(warm_up=0.1, rate=1.0, decline=0.2)
    assert [rate_at(progress, settings) for progress in (0.1, 0.5, 0.8)] == [1.0, 1.0, pytest.approx(1.0)]
    assert rate_at(0.9, settings) == pytest.approx(0.5)
    assert rate_at(1.0, settings) == 0.0


def test_the_batches_hold_every_example_once_with_little_padding(data: Path) -> None:
    stream = Stream(load(data, held_out=0)[0], 256, 5)
    tokenizer = load_tokenizer()
    made = list(batches(stream, Settings(batch=16, pool=8), tokenizer, 0))
    real = sorted(len(row_of(stream[i], tokenizer, 256)) for i in range(len(stream)))
    assert sorted(int(rows) for batch in made for rows in batch.mask.sum(dim=1)) == real
    assert sum(batch.ids.numel() for batch in made) < 1.15 * sum(real)


def test_training_goes_on_from_the_weights_that_ship() -> None:
    weights = weights_in(WEIGHTS)
    bundle = load_bundle()
    network = ReaderNetwork(str(base_folder()))
    assert weights.keys() == {
        name for name, _ in network.named_parameters() if not name.startswith("encoder.embeddings.")
    }
    linear = bundle.bert.layers[2].linear["up"]
    wanted = torch.from_numpy(linear.weight * linear.scale[:, None]).float()
    assert torch.equal(weights["encoder.encoder.layer.2.intermediate.dense.weight"], wanted)
    assert torch.equal(weights["span.weight"], torch.from_numpy(bundle.span[0]))


def test_a_teacher_counts_as_much_as_it_is_told_to(data: Path) -> None:
    kept, _ = load(data, 1)
    batch = collate([Stream(kept, 6, 3)[n] for n in range(6)], load_tokenizer(), 96)
    teacher = ReaderNetwork(str(base_folder())).eval()
    own, told, both = targets(batch), targets(batch, 1.0, teacher), targets(batch, 0.5, teacher)
    assert own.starts.argmax(1).tolist() == batch.starts.tolist()
    assert own.answered.tolist() == (batch.starts > 0).float().tolist()
    for one, other, mean in ((getattr(x, n) for x in (own, told, both)) for n in ("starts", "ends", "answered")):
        assert torch.allclose((one + other) / 2, mean)
        assert not torch.allclose(one, other)
    assert torch.allclose(both.starts.sum(1), torch.ones(6))
    other = ReaderNetwork(str(base_folder())).eval()  # with new heads
    with torch.no_grad():  # nobody is nearer to what the teacher told than itself
        assert loss_of(teacher, batch, told, 0.5) < loss_of(other, batch, told, 0.5)


def test_settings_are_read_and_unknown_ones_refused(tmp_path: Path) -> None:
    assert load_settings(Path("training/settings.toml")) == Settings()
    (tmp_path / "s.toml").write_text("bach = 3\n")
    with pytest.raises(TypeError, match="bach"):
        load_settings(tmp_path / "s.toml")


def test_measures_are_what_they_are_called() -> None:
    assert auroc([3.0, 2.0, 1.0], [True, True, False]) == 1.0
    assert span_f1("the 240 hours", ["240 hours"]) == 1.0
    assert span_f1("240 hours a year", ["240 hours"]) == pytest.approx(0.8)
    assert span_f1("noon", ["240 hours"]) == 0.0


def test_a_run_goes_on_where_it_was_killed_and_ships_a_reader(data: Path, tmp_path: Path) -> None:
    settings = Settings(examples=64, batch=8, pool=4, window=96, held_out=1, checkpoint_minutes=0.0)
    kept, aside = load(data, settings.held_out)
    whole = train(kept, tmp_path / "whole", settings, teacher=WEIGHTS)
    final, checkpoint = (
        torch.load(tmp_path / "whole" / name, weights_only=True) for name in ("final.pt", "checkpoint.pt")
    )
    assert (final["step"], checkpoint["step"]) == (8, 8)

    stream, tokenizer = Stream(kept, settings.examples, settings.seed), load_tokenizer()
    every = [batch.ids.tolist() for batch in batches(stream, settings, tokenizer, 0)]
    assert [batch.ids.tolist() for batch in batches(stream, settings, tokenizer, 5)] == every[5:]
    again = train(kept, tmp_path / "whole", settings, teacher=WEIGHTS)  # finds nothing left to do, and the same weights
    weights = torch.load(again, weights_only=True)["weights"]
    assert all(torch.equal(weights[name], final["weights"][name]) for name in weights)

    network = trained(whole)
    shipped = tmp_path / "reader.safetensors"
    export(whole, aside, shipped, settings.window, settings.seed)
    passage = Passage(aside.titles[0], aside.texts[0])
    row = windows(tokenizer, "When was it opened?", passage.context, passage.text, 96)
    inputs = stack(row)
    with torch.inference_mode():
        wanted = network(*(torch.from_numpy(a) for a in (inputs.ids, inputs.mask, inputs.types, inputs.spans)))
    [found] = TorchNetwork(load_bundle(shipped, None))([inputs])
    for one, other in zip(found, wanted, strict=True):
        assert np.abs(one - other.numpy()).max() < 0.3
    [read] = BundledReader(shipped, None).read("When was it opened?", [passage])
    assert 0 <= read.start <= read.end <= len(passage.text)


def test_signals_of_a_near_miss_point_down(data: Path) -> None:
    kept = load(data, held_out=0)[0]
    passage = Passage(kept.titles[0], kept.texts[0])
    asked = ("Who opened the Harbour House in 1900?", "Who opened the Harbour House of Gotland in 1871?")
    answer, miss = (
        dict(zip(SIGNALS, signals(BundledReader(), kept, question, passage), strict=True)) for question in asked
    )
    assert all(answer[name] > miss[name] for name in ("coverage", "rarest", "names", "numbers"))
