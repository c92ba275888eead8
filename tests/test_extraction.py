"""Evidence -> answer: what is said, and what is cited for it."""

import re
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from innoqa.adapters.markdown import readable
from innoqa.domain import (
    Answer,
    Citation,
    Hit,
    ListPlace,
    Passage,
    Query,
    Reading,
    Sentence,
    ShortAnswer,
)
from innoqa.extraction import MOST_STATEMENTS, asks_for_list, compose

pytest_plugins = ["tests.answering_fixtures"]

WORDS = (
    "Arnholm quarter stage stages board goals Harbour Street open companies Delta Laboratory "
    "chemists Glass Tower tenants 2015 2022 ferry captain sisters R&D expenditure patents trams "
    "Line stops old town rents polytechnic market council"
).split()
OPENINGS = (
    "What is",
    "Which",
    "How many",
    "When did",
    "Who",
    "Where is",
    "Why",
    "List",
    "Tell me of",
)
ASKED = st.builds(
    lambda opening, words: f"{opening} {' '.join(words)}?",
    st.sampled_from(OPENINGS),
    st.lists(st.sampled_from(WORDS), min_size=1, max_size=5, unique=True),
)


def answer(library: Any, question: str) -> Answer:
    reply = library.assistant.answer(question).reply
    assert isinstance(reply, Answer), reply
    return reply


def texts(reply: Answer) -> list[str]:
    return [statement.text for statement in reply.statements]


def of(
    sentences: list[tuple[str, ListPlace | None]], number: int = 0, document: str = "d"
) -> Passage:
    """A passage of one paragraph with these sentences."""
    found, at = [], number * 1000
    for words, place in sentences:
        found.append(Sentence(at, at + len(words), words, (), place))
        at += len(words) + 1
    text = " ".join(words for words, _ in sentences)
    start = number * 1000
    return Passage(
        id=f"{document}-{number:05d}",
        document_id=document,
        source=f"{document}.md",
        title="T",
        heading=(),
        text=text,
        start=start,
        end=start + len(text),
        sentences=tuple(found),
    )


def said(question: str, passages: list[Passage], scores: list[tuple[float, ...]]) -> list[str]:
    hits = [Hit(p, max(s), s, 0.9) for p, s in zip(passages, scores, strict=True)]
    hits.sort(key=lambda hit: -hit.score)
    reply = compose(Query(question), hits, _terms, lambda _passage: passages)
    return texts(reply) if reply else []


def _terms(text: str) -> list[str]:
    return re.findall(r"\w+", text.lower())


