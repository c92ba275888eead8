"""The fixed question set, asked of the assembly that ships."""

import json
from collections import Counter
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from innoqa import bootstrap, evaluation
from innoqa.adapters.ir_metrics import per_query
from innoqa.errors import QuestionError
from innoqa.evaluation import EvalReport, IndicatorReport
from innoqa.metrics import EvalQuestion, Expected, Gold, IndicatorQuestion, IndicatorSet

pytest_plugins = ["tests.answering_fixtures"]

OPENED = "Harbour Street opened on 3 May 2011"
QUESTIONS = (
    EvalQuestion(
        "street",
        "fact",
        "When did Harbour Street open?",
        ("3 May 2011",),
        (Gold("guide.md", OPENED, 1),),
        answerable=True,
    ),
    EvalQuestion(
        "captain",
        "fact",
        "Who was the first ferry captain?",
        ("Ada Ek",),  # wrong on purpose
        (Gold("ferry/notes.txt", "The first ferry captain was Jonas Ek", 1),),
        answerable=True,
    ),
    EvalQuestion(
        "goals",
        "list",
        "What are the goals of the board?",
        ("open laboratories", "short ways"),
        (Gold("guide.md", "cheap floors", 1), Gold("guide.md", "short ways between firms", 2)),
        answerable=True,
    ),
    EvalQuestion(
        "helium", "unknown", "What is the boiling point of liquid helium?", (), (), answerable=False
    ),
)
QUESTION_SET = """
thresholds:
  correct: 0.9
questions:
  - id: street
    kind: fact
    question: When did Harbour Street open?
    must: ["3 May 2011"]
    gold: [{source: guide.md, quote: Harbour Street opened on 3 May 2011}]
    answerable: true
  - id: captain
    kind: fact
    question: Who was the first ferry captain?
    must: [Ada Ek]
    gold: [{source: ferry/notes.txt, quote: The first ferry captain was Jonas Ek}]
    answerable: true
"""


@pytest.fixture(scope="module")
def report(library: Any) -> EvalReport:
    return evaluation.evaluate(
        library.assistant, QUESTIONS, {"correct": 0.7, "R@5": 0.9}, per_query
    )


def test_figures_are_means_by_kind_and_over_all(report: EvalReport) -> None:
    correct = {kind: figures["correct"].mean for kind, figures in report.figures.items()}
    assert correct == {"all": 0.75, "fact": 0.5, "list": 1.0, "unknown": 1.0}
    asked = {kind: figures["correct"].questions for kind, figures in report.figures.items()}
    assert asked == {"all": 4, "fact": 2, "list": 1, "unknown": 1}


def test_retrieval_and_citation_figures_leave_out_what_is_unanswerable(report: EvalReport) -> None:
    figures = report.figures["all"]
    for measure in ("Success@1", "Success@5", "nDCG@10", "R@5", "citation_recall"):
        assert (figures[measure].questions, figures[measure].mean) == (3, 1.0), measure
    assert figures["citation_precision"].questions == 3
    assert set(report.figures["unknown"]) == {"correct"}


def test_every_interval_holds_its_mean(report: EvalReport) -> None:
    for by_measure in report.figures.values():
        for figure in by_measure.values():
            assert figure.low - 1e-9 <= figure.mean <= figure.high + 1e-9


def test_outcomes_come_in_the_order_of_the_questions(report: EvalReport) -> None:
    assert [o.question.id for o in report.outcomes] == [q.id for q in QUESTIONS]
    assert [o.correct for o in report.outcomes] == [True, False, True, True]


def test_thresholds_that_are_met_fail_nothing(report: EvalReport) -> None:
    assert report.failures == ()


def test_a_figure_below_its_threshold_is_named_with_both_numbers(library: Any) -> None:
    report = evaluation.evaluate(library.assistant, QUESTIONS, {"correct": 0.9}, per_query)
    assert report.failures == ("correct is 0.750, below its threshold of 0.9",)


def test_a_threshold_for_a_measure_that_there_is_none_of_fails(library: Any) -> None:
    report = evaluation.evaluate(library.assistant, QUESTIONS[:1], {"speed": 1.0}, per_query)
    assert len(report.failures) == 1
    assert report.failures[0].startswith("speed has a threshold of 1.0, but")


