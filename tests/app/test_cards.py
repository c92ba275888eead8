"""Whatever stands in a corpus, the page's HTML has our elements only and shows every character."""

from dataclasses import replace
from decimal import Decimal
from html.parser import HTMLParser

from hypothesis import given, settings
from hypothesis import strategies as st

import cards
from innoqa.domain import (
    Abstention,
    Answer,
    Cell,
    Citation,
    Corpus,
    Hit,
    ListPlace,
    Observation,
    Passage,
    Query,
    Reply,
    Sentence,
    Statement,
    Turn,
)

OURS = set(
    "a blockquote dd details div dl dt h1 h2 h3 header li mark p section small span strong summary"
    " ul".split()
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


def passage_of(text: str) -> Passage:
    cell = Cell(table=text, row=3, row_name=text, column=text)
    return Passage(
        id="p", document_id="d", source=text, title=text, heading=(text,), text=text * 2,
        start=10, end=30, page=7, cell=cell,
        sentences=(Sentence(10, 20, text), Sentence(20, 30, text, place=ListPlace(1, 1))),
        observation=Observation(text, text, text, Decimal(1), text, text, text, text, cell),
    )  # fmt: skip


def turn_of(text: str, reply: Reply) -> Turn:
    return Turn(text, Query(text + "?"), (), reply, text, 12.3)


def answer_of(text: str) -> Answer:
    citation = Citation(1, passage_of(text), text, 20, 30, (text,))
    return Answer((Statement(text, (citation,)),), 1.0)


def abstention_of(text: str) -> Abstention:
    return Abstention(text, (Hit(passage_of(text), 1.0, (1.0, 0.5), 0.1),), (text,), 0.1)


@settings(max_examples=60, deadline=None)
@given(text=words)
def test_no_text_becomes_markup_and_none_is_lost(text: str) -> None:
    html = [cards.title(Corpus(text, text)), cards.question(text), cards.problem(text)]
    for reply in (answer_of(text), abstention_of(text)):
        turn = turn_of(text, reply)
        html += [cards.reply(turn, 1, newest=True), cards.sources(turn, 1)]
    for piece in map(Read, html):
        assert piece.tags <= OURS
        assert piece.depth == 0
        assert text in piece.text
        names = {name for name, _ in piece.attributes}
        assert names <= {"class", "id", "href", "open", "tabindex", "role", "aria-live",
                         "aria-label"}  # fmt: skip
        assert {value for name, value in piece.attributes if name == "href"} <= {"#source-1-1"}


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
    html = cards.sources(turn_of("word", answer_of("word")), 2)
    assert html.count("<mark>word</mark>") == 1
    assert '<p class="innoqa-item"><mark>' in html
    assert 'id="source-2-1"' in html


def test_nothing_near_is_highlighted_and_it_is_said_to_be_no_answer() -> None:
    html = cards.sources(turn_of("word", abstention_of("word")), 2)
    assert "<mark>" not in html
    assert "These do not answer the question." in html


def test_a_row_tells_its_place_its_value_and_its_file() -> None:
    text = Read(cards.sources(turn_of("w", answer_of("w")), 1)).text
    for told in ("Tablew", "Row3 (w)", "Columnw", "Valuew w", "Qualifierw", "Filew, page 7"):
        assert told in text


def test_a_query_is_shown_where_it_differs_from_the_question() -> None:
    answer = answer_of("w")
    same = Turn("how  much?", Query("how much?"), (), answer, "extractive", 1.0)
    other = Turn("and there?", Query("how much there?"), (), answer, "extractive", 1.0)
    assert "Understood as" not in cards.reply(same, 1, newest=False)
    assert "Understood as: how much there?" in cards.reply(other, 1, newest=False)


def test_a_label_takes_every_sign_of_markdown_literally() -> None:
    assert cards.as_label("a *b* [c](d)\n$e$") == r"a \*b\* \[c\]\(d\) \$e\$"
