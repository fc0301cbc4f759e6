"""Train the reader: `python -m training.train --data squad2.jsonl.gz --out runs/reader`.

Runs on a GPU where there is one, else on the processor: in bfloat16 with 32-bit master weights, or all in 32 bits where
the processor would emulate that. Killed, it goes on from its last checkpoint when the same command is given again.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from assistant.reader.bundle import base_folder
from assistant.reader.layout import load_tokenizer
from training.data import Squad, Stream, load
from training.loss import loss_of, targets
from training.model import Batch, ReaderNetwork, batch_of, row_of
from training.settings import Settings, load_settings
from training.shipped import dequantized
from training.speed import drop, hasten, number_type


class Master:
    """32-bit copies of a 16-bit network's weights, which AdamW updates: in 16 bits small updates would round away."""

    def __init__(self, network: ReaderNetwork, settings: Settings) -> None:
        self.names, self.live = zip(*((n, p) for n, p in network.named_parameters() if p.requires_grad), strict=True)
        self.kept = [nn.Parameter(p.detach().float().clone()) for p in self.live]
        decayed = [p for p in self.kept if p.ndim > 1]
        plain = [p for p in self.kept if p.ndim <= 1]
        self.optimizer = torch.optim.AdamW(
            [{"params": decayed, "weight_decay": settings.weight_decay}, {"params": plain, "weight_decay": 0.0}],
            lr=settings.rate,
            fused=True,
        )

    def step(self, parts: Sequence[Sequence[Tensor]], rate: float) -> None:
        """One update by the mean of the parts' gradients, at learning rate `rate`."""
        for kept, first, *others in zip(self.kept, *parts, strict=True):
            kept.grad = first.float()
            for other in others:
                kept.grad += other
            kept.grad /= len(parts)
        nn.utils.clip_grad_norm_(self.kept, 1.0)
        for group in self.optimizer.param_groups:
            group["lr"] = rate
        self.optimizer.step()
        self.publish()

    def publish(self) -> None:
        """Copy the master weights into the network."""
        with torch.no_grad():
            for kept, live in zip(self.kept, self.live, strict=True):
                live.copy_(kept)


