"""The question sets, asked of a prepared assistant, and of the assembly that ships."""

import json
import math
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sklearn.metrics import brier_score_loss
from tests.prepared_assistant import (
    ASSISTANT,
    QUESTIONS,
    REPLIES,
    TEXT,
    Prepared,
    answer,
    evaluated,
    gold,
    question,
    silent,
)

from innoqa import eval_bootstrap, eval_cli, evaluation
from innoqa.adapters.ir_metrics import per_query
from innoqa.adapters.question_files import read_questions
from innoqa.errors import QuestionError
from innoqa.evaluation import QuestionSet
from innoqa.evaluation.asking import expectation, got
from innoqa.evaluation.measures import CONFIDENCE_MEASURES, EVERY_MEASURE, MEASURES
from innoqa.evaluation.records import EvalReport
from innoqa.metrics import KINDS, Gold

pytest_plugins = ["tests.answering_fixtures", "tests.evaluation_fixtures"]
pytestmark = pytest.mark.usefixtures("few_resamples")


def figure(report: EvalReport, name: str, kind: str = "all", group: str = "all") -> Any:
    return report["groups"][group]["kinds"][kind]["figures"].get(name)


def test_the_verdict_follows_from_the_best_answer_and_the_threshold(report: EvalReport) -> None:
    verdicts = {one["id"]: one["verdict"] for one in report["questions"]}
    assert verdicts == {
        "sure": "right",
        "unsure": "abstained",
        "wrong": "wrong",
        "both": "right",
        "silent": "abstained",
        "nothing": "rightly abstained",
        "refused": "rightly abstained",
        "invented": "wrongly answered",
    }
    best = {one["id"]: one["best_right"] for one in report["questions"]}
    assert best == {
        **dict.fromkeys(("sure", "unsure", "both"), True),
        **dict.fromkeys(("wrong", "nothing", "invented"), False),
        **dict.fromkeys(("silent", "refused"), None),
    }
    unsure = report["questions"][1]
    assert (unsure["answered"], unsure["confidence"]) == (False, 0.3)
    assert unsure["text"] == "Ada sailed in 1954. [1]"


@pytest.mark.parametrize(
    ("measure", "value", "questions"),
    [
        ("correctness", 4 / 8, 8),
        ("right", 2 / 5, 5),
        ("wrong", 1 / 5, 5),
        ("abstained", 2 / 5, 5),
        ("rightly_abstained", 2 / 3, 3),
        ("wrongly_answered", 1 / 3, 3),
        ("wrong_answers", 2 / 8, 8),
        ("risk", 2 / 4, 4),
        ("best_right", 3 / 5, 5),
        ("citation_precision", (1 + 0 + 2 / 3) / 3, 3),
        ("citation_recall", (1 + 0 + 2 / 3) / 3, 3),
        ("fact_recall", (1 + 0 + 0 + 1 + 0) / 5, 5),
        ("numeric_exactness", 1, 1),
        ("Success@1", 2 / 5, 5),
        ("Success@5", 3 / 5, 5),
        ("R@5", 3 / 5, 5),
        ("nDCG@10", (1 + 1 / math.log2(3) + 0 + 1 + 0) / 5, 5),
        ("RR", (1 + 1 / 2 + 0 + 1 + 0) / 5, 5),
    ],
)
def test_every_measure_is_the_mean_that_its_definition_says(
    report: EvalReport, measure: str, value: float, questions: int
) -> None:
    found = figure(report, measure)
    assert found["value"] == pytest.approx(value)
    assert found["questions"] == questions
    assert found["low"] - 1e-9 <= found["value"] <= found["high"] + 1e-9


def test_every_measure_is_defined_and_measured(report: EvalReport) -> None:
    assert set(figure(report, "correctness")) == {"value", "low", "high", "questions"}
    assert set(report["groups"]["all"]["kinds"]["all"]["figures"]) == set(MEASURES)
    for population in ("all", "answerable"):
        found = report["groups"]["all"]["confidence"][population]["figures"]
        assert set(found) == set(CONFIDENCE_MEASURES)
    assert report["measures"] == EVERY_MEASURE


