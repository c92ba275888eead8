"""Every setting, in one frozen object; the only reader of InnoQA's variables."""

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from typing import Self
from urllib.parse import urlsplit

from innoqa.errors import SettingError

PREFIX = "INNOQA_"

_MODEL = re.compile(r"[a-z][a-z0-9_]*:\S{1,200}")


@dataclass(frozen=True, slots=True)
class Settings:
    """How InnoQA runs. Each field is set by ``INNOQA_<NAME>`` in the environment.

    index: the folder that holds the index.
    embedder: a sentence-transformers model, as a folder or a name that is cached on this machine;
        empty for the all-MiniLM-L6-v2 that is installed with InnoQA.
    dtype: the number type that passages are embedded in: ``auto`` (bfloat16 where the processor
        has it in hardware, else float32), ``float32`` or ``bfloat16``.
    passage_tokens: word pieces that paragraphs are joined up to; none is ever longer than the
        embedder reads.
    sources: how many passages an answer may draw on and shows, 1 to 50.
    reader: whether the best passages are read once more for each question; ``yes`` or ``no``.
    risk: the share of answers that may be wrong, above 0 and below 1; a question is answered only
        where the answer is sure enough to keep to it. Without the reader no less than what can
        then be kept to.
    conversations: the file that the page keeps conversations in.
    uploads: whether documents can be added and removed on the page; ``yes`` or ``no``.
    chroma: the address of a Chroma server, http:// or https://, that keeps the vectors; empty for
        Chroma in the index folder.
    chroma_token: what is sent to that server as a bearer token.
    chroma_ca: a PEM file of the certificates that an https:// server is trusted by, in place of the
        system's.
    model: the chat model that puts answers into words, as PROVIDER:NAME (``ollama:llama3.2``,
        ``openai:NAME``, ``anthropic:NAME``); empty for answers in the documents' own words.
    model_url: the address of its server, http:// or https://, where that is not its provider's own.
    model_seconds: how long it may take for an answer.
    model_tokens: how many tokens a prompt and its answer may take together.
    unproved: what the page does with sentences of a model that do not pass the check: ``out``
        leaves them out, ``struck`` shows them struck through, with the reason.
    read_seconds: how long a file may take to be read before it is skipped.
    read_memory: mebibytes of memory that reading a file may take.
    read_size: mebibytes that a file, or one in an archive, may have.
    """

    index: Path = Path(".innoqa/index")
    embedder: str = ""
    dtype: str = "auto"
    passage_tokens: int = 160
    sources: int = 10
    reader: bool = True
    risk: float = 0.2
    conversations: Path = Path(".innoqa/conversations.sqlite")
    uploads: bool = True
    chroma: str = ""
    chroma_token: str = field(default="", repr=False)
    chroma_ca: str = ""
    model: str = ""
    model_url: str = ""
    model_seconds: int = 60
    model_tokens: int = 4096
    unproved: str = "out"
    read_seconds: int = 120
    read_memory: int = 2048
    read_size: int = 200

    def __post_init__(self) -> None:
        self._check_choices()
        self._check_numbers()
        self._check_servers()

    def _check_choices(self) -> None:
        if self.dtype not in ("auto", "float32", "bfloat16"):
            raise SettingError(
                f"{PREFIX}DTYPE is {self.dtype!r}; it must be auto, float32 or bfloat16."
            )
        if self.unproved not in ("out", "struck"):
            raise SettingError(f"{PREFIX}UNPROVED is {self.unproved!r}; it must be out or struck.")

    def _check_numbers(self) -> None:
        for name, low, high in (
            ("passage_tokens", 32, 4096),
            ("sources", 1, 50),
            ("model_seconds", 1, 3600),
            ("model_tokens", 2048, 1 << 20),
            ("read_seconds", 1, 86_400),
            ("read_memory", 64, 1 << 20),
            ("read_size", 1, 4096),
        ):
            value = getattr(self, name)
            if not low <= value <= high:
                raise SettingError(
                    f"{PREFIX}{name.upper()} is {value}; it must lie between {low} and {high}."
                )
        if not 0 < self.risk < 1:
            raise SettingError(f"{PREFIX}RISK is {self.risk}; it must lie between 0 and 1.")

    def _check_servers(self) -> None:
        if self.model and not _MODEL.fullmatch(self.model):
            raise SettingError(
                f"{PREFIX}MODEL is {self.model!r}; it must be PROVIDER:NAME, such as "
                "ollama:llama3.2."
            )
        if self.model_url:
            _check_address("MODEL_URL", self.model_url, "a variable such as OPENAI_API_KEY")
        if self.chroma:
            _check_address("CHROMA", self.chroma, f"{PREFIX}CHROMA_TOKEN")
        if not (self.chroma_token.isascii() and self.chroma_token.isprintable()):
            raise SettingError(f"{PREFIX}CHROMA_TOKEN has signs other than printable ASCII.")

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] | None = None) -> Self:
        """The settings that the environment gives, defaults for the rest.

        Raises SettingError for a value that cannot be used and for an ``INNOQA_`` name that is
        none of the settings, since a misspelt setting would otherwise be ignored in silence.
        """
        given = os.environ if environment is None else environment
        known = {PREFIX + setting.name.upper(): setting for setting in fields(cls)}
        unknown = sorted(name for name in given if name.startswith(PREFIX) and name not in known)
        if unknown:
            raise SettingError(
                f"{unknown[0]} is not a setting. The settings are {', '.join(sorted(known))}."
            )
        values: dict[str, object] = {}
        for name, setting in known.items():
            if text := given.get(name, "").strip():
                values[setting.name] = _value(name, text, setting.default)
        return replace(cls(), **values)  # type: ignore[arg-type]  # the values follow the fields


def _check_address(name: str, address: str, secret: str) -> None:
    try:
        parts = urlsplit(address)
        is_address = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        is_address = False
    if not is_address:
        raise SettingError(
            f"{PREFIX}{name} must be an address such as http://localhost:8000 or https://HOST."
        )
    if parts.username or parts.password or parts.query or parts.fragment:
        raise SettingError(
            f"{PREFIX}{name} must be an address alone, without a name, password or query. A "
            f"secret belongs into {secret}."
        )


_TRUTHS = {"yes": True, "no": False}


def _value(name: str, text: str, default: object) -> object:
    if isinstance(default, Path):
        return Path(text)
    if isinstance(default, bool):
        if text.lower() not in _TRUTHS:
            raise SettingError(f"{name} is {text!r}; it must be yes or no.")
        return _TRUTHS[text.lower()]
    if isinstance(default, int | float):
        try:
            return type(default)(text)
        except ValueError:
            kind = "whole number" if isinstance(default, int) else "number"
            raise SettingError(f"{name} is {text!r}; it must be a {kind}.") from None
    return text
