"""One evaluation report as Markdown, as JUnit XML and on the terminal."""

from dataclasses import replace
from typing import Any
from xml.etree import ElementTree as Xml

import pytest
from rich.console import Console
from tests.prepared_assistant import (
    QUESTIONS,
    REPLIES,
    Prepared,
    abstention,
    answer,
    evaluated,
    question,
)

from innoqa.adapters import terminal_report
from innoqa.adapters.junit_report import junit
from innoqa.adapters.markdown_report import markdown
from innoqa.evaluation import comparing
from innoqa.evaluation.measures import EVERY_MEASURE
from innoqa.evaluation.records import EvalReport
from innoqa.metrics import KINDS

pytest_plugins = ["tests.evaluation_fixtures"]
pytestmark = pytest.mark.usefixtures("few_resamples")

WORSE: Any = Prepared(REPLIES | {"sure?": (abstention(), ())})


@pytest.fixture(scope="module")
def whole(report: EvalReport) -> EvalReport:
    """A report with everything that there can be in one."""
    later = evaluated(*QUESTIONS, assistant=WORSE, correctness=0.9, wrong_answers=0.9)
    figure = {"value": 0.5, "low": 0.1, "high": 0.9, "questions": 2}
    difference = {"before": 0.6, "after": 0.5, "difference": -0.1, "low": -0.2, "high": 0.1}
    tested = {**difference, "questions": 8, "p": 0.2, "p_holm": 0.4}
    asked = {
        "id": "gap",
        "operation": "refuse",
        "question": "Gap?",
        "verdict": "wrong number",
        "expected": "a refusal",
        "got": "lookup: 7",
        "text": "7",
        "cells": [],
        "elapsed_ms": 12.0,
    }
    more: Any = {
        "ablations": [
            {
                "name": "dense only",
                "definition": "no words",
                "figures": {"correctness": figure, "nDCG@10": figure},
                "differences": {"correctness": tested, "nDCG@10": tested},
            }
        ],
        "indicators": [
            {
                "name": "towns",
                "figures": {"all": dict.fromkeys(("exact", "wrong", "refused"), figure)},
                "latency_ms": {"p50": figure, "p95": figure},
                "questions": [asked, {**asked, "id": "told", "verdict": "exact"}],
            }
        ],
        "warnings": ["1 of 8 questions are drafts"],
        "comparison": {
            **comparing.compare(report, later),
            "regressions": ["correctness went from 0.500 to 0.375"],
        },
    }
    return {**later, **more}


def test_the_markdown_report_has_every_figure_by_split_and_says_what_each_is(
    whole: EvalReport,
) -> None:
    text = markdown(whole)
    figures = text.partition("## Figures")[2].partition("## By kind")[0]
    rows = {line.split(" | ")[0].strip("| "): line for line in figures.splitlines()}
    dev = whole["groups"]["dev"]["kinds"]["all"]["figures"]["correctness"]
    assert rows["correctness"] == (
        f"| correctness | 0.429 ({dev['low']:.3f}-{dev['high']:.3f}) | 0.000 (0.000-0.000) |"
    )
    for name, measure in EVERY_MEASURE.items():
        assert f"- {name}: {measure['definition']}; {measure['better']} is better." in text
        assert name in rows or f"{name}, ms" in rows, name
    assert "| near-miss | 1 | 1 rightly abstained |" in text
    assert "FAILED: set.yaml: correctness is 0.375, below its threshold of 0.9." in text
    assert "WARNING: 1 of 8 questions are drafts." in text


def test_the_markdown_report_lists_what_is_not_right_with_expected_and_got(
    whole: EvalReport,
) -> None:
    _, _, listed = markdown(whole).partition("## Not right")
    assert (
        "- wrong, dev fact wrong: wrong?\n"
        '  expected an answer with "Ina"\n'
        "  got Ada sailed in 1954. [1] The ferry was red. [2] (confidence 0.60)\n"
    ) in listed
    assert "both?" not in listed
    assert "nothing?" not in listed


