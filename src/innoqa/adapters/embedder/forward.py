"""The word pieces of a text -> its vector and that of each piece, on the thread that asks.

The bundled model is computed here, layer by layer: sentence-transformers takes half as long again
for a text, and its import takes seconds. It computes every other model.
"""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer
    from torch import Tensor

Vectors = npt.NDArray[np.float32]
Forward = Callable[[npt.NDArray[np.int64]], tuple[Vectors, Vectors]]
"""Word pieces, (n,) -> the vector of the text, (1, dimensions), and of each, (n, dimensions)."""
Step = Callable[["Tensor"], "Tensor"]

LAYERS, HEADS, WIDTH = 6, 12, 384
"""Of all-MiniLM-L6-v2."""

TINY = 1e-12
"""What keeps layer normalisation from dividing by nothing."""


def hardware_dtype() -> str:
    """``bfloat16`` where this processor multiplies it in hardware, else ``float32``."""
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
    """all-MiniLM-L6-v2: BERT (Devlin et al. 2019, arXiv 1810.04805) and the mean of its pieces."""
    import torch
    from safetensors.torch import load_file

    stored = load_file(folder / "model.safetensors")
    weights = {name: tensor.to(getattr(torch, dtype)) for name, tensor in stored.items()}
    word, position, kind = (
        weights[f"embeddings.{of}_embeddings.weight"] for of in ("word", "position", "token_type")
    )
    places = position + kind[0]
    first = _normal(weights, "embeddings")
    layers = [_layer(weights, f"encoder.layer.{number}") for number in range(LAYERS)]

    def forward(pieces: npt.NDArray[np.int64]) -> tuple[Vectors, Vectors]:
        with torch.inference_mode():
            x = first(word[torch.from_numpy(pieces)] + places[: len(pieces)])
            for layer in layers:
                x = layer(x)
            tokens = x.float().numpy()
        return tokens.mean(axis=0, keepdims=True), tokens

    return forward


def _layer(weights: dict[str, "Tensor"], name: str) -> Step:
    from torch.nn.functional import scaled_dot_product_attention

    asks = [f"{name}.attention.self.{part}" for part in ("query", "key", "value")]
    project = _linear(weights, asks)
    mix = _linear(weights, [f"{name}.attention.output.dense"])
    middle = _normal(weights, f"{name}.attention.output")
    widen = _linear(weights, [f"{name}.intermediate.dense"], gelu=True)
    narrow = _linear(weights, [f"{name}.output.dense"])
    last = _normal(weights, f"{name}.output")

    def layer(x: "Tensor") -> "Tensor":
        query, key, value = project(x).view(len(x), 3, HEADS, -1).permute(1, 2, 0, 3)[:, None]
        mixed = scaled_dot_product_attention(query, key, value)[0]
        x = middle(x + mix(mixed.transpose(0, 1).flatten(1)))
        return last(x + narrow(widen(x)))

    return layer


def _normal(weights: dict[str, "Tensor"], name: str) -> Step:
    from torch.nn.functional import layer_norm

    weight, bias = (weights[f"{name}.LayerNorm.{part}"] for part in ("weight", "bias"))
    return lambda x: layer_norm(x, (WIDTH,), weight, bias, TINY)


def _linear(weights: dict[str, "Tensor"], names: list[str], gelu: bool = False) -> Step:
    """A linear layer of one or more matrices side by side, with GELU after it if wanted.

    Where oneDNN is at hand, the matrix is laid out once as oneDNN multiplies it, which torch would
    do for each text anew.
    """
    import torch
    from torch.nn.functional import gelu as after
    from torch.nn.functional import linear

    weight, bias = (
        torch.cat([weights[f"{name}.{part}"] for name in names]) for part in ("weight", "bias")
    )
    if _has_onednn(weight.dtype):
        kernels = torch.ops.mkldnn
        matrix = kernels._reorder_linear_weight(weight)
        then = ("gelu", "none") if gelu else ("none", "")
        multiply = kernels._linear_pointwise.default
        return lambda x: multiply(x, matrix, bias, then[0], [], then[1])
    if gelu:
        return lambda x: after(linear(x, weight, bias))
    return lambda x: linear(x, weight, bias)


def _has_onednn(dtype: Any) -> bool:
    """Whether oneDNN multiplies numbers of a type on this processor, of Intel's or AMD's kind."""
    import torch

    return (
        torch.backends.mkldnn.is_available()  # type: ignore[no-untyped-call]
        and torch.backends.cpu.get_cpu_capability().startswith("AVX")
        and (dtype == torch.float32 or hardware_dtype() == "bfloat16")
    )
