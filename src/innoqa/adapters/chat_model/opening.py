"""Makes the chat model that the settings name: its provider's class, its key, its address."""

import importlib
import os
import re
from collections.abc import Callable, Sequence
from typing import Any
from urllib.parse import urlsplit

from innoqa.adapters.chat_model.asking import ChatModel
from innoqa.adapters.chat_model.clients import http, httpx_of, is_here, no_trust, tell_to_wait
from innoqa.adapters.chat_model.failures import Server, plain
from innoqa.adapters.chat_model.streaming import Line
from innoqa.errors import SettingError
from innoqa.prompts import ANSWER_TOKENS

THOUGHTS = 4 * ANSWER_TOKENS
"""The most tokens that a model of OpenAI may take: what it thinks counts too."""

KEYS = {"openai": "OPENAI_API_KEY", "anthropic": "ANTHROPIC_API_KEY"}
"""The variables of the keys that providers want, but for a server on this machine."""

_NEEDED = re.compile(r"\b[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)*_(?:KEY|TOKEN)\b")
_PACKAGE = re.compile(r"requires the (\S+) package")


def open_model(model: str, url: str, seconds: float, tokens: int) -> ChatModel:
    """The chat model PROVIDER:NAME, not asked yet.

    ``url`` is its server's address, "" for the one that its provider's variables name or else its
    own. ``seconds`` and ``tokens`` are as in ``composing.Writer``. Raises SettingError for a
    provider that is not known, or whose package or key is missing.
    """
    provider, _, name = model.partition(":")
    make = _MAKERS.get(provider, _any)
    chat, address, key = make(provider, name, url, tokens)
    server = Server(provider, name, _origin(address), key, tokens)
    return ChatModel(model, _place(server), tokens, seconds, Line(chat, server))


Made = tuple[Any, str, str]
"""A chat model of LangChain, the address that it is asked at, and the variable of its key."""


def _openai(provider: str, name: str, url: str, _tokens: int) -> Made:
    sdk = _package(provider, "openai", "langchain_openai")
    own = "https://api.openai.com/v1"
    address = _address(url, ("OPENAI_API_BASE", "OPENAI_BASE_URL"), own)
    is_own = urlsplit(address).hostname == "api.openai.com"
    chat = _made(
        provider,
        name,
        base_url=address,
        api_key=_key(provider, address),
        http_client=sdk.DefaultHttpxClient(verify=no_trust()),  # never asked
        http_async_client=sdk.DefaultAsyncHttpxClient(
            base_url=address, **http(httpx_of(sdk), address, "OPENAI_PROXY")
        ),
        openai_proxy=None,
        max_retries=0,
        stream_chunk_timeout=None,
        # Other servers than OpenAI's know max_tokens alone, and only the older interface.
        **({"max_tokens": THOUGHTS} if is_own else {"extra_body": {"max_tokens": ANSWER_TOKENS}}),
        **({} if is_own else {"use_responses_api": False}),
    )
    return chat, address, KEYS[provider]


def _anthropic(provider: str, name: str, url: str, _tokens: int) -> Made:
    sdk = _package(provider, "anthropic", "langchain_anthropic")
    own = "https://api.anthropic.com"
    address = _address(url, ("ANTHROPIC_API_URL", "ANTHROPIC_BASE_URL"), own)
    chat = _made(
        provider,
        name,
        base_url=address,
        api_key=_key(provider, address),
        max_tokens=ANSWER_TOKENS,
        anthropic_proxy=None,
        max_retries=0,
    )
    options = http(httpx_of(sdk), address, "ANTHROPIC_PROXY")
    client = sdk.DefaultAsyncHttpxClient(base_url=address, **options)
    # The class takes no client of one's own; it looks for the one that it made before.
    vars(chat)["_async_client"] = chat._async_client.copy(
        http_client=client, timeout=options["timeout"]
    )
    return chat, address, KEYS[provider]


def _ollama(provider: str, name: str, url: str, tokens: int) -> Made:
    try:  # the package reads OLLAMA_HOST as it is imported, and as no other reads an address
        sdk = _package(provider, "ollama", "langchain_ollama")
        address = str(sdk.Client(host=url or None, verify=no_trust())._client.base_url)
    except ValueError:
        raise SettingError(_no_address("OLLAMA_HOST")) from None
    options = http(importlib.import_module("httpx"), address)
    options["event_hooks"]["response"].append(tell_to_wait)
    chat = _made(
        provider,
        name,
        base_url=address,
        num_ctx=tokens,
        num_predict=ANSWER_TOKENS,
        reasoning=False,
        sync_client_kwargs={"verify": no_trust()},  # never asked
        async_client_kwargs=options,
    )
    return chat, address, "OLLAMA_API_KEY"