class TestLists:
    def test_a_list_is_given_whole_with_its_lead_in_when_a_list_is_asked_for(
        self, library: Any
    ) -> None:
        said = texts(answer(library, "In which stages did the Arnholm quarter grow?"))
        assert said[0] == "The Arnholm quarter grew in four stages:"
        named = [text.partition(":")[0] for text in said[1:]]
        assert named == ["Planned stage", "Market stage", "Academic stage", "Mixed stage"]

    def test_a_list_that_goes_on_in_another_passage_is_given_whole(self, library: Any) -> None:
        reply = answer(library, "In which stages did the Arnholm quarter grow?")
        assert len({citation.passage.id for citation in reply.citations}) == 2

    @pytest.mark.parametrize(
        "question", ["What are the goals of the board?", "Which goals does the board have?"]
    )
    def test_a_short_list_becomes_one_statement(self, library: Any, question: str) -> None:
        (statement,) = answer(library, question).statements
        assert statement.text == (
            "The board of the Arnholm quarter has three goals: "
            "cheap floors for beginners; open laboratories; short ways between firms."
        )
        (citation,) = statement.citations
        assert citation.quote.startswith("The board of the Arnholm quarter")
        assert citation.quote.endswith("short ways between firms")

    def test_an_item_alone_answers_when_it_alone_is_asked_for(self, library: Any) -> None:
        (statement,) = answer(library, "Who drained the docks of the shipyard?").statements
        assert statement.text.startswith("Planned stage: In the planned stage the town council")
        assert "Market stage" not in statement.text

    def test_an_item_that_is_too_short_to_stand_alone_comes_with_its_lead_in(
        self, library: Any
    ) -> None:
        statement = answer(library, "Are open laboratories a goal?").statements[0]
        assert statement.text.startswith("The board of the Arnholm quarter has three goals: open l")
        assert "cheap floors" not in statement.text

    def test_a_lead_in_among_other_sentences_is_left_out(self) -> None:
        passage = of(
            [
                ("Rain fell on the old town all through that week.", None),
                ("The week had two causes of trouble:", ListPlace(1, 0)),
                ("a storm from the sea that broke the northern dyke", ListPlace(1, 1)),
            ]
        )
        assert said("How was the week?", [passage], [(0.9, 0.85, 0.1)]) == [
            "Rain fell on the old town all through that week."
        ]

    def test_lists_of_the_same_number_in_two_documents_are_not_mixed(self) -> None:
        one, two = (
            of([(f"{d} has parts:", ListPlace(1, 0)), (f"the {d} hall", ListPlace(1, 1))], 0, d)
            for d in ("x", "y")
        )
        hits = [Hit(one, 0.9, (0.9, 0.8), 0.9), Hit(two, 0.89, (0.89, 0.8), 0.9)]
        around = {one.id: [one], two.id: [two]}
        reply = compose(Query("Which parts?"), hits, _terms, lambda p: around[p.id])
        assert reply is not None
        assert texts(reply) == ["x has parts: the x hall."]

    def test_single_items_of_two_documents_are_no_list(self) -> None:
        """Both lists bear the number 1, but only one item of each is near the question."""
        words = "the {} hall beside the river with seven tall windows", "a {} shed"
        one, two = (
            of([(w.format(d), ListPlace(1, item)) for item, w in enumerate(words, 1 + n)], 0, d)
            for n, d in enumerate(("x", "y"))
        )
        hits = [Hit(one, 0.9, (0.9, 0.1), 0.9), Hit(two, 0.89, (0.89, 0.1), 0.9)]
        around = {one.id: [one], two.id: [two]}
        reply = compose(Query("Which halls?"), hits, _terms, lambda p: around[p.id])
        assert reply is not None
        assert "shed" not in reply.text


@pytest.mark.parametrize(
    ("question", "wanted"),
    [
        ("What are the four strategies behind the districts?", True),
        ("Which kinds of district are there?", True),
        ("Name the goals of the board", True),
        ("List everything", True),
        ("Who were the founders?", True),
        ("What is the goal of the board?", False),
        ("What role do universities play?", False),
        ("What is the basis of success?", False),
        ("When did Harbour Street open?", False),
        ("How many firms are there?", False),
    ],
)
def test_a_question_asks_for_a_list_when_what_it_asks_for_stands_in_the_plural(
    question: str, wanted: bool
) -> None:
    assert asks_for_list(question) is wanted


class TestSentencesThatReferBack:
    def test_such_a_sentence_brings_the_one_before_and_one_citation_covers_both(
        self, library: Any
    ) -> None:
        question = "How many start-up companies does Harbour Street house?"
        statement = answer(library, question).statements[0]
        assert statement.text == (
            "Harbour Street opened on 3 May 2011 in a former rope factory. "
            "It houses 45 start-up companies on nine floors."
        )
        (citation,) = statement.citations
        assert citation.quote.startswith("Harbour Street opened on 3 May 2011")
        assert citation.quote.rstrip("[^g2]").endswith("on nine floors.")

    def test_it_brings_the_one_before_from_the_passage_before(self, library: Any) -> None:
        question = "How many chemists does the Delta Laboratory employ?"
        statement = answer(library, question).statements[0]
        assert "Mira Holt founded the Delta Laboratory in 1987. It employs 310" in statement.text
        first, second = statement.citations
        assert first.passage.id < second.passage.id
        assert first.quote.startswith("The northern hall has been the home of the Delta")
        assert (
            second.quote
            == "It employs 310 chemists — more than any other laboratory in the region."
        )

    def test_it_brings_two_where_the_one_before_refers_back_too(self) -> None:
        passage = of(
            [("Ada sailed.", None), ("She rowed.", None), ("She also swam for many years.", None)]
        )
        assert said("Swam?", [passage], [(0.1, 0.1, 0.9)]) == [
            "Ada sailed. She rowed. She also swam for many years."
        ]

    def test_the_first_sentence_of_a_section_stands_as_it_is(self) -> None:
        passage = of([("It rained.", None), ("The sun shone.", None)])
        assert said("Rain?", [passage], [(0.9, 0.1)]) == ["It rained."]

    def test_nothing_is_brought_from_under_another_heading(self) -> None:
        other = of([("Ada sailed.", None)], 0)
        passage = of([("She rowed.", None)], 1)
        passage = Passage(
            **{
                name: getattr(passage, name)
                for name in Passage.__dataclass_fields__
                if name != "heading"
            },
            heading=("Rowing",),
        )
        assert said("Rowed?", [other, passage], [(0.1,), (0.9,)]) == ["She rowed."]

    def test_what_another_statement_has_already_said_for_its_sake_is_not_said_again(self) -> None:
        passage = of(
            [("Harbour Street opened in 2011.", None), ("It houses 45 companies today.", None)]
        )
        assert said("Tell of Harbour Street", [passage], [(0.85, 0.9)]) == [
            "Harbour Street opened in 2011. It houses 45 companies today."
        ]


