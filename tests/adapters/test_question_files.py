"""Evaluation question sets, as YAML files."""

from decimal import Decimal
from pathlib import Path

import pytest

from innoqa.adapters.question_files import read_indicator_questions, read_questions
from innoqa.errors import QuestionError
from innoqa.metrics import EvalQuestion, Expected, Gold, IndicatorQuestion, IndicatorSet

ENTRY = '{id: a, kind: fact, question: "Why?", answerable: true'


def read(folder: Path, text: str) -> tuple[tuple[EvalQuestion, ...], dict[str, float]]:
    path = folder / "questions.yaml"
    path.write_text(text, "utf-8")
    return read_questions(path)


def of(*entries: str) -> str:
    return "thresholds: {}\nquestions:\n" + "".join(f"- {entry}\n" for entry in entries)


def test_questions_and_thresholds_are_read_as_written(tmp_path: Path) -> None:
    questions, thresholds = read(
        tmp_path,
        """
thresholds: {correct: 0.8, nDCG@10: 1}
questions:
  - id: 7
    kind: list
    question: "Which parts — “all”?"
    must: [north|northern, 3]
    gold:
      - {source: a.md, quote: the north, fact: 1}
      - {source: b.md, quote: the northern part, fact: 1}
    answerable: true
  - {id: b, kind: unknown, question: "Who?", answerable: false}
""",
    )
    assert thresholds == {"correct": 0.8, "nDCG@10": 1.0}
    golds = Gold("a.md", "the north", 1), Gold("b.md", "the northern part", 1)
    assert questions == (
        EvalQuestion(
            "7", "list", "Which parts — “all”?", ("north|northern", "3"), golds, answerable=True
        ),
        EvalQuestion("b", "unknown", "Who?", (), (), answerable=False),
    )


def test_golds_without_a_fact_are_facts_of_their_own(tmp_path: Path) -> None:
    golds = "gold: [{source: a.md, quote: one}, {source: a.md, quote: two}]}"
    ((question,), _) = read(tmp_path, of(f"{ENTRY}, {golds}"))
    assert len(question.facts) == 2


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(QuestionError, match=r"nothing\.yaml cannot be read: No such file"):
        read_questions(tmp_path / "nothing.yaml")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "- a\n- b\n",
        "questions: []",
        "thresholds: {}",
        "thresholds: {correct: much}\nquestions: []",
        "thresholds: {correct: null}\nquestions: []",
        "thresholds: []\nquestions: []",
        "thresholds: {}\nquestions: 7",
    ],
)
def test_a_file_of_another_form_is_told(tmp_path: Path, text: str) -> None:
    with pytest.raises(QuestionError, match=r"questions\.yaml is not a question set"):
        read(tmp_path, text)


@pytest.mark.parametrize(
    "text", ["thresholds: {}\nquestions: [", "!!python/object/apply:os.getcwd []", "\x00"]
)
def test_a_file_that_is_no_yaml_is_told(tmp_path: Path, text: str) -> None:
    with pytest.raises(QuestionError, match=r"questions\.yaml is not YAML") as raised:
        read(tmp_path, text)
    assert " object at 0x" not in str(raised.value)


def test_a_file_in_another_encoding_is_told(tmp_path: Path) -> None:
    path = tmp_path / "questions.yaml"
    path.write_bytes(b"thresholds: {}\nquestions: [\xff]")
    with pytest.raises(QuestionError, match=r"questions\.yaml is not a question set"):
        read_questions(path)


def test_a_set_without_questions_is_told(tmp_path: Path) -> None:
    with pytest.raises(QuestionError, match=r"questions\.yaml holds no question"):
        read(tmp_path, "thresholds: {}\nquestions: []\n")


@pytest.mark.parametrize(
    "entry",
    [
        "7",
        "{}",
        '{id: b, kind: fact, question: "Who?"}',
        "{id: b, kind: fact, answerable: true}",
        '{id: b, question: "Who?", answerable: true}',
        '{kind: fact, question: "Who?", answerable: true}',
        '{id: b, kind: fact, question: "Who?", answerable: true, must: north}',
        '{id: b, kind: fact, question: "Who?", answerable: true, gold: {source: a, quote: b}}',
        '{id: b, kind: fact, question: "Who?", answerable: true, gold: [{source: a}]}',
        '{id: b, kind: fact, question: "Who?", answerable: true, gold: [the north]}',
        '{id: b, kind: fact, question: "Who?", answerable: true, gold: [{fact: x}]}',
        '{id: b, kind: k, question: "?", answerable: true, gold: [{source: a, quote: b, fact: x}]}',
    ],
)
def test_an_entry_of_another_form_is_told_with_its_number(tmp_path: Path, entry: str) -> None:
    with pytest.raises(QuestionError, match=r"questions\.yaml, question 2:"):
        read(tmp_path, of(f"{ENTRY}}}", entry))


