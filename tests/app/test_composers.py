"""The page with a chat model, without a browser: who answers, what is shown of it, and settings."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from streamlit import config
from streamlit.testing.v1 import AppTest

import choices
from innoqa import bootstrap, exporting
from innoqa.domain import Turn
from innoqa.errors import ChatModelError, SettingError
from innoqa.prompts import Prompt
from innoqa.settings import Settings

from .conftest import APP
from .test_chat import LIT, ask, html_of, kept, press, questions, visit

PROVED = "The lighthouse of Vell was first lit in 1871."
INVENTED = "A minister & 99,999 guests opened it."
SECRET = "sk-that-nobody-is-to-see"
UNREACHABLE = "is not reachable at http://localhost:11434; start it."
OWN_WORDS = "Answers are in the documents&#x27; own words."


@dataclass
class Scripted:
    """A chat model that writes what it is told to, and keeps what it was asked."""

    text: str = f"{PROVED} [1] {INVENTED} [1] "
    name: str = "ollama:test"
    place: str = ""
    tokens: int = 4096
    seconds: float = 20.0
    fails: str = ""
    asked: list[Prompt] = field(default_factory=list)

    def write(self, prompt: Prompt, _seconds: float) -> Iterator[str]:
        """Word by word, and then perhaps a failure."""
        self.asked.append(prompt)
        for word in self.text.split(" "):
            yield f"{word} "
        if self.fails:
            raise ChatModelError(self.fails)

    def try_it(self, _seconds: float) -> SimpleNamespace:
        """A greeting, or a failure."""
        if self.fails:
            raise ChatModelError(self.fails)
        return SimpleNamespace(text="ready <b>", seconds=0.25)


Start = Callable[..., None]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "conversations.sqlite"


@pytest.fixture
def start(index: Path, path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Start]:
    """Sets what the page is started with: a model, or the error of opening it, and variables."""
    monkeypatch.setenv("INNOQA_INDEX", str(index))
    monkeypatch.setenv("INNOQA_CONVERSATIONS", str(path))
    monkeypatch.chdir(path.parent)

    def begin(model: Scripted | SettingError | None, **environment: str) -> None:
        def opened(settings: Settings) -> Any:
            if isinstance(model, SettingError):
                raise model
            assert model is not None
            model.name = settings.model
            return model

        monkeypatch.setattr(bootstrap, "open_chat_model", opened)
        if model:
            monkeypatch.setenv("INNOQA_MODEL", getattr(model, "name", "ollama:test"))
        for name, value in environment.items():
            monkeypatch.setenv(name, value)

    before = config.get_option("server.address")
    config.set_option("server.address", "127.0.0.1")
    yield begin
    config.set_option("server.address", before)
    choices._composer.clear()


def answered(page: AppTest, path: Path) -> Turn:
    """The newest turn as it is kept."""
    turn = kept(page, path).turns[-1].turn
    assert turn is not None
    return turn


def settings_page() -> AppTest:
    page = AppTest.from_file(APP / "chat.py", default_timeout=60)
    return page.switch_page("pages/settings.py").run()


def test_a_models_answer_is_kept_with_who_wrote_it_and_what_was_left_out(
    start: Start, path: Path
) -> None:
    start(Scripted())
    page = visit().run()
    ask(page, LIT)
    html = html_of(page)
    assert "Put into words by ollama:test, each sentence proved from the sources" in html
    assert "Left out 1 sentence that did not pass the check</summary>" in html
    assert "<del>A minister &amp; 99,999 guests opened it.</del>" in html
    turn = answered(page, path)
    assert (turn.composer, turn.reply.text) == ("ollama:test", f"{PROVED} [1]")
    told = "Put into words by ollama:test, each sentence proved from the sources."
    conversation = kept(page, path).before()
    for export in (exporting.plain(turn), exporting.html("x", conversation)):
        assert told in export
    assert html.count('role="status"') == 1


def test_what_is_not_proved_is_struck_where_that_is_wanted(start: Start) -> None:
    start(Scripted(), INNOQA_UNPROVED="struck")
    page = visit().run()
    ask(page, LIT)
    assert "1 sentence did not pass the check:</p><p" in html_of(page)
    assert "<details" not in html_of(page).partition("<h3>")[0]


@pytest.mark.parametrize(
    ("writer", "note"),
    [
        (Scripted(text="", fails=UNREACHABLE), f"ollama:test {UNREACHABLE[:-1]}. This answer is"),
        (
            Scripted(text=f"{INVENTED} "),
            "The one sentence that ollama:test wrote did not pass the check.",
        ),
    ],
)
def test_a_model_that_fails_leaves_the_documents_words_and_a_note(
    start: Start, path: Path, writer: Scripted, note: str
) -> None:
    start(writer)
    page = visit().run()
    ask(page, LIT)
    assert f'<p class="innoqa-aside">{note}' in html_of(page)
    assert "Quoted from the corpus" in html_of(page)
    assert answered(page, path).composer == "extractive"
    assert f"*{note}" in exporting.markdown("x", kept(page, path).before())


def test_a_model_that_cannot_be_opened_takes_nothing_down(start: Start) -> None:
    start(SettingError("INNOQA_MODEL needs a key: set TEST_API_KEY to it."))
    page = visit().run()
    ask(page, LIT)
    assert "set TEST_API_KEY to it. Until then answers are in" in html_of(page)
    assert [link.label for link in page.main.get("page_link")] == ["Settings"]
    assert "1871" in html_of(page)
    assert OWN_WORDS in html_of(page)
    assert not page.exception
    assert "set TEST_API_KEY to it." in html_of(settings_page())


@pytest.mark.parametrize(
    ("writer", "environment", "told"),
    [
        (None, {}, f"{OWN_WORDS} Nothing leaves this machine."),
        (None, {"INNOQA_CHROMA": "https://store.example"}, "in Chroma at store.example."),
        (Scripted(), {}, "ollama:test, on this machine, puts answers into words. Nothing leaves"),
        (
            Scripted(name="openai:gpt", place="api.openai.com"),
            {},
            "openai:gpt puts answers into words at api.openai.com: the question as read and the "
            "passages shown to it are sent there.",
        ),
    ],
)
def test_the_page_tells_who_answers_and_what_leaves_the_machine(
    start: Start, writer: Scripted | None, environment: dict[str, str], told: str
) -> None:
    start(writer, **environment)
    page = AppTest.from_string(f"import sys; sys.path.insert(0, {str(APP)!r})\n{LINE}").run()
    assert told in html_of(page)


LINE = "import composers, streamlit; streamlit.html(composers.line())"


def test_a_question_that_is_none_leaves_no_trace(start: Start, path: Path) -> None:
    start(Scripted())
    page = visit().run()
    ask(page, "...")
    assert 'role="alert"' in html_of(page)
    assert "c" not in page.query_params
    ask(page, LIT)
    assert questions(page, path) == [LIT]


def test_an_answer_that_cannot_be_kept_is_told_and_shown(start: Start, path: Path) -> None:
    """The file is damaged while the model writes."""
    model = Scripted()
    start(model)
    page = visit().run()
    ask(page, LIT)
    with_one = path.read_bytes()

    def damaging(prompt: Prompt, _seconds: float) -> Iterator[str]:
        path.write_bytes(with_one[:4096] + b"\xff" * (len(with_one) - 4096))
        yield f"{PROVED} [1]"

    model.write = damaging  # type: ignore[method-assign]
    ask(page, LIT)
    assert "What you ask here is not kept." in html_of(page)
    assert html_of(page).count('innoqa-byline">Put into words by ollama:test') == 2
    assert not page.exception


def test_the_model_is_switched_off_and_on_for_the_session(start: Start) -> None:
    model = Scripted()
    start(model)
    page = settings_page()
    page.toggle(key="is-model").set_value(False).run()
    page.switch_page("chat.py").run()
    assert OWN_WORDS in html_of(page)
    ask(page, LIT)
    assert not model.asked
    page.switch_page("pages/settings.py").run()
    page.toggle(key="is-model").set_value(True).run()
    page.radio(key="unproved").set_value("struck").run()
    page.switch_page("chat.py").run()
    press(page, "Ask again")
    assert len(model.asked) == 1
    assert "1 sentence did not pass the check:" in html_of(page)


def test_a_model_is_typed_where_the_page_is_this_machines_alone(start: Start) -> None:
    start(Scripted(), INNOQA_MODEL="")
    page = settings_page()
    typed(page, "no model", "")
    assert "it must be PROVIDER:NAME" in html_of(page)
    typed(page, "ollama:typed", "http://user:word@localhost:1")
    assert "must be an address alone" in html_of(page)
    typed(page, "ollama:typed", "http://localhost:1")
    assert page.toggle(key="is-model").value is True
    page.switch_page("chat.py").run()
    assert "ollama:typed, on this machine" in html_of(page)


def typed(page: AppTest, model: str, url: str) -> None:
    page.text_input[0].set_value(model)
    page.text_input[1].set_value(url)
    press(page, "Use it for this session")


def test_elsewhere_the_model_is_the_environments(start: Start) -> None:
    start(Scripted())
    config.set_option("server.address", "0.0.0.0")
    page = settings_page()
    assert len(page.text_input) == 0
    assert len(page.toggle) == 2
    assert "on the machine that serves this page" in html_of(page)


def test_try_it_tells_what_the_model_says_and_how_long_it_took(start: Start) -> None:
    start(Scripted())
    page = settings_page()
    press(page, "Try it")
    assert "“ready &lt;b&gt;”, after 0.2 s" in html_of(page)
    start(Scripted(fails=UNREACHABLE))
    press(page, "Try it")
    assert f"ollama:test {UNREACHABLE}" in html_of(page)
    assert not page.exception


def test_no_key_and_no_token_is_shown(start: Start) -> None:
    start(
        Scripted(name="openai:gpt", place="api.openai.com"),
        OPENAI_API_KEY=SECRET,
        INNOQA_CHROMA_TOKEN=SECRET,
    )
    page = settings_page()
    assert "OPENAI_API_KEY, which is set" in html_of(page)
    assert "set, not shown" in html_of(page)
    assert "the question as read, the passages that were found for it" in html_of(page)
    assert SECRET not in str(page)
