"""The page as its readers meet it: a real process, a real browser."""

import re
import tomllib
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from .conftest import CORPUS, Visit, page_running, visiting

SUGGESTED = tomllib.loads(CORPUS["corpus.toml"])["suggested_questions"]
LIST = "Which kinds of quay does the port of Vell have?"
ROW = "How many containers passed through the port of Vell in 2021?"
DUES = "How did the harbour dues of Vell change from 2016 to 2021?"
HERRING = "How did the herring landed at Vell develop from 2019 to 2021?"
SALVAGE = "What did the salvage of the Amarant cost?"
TOLL = "What toll does the customs house of Vell charge on salt?"


def test_an_empty_chat_names_the_corpus_and_suggests_four_questions(visit: Visit) -> None:
    """Their words are the reader's to read: no Markdown, icon or picture is made of them."""
    page = visit.page
    expect(page.get_by_role("heading", level=1)).to_have_text("The port of <i>Vell</i>")
    expect(page.get_by_text("Quays & ships of ![x](http://192.0.2.1/d.png)")).to_be_visible()
    buttons = page.locator("[class*=st-key-suggestion-] button")
    expect(buttons).to_have_count(4)
    labels = [label.replace("\N{WORD JOINER}", "") for label in buttons.all_inner_texts()]
    assert labels == SUGGESTED[:4]
    assert buttons.locator("img, a, b, strong, em, .katex").count() == 0


def test_a_suggested_question_is_answered_with_markers(visit: Visit) -> None:
    page = visit.page
    page.get_by_role("button", name=LIST).click()
    reply = page.get_by_role("status")
    expect(reply.locator("p").first).to_contain_text("The port of Vell has three kinds of quay")
    expect(reply.locator("li")).to_have_count(3)
    expect(reply.locator("a")).to_have_text(["[1]", "[2]", "[3]", "[4]"])
    expect(page.locator(".innoqa-question")).to_have_text(LIST)
    expect(page.get_by_role("heading", name="Sources")).to_be_visible()
    expect(page.get_by_text("Quoted from the corpus")).to_be_visible()
    expect(page.locator("[class*=st-key-suggestion-]")).to_have_count(0)


def test_a_typed_question_is_answered_from_the_table_row_that_states_it(visit: Visit) -> None:
    visit.ask(ROW)
    _open_every_card(visit)
    card = visit.page.locator(".innoqa-card", has_text="traffic.csv").first
    names, facts = card.locator("dt").all_inner_texts(), card.locator("dd").all_inner_texts()
    told = dict(zip(names, facts, strict=True))
    assert told["Row"].startswith("2 (Vell")
    assert told["Column"] == "value"
    assert told["Value"] == "about 48,900 containers"
    assert told["Reference"] == "Port Authority (2022)"
    expect(card.locator("mark")).to_have_text("48,900")
    expect(card.locator("thead th")).to_contain_text(["entity", "year", "value", "unit"])


def test_a_computed_answer_shows_its_reading_its_derivation_and_its_chart(visit: Visit) -> None:
    visit.ask(DUES)
    page = visit.page
    expect(page.get_by_role("status")).to_contain_text("1.7 million crowns")
    expect(page.get_by_role("status")).to_contain_text("Looked for: Harbour dues")
    derivation = page.locator(".innoqa-derivation")
    expect(derivation).to_contain_text("6.2 - 4.5 = 1.7 million crowns")
    operands = derivation.locator("table").first
    expect(operands).not_to_be_visible()
    derivation.locator("summary").first.click()
    expect(operands.locator("tbody tr")).to_have_count(2)
    expect(operands).to_contain_text("6.2 million crowns")
    chart = page.locator("[data-testid=stVegaLiteChart]")
    expect(chart.locator("svg, canvas").first).to_be_visible()
    expect(page.locator("[role=graphics-document]")).to_have_attribute("aria-label", LINE_CHART)
    expect(page.get_by_text("Periods without a figure are left open.")).to_be_visible()


@pytest.mark.parametrize("width", [360, 1000])
def test_a_marker_leads_to_the_lit_cell_among_its_neighbours(
    browser: Browser, address: str, width: int
) -> None:
    with visiting(browser, address, width=width) as visit:
        visit.ask(DUES)
        page = visit.page
        lit = page.locator(".innoqa-lit", has_text="6.2")
        expect(lit).not_to_be_visible()
        page.get_by_role("status").get_by_role("link", name="Source 2").click()
        expect(lit.locator("mark")).to_have_text("6.2")
        expect(lit).to_be_in_viewport(ratio=1)
        card = page.locator(".innoqa-card").filter(has=lit)
        expect(card.locator("thead th")).to_have_text(
            ["Port", "2016", "2017", "2019", "2020", "2021"]
        )
        expect(card.locator("tbody th")).to_have_text(["Vell", "Osk", "Ruun"])
        expect(card.locator(".innoqa-lit")).to_have_count(1)


