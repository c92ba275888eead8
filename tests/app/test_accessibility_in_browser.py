"""What axe-core finds against WCAG on every state of the pages, and the page without a mouse."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from .conftest import APP, Visit, page_running, visiting
from .test_documents_in_browser import document_of, go, settle

DUES = "How did the harbour dues of Vell change from 2016 to 2021?"
LIT = "When was the lighthouse of Vell first lit?"
NOTHING = "Who won the chess tournament in Havana?"

STREAMLITS_OWN = {
    # The area that files are dropped on is a section of presentation with a label.
    "presentation-role-conflict": "[data-testid=stFileUploaderDropzone]",
}
"""Rules that a widget of Streamlit breaks wherever it is used, with the widget."""

axe = Axe()


def violations(page: Page) -> list[str]:
    """What is wrong with what is shown, each with its rule, weight and place."""
    found = axe.run(page).response["violations"]
    return [
        f"{one['id']} ({one['impact']}): {node['html'][:200]}"
        for one in found
        for node in one["nodes"]
        if not _is_streamlits_own(page, one["id"], node["target"])
    ]


def _is_streamlits_own(page: Page, rule: str, target: list[str]) -> bool:
    widget = STREAMLITS_OWN.get(rule)
    return bool(widget and page.locator(target[-1]).evaluate(f"one => one.matches('{widget}')"))


@pytest.mark.parametrize(("width", "scheme"), [(390, "dark"), (1280, "light")])
def test_axe_finds_nothing_on_any_state_of_the_pages(
    browser: Browser, address: str, width: int, scheme: str
) -> None:
    found: dict[str, list[str]] = {}
    with visiting(browser, address, width=width, scheme=scheme) as visit:
        page = visit.page

        def look(state: str) -> None:
            settle(visit)
            page.wait_for_timeout(400)  # until nothing fades in any more
            found[state] = violations(page)

        page.get_by_role("textbox", name="Ask a question").wait_for()
        look("an empty chat")
        visit.ask(DUES)
        page.locator("[data-testid=stVegaLiteChart] svg").wait_for()
        open_cards(page)
        look("an answer from a table")
        for name in ("Asking: all documents", "How sure answers must be", "This conversation"):
            page.get_by_role("button", name=name).click()
            look(name)
            page.keyboard.press("Escape")
        visit.ask(NOTHING)
        open_cards(page)
        look("no answer")
        go(visit, "Documents")
        look("documents")
        document_of(visit, "The quays of Vell")
        look("a document")
        page.get_by_role("button", name="All documents").click()
        document_of(visit, "traffic")
        look("a table")
        for name in ("Evaluation", "Settings"):
            go(visit, name)
            look(name)
        expand = page.get_by_test_id("stExpandSidebarButton")
        if expand.is_visible():
            expand.click()
            look("the sidebar")
    assert {state: wrong for state, wrong in found.items() if wrong} == {}


def open_cards(page: Page) -> None:
    """Open everything that is folded."""
    page.locator("details").evaluate_all("all => all.forEach(one => one.open = true)")


def focused(page: Page, of: str) -> bool:
    """Whether what has the focus matches a selector, or lies in what does."""
    return bool(page.evaluate(f"!!document.activeElement.closest({of!r})"))


def test_a_question_is_asked_read_and_left_by_keys_alone(visit: Visit) -> None:
    page = visit.page
    page.get_by_role("textbox", name="Ask a question").wait_for()
    page.keyboard.press("/")
    assert focused(page, "[data-testid=stChatInput]")
    page.keyboard.type("When was the lighthouse")
    page.keyboard.press("Shift+Enter")
    page.keyboard.type("of Vell first lit? 1/2")
    page.keyboard.press("Enter")
    expect(page.locator(".innoqa-byline")).to_have_count(1)
    expect(page.locator(".innoqa-question")).to_contain_text("1/2")  # typed, not obeyed
    page.keyboard.press("Alt+a")
    assert focused(page, ".innoqa-reply")
    expect(page.locator(".innoqa-question")).to_be_in_viewport()
    page.keyboard.press("Tab")
    assert focused(page, ".innoqa-markers a")
    assert page.evaluate(RING) == "solid"
    page.keyboard.press("Enter")
    expect(page.locator("#source-1-1")).to_be_in_viewport()
    page.keyboard.press("Alt+n")
    expect(page.get_by_text("Questions to begin with")).to_be_visible()
    expect(page.locator(".innoqa-question")).to_have_count(0)


def test_the_first_stop_of_tab_skips_what_is_the_same_on_every_page(visit: Visit) -> None:
    page = visit.page
    expect(page.get_by_text("Questions to begin with")).to_be_visible()
    settle(visit)
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to main content")).to_be_focused()
    page.keyboard.press("Enter")
    reached = []
    for _ in range(4):  # Streamlit's menu stands before what is ours
        page.keyboard.press("Tab")
        reached.append(page.evaluate(REGION))
    assert "tools" in reached
    assert "sidebar" not in reached


def test_everything_that_tab_reaches_shows_that_it_has_the_focus(visit: Visit) -> None:
    visit.ask(LIT)
    page = visit.page
    page.locator(".st-key-next button").last.wait_for()
    page.keyboard.press("Alt+a")
    unseen = []
    for _ in range(20):
        page.keyboard.press("Tab")
        if not focused(page, ".stApp"):
            break  # out of the page, into the browser's own
        if page.evaluate(RING) == "none":
            unseen.append(page.evaluate("document.activeElement.outerHTML.slice(0, 200)"))
    assert unseen == []


@pytest.fixture
def slow_address(index: Path, tmp_path: Path) -> Iterator[str]:
    """The page, where every answer takes two seconds longer."""
    app = shutil.copytree(APP, tmp_path / "app")
    with (app / "asking.py").open("a", encoding="utf-8") as asking:
        asking.write(SLOW)
    with page_running(index, tmp_path, app / "chat.py") as address:
        yield address


def test_looking_for_an_answer_is_stopped_by_a_key_and_taken_up_again(
    browser: Browser, slow_address: str
) -> None:
    with visiting(browser, slow_address) as visit:
        page = visit.page
        box = page.get_by_role("textbox", name="Ask a question")
        box.fill(DUES)
        box.press("Enter")
        expect(page.get_by_role("button", name="Stop")).to_be_visible()
        box.press("Escape")
        expect(page.get_by_text(f"Stopped: “{DUES}” was not answered.")).to_be_in_viewport()
        page.wait_for_timeout(3000)  # longer than the answer would have taken
        expect(page.locator(".innoqa-question, .innoqa-reply")).to_have_count(0)
        expect(page.locator("[class*=st-key-open-]")).to_have_count(0)
        page.get_by_role("button", name="Ask it after all").click()
        expect(page.locator(".innoqa-reply")).to_contain_text("1.7 million crowns")
        expect(page.locator(".innoqa-question")).to_have_text([DUES])


def test_the_settings_name_the_keys(visit: Visit) -> None:
    go(visit, "Settings")
    keys = visit.page.locator(".innoqa-keys kbd")
    expect(keys).to_have_text(["Enter", "Shift+Enter", "/", "Alt+A", "Alt+N", "Esc"])


REGION = """(() => {
    const at = document.activeElement;
    const of = name => at.closest(name);
    return of(".st-key-tools") ? "tools" : of(".stSidebar") ? "sidebar" : at.tagName;
})()"""
"""Where what has the focus stands."""

RING = """(() => {
    for (let at = document.activeElement; at && at !== document.body; at = at.parentElement) {
        const style = getComputedStyle(at);
        if (style.outlineStyle !== "none" && style.outlineWidth !== "0px") return "solid";
        if (style.boxShadow !== "none") return "shadow";
        if (at.matches("button, [role=button], input, a")) break;
    }
    return "none";
})()"""
"""How what has the focus shows it."""

SLOW = """
import time

_answer = Assistant.answer


def _slowly(*given, **named):
    time.sleep(2)
    return _answer(*given, **named)


Assistant.answer = _slowly
"""
