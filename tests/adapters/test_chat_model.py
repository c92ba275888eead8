"""A chat model that is asked: its reply in time or not at all, and failures in plain words."""

import contextlib
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

import pytest
from tests.chat_scripts import Fault, Script, always, drips, hangs, in_turn, says
from tests.chat_servers import ChatServer, serving

from innoqa.adapters.chat_model import ChatModel, open_model
from innoqa.adapters.chat_model.breaker import Breaker
from innoqa.errors import ChatModelError
from innoqa.prompts import ANSWER_TOKENS, Prompt

pytest_plugins = ["tests.chroma_servers"]

PROMPT = Prompt("Answer from the sources.", ("When did it begin?",))
PROVIDERS = ("openai", "ollama")


@pytest.fixture(autouse=True)
def bare(monkeypatch: pytest.MonkeyPatch) -> None:
    """No key and no address of the machine that tests run on, and little patience."""
    monkeypatch.setattr("innoqa.adapters.chat_model.streaming.FIRST_WAIT", 0.02)
    for name in ("OPENAI_API_KEY", "OPENAI_BASE_URL", "OLLAMA_HOST", "OLLAMA_API_KEY"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def chat_server() -> Iterator[ChatServer]:
    """A server that gives an answer until a test sets another behaviour."""
    with serving(always(says("In 2011."))) as server:
        yield server


@pytest.fixture(params=PROVIDERS)
def model(request: pytest.FixtureRequest, chat_server: ChatServer) -> ChatModel:
    """A model of the scripted server, by each wire."""
    return opened(request.param, chat_server)


@pytest.fixture
def secure(certificate: Path) -> Iterator[str]:
    """The address of a server that speaks TLS and says nothing."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)

    def serve(door: socket.socket) -> None:
        while True:
            try:
                caller, _ = door.accept()
            except OSError:
                return
            with caller, contextlib.suppress(OSError):
                context.wrap_socket(caller, server_side=True).close()

    with socket.create_server(("127.0.0.1", 0)) as door:
        thread = threading.Thread(target=serve, args=(door,))
        thread.start()
        yield f"https://127.0.0.1:{door.getsockname()[1]}"
        door.shutdown(socket.SHUT_RDWR)
        thread.join()


def opened(provider: str, server: ChatServer, name: str = "test") -> ChatModel:
    return open_model(f"{provider}:{name}", getattr(server, provider), 60, 4096)


def written(model: ChatModel, seconds: float = 10.0) -> str:
    return "".join(model.write(PROMPT, seconds))


def failing(model: ChatModel, seconds: float = 10.0) -> str:
    """What is told of the failure of a question."""
    with pytest.raises(ChatModelError) as told:
        written(model, seconds)
    assert told.value.__cause__ is None  # no error of a client, with its headers, hangs on to it
    return str(told.value)


def soon(true: Callable[[], bool]) -> bool:
    """Whether something comes true within two seconds."""
    until = time.monotonic() + 2
    while not true() and time.monotonic() < until:
        time.sleep(0.01)
    return true()


class TestReply:
    def test_comes_in_pieces_that_make_the_whole(
        self, model: ChatModel, chat_server: ChatServer
    ) -> None:
        chat_server.behaviour = always(says("It began ", "in 2011", " [1].", between=0.05))
        pieces = [piece for piece in model.write(PROMPT, 10) if piece]
        assert pieces == ["It began ", "in 2011", " [1]."]

    def test_of_a_slow_model_has_a_sign_of_life_every_fifth_of_a_second(
        self, model: ChatModel, chat_server: ChatServer
    ) -> None:
        chat_server.behaviour = always(says("Late.", before=0.55))
        pieces = list(model.write(PROMPT, 10))
        assert 4 <= pieces.count("") < 20
        assert pieces[-1] == "Late."

    def test_rules_and_turns_are_sent_as_what_they_are(
        self, model: ChatModel, chat_server: ChatServer
    ) -> None:
        turns = Prompt("Rules.", ("Question.", "Answer.", "Complaint."))
        list(model.write(turns, 10))
        assert chat_server.requests[0].said == [
            ("system", "Rules."),
            ("user", "Question."),
            ("assistant", "Answer."),
            ("user", "Complaint."),
        ]

    def test_is_asked_for_without_chance_and_within_the_tokens(
        self, chat_server: ChatServer
    ) -> None:
        for provider in PROVIDERS:
            written(opened(provider, chat_server))
        openai, ollama = (request.body for request in chat_server.requests)
        assert openai["temperature"] == 0
        assert openai["max_tokens"] == ANSWER_TOKENS
        assert "max_completion_tokens" not in openai  # servers on one's own machine ignore it
        assert ollama["options"] == {
            "temperature": 0,
            "num_ctx": 4096,
            "num_predict": ANSWER_TOKENS,
        }

    @pytest.mark.parametrize(
        "pieces",
        [("<think>Hm. </think>", "In 2011."), ("\n<thi", "nk>Hm.</thin", "k>In 2011."),
         ("<thinking>\nHm.</thinking>In 2011.",)],
    )  # fmt: skip
    def test_has_nothing_of_what_the_model_only_thinks(
        self, model: ChatModel, chat_server: ChatServer, pieces: tuple[str, ...]
    ) -> None:
        chat_server.behaviour = always(says(*pieces))
        assert written(model) == "In 2011."

    def test_keeps_a_bracket_that_opens_no_thought(
        self, model: ChatModel, chat_server: ChatServer
    ) -> None:
        for text in ("<th", "<2 km away.", " <b>"):
            chat_server.behaviour = always(says(*text))
            assert written(model) == text

    def test_thoughts_that_are_told_apart_are_no_answer(self, chat_server: ChatServer) -> None:
        thought = (
            b'{"model":"test","created_at":"2026-01-01T00:00:00Z","done":false,'
            b'"message":{"role":"assistant","content":"","thinking":"Hm."}}\n'
        )
        chat_server.behaviour = always(says(thought, "In 2011."))
        assert written(opened("ollama", chat_server)) == "In 2011."
        assert chat_server.requests[0].body["think"] is False
        delta = b'{"index":0,"delta":{"reasoning_content":"Hm."},"finish_reason":null}'
        chunk = (
            b'data: {"id":"1","object":"chat.completion.chunk","created":1,"model":"test",'
            b'"choices":[' + delta + b"]}\n\n"
        )
        chat_server.behaviour = always(says(chunk, "In 2011."))
        assert written(opened("openai", chat_server)) == "In 2011."

    def test_is_asked_for_without_a_temperature_where_the_model_takes_none(
        self, model: ChatModel, chat_server: ChatServer
    ) -> None:
        refuses = Script(status=400, message="Unsupported value: 'temperature' must be 1")
        chat_server.behaviour = in_turn(refuses, says("In 2011."))
        assert written(model) == written(model) == "In 2011."
        bodies = [request.body for request in chat_server.requests]
        assert ["temperature" in body.get("options", body) for body in bodies] == [
            True,
            False,
            False,
        ]

    @pytest.mark.parametrize(
        "refusal", ["System role not supported", "Conversation roles must alternate user/assistant"]
    )
    def test_is_asked_for_with_the_rules_in_the_question_where_there_is_no_other_place(
        self, model: ChatModel, chat_server: ChatServer, refusal: str
    ) -> None:
        refuses = Script(status=400, message=refusal)
        chat_server.behaviour = in_turn(refuses, says("In 2011."))
        assert written(model) == "In 2011."
        assert chat_server.requests[1].said == [
            ("user", "Answer from the sources.\n\nWhen did it begin?")
        ]


class TestTime:
    @pytest.mark.parametrize(
        "behaviour",
        [hangs(), hangs("It began"), drips("a" * 1000, 0.03)],
        ids=["before the first byte", "between two bytes", "for ever"],
    )
    def test_is_kept_however_the_server_hangs(
        self, model: ChatModel, chat_server: ChatServer, behaviour: object
    ) -> None:
        chat_server.behaviour = behaviour
        since = time.monotonic()
        assert failing(model, 0.3) == (
            "had not finished after 0.3 s; a smaller model is faster, and INNOQA_MODEL_SECONDS "
            "gives it more time."
        )
        assert time.monotonic() - since < 3
        assert soon(lambda: chat_server.requests[0].ended == "left")

    def test_is_kept_where_a_connection_does_not_come_about(self) -> None:
        with socket.create_server(("127.0.0.1", 0), backlog=0) as silent:
            port = silent.getsockname()[1]
            waiting = [socket.socket() for _ in range(2)]  # those fill the queue of the server
            for one in waiting:
                one.setblocking(False)
                one.connect_ex(("127.0.0.1", port))
            for provider in PROVIDERS:
                model = open_model(f"{provider}:test", f"http://127.0.0.1:{port}", 60, 4096)
                since = time.monotonic()
                assert failing(model, 0.2).startswith("had not finished after 0.2 s")
                assert time.monotonic() - since < 3
            for one in waiting:
                one.close()

    def test_is_not_waited_for_where_none_is_left(
        self, model: ChatModel, chat_server: ChatServer
    ) -> None:
        assert failing(model, 0.0) == "was not asked: no time was left."
        assert not chat_server.requests

    def test_a_reply_that_is_stopped_ends_the_request_and_leaves_no_thread(
        self, model: ChatModel, chat_server: ChatServer
    ) -> None:
        written(model)
        threads = threading.active_count()
        chat_server.behaviour = hangs("It began")
        with closing(model.write(PROMPT, 60)) as reply:
            assert next(piece for piece in reply if piece) == "It began"
        assert soon(lambda: chat_server.requests[1].ended == "left")
        assert soon(lambda: threading.active_count() <= threads)

    def test_endless_fast_writing_is_ended(self, model: ChatModel, chat_server: ChatServer) -> None:
        chat_server.behaviour = always(Script("x" * 1000 for _ in iter(int, 1)))
        assert failing(model, 30) == "was stopped: it wrote more than an answer may take."
        assert soon(lambda: chat_server.is_idle)

    def test_a_line_without_an_end_is_not_read_to_its_end(
        self, model: ChatModel, chat_server: ChatServer, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("innoqa.adapters.chat_model.clients.MOST_BYTES", 1 << 20)
        chat_server.behaviour = always(Script(b"x" * 65_536 for _ in iter(int, 1)))
        assert failing(model, 30) == "was stopped: it wrote more than an answer may take."
        assert soon(lambda: chat_server.is_idle)


def at(server: ChatServer) -> str:
    return f" at {server.ollama}"


class TestFailure:
    """Whatever goes wrong is told in words that go on after the model's name."""

    @pytest.mark.parametrize(
        ("script", "told"),
        [
            (Script(status=401), "wants a key AT (HTTP 401); set KEY to it."),
            (Script(status=403), "wants a key AT (HTTP 403); set KEY to it."),
            (
                Script(status=400, message="maximum context length is 2048 tokens"),
                "cannot read so much at once; set INNOQA_MODEL_TOKENS to less than 4096.",
            ),
            (
                Script(status=413),
                "cannot read so much at once; set INNOQA_MODEL_TOKENS to less than 4096.",
            ),
            (
                Script(status=422, message="tools must be a list"),
                "does not take the question AT (HTTP 422): tools must be a list.",
            ),
            (
                Script(status=307, headers={"Location": "http://192.0.2.1/"}),
                "has moved: its server AT sends questions on to another address (HTTP 307); set "
                "INNOQA_MODEL_URL to that one.",
            ),
            (
                Script(status=429, headers={"Retry-After": "90"}),
                "is asked too often AT (HTTP 429); ask again in 90 s.",
            ),
            (Script(), "wrote nothing."),
            (says(" ", "\n"), "wrote nothing."),
            (
                says("<think>Hm, ", finish="length"),
                "wrote nothing: what it may write went into thinking.",
            ),
            (says("It", finish="length"), "was stopped: it wrote more than an answer may take."),
            (says("It", is_cut=True), "broke off the connection AT."),
            (
                says("It", Fault("CUDA out of memory")),
                "broke off with an error of its server AT: CUDA out of memory.",
            ),
            (
                says("It", b"data: {no\n\n"),
                "sends what is no answer of a chat model AT (JSONDecodeError); see whether "
                "INNOQA_MODEL_URL is the address of one.",
            ),
        ],
    )
    def test_is_told_with_the_way_out_after_one_question(
        self, model: ChatModel, chat_server: ChatServer, script: Script, told: str
    ) -> None:
        chat_server.behaviour = always(script)
        key = model.line.server.key
        assert failing(model) == told.replace(" AT", at(chat_server)).replace("KEY", key)
        assert len(chat_server.requests) == 1

    @pytest.mark.parametrize(
        ("status", "message"),
        [
            (400, "This model's maximum context length is 2048 tokens. However, you requested"),
            (400, "the request exceeds the available context size, try increasing it"),
            (400, "Trying to keep the first 4501 tokens when context the overflows"),
            (422, "`inputs` tokens + `max_new_tokens` must be <= 4096"),
            (400, "prompt is too long: 9000 tokens > 8192 maximum"),
            (500, "input length exceeds maximum context length"),
        ],
    )
    def test_that_a_question_is_too_long_is_known_from_what_servers_say(
        self, chat_server: ChatServer, status: int, message: str
    ) -> None:
        chat_server.behaviour = always(Script(status=status, message=message))
        assert "set INNOQA_MODEL_TOKENS to less than" in failing(opened("openai", chat_server))
        assert len(chat_server.requests) == 1

    def test_an_account_without_credit_is_not_asked_again(
        self, model: ChatModel, chat_server: ChatServer
    ) -> None:
        spent = "You exceeded your current quota, please check your plan and billing details."
        chat_server.behaviour = always(Script(status=429, message=spent))
        assert failing(model).startswith("is not paid for: the account")
        assert len(chat_server.requests) == 1

    def test_a_stream_that_ends_without_its_end_broke_off(self, chat_server: ChatServer) -> None:
        chat_server.behaviour = always(says("It began", b"data: [DONE]\n\n"))
        assert failing(opened("openai", chat_server)) == "broke off in the middle of its answer."

    @pytest.mark.parametrize(
        ("provider", "told"),
        [
            ("ollama", 'is not there AT; get it with "ollama pull llama9".'),
            ("openai", "is not known AT; set INNOQA_MODEL to a model that is."),
        ],
    )
    def test_a_model_that_is_not_there_can_be_got(
        self, chat_server: ChatServer, provider: str, told: str
    ) -> None:
        model = opened(provider, chat_server, "llama9")
        assert failing(model) == told.replace(" AT", at(chat_server))

    @pytest.mark.parametrize(
        ("provider", "path", "form"),
        [("ollama", "/v1", "http://HOST:11434"), ("openai", "", "https://HOST/v1")],
    )
    def test_a_wrong_path_is_told_from_a_missing_model(
        self, chat_server: ChatServer, provider: str, path: str, form: str
    ) -> None:
        model = open_model(f"{provider}:test", chat_server.ollama + path, 60, 4096)
        assert failing(model) == (
            f"is not asked in the right place: nothing answers chats{at(chat_server)} (HTTP 404); "
            f"set INNOQA_MODEL_URL to the address of its server, such as {form}."
        )

    @pytest.mark.parametrize("provider", PROVIDERS)
    def test_a_server_that_does_not_run_is_asked_three_times(self, provider: str) -> None:
        with serving(always(Script())) as gone:
            pass
        model = opened(provider, gone)
        assert failing(model) == (
            f"is not reachable{at(gone)}; see whether it runs there, or set INNOQA_MODEL_URL."
        )

    @pytest.mark.parametrize("provider", PROVIDERS)
    def test_a_name_that_no_machine_has(
        self, provider: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def unknown(*_: object, **__: object) -> object:
            raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

        monkeypatch.setenv("OPENAI_API_KEY", "secret-of-mine")
        monkeypatch.setattr(socket, "getaddrinfo", unknown)
        model = open_model(f"{provider}:test", "http://nowhere.invalid", 60, 4096)
        assert failing(model) == (
            "is not reachable at http://nowhere.invalid: no machine of that name is found; see "
            "whether its address is right and there is a network."
        )

    @pytest.mark.parametrize("provider", PROVIDERS)
    def test_a_server_without_tls(self, chat_server: ChatServer, provider: str) -> None:
        url = getattr(chat_server, provider).replace("http:", "https:")
        told = failing(open_model(f"{provider}:test", url, 60, 4096))
        assert told.startswith(f"is not reachable at https://127.0.0.1:{chat_server.port}: no sec")
        assert told.endswith("is its address http:// and not https://?")

    @pytest.mark.parametrize("provider", PROVIDERS)
    def test_a_certificate_is_verified_and_can_be_trusted(
        self, secure: str, certificate: Path, provider: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        told = failing(open_model(f"{provider}:test", secure, 60, 4096))
        assert told.startswith(f"is not asked at {secure}: its certificate does not hold (self")
        assert "SSL_CERT_FILE can name a file" in told
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
        told = failing(open_model(f"{provider}:test", secure, 60, 4096))
        assert told.startswith(f"broke off the connection at {secure}")

    def test_what_a_server_says_is_one_short_line_without_markup_or_keys(
        self, model: ChatModel, chat_server: ChatServer, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("SOME_API_KEY", "a-secret-of-mine")
        said = "<b>No</b>\n\u202e\x1b[31m a-secret-of-mine sk-proj-abcdefgh1234 " + "x" * 100_000
        chat_server.behaviour = always(Script(status=418, message=said))
        told = failing(model)
        assert "No [31m … … xxx" in told
        assert len(told) < 300


class TestKeys:
    @pytest.mark.parametrize("provider", PROVIDERS)
    def test_come_from_the_environment_and_are_shown_nowhere(
        self,
        provider: str,
        monkeypatch: pytest.MonkeyPatch,
        caplog: pytest.LogCaptureFixture,
        capfd: pytest.CaptureFixture[str],
    ) -> None:
        key = "sk-live-0123456789abcdef"
        monkeypatch.setenv(f"{provider.upper()}_API_KEY", key)
        caplog.set_level("DEBUG")
        with serving(always(says("In 2011.")), key=key) as server:
            model = opened(provider, server)
            assert written(model) == "In 2011."
            server.key = "another"
            told = failing(model)
        assert told == (
            f"refuses the key in {provider.upper()}_API_KEY{at(server)} (HTTP 401); set it to one "
            "that holds."
        )
        shown = [told, repr(model), repr(model.line), repr(model.line.server), caplog.text]
        assert not any(key in text for text in (*shown, *capfd.readouterr()))


class TestAskingAgain:
    @pytest.mark.parametrize(
        "script", [Script(status=500), Script(status=503), Script(status=429), says(is_cut=True)]
    )
    def test_what_may_pass_is_asked_again(
        self, model: ChatModel, chat_server: ChatServer, script: Script
    ) -> None:
        chat_server.behaviour = in_turn(script, script, says("In 2011."))
        assert written(model) == "In 2011."
        assert len(chat_server.requests) == 3

    def test_no_more_than_three_times_and_ever_later(
        self, model: ChatModel, chat_server: ChatServer
    ) -> None:
        chat_server.behaviour = always(Script(status=503, message="overloaded"))
        assert failing(model) == f"fails on its server{at(chat_server)} (HTTP 503): overloaded."
        first, second, third = (request.at for request in chat_server.requests)
        assert second - first >= 0.02
        assert third - second >= 0.04

    def test_not_before_the_server_allows_it(
        self, model: ChatModel, chat_server: ChatServer
    ) -> None:
        busy = Script(status=429, headers={"Retry-After": "1"})
        chat_server.behaviour = in_turn(busy, says("In 2011."))
        assert written(model) == "In 2011."
        first, second = (request.at for request in chat_server.requests)
        assert 1 <= second - first < 1.6

    def test_a_date_to_wait_for_is_read_too(self, chat_server: ChatServer) -> None:
        date = format_datetime(datetime.now(UTC) + timedelta(minutes=2), usegmt=True)
        chat_server.behaviour = always(Script(status=429, headers={"Retry-After": date}))
        told = failing(opened("openai", chat_server))
        assert "ask again in 12" in told or "ask again in 11" in told

    def test_not_once_a_word_is_written(self, model: ChatModel, chat_server: ChatServer) -> None:
        chat_server.behaviour = always(says("It began", is_cut=True))
        assert failing(model).startswith("broke off the connection")
        assert len(chat_server.requests) == 1

    @pytest.mark.parametrize("fault", ["temperature of the GPU", "System role not supported"])
    def test_not_for_an_error_in_the_middle_that_reads_like_a_refusal(
        self, model: ChatModel, chat_server: ChatServer, fault: str
    ) -> None:
        chat_server.behaviour = always(says("It began", Fault(fault)))
        assert failing(model).endswith(f": {fault}.")
        assert len(chat_server.requests) == 1

    def test_not_beyond_the_time(self, model: ChatModel, chat_server: ChatServer) -> None:
        chat_server.behaviour = always(Script(status=429, headers={"Retry-After": "3"}))
        since = time.monotonic()
        assert "ask again in 3 s" in failing(model, 2)
        assert time.monotonic() - since < 1


class Clock:
    """Goes as it is set."""

    now = 1000.0

    def __call__(self) -> float:
        return self.now


class TestBreaker:
    @pytest.fixture
    def clock(self, model: ChatModel) -> Clock:
        clock = Clock()
        model.breaker = Breaker(clock)
        return clock

    @pytest.fixture
    def broken(self, model: ChatModel, chat_server: ChatServer, clock: Clock) -> None:
        """A model that has failed three times."""
        assert model.breaker.clock is clock
        chat_server.behaviour = always(Script(status=401))
        for _ in range(3):
            failing(model)
        chat_server.requests.clear()

    @pytest.mark.usefixtures("broken")
    def test_asks_no_more_after_three_failures_and_says_so_at_once(
        self, model: ChatModel, chat_server: ChatServer, clock: Clock
    ) -> None:
        clock.now += 6
        assert failing(model) == (
            "has failed 3 times in a row; it is asked again in 24 s (it wants a key"
            f"{at(chat_server)} (HTTP 401); set {model.line.server.key} to it)."
        )
        assert not chat_server.requests

    @pytest.mark.usefixtures("broken")
    def test_lets_one_question_try_after_a_while(
        self, model: ChatModel, chat_server: ChatServer, clock: Clock
    ) -> None:
        clock.now += 30
        chat_server.behaviour = always(says("In ", "2011.", after=0.3))
        with closing(model.write(PROMPT, 10)) as trial:
            assert next(piece for piece in trial if piece) == "In "
            assert "it is asked once more just now" in failing(model)
            assert "".join(trial) == "2011."
        assert written(model) == "In 2011."

    @pytest.mark.usefixtures("broken")
    def test_waits_twice_as_long_after_each_trial_but_no_longer_than_five_minutes(
        self, model: ChatModel, chat_server: ChatServer, clock: Clock
    ) -> None:
        for pause, following in ((30, 60), (60, 120), (120, 240), (240, 300), (300, 300)):
            clock.now += pause
            failing(model)
            assert f"it is asked again in {following} s" in failing(model)
        assert len(chat_server.requests) == 5

    @pytest.mark.usefixtures("broken")
    def test_a_trial_that_is_stopped_leaves_room_for_another(
        self, model: ChatModel, chat_server: ChatServer, clock: Clock
    ) -> None:
        clock.now += 30
        chat_server.behaviour = hangs()
        with closing(model.write(PROMPT, 10)) as trial:
            assert next(trial) == ""
        chat_server.behaviour = always(says("In 2011."))
        assert written(model) == "In 2011."

    @pytest.mark.usefixtures("broken")
    def test_trying_a_model_asks_it_all_the_same_and_closes_it(
        self, model: ChatModel, chat_server: ChatServer
    ) -> None:
        with pytest.raises(ChatModelError, match="wants a key"):
            model.try_it(5)
        chat_server.behaviour = always(says("  ready\n", after=0.1))
        tried = model.try_it(5)
        assert tried.text == "ready"
        assert 0.1 <= tried.seconds < 5
        assert written(model) == "  ready\n"

    def test_failures_that_are_not_in_a_row_are_none(
        self, model: ChatModel, chat_server: ChatServer
    ) -> None:
        refused, good = Script(status=401), says("In 2011.")
        chat_server.behaviour = in_turn(refused, refused, good, refused, refused, good)
        for _ in range(2):
            failing(model)
            failing(model)
            assert written(model) == "In 2011."

    def test_a_question_that_is_too_long_is_no_failure_of_the_model(
        self, model: ChatModel, chat_server: ChatServer
    ) -> None:
        chat_server.behaviour = always(Script(status=413))
        for _ in range(4):
            assert failing(model).startswith("cannot read so much")

    def test_threads_share_it(self, clock: Clock) -> None:
        breaker = Breaker(clock)
        for _ in range(3):
            breaker.failed("is ill.")
        clock.now += 30
        admitted: list[int] = []

        def ask(number: int) -> None:
            with contextlib.suppress(ChatModelError):
                breaker.admit()
                admitted.append(number)

        threads = [threading.Thread(target=ask, args=(n,)) for n in range(20)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert len(admitted) == 1


def test_questions_at_the_same_time_are_answered_each(
    model: ChatModel, chat_server: ChatServer
) -> None:
    chat_server.behaviour = lambda request: says(f"{request.asked}!", before=0.2)
    replies: dict[int, str] = {}

    def ask(number: int) -> None:
        replies[number] = "".join(model.write(Prompt("Rules.", (str(number),)), 10))

    threads = [threading.Thread(target=ask, args=(number,)) for number in range(8)]
    since = time.monotonic()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert replies == {number: f"{number}!" for number in range(8)}
    assert time.monotonic() - since < 8 * 0.2