class TestRepeats:
    def test_near_repeats_are_dropped_and_other_numbers_kept(self, library: Any) -> None:
        reply = answer(library, "How many tenants did the Glass Tower house in 2015?")
        assert sorted(re.findall(r"\d+ tenants", " ".join(texts(reply)))) == [
            "120 tenants",
            "140 tenants",
        ]

    def test_numbers_in_words_are_numbers_too(self, library: Any) -> None:
        question = "How many tenants in bankruptcy did the Glass Tower house?"
        said = texts(answer(library, question))
        assert [re.findall("three|four", text) for text in said[:2]] == [["three"], ["four"]]

    def test_there_are_at_most_four_statements_outside_lists(self) -> None:
        animals = "cats dogs owls bees newts".split()
        passage = of([(f"The {animal} sleep under {animal}' roofs.", None) for animal in animals])
        scores = tuple(0.9 - number / 100 for number in range(len(animals)))
        found = said("Animals?", [passage], [scores])
        assert len(found) == MOST_STATEMENTS == 4
        assert [text.split()[1] for text in found] == animals[:4]

    def test_a_sentence_far_below_the_best_is_no_part_of_the_answer(self) -> None:
        passage = of([("Owls sleep by day.", None), ("Bees dance for each other.", None)])
        assert said("Owls?", [passage], [(0.9, 0.5)]) == ["Owls sleep by day."]

    def test_a_question_is_never_an_answer(self) -> None:
        passage = of([("What do owls do?", None), ("Owls sleep by day.", None)])
        assert said("What do owls do?", [passage], [(1.9, 0.9)]) == ["Owls sleep by day."]

    def test_where_there_is_no_sentence_there_is_no_answer(self) -> None:
        assert compose(Query("Owls?"), [], _terms, lambda _passage: []) is None
        questions = of([("Owls?", None)])
        assert said("Owls?", [questions], [(0.9,)]) == []