def test_questions_that_are_all_unanswerable_can_be_asked(library: Any) -> None:
    report = evaluation.evaluate(library.assistant, QUESTIONS[3:], {"correct": 1.0}, per_query)
    assert set(report.figures["all"]) == {"correct"}
    assert report.failures == ()


@pytest.mark.parametrize("source", ["guide.md", "no-such-file.md"])
def test_a_gold_quote_that_does_not_stand_in_the_corpus_is_told(library: Any, source: str) -> None:
    gold = Gold(source, "Harbour Street opened in 1911", 1)
    question = EvalQuestion("q7", "fact", "When?", (), (gold,), answerable=True)
    with pytest.raises(QuestionError, match="q7") as raised:
        evaluation.evaluate(library.assistant, [question], {}, per_query)
    assert "Harbour Street opened in 1911" in str(raised.value)
    assert source in str(raised.value)


def test_a_passage_that_holds_a_fact_again_does_not_count_twice(library: Any) -> None:
    """The tower's passage alone is relevant, though two golds of one fact stand in it."""
    golds = (
        Gold("guide.md", "The Glass Tower housed 120 tenants in 2015", 1),
        Gold("guide.md", "Glass Tower housed 140 tenants", 1),
    )
    question = EvalQuestion(
        "t", "fact", "How many tenants had the Glass Tower in 2015?", (), golds, answerable=True
    )
    report = evaluation.evaluate(library.assistant, [question], {}, per_query)
    assert report.figures["all"]["nDCG@10"].mean == 1.0
    assert report.figures["all"]["R@5"].mean == 1.0


def test_the_markdown_report_has_a_row_a_kind_and_names_what_was_not_correct(
    report: EvalReport,
) -> None:
    text = evaluation.as_markdown(report)
    rows = [line.split(" | ") for line in text.splitlines() if line.startswith("|")][2:]
    assert [(row[0].strip("| "), row[1]) for row in rows] == [
        ("all", "4"),
        ("fact", "2"),
        ("list", "1"),
        ("unknown", "1"),
    ]
    assert "- captain: Who was the first ferry captain?" in text
    assert "- street" not in text
    assert "FAILED" not in text


def test_the_written_reports_agree_with_the_one_returned(library: Any, tmp_path: Path) -> None:
    questions = tmp_path / "questions.yaml"
    questions.write_text(QUESTION_SET, "utf-8")
    out = tmp_path / "deep" / "results"
    report = bootstrap.evaluate(questions, out, library.settings)
    written = json.loads((out / "report.json").read_text("utf-8"))
    assert written == evaluation.as_json(report)
    assert (out / "report.md").read_text("utf-8") == evaluation.as_markdown(report)
    assert written["failures"] == ["correct is 0.500, below its threshold of 0.9"]
    assert "FAILED: correct is 0.500, below its threshold of 0.9" in evaluation.as_markdown(report)
    assert {q["id"]: q["correct"] for q in written["questions"]} == {
        "street": True,
        "captain": False,
    }
    assert set(written["latency_ms"]) == {"p50", "p95"}
    for figure in written["figures"]["all"].values():
        assert set(figure) == {"mean", "low", "high", "questions"}


HELIUM = "What is the boiling point of liquid helium?"
OPENING = "When did Harbour Street open?"
NUMBERS = (
    IndicatorQuestion("gap", "refuse", HELIUM, refuse="unknown indicator"),
    IndicatorQuestion("caught", "refuse", OPENING, refuse="wrong on purpose"),
    IndicatorQuestion("told", "prose", OPENING, must=("3 May 2011",), computed=False),
    IndicatorQuestion(
        "kelvin",
        "lookup",
        HELIUM,
        expected=(Expected((Decimal("4.2"),), ("kelvin",)), Expected(names=("4.2 K",))),
        shown=Expected((Decimal(4), Decimal(5)), ("kelvin",)),
        must=("about",),
        prose=True,
        cells=("t.csv | helium",),
    ),
)