def batches(stream: Stream, settings: Settings, tokenizer: Any, first: int) -> Iterator[Batch]:
    """Batches from number `first` on: each pool of examples is sorted by length, cut into batches, and shuffled."""
    size = settings.batch * settings.pool
    for number in range(first // settings.pool, len(stream) // size):
        rows = [row_of(stream[number * size + i], tokenizer, settings.window) for i in range(size)]
        rows.sort(key=len)
        order = list(range(settings.pool))
        random.Random(settings.seed + number).shuffle(order)
        for place in order[first % settings.pool if number == first // settings.pool else 0 :]:
            low = place * settings.batch
            yield batch_of(rows[low : low + settings.batch])


def gradients(
    network: ReaderNetwork, master: Master, teacher: ReaderNetwork | None, batch: Batch, settings: Settings
) -> tuple[float, Sequence[Tensor]]:
    """A batch's loss and its gradients by the live weights; nothing is changed, so threads may run this at once."""
    loss = loss_of(network, batch, targets(batch, settings.taught, teacher), settings.verdict_weight)
    return float(loss.detach()), torch.autograd.grad(loss, master.live)


def rate_at(progress: float, settings: Settings) -> float:
    """Learning rate at a share of the run: up in a line, level, and down in a line to zero."""
    up = progress / settings.warm_up if progress < settings.warm_up else 1.0
    down = max(0.0, 1.0 - progress) / min(settings.decline, 1.0 - settings.warm_up)
    return settings.rate * min(up, down, 1.0)


def train(
    squad: Squad,
    out: Path,
    settings: Settings,
    minutes: float | None = None,
    begin: Path | None = None,
    teacher: Path | None = None,
) -> Path:
    """Train and write `out/final.pt`; with `minutes`, the schedule ends by then at the latest. Returns that path.

    `begin` names weights to start a new schedule from: of an earlier run, or those that ship. `teacher` names weights
    to learn from beside the examples' own labels.
    """
    out.mkdir(parents=True, exist_ok=True)
    torch.manual_seed(settings.seed)
    device = "cuda" if torch.cuda.is_available() else "cpu"
    network = ReaderNetwork(str(base_folder()))
    network.encoder.embeddings.requires_grad_(False)
    hasten(network.encoder)
    if settings.dropout:
        drop(network.encoder, settings.dropout, device, settings.seed, settings.batch * settings.window)
    network.to(device).train()
    master = Master(network, settings)
    network.encoder.to(number_type(device))
    stream = Stream(squad, settings.examples, settings.seed)
    total = len(stream) // (settings.batch * settings.pool) * settings.pool
    if begin:
        take_up(weights_in(begin), master)
    step, spent = restore(out / "checkpoint.pt", master)
    torch.set_num_threads(1)
    rows, workers = (settings.part, os.cpu_count()) if device == "cpu" else (settings.batch, 1)
    pool = ThreadPoolExecutor(workers, initializer=torch.set_num_threads, initargs=(1,))
    taught_by = teacher_of(teacher, device) if teacher else None
    ask = partial(gradients, network, master, taught_by, settings=settings)
    began = saved = time.monotonic()
    running = 0.0
    for batch in batches(stream, settings, load_tokenizer(), step):
        elapsed = spent + time.monotonic() - began
        progress = max(step / total, elapsed / (60 * minutes) if minutes else 0.0)
        if progress >= 1.0:
            break
        # Threads with a part of the batch each, instead of one whose every operation waits for the slowest core: on two
        # cores that others use too, operations split over both fell to 3 examples a second where this made 20.
        found = list(pool.map(ask, batch.to(device).split(rows)))
        master.step([gradient for _, gradient in found], rate_at(progress, settings))
        loss = sum(value for value, _ in found) / len(found)
        running = loss if not running else 0.98 * running + 0.02 * loss
        step += 1
        if step % 50 == 0:
            speed = settings.batch * step / (spent + time.monotonic() - began)
            line = {"step": step, "of": total, "progress": progress, "loss": running, "examples_a_second": speed}
            sys.stdout.write(json.dumps(line) + "\n")
            sys.stdout.flush()
        if time.monotonic() - saved > 60 * settings.checkpoint_minutes:
            save(out / "checkpoint.pt", master, settings, step, spent + time.monotonic() - began)
            saved = time.monotonic()
    save(out / "final.pt", master, settings, step, spent + time.monotonic() - began)
    return out / "final.pt"


def save(path: Path, master: Master, settings: Settings, step: int, spent: float) -> None:
    """Write a checkpoint: the weights by name in 32 bits, and what is needed to go on. Replaces `path` in one move."""
    state = {
        "weights": dict(zip(master.names, (p.detach().clone() for p in master.kept), strict=True)),
        "optimizer": master.optimizer.state_dict(),
        "settings": asdict(settings),
        "step": step,
        "seconds": spent,
    }
    torch.save(state, path.with_suffix(".part"))
    os.replace(path.with_suffix(".part"), path)


def restore(path: Path, master: Master) -> tuple[int, float]:
    """Take up a checkpoint; returns its step and the seconds spent so far, zeros where there is none."""
    if not path.exists():
        return 0, 0.0
    state = torch.load(path, weights_only=True)
    take_up(state["weights"], master)
    master.optimizer.load_state_dict(state["optimizer"])
    return int(state["step"]), float(state["seconds"])


def weights_in(path: Path) -> dict[str, Tensor]:
    """The trained weights of a checkpoint, or of a file that ships, by name."""
    if path.suffix == ".safetensors":
        return dequantized(path)
    weights: dict[str, Tensor] = torch.load(path, weights_only=True)["weights"]
    return weights


def take_up(weights: Mapping[str, Tensor], master: Master) -> None:
    """Set the master weights, and so the network's, to saved ones."""
    with torch.no_grad():
        for name, kept in zip(master.names, master.kept, strict=True):
            kept.copy_(weights[name])
    master.publish()


def trained(path: Path) -> ReaderNetwork:
    """The network of a checkpoint, or of a file that ships, in 32 bits, ready to be asked."""
    network = ReaderNetwork(str(base_folder()))
    network.load_state_dict(weights_in(path), strict=False)
    return network.eval()


def teacher_of(path: Path, device: str) -> ReaderNetwork:
    """The network of saved weights as the one that learns from it is: in the same number type, on its device."""
    network = trained(path)
    network.encoder.to(number_type(device))
    hasten(network.encoder)
    return network.to(device)


def main() -> None:
    """Train from the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, help="SQuAD 2.0 as JSON lines, gzipped or not")
    parser.add_argument("--out", type=Path, required=True, help="folder for the checkpoint and the final weights")
    parser.add_argument("--settings", type=Path, default=Path(__file__).with_name("settings.toml"))
    parser.add_argument("--minutes", type=float, help="let the schedule end after this long, whatever the step")
    parser.add_argument("--weights", type=Path, help="weights to go on from: of an earlier run, or those that ship")
    parser.add_argument("--teacher", type=Path, help="weights whose answers count as `taught` in the settings says")
    args = parser.parse_args()
    settings = load_settings(args.settings)
    path = train(load(args.data, settings.held_out)[0], args.out, settings, args.minutes, args.weights, args.teacher)
    sys.stdout.write(f"{path}\n")


if __name__ == "__main__":
    main()