def test_figures_are_by_split_and_kind(report: EvalReport) -> None:
    assert {name: group["questions"] for name, group in report["groups"].items()} == {
        "all": 8,
        "dev": 7,
        "test": 1,
    }
    kinds = report["groups"]["dev"]["kinds"]
    assert list(kinds) == ["all", "fact", "why", "indicator", "near-miss", "hostile"]
    assert kinds["fact"]["verdicts"] == {"right": 1, "wrong": 1, "abstained": 1}
    assert figure(report, "wrongly_answered", "near-miss", "test")["value"] == 1
    assert figure(report, "wrongly_answered", "near-miss", "dev")["value"] == 0
    assert figure(report, "right", "near-miss") is None


def test_confidence_is_measured_on_the_best_answers(report: EvalReport) -> None:
    """By falling confidence: right, right, wrong, wrong, wrong, right of 8 questions asked."""
    of = report["groups"]["all"]["confidence"]["all"]
    assert (of["questions"], of["answered"]) == (8, 6)
    values = {name: one["value"] for name, one in of["figures"].items()}
    risks = [0, 0, 1 / 3, 2 / 4, 3 / 5, 3 / 6]
    assert values["AURC"] == pytest.approx(sum(risks) / 6)
    assert values["coverage@10%"] == 2 / 8
    assert [point["risk"] for point in of["curve"]] == pytest.approx(risks)
    assert [point["coverage"] for point in of["curve"]] == [n / 8 for n in range(1, 7)]
    assert sum(one["questions"] for one in of["bins"]) == 6
    sure, right = [0.9, 0.8, 0.7, 0.6, 0.4, 0.3], [1, 1, 0, 0, 0, 1]
    assert values["Brier"] == pytest.approx(brier_score_loss(right, sure))
    answerable = report["groups"]["all"]["confidence"]["answerable"]
    assert (answerable["questions"], answerable["answered"]) == (5, 4)
    assert answerable["figures"]["coverage@10%"]["value"] == 2 / 5


def test_confidence_figures_are_those_of_answers_alone_where_there_are_none() -> None:
    report = evaluated(QUESTIONS[4])
    of = report["groups"]["all"]["confidence"]["all"]
    assert set(of["figures"]) == {"coverage@1%", "coverage@5%", "coverage@10%"}
    assert (of["curve"], of["bins"]) == ([], [])


def test_a_figure_of_confidence_lies_in_its_interval(report: EvalReport) -> None:
    for of in report["groups"]["all"]["confidence"].values():
        for one in of["figures"].values():
            assert one["low"] <= one["value"] <= one["high"]


def test_a_report_says_what_was_asked_of_which_index(report: EvalReport) -> None:
    assert report["index"] == {"name": "abc-1", "title": "Ferries"}
    assert report["settings"] == {
        "least_confidence": 0.5,
        "sources": 10,
        "question_files": ["set.yaml"],
        "splits": ["dev", "test"],
        "resamples": 2000,
    }
    assert report["date"].endswith("+00:00")
    assert (report["failures"], report["warnings"]) == ([], [])


def test_evidence_is_a_quote_with_its_place_and_the_facts_that_it_states(
    report: EvalReport,
) -> None:
    both = report["questions"][3]
    assert [(one["marker"], one["source"], one["facts"]) for one in both["evidence"]] == [
        (1, "d.md", [1]),
        (2, "d.md", []),
        (3, "d.md", [2]),
    ]
    for one in both["evidence"]:
        assert TEXT[one["start"] : one["end"]] == one["quote"]


def test_a_follow_up_is_asked_after_its_history() -> None:
    replies = REPLIES | {"sure? then?": (answer(0.9, "red"), ("red",))}
    alone = question("then", "Ada", golds=(gold("ada"),))
    after = replace(alone, id="after", kind="follow-up", history=("sure?",))
    asked = evaluated(alone, after, assistant=Prepared(replies))["questions"]
    assert [one["best_right"] for one in asked] == [None, False]


def test_expected_and_got_are_told_in_words(report: EvalReport) -> None:
    told = {one["id"]: (expectation(one), got(one)) for one in report["questions"]}
    assert told["both"] == (
        'an answer with "1954", "1955"',
        "Ada sailed in 1954. [1] The ferry was red. [2] Ina rowed in 1955. [3] (confidence 0.80)",
    )
    assert told["unsure"][1] == ("no answer; held back at confidence 0.30: Ada sailed in 1954. [1]")
    assert told["nothing"][0] == "no answer: nobody says"
    assert told["refused"][1] == "no answer: The question is empty."


