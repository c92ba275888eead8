"""Whether what an answer says stands in what it cites: nothing true falls, nothing false passes."""

import random
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.attribution_faults import FAITHFUL, FAULTS, QUESTIONS, SENTENCES, WRONG
from tests.computed_turns import cited, observed
from tests.table_questions.conftest import TIDY, WIDE, read_tables

from innoqa import table_questions
from innoqa.attribution import Fault, attributed, supported
from innoqa.citing import Draft, cell_span, numbered
from innoqa.domain import Answer, Citation, Computation, Passage, Sentence, Statement, Unit

SEEDS = range(4)
Told = tuple[Statement, Computation | None]


def passage(text: str, id: str = "p1", heading: tuple[str, ...] = ()) -> Passage:
    sentences, at = [], 0
    for sentence in text.split("\n"):
        sentences.append(Sentence(at, at + len(sentence), sentence))
        at += len(sentence) + 1
    return Passage(id, "d1", "velmar.md", "Velmar", heading, text, 0, len(text), tuple(sentences))


def whole(passage: Passage, marker: int = 1) -> Citation:
    return Citation(marker, passage, passage.text, passage.start, passage.end)


def said(text: str, *sentences: str) -> Statement:
    """A statement that cites some of the sentences of Velmar, each from a passage of its own."""
    passages = (passage(SENTENCES[name], name) for name in sentences)
    return Statement(text, tuple(whole(p, n) for n, p in enumerate(passages, 1)))


def kinds(faults: tuple[Fault, ...]) -> set[str]:
    return {fault.kind for fault in faults}


@pytest.fixture(scope="module")
def computed(tmp_path_factory: pytest.TempPathFactory) -> tuple[Told, ...]:
    """What the tables of an invented coast answer to questions of every kind."""
    folder = tmp_path_factory.mktemp("coast")
    (folder / "city.csv").write_text(TIDY, "utf-8")
    (folder / "parks.csv").write_text(WIDE, "utf-8")
    tables = read_tables(folder)
    told: list[Told] = []
    for question in QUESTIONS:
        reply = table_questions.answer(question, tables)
        assert isinstance(reply, table_questions.Computed), question
        drafts = (Draft(t.text, tuple(cell_span(*cell) for cell in t.cells)) for t in reply.told)
        told += [(statement, reply.computation) for statement in numbered(drafts)]
    return tuple(told)


@pytest.fixture(scope="module")
def told(computed: tuple[Told, ...]) -> tuple[Told, ...]:
    """True statements of every composer: the evidence's words, free wordings, computed values."""
    in_its_words = ((said(text, name), None) for name, text in SENTENCES.items())
    freely = ((said(text, name), None) for name, text in FAITHFUL)
    return (*in_its_words, *freely, *computed)


def test_a_sentence_in_the_words_that_it_cites_is_supported() -> None:
    """Whole sentences, joined, as list items with semicolons, with other quotes and dashes."""
    lead, *items = "The board has two goals:", "Cheap floors.", "Short ways – on foot."
    listed = passage("\n".join((lead, *items)))
    text = "The board has two goals: Cheap floors; Short ways — on foot."
    assert not supported(Statement(text, (whole(listed),)))
    assert not supported(said(f"{SENTENCES['yard']} {SENTENCES['tram']}", "yard", "tram"))


@pytest.mark.parametrize(("name", "text"), FAITHFUL)
def test_a_faithful_wording_is_supported(name: str, text: str) -> None:
    assert not supported(said(text, name))


@pytest.mark.parametrize(("name", "kind", "text"), WRONG)
def test_a_wrong_wording_is_found_for_what_is_wrong_with_it(
    name: str, kind: str, text: str
) -> None:
    assert kind in kinds(supported(said(text, name)))


def test_computed_statements_are_supported_by_their_cells(computed: tuple[Told, ...]) -> None:
    assert len(computed) > len(QUESTIONS)
    assert [faults for one in computed if (faults := supported(*one))] == []