def _any(provider: str, name: str, url: str, _tokens: int) -> Made:
    """A model of another provider that LangChain knows."""
    chat = _made(
        provider,
        name,
        max_tokens=ANSWER_TOKENS,
        max_retries=0,
        **({"base_url": url} if url else {}),
    )
    return chat, url or _told_address(chat), ""


_MAKERS: dict[str, Callable[[str, str, str, int], Made]] = {
    "openai": _openai,
    "anthropic": _anthropic,
    "ollama": _ollama,
}


def _made(provider: str, name: str, **given: Any) -> Any:
    from langchain.chat_models import init_chat_model

    try:
        return init_chat_model(name, model_provider=provider, temperature=0, **given)
    except ImportError as error:
        found = _PACKAGE.search(str(error))
        package = found[1] if found else f"langchain-{provider.replace('_', '-')}"
        raise SettingError(_install(provider, f"pip install {package}")) from None
    except Exception as error:  # noqa: BLE001  # each provider refuses in its own way
        raise SettingError(_refused(provider, name, error)) from None


def _package(provider: str, sdk: str, package: str) -> Any:
    try:
        importlib.import_module(package)
        return importlib.import_module(sdk)
    except ImportError:
        command = f'pip install "innoqa[{provider}]"'
        raise SettingError(_install(provider, command)) from None


def _install(provider: str, command: str) -> str:
    return f"INNOQA_MODEL is a model of {provider}, whose package is not installed: {command}"


def _refused(provider: str, name: str, error: Exception) -> str:
    if "Unsupported provider" in str(error):
        return (
            f"INNOQA_MODEL is {provider}:{name}; LangChain knows no provider {provider}. It may be "
            "ollama, openai, anthropic, or another of LangChain's chat models."
        )
    if key := _NEEDED.search(str(error)):
        return f"INNOQA_MODEL is {provider}:{name}, which needs a key in {key[0]}."
    return f"INNOQA_MODEL is {provider}:{name}, which cannot be opened: {plain(str(error))}"


def _key(provider: str, address: str) -> str:
    variable = KEYS[provider]
    key = os.environ.get(variable, "").strip()
    if not key and not is_here(urlsplit(address).hostname or ""):
        raise SettingError(
            f"INNOQA_MODEL is a model of {provider}, which needs a key: set {variable} to it (to "
            f"any word for a server that wants none)."
        )
    if not (key.isascii() and key.isprintable()):
        raise SettingError(f"{variable} has signs other than printable ASCII.")
    return key or "none"


def _address(url: str, variables: Sequence[str], own: str) -> str:
    """The address that a provider's model is asked at."""
    if url:
        return url
    for variable in variables:
        if address := os.environ.get(variable):
            if not _is_address(address):
                raise SettingError(_no_address(variable))
            return address
    return own


def _is_address(text: str) -> bool:
    try:
        parts = urlsplit(text)
        return parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False


def _no_address(variable: str) -> str:
    return f"{variable} must be an address such as http://localhost:8000 or https://HOST."


def _told_address(chat: Any) -> str:
    """The address that a model of LangChain says it is asked at, "" if it says none."""
    for name in getattr(type(chat), "model_fields", ()):
        if name.endswith(("base_url", "api_base", "endpoint", "endpoint_url")):
            told = getattr(chat, name, None)
            if isinstance(told, str) and urlsplit(told).hostname:
                return told
    return ""


def _origin(address: str) -> str:
    """Scheme, host and port of an address, without what else may stand in it."""
    parts = urlsplit(address)
    if not parts.hostname:
        return ""
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    return f"{parts.scheme}://{host}" + (f":{parts.port}" if parts.port else "")


def _place(server: Server) -> str:
    host = urlsplit(server.address).hostname or server.provider
    places = [] if is_here(host) else [host]
    if server.provider == "ollama" and server.model.endswith(("-cloud", ":cloud")):
        places.append("ollama.com")  # the Ollama that is asked passes everything on
    return " and ".join(places)