@pytest.mark.parametrize(
    ("thresholds", "failures"),
    [
        ({"correctness": 0.5, "wrong_answers": 0.25, "AURC": 0.4, "p95": 20}, []),
        ({"correctness": 0.51}, ["set.yaml: correctness is 0.500, below its threshold of 0.51"]),
        ({"risk": 0.4}, ["set.yaml: risk is 0.500, above its threshold of 0.4"]),
        ({"coverage@5%": 0.3}, ["set.yaml: coverage@5% is 0.250, below its threshold of 0.3"]),
        ({"p50": 19.0}, ["set.yaml: p50 is 20.000, above its threshold of 19.0"]),
        (
            {"speed": 1},
            ["set.yaml: speed has a threshold of 1, but no question gives it a figure"],
        ),
    ],
)
def test_a_figure_that_is_not_within_its_threshold_is_named_with_both_numbers(
    thresholds: dict[str, float], failures: list[str]
) -> None:
    found = evaluated(**thresholds)
    assert found["failures"] == failures
    assert [one["met"] for one in found["thresholds"]] == [not failures] * len(thresholds)


def test_the_thresholds_of_a_file_are_of_its_own_questions() -> None:
    sets = [
        QuestionSet("dev.yaml", QUESTIONS[:1], {"correctness": 1}),
        QuestionSet("test.yaml", QUESTIONS[-1:], {"correctness": 0.1}),
    ]
    report = evaluation.evaluate(ASSISTANT, sets, per_query, silent)
    assert report["failures"] == ["test.yaml: correctness is 0.000, below its threshold of 0.1"]


def test_an_id_in_two_files_and_no_question_at_all_are_told() -> None:
    one = QuestionSet("a.yaml", QUESTIONS[:1], {})
    with pytest.raises(QuestionError, match="Two questions have the id sure"):
        evaluation.evaluate(ASSISTANT, [one, one], per_query, silent)
    with pytest.raises(QuestionError, match="no question"):
        evaluation.evaluate(ASSISTANT, [], per_query, silent)


def test_progress_is_told_after_each_question() -> None:
    told: list[tuple[str, int, int]] = []
    sets = [QuestionSet("set.yaml", QUESTIONS[:3], {})]
    evaluation.evaluate(ASSISTANT, sets, per_query, lambda *step: told.append(step))
    assert told == [("questions", done, 3) for done in (1, 2, 3)]


def test_drafts_are_warned_of() -> None:
    report = evaluated(replace(QUESTIONS[0], draft=True), QUESTIONS[1])
    (warning,) = report["warnings"]
    assert warning.startswith("1 of 2 questions are drafts that nobody has read yet (sure)")


@pytest.mark.parametrize("source", ["d.md", "no-such-file.md"])
def test_a_gold_quote_that_does_not_stand_in_the_corpus_is_told(source: str) -> None:
    lost = question("q7", "x", golds=(Gold(source, "Ada swam", 1),))
    with pytest.raises(QuestionError, match="q7") as raised:
        evaluated(lost)
    assert "Ada swam" in str(raised.value)
    assert source in str(raised.value)


def test_a_passage_that_holds_a_fact_again_does_not_count_twice() -> None:
    golds = (gold("ada"), gold("ina"))
    asked = question("sure", "Ada", golds=golds)
    report = evaluated(asked)
    assert figure(report, "nDCG@10")["value"] == 1
    assert figure(report, "R@5")["value"] == 1


QUESTION_SET = """
thresholds: {correctness: 0.9}
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
    must: [Ada Lind]  # wrong on purpose
    gold: [{source: ferry/notes.txt, quote: The first ferry captain was Jonas Ek}]
    answerable: true
    split: test
"""
TOWNS = """
thresholds: {exact: 1, wrong: 0}
documents: .
questions:
  - {id: tower, operation: prose, question: "When was the Lime Tower built?", computed: no,
     must: ["1911"]}
  - {id: street, operation: refuse, question: "When did Harbour Street open?",
     refuse: unknown entity}
"""


@pytest.fixture
def questions(tmp_path: Path) -> Path:
    path = tmp_path / "questions.yaml"
    path.write_text(QUESTION_SET, "utf-8")
    return path


