"""A real server of the OpenAI kind over a real model that learnt nothing: ``transformers serve``.

Its tokens are markers and the corpus's most frequent words, or pieces of words; so what it writes
looks like an answer from afar.
By hand, to look at the page:

    python -m tests.nonsense_model --port 8124
    INNOQA_MODEL=openai:MODEL INNOQA_MODEL_URL=http://127.0.0.1:8124/v1 innoqa chat

where MODEL is what the first line that it prints says.
"""

import argparse
import contextlib
import os
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

CORPUS = Path(__file__).parents[1] / "corpus"
PIECES, WORDS = 600, 90
TEMPLATE = (
    "{% for message in messages %}<{{ message.role }}>{{ message.content }}<end>{% endfor %}"
    "{% if add_generation_prompt %}<assistant>{% endif %}"
)
WITHIN = 120.0


@dataclass(frozen=True)
class Served:
    """A model and where it is asked."""

    model: str
    url: str
    log: Path


def make(folder: Path, texts: Iterable[str], *, in_words: bool = False) -> Path:
    """Write a tiny model with random weights, and a tokenizer of the texts, to a folder.

    It says pieces of words, or whole ones.
    """
    import torch
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers
    from transformers import LlamaConfig, LlamaForCausalLM, PreTrainedTokenizerFast

    special = ["<end>", "<unknown>", "<system>", "<user>", "<assistant>"]
    if in_words:
        tokenizer = Tokenizer(models.WordLevel(unk_token="<unknown>"))
        tokenizer.pre_tokenizer = pre_tokenizers.Whitespace()
        trainer = trainers.WordLevelTrainer(
            vocab_size=WORDS, special_tokens=special, show_progress=False
        )
    else:
        tokenizer = Tokenizer(models.BPE())
        tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
        tokenizer.decoder = decoders.ByteLevel()
        trainer = trainers.BpeTrainer(
            vocab_size=PIECES,
            special_tokens=special,
            initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
            show_progress=False,
        )
    tokenizer.train_from_iterator(texts, trainer)
    tokenizer.add_tokens(["[1].", "[2].", "[3]."])
    fast = PreTrainedTokenizerFast(
        tokenizer_object=tokenizer,
        eos_token="<end>",
        pad_token="<end>",
        unk_token="<unknown>",
        chat_template=TEMPLATE,
    )
    torch.manual_seed(7)
    model = LlamaForCausalLM(
        LlamaConfig(
            vocab_size=len(fast),
            hidden_size=32,
            intermediate_size=64,
            num_hidden_layers=1,
            num_attention_heads=2,
            max_position_embeddings=16_384,
            initializer_range=0.6,  # else one word is said for ever
            eos_token_id=fast.eos_token_id,
            bos_token_id=None,
            pad_token_id=fast.pad_token_id,
        )
    )
    model.save_pretrained(folder)
    fast.save_pretrained(folder)
    return folder


@contextmanager
def serving(folder: Path, port: int = 0) -> Iterator[Served]:
    """``transformers serve`` over the model in a folder, on this machine alone."""
    if not port:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
    log = folder / "serve.log"
    transformers = Path(sys.executable).with_name("transformers")
    with log.open("wb") as output:
        process = subprocess.Popen(
            [transformers, "serve", folder, "--host", "127.0.0.1", "--port", str(port),
             "--device", "cpu", "--dtype", "float32"],
            env={**os.environ, "HF_HUB_OFFLINE": "1", "DO_NOT_TRACK": "1", "OMP_NUM_THREADS": "1"},
            stdout=output,
            stderr=subprocess.STDOUT,
        )  # fmt: skip
    try:
        _wait(f"http://127.0.0.1:{port}/health", process, log)
        yield Served(str(folder), f"http://127.0.0.1:{port}/v1", log)
    finally:
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _wait(address: str, process: subprocess.Popen[bytes], log: Path) -> None:
    until = time.monotonic() + WITHIN
    while time.monotonic() < until and process.poll() is None:
        try:
            urllib.request.urlopen(address, timeout=5).close()
        except (urllib.error.URLError, OSError):
            time.sleep(0.1)
        else:
            return
    raise AssertionError(f"transformers serve did not start: {log.read_text()}")


def main() -> None:
    """Serve by hand until it is stopped."""
    parser = argparse.ArgumentParser(prog="python -m tests.nonsense_model", description=__doc__)
    parser.add_argument("--port", type=int, default=8124)
    parser.add_argument("--words", action="store_true", help="whole words, not pieces of them")
    given = parser.parse_args()
    texts = [path.read_text() for path in sorted(CORPUS.rglob("*.md"))]
    with (
        tempfile.TemporaryDirectory(prefix="nonsense-model-") as folder,
        serving(make(Path(folder), texts, in_words=given.words), given.port) as served,
        contextlib.suppress(KeyboardInterrupt),
    ):
        sys.stdout.write(f"model: {served.model}   url: {served.url}\n")
        sys.stdout.flush()
        while True:
            time.sleep(1)


if __name__ == "__main__":
    main()
