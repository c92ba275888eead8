"""Question and passages -> which sentence answers, which words, and whether any does.

A small extractive reader: the embedder's own weights with a low-rank change (LoRA, Hu et al. 2021,
arXiv 2106.09685) and two linear heads, trained by ``eval/reader_train.py``. Question and passage
are read together, as in Devlin et al. 2019 (arXiv 1810.04805); sentences of all passages are scored
on one scale with "no answer" as one more choice (shared normalisation, Clark and Gardner 2018).
"""

import hashlib
import logging
import os
import threading
import warnings
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from innoqa.domain import Passage, Reading, ShortAnswer
from innoqa.errors import ModelError

if TYPE_CHECKING:
    from torch import Tensor

CHANGES = Path(__file__).parents[1] / "weights" / "reader.safetensors"
"""What training changed of the embedder's weights, and the heads."""

Floats = npt.NDArray[np.float32]

LAYERS = 6
HEADS = 12
HIDDEN = 384
QUESTION_PIECES = 64
PIECES = 320
"""What a question and a passage together are cut to; a longer passage loses its end."""

SPAN_PIECES = 16
"""The longest short answer, in word pieces."""

UNREAD = -20.0
"""The score of a sentence that lies past what the reader reads."""

LINEARS = ("attention.self", "attention.output.dense", "intermediate.dense", "output.dense")
"""The matrices of a layer; query, key and value are one."""

Linear = Callable[[str, "Tensor"], "Tensor"]


def layer_name(layer: int, part: str) -> str:
    """What a part of a transformer layer is called in the embedder's weights."""
    return f"encoder.layer.{layer}.{part}"