class TestCitations:
    def test_a_footnoted_sentence_brings_its_source_to_the_citation(self, library: Any) -> None:
        (citation,) = answer(library, "When did Harbour Street open?").citations
        assert citation.references == (
            'Arnholm Council, "Annual report", 2012. https://example.org/report',
        )

    def test_a_citation_of_two_sentences_names_the_sources_of_both(self, library: Any) -> None:
        question = "How many start-up companies does Harbour Street house?"
        first = answer(library, question).citations[0]
        assert [reference.split(",")[0] for reference in first.references] == [
            "Arnholm Council",
            "Arnholm Board",
        ]

    def test_a_sentence_without_a_footnote_has_no_source_but_its_document(
        self, library: Any
    ) -> None:
        question = "How many chemists does the Delta Laboratory employ?"
        assert all(c.references == () for c in answer(library, question).statements[0].citations)

    def test_a_tidy_row_cites_cell_value_unit_and_source(self, library: Any) -> None:
        question = "How much was the R&D expenditure of Arnholm in 2022?"
        statement = answer(library, question).statements[0]
        assert statement.text == (
            "1.8407 billion crowns (1,840.7 × million crowns in the table) in 2022: "
            "R&D expenditure, Arnholm."
        )
        (citation,) = statement.citations
        observation = citation.observation
        assert observation is not None
        cell = observation.cell
        assert (cell.table, cell.row, cell.column) == ("indicators", 2, "value")
        assert (observation.printed, str(observation.unit)) == ("1840.7", "million crowns")
        assert citation.quote == library.file_text("indicators.csv").split("\n")[2]
        assert citation.references == ("Council: Budget (2023)",)

    def test_a_qualifier_is_said_with_its_number(self, library: Any) -> None:
        said = texts(answer(library, "What was the R&D expenditure of Arnholm in 2021?"))
        assert said[0] == "About 12.5 million crowns in 2021: R&D expenditure, Arnholm."

    def test_a_row_of_any_other_table_cites_the_row_as_it_stands(self, library: Any) -> None:
        statement = answer(library, "How many stops does Line 9 have?").statements[0]
        (citation,) = statement.citations
        assert "23" in statement.text
        assert citation.quote == "| Line 9 | Old Town | 23 |"
        assert citation.passage.cell is not None

    @settings(max_examples=40, deadline=None)
    @given(question=ASKED)
    def test_every_answer_proves_itself(self, library: Any, question: str) -> None:
        """Markers run from 1 in the order of first use; quotes are the document's own words."""
        reply = library.assistant.answer(question).reply
        if not isinstance(reply, Answer):
            return
        markers = [c.marker for statement in reply.statements for c in statement.citations]
        assert list(dict.fromkeys(markers)) == list(range(1, len(set(markers)) + 1))
        assert all(statement.citations for statement in reply.statements)
        for citation in reply.citations:
            document = library.assistant.document(citation.passage.document_id)
            assert document is not None
            assert document.text[citation.start : citation.end] == citation.quote
            assert citation.quote
        assert len(set(texts(reply))) == len(reply.statements)
        assert not texts(reply)[-1].endswith(":")
        assert "\n" not in "".join(texts(reply))

    @settings(max_examples=30, deadline=None)
    @given(question=ASKED)
    def test_a_statement_says_nothing_that_its_citations_do_not(
        self, library: Any, question: str
    ) -> None:
        reply = library.assistant.answer(question).reply
        for statement in getattr(reply, "statements", ()):
            if all(citation.passage.cell is None for citation in statement.citations):
                quoted = _words(statement.citations)
                assert set(re.findall(r"\w+", statement.text)) <= quoted, statement


def _words(citations: tuple[Citation, ...]) -> set[str]:
    return {word for c in citations for word in re.findall(r"\w+", readable(c.quote))}


def focused(question: str, sentences: list[str], answers: list[ShortAnswer]) -> Answer:
    """The answer from one passage whose first sentence is the best, read as told."""
    passage = of([(words, None) for words in sentences])
    scores = tuple(1.0 - 0.3 * n for n in range(len(sentences)))
    reading = Reading(3.0, scores, tuple(answers))
    reply = compose(
        Query(question),
        [Hit(passage, 1.0, scores, 0.9, reading)],
        _terms,
        lambda _passage: [passage],
    )
    assert reply is not None
    return reply


def test_the_words_that_answer_are_marked_in_the_statement_and_in_what_it_cites():
    first = "The ferry began to run in 1954, from the northern lock."
    start = first.index("in 1954")
    reply = focused("When did it begin?", [first], [ShortAnswer(start, start + 8, 0.8)])
    (statement,), (citation,) = reply.statements, reply.citations
    assert statement.focus is not None
    assert statement.text[slice(*statement.focus)] == "in 1954"
    assert citation.focus is not None
    assert citation.passage.text[slice(*citation.focus)] == "in 1954"


def test_words_that_hardly_answer_are_not_marked():
    reply = focused("When did it begin?", ["The ferry began in 1954."], [ShortAnswer(0, 9, 0.1)])
    assert reply.statements[0].focus is None


def test_words_are_marked_behind_the_sentence_that_leads_in():
    sentences = ["The ferry is old.", "It began to run in 1954."]
    passage = of([(words, None) for words in sentences])
    reading = Reading(3.0, (0.0, 4.0), (ShortAnswer(0, 3, 0.9), ShortAnswer(16, 23, 0.9)))
    hit = Hit(passage, 1.0, (0.1, 1.0), 0.9, reading)
    reply = compose(Query("When did it begin?"), [hit], _terms, lambda _passage: [passage])
    assert reply is not None
    (statement,) = reply.statements
    assert statement.text == " ".join(sentences)
    assert statement.focus is not None
    assert statement.text[slice(*statement.focus)] == "in 1954"
