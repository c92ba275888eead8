"""Documents as their readers meet them: opened at a place, added, removed and asked alone."""

import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from .conftest import Visit, page_running, visiting

LIST = "Which kinds of quay does the port of Vell have?"
ROW = "How many containers passed through the port of Vell in 2021?"
LIGHT = "When was the lighthouse of Vell first lit?"
SALVAGE = "What did the salvage of the Amarant cost?"
INGEST_WITHIN = 120_000
"""Milliseconds that adding or removing a file may take; the first one loads the embedder."""
MARINA = "# The marina\n\nThe marina of Vell was opened by Ada Lind in 1997.\n"


@pytest.fixture
def own_address(index: Path, tmp_path: Path) -> Iterator[str]:
    """The page over an index of its own, which a test may change."""
    shutil.copytree(index.parent, tmp_path / "own")
    with page_running(tmp_path / "own" / index.name, tmp_path) as address:
        yield address


def opened(visit: Visit, link: str) -> Page:
    """The page that the first link of a name opens beside this one."""
    with visit.page.expect_popup() as popup:
        visit.page.get_by_role("link", name=link).locator("visible=true").first.click()
    return popup.value


def go(visit: Visit, page: str) -> None:
    """Follow a link between pages."""
    settle(visit)
    expand = visit.page.get_by_test_id("stExpandSidebarButton")
    if expand.is_visible():
        expand.click()
    sidebar = visit.page.get_by_test_id("stSidebar")
    sidebar.get_by_role("link", name=page, exact=True).click()
    where = "/(\\?c=.*)?$" if page == "Chat" else f"/{page.lower()}$"
    expect(visit.page).to_have_url(re.compile(where))
    settle(visit)


def settle(visit: Visit) -> None:
    """Wait until the page is drawn to its end."""
    expect(visit.page.locator("[data-test-script-state=notRunning]")).to_have_count(1)


def document_of(visit: Visit, title: str) -> None:
    settle(visit)
    visit.page.get_by_role("button", name=title).click()
    expect(visit.page.get_by_role("heading", level=1)).to_have_text(title)


@pytest.mark.parametrize("width", [390, 1280])
def test_a_source_opens_its_document_at_the_cited_words(
    browser: Browser, address: str, width: int
) -> None:
    with visiting(browser, address, width=width) as visit:
        visit.ask(LIGHT)
        document = opened(visit, "Open in the document")
        expect(document.get_by_role("heading", level=1)).to_have_text("The quays of Vell")
        mark = document.locator("#place")
        expect(mark).to_have_text("The lighthouse of Vell was first lit in 1871.")
        expect(mark).to_be_in_viewport(ratio=1)
        expect(document.locator("mark")).to_have_count(1)
        expect(document.get_by_role("heading", name="Kinds of quay")).to_have_count(1)
        expect(document.locator(".innoqa-notes")).to_contain_text("Lights of the coast")


@pytest.mark.parametrize("width", [390, 1280])
def test_a_source_opens_its_table_with_the_cell_lit_under_its_header(
    browser: Browser, address: str, width: int
) -> None:
    with visiting(browser, address, width=width) as visit:
        visit.ask(ROW)
        document = opened(visit, "Open in the table")
        lit = document.locator("#place")
        expect(lit).to_have_text("48,900")
        expect(lit).to_be_in_viewport(ratio=1)
        expect(document.locator("mark")).to_have_count(1)
        header = document.locator("thead th", has_text=re.compile("^value$"))
        expect(header).to_be_in_viewport(ratio=1)
        expect(document.locator("tbody th").nth(1)).to_be_in_viewport(ratio=1)


def test_a_document_that_is_opened_beside_the_chat_has_the_theme_that_was_chosen_there(
    visit: Visit,
) -> None:
    visit.ask(LIGHT)
    visit.page.get_by_role("button", name="Main menu").click()
    visit.page.get_by_role("menuitemradio", name="Dark").click()
    visit.page.keyboard.press("Escape")
    document = opened(visit, "Open in the document")
    expect(document.get_by_test_id("stApp")).to_have_css("background-color", "rgb(23, 22, 20)")
    expect(document.locator("#place")).to_be_in_viewport(ratio=1)


def test_hostile_documents_stay_words(visit: Visit) -> None:
    """Their titles, texts and tables, in the list and opened."""
    go(visit, "Documents")
    page = visit.page
    title = 'Salvage alert("title") at Vell'
    page.get_by_role("button", name="Salvage").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(title)
    expect(page.locator(".innoqa-document")).to_contain_text("The salvage of the Amarant cost $x$")
    page.get_by_role("button", name="All documents").click()
    page.get_by_role("button", name="hostile", exact=True).last.click()
    made = ".stHtml :is(img, iframe, b, i, em, .katex, script[src], a[href^=http])"
    assert page.locator(made).count() == 0


