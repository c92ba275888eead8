"""Drafts become statements with numbered citations."""

from innoqa.citing import Draft, Span, numbered
from innoqa.domain import Passage, Sentence

TEXT = "One park opened. Two closed."
SENTENCES = (Sentence(100, 116, "One park opened."), Sentence(117, 128, "Two closed."))
PASSAGE = Passage("p", "d", "a.md", "A", (), TEXT, 100, 128, SENTENCES)


def test_markers_run_in_the_order_of_first_use_and_are_shared_by_equal_spans() -> None:
    first, second = Span(PASSAGE, 100, 116), Span(PASSAGE, 117, 128)
    drafts = [Draft("b", (second,)), Draft("a", (first, second))]
    statements = numbered(drafts)
    assert [[c.marker for c in s.citations] for s in statements] == [[1], [2, 1]]


def test_a_quote_is_the_words_of_the_span() -> None:
    (statement,) = numbered([Draft("a", (Span(PASSAGE, 117, 128),))])
    assert statement.citations[0].quote == "Two closed."
