"""Question and passages -> which sentence answers, which words, and whether any does.

A small extractive reader: the embedder's own weights with a low-rank change (LoRA, Hu et al. 2021,
arXiv 2106.09685) and two linear heads, trained by ``eval/reader_train.py``. Question and passage
are read together, as in Devlin et al. 2019 (arXiv 1810.04805); sentences of all passages are scored
on one scale with "no answer" as one more choice (shared normalisation, Clark and Gardner 2018).
"""

import hashlib
import os
import threading
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from innoqa.domain import Passage, Reading, ShortAnswer
from innoqa.errors import ModelError

if TYPE_CHECKING:
    from torch import Tensor

FORM = 2
"""Raised whenever the same weights would be written as another graph."""

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

RUNTIME = "com.microsoft"
"""The domain of ONNX Runtime's own operators."""

TINY = 1e-12
"""What keeps layer normalisation from dividing by nothing."""

THREADS = 6
"""How many passages are read at a time, where there are as many processors."""

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
        return functional.layer_norm(x, (HIDDEN,), weight, bias, TINY)

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
            # One by one: a batch of so little text waits longer for its threads than it takes.
            asked, above, *parts = (
                self._tokenizer.encode(text, add_special_tokens=False)
                for text in (question, heading, *sentences)
            )
        ids = [first, *asked.ids[:QUESTION_PIECES], last]
        before = len(ids)
        ids += above.ids[:QUESTION_PIECES]
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

    shape = (len(pairs), max(len(pair.ids) for pair in pairs))
    ids, segments, mask = (torch.zeros(shape, dtype=torch.long) for _ in range(3))
    for row, pair in enumerate(pairs):
        size = len(pair.ids)
        ids[row, :size], segments[row, :size] = map(torch.from_numpy, (pair.ids, pair.segments))
        mask[row, :size] = 1
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
    """Write the reader as an ONNX graph that reads one pair, of n word pieces, at a time.

    Inputs ids and segments, int32 of shape (1, n); outputs tokens, the logits of start, end and
    evidence, of shape (1, n, 3), and passage of shape (1, 1, 1). It is ``hidden_states`` in ONNX
    Runtime's own operators, with matrices in eight bits, by column.
    """
    import onnx
    from onnx import TensorProto, helper

    network = _Graph({name: t.numpy() for name, t in merged_weights(folder, changes).items()})
    x = network.embedded("ids", "segments")
    for layer in range(LAYERS):
        x = network.layer(layer, x)
    network.head("heads.tokens", x, "tokens")
    first = network.node("Gather", [x, network.constant("first", np.array([0]))], axis=1)
    network.head("heads.passage", first, "passage")
    shapes = {"ids": (1, "n"), "segments": (1, "n"), "tokens": (1, "n", 3), "passage": (1, 1, 1)}
    kinds = (TensorProto.INT32, TensorProto.INT32, TensorProto.FLOAT, TensorProto.FLOAT)
    ends = [
        helper.make_tensor_value_info(name, kind, shape)
        for (name, shape), kind in zip(shapes.items(), kinds, strict=True)
    ]
    written = helper.make_model(
        helper.make_graph(network.nodes, "reader", ends[:2], ends[2:], network.constants),
        opset_imports=[helper.make_opsetid("", 20), helper.make_opsetid(RUNTIME, 1)],
        ir_version=9,
    )
    partial = graph.with_name(graph.name + ".tmp")
    partial.parent.mkdir(parents=True, exist_ok=True)
    onnx.save(written, partial)
    partial.replace(graph)


