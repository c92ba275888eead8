"""An evaluation report as an HTML page that needs nothing but itself."""

import re
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as Xml

import pytest
from tests.prepared_assistant import QUESTIONS, REPLIES, Prepared, abstention, answer, evaluated

from innoqa import eval_bootstrap
from innoqa.adapters.html_report import STYLE, body, html
from innoqa.evaluation import comparing
from innoqa.evaluation.records import EvalReport

pytest_plugins = ["tests.evaluation_fixtures"]
pytestmark = pytest.mark.usefixtures("few_resamples")

FIGURE = {"value": 0.5, "low": 0.1, "high": 0.9, "questions": 2}
CHANGED: Any = Prepared(
    REPLIES | {"sure?": (abstention(), ()), "wrong?": (answer(0.9, "ina"), ("ina",))}
)
NAMES = {"verdict", "kind", "split", "splits", "measure", "before", "after", "date"}
"""What a report says in words of its own."""


@pytest.fixture(scope="module")
def whole(report: EvalReport) -> EvalReport:
    """A report with everything that there can be in one."""
    later = evaluated(*QUESTIONS, assistant=CHANGED, correctness=0.9, wrong_answers=0.9)
    tested = {"before": 0.6, "after": 0.5, "difference": -0.1, "low": -0.2, "high": 0.1}
    asked = {
        "id": "gap",
        "operation": "refuse",
        "question": "Gap?",
        "verdict": "wrong number",
        "expected": "a refusal",
        "got": "lookup: 7",
        "text": "It is 7.",
        "cells": ["towns.csv, row 2"],
        "elapsed_ms": 12.0,
    }
    more: Any = {
        "settings": {**later["settings"], "risk": 0.05},
        "ablations": [
            {
                "name": name,
                "definition": "no words",
                "figures": {"correctness": FIGURE, "wrong_answers": FIGURE},
                "differences": {"correctness": {**tested, "questions": 8, "p": p, "p_holm": p}},
            }
            for name, p in (("dense only", 0.4), ("lexical only", 0.0021))
        ],
        "indicators": [
            {
                "name": "towns",
                "figures": {"all": dict.fromkeys(("exact", "wrong", "refused"), FIGURE)},
                "latency_ms": {"p50": FIGURE, "p95": FIGURE},
                "questions": [asked, {**asked, "question": "Told?", "verdict": "exact"}],
            }
        ],
        "warnings": ["1 of 8 questions are drafts"],
        "comparison": {
            **comparing.compare(report, later),
            "regressions": ["correctness went from 0.500 to 0.375"],
        },
    }
    return {**later, **more}


def parsed(report: EvalReport, previous: EvalReport | None = None) -> Xml.Element:
    """The body as a tree; markup that is not closed, or text that is not escaped, is no XML."""
    return Xml.fromstring(body(report, previous).replace(' xmlns="http://www.w3.org/2000/svg"', ""))


def words(element: Xml.Element | None) -> str:
    assert element is not None
    return " ".join(" ".join(element.itertext()).split())


def part(report: EvalReport, name: str, previous: EvalReport | None = None) -> Xml.Element:
    found = parsed(report, previous).find(f"./section[@id='{name}']")
    assert found is not None
    return found


def spoilt(value: Any) -> Any:
    """A report in which every text ends in markup."""
    if isinstance(value, dict):
        return {k: of if k in NAMES and not isinstance(of, dict) else spoilt(of)
                for k, of in value.items()}  # fmt: skip
    if isinstance(value, list):
        return [spoilt(one) for one in value]
    return f"{value}<script>alert('&\"')</script>" if isinstance(value, str) else value


