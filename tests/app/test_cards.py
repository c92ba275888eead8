"""Whatever stands in a corpus, the page's HTML has our elements only and shows every character."""

from dataclasses import replace
from decimal import Decimal
from html.parser import HTMLParser

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.computed_turns import change_of_dues, observed, turn_with

import cards
import derivations
import sources
import statements
import tables
from innoqa.composing import Composing
from innoqa.domain import (
    Abstention,
    Answer,
    Cell,
    Citation,
    Computation,
    Conflict,
    Corpus,
    Hit,
    ListPlace,
    Observation,
    Passage,
    Period,
    Query,
    Reply,
    Sentence,
    Statement,
    Table,
    TableRow,
    Turn,
    Unit,
    Withheld,
)

OURS = set(
    "a blockquote br caption code dd del details div dl dt h1 h2 h3 header li mark p section small"
    " span strong summary table tbody td th thead tr ul".split()
)
HOSTILE = ["<script>alert(1)</script>", '" onload="x', "'><img src=//x>", "&lt;b&gt;", "</details>"]
words = st.one_of(
    st.sampled_from(HOSTILE),
    st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=20),
).filter(str.strip)


class Read(HTMLParser):
    """What a browser would make of HTML: the elements, their attributes and the text."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: set[tuple[str, str | None]] = set()
        self.text = ""
        self.depth = 0
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes.update(attrs)
        self.depth += 1

    def handle_endtag(self, tag: str) -> None:  # noqa: ARG002 - the name is HTMLParser's
        self.depth -= 1

    def handle_data(self, data: str) -> None:
        self.text += data


def observation_of(text: str, value: str = "1") -> Observation:
    cell = Cell(table=text, row=1, row_name=text, column=text, column_number=2)
    return Observation(
        text, text, Period(text, "undated"), Decimal(value), text, Unit(text, text), text, text,
        cell, note=text,
    )  # fmt: skip


def passage_of(text: str) -> Passage:
    observation = observation_of(text)
    return Passage(
        id="p", document_id="d", source=text, title=text, heading=(text,), text=text * 2,
        start=10, end=30, page=7, cell=observation.cell,
        sentences=(Sentence(10, 20, text), Sentence(20, 30, text, place=ListPlace(1, 1))),
        observations=(observation,),
    )  # fmt: skip


def turn_of(text: str, reply: Reply) -> Turn:
    return Turn(text, Query(text + "?"), (), reply, text, 12.3)


def answer_of(text: str) -> Answer:
    citation = Citation(1, passage_of(text), text, 20, 30, (text,))
    cell, other = observation_of(text), observation_of(text, "2")
    computation = Computation(text, text, text, text, Unit(text), (cell,), (cell, other))
    conflicts = (Conflict(text, (cell, other), text),)
    return Answer((Statement(text, (citation,)),), 1.0, computation, conflicts)


def excerpt_of(text: str, column: int | None = 2) -> tables.Excerpt:
    table = Table(text, (text,), (text, text), (TableRow((text, text), 0, 1),))
    part = tables.excerpt(table, Cell(text, 1, text, text, 0, column))
    assert part is not None
    return part


def abstention_of(text: str) -> Abstention:
    return Abstention(text, (Hit(passage_of(text), 1.0, (1.0, 0.5), 0.1),), (text,), 0.1)


@settings(max_examples=60, deadline=None)
@given(text=words)
def test_no_text_becomes_markup_and_none_is_lost(text: str) -> None:
    html = [cards.title(Corpus(text, text)), cards.question(text, 1), cards.problem(text)]
    html += [cards.notice(text), cards.comment(text), cards.words_alone(text)]
    for reply in (answer_of(text), abstention_of(text)):
        turn = turn_of(text, reply)
        html += [cards.reply(turn, 1, newest=True), sources.sources(turn, 1, {})]
        html.append(cards.reading(turn))
    turn = turn_of(text, answer_of(text))
    html += [derivations.derivation(turn, 1), derivations.conflicts(turn, 1), cards.caption(text)]
    html += [cards.notes([text]), tables.excerpt_html(excerpt_of(text), "source-1-1")]
    html += [sources.sources(turn, 1, {1: excerpt_of(text, column)}) for column in (2, None)]
    withheld = (Withheld(text, text),)
    html += [statements.left_out(withheld, struck=struck) for struck in (True, False)]
    html += [cards.reply(replace(turn, note=text), 1, newest=True), cards.status(text)]
    html.append(statements.draft(Composing((), withheld, text), struck=True))
    for piece in map(Read, html):
        assert piece.tags <= OURS
        assert piece.depth == 0
        assert text in piece.text
        names = {name for name, _ in piece.attributes}
        assert names <= {"class", "id", "href", "open", "tabindex", "role", "aria-live",
                         "aria-label", "aria-busy", "scope", "target"}  # fmt: skip
        led_to = {value.split("&")[0] for name, value in piece.attributes if name == "href"}
        assert led_to <= {"#source-1-1", "documents?doc=d"}


@given(text=words)
def test_a_copy_button_holds_its_text_to_the_character(text: str) -> None:
    button = Read(cards.copy_button(text, text))
    assert button.tags == {"button"}
    assert ("data-copy", text) in button.attributes
    assert button.text == text


def test_items_stand_under_their_lead_in_only() -> None:
    """Items picked for what they say, without the sentence that leads into them, are paragraphs."""

    def statement(item: int) -> Statement:
        passage = replace(passage_of("w"), sentences=(Sentence(0, 1, "w", (), ListPlace(4, item)),))
        return Statement("w", (Citation(item + 1, passage, "w", 0, 1),))

    def html(*items: int) -> str:
        answer = Answer(tuple(map(statement, items)), 1.0)
        return cards.reply(turn_of("w", answer), 1, newest=False)

    assert html(0, 1, 2).count("<li>") == 2
    assert html(1, 2).count("<li>") == 0


def test_only_the_cited_sentence_is_highlighted() -> None:
    html = sources.sources(turn_of("word", answer_of("word")), 2, {})
    assert html.count("<mark>word</mark>") == 1
    assert '<p class="innoqa-item"><mark>' in html
    assert 'id="source-2-1"' in html


def test_nothing_near_is_highlighted_and_it_is_said_to_be_no_answer() -> None:
    html = sources.sources(turn_of("word", abstention_of("word")), 2, {})
    assert "<mark>" not in html
    assert "These do not answer the question." in html


def test_a_cell_tells_its_place_its_value_and_its_file() -> None:
    turn = change_of_dues()
    text = Read(sources.sources(turn, 1, {})).text
    for told in ("TableDues", "Row19 (Vell, 2018)", "Columnvalue", "Value4.5 million crowns",
                 "ReferenceVell Yearbook 2018", "Filed1.csv"):  # fmt: skip
        assert told in text


@pytest.mark.parametrize(
    ("row", "column", "path"),
    [
        ("Vell, 2018", "value", "Dues of the ports › Dues › Vell, 2018"),
        ("Vell", "2018", "Dues of the ports › Dues › Vell › 2018"),
        ("2018", "Vell | Port dues", "Dues of the ports › Dues › 2018 › Vell, Port dues"),
    ],
)
def test_a_card_is_named_by_its_column_where_the_row_alone_does_not_tell(
    row: str, column: str, path: str
) -> None:
    seen = observed(2018, "4.5")
    seen = replace(seen, cell=replace(seen.cell, row_name=row, column=column))
    turn = turn_with(Computation("lookup", "r", "", Decimal("4.5"), Unit(""), (seen,)))
    html = sources.sources(turn, 1, {})
    summary = html[html.index("<summary>") : html.index("</summary>")]
    assert Read(summary).text == f"1{path}"


def test_how_a_question_was_read_stands_under_what_is_said() -> None:
    text = Read(cards.reply(change_of_dues(), 1, newest=True)).text
    said, reading = (
        text.index("rose by 1.7"),
        text.index("Looked for: Port dues of Vell, the difference"),
    )
    assert said < reading


def test_a_derivation_gives_the_expression_the_cells_and_where_they_are_cited() -> None:
    html = derivations.derivation(change_of_dues(), 3)
    text = Read(html).text
    assert "6.20 - 4.5 = 1.70 million crowns" in text
    assert "Port dues, Vell" in text
    operands, _, points = text.partition("All 3 points of the chart")
    assert "20184.5 million crowns [1]Vell Yearbook 2018" in operands
    assert "20206.20 million crowns [2]Vell Yearbook 2020" in operands
    assert "5.1" not in operands
    assert "20195.1 million crownsVell Yearbook 2019" in points
    assert 'href="#source-3-2"' in html


@pytest.mark.parametrize(
    ("expression", "value", "unit", "shown"),
    [
        ("1 / 3", Decimal("0.333"), "", "1 / 3 ≈ 0.333"),
        ("3 * 4.5", Decimal("13.5"), "100 million yuan", "3 * 4.5 = 13.5 × 100 million yuan"),
        ("20000 - 1", Decimal(19999), "parks", "20000 - 1 = 19,999 parks"),
        ("max(2, 5)", "Osk", "", "max(2, 5) = 5 → Osk"),
        ("", Decimal(7), "parks", "from 1 cell"),
        ("no arithmetic", Decimal(7), "parks", "no arithmetic = 7 parks"),
        ("2 + 2", ("Osk", Decimal(4)), "", "2 + 2 = 4 → Osk, 4"),
    ],
)
def test_the_result_of_an_expression_is_said_to_be_rounded_where_it_is(
    expression: str, value: Decimal, unit: str, shown: str
) -> None:
    computed = Computation("o", "r", expression, value, Unit(unit), (observed(2020, "7"),))
    html = derivations.derivation(turn_with(computed), 1)
    summary, _, _ = html.partition("</summary>")
    assert Read(summary).text == f"Derivation {shown}"


def test_a_long_expression_is_inside_the_derivation() -> None:
    operands = tuple(observed(when, "10.5") for when in range(1990, 2020))
    expression = f"sum({', '.join('10.5' for _ in operands)})"
    computed = Computation("sum", "r", expression, Decimal(315), Unit(""), operands)
    summary, _, inside = derivations.derivation(turn_with(computed), 1).partition("</summary>")
    assert Read(summary).text == "Derivation from 30 cells"
    assert f"{expression} = 315" in inside


def test_an_answer_that_was_not_computed_has_no_derivation_and_no_conflicts() -> None:
    answer = replace(answer_of("w"), computation=None, conflicts=())
    turn = turn_of("w", answer)
    assert derivations.derivation(turn, 1) == derivations.conflicts(turn, 1) == ""
    assert "Looked for" not in cards.reply(turn, 1, newest=True)
    abstained = turn_of("w", abstention_of("w"))
    assert derivations.derivation(abstained, 1) == derivations.conflicts(abstained, 1) == ""


def test_figures_that_disagree_stand_side_by_side_with_why_and_whose() -> None:
    text = Read(derivations.conflicts(change_of_dues(), 1)).text
    assert text.startswith("Sources differPort dues of Vell in 2020. They differ in scope.")
    assert "20206.20 million crowns [2]Vell Yearbook 2020" in text
    assert "2020more than 7 million crownsChamber of Tradewith the islands" in text


def test_each_line_of_an_abstention_is_a_paragraph() -> None:
    abstention = Abstention(
        "There is no figure for 2035.\nThere are figures for 2020.", (), (), 0.9
    )
    html = cards.reply(turn_of("w", abstention), 1, newest=False)
    assert "<p>There is no figure for 2035.</p><p>There are figures for 2020.</p>" in html


def test_a_query_is_shown_where_it_differs_from_the_question() -> None:
    answer = answer_of("w")
    same = Turn("how  much?", Query("how much?"), (), answer, "extractive", 1.0)
    other = Turn("and there?", Query("how much there?"), (), answer, "extractive", 1.0)
    assert cards.reading(same) == ""
    assert "Read as: how much there?" in cards.reading(other)


def test_a_label_takes_every_sign_of_markdown_literally() -> None:
    assert cards.as_label("a *b* [c](d)\n$e$") == r"a \*b\* \[c\]\(d\) \$e\$"