class _Graph:
    """The nodes of an ONNX graph and their constants, as they are added in turn.

    Each method adds what it is named for and returns the name of the result.
    """

    def __init__(self, weights: Mapping[str, npt.NDArray[Any]]) -> None:
        self._weights = weights
        self.nodes: list[Any] = []
        self.constants: list[Any] = []

    def constant(self, name: str, values: npt.NDArray[Any]) -> str:
        from onnx import numpy_helper

        self.constants.append(numpy_helper.from_array(np.ascontiguousarray(values), name))
        return name

    def weight(self, name: str) -> str:
        return self.constant(name, self._weights[name])

    def node(self, operator: str, inputs: Sequence[str], **attributes: Any) -> str:
        from onnx import helper

        outputs = attributes.pop("outputs", [f"{operator}.{len(self.nodes)}"])
        self.nodes.append(helper.make_node(operator, inputs, outputs, **attributes))
        return str(outputs[0])

    def embedded(self, ids: str, segments: str) -> str:
        kinds = ("word", "position", "token_type")
        tables = [self.weight(f"embeddings.{kind}_embeddings.weight") for kind in kinds]
        normal = [self.weight(f"embeddings.LayerNorm.{part}") for part in ("weight", "bias")]
        inputs = [ids, segments, *tables, *normal]
        return self.node(
            "EmbedLayerNormalization",
            inputs,
            outputs=["embedded", "unused"],
            domain=RUNTIME,
            epsilon=TINY,
        )

    def layer(self, layer: int, x: str) -> str:
        joined, out, inner, outer = (layer_name(layer, part) for part in LINEARS)
        parts = [f"{joined}.{part}" for part in ("query", "key", "value")]
        self.node("Split", [self.linear(joined, x)], outputs=parts, axis=2, num_outputs=3)
        mixed = self.node("MultiHeadAttention", parts, domain=RUNTIME, num_heads=HEADS)
        x = self.normalised(layer_name(layer, "attention.output"), x, self.linear(out, mixed))
        widened = self.node("Gelu", [self.linear(inner, x)])
        return self.normalised(layer_name(layer, "output"), x, self.linear(outer, widened))

    def linear(self, name: str, x: str) -> str:
        matrix = self._weights[f"{name}.weight"].T
        scale = np.abs(matrix).max(axis=0) / 127
        inputs = [
            self.constant(f"{name}.weight", np.rint(matrix / scale).astype(np.int8)),
            self.constant(f"{name}.scale", scale),
            self.constant(f"{name}.zero", np.zeros_like(scale, np.int8)),
            self.weight(f"{name}.bias"),
        ]
        return self.node("DynamicQuantizeMatMul", [x, *inputs], domain=RUNTIME)

    def normalised(self, name: str, x: str, more: str) -> str:
        # ONNX Runtime's operator for both steps at once takes six times as long.
        parts = [self.weight(f"{name}.LayerNorm.{part}") for part in ("weight", "bias")]
        return self.node("LayerNormalization", [self.node("Add", [x, more]), *parts], epsilon=TINY)

    def head(self, name: str, x: str, output: str) -> str:
        matrix = self.constant(f"{name}.weight", self._weights[f"{name}.weight"].T)
        inputs = [self.node("MatMul", [x, matrix]), self.weight(f"{name}.bias")]
        return self.node("Add", inputs, outputs=[output])


def digest(changes: Path = CHANGES) -> str:
    """What identifies the graph of the changes. Raises ModelError where they are missing."""
    if not changes.is_file():
        raise ModelError(f"The reader's weights {changes} are missing. Install InnoQA again.")
    return hashlib.sha256(f"{FORM}\n".encode() + changes.read_bytes()).hexdigest()


class Reader:
    """Reads passages for a question with the graph that ``export_reader`` wrote.

    Each passage is read by one thread, the longest first: nothing is padded, and a reading is the
    same whatever is read beside it. Safe to share between threads.
    """

    def __init__(self, folder: Path, graph: Path) -> None:
        import onnxruntime

        if not graph.is_file():
            raise ModelError(f"The reader {graph} is not there. Run innoqa ingest to make it.")
        options = onnxruntime.SessionOptions()
        options.log_severity_level = 3
        options.intra_op_num_threads = 1
        # The graph is written as it is to run.
        options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
        self._session = onnxruntime.InferenceSession(
            str(graph), options, providers=["CPUExecutionProvider"]
        )
        self._tokenizer = PairTokenizer(folder)
        self._threads = ThreadPoolExecutor(min(THREADS, os.cpu_count() or 1), "reader")

    def read(self, question: str, passages: Sequence[Passage]) -> list[Reading]:
        """What the reader makes of each passage, in their order."""
        return self.read_texts(
            question, [(p.heading_path, [s.text for s in p.sentences]) for p in passages]
        )

    def read_texts(
        self, question: str, texts: Sequence[tuple[str, Sequence[str]]]
    ) -> list[Reading]:
        """The same of (heading path, sentences)."""
        pairs = [self._tokenizer(question, heading, sentences) for heading, sentences in texts]
        order = sorted(range(len(pairs)), key=lambda row: -len(pairs[row].ids))
        readings = self._threads.map(
            self._read, (pairs[row] for row in order), (texts[row][1] for row in order)
        )
        by_row = dict(zip(order, readings, strict=True))
        return [by_row[row] for row in range(len(pairs))]

    def _read(self, pair: Pair, sentences: Sequence[str]) -> Reading:
        inputs = {"ids": pair.ids, "segments": pair.segments}
        tokens, passage = self._session.run(
            None, {name: row[None].astype(np.int32) for name, row in inputs.items()}
        )
        return _reading(pair, sentences, tokens[0].T, passage.item())


def _reading(pair: Pair, sentences: Sequence[str], tokens: Floats, whole: float) -> Reading:
    start, end, evidence = tokens
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