@pytest.mark.parametrize("kind", FAULTS)
def test_planted_faults_are_found(kind: str, told: tuple[Told, ...]) -> None:
    """In every true statement, of every composer, wherever a fault of the kind can be planted."""
    planted = list(_planted(kind, told))
    assert len(planted) >= 15
    missed = [text for (statement, computation), text in planted
              if not supported(replace(statement, text=text), computation)]  # fmt: skip
    assert missed == []


def _planted(kind: str, told: tuple[Told, ...]) -> Iterator[tuple[Told, str]]:
    for number, one in enumerate(told):
        texts = {FAULTS[kind](one[0].text, random.Random(f"{seed} {number}")) for seed in SEEDS}
        yield from ((one, text) for text in sorted(texts - {None, one[0].text}, key=str) if text)


def test_a_statement_that_cites_another_passage_is_not_supported(told: tuple[Told, ...]) -> None:
    """Nor is one with a clause of another passage joined to it, which it does not cite."""
    missed = []
    for number, (statement, computation) in enumerate(told):
        others = [s for s, _ in told if _cells(s).isdisjoint(_cells(statement))]
        other = random.Random(number).choice(others)
        moved = replace(statement, citations=other.citations)
        joined = replace(statement, text=f"{statement.text.rstrip('.')}, and {other.text}")
        missed += [one.text for one in (moved, joined) if not supported(one, computation)]
    assert missed == []


def _cells(statement: Statement) -> set[object]:
    cells = {
        c.observation.indicator if c.observation else c.passage.id for c in statement.citations
    }
    return {*cells}


def test_a_statement_without_a_citation_or_with_a_false_quote_is_not_supported() -> None:
    right = said(SENTENCES["yard"], "yard")
    assert kinds(supported(replace(right, citations=()))) == {"no citation"}
    citation = right.citations[0]
    for wrong in (
        replace(citation, quote="The council sold the yard."),
        replace(citation, start=4),
        replace(citation, end=citation.end + 1),
        replace(citation, start=citation.end),
    ):
        assert kinds(supported(replace(right, citations=(wrong,)))) == {"quote"}


def test_a_cell_must_stand_in_the_row_that_is_cited() -> None:
    seen = observed(2018, "4.5")
    text = "4.5 million crowns in 2018: Port dues, Vell."
    assert not supported(Statement(text, (cited(1, seen),)))
    elsewhere = replace(cited(1, seen), observation=observed(2018, "4.5", row=40))
    assert kinds(supported(Statement(text, (elsewhere,)))) == {"quote"}


def test_a_number_is_held_against_the_cell_and_not_its_neighbours() -> None:
    """Not the value of another cell, digits without their scale, another's date or place."""
    cells = (
        observed(2018, "4.5"),
        observed(2019, "5.1"),
        observed(2019, "7", entity="Osk", row=40),
    )
    one, two, other = (cited(n, cell) for n, cell in enumerate(cells, 1))
    assert not supported(Statement("Vell took port dues of 4.5 million crowns in 2018.", (one,)))
    for text in (
        "Vell took port dues of 5.1 million crowns in 2018.",
        "Vell took port dues of 4.5 crowns in 2018.",
        "Vell took port dues of 4.5 million crowns in 2019.",
    ):
        assert supported(Statement(text, (one,)))
    swapped = "Port dues of Vell were 5.1 million crowns in 2018 and 4.5 million crowns in 2019."
    assert "date" in kinds(supported(Statement(swapped, (one, two))))
    taken = "In 2019 port dues were 5.1 million crowns (Osk) and 7 million crowns (Vell)."
    assert "name" in kinds(supported(Statement(taken, (two, other))))