def test_the_markdown_report_has_ablations_indicators_and_the_comparison(
    whole: EvalReport,
) -> None:
    text = markdown(whole)
    assert "-0.100 (-0.200 to +0.100), p 0.4000" in text
    assert "- dense only: no words." in text
    assert "- wrong number, gap: Gap?\n  expected a refusal; got lookup: 7" in text
    assert "told" not in text.partition("## Indicator")[2].partition("## Not right")[0]
    assert "- fact sure, right -> abstained: sure?" in text
    assert "REGRESSION: correctness went from 0.500 to 0.375" in text


def test_a_question_or_answer_never_breaks_a_table(report: EvalReport) -> None:
    """Tables hold figures, names and kinds; texts stand in lists, on one line each."""
    assistant: Any = Prepared(REPLIES | {"sure?": (answer(0.9, "ada", text="a | b\n\n# c"), ())})
    text = markdown(evaluated(assistant=assistant))
    assert "  got a | b # c [1] (confidence 0.90)\n" in text


def test_junit_has_a_test_case_for_each_question_and_threshold(whole: EvalReport) -> None:
    root = Xml.fromstring(junit(whole))
    suites = {suite.get("name"): suite for suite in root}
    assert {name: (s.get("tests"), s.get("failures")) for name, s in suites.items()} == {
        "dev": ("7", "4"),
        "test": ("1", "1"),
        "towns": ("2", "1"),
        "thresholds": ("2", "1"),
    }
    cases = {case.get("name"): case for case in suites["dev"]}
    assert cases["wrong"].get("classname") == "dev.fact"
    assert cases["wrong"].get("time") == "0.020"
    (failure,) = cases["wrong"]
    assert (failure.get("type"), failure.get("message")) == ("wrong", "wrong: wrong?")
    assert failure.text == (
        'expected an answer with "Ina"\n'
        "got Ada sailed in 1954. [1] The ferry was red. [2] (confidence 0.60)"
    )
    assert list(cases["both"]) == []


def test_junit_is_xml_whatever_is_said(report: EvalReport) -> None:
    said = "<b> & ]]> \x00\x08\ufffe \U0001f68b"
    assistant: Any = Prepared({"sure?": (answer(0.9, "ada", text=said), ())})
    root = Xml.fromstring(junit(evaluated(QUESTIONS[0], assistant=assistant)))
    text = root.findtext("./testsuite/testcase/failure") or ""
    assert "<b> & ]]> \ufffd\ufffd\ufffd \U0001f68b [1]" in text


def printed(report: EvalReport, width: int) -> str:
    console = Console(width=width)
    with console.capture() as capture:
        console.print(terminal_report.summary(report))
    return capture.get()


def test_the_terminal_shows_figures_verdicts_and_what_failed(whole: EvalReport) -> None:
    said = printed(whole, 140)
    assert "correctness" in said
    dev = whole["groups"]["dev"]["kinds"]["all"]["figures"]["correctness"]
    assert f"0.43 ({dev['low']:.2f}-{dev['high']:.2f})" in said
    assert "FAILED: set.yaml: correctness is 0.375, below its threshold of 0.9" in said
    assert "REGRESSION: correctness" in said
    assert "worse: sure, right -> abstained" in said
    assert "-0.100, 0.4000" in said
    row = next(line for line in said.splitlines() if "near-miss" in line)
    assert row.split("near-miss")[1].split() == ["1", "0", "0", "0", "1", "0"]


def test_the_terminal_shows_a_screen_at_most(report: EvalReport) -> None:
    """Of every kind there is a question, in both splits."""
    every = [
        replace(question(f"{kind}-{split}", kind=kind), split=split)
        for kind in KINDS
        for split in ("dev", "test")
    ]
    silent: Any = Prepared({})
    said = printed(evaluated(*every, assistant=silent), 80)
    assert len(said.splitlines()) <= 40
    assert max(map(len, said.splitlines())) <= 80


def test_a_comparison_on_the_terminal_has_every_difference(report: EvalReport) -> None:
    compared = comparing.compare(report, evaluated(assistant=WORSE))
    console = Console(width=100)
    with console.capture() as capture:
        console.print(terminal_report.comparison(compared))
    said = capture.get()
    assert all(name in said for name in compared["differences"])
    assert "-0.125" in said
    assert "worse: sure, right -> abstained" in said