def test_the_list_is_searched_and_a_document_opened_and_left(visit: Visit) -> None:
    go(visit, "Documents")
    page = visit.page
    summary = page.locator(".innoqa-title p")
    expect(summary).to_contain_text(re.compile(r"6 documents · 3 tables · \d+ passages · indexed"))
    page.get_by_role("textbox", name="Find by title").fill("quays")
    page.keyboard.press("Enter")
    expect(page.locator(".st-key-documents [class*=st-key-row-]")).to_have_count(1)
    document_of(visit, "The quays of Vell")
    expect(page.locator(".innoqa-document p").first).to_contain_text("three kinds of quay")
    assert "doc=" in page.url
    page.get_by_role("button", name="All documents").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Documents")
    page.get_by_role("textbox", name="Find by title").fill("nothing like it")
    page.keyboard.press("Enter")
    expect(page.get_by_text("No document has “nothing like it”")).to_be_visible()


def test_a_question_is_asked_of_one_document_alone(visit: Visit) -> None:
    go(visit, "Documents")
    page = visit.page
    page.locator("[class*=st-key-row-]", has_text="traffic.csv").locator("label").first.click()
    expect(page.get_by_text("Questions are asked of this document alone.")).to_be_visible()
    go(visit, "Chat")
    expect(page.get_by_role("button", name=re.compile("Asking: traffic"))).to_be_visible()
    visit.ask(LIGHT)
    status = page.get_by_role("status").last
    expect(status).not_to_contain_text("1871")
    visit.ask(ROW)
    expect(page.get_by_role("status").last).to_contain_text("48,900")
    go(visit, "Documents")
    page.get_by_role("button", name="Ask all again").click()
    expect(page.get_by_text("Tick documents to ask them alone.")).to_be_visible()
    expect(page.get_by_role("checkbox", checked=True)).to_have_count(0)
    go(visit, "Chat")
    expect(page.get_by_role("button", name="Asking: all documents")).to_be_visible()


def test_a_document_is_added_asked_replaced_and_removed(browser: Browser, own_address: str) -> None:
    with visiting(browser, own_address) as visit:
        page = visit.page
        go(visit, "Documents")
        give(visit, ("marina.md", MARINA), ("scan.pdf", "%PDF-1.7"))
        page.get_by_role("button", name="Add to the index").click()
        panel = page.locator(".innoqa-panel")
        expect(panel).to_contain_text("marina.md added", timeout=INGEST_WITHIN)
        expect(panel).to_contain_text("scan.pdf not added: is ")
        expect(panel).to_contain_text("holds 7 documents")
        go(visit, "Chat")
        question = "Who opened the marina of Vell?"
        visit.ask(question)
        expect(page.get_by_role("status").last).to_contain_text("Ada Lind")

        go(visit, "Documents")
        give(visit, ("marina.md", MARINA.replace("Ada Lind", "Ida Berg")))
        replace = page.get_by_text("Replace the marina.md that is there")
        expect(replace).to_be_visible()
        replace.click()
        page.get_by_role("button", name="Add to the index").click()
        expect(panel).to_contain_text("marina.md replaced", timeout=INGEST_WITHIN)

        document_of(visit, "The marina")
        page.get_by_role("button", name="Remove …").click()
        dialog = page.get_by_role("dialog")
        expect(dialog).to_contain_text("is deleted, with all that it holds")
        dialog.get_by_role("button", name="Remove", exact=True).click()
        expect(panel).to_contain_text("The marina is removed.", timeout=INGEST_WITHIN)
        go(visit, "Chat")
        visit.ask(f"{question} ")
        expect(page.get_by_role("status").last).not_to_contain_text("Ada Lind")
        expect(page.get_by_role("status").last).not_to_contain_text("Ida Berg")


def give(visit: Visit, *files: tuple[str, str]) -> None:
    """Give files to the page, as dropping them does."""
    visit.page.locator("input[type=file]").set_input_files(
        [{"name": n, "mimeType": "text/plain", "buffer": t.encode()} for n, t in files]
    )


def test_without_an_index_each_page_says_how_to_make_one_and_files_can_be_added(
    browser: Browser, tmp_path: Path
) -> None:
    missing = tmp_path / "nothing"
    with page_running(missing, tmp_path) as address, visiting(browser, address) as visit:
        page = visit.page
        for name in ("Chat", "Documents", "Settings"):
            go(visit, name)
            alert = page.get_by_role("alert")
            expect(alert).to_contain_text(f"innoqa ingest corpus --index {missing}")
        go(visit, "Documents")
        give(visit, ("marina.md", MARINA))
        page.get_by_role("button", name="Add to the index").click()
        panel = page.locator(".innoqa-panel")
        expect(panel).to_contain_text("holds 1 document", timeout=INGEST_WITHIN)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_phone_scrolls_the_pages_down_and_not_sideways(
    browser: Browser, address: str, scheme: str
) -> None:
    with visiting(browser, address, width=390, scheme=scheme) as visit:
        page = visit.page
        for name in ("Documents", "Settings"):
            go(visit, name)
            heading = page.get_by_role("heading", level=1)
            expect(heading).to_have_text(name)
            wider = "all => all.filter(one => one.scrollWidth > one.clientWidth + 1).length"
            assert page.locator("html, body, .stMain").evaluate_all(wider) == 0
