"""Conversations that are kept, as their readers meet them: real processes, real browsers."""

import json
import re
from contextlib import ExitStack
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from .conftest import Visit, page_running, visiting

LIT = "When was the lighthouse of Vell first lit?"
LIST = "Which kinds of quay does the port of Vell have?"
ROW = "How many containers passed through the port of Vell in 2021?"
FERRY = "How many ferry passengers were there in 2021?"


def listed(page: Page) -> Locator:
    """The conversations in the sidebar."""
    return page.locator("[class*=st-key-open-] button")


def menu(page: Page) -> Locator:
    """The menu of the open conversation, opened."""
    page.get_by_role("button", name="This conversation").click()
    opened = page.locator(".st-key-this-conversation")
    expect(opened).to_be_visible()
    return opened


def answered(page: Page, words: str) -> None:
    expect(page.get_by_role("status").filter(has_text=words)).to_be_visible()


def test_a_conversation_survives_a_reload_and_is_found_in_the_list(visit: Visit) -> None:
    page = visit.page
    visit.ask(ROW)
    expect(page).to_have_url(re.compile(r"\?c=[\w-]{32}$"))
    page.reload()
    answered(page, "about 48,900 containers")
    expect(page.locator(".innoqa-excerpt").first).to_be_visible()
    expect(listed(page)).to_have_text([re.compile("^" + re.escape(ROW))])
    page.get_by_role("button", name="New chat").click()
    expect(page.locator(".innoqa-question")).to_have_count(0)
    expect(page.locator(".innoqa-byline")).to_have_count(0)
    listed(page).first.click()
    answered(page, "about 48,900 containers")
    visit.ask(LIT)
    expect(listed(page)).to_have_count(1)
    page.goto(visit.address)
    expect(page.get_by_text("Questions to begin with")).to_be_visible()
    expect(listed(page)).to_have_count(1)


def test_conversations_survive_a_restart(index: Path, tmp_path: Path, browser: Browser) -> None:
    context = browser.new_context()
    page = context.new_page()
    with page_running(index, tmp_path) as address:
        page.goto(address)
        Visit(page, address).ask(LIT)
    kept = page.url.partition("?")[2]
    with page_running(index, tmp_path) as address:
        page.goto(f"{address}/?{kept}")
        answered(page, "1871")
        expect(listed(page)).to_have_count(1)
        expect(page.get_by_role("textbox", name="Ask a question")).to_be_visible()
    context.close()


def test_rename_delete_and_undo(visit: Visit) -> None:
    page = visit.page
    visit.ask(LIT)
    name = menu(page).get_by_label("Name")
    name.fill("Lights & <b>towers</b>")
    name.press("Enter")
    expect(listed(page)).to_contain_text("Lights & <b>towers</b>")
    page.reload()
    expect(listed(page)).to_contain_text("Lights & <b>towers</b>")
    menu(page).get_by_role("button", name="Delete").click()
    expect(listed(page)).to_have_count(0)
    expect(page.locator(".innoqa-question")).to_have_count(0)
    expect(page.locator(".innoqa-byline")).to_have_count(0)
    page.get_by_role("button", name="Undo").click()
    expect(listed(page)).to_have_count(1)
    answered(page, "1871")


def test_a_search_finds_words_of_answers(visit: Visit) -> None:
    page = visit.page
    visit.ask(LIT)
    page.get_by_role("button", name="New chat").click()
    expect(page.locator(".innoqa-question")).to_have_count(0)
    expect(page.locator(".innoqa-byline")).to_have_count(0)
    visit.ask(LIST)
    expect(listed(page)).to_have_count(2)
    search = page.get_by_role("searchbox", name="Search questions and answers")
    search.fill("suction WHEAT")
    search.press("Enter")
    expect(listed(page)).to_have_text([re.compile("^" + re.escape(LIST))])
    search.fill("no such words")
    search.press("Enter")
    expect(page.get_by_text("None has all of these words.")).to_be_visible()


