"""Evaluation question sets, as YAML files."""

from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest

from innoqa.adapters.question_files import (
    add_questions,
    read_indicator_questions,
    read_questions,
    write_questions,
)
from innoqa.errors import QuestionError
from innoqa.metrics import EvalQuestion, Expected, Gold, IndicatorQuestion, IndicatorSet

ENTRY = '{id: a, kind: fact, question: "Why?", must: [x], answerable: true'


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
thresholds: {correctness: 0.8, nDCG@10: 1}
questions:
  - id: 7
    kind: list
    question: "Which parts — “all”?"
    must: [north|northern, 3]
    gold:
      - {source: a.md, quote: the north, fact: 1}
      - {source: b.md, quote: the northern part, fact: 1}
    answerable: true
  - {id: b, kind: near-miss, question: "Who?", answerable: false, why: "no names"}
  - {id: c, kind: follow-up, question: "And there?", history: ["Where?"], must: [x],
     answerable: true, split: test, draft: true}
""",
    )
    assert thresholds == {"correctness": 0.8, "nDCG@10": 1.0}
    golds = Gold("a.md", "the north", 1), Gold("b.md", "the northern part", 1)
    assert questions == (
        EvalQuestion(
            "7", "list", "Which parts — “all”?", ("north|northern", "3"), golds, answerable=True
        ),
        EvalQuestion("b", "near-miss", "Who?", (), (), answerable=False, why="no names"),
        EvalQuestion(
            "c",
            "follow-up",
            "And there?",
            ("x",),
            (),
            answerable=True,
            split="test",
            history=("Where?",),
            draft=True,
        ),
    )


def test_a_split_of_the_file_is_that_of_its_questions_that_name_none(tmp_path: Path) -> None:
    own = ENTRY.replace("id: a", "id: b")
    questions, _ = read(tmp_path, "split: test\n" + of(f"{ENTRY}}}", f"{own}, split: dev}}"))
    assert [question.split for question in questions] == ["test", "dev"]
    ((question,), _) = read(tmp_path, of(f"{ENTRY}}}"))
    assert question.split == "dev"


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
        "thresholds: {correctness: much}\nquestions: []",
        "thresholds: {correctness: null}\nquestions: []",
        "thresholds: {}\nquestion: []\nquestions: []",
        "thresholds: {}\nsplit: train\nquestions: []",
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
    with pytest.raises(QuestionError, match=r"questions\.yaml is not in UTF-8"):
        read_questions(path)


def test_a_set_without_questions_is_told(tmp_path: Path) -> None:
    with pytest.raises(QuestionError, match=r"questions\.yaml holds no question"):
        read(tmp_path, "thresholds: {}\nquestions: []\n")


@pytest.mark.parametrize(
    ("entry", "told"),
    [
        ("7", "question 2"),
        ("{}", "question 2: it lacks id"),
        ('{id: b, kind: fact, question: "Who?"}', "it lacks answerable"),
        ("{id: b, kind: fact, answerable: true}", "it lacks question"),
        ('{id: b, question: "Who?", answerable: true}', "it lacks kind"),
        ('{id: b, kind: facts, question: "Who?", answerable: false}', "kind is 'facts'"),
        ('{id: b, kind: fact, question: "Who?", answerable: "yes"}', "answerable is to be true"),
        ('{id: b, kind: fact, question: "Who?", answerable: true}', "it needs must or gold"),
        ('{id: b, kind: fact, question: "Who?", answerable: false, must: [x]}', "neither where"),
        ('{id: b, kind: fact, question: "Who?", answerable: true, must: north}', "must is to be a"),
        (
            '{id: b, kind: fact, question: "Who?", answerable: true, must: [a|]}',
            "empty alternative",
        ),
        (
            '{id: b, kind: fact, question: "?", answerable: true, gold: {source: a}}',
            "gold is to be",
        ),
        (
            '{id: b, kind: fact, question: "?", answerable: true, gold: [{source: a}]}',
            "lacks quote",
        ),
        ('{id: b, kind: fact, question: "?", answerable: true, gold: [north]}', "question 2 (b)"),
        (
            '{id: b, kind: fact, question: "?", answerable: true, gold: [{source: a, quote: " "}]}',
            "empty quote",
        ),
        (
            '{id: b, kind: fact, question: "?", answerable: true, gold: [{quotes: x}]}',
            "quotes is not known here",
        ),
        (
            '{id: b, kind: fact, question: "?", answerable: true, '
            "gold: [{source: a, quote: b, fact: x}]}",
            "question 2 (b): invalid literal",
        ),
        ('{id: b, kind: fact, question: "?", answerable: false, mst: []}', "mst is not known here"),
        ('{id: b, kind: fact, question: "?", answerable: false, split: both}', "split is 'both'"),
        ('{id: b, kind: fact, question: "?", answerable: false, draft: 1}', "draft is to be true"),
        ('{id: b, kind: fact, question: "?", answerable: false, history: x}', "history is to be a"),
    ],
)
def test_an_entry_of_another_form_is_told_by_its_place(
    tmp_path: Path, entry: str, told: str
) -> None:
    with pytest.raises(QuestionError, match=r"questions\.yaml, question 2") as raised:
        read(tmp_path, of(f"{ENTRY}}}", entry))
    assert told in str(raised.value)


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
        read_indicators(tmp_path, of_indicators(RESULT, head="thresholds: {correctness: 1}"))


SET = """# Ours.
split: test
thresholds: {nDCG@10: 0.5}  # low