def test_an_id_given_twice_is_told(tmp_path: Path) -> None:
    with pytest.raises(QuestionError, match="two questions with the id a"):
        read(tmp_path, of(f"{ENTRY}}}", f"{ENTRY}}}"))


def read_indicators(folder: Path, text: str) -> IndicatorSet:
    path = folder / "numbers.yaml"
    path.write_text(text, "utf-8")
    return read_indicator_questions(path)


def test_indicator_questions_are_read_as_written(tmp_path: Path) -> None:
    asked = read_indicators(
        tmp_path,
        """
thresholds: {exact: 0.9, wrong: 0}
questions:
  - id: rise
    operation: difference
    question: "By how much?"
    expected:
      - {value: 0.1, unit: percent|per cent, tolerance: 0.05, check: "c[1] - c[0]"}
      - {values: [1, 2.50], unit: km2}
      - {names: ["North|Northern", 2011], ordered: no}
    shown: {values: [3, 4], unit: km2}
    must: [about|over]
    prose: yes
    cells: ["t.csv | North"]
  - {id: gap, operation: refuse, question: "When?", refuse: missing period, absent: ["t.csv | X"]}
  - {id: why, operation: prose, question: "Why?", computed: no, must: [because]}
""",
    )
    assert (asked.name, asked.documents) == ("numbers", None)
    assert asked.thresholds == {"exact": 0.9, "wrong": 0.0}
    expected = (
        Expected((Decimal("0.1"),), ("percent", "per cent"), Decimal("0.05")),
        Expected((Decimal(1), Decimal("2.5")), ("km2",)),
        Expected(names=("North|Northern", "2011"), ordered=False),
    )
    assert asked.questions == (
        IndicatorQuestion(
            id="rise",
            operation="difference",
            question="By how much?",
            expected=expected,
            shown=Expected((Decimal(3), Decimal(4)), ("km2",)),
            must=("about|over",),
            prose=True,
            cells=("t.csv | North",),
        ),
        IndicatorQuestion("gap", "refuse", "When?", refuse="missing period"),
        IndicatorQuestion("why", "prose", "Why?", must=("because",), computed=False),
    )


RESULT = "expected: [{value: 1}]"


def of_indicators(*entries: str, head: str = "thresholds: {}") -> str:
    start = '- {id: q%d, operation: o, question: "Q?", %s}\n'
    return f"{head}\nquestions:\n" + "".join(start % pair for pair in enumerate(entries))


def test_a_set_in_a_folder_of_documents_is_called_by_the_folder(tmp_path: Path) -> None:
    folder = tmp_path / "towns"
    folder.mkdir()
    asked = read_indicators(folder, of_indicators(RESULT, head="thresholds: {}\ndocuments: ."))
    assert asked.name == "towns"
    assert Path(asked.documents or "").resolve() == folder.resolve()


def test_documents_that_are_no_folder_are_told(tmp_path: Path) -> None:
    with pytest.raises(QuestionError, match="nowhere, which is no folder"):
        read_indicators(tmp_path, of_indicators(RESULT, head="thresholds: {}\ndocuments: nowhere"))


@pytest.mark.parametrize(
    ("entry", "told"),
    [
        ("must: [x]", "it needs a result"),
        (f"{RESULT}, refuse: missing period", "it needs a result"),
        (f"{RESULT}, computed: no", "it needs a result"),
        (f"{RESULT}, expects: 7", "expects is not known here"),
        ("expected: [{value: 1, untis: m}]", "untis is not known here"),
        ("expected: [{value: 1, names: [a]}]", "either values or names"),
        ("expected: [{unit: m}]", "either values or names"),
        ("expected: [{value: many}]", "InvalidOperation"),
        ("expected: [7]", "AttributeError"),
        (f"{RESULT}, must: about", "must is to be a list"),
        (f"{RESULT}, cells: c", "cells is to be a list"),
    ],
)
def test_an_indicator_question_of_another_form_is_told_by_its_place(
    tmp_path: Path, entry: str, told: str
) -> None:
    with pytest.raises(QuestionError, match=r"numbers\.yaml, question 2") as raised:
        read_indicators(tmp_path, of_indicators(RESULT, entry))
    assert told in str(raised.value)


def test_a_threshold_for_another_share_is_told(tmp_path: Path) -> None:
    with pytest.raises(QuestionError, match="thresholds other than exact and wrong"):
        read_indicators(tmp_path, of_indicators(RESULT, head="thresholds: {correct: 1}"))