def test_a_link_opens_the_conversation_in_another_browser_to_read(
    browser: Browser, address: str, visit: Visit
) -> None:
    visit.ask(LIST)
    with visiting(browser, visit.page.url) as other:
        page = other.page
        answered(page, "The port of Vell has three kinds of quay")
        expect(page.get_by_text("was begun in another browser")).to_be_visible()
        expect(listed(page)).to_have_count(0)
        expect(page.get_by_role("textbox", name="Ask a question")).to_have_count(0)
        page.get_by_role("button", name="Continue in a copy").click()
        expect(listed(page)).to_have_count(1)
        other.ask(LIT)
        expect(page.locator(".innoqa-question")).to_have_text([LIST, LIT])
    visit.page.reload()
    expect(visit.page.locator(".innoqa-question")).to_have_text([LIST])


def test_four_who_ask_at_once_see_their_own_answers_alone(browser: Browser, address: str) -> None:
    asked = ((LIT, "1871"), (ROW, "48,900"), (LIST, "three kinds of quay"), (FERRY, "312,000"))
    with ExitStack() as stack:
        visits = [stack.enter_context(visiting(browser, address)) for _ in asked]
        for turn in (1, 2):
            for visit, (question, _) in zip(visits, asked, strict=True):
                box = visit.page.get_by_role("textbox", name="Ask a question")
                box.fill(question)
                box.press("Enter")
            for visit, (question, words) in zip(visits, asked, strict=True):
                expect(visit.page.locator(".innoqa-byline")).to_have_count(turn)
                answered(visit.page, words)
                expect(listed(visit.page)).to_have_text([re.compile("^" + re.escape(question))])
        for visit, (question, _) in zip(visits, asked, strict=True):
            visit.page.reload()
            expect(visit.page.locator(".innoqa-question")).to_have_text([question, question])


def test_two_tabs_of_a_new_browser_have_one_list(browser: Browser, address: str) -> None:
    """Both begin before either has a cookie."""
    context = browser.new_context()
    tabs = [context.new_page() for _ in range(2)]
    for tab in tabs:
        tab.goto(address, wait_until="commit")
    for tab, question in zip(tabs, (LIT, ROW), strict=True):
        expect(tab.get_by_text("Questions to begin with")).to_be_visible()
        tab.wait_for_function("document.cookie.includes('innoqa_owner=')")
        tab.wait_for_timeout(1000)  # the one that came second begins anew
        Visit(tab, address).ask(question)
    for tab in tabs:
        tab.goto(address)
        expect(listed(tab)).to_have_count(2)
    context.close()


def test_how_a_follow_up_was_read_is_edited_in_place(visit: Visit) -> None:
    page = visit.page
    visit.ask(ROW)
    visit.ask("And in 2020?")
    answered(page, "41,250")
    reading = page.locator("[class*=st-key-read-]")
    expect(reading).to_contain_text("Read as: How many containers passed")
    reading.get_by_role("button", name="Edit").click()
    box = page.get_by_role("textbox", name="Read as")
    expect(box).to_have_value(re.compile("2020"))
    box.fill(FERRY)
    box.press("Enter")
    answered(page, "312,000 passengers")
    expect(reading).to_contain_text(f"Read as: {FERRY}")
    expect(page.locator(".innoqa-question")).to_have_text([ROW, "And in 2020?"])


def test_an_answer_is_asked_for_again_and_its_question_edited(visit: Visit) -> None:
    page = visit.page
    visit.ask(LIT)
    acts = page.locator("[class*=st-key-acts-]")
    before = acts.get_attribute("class") or ""
    page.get_by_role("button", name="Ask again").click()
    expect(acts).not_to_have_class(before)
    answered(page, "1871")
    page.get_by_role("button", name="Edit question").click()
    box = page.get_by_role("textbox", name="Question", exact=True)
    box.fill(ROW)
    box.press("Enter")
    answered(page, "about 48,900 containers")
    expect(page.locator(".innoqa-question")).to_have_text([ROW])
    expect(page.locator(".innoqa-question")).to_be_in_viewport()


