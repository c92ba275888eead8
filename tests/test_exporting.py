"""A conversation to take away says what the page said, and nothing in it is markup."""

from dataclasses import replace
from html.parser import HTMLParser

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from tests.computed_turns import change_of_dues

from innoqa import exporting
from innoqa.domain import (
    Abstention,
    Answer,
    Citation,
    Conversation,
    Passage,
    Query,
    Sentence,
    Statement,
    Turn,
)

HOSTILE = [
    "<script>alert(1)</script>",
    "![x](http://192.0.2.1/x.png)",
    "[a](javascript:alert(1))",
    "# Heading",
    "1. item",
    "- item",
    "</title><img src=//x>",
    "`code` **bold** _it_ ~~no~~ | a | $x$ &amp; http://x",
    "===",
]
words = st.one_of(
    st.sampled_from(HOSTILE),
    st.text(st.characters(exclude_categories=["Cs", "Cc", "Zl", "Zp"]), min_size=1, max_size=20),
).filter(lambda text: text.strip())


def turn_of(text: str, *, start: int = 0) -> Turn:
    """A turn whose statement cites the first of two sentences of a passage."""
    sentences = (Sentence(start, start + 5, text), Sentence(start + 5, start + 10, "Not cited."))
    passage = Passage(
        "p", "d", f"{text}.md", text, (text,), text, start, start + 10, sentences
    )  # fmt: skip
    citation = Citation(1, passage, text, start, start + 5, (text,))
    answer = Answer((Statement(text, (citation,)),), 0.9)
    return Turn(text, Query(text), (), answer, "extractive", 1.0)


def abstained(reason: str) -> Turn:
    return replace(turn_of(reason), reply=Abstention(reason, (), ("Ports",), 0.1))


class Read(HTMLParser):
    """The elements, addresses and text that a browser would make of HTML."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.addresses: list[str] = []
        self.text = ""
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.addresses += [value or "" for name, value in attrs if name in ("href", "src")]

    def handle_data(self, data: str) -> None:
        self.text += data


OURS = set("html head meta title style body h1 h2 p a ol li".split())


@settings(max_examples=60, deadline=None)
@given(words)
def test_no_text_becomes_markup_in_the_page_and_none_is_lost(text: str) -> None:
    page = Read(exporting.html(text, Conversation((turn_of(text), abstained(text)))))
    assert set(page.tags) <= OURS
    assert page.addresses == ["#ref-1"]
    assert page.text.count(text) >= 5


@settings(max_examples=60, deadline=None)
@given(words)
def test_no_text_becomes_markup_in_markdown(text: str) -> None:
    """Nothing but headings, paragraphs and what we set in italics; no picture, link or HTML."""
    written = exporting.markdown(text, Conversation((turn_of(text), abstained(text))))
    tokens = MarkdownIt("gfm-like", {"linkify": False}).parse(written)
    inner = [child for token in tokens for child in token.children or ()]
    assert {token.tag for token in tokens} <= {"h1", "h2", "p", ""}
    assert {token.type for token in inner} <= {"text", "text_special", "em_open", "em_close"}
    read = [
        "".join(c.content for c in token.children or ())
        for token in tokens
        if token.type == "inline"
    ]
    assert " ".join(text.split()) in read


def test_the_page_asks_nothing_of_anywhere() -> None:
    page = exporting.html("Dues", Conversation((change_of_dues(),)))
    assert "default-src 'none'" in page
    assert "http-equiv" in page
    assert "//" not in page
    assert "url(" not in page


def test_references_are_numbered_through_and_each_stands_once() -> None:
    """A third turn that cites what the first did has its number."""
    conversation = Conversation((turn_of("One"), turn_of("Two", start=20), turn_of("One")))
    page = exporting.html("Ports", conversation)
    assert [f'<a href="#ref-{n}">[{n}]</a>' in page for n in (1, 2, 3)] == [True, True, False]
    assert page.count('<a href="#ref-1">') == 2
    assert page.count("<li id=") == 2
    written = exporting.markdown("Ports", conversation)
    assert written.count("One[^1]\n") == 2
    assert written.count("[^2]: ") == 1


def test_two_cells_of_one_row_are_two_references() -> None:
    turn = change_of_dues()
    references = exporting.References()
    assert isinstance(turn.reply, Answer)
    (first, second) = turn.reply.citations
    assert [references.number(one) for one in (first, second, first)] == [1, 2, 1]


def test_an_answer_to_paste_has_its_markers_and_what_they_lead_to() -> None:
    assert exporting.plain(turn_of("Quays")) == (
        "Quays [1]\n\n[1] Quays (Quays.md): “Quays” Source: Quays"
    )
    assert exporting.plain(abstained("No.")) == "No. The corpus covers: Ports."


def test_a_computed_answer_has_its_derivation_and_what_differs() -> None:
    written = exporting.markdown("Dues", Conversation((change_of_dues(),)))
    assert "6.20 - 4.5 = 1.70 million crowns" in written
    assert "Sources differ on Port dues of Vell in 2020" in written
    assert "more than 7 million crowns (Chamber of Trade)" in written
    assert "row 19, column value" in written


@pytest.mark.parametrize(
    ("query", "is_told"), [("And in 2020?", False), ("The dues in 2020", True)]
)
def test_how_a_question_was_read_is_told_where_it_differs(query: str, is_told: bool) -> None:
    turn = replace(turn_of("w"), question="And  in 2020?", query=Query(query))
    conversation = Conversation((turn,))
    assert (f"Read as: {query}" in exporting.html("t", conversation)) == is_told
    assert (f"*Read as: {query}*" in exporting.markdown("t", conversation)) == is_told