def test_the_lit_cell_of_a_wide_table_is_in_view_before_any_click(
    browser: Browser, address: str
) -> None:
    with visiting(browser, address, width=320) as visit:
        visit.ask(ROW)
        lit = visit.page.locator("#source-1-1")
        expect(lit).to_have_text("48,900")
        visit.page.get_by_text("rows 1 to 3 of 3").scroll_into_view_if_needed()
        expect(lit).to_be_in_viewport(ratio=1)


def test_an_operand_leads_to_its_source(visit: Visit) -> None:
    visit.ask(DUES)
    visit.page.locator(".innoqa-derivation summary").first.click()
    visit.page.locator(".innoqa-derivation").get_by_role("link", name="Source 2").first.click()
    expect(visit.page.locator("#source-1-2")).to_be_in_viewport()


def test_the_same_computed_answer_may_be_asked_for_twice(visit: Visit) -> None:
    visit.ask(DUES)
    visit.ask(DUES)
    expect(visit.page.locator("[data-testid=stVegaLiteChart]")).to_have_count(2)
    expect(visit.page.get_by_role("alert")).to_have_count(0)


def test_hostile_words_in_a_computed_answer_stay_words(visit: Visit) -> None:
    """In the derivation, the chart, its tooltips and the lit cells."""
    visit.ask(HERRING)
    page = visit.page
    expect(page.get_by_role("status")).to_contain_text("20 tonnes")
    _open_every_card(visit)
    written = "Herring landed <b>x</b> ![x](http://192.0.2.1/h.png)"
    expect(page.locator(".innoqa-figure")).to_contain_text(written)
    expect(page.locator(".innoqa-derivation")).to_contain_text(written)
    expect(page.get_by_text("The dashed line marks a break")).to_contain_text("<img src=http:")
    chart = page.locator("[data-testid=stVegaLiteChart]")
    points = chart.locator("[aria-roledescription=point]")
    expect(points).to_have_count(3)
    for point in points.all():
        point.hover()
        expect(page.locator("#vg-tooltip-element")).to_contain_text(written)
        assert page.locator("#vg-tooltip-element").locator("img, b, i").count() == 0
    assert _made_of_text(visit) == 0


@pytest.mark.parametrize("how", ["mouse", "keyboard"])
def test_a_marker_opens_its_card_at_the_cited_words(visit: Visit, how: str) -> None:
    visit.ask(LIST)
    marker = visit.page.get_by_role("link", name="Source 4")
    mark = visit.page.locator(".innoqa-card").nth(3).locator("mark")
    expect(mark).not_to_be_visible()
    if how == "mouse":
        marker.click()
    else:
        marker.focus()
        visit.page.keyboard.press("Enter")
    expect(mark).to_be_in_viewport()
    expect(mark).to_have_text(
        "Timber quays are wide paved yards along the river mouth, where logs and sawn boards are"
        " stacked, measured, dried and loaded by two gantry cranes that run on rails."
    )


def test_every_turn_keeps_its_own_cards(visit: Visit) -> None:
    """The markers of an earlier answer lead to its own cards, and the newest question is on top."""
    visit.ask(LIST)
    visit.ask("When was the lighthouse of Vell first lit?")
    page = visit.page
    ids = page.locator(".innoqa-passage[id]").evaluate_all("all => all.map(one => one.id)")
    assert len(ids) == len(set(ids)) > 4
    expect(page.get_by_role("status")).to_have_count(1)
    expect(page.get_by_role("status")).to_contain_text("1871")
    expect(page.locator(".innoqa-question").last).to_be_in_viewport()
    newest = page.locator(".innoqa-sources").last
    expect(newest).to_contain_text('Maritime Museum, "Lights of the coast", 2004.')
    page.get_by_role("link", name="Source 2").first.click()
    expect(page.locator("#source-1-2 mark")).to_be_in_viewport()


def test_a_question_that_the_corpus_does_not_answer(visit: Visit) -> None:
    visit.ask("Who won the chess tournament in Havana?")
    page = visit.page
    expect(page.get_by_role("status")).to_contain_text("Nothing in the corpus is about this")
    expect(page.get_by_role("heading", name="Nearest passages")).to_be_visible()
    expect(page.get_by_text("These do not answer the question.")).to_be_visible()
    expect(page.locator("mark")).to_have_count(0)


def test_a_question_without_words_gets_a_message(visit: Visit) -> None:
    box = visit.page.get_by_role("textbox", name="Ask a question")
    box.fill("?!")
    box.press("Enter")
    expect(visit.page.get_by_role("alert")).to_contain_text("question is empty")
    visit.ask(ROW)


def test_what_a_reader_asks_is_shown_as_typed(visit: Visit) -> None:
    question = 'What <img src="http://192.0.2.1/u.png"> is $z$ ![](http://192.0.2.1/v) **salt**?'
    visit.ask(question)
    expect(visit.page.locator(".innoqa-question")).to_have_text(question)
    assert _made_of_text(visit) == 0


