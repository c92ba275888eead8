"""Evaluation question sets, as YAML files."""

from pathlib import Path

import pytest

from innoqa.adapters.question_files import read_questions
from innoqa.errors import QuestionError
from innoqa.metrics import EvalQuestion, Gold

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