def test_the_written_report_is_the_one_returned(
    library: Any, questions: Path, tmp_path: Path
) -> None:
    out = tmp_path / "deep" / "results"
    report = eval_bootstrap.evaluate(eval_bootstrap.Plan((questions,)), library.settings, silent)
    published = eval_bootstrap.publish(report, out, None)
    assert json.loads((out / "report.json").read_text("utf-8")) == published == report
    verdicts = {one["id"]: one["values"]["correctness"] for one in report["questions"]}
    assert verdicts["captain"] == 0
    names = sorted(one.name for one in out.iterdir())
    assert names == ["junit.xml", "report.html", "report.json", "report.md"]
    again = eval_bootstrap.publish(report, out, report)
    assert again["comparison"] is not None
    assert again["comparison"]["questions"] == 2


def test_one_split_can_be_asked_alone(library: Any, questions: Path) -> None:
    plan = eval_bootstrap.Plan((questions,), split="test")
    report = eval_bootstrap.evaluate(plan, library.settings, silent)
    assert [one["id"] for one in report["questions"]] == ["captain"]
    assert report["settings"]["splits"] == ["test"]


def test_a_set_with_documents_is_asked_of_these_alone(
    library: Any, questions: Path, tmp_path: Path
) -> None:
    towns = tmp_path / "towns"
    towns.mkdir()
    (towns / "questions.yaml").write_text(TOWNS, "utf-8")
    (towns / "tower.md").write_text("# Lime\n\nThe Lime Tower was built in 1911.\n", "utf-8")
    (towns / "plan.dwg").write_bytes(b"\x00")
    plan = eval_bootstrap.Plan((questions,), (towns / "questions.yaml",))
    report = eval_bootstrap.evaluate(plan, library.settings, silent)
    (asked,) = report["indicators"]
    assert asked["name"] == "towns"
    verdicts = {one["id"]: one["verdict"] for one in asked["questions"]}
    assert verdicts["street"] == "exact"
    assert any("plan.dwg was not read" in one for one in report["failures"])
    assert not any("questions.yaml was not read" in one for one in report["failures"])


def test_drafts_of_a_corpus_can_be_asked_of_it(library: Any, tmp_path: Path) -> None:
    path = tmp_path / "mine.yaml"
    drafts = eval_bootstrap.draft(path, 10, library.settings)
    assert {one.kind for one in drafts} >= {"fact", "indicator", "out-of-scope"}
    report = eval_bootstrap.evaluate(eval_bootstrap.Plan((path,)), library.settings, silent)
    assert len(report["questions"]) == len(drafts)
    assert report["warnings"]


def test_a_report_of_another_form_or_version_is_told(report: EvalReport, tmp_path: Path) -> None:
    good, other, old = (tmp_path / name for name in ("good.json", "other.json", "old.json"))
    good.write_text(json.dumps(report), "utf-8")
    other.write_text("[]", "utf-8")
    old.write_text(json.dumps({**report, "schema_version": 0}), "utf-8")
    assert eval_bootstrap.compare(good, good)["questions"] == 8
    for path, told in (
        (other, "is no report"),
        (old, "of version 0"),
        (tmp_path / "x.json", "cannot be read"),
    ):
        with pytest.raises(QuestionError, match=told):
            eval_bootstrap.compare(good, path)


def test_the_question_files_that_ship_share_no_id_and_quote_the_corpus() -> None:
    root = Path(__file__).parents[1]
    files = [read_questions(path)[0] for path in eval_cli.QUESTIONS]
    assert [{one.split for one in questions} for questions in files] == [{"dev"}, {"test"}]
    asked = [one for questions in files for one in questions]
    assert len({one.id for one in asked}) == len(asked)
    assert {one.kind for one in asked} == set(KINDS)
    for one in asked:
        for quoted in one.golds:
            text = (root / "corpus" / quoted.source).read_text("utf-8")
            assert quoted.quote in text, one.id


def test_the_readme_names_every_kind_and_measure() -> None:
    text = (Path(__file__).parents[1] / "eval" / "README.md").read_text("utf-8")
    assert all(f"`{name}`" in text for name in EVERY_MEASURE)
    table = text.partition("| kind | asks |")[2].partition("\n\n")[0]
    assert all(re.search(rf"\b{kind}\b", table) for kind in KINDS)
