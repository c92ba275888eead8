"""Two reports side by side."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from tests.prepared_assistant import (
    QUESTIONS,
    REPLIES,
    Prepared,
    abstention,
    answer,
    evaluated,
    gold,
    question,
)

from innoqa.evaluation import comparing
from innoqa.evaluation.measures import CONFIDENCE_MEASURES, MEASURES, Sample
from innoqa.evaluation.records import EvalReport
from innoqa.metrics import EvalQuestion

pytest_plugins = ["tests.evaluation_fixtures"]
pytestmark = pytest.mark.usefixtures("few_resamples")


def worse(*names: str) -> Any:
    """The assistant, but with no answer to some questions."""
    lost = {f"{name}?": (abstention(), ()) for name in names}
    return Prepared(REPLIES | lost)


def test_a_comparison_names_what_got_better_and_what_broke(report: EvalReport) -> None:
    compared = comparing.compare(report, evaluated(assistant=worse("sure", "wrong")))
    assert [(one["id"], one["before"], one["after"]) for one in compared["worse"]] == [
        ("sure", "right", "abstained")
    ]
    assert [(one["id"], one["before"], one["after"]) for one in compared["better"]] == [
        ("wrong", "wrong", "abstained")
    ]
    difference = compared["differences"]["correctness"]
    assert (difference["before"], difference["after"]) == (0.5, 0.375)
    assert difference["difference"] == -0.125
    assert difference["low"] <= -0.125 <= difference["high"]
    assert set(compared["differences"]) == {*MEASURES, *CONFIDENCE_MEASURES}


def test_a_run_compared_with_itself_differs_in_nothing(report: EvalReport) -> None:
    compared = comparing.compare(report, report)
    assert (compared["worse"], compared["better"], compared["regressions"]) == ([], [], [])
    assert (compared["questions"], compared["only_before"]) == (8, [])
    for one in compared["differences"].values():
        assert (one["difference"], one["low"], one["high"]) == (0, 0, 0)


def test_questions_that_were_asked_otherwise_are_left_out(report: EvalReport) -> None:
    other = replace(QUESTIONS[0], must=("Ina",))
    compared = comparing.compare(report, evaluated(other, *QUESTIONS[1:3]))
    assert compared["questions"] == 2
    assert compared["only_after"] == ["sure"]
    assert compared["only_before"] == ["sure", "both", "silent", "nothing", "refused", "invented"]


def many(kind: str, text: str, count: int = 40) -> tuple[tuple[EvalQuestion, ...], Any]:
    """Questions that are all answered alike."""
    asked = tuple(
        question(f"{kind}-{n}", "Ada", golds=(gold("ada"),), kind=kind) for n in range(count)
    )
    return asked, Prepared(
        {f"{one.id}?": (answer(0.9, "ada", text=text), ("ada",)) for one in asked}
    )


def test_only_what_is_worse_beyond_noise_is_a_regression() -> None:
    asked, good = many("fact", "Ada.")
    before = evaluated(*asked, assistant=good)
    broken = dict(list(good.replies.items())[:1])
    one = {name: (answer(0.9, "ada", text="Eve."), ("ada",)) for name in broken}
    compared = comparing.compare(before, evaluated(*asked, assistant=Prepared(good.replies | one)))
    assert len(compared["worse"]) == 1
    assert compared["regressions"] == []
    half = dict(list(good.replies.items())[:20])
    lost = {name: (answer(0.9, "red", text="Eve."), ("red",)) for name in half}
    compared = comparing.compare(before, evaluated(*asked, assistant=Prepared(good.replies | lost)))
    assert [one.split()[0] for one in compared["regressions"]] == [
        "correctness",
        "nDCG@10",
        "wrong_answers",
    ]
    back = comparing.compare(evaluated(*asked, assistant=Prepared(good.replies | lost)), before)
    assert back["regressions"] == []
    assert len(back["better"]) == 20


def test_the_differences_of_confidence_are_paired() -> None:
    sample = Sample(np.array([0.9, 0.2]), np.array([True, True]), np.array([True, False]))
    assert sample.values()["AURC"] == pytest.approx(1 / 4)
    swapped = sample.drawn(np.array([1, 1]))
    assert swapped.values()["AURC"] == 1
