"""Train the reader again: ``make reader BENCH=folder`` (an hour on two cores).

BENCH holds the public sets that the model card names. Every set is ingested as InnoQA ingests any
document and searched as it searches; the passages that were found and do not answer are the hard
negatives. A question is learnt from together with its passages (listwise), so that they can be
compared with one another. Articles are dealt into folds: a fold is only ever scored by a reader
that saw none of its articles.
"""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import Annotated

import numpy as np
import torch
import typer
from reader_mining import Candidate, Example, mined_once
from reading_sets import HELD_OUT
from torch import Tensor
from torch.nn import functional

from innoqa.adapters import embedder, reader

RANK = 48
"""Of the change of each matrix."""
STEP = 40
"""Sequences a step of training sees."""
PEAK = 1e-3
"""The highest learning rate, reached after a twelfth of the steps; it falls to 0 in a line."""
EPOCHS = 2
COMPARED = 200
"""Held-out questions that two readers are compared on."""
SEED = 20261125


@dataclass(frozen=True, slots=True)
class Read:
    """A candidate ready for the network, with what it ought to find there."""

    pair: reader.Pair
    count: int
    right: tuple[int, ...]
    starts: tuple[int, ...]
    ends: tuple[int, ...]


def prepared(tokenizer: reader.PairTokenizer, question: str, candidate: Candidate) -> Read:
    """A candidate in word pieces, with the pieces where its answers begin and end."""
    pair = tokenizer(question, candidate.heading, candidate.texts)
    starts, ends = [], []
    inside = pair.sentence >= 0
    for start, end in candidate.spans:
        covered = np.flatnonzero(inside & (pair.places[:, 0] < end) & (pair.places[:, 1] > start))
        if len(covered):
            starts.append(int(covered[0]))
            ends.append(int(covered[-1]))
    return Read(
        pair,
        len(candidate.texts),
        tuple(sorted(candidate.sentences)),
        tuple(starts),
        tuple(ends),
    )


class Network(torch.nn.Module):
    """The reader while it learns: fixed weights, low-rank changes, heads."""

    def __init__(self, files: embedder.ModelFiles) -> None:
        super().__init__()
        base = reader.base_weights(files.folder)
        self.fixed = {name: tensor.to(torch.bfloat16) for name, tensor in base.items()}
        torch.manual_seed(SEED)
        self.changes = torch.nn.ParameterDict()
        for layer in range(reader.LAYERS):
            for part in reader.LINEARS:
                name = reader.layer_name(layer, part)
                rows, columns = base[f"{name}.weight"].shape
                key = name.replace(".", "/")
                self.changes[f"{key}/down"] = torch.nn.Parameter(
                    torch.randn(RANK, columns) / columns**0.5
                )
                self.changes[f"{key}/up"] = torch.nn.Parameter(torch.zeros(rows, RANK))
        self.tokens = torch.nn.Linear(reader.HIDDEN, 3)
        self.whole = torch.nn.Linear(reader.HIDDEN, 1)

    def linear(self, name: str, x: Tensor) -> Tensor:
        """A layer's matrix with its low-rank change."""
        key = name.replace(".", "/")
        down = self.changes[f"{key}/down"].to(torch.bfloat16)
        up = self.changes[f"{key}/up"].to(torch.bfloat16)
        fixed = functional.linear(x, self.fixed[f"{name}.weight"], self.fixed[f"{name}.bias"])
        small = functional.linear(x, down).flatten(0, -2)
        return torch.addmm(fixed.flatten(0, -2), small, up.T).view(fixed.shape)

    def forward(self, reads: Sequence[Read]) -> tuple[Tensor, Tensor, Tensor, list[Tensor]]:
        """Logits: start and end (sequences, pieces), passage (sequences,), and each sequence's
        sentences.
        """
        batch = reader.padded([read.pair for read in reads])
        hidden = reader.hidden_states(self.fixed, self.linear, batch).float()
        logits = self.tokens(hidden)
        whole = self.whole(hidden[:, 0]).squeeze(-1)
        sentences = []
        for row, read in enumerate(reads):
            number = torch.from_numpy(read.pair.sentence)
            inside = number >= 0
            sums = torch.zeros(read.count).index_add(
                0, number[inside], logits[row, : len(number), 2][inside]
            )
            counts = torch.zeros(read.count).index_add(
                0, number[inside], torch.ones(int(inside.sum()))
            )
            score = sums / counts.clamp(min=1) + whole[row]
            sentences.append(score.masked_fill(counts == 0, -30.0))
        return logits[..., 0], logits[..., 1], whole, sentences


