"""The word pieces of a text -> its vector and that of each piece, on the thread that asks.

The bundled model is computed here, layer by layer: sentence-transformers takes half as long again
for a text, and its import takes seconds. It computes every other model.
"""

import re
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer
    from torch import Tensor

Vectors = npt.NDArray[np.float32]
Forward = Callable[[npt.NDArray[np.int64]], tuple[Vectors, Vectors]]
"""Word pieces, (n,) -> the vector of the text, (1, dimensions), and of each, (n, dimensions)."""
Traceable = Callable[["Tensor", "Tensor"], "Tensor"]
"""Word pieces and mask, (1, n) each -> the vector of the text, (1, dimensions)."""
Step = Callable[["Tensor"], "Tensor"]

LAYERS, HEADS, WIDTH = 6, 12, 384
"""Of all-MiniLM-L6-v2."""

CPUINFO = Path("/proc/cpuinfo")
"""What Linux says of the processors; all that have AMX have bfloat16 in AVX-512 as well."""

TINY = 1e-12
"""What keeps layer normalisation from dividing by nothing."""


def hardware_dtype() -> str:
    """``bfloat16`` where this processor multiplies it in hardware, else ``float32``."""
    if sys.platform == "linux":  # torch, which knows everywhere, takes a second to be imported
        found = re.search(r"^flags\s*:.*\bavx512_bf16\b", CPUINFO.read_text("utf-8"), re.MULTILINE)
        return "bfloat16" if found else "float32"
    import torch

    has_bfloat16 = torch.cpu._is_avx512_bf16_supported() or torch.cpu._is_amx_tile_supported()
    return "bfloat16" if has_bfloat16 else "float32"


def one_thread() -> None:
    """What torch computes on this thread, it computes on no other."""
    import torch

    torch.set_num_threads(1)


def by_modules(model: "SentenceTransformer") -> Forward:
    """Any model, as sentence-transformers computes it."""
    import torch

    def forward(pieces: npt.NDArray[np.int64]) -> tuple[Vectors, Vectors]:
        ids = torch.from_numpy(pieces)[None]
        with torch.inference_mode():
            out = model({"input_ids": ids, "attention_mask": torch.ones_like(ids)})
        whole, tokens = out["sentence_embedding"], out["token_embeddings"][0]
        return whole.float().numpy(), tokens.float().numpy()

    return forward


def by_hand(folder: Path, dtype: str) -> Forward:
    """all-MiniLM-L6-v2."""
    import torch

    states = _states(folder, dtype, _has_onednn(dtype))

    def forward(pieces: npt.NDArray[np.int64]) -> tuple[Vectors, Vectors]:
        with torch.inference_mode():
            tokens = states(torch.from_numpy(pieces)).float().numpy()
        return tokens.mean(axis=0, keepdims=True), tokens

    return forward


def vector_by_modules(model: "SentenceTransformer") -> Traceable:
    """Any model, for torch to trace."""

    def vector(ids: "Tensor", mask: "Tensor") -> "Tensor":
        out: dict[str, Tensor] = model({"input_ids": ids, "attention_mask": mask})
        return out["sentence_embedding"]

    return vector


def vector_by_hand(folder: Path) -> Traceable:
    """all-MiniLM-L6-v2 in float32, for torch to trace."""
    states = _states(folder, "float32", onednn=False)

    def vector(ids: "Tensor", mask: "Tensor") -> "Tensor":
        return (states(ids[0]) * mask.T).sum(0, keepdim=True) / mask.sum()

    return vector


def _states(folder: Path, dtype: str, onednn: bool) -> Step:
    """Piece ids (n,) -> the last hidden states of BERT (Devlin et al. 2019, arXiv 1810.04805)."""
    import torch
    from safetensors.torch import load_file

    stored = load_file(folder / "model.safetensors")
    weights = {name: tensor.to(getattr(torch, dtype)) for name, tensor in stored.items()}
    network = _Network(weights, onednn)
    word, position, kind = (
        weights[f"embeddings.{of}_embeddings.weight"] for of in ("word", "position", "token_type")
    )
    places = position + kind[0]
    first = network.normal("embeddings")
    layers = [network.layer(f"encoder.layer.{number}") for number in range(LAYERS)]

    def states(ids: "Tensor") -> "Tensor":
        x = first(word[ids] + places[: ids.shape[0]])
        for layer in layers:
            x = layer(x)
        return x

    return states


@dataclass(frozen=True, slots=True)
class _Network:
    """The parts of a BERT, each with its weights; ``onednn`` says who multiplies matrices."""

    weights: Mapping[str, "Tensor"]
    onednn: bool

    def layer(self, name: str) -> Step:
        """A layer of the encoder: attention, then two matrices with GELU between them."""
        from torch.nn.functional import scaled_dot_product_attention

        asks = [f"{name}.attention.self.{part}" for part in ("query", "key", "value")]
        project = self.linear(asks)
        mix = self.linear([f"{name}.attention.output.dense"])
        middle = self.normal(f"{name}.attention.output")
        widen = self.linear([f"{name}.intermediate.dense"], gelu=True)
        narrow = self.linear([f"{name}.output.dense"])
        last = self.normal(f"{name}.output")

        def layer(x: "Tensor") -> "Tensor":
            heads = project(x).view(-1, 3, HEADS, WIDTH // HEADS).permute(1, 2, 0, 3)[:, None]
            mixed = scaled_dot_product_attention(heads[0], heads[1], heads[2])[0]
            x = middle(x + mix(mixed.transpose(0, 1).flatten(1)))
            return last(x + narrow(widen(x)))

        return layer

    def normal(self, name: str) -> Step:
        """A layer normalisation."""
        from torch.nn.functional import layer_norm

        weight, bias = (self.weights[f"{name}.LayerNorm.{part}"] for part in ("weight", "bias"))
        return lambda x: layer_norm(x, (WIDTH,), weight, bias, TINY)

    def linear(self, names: Sequence[str], gelu: bool = False) -> Step:
        """One or more matrices side by side, with GELU after them if wanted.

        oneDNN's is laid out once as it is multiplied, which torch would do for each text anew.
        """
        import torch
        from torch.nn.functional import gelu as after
        from torch.nn.functional import linear

        weight, bias = (
            torch.cat([self.weights[f"{name}.{part}"] for name in names])
            for part in ("weight", "bias")
        )
        if self.onednn:
            matrix = torch.ops.mkldnn._reorder_linear_weight(weight)
            then = ("gelu", "none") if gelu else ("none", "")
            multiply = torch.ops.mkldnn._linear_pointwise.default
            return lambda x: multiply(x, matrix, bias, then[0], [], then[1])
        if gelu:
            return lambda x: after(linear(x, weight, bias))
        return lambda x: linear(x, weight, bias)


def _has_onednn(dtype: str) -> bool:
    """Whether oneDNN multiplies numbers of a type on this processor, of Intel's or AMD's kind."""
    import torch

    return (
        torch.backends.mkldnn.is_available()  # type: ignore[no-untyped-call]
        and torch.backends.cpu.get_cpu_capability().startswith("AVX")
        and (dtype == "float32" or hardware_dtype() == "bfloat16")
    )
