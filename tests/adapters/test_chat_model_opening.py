"""What a chat model is opened by: its provider's package, its key, its address; and where it is."""

import asyncio
import importlib
import json
import socket
import sys
import threading
import types
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from langchain_core.callbacks import BaseCallbackHandler
from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessage
from langchain_core.outputs import ChatGeneration, ChatResult
from langsmith.utils import get_env_var
from tests.chat_scripts import Script, always, says
from tests.chat_servers import serving

from innoqa.adapters.chat_model import ChatModel, open_model
from innoqa.errors import ChatModelError, SettingError
from innoqa.prompts import ANSWER_TOKENS, Prompt

PROMPT = Prompt("Answer from the sources.", ("When did it begin?",))


@pytest.fixture(autouse=True)
def bare(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing in the environment that the machine of the tests has there."""
    for name in (
        "OPENAI_API_KEY", "OPENAI_API_BASE", "OPENAI_BASE_URL", "OPENAI_PROXY", "OLLAMA_HOST",
        "OLLAMA_API_KEY", "ANTHROPIC_API_KEY", "ANTHROPIC_API_URL", "ANTHROPIC_BASE_URL",
        "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "all_proxy",
    ):  # fmt: skip
        monkeypatch.delenv(name, raising=False)


def opened(model: str, url: str = "") -> ChatModel:
    return open_model(model, url, 60, 4096)


def refused(model: str, url: str = "") -> str:
    with pytest.raises(SettingError) as told:
        opened(model, url)
    return str(told.value)


class TestRefusal:
    def test_an_unknown_provider(self) -> None:
        assert refused("olama:llama3.2") == (
            "INNOQA_MODEL is olama:llama3.2; LangChain knows no provider olama. It may be ollama, "
            "openai, anthropic, or another of LangChain's chat models."
        )

    @pytest.mark.parametrize("provider", ["openai", "ollama", "anthropic"])
    def test_a_package_that_is_not_installed(
        self, provider: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setitem(sys.modules, f"langchain_{provider}", None)
        assert refused(f"{provider}:x") == (
            f"INNOQA_MODEL is a model of {provider}, whose package is not installed: "
            f'pip install "innoqa[{provider}]"'
        )

    def test_the_package_of_another_provider(self) -> None:
        assert refused("mistralai:x").endswith("not installed: pip install langchain-mistralai")

    @pytest.mark.parametrize("provider", ["openai", "anthropic"])
    @pytest.mark.parametrize("url", ["", "https://models.example"])
    def test_a_missing_key(self, provider: str, url: str) -> None:
        assert f"set {provider.upper()}_API_KEY to it" in refused(f"{provider}:x", url)

    def test_a_key_that_cannot_be_one(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("OPENAI_API_KEY", "schlüssel")
        assert refused("openai:x") == "OPENAI_API_KEY has signs other than printable ASCII."

    @pytest.mark.parametrize(
        ("model", "variable", "address"),
        [
            ("openai:x", "OPENAI_BASE_URL", "localhost:8000"),
            ("openai:x", "OPENAI_API_BASE", "http://localhost:port"),
            ("anthropic:x", "ANTHROPIC_BASE_URL", "ftp://models.example"),
            ("ollama:x", "OLLAMA_HOST", "localhost:port"),
        ],
    )
    def test_an_address_that_is_none(
        self, monkeypatch: pytest.MonkeyPatch, model: str, variable: str, address: str
    ) -> None:
        monkeypatch.setenv(variable, address)
        assert refused(model).startswith(f"{variable} must be an address such as http://localhost")


class TestPlace:
    """Where text goes is told as it is."""

    @pytest.mark.parametrize(
        ("model", "url", "variables", "place"),
        [
            ("openai:x", "", {}, "api.openai.com"),
            ("openai:x", "", {"OPENAI_BASE_URL": "http://127.0.0.1:8000/v1"}, ""),
            ("openai:x", "", {"OPENAI_API_BASE": "http://gpu:8000/v1"}, "gpu"),
            ("openai:x", "http://localhost:1/v1", {"OPENAI_BASE_URL": "http://gpu/v1"}, ""),
            ("openai:x", "http://[::1]:8000/v1", {}, ""),
            ("openai:x", "http://10.0.0.7:8000/v1", {}, "10.0.0.7"),
            ("openai:x", "http://localhost.example/v1", {}, "localhost.example"),
            ("openai:x", "", {"LANGSMITH_GATEWAY": "true"}, "api.openai.com"),
            ("anthropic:x", "", {}, "api.anthropic.com"),
            ("anthropic:x", "", {"ANTHROPIC_BASE_URL": "https://proxy.example"}, "proxy.example"),
            ("anthropic:x", "", {"LANGSMITH_GATEWAY": "true"}, "api.anthropic.com"),
            ("ollama:x", "", {}, ""),
            ("ollama:x", "", {"OLLAMA_HOST": "0.0.0.0:11434"}, ""),
            ("ollama:x", "", {"OLLAMA_HOST": "gpu"}, "gpu"),
            ("ollama:x", "http://127.0.0.1:11434", {"OLLAMA_HOST": "gpu"}, ""),
            ("ollama:gpt-oss:120b-cloud", "", {}, "ollama.com"),
            ("ollama:glm:cloud", "http://gpu:11434", {}, "gpu and ollama.com"),
        ],
    )
    def test_is_the_host_or_nothing_for_this_machine(
        self,
        monkeypatch: pytest.MonkeyPatch,
        model: str,
        url: str,
        variables: dict[str, str],
        place: str,
    ) -> None:
        for name, value in {"OPENAI_API_KEY": "x", "ANTHROPIC_API_KEY": "x", **variables}.items():
            monkeypatch.setenv(name, value)
        model_ = opened(model, url)
        assert (model_.place, model_.name) == (place, model)

    @pytest.mark.parametrize("provider", ["openai", "ollama"])
    def test_nothing_for_this_machine_goes_over_a_proxy(
        self, monkeypatch: pytest.MonkeyPatch, provider: str
    ) -> None:
        with serving(always(says("In 2011."))) as server, socket.create_server(("", 0)) as proxy:
            for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "OPENAI_PROXY"):
                monkeypatch.setenv(name, f"http://127.0.0.1:{proxy.getsockname()[1]}")
            model = opened(f"{provider}:test", getattr(server, provider))
            assert "".join(model.write(PROMPT, 10)) == "In 2011."

    @pytest.mark.parametrize("provider", ["openai", "ollama"])
    def test_nothing_is_sent_on_to_another_address(self, provider: str) -> None:
        with serving(always(says("In 2011."))) as other:
            moved = Script(status=308, headers={"Location": f"{other.ollama}/elsewhere"})
            with serving(always(moved)) as server:
                model = opened(f"{provider}:test", getattr(server, provider))
                with pytest.raises(ChatModelError, match="has moved"):
                    list(model.write(PROMPT, 10))
            assert other.paths == []


def test_the_address_of_the_providers_variable_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    with serving(always(says("In 2011."))) as server:
        monkeypatch.setenv("OPENAI_BASE_URL", server.openai)
        monkeypatch.setenv("OLLAMA_HOST", server.ollama)
        for provider in ("openai", "ollama"):
            assert "".join(opened(f"{provider}:test").write(PROMPT, 10)) == "In 2011."
        assert [request.path for request in server.requests] == [
            "/v1/chat/completions",
            "/api/chat",
        ]


def test_a_model_of_openai_itself_may_think_within_its_tokens(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "x")
    chat = opened("openai:some-model").line.chat
    payload = chat._get_request_payload([("human", "When?")])
    assert payload["max_completion_tokens"] > ANSWER_TOKENS
    assert "max_tokens" not in payload
    assert chat.max_retries == 0


class AnthropicServer:
    """Speaks as Anthropic's does: an answer in events, or an error."""

    def __init__(self) -> None:
        self.requests: list[tuple[dict[str, str], dict[str, object]]] = []
        self.refusals: list[tuple[int, str]] = []
        self.url = ""

    def events(self) -> Iterator[dict[str, object]]:
        usage = {"input_tokens": 1, "output_tokens": 1}
        message = {"id": "m", "type": "message", "role": "assistant", "model": "x", "content": [],
                   "stop_reason": None, "stop_sequence": None, "usage": usage}  # fmt: skip
        yield {"type": "message_start", "message": message}
        yield {"type": "content_block_start", "index": 0,
               "content_block": {"type": "text", "text": ""}}  # fmt: skip
        for text in ("It began ", "in 2011."):
            delta = {"type": "text_delta", "text": text}
            yield {"type": "content_block_delta", "index": 0, "delta": delta}
        yield {"type": "content_block_stop", "index": 0}
        end = {"stop_reason": "end_turn", "stop_sequence": None}
        yield {"type": "message_delta", "delta": end, "usage": {"output_tokens": 5}}
        yield {"type": "message_stop"}


@contextmanager
def anthropic_server() -> Iterator[AnthropicServer]:
    told = AnthropicServer()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            told.requests.append(({k.lower(): v for k, v in self.headers.items()}, body))
            if told.refusals:
                status, message = told.refusals.pop(0)
                error = {"type": "invalid_request_error", "message": message}
                self.answer(status, "application/json", {"type": "error", "error": error})
            else:
                self.answer(200, "text/event-stream", *told.events())

        def answer(self, status: int, kind: str, *said: dict[str, object]) -> None:
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.end_headers()
            for one in said:
                text = json.dumps(one)
                if kind == "text/event-stream":
                    text = f"event: {one['type']}\ndata: {text}\n\n"
                self.wfile.write(text.encode())

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.02,))
        thread.start()
        told.url = f"http://127.0.0.1:{server.server_port}"
        yield told
        server.shutdown()
        thread.join()