@pytest.mark.parametrize(
    ("text", "is_right"),
    [
        ("Port dues of Vell rose by 1.7 million crowns from 2018 to 2020.", True),
        ("Port dues of Vell rose by 37.8% from 2018 to 2020.", True),
        ("Port dues of Vell fell by 1.7 million crowns from 2018 to 2020.", False),
        ("Port dues of Vell rose by 1.8 million crowns from 2018 to 2020.", False),
        ("Port dues of Vell changed by -37.8% from 2018 to 2020.", False),
        ("Port dues of Vell were unchanged from 2018 to 2020.", False),
    ],
)
def test_a_change_is_the_one_of_the_cells(text: str, is_right: bool) -> None:
    """Whether a computation came with them or not."""
    cells = observed(2018, "4.5"), observed(2020, "6.2")
    statement = Statement(text, tuple(cited(n, cell) for n, cell in enumerate(cells, 1)))
    computation = Computation(
        "difference", "Port dues, Vell, 2018 to 2020: difference", "6.2 - 4.5", Decimal("1.7"),
        Unit("million crowns", "crown", Decimal(1_000_000)), cells,
    )  # fmt: skip
    for given_with in (None, computation):
        assert (not supported(statement, given_with)) is is_right


def test_a_computation_counts_for_statements_on_its_own_cells_alone() -> None:
    cells = observed(2018, "4.5"), observed(2020, "6.2")
    computation = Computation("sum", "", "4.5 + 6.2", Decimal("10.7"), cells[0].unit, cells)
    told = "10.7 million crowns is the sum of Port dues, Vell over 2 figures (2018 and 2020)."
    own = tuple(cited(n, cell) for n, cell in enumerate(cells, 1))
    assert not supported(Statement(told, own), computation)
    others = tuple(cited(n, observed(when, "3")) for n, when in enumerate((2018, 2020), 1))
    assert kinds(supported(Statement(told, others), computation)) >= {"number"}


@pytest.mark.parametrize(("answer", "is_right"), [("Yes", True), ("No", False)])
def test_yes_and_no_are_the_computations(answer: str, is_right: bool) -> None:
    cells = (observed(2020, "6.2"),)
    computation = Computation("compare", "", "", "yes", Unit(""), cells)
    text = f"{answer}: 6.2 million crowns in 2020 is above 6 million crowns: Port dues, Vell."
    statement = Statement(text, (cited(1, cells[0]),))
    assert (not supported(statement, computation)) is is_right


def test_an_answer_keeps_what_is_supported_and_counts_its_markers_anew() -> None:
    first = said("The council bought the yard for 9 million crowns.", "yard")
    second = said(SENTENCES["tram"], "loss", "tram")
    second = replace(second, citations=(replace(second.citations[1], marker=3),))
    answer = Answer((first, second), 0.8)
    kept, faults = attributed(answer)
    assert kept is not None
    assert [(s.text, [c.marker for c in s.citations]) for s in kept.statements] == [
        (second.text, [1])
    ]
    assert faults == (Fault(first.text, "number", "9 million crowns"),)
    assert attributed(replace(answer, statements=(first,))) == (None, faults)
    whole_answer = replace(answer, statements=(second,))
    assert attributed(whole_answer) == (whole_answer, ())


def test_a_computation_goes_with_the_last_statement_on_a_cell() -> None:
    cell = observed(2020, "6.2")
    computation = Computation("lookup", "", "", Decimal("6.2"), cell.unit, (cell,))
    wrong = Statement("6.3 million crowns in 2020: Port dues, Vell.", (cited(1, cell),))
    right = said(SENTENCES["yard"], "yard")
    kept, _ = attributed(Answer((wrong, right), 0.9, computation))
    assert kept is not None
    assert kept.computation is None
    right_too = replace(wrong, text="6.2 million crowns in 2020: Port dues, Vell.")
    kept, _ = attributed(Answer((wrong, right_too), 0.9, computation))
    assert kept is not None
    assert kept.computation == computation


@given(st.text(max_size=200), st.sampled_from(sorted(SENTENCES)))
def test_whatever_is_said_gets_a_verdict(text: str, name: str) -> None:
    """No statement makes the check fail, and none is supported that has a letter of its own."""
    faults = supported(said(text, name))
    assert all(fault.statement == text for fault in faults)


@given(st.lists(st.sampled_from(sorted(SENTENCES)), min_size=1, max_size=4, unique=True))
def test_sentences_joined_are_supported_by_themselves_in_any_number(names: list[str]) -> None:
    assert not supported(said(" ".join(SENTENCES[name] for name in names), *names))
