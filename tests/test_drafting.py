"""Drafts of questions from the words and tables of a corpus."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from tests.prepared_assistant import passage

from innoqa.domain import Cell, Observation, Passage, Period, Sentence
from innoqa.evaluation import drafting
from innoqa.metrics import Gold
from innoqa.quantities import read_unit

SENTENCES = (
    "The Delta Laboratory is a brick hall at the northern lock.",
    "It is a museum.",
    "Harbour Street houses 45 start-up companies on nine floors, according to the council.",
    "The tower had 1,200 tenants in 2015.",
    "Rent was 12.5% of income in 2019.",
    "In May 2011 the board met.",
    "In May 2011 Mira Holt founded the laboratory.",
    "The canal froze in 1987.",
    "A boat carried 7 crates in 1990 and 8 crates in 1991.",
)


def drafted(*sentences: str, rows: tuple[Passage, ...] = (), count: int = 50) -> Any:
    text = " ".join(sentences)
    spans, start = [], 0
    for one in sentences:
        spans.append(Sentence(start, start + len(one), one))
        start += len(one) + 1
    prose = Passage("p", "d", "d.md", "T", (), text, 0, len(text), tuple(spans))
    found = drafting.drafts([prose, *rows], lambda word: word == "Which", count)
    for one in found:
        assert one.draft
        assert all(g.quote in text or any(g.quote in r.text for r in rows) for g in one.golds)
    return [one for one in found if one.kind != "out-of-scope"]


@pytest.mark.parametrize(
    ("sentence", "kind", "asked", "must"),
    [
        (SENTENCES[0], "definition", "What is the Delta Laboratory?", "brick hall"),
        (SENTENCES[2], "fact", "How many start-up companies does Harbour Street house on nine "
         "floors?", "45"),
        (SENTENCES[3], "fact", "How many tenants did the tower have in 2015?", "1,200"),
        (SENTENCES[4], "fact", "How much was Rent in 2019?", "12.5"),
        (SENTENCES[6], "fact", "When was it that Mira Holt founded the laboratory?", "May 2011"),
        (SENTENCES[7], "fact", "When was it that the canal froze?", "1987"),
    ],
)  # fmt: skip
def test_a_sentence_becomes_a_question_with_its_quote(
    sentence: str, kind: str, asked: str, must: str
) -> None:
    (found,) = drafted(sentence)
    assert (found.kind, found.question, found.must) == (kind, asked, (must,))
    assert found.golds == (Gold("d.md", sentence, 1),)


@pytest.mark.parametrize("sentence", [SENTENCES[1], SENTENCES[5], SENTENCES[8]])
def test_a_sentence_that_fits_no_pattern_becomes_none(sentence: str) -> None:
    assert drafted(sentence) == []


def row(year: int, value: str) -> Passage:
    line = f"Arnholm,{year},Patents,{value}"
    one = Observation(
        indicator="Patents",
        entity="Arnholm",
        period=Period(str(year), "year", None, date(year, 12, 31)),
        value=Decimal(value.replace(",", "")),
        printed=value,
        unit=read_unit("patents"),
        qualifier="exact",
        source="Office",
        cell=Cell("t", 1, "Arnholm", "value"),
    )
    sentence = (Sentence(0, len(line), line),)
    return Passage(
        f"r{year}", "t", "t.csv", "T", (), line, 0, len(line), sentence,
        cell=Cell("t", 1, "Arnholm", None), observations=(one,),
    )  # fmt: skip


def test_a_cell_becomes_a_question_and_a_year_that_no_table_has_one_without_an_answer() -> None:
    found = drafted(rows=(row(2021, "310"), row(2022, "1,840")))
    by_kind = {one.kind: one for one in found}
    assert [one.must for one in found if one.kind == "indicator"] == [("310",), ("1,840|1840",)]
    assert by_kind["indicator"].question == "What figure is there for Patents of Arnholm in 2022?"
    assert by_kind["indicator"].golds == (Gold("t.csv", "Arnholm,2022,Patents,1,840", 1),)
    missing = by_kind["near-miss"]
    assert missing.question == "What figure is there for Patents of Arnholm in 2011?"
    assert (missing.answerable, missing.why) == (
        False,
        "to be checked: the tables have 2021 to 2022 of this",
    )


def test_drafts_are_of_every_kind_spread_over_the_corpus_and_a_fifth_has_no_answer() -> None:
    sentences = [f"Park {chr(65 + n)} houses {n + 2} firms." for n in range(26)]
    rows = tuple(row(1990 + n, str(100 + n)) for n in range(30))
    found = drafting.drafts([passage("red"), *rows], knows=lambda _word: False, count=20)
    assert sum(not one.answerable for one in found) == 4
    found = drafted(*sentences, rows=rows, count=20)
    kinds = [one.kind for one in found]
    assert (kinds.count("fact"), kinds.count("indicator")) == (8, 8)
    facts = [one.question for one in found if one.kind == "fact"]
    assert "Park A" in facts[0]
    assert "Park W" in facts[-1]
    assert len({one.id for one in found}) == len(found)


def test_what_the_corpus_knows_is_not_taken_for_out_of_scope() -> None:
    assert drafting.drafts([], knows=lambda _word: True, count=20) == []
    assert all(
        one.kind == "out-of-scope" and not one.answerable
        for one in drafting.drafts([], knows=lambda _word: False, count=20)
    )