class TestAnthropic:
    def test_answers(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("ANTHROPIC_API_KEY", "key-of-mine")
        with anthropic_server() as server:
            model = opened("anthropic:x", server.url)
            assert [p for p in model.write(PROMPT, 10) if p] == ["It began ", "in 2011."]
        headers, body = server.requests[0]
        assert headers["authorization"] == "Bearer key-of-mine"
        assert body["temperature"] == 0
        assert body["max_tokens"] == ANSWER_TOKENS
        assert body["system"] == PROMPT.rules

    def test_is_asked_without_a_temperature_where_the_model_takes_none(self) -> None:
        with anthropic_server() as server:
            server.refusals.append((400, "`temperature` is deprecated for this model."))
            model = opened("anthropic:x", server.url)
            assert "".join(model.write(PROMPT, 10)) == "It began in 2011."
        assert ["temperature" in body for _, body in server.requests] == [True, False]

    @pytest.mark.parametrize(
        ("status", "message", "told"),
        [
            (404, "model: x", "is not known AT; set INNOQA_MODEL to a model that is."),
            (401, "invalid x-api-key", "refuses the key in ANTHROPIC_API_KEY AT (HTTP 401); set"),
            (400, "prompt is too long: 300000 tokens > 200000", "cannot read so much at once"),
            (529, "Overloaded", "fails on its server AT (HTTP 529): Overloaded."),
        ],
    )
    def test_failures_are_told(
        self, monkeypatch: pytest.MonkeyPatch, status: int, message: str, told: str
    ) -> None:
        monkeypatch.setattr("innoqa.adapters.chat_model.streaming.FIRST_WAIT", 0.02)
        monkeypatch.setenv("ANTHROPIC_API_KEY", "x")
        with anthropic_server() as server:
            server.refusals += [(status, message)] * 3
            model = opened("anthropic:x", server.url)
            with pytest.raises(ChatModelError) as error:
                list(model.write(PROMPT, 10))
        assert str(error.value).startswith(told.replace(" AT", f" at {server.url}"))


class TestOtherProviders:
    """Whatever LangChain knows can be asked, where its package is installed."""

    @pytest.fixture
    def groq(self, monkeypatch: pytest.MonkeyPatch) -> Iterator[types.ModuleType]:
        """A package like that of a provider; its model thinks before it answers."""

        class ChatGroq(BaseChatModel):
            model: str
            temperature: float
            base_url: str = "https://api.groq.com"
            _llm_type = "groq"

            def _generate(self, *_: object, **__: object) -> ChatResult:
                thought = {"type": "reasoning", "reasoning": "Hm."}
                answer = {"type": "text", "text": f"{self.model} at {self.temperature}"}
                message = AIMessage([thought, answer])
                return ChatResult(generations=[ChatGeneration(message=message)])

        module = types.ModuleType("langchain_groq")
        module.ChatGroq = ChatGroq
        monkeypatch.setitem(sys.modules, "langchain_groq", module)
        known = importlib.import_module("langchain.chat_models.base")._get_chat_model_creator
        known.cache_clear()
        yield module
        known.cache_clear()

    @pytest.mark.usefixtures("groq")
    def test_is_asked(self) -> None:
        model = opened("groq:x")
        assert (model.name, model.place) == ("groq:x", "api.groq.com")
        assert "".join(model.write(PROMPT, 10)) == "x at 0.0"

    @pytest.mark.usefixtures("groq")
    def test_with_an_address_of_ones_own(self) -> None:
        assert opened("groq:x", "http://localhost:1").place == ""

    def test_a_key_that_it_misses_is_named(
        self, groq: types.ModuleType, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def keyless(**_: object) -> None:
            raise ValueError("Did not find groq_api_key, please set GROQ_API_KEY")

        monkeypatch.setattr(groq, "ChatGroq", keyless)
        assert refused("groq:x") == "INNOQA_MODEL is groq:x, which needs a key in GROQ_API_KEY."


def test_langsmith_is_told_nothing_whatever_the_environment_says(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    made: list[object] = []

    class Tracer(BaseCallbackHandler):
        """Stands where the tracer is made that tells LangSmith."""

        def __init__(self, **_: object) -> None:
            made.append(self)

        def copy_with_metadata_defaults(self, **_: object) -> "Tracer":
            return self

    monkeypatch.setattr("langchain_core.tracers.langchain.LangChainTracer", Tracer)
    for name in ("LANGSMITH_TRACING", "LANGCHAIN_TRACING_V2", "LANGSMITH_TRACING_V2"):
        monkeypatch.setenv(name, "true")
    get_env_var.cache_clear()
    try:
        with serving(always(says("In 2011."))) as server:
            model = opened("openai:test", server.openai)
            assert "".join(model.write(PROMPT, 10)) == "In 2011."
            assert model.try_it(10).text == "In 2011."
            assert made == []
            asyncio.run(model.line.chat.ainvoke("When?"))  # as LangChain would by itself
            assert len(made) == 1
    finally:
        get_env_var.cache_clear()