def loss_of(network: Network, groups: Sequence[Sequence[Read]]) -> Tensor:
    """Sentences of a question's passages against each other and against no answer, each passage
    by itself, and the words of the answer.
    """
    reads = [read for group in groups for read in group]
    starts, ends, whole, sentences = network(reads)
    right = torch.tensor([float(bool(read.right)) for read in reads])
    alone = functional.binary_cross_entropy_with_logits(whole, right, reduction="sum")
    together = torch.zeros(())
    at = 0
    for group in groups:
        scores = torch.cat([torch.zeros(1), *sentences[at : at + len(group)]])
        first, chosen = 1, []
        for read in group:
            chosen += [first + number for number in read.right]
            first += read.count
        picked = scores[chosen] if chosen else scores[:1]
        together = together + torch.logsumexp(scores, 0) - torch.logsumexp(picked, 0)
        at += len(group)
    spans = torch.zeros(())
    for row, read in enumerate(reads):
        if read.starts:
            outside = torch.from_numpy(read.pair.sentence) < 0
            for logits, wanted in ((starts, read.starts), (ends, read.ends)):
                own = logits[row, : len(outside)].masked_fill(outside, -30.0)
                spans = spans + torch.logsumexp(own, 0) - torch.logsumexp(own[list(wanted)], 0)
    return (together + 0.5 * alone + 0.25 * spans) / len(groups)


def grouped(example: Example, chance: random.Random) -> list[Candidate]:
    """What a question is learnt from: the passage that answers, and two or three that do not.

    In one of six questions the answer is taken out, so that its lack is learnt too.
    """
    right = [c for c in example.found if c.sentences]
    wrong = [c for c in example.found if not c.sentences and not c.doubtful]
    near = wrong[:5]
    chance.shuffle(near)
    if not right:
        own = [c for c in wrong if c.own]
        rest = [c for c in near if not c.own]
        return (own[:1] + rest)[:2]
    if chance.random() < 1 / 6:
        return near[:2]
    return right[:1] + near[: 2 if chance.random() < 0.7 else 3]


def train(examples: Sequence[Example], files: embedder.ModelFiles) -> Network:
    """A reader that has seen these examples."""
    tokenizer = reader.PairTokenizer(files.folder)
    network = Network(files)
    heads = [*network.tokens.parameters(), *network.whole.parameters()]
    optimizer = torch.optim.AdamW(
        [{"params": list(network.changes.values())}, {"params": heads}],
        lr=PEAK,
        betas=(0.9, 0.98),
        weight_decay=0.01,
    )
    chance = random.Random(SEED)  # noqa: S311 - no secret
    schedule: list[list[list[Read]]] = []
    for _ in range(EPOCHS):
        groups = []
        for example in examples:
            chosen = grouped(example, chance)
            if chosen:
                groups.append([prepared(tokenizer, example.asked.question, c) for c in chosen])
        chance.shuffle(groups)
        schedule += _steps(groups, chance)
    warm, started, kept = len(schedule) // 12, perf_counter(), 0.0
    sequences = 0
    for number, step in enumerate(schedule):
        rate = min((number + 1) / warm, (len(schedule) - number) / (len(schedule) - warm))
        for part in optimizer.param_groups:
            part["lr"] = PEAK * rate
        loss = loss_of(network, step)
        optimizer.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(network.parameters(), 1.0)
        optimizer.step()
        sequences += sum(map(len, step))
        kept = 0.98 * kept + 0.02 * float(loss.detach())
        if number % 50 == 0:
            seconds = perf_counter() - started
            print(
                f"step {number}/{len(schedule)} loss {kept / (1 - 0.98 ** (number + 1)):.3f} "
                f"{sequences / seconds:.1f} sequences/s {seconds / 60:.1f} min",
                flush=True,
            )
    return network


