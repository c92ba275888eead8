"""The page while a chat model writes, as its readers meet it: a real process, a real browser."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event

import pytest
from playwright.sync_api import Browser, Page, expect
from tests.chat_scripts import Behaviour, Request, Script
from tests.chat_servers import ChatServer, serving

from innoqa.adapters.conversation_store import ConversationStore

from .conftest import Visit, page_running, visiting
from .test_accessibility_in_browser import violations

LIT = "When was the lighthouse of Vell first lit?"
ROW = "How many containers passed through the port of Vell in 2021?"
PROVED = "The lighthouse of Vell was first lit in 1871"
STOPPED = "Stopped: what was proved until then stands."
HOSTILE = (
    "A <script>alert(7)</script> of <img src=http://192.0.2.1/m.png> and "
    "![pixel](http://192.0.2.1/n.png) with [a link](http://192.0.2.1/) for $x$ and **more**"
)
FADED = 700
"""Milliseconds until nothing fades in or out any more."""
WAITS = 60
"""Seconds after which a test that went wrong lets the model go."""


@dataclass
class Told:
    """What the model writes first, and what once it is let go."""

    first: str = f"{PROVED} [1]. {HOSTILE}"
    rest: str = " [1]."
    goes_on: Event = field(default_factory=Event)

    def __call__(self, _: Request) -> Script:
        """Word by word, since no piece is shown before the next comes."""
        return Script(self._pieces())

    def _pieces(self) -> Iterator[str]:
        yield from (f"{word} " for word in self.first.split(" "))
        yield ""
        self.goes_on.wait(WAITS)
        yield self.rest


@pytest.fixture(scope="module")
def writer() -> Iterator[ChatServer]:
    with serving(Told()) as server:
        yield server


@pytest.fixture(scope="module")
def served(
    index: Path, writer: ChatServer, browser: Browser, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[str]:
    """The page with a chat model, both opened once."""
    where = tmp_path_factory.mktemp("with-model")
    with page_running(index, where, **started_with(writer)) as address:
        opened(browser, address).close()
        yield address


def opened(browser: Browser, address: str) -> Page:
    """A page that can be asked; the first of a process takes its time."""
    page = browser.new_page()
    page.goto(address)
    page.get_by_role("textbox", name="Ask a question").wait_for(timeout=WAITS * 1000)
    return page


def started_with(writer: ChatServer) -> dict[str, str]:
    return {"INNOQA_MODEL": "ollama:test", "INNOQA_MODEL_URL": writer.ollama}


@pytest.fixture
def told(writer: ChatServer) -> Iterator[Told]:
    """What the model does in this test; at its end it waits for nothing."""
    told = Told()
    writer.behaviour = told
    yield told
    told.goes_on.set()


@pytest.fixture
def visit(browser: Browser, served: str) -> Iterator[Visit]:
    with visiting(browser, served) as visit:
        yield visit


def begin(visit: Visit, question: str = LIT) -> None:
    """Ask, and wait until something is proved and something is being written."""
    box = visit.page.get_by_role("textbox", name="Ask a question")
    box.fill(question)
    box.press("Enter")
    expect(visit.page.locator(".innoqa-draft")).to_contain_text("for $x$ and")


def ended(page: Page, answers: int = 1) -> None:
    expect(page.locator(".innoqa-byline")).to_have_count(answers)
    expect(page.locator(".innoqa-draft, .st-key-looking")).to_have_count(0)


def test_sentences_are_drafts_until_they_are_proved(visit: Visit, told: Told) -> None:
    begin(visit)
    page = visit.page
    draft = page.get_by_role("group", name="Answer being written")
    expect(draft.locator("p").first).to_have_text(re.compile(rf"{PROVED}\.\s\[1\]$"))
    expect(draft.locator(".innoqa-draft")).to_contain_text("being checked")
    expect(page.get_by_role("status")).to_have_text(re.compile("^ollama:test is writing"))
    assert draft.locator("script, img, a, b, strong, .katex").count() == 0
    page.wait_for_timeout(FADED)
    assert violations(page) == []
    told.goes_on.set()
    ended(page)
    expect(page.get_by_role("status")).to_contain_text(f"{PROVED}.")
    expect(page.get_by_role("status").locator("a")).to_have_text(["[1]"])
    expect(page.get_by_text("Put into words by ollama:test")).to_be_visible()
    left_out = page.get_by_text("Left out 1 sentence that did not pass the check")
    expect(page.locator("del")).not_to_be_visible()
    left_out.click()
    expect(page.locator("del")).to_be_visible()
    assert page.locator(".innoqa-reply").locator("script, img, b, .katex").count() == 0


@pytest.mark.parametrize("how", ["mouse", "keyboard"])
def test_stop_keeps_what_was_proved(visit: Visit, told: Told, how: str) -> None:
    begin(visit)
    page = visit.page
    if how == "mouse":
        page.get_by_role("button", name="Stop").click()
    else:
        page.get_by_role("textbox", name="Ask a question").press("Escape")
    ended(page)
    expect(page.get_by_role("status")).to_contain_text(STOPPED)
    page.reload()
    ended(page)
    expect(page.get_by_role("status")).to_contain_text(f"{PROVED}.")
    assert not told.goes_on.is_set()


def test_stop_before_anything_is_proved_leaves_the_documents_words(
    visit: Visit, told: Told
) -> None:
    told.first = "The lighthouse"
    page = visit.page
    page.get_by_role("textbox", name="Ask a question").fill(LIT)
    page.get_by_role("textbox", name="Ask a question").press("Enter")
    expect(page.locator(".innoqa-draft")).to_be_visible()
    page.get_by_role("button", name="Stop").click()
    ended(page)
    expect(page.get_by_role("status")).to_contain_text("Stopped before anything was proved.")
    expect(page.get_by_role("status")).to_contain_text("1871")


def test_a_reload_looks_on_and_a_closed_tab_loses_nothing(visit: Visit, told: Told) -> None:
    begin(visit)
    page = visit.page
    page.reload()
    expect(page.locator(".innoqa-draft")).to_be_visible()
    page.close()
    told.goes_on.set()
    again = page.context.new_page()
    again.goto(visit.address)
    again.locator("[class*=st-key-open-] button").click()
    ended(again)
    expect(again.get_by_role("status")).to_contain_text(f"{PROVED}.")


def test_another_page_and_another_chat_leave_it_to_be_written(visit: Visit, told: Told) -> None:
    begin(visit)
    page = visit.page
    page.locator(".st-key-pages").get_by_text("Settings").click()
    expect(page.get_by_role("heading", name="The composer")).to_be_visible()
    page.locator(".st-key-pages").get_by_text("Chat", exact=True).click()
    expect(page.locator(".innoqa-draft")).to_be_visible()
    page.get_by_role("button", name="New chat").click()
    expect(page.get_by_text("Questions to begin with")).to_be_visible()
    expect(page.locator(".innoqa-draft")).to_have_count(0)
    told.goes_on.set()
    visit.ask(LIT)
    expect(page.locator("[class*=st-key-open-]")).to_have_count(2)


def test_another_question_stops_it_and_keeps_what_was_proved(
    visit: Visit, writer: ChatServer, told: Told
) -> None:
    begin(visit)
    page = visit.page
    writer.behaviour = says_nothing
    box = page.get_by_role("textbox", name="Ask a question")
    box.fill(ROW)
    box.press("Enter")
    ended(page, 2)
    expect(page.locator(".innoqa-question")).to_have_text([LIT, ROW])
    expect(page.locator(".innoqa-reply").first).to_contain_text(STOPPED)
    expect(page.locator(".innoqa-reply").last).to_contain_text("48,900")
    expect(page.locator(".innoqa-reply").last).to_contain_text("This answer is computed.")


says_nothing: Behaviour = lambda _: Script(("NOT IN THE SOURCES",))  # noqa: E731


def test_a_deleted_conversation_does_not_come_back(
    visit: Visit, writer: ChatServer, told: Told
) -> None:
    told.goes_on.set()
    visit.ask(LIT)
    told.goes_on.clear()
    begin(visit)
    page = visit.page
    page.get_by_role("button", name="This conversation").click()
    page.get_by_role("button", name="Delete").click()
    expect(page.get_by_text("Questions to begin with")).to_be_visible()
    expect(page.locator(".innoqa-byline")).to_have_count(0)
    told.goes_on.set()
    writer.behaviour = says_nothing
    visit.ask(ROW)
    expect(page.locator("[class*=st-key-open-]")).to_have_count(1)
    expect(page.locator("[class*=st-key-open-]")).to_contain_text(ROW)


def test_a_page_that_is_shut_down_keeps_what_was_proved(
    browser: Browser, index: Path, tmp_path: Path
) -> None:
    told = Told()
    with serving(told) as writer:
        with page_running(index, tmp_path, **started_with(writer)) as address:
            page = opened(browser, address)
            begin(Visit(page, address))
            identity = page.url.partition("?c=")[2]
        told.goes_on.set()
    page.close()
    kept = ConversationStore(tmp_path / ".innoqa" / "conversations.sqlite").conversation(identity)
    assert kept is not None
    (turn,) = kept.turns
    assert turn.turn is not None
    assert (turn.turn.composer, turn.turn.note) == ("ollama:test", STOPPED)
    assert turn.answer.startswith(PROVED)


def test_trying_a_model_tells_what_is_wrong(visit: Visit, writer: ChatServer, told: Told) -> None:
    told.first, told.rest = "ready ![x](http://192.0.2.1/t.png)", "now"
    told.goes_on.set()
    page = visit.page
    page.locator(".st-key-pages").get_by_text("Settings").click()
    page.get_by_role("button", name="Try it").click()
    expect(page.get_by_text("“ready ![x](http://192.0.2.1/t.png) now”, after")).to_be_visible()
    writer.behaviour = lambda _: Script(status=500, message="The server had an error")
    page.get_by_role("button", name="Try it").click()
    expect(page.get_by_role("alert")).to_contain_text("ollama:test fails on its server")
    page.wait_for_timeout(FADED)
    assert violations(page) == []