def test_a_thumb_down_is_kept_with_its_comment(visit: Visit) -> None:
    page = visit.page
    visit.ask(LIT)
    thumb = page.get_by_role("radio").last
    thumb.click()
    comment = page.get_by_role("textbox", name="What is wrong, and what would be right?")
    comment.fill("It was <i>1872</i>.")
    page.get_by_role("button", name="Keep", exact=True).click()
    expect(page.get_by_text("Your comment: It was <i>1872</i>.")).to_be_visible()
    page.reload()
    expect(page.get_by_text("Your comment: It was <i>1872</i>.")).to_be_visible()
    expect(page.get_by_role("radio").last).to_be_checked()
    with page.expect_download() as download:
        menu(page).get_by_role("button", name="Judged answers as tests").click()
    entry = json.loads(Path(download.value.path()).read_text("utf-8"))
    assert entry["question"] == LIT
    assert "It was <i>1872</i>." in entry["why"]


def test_copies_hold_the_answer_with_its_citations_and_the_link(visit: Visit) -> None:
    page = visit.page
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    visit.ask(LIT)
    page.get_by_role("button", name="Copy").click()
    expect(page.get_by_role("button", name="Copied")).to_be_visible()
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied.startswith("The lighthouse of Vell was first lit in 1871. [1]\n")
    assert "[1] The quays of Vell > Lighthouse (quays.md): “The lighthouse" in copied
    assert 'Maritime Museum, "Lights of the coast", 2004.' in copied
    opened = menu(page)
    opened.get_by_role("button", name="Copy link").click()
    expect(opened.get_by_role("button", name="Copied")).to_be_visible()
    assert page.evaluate("navigator.clipboard.readText()") == page.url


@pytest.mark.parametrize(
    ("label", "ending", "words"),
    [
        ("Markdown", "md", "## When was the lighthouse"),
        ("Web page", "html", "<h2>When was the lighthouse"),
        ("References as BibTeX", "bib", "title = {{Lights of the coast}}"),
        ("References as CSL JSON", "json", '"title": "Lights of the coast"'),
    ],
)
def test_a_conversation_is_downloaded(
    visit: Visit, tmp_path: Path, label: str, ending: str, words: str
) -> None:
    visit.ask(LIT)
    with visit.page.expect_download() as download:
        menu(visit.page).get_by_role("button", name=label).click()
    name = download.value.suggested_filename
    assert name == f"when-was-the-lighthouse-of-vell-first-lit.{ending}"
    download.value.save_as(tmp_path / name)
    text = (tmp_path / name).read_text("utf-8")
    assert words in text
    if ending == "json":
        assert json.loads(text)[0]["publisher"] == "Maritime Museum"


def test_a_next_question_is_offered_under_the_newest_answer(visit: Visit) -> None:
    visit.ask(ROW)
    offered = visit.page.locator("[class*=st-key-next-] button")
    expect(offered.first).to_be_visible()
    assert offered.count() <= 3
    offered.first.click()
    expect(visit.page.locator(".innoqa-question")).to_have_count(2)
    expect(visit.page.locator(".innoqa-byline")).to_have_count(2)


def test_the_list_is_reached_on_a_narrow_page(browser: Browser, address: str) -> None:
    with visiting(browser, address, width=390) as visit:
        visit.ask(LIT)
        page = visit.page
        page.get_by_role("button", name="Expand sidebar").click()
        expect(listed(page)).to_be_in_viewport()
        wider = "all => all.filter(one => one.scrollWidth > one.clientWidth + 1).length"
        whole = page.locator("html, body, .stMain, [data-testid=stSidebarContent]")
        assert whole.evaluate_all(wider) == 0
        page.get_by_role("link", name="Evaluation").click()
        expect(page).to_have_url(re.compile("/evaluation$"))
        page.get_by_role("button", name="Expand sidebar").click()
        page.get_by_role("link", name="Chat").click()
        answered(page, "1871")
        expect(listed(page)).not_to_be_in_viewport()
