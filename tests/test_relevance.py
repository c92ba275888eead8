"""What is to the point of an answer, and what only stands beside it."""

from innoqa.citing import Draft, Span, cell_span, numbered
from innoqa.domain import (
    Answer,
    Cell,
    Hit,
    ListPlace,
    Observation,
    Passage,
    Period,
    Reading,
    Sentence,
    ShortAnswer,
    Unit,
)
from innoqa.relevance import MARGIN, Relevance, says_what_answers

PARTS = ("The board has goals:", "Cheap floors.", "Open doors.", "Short ways.", "It snowed.")
TEXT = " ".join(PARTS)
PLACES = (ListPlace(1, 0), ListPlace(1, 1), ListPlace(1, 2), ListPlace(1, 3), None)
SENTENCES = tuple(
    Sentence(TEXT.index(part), TEXT.index(part) + len(part), part, (), place)
    for part, place in zip(PARTS, PLACES, strict=True)
)
GOALS = Passage("p", "d", "goals.md", "Goals", (), TEXT, 0, len(TEXT), SENTENCES)


def span(number: int) -> Span:
    return Span(GOALS, SENTENCES[number].start, SENTENCES[number].end)


def answer(*drafts: Draft) -> Answer:
    return Answer(numbered(drafts), 0.9)


def said(*numbers: int, focus: tuple[int, int] | None = None) -> Draft:
    return Draft(" ".join(PARTS[n] for n in numbers), tuple(map(span, numbers)), focus)


def relevance(*scores: float, known: Answer | None = None) -> Relevance:
    return Relevance.of([Hit(GOALS, 1.0, scores, 0.9)], known or answer(said(0)))


def test_a_sentence_far_below_the_best_is_beside_the_question():
    found = relevance(0.9, 0.2, 0.2, 0.2, 0.9 - MARGIN - 0.01)
    assert found.has([span(0)])
    assert not found.has([span(4)])
    assert found.has([span(4), span(0)])
    assert relevance(0.9, 0.2, 0.2, 0.2, 0.9 - MARGIN).has([span(4)])


def test_an_item_is_as_relevant_as_its_list():
    found = relevance(0.9, 0.1, 0.1, 0.1, 0.1)
    assert found.has([span(2)])
    assert not relevance(0.1, 0.1, 0.1, 0.1, 0.9).has([span(2)])


def test_what_stands_on_a_cell_of_the_answer_is_relevant():
    cell = Cell("Goals", 1, "Board", "2015", 0, 1)
    seen = Observation("Goals", "Board", Period("2015", "year"), None, "3", Unit(""), "", "", cell)
    row = Passage("r", "d", "t.csv", "Goals", (), "3", 0, 1, (Sentence(0, 1, "3"),), cell=cell)
    known = answer(Draft("3", (cell_span(row, seen),)))
    hits = [Hit(GOALS, 1.0, (0.9,) * 5, 0.9), Hit(row, 0.1, (0.1,), 0.1)]
    assert Relevance.of(hits, known).has([cell_span(row, seen)])
    assert not Relevance.of(hits, answer(said(0))).has([cell_span(row, seen)])


def test_the_marked_words_must_be_said():
    known = answer(Draft("It has cheap floors.", (span(1),), (7, 19)))
    assert says_what_answers(answer(Draft("Floors there are cheap.", (span(4),))), known, ())
    assert not says_what_answers(answer(said(1, 4), said(2)), answer(
        Draft("Its doors are open since 1999.", (span(2),), (25, 29))
    ), ())  # fmt: skip


def test_half_of_a_list_must_be_there():
    known = answer(said(0), said(1), said(2), said(3))
    assert says_what_answers(answer(said(1), said(3)), known, ())
    assert not says_what_answers(answer(said(0, 1)), known, ())


def test_the_last_sentence_of_the_first_statement_must_be_there():
    known = answer(said(0, 4), said(2))
    assert says_what_answers(answer(said(4)), known, ())
    assert not says_what_answers(answer(said(0), said(2)), known, ())


def test_the_sentence_that_the_reader_holds_for_the_answer_must_be_there():
    known = answer(said(0), said(4))
    reading = Reading(0.0, (1.0, 0.0, 0.0, 0.0, 3.0), (ShortAnswer(0, 1, 0.1),) * 5)
    hits = [Hit(GOALS, 1.0, (0.9,) * 5, 0.9, reading)]
    assert says_what_answers(answer(said(4)), known, hits)
    assert not says_what_answers(answer(said(0)), known, hits)
    assert says_what_answers(answer(said(0)), known, [])