@pytest.mark.parametrize(("question", "said"), [(SALVAGE, "12 million crowns"), (TOLL, "7 crowns")])
def test_markup_in_a_document_stays_text(visit: Visit, question: str, said: str) -> None:
    """No script, picture, link or formula results, and nothing of it is asked of another host."""
    visit.ask(question)
    expect(visit.page.get_by_role("status")).to_contain_text(said)
    _open_every_card(visit)
    expect(visit.page.locator("mark").first).to_contain_text("$")
    expect(visit.page.get_by_text("a comment that nobody should read")).to_have_count(0)
    assert _made_of_text(visit) == 0
    links = visit.page.locator(".stHtml a").evaluate_all("a => a.map(b => b.hash || b.href)")
    assert all(h.startswith(("#", f"{visit.address}/documents?doc=")) for h in links)


def test_plain_text_keeps_its_markup_as_characters(visit: Visit) -> None:
    visit.ask(TOLL)
    card = visit.page.locator(".innoqa-card", has_text="hostile.txt").first
    for written in ("<script>alert(2)</script>", "[x](http://192.0.2.1/q.png)", "**nothing**"):
        expect(card).to_contain_text(written)


@pytest.mark.parametrize("width", [360, 1000])
def test_nothing_scrolls_sideways(browser: Browser, address: str, width: int) -> None:
    with visiting(browser, address, width=width) as visit:
        for question in (LIST, ROW, SALVAGE, TOLL, DUES, HERRING):
            visit.ask(question)
        _open_every_card(visit)
        wider = "all => all.filter(one => one.scrollWidth > one.clientWidth + 1).length"
        assert visit.page.locator("html, body, .stMain, .innoqa-card").evaluate_all(wider) == 0


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_words_stand_out_from_what_is_behind_them(
    browser: Browser, address: str, scheme: str
) -> None:
    """WCAG 2 AA asks for a contrast of 4.5 : 1 (success criterion 1.4.3)."""
    with visiting(browser, address, scheme=scheme) as visit:
        visit.ask(LIST)
        visit.ask(DUES)
        _open_every_card(visit)
        dim = (
            ".innoqa-title p, .innoqa-markers a, .innoqa-byline, .innoqa-note, mark, summary small,"
            " dt, dd, caption, th, td, code, .innoqa-copy, [class*=st-key-acts-] p,"
            " [class*=st-key-open-] p > span, .innoqa-label"
        )
        contrasts = visit.page.locator(dim).evaluate_all(CONTRAST)
        assert len(contrasts) > 10
        assert min(contrasts) >= 4.5


def test_an_index_folder_without_an_index_is_explained(browser: Browser, tmp_path: Path) -> None:
    missing = tmp_path / "nothing"
    with page_running(missing, tmp_path) as address, visiting(browser, address) as visit:
        alert = visit.page.get_by_role("alert")
        expect(alert).to_contain_text(str(missing))
        expect(alert).to_contain_text("innoqa ingest")
        expect(visit.page.get_by_role("textbox")).to_have_count(0)
        expect(visit.page.get_by_text("Traceback")).to_have_count(0)


def _open_every_card(visit: Visit) -> None:
    visit.page.locator("details").evaluate_all("all => all.forEach(one => one.open = true)")


def _made_of_text(visit: Visit) -> int:
    """How many elements there are that only text from outside could have made."""
    made = "script[src], img, iframe, svg a, b, em, .katex, a[href^=http], a[href^=javascript]"
    found = visit.page.locator(", ".join(f".stHtml {tag}" for tag in made.split(", ")))
    return int(found.count())


LINE_CHART = re.compile("Line chart of Harbour dues.*, Vell in million crowns, 5 values")

CONTRAST = """all => all.map(one => {
    const pixel = document.createElement("canvas").getContext("2d", {willReadFrequently: true});
    const luminance = () => {
        const [r, g, b] = [...pixel.getImageData(0, 0, 1, 1).data].map(v => v / 255)
            .map(v => v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);
        return 0.2126 * r + 0.7152 * g + 0.0722 * b;
    };
    const paint = (colour, opacity = 1) => {
        pixel.globalAlpha = opacity; pixel.fillStyle = colour; pixel.fillRect(0, 0, 1, 1);
    };
    const behind = [];
    for (let at = one; at; at = at.parentElement) behind.unshift(getComputedStyle(at));
    behind.forEach(style => paint(style.backgroundColor));
    const back = luminance();
    paint(getComputedStyle(one).color, behind.reduce((all, style) => all * style.opacity, 1));
    const [dark, light] = [back, luminance()].sort((a, b) => a - b);
    return (light + 0.05) / (dark + 0.05);
})"""
"""The contrast of each element's words with what is painted behind them."""
