"""Sets of indicator questions, asked of a prepared assistant."""

from decimal import Decimal

import pytest
from tests.prepared_assistant import ASSISTANT, evaluated, silent

from innoqa import evaluation
from innoqa.evaluation import indicator_sets
from innoqa.evaluation.asking import Watch
from innoqa.metrics import Expected, IndicatorQuestion, IndicatorSet

pytest_plugins = ["tests.evaluation_fixtures"]
pytestmark = pytest.mark.usefixtures("few_resamples")

WATCH = Watch("arnholm", silent)
NUMBERS = (
    IndicatorQuestion("gap", "refuse", "silent?", refuse="unknown indicator"),
    IndicatorQuestion("caught", "refuse", "sure?", refuse="wrong on purpose"),
    IndicatorQuestion("told", "prose", "sure?", must=("1954",), computed=False),
    IndicatorQuestion(
        "kelvin",
        "lookup",
        "unsure?",
        expected=(Expected((Decimal("4.2"),), ("kelvin",)), Expected(names=("4.2 K",))),
        shown=Expected((Decimal(4), Decimal(5)), ("kelvin",)),
        must=("about",),
        prose=True,
        cells=("t.csv | helium",),
    ),
)


def test_indicator_shares_are_by_operation_of_what_is_given() -> None:
    record, _ = indicator_sets.ask_indicators(
        ASSISTANT, IndicatorSet("arnholm", NUMBERS, {}), WATCH
    )
    shares = {
        operation: {share: one["value"] for share, one in by_share.items()}
        for operation, by_share in record["figures"].items()
    }
    assert shares == {
        "all": {"exact": 0.5, "wrong": 0.25, "refused": 0.25},
        "refuse": {"exact": 0.5, "wrong": 0.5, "refused": 0.0},
        "prose": {"exact": 1.0, "wrong": 0.0, "refused": 0.0},
        "lookup": {"exact": 0.0, "wrong": 0.0, "refused": 1.0},
    }
    assert record["figures"]["refuse"]["exact"]["questions"] == 2
    assert record["figures"]["prose"]["exact"]["low"] < 0.5  # one question proves little
    kelvin = record["questions"][3]
    assert (kelvin["verdict"], kelvin["cells"]) == ("refused", ["t.csv | helium"])
    assert kelvin["expected"] == ('4.2 kelvin or 4.2 K; all of 4, 5 kelvin; "about"; a cited text')
    assert kelvin["got"] == "refused: Nothing."


@pytest.mark.parametrize(
    ("thresholds", "met"),
    [({"exact": 0.5, "wrong": 0.25}, [True, True]), ({"exact": 0.6, "wrong": 0.2}, [False, False])],
)
def test_too_few_exact_and_too_many_wrong_replies_are_not_met(
    thresholds: dict[str, float], met: list[bool]
) -> None:
    asked = IndicatorSet("arnholm", NUMBERS, thresholds)
    _, found = indicator_sets.ask_indicators(ASSISTANT, asked, WATCH)
    assert [one["met"] for one in found] == met
    report = evaluated()
    evaluation.add_thresholds(report, found)
    assert report["failures"] == ([] if all(met) else [
        "arnholm: exact is 0.500, below its threshold of 0.6",
        "arnholm: wrong is 0.250, above its threshold of 0.2",
    ])  # fmt: skip