def test_the_headline_tells_right_wrong_and_abstained_of_each_split(whole: EvalReport) -> None:
    section = part(whole, "headline")
    assert "from confidence 0.500 on, the threshold set for an accepted risk of 5%" in words(
        section
    )
    assert [words(h3) for h3 in section.findall("h3")] == [
        "dev: 5 answerable questions, 2 that nothing answers",
        "test: 0 answerable questions, 1 that nothing answers",
    ]
    dev, test = section.findall("dl")
    told = {words(tile.find("dt")): words(tile.find("dd/b")) for tile in dev}
    assert told == {
        "right": "40.0%",
        "wrong": "0.0%",
        "abstained": "60.0%",
        "coverage": "40.0%",
        "risk": "0.0%",
        "rightly abstained": "100.0%",
    }
    assert words(test.findall("div")[0]) == "right – of the answerable: none"
    bar = section.find(".//svg")
    assert bar is not None
    assert bar.get("aria-label") == (
        "One bar of 7 questions: 2 right, 2 rightly abstained, 3 abstained."
    )


def test_every_plot_has_a_text_that_says_what_it_shows(whole: EvalReport) -> None:
    plots = [svg.get("aria-label", "") for svg in parsed(whole).iter("svg")]
    told = "\n".join(plots)
    assert "all: correctness 0.57 (0.14–0.86), wrong_answers 0.00 (0.00–0.00); fact: " in told
    assert "dev: 29% covered at 1% risk, 29% covered at 5% risk" in told
    assert ", now 29% covered at 0.0% risk; test: " in told
    assert "1 answers of confidence 0.30: 100%" in told
    assert "as shipped: correctness" in told
    assert "dev p50: time 20 (20–20); dev p95: time 20 (20–20)" in told
    assert all(plots)


def test_the_reliability_diagram_counts_the_answers_of_each_bin(report: EvalReport) -> None:
    section = part(report, "confidence")
    assert "dev: 5 best answers, ECE" in words(section)
    bins = report["groups"]["dev"]["confidence"]["all"]["bins"]
    diagram = section.findall(".//div[@class='beside']/div")[0]
    assert len(diagram.findall(".//circle")) == len(bins) == 5
    counts = [words(text) for text in diagram.iter("text")]
    assert counts.count("1") == 5


def test_an_ablation_says_whether_its_difference_is_more_than_chance(whole: EvalReport) -> None:
    rows = {words(row[0]): words(row[1]) for row in part(whole, "ablations").iter("tr")}
    assert rows["dense only"] == "-0.100 (-0.200 to +0.100), p 0.4000: within chance"
    assert rows["lexical only"] == "-0.100 (-0.200 to +0.100), p 0.0021: significant"


def test_failures_thresholds_and_every_definition_are_there(whole: EvalReport) -> None:
    head = words(parsed(whole).find("header"))
    assert "Failed: set.yaml: correctness is 0.500, below its threshold of 0.9." in head
    assert "Warning: 1 of 8 questions are drafts." in head
    assert "Worse: correctness went from 0.500 to 0.375." in head
    assert words(part(whole, "thresholds").findall(".//tbody/tr")[0]) == (
        "set.yaml correctness 0.500 0.9 not met"
    )
    told = words(part(whole, "measures"))
    for name, measure in whole["measures"].items():
        assert f"{name} {measure['definition']}; {measure['better']} is better." in told


def test_indicator_questions_that_are_not_exact_are_told_with_their_cells(
    whole: EvalReport,
) -> None:
    section = part(whole, "indicators")
    assert words(section.find("./details[@class='question']")) == (
        "wrong number Gap? operation refuse (gap) expected a refusal got lookup: 7 said It is 7. "
        "its cells towns.csv, row 2"
    )
    assert "Told?" not in words(section)