def _steps(groups: list[list[Read]], chance: random.Random) -> list[list[list[Read]]]:
    """Groups of like length together, so that little is padded; the steps in random order."""
    steps = []
    for first in range(0, len(groups), 400):
        window = sorted(groups[first : first + 400], key=lambda g: max(len(r.pair.ids) for r in g))
        step: list[list[Read]] = []
        for group in window:
            if step and sum(map(len, step)) + len(group) > STEP:
                steps.append(step)
                step = []
            step.append(group)
        steps.append(step)
    chance.shuffle(steps)
    return steps


def written(network: Network, path: Path) -> None:
    """The changes and heads as float16: what ships."""
    from safetensors.torch import save_file

    tensors = {
        name.replace("/", "."): t.detach().half().contiguous()
        for name, t in network.changes.items()
    }
    for name, head in (("tokens", network.tokens), ("passage", network.whole)):
        tensors[f"heads.{name}.weight"] = head.weight.detach().half().contiguous()
        tensors[f"heads.{name}.bias"] = head.bias.detach().half().contiguous()
    path.parent.mkdir(parents=True, exist_ok=True)
    save_file(tensors, path)


def differences(examples: Sequence[Example], one: Path, other: Path) -> str:
    """Where two readers differ, on questions that neither has learnt from."""
    asked = [e for e in examples if e.asked.fold == HELD_OUT][:COMPARED]
    first, second = _judged(asked, one), _judged(asked, other)
    same = sum(a.index(max(a)) == b.index(max(b)) for a, b in zip(first, second, strict=True))
    apart = [
        abs(x - y) for a, b in zip(first, second, strict=True) for x, y in zip(a, b, strict=True)
    ]
    return (
        f"The same sentence first for {same} of {len(asked)} held-out questions; sentence scores "
        f"differ by {np.mean(apart):.3f} on average, at most {max(apart):.3f}"
    )


def _judged(examples: Sequence[Example], changes: Path) -> list[list[float]]:
    """The score of each sentence of the best three passages of each question."""
    files = embedder.find_model("")
    with TemporaryDirectory() as folder:
        graph = Path(folder) / "reader.onnx"
        reader.export_reader(files.folder, graph, changes)
        network = reader.Reader(files.folder, graph)
        return [
            [
                score
                for reading in network.read_texts(
                    example.asked.question, [(c.heading, c.texts) for c in example.found[:3]]
                )
                for score in reading.sentences
            ]
            for example in examples
        ]


def main(
    bench: Annotated[Path, typer.Argument(metavar="BENCH")],
    work: Annotated[Path, typer.Option(metavar="DIR")] = Path(".innoqa/reader"),
    out: Annotated[Path | None, typer.Option(metavar="FILE")] = None,
    fold: Annotated[int, typer.Option(help="The fold to leave out; -1 for none.")] = HELD_OUT,
) -> None:
    """Mine the sets, train, write the reader's weights, and say where they differ from ours."""
    out = out or work / "reader.safetensors"
    examples = mined_once(bench, work)
    seen = [example for example in examples if example.asked.fold != fold]
    written(train(seen, embedder.find_model("")), out)
    size = out.stat().st_size / 2**20
    print(f"{out}: {size:.1f} MiB, from {len(seen)} of {len(examples)} questions")
    print(f"Beside {reader.CHANGES.name}: {differences(examples, reader.CHANGES, out)}")
    print(f"To ship it, copy it to {reader.CHANGES}, ingest again, and run make calibrate")


if __name__ == "__main__":
    typer.run(main)