def hidden_states(
    weights: Mapping[str, "Tensor"], linear: Linear, batch: tuple["Tensor", "Tensor", "Tensor"]
) -> "Tensor":
    """BERT's last hidden states, shape (sequences, pieces, 384).

    ``batch`` is (piece ids, segment ids, mask), each of shape (sequences, pieces); ``linear(name,
    x)`` applies a layer's matrix, so that training and use share the rest.
    """
    import torch
    from torch.nn import functional

    ids, segments, mask = batch

    def normalised(name: str, x: "Tensor") -> "Tensor":
        weight, bias = weights[f"{name}.LayerNorm.weight"], weights[f"{name}.LayerNorm.bias"]
        return functional.layer_norm(x, (HIDDEN,), weight, bias, 1e-12)

    x = (
        functional.embedding(ids, weights["embeddings.word_embeddings.weight"])
        + weights["embeddings.position_embeddings.weight"][: ids.shape[1]]
        + functional.embedding(segments, weights["embeddings.token_type_embeddings.weight"])
    )
    x = normalised("embeddings", x)
    keep = mask[:, None, None, :].bool()
    if bool(keep.all()):
        keep = None  # type: ignore[assignment]  # a mask costs time where nothing is padded
    for layer in range(LAYERS):
        projected = linear(layer_name(layer, LINEARS[0]), x)
        projected = projected.view(*x.shape[:2], 3, HEADS, HIDDEN // HEADS)
        query, key, value = projected.permute(2, 0, 3, 1, 4)
        if torch.is_grad_enabled():  # its gradient is twice as fast in float32
            query, key, value = query.float(), key.float(), value.float()
        mixed = functional.scaled_dot_product_attention(query, key, value, attn_mask=keep)
        mixed = mixed.to(x.dtype).transpose(1, 2).flatten(2)
        out = linear(layer_name(layer, LINEARS[1]), mixed)
        x = normalised(layer_name(layer, "attention.output"), x + out)
        inner = functional.gelu(linear(layer_name(layer, LINEARS[2]), x))
        x = normalised(
            layer_name(layer, "output"), x + linear(layer_name(layer, LINEARS[3]), inner)
        )
    return x


@dataclass(frozen=True, slots=True)
class Pair:
    """A question and a passage as the network reads them, n word pieces in all.

    ``sentence`` numbers the sentence of each piece, -1 for pieces of none; ``places`` are the
    pieces' (start, end) in the passage's sentences joined by blanks.
    """

    ids: npt.NDArray[np.int64]  # (n,)
    segments: npt.NDArray[np.int64]  # (n,)
    sentence: npt.NDArray[np.int64]  # (n,)
    places: npt.NDArray[np.int64]  # (n, 2)


class PairTokenizer:
    """Questions and passages -> pairs. Safe to share between threads."""

    def __init__(self, folder: Path) -> None:
        from tokenizers import Tokenizer

        self._tokenizer: Tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        self._tokenizer.no_truncation()
        self._tokenizer.no_padding()
        self._ends = (self._tokenizer.token_to_id("[CLS]"), self._tokenizer.token_to_id("[SEP]"))
        self._lock = threading.Lock()

    def __call__(self, question: str, heading: str, sentences: Sequence[str]) -> Pair:
        """[CLS] question [SEP] heading path, sentences [SEP]."""
        first, last = self._ends
        with self._lock:
            asked, above = (
                self._tokenizer.encode(text, add_special_tokens=False).ids[:QUESTION_PIECES]
                for text in (question, heading)
            )
            parts = self._tokenizer.encode_batch(list(sentences), add_special_tokens=False)
        ids = [first, *asked, last, *above]
        before = len(asked) + 2
        sentence, places = [-1] * len(ids), [(0, 0)] * len(ids)
        at = 0
        for number, (text, part) in enumerate(zip(sentences, parts, strict=True)):
            ids += part.ids
            sentence += [number] * len(part.ids)
            places += [(at + start, at + end) for start, end in part.offsets]
            at += len(text) + 1
        del ids[PIECES - 1 :], sentence[PIECES - 1 :], places[PIECES - 1 :]
        ids.append(last)
        segments = [0] * before + [1] * (len(ids) - before)
        return Pair(
            np.array(ids),
            np.array(segments),
            np.array([*sentence, -1]),
            np.array([*places, (0, 0)]),
        )


def padded(pairs: Sequence[Pair]) -> tuple["Tensor", "Tensor", "Tensor"]:
    """Pairs as one batch: piece ids, segment ids and mask, each of shape (pairs, longest)."""
    import torch

    ids, segments, mask = (torch.from_numpy(part) for part in _padded(pairs))
    return ids, segments, mask


def base_weights(folder: Path) -> dict[str, "Tensor"]:
    """The embedder's own weights, with query, key and value of each layer as one matrix."""
    import torch
    from safetensors.torch import load_file

    weights = load_file(folder / "model.safetensors")
    for layer in range(LAYERS):
        name = layer_name(layer, LINEARS[0])
        for kind in ("weight", "bias"):
            parts = [weights.pop(f"{name}.{part}.{kind}") for part in ("query", "key", "value")]
            weights[f"{name}.{kind}"] = torch.cat(parts)
    return weights


def merged_weights(folder: Path, changes: Path) -> dict[str, "Tensor"]:
    """The reader's weights in float32: the embedder's with the trained changes, and the heads.

    Raises ModelError where the changes are missing.
    """
    from safetensors.torch import load_file

    digest(changes)
    weights = base_weights(folder)
    trained = {name: tensor.float() for name, tensor in load_file(changes).items()}
    for name, down in trained.items():
        if name.endswith(".down"):
            layer = name.removesuffix(".down")
            weights[f"{layer}.weight"] += trained[f"{layer}.up"] @ down
        elif name.startswith("heads."):
            weights[name] = down
    return weights


def export_reader(folder: Path, graph: Path, changes: Path = CHANGES) -> None:
    """Write the reader as an ONNX graph: piece ids, segment ids and mask -> four kinds of logits.

    Outputs start, end and evidence of shape (sequences, pieces) and passage of shape (sequences,).
    Matrices are kept in eight bits, by column, and multiplied in them: the rankings stay the same
    within noise, and a question takes a third of the time.
    """
    import torch
    from onnxruntime.quantization import QuantType, quantize_dynamic
    from torch.nn import functional

    weights = merged_weights(folder, changes)

    class Network(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            floats = {name: t for name, t in weights.items() if t.is_floating_point()}
            self.parts = torch.nn.ParameterDict(
                {
                    name.replace(".", "/"): torch.nn.Parameter(tensor, requires_grad=False)
                    for name, tensor in floats.items()
                }
            )

        def forward(self, ids: Any, segments: Any, mask: Any) -> Any:
            parts = {name.replace("/", "."): tensor for name, tensor in self.parts.items()}

            def linear(name: str, x: Any) -> Any:
                return functional.linear(x, parts[f"{name}.weight"], parts[f"{name}.bias"])

            hidden = hidden_states(parts, linear, (ids, segments, mask))
            start, end, evidence = linear("heads.tokens", hidden).unbind(-1)
            return start, end, evidence, linear("heads.passage", hidden[:, 0]).squeeze(-1)

    sample = torch.ones((2, 8), dtype=torch.long)
    mask = sample.clone()
    mask[0, -1] = 0  # so that the mask is part of the graph
    whole, partial = (graph.with_name(graph.name + end) for end in (".whole.tmp", ".tmp"))
    partial.parent.mkdir(parents=True, exist_ok=True)
    inputs, outputs = ["ids", "segments", "mask"], ["start", "end", "evidence", "passage"]
    axes: dict[str, dict[int, str]] = {
        name: {0: "sequences", 1: "pieces"} for name in [*inputs, *outputs[:3]]
    }
    axes["passage"] = {0: "sequences"}
    with warnings.catch_warnings(), torch.inference_mode():
        warnings.simplefilter("ignore")  # the exporter warns of its own age and of traced shapes
        torch.onnx.export(
            Network().eval(),
            (sample, sample, mask),
            str(whole),
            input_names=inputs,
            output_names=outputs,
            dynamic_axes=axes,
            dynamo=False,
        )
    nowhere = logging.NullHandler()  # for its advice to take a step that changes nothing here
    logging.root.addHandler(nowhere)
    try:
        quantize_dynamic(
            whole,
            partial,
            op_types_to_quantize=["MatMul", "Gemm"],
            per_channel=True,
            weight_type=QuantType.QInt8,
        )
    finally:
        logging.root.removeHandler(nowhere)
    whole.unlink()
    partial.replace(graph)


def digest(changes: Path = CHANGES) -> str:
    """What identifies the trained changes. Raises ModelError where they are missing."""
    if not changes.is_file():
        raise ModelError(f"The reader's weights {changes} are missing. Install InnoQA again.")
    with changes.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


class Reader:
    """Reads passages for a question with the graph that ``export_reader`` wrote."""

    def __init__(self, folder: Path, graph: Path) -> None:
        import onnxruntime

        if not graph.is_file():
            raise ModelError(f"The reader {graph} is not there. Run innoqa ingest to make it.")
        options = onnxruntime.SessionOptions()
        options.log_severity_level = 3
        options.intra_op_num_threads = min(4, os.cpu_count() or 1)
        self._session = onnxruntime.InferenceSession(
            str(graph), options, providers=["CPUExecutionProvider"]
        )
        self._tokenizer = PairTokenizer(folder)

    def read(self, question: str, passages: Sequence[Passage]) -> list[Reading]:
        """What the reader makes of each passage, in their order."""
        return self.read_texts(
            question, [(p.heading_path, [s.text for s in p.sentences]) for p in passages]
        )

    def read_texts(
        self, question: str, texts: Sequence[tuple[str, Sequence[str]]]
    ) -> list[Reading]:
        """The same of (heading path, sentences)."""
        if not texts:
            return []
        pairs = [self._tokenizer(question, heading, sentences) for heading, sentences in texts]
        ids, segments, mask = _padded(pairs)
        outputs = self._session.run(None, {"ids": ids, "segments": segments, "mask": mask})
        return [
            _reading(pair, sentences, tuple(np.asarray(out[row]) for out in outputs))
            for row, (pair, (_, sentences)) in enumerate(zip(pairs, texts, strict=True))
        ]


def _reading(pair: Pair, sentences: Sequence[str], logits: Sequence[Any]) -> Reading:
    size = len(pair.ids)
    start, end, evidence = (out[:size] for out in logits[:3])
    whole = float(logits[3])
    inside = pair.sentence >= 0
    start, end = _softmax(start, inside), _softmax(end, inside)
    scores, answers, at = [], [], 0
    for number, sentence in enumerate(sentences):
        (pieces,) = np.nonzero(pair.sentence == number)
        if len(pieces):
            scores.append(float(evidence[pieces].mean()) + whole)
            first, last, share = _best_span(start[pieces], end[pieces])
            begin = int(pair.places[pieces[first], 0]) - at
            answers.append(ShortAnswer(begin, int(pair.places[pieces[last], 1]) - at, share))
        else:
            scores.append(UNREAD)
            answers.append(ShortAnswer(0, 0, 0.0))
        at += len(sentence) + 1
    return Reading(whole, tuple(scores), tuple(answers))


def _best_span(start: Floats, end: Floats) -> tuple[int, int, float]:
    """The first and last piece of the likeliest span of at most SPAN_PIECES, and its likelihood."""
    size = len(start)
    likely = np.triu(np.outer(start, end)) - np.triu(np.outer(start, end), SPAN_PIECES)
    first, last = divmod(int(np.argmax(likely)), size)
    return first, last, float(likely[first, last])


def _softmax(logits: Floats, inside: npt.NDArray[np.bool_]) -> Floats:
    powers = np.where(inside, np.exp(logits - logits[inside].max(initial=-1e9)), 0.0)
    return np.asarray(powers / max(float(powers.sum()), 1e-9), np.float32)


def _padded(pairs: Sequence[Pair]) -> tuple[Any, Any, Any]:
    shape = (len(pairs), max(len(pair.ids) for pair in pairs))
    ids, segments, mask = (np.zeros(shape, np.int64) for _ in range(3))
    for row, pair in enumerate(pairs):
        size = len(pair.ids)
        ids[row, :size], segments[row, :size], mask[row, :size] = pair.ids, pair.segments, 1
    return ids, segments, mask