@pytest.fixture(scope="module")
def numbers(library: Any) -> IndicatorReport:
    asked = IndicatorSet("arnholm", NUMBERS, {"exact": 0.6, "wrong": 0.2})
    return evaluation.evaluate_indicators(library.assistant, asked)


def test_indicator_shares_are_by_operation_and_over_all(numbers: IndicatorReport) -> None:
    shares = {
        operation: {share: figure.mean for share, figure in by_share.items()}
        for operation, by_share in numbers.figures.items()
    }
    assert shares == {
        "all": {"exact": 0.5, "wrong": 0.25, "refused": 0.25},
        "refuse": {"exact": 0.5, "wrong": 0.5, "refused": 0.0},
        "prose": {"exact": 1.0, "wrong": 0.0, "refused": 0.0},
        "lookup": {"exact": 0.0, "wrong": 0.0, "refused": 1.0},
    }
    assert numbers.figures["refuse"]["exact"].questions == 2
    assert numbers.figures["prose"]["exact"].low < 0.5  # one question proves little


def test_too_few_exact_and_too_many_wrong_replies_fail(numbers: IndicatorReport) -> None:
    assert numbers.failures == (
        "arnholm: exact is 0.500, below its threshold of 0.6",
        "arnholm: wrong is 0.250, above its threshold of 0.2",
    )


def test_shares_at_their_thresholds_fail_nothing(library: Any) -> None:
    asked = IndicatorSet("arnholm", NUMBERS, {"exact": 0.5, "wrong": 0.25})
    assert evaluation.evaluate_indicators(library.assistant, asked).failures == ()


def test_the_report_lists_each_reply_that_is_not_exact_with_expected_and_got(
    report: EvalReport, numbers: IndicatorReport
) -> None:
    whole = EvalReport(report.figures, report.latency_ms, report.outcomes, (), (numbers,))
    text = evaluation.as_markdown(whole)
    assert "| refuse | 2 | 0.50 (" in text
    assert f"- wrongly answered, caught: {OPENING}\n  expected a refusal (wrong on purpose)" in text
    assert (
        f"- refused, kelvin: {HELIUM}\n  expected 4.2 kelvin or 4.2 K; all of 4, 5 kelvin; "
        '"about"; a cited text; got refused: '
    ) in text
    assert "told" not in text
    assert "FAILED: arnholm: wrong is 0.250" in text
    record = evaluation.as_json(whole)["indicators"][0]
    assert (record["name"], record["failures"]) == ("arnholm", list(numbers.failures))
    kelvin = record["questions"][3]
    assert (kelvin["id"], kelvin["verdict"], kelvin["operation"]) == ("kelvin", "refused", "lookup")
    assert kelvin["cells"] == ["t.csv | helium"]
    assert whole.all_failures == numbers.failures


TOWNS = """
thresholds: {exact: 1, wrong: 0}
documents: .
questions:
  - {id: tower, operation: prose, question: "When was the Lime Tower built?", computed: no,
     must: ["1911"]}
  - {id: street, operation: refuse, question: "When did Harbour Street open?",
     refuse: unknown entity}
"""


def test_a_set_with_documents_is_asked_of_these_alone(library: Any, tmp_path: Path) -> None:
    questions = tmp_path / "questions.yaml"
    questions.write_text(QUESTION_SET, "utf-8")
    towns = tmp_path / "towns"
    towns.mkdir()
    (towns / "questions.yaml").write_text(TOWNS, "utf-8")
    (towns / "tower.md").write_text("# Lime\n\nThe Lime Tower was built in 1911.\n", "utf-8")
    (towns / "plan.dwg").write_bytes(b"\x00")
    out = tmp_path / "results"
    report = bootstrap.evaluate(questions, out, library.settings, [towns / "questions.yaml"])
    (asked,) = report.indicators
    assert asked.name == "towns"
    assert Counter(o.verdict for o in asked.outcomes) == {"exact": 2}
    (unread,) = asked.failures
    assert unread.startswith("towns: ")
    assert "plan.dwg was not read" in unread
    written = json.loads((out / "report.json").read_text("utf-8"))
    assert written == evaluation.as_json(report)
    assert library.assistant.answer(OPENING).reply.text.startswith("Harbour Street opened")