def test_what_went_wrong_stands_under_its_kind_with_all_there_is_to_judge_it(
    report: EvalReport,
) -> None:
    section = part(report, "faults")
    assert "1 answered wrongly, 1 answered though nothing answers, 1 held back though right." in (
        words(section)
    )
    assert "To 1 more questions there was no right answer" in words(section)
    kinds = {kind.get("id"): kind.findall("details") for kind in section.findall("section")}
    assert {name: len(shown) for name, shown in kinds.items()} == {
        "kind-fact": 2,
        "kind-near-miss": 1,
    }
    wrong, held = kinds["kind-fact"]
    assert words(wrong) == (
        "answered wrongly wrong? dev, wrong, confidence 0.60 "
        'expected an answer with "Ina" '
        "gold fact 1, d.md: “Ina rowed in 1955.” "
        "said Ada sailed in 1954. [1] The ferry was red. [2] "
        "evidence [1] Ferry (d.md, 0–19), states no gold fact: “Ada sailed in 1954.” "
        "[2] Ferry (d.md, 39–57), states no gold fact: “The ferry was red.” "
        "confidence 0.600; answers are given from 0.500 on"
    )
    assert words(held).startswith("held back though right unsure? dev, unsure, confidence 0.30")
    assert "states gold fact 1: “Ada sailed in 1954.”" in words(held)


def test_a_comparison_tells_what_broke_and_what_got_better_with_both_replies(
    whole: EvalReport, report: EvalReport
) -> None:
    section = part(whole, "compared", report)
    titles = [words(title) for title in section.findall("h3")]
    assert titles == ["Broke: 1", "Got better: 1"]
    broke, better = section.findall("./details[@class='question']")
    assert words(broke) == (
        'right → abstained sure? fact, sure expected an answer with "Ada" '
        "then Ada sailed in 1954. [1] (confidence 0.90) now no answer: Nothing."
    )
    assert words(better).startswith("wrong → right wrong? fact, wrong")
    assert "correctness 0.500 0.500 +0.000" in words(section)


def test_without_a_previous_run_nothing_is_said_of_one(report: EvalReport) -> None:
    tree = parsed(report)
    assert tree.find("./section[@id='compared']") is None
    ways = [link.get("href") for link in tree.findall("./nav/a")]
    assert ways == [
        f"#{name}" for name in ("headline", "kinds", "confidence", "latency", "faults", "measures")
    ]


def test_every_link_leads_to_a_place_of_the_page(whole: EvalReport, report: EvalReport) -> None:
    tree = parsed(whole, report)
    ids = [name for one in tree.iter() if (name := one.get("id"))]
    assert len(ids) == len(set(ids))
    links = {one.get("href", "") for one in tree.iter("a")}
    assert "#measure-coverage%405%25" in links
    assert {f"#{name}" for name in ids} >= links


def test_no_text_becomes_markup(whole: EvalReport, report: EvalReport) -> None:
    """Questions, answers, quotes, titles, names: markup in any of them is read, never obeyed."""
    clean, hostile = parsed(whole, report), parsed(spoilt(whole), spoilt(report))
    assert [one.tag for one in hostile.iter()] == [one.tag for one in clean.iter()]
    assert "<script" not in html(spoilt(whole), spoilt(report))
    assert "sure?<script>alert('&\"')</script>" in words(hostile)


def test_the_page_asks_for_nothing(whole: EvalReport, report: EvalReport) -> None:
    page = html(whole, report).replace('xmlns="http://www.w3.org/2000/svg"', "")
    assert page.startswith("<!DOCTYPE html>")
    assert STYLE in page
    for asks in ("http", "//", "src=", "@import", "url(", "<script", "<link", "<iframe", "data:"):
        assert asks not in page, asks
    assert all(to.startswith("#") for to in re.findall(r'href="([^"]*)"', page))


def test_a_run_without_any_answer_makes_a_page(report: EvalReport) -> None:
    silent = evaluated(assistant=Prepared({}))
    assert "0 answered wrongly" in words(part(silent, "faults"))
    assert "Every figure of confidence" in words(part(silent, "confidence"))


def test_publishing_writes_the_page(report: EvalReport, tmp_path: Path) -> None:
    published = eval_bootstrap.publish(report, tmp_path, report)
    page = (tmp_path / "report.html").read_text("utf-8")
    assert page == html(published, report)
    assert "<title>Evaluation of Ferries</title>" in page