questions:
  # The first.
  - id: a
    kind: fact
    question: "Why?"
    must: [x]
    answerable: true
"""
ADDED = (
    EvalQuestion(
        "b-1",
        "list",
        "Which “parts” — äöü?",
        ("north|N", "yes", "1988"),
        (Gold("a.md", "two\n lines: # and 'quotes'", 1), Gold("b.csv", 'a,"b",1', 2)),
        answerable=True,
        history=("What is it?",),
    ),
    EvalQuestion("c", "near-miss", "Who?", (), (), answerable=False, why="it's: no", split="dev"),
)
LINES = """{"id": "b-1", "kind": "list", "question": "Which “parts” — äöü?", "answerable": true, \
"must": ["north|N", "yes", "1988"], "history": ["What is it?"], "gold": [{"source": "a.md", \
"quote": "two\\n lines: # and 'quotes'", "fact": 1}, {"source": "b.csv", "quote": "a,\\"b\\",1", \
"fact": 2}]}

{"id": "c", "kind": "near-miss", "question": "Who?", "answerable": false, "why": "it's: no", \
"split": "dev"}
"""


def files(folder: Path, lines: str, questions: str = SET) -> tuple[Path, Path]:
    (folder / "new.jsonl").write_text(lines, "utf-8")
    (folder / "set.yaml").write_text(questions, "utf-8")
    return folder / "new.jsonl", folder / "set.yaml"


def test_added_questions_stand_after_what_was_there_and_are_read_back(tmp_path: Path) -> None:
    """They are of the file's split where they name none; comments and layout stay."""
    lines, path = files(tmp_path, LINES)
    before, thresholds = read_questions(path)
    added = add_questions(lines, path)
    assert added == (replace(ADDED[0], split="test"), ADDED[1])
    assert path.read_text("utf-8").startswith(SET)
    assert read_questions(path) == ((*before, *added), thresholds)
    assert sorted(one.name for one in tmp_path.iterdir()) == ["new.jsonl", "set.yaml"]


@pytest.mark.parametrize("indent", ["", "      "])
def test_added_questions_are_indented_as_those_that_are_there(tmp_path: Path, indent: str) -> None:
    text = f"thresholds: {{}}\nquestions:\n{indent}- {ENTRY}}}"
    lines, path = files(tmp_path, LINES, text)
    add_questions(lines, path)
    assert read_questions(path)[0][1:] == ADDED


def test_a_file_that_is_not_there_is_made_of_the_added_questions(tmp_path: Path) -> None:
    lines, path = files(tmp_path, LINES)
    path.unlink()
    assert add_questions(lines, path) == ADDED
    assert read_questions(path) == (ADDED, {})


def test_questions_without_an_id_get_one_of_their_own(tmp_path: Path) -> None:
    line = '{"kind": "fact", "question": "Who runs Åland, and since when?", "answerable": false}'
    lines, path = files(tmp_path, f"{line}\n{line}\n")
    assert [one.id for one in add_questions(lines, path)] == [
        "fact-who-runs-åland-and-since",
        "fact-who-runs-åland-and-since-2",
    ]


@pytest.mark.parametrize(
    ("lines", "questions", "told"),
    [
        (
            LINES.replace('"b-1"', '"a"'),
            SET,
            "new.jsonl, line 1: there is a question with the id a",
        ),
        (LINES + LINES, SET, "line 4: there is a question with the id b-1"),
        (LINES + "{", SET, "line 4 is not JSON"),
        (LINES + "[1]", SET, "line 4"),
        (LINES + '{"id": "d"}', SET, "line 4: it lacks"),
        (LINES + '{"kind": "fact"}', SET, "line 4: it lacks question"),
        (LINES.replace('"why"', '"wy"'), SET, "line 3: wy is not known here"),
        ("\n", SET, "new.jsonl holds no question"),
        (LINES, SET + "after: 1\n", "set.yaml is not a question set"),
        (LINES, f"questions:\n- {ENTRY}}}\nthresholds: {{}}\n", "cannot be appended to"),
        (LINES, f"thresholds: {{}}\nquestions: [{ENTRY}}}]\n", "cannot be appended to"),
    ],
)
def test_nothing_is_added_where_something_is_not_right(
    tmp_path: Path, lines: str, questions: str, told: str
) -> None:
    new, path = files(tmp_path, lines, questions)
    with pytest.raises(QuestionError) as raised:
        add_questions(new, path)
    assert told in str(raised.value)
    assert path.read_text("utf-8") == questions
    assert sorted(one.name for one in tmp_path.iterdir()) == ["new.jsonl", "set.yaml"]


def test_written_questions_are_read_back_below_their_comment(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "set.yaml"
    write_questions(path, ADDED, "Drafts.\nCorrect them.")
    assert path.read_text("utf-8").startswith("# Drafts.\n# Correct them.\nthresholds: {}\n")
    assert read_questions(path) == (ADDED, {})
    with pytest.raises(QuestionError, match="is there already"):
        write_questions(path, ADDED, "")


def test_a_place_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", "utf-8")
    with pytest.raises(QuestionError, match="cannot be written"):
        write_questions(tmp_path / "file" / "set.yaml", ADDED, "")
