"""Two reports side by side: what got better, what broke, and what is more than noise."""

from collections.abc import Mapping, Sequence
from math import isnan
from statistics import fmean

import numpy as np

from innoqa import metrics
from innoqa.evaluation.measures import CONFIDENCE_MEASURES, MEASURES, Sample
from innoqa.evaluation.records import Change, Comparison, Difference, EvalReport, Question, Side

WORTH = {"right": 2, "rightly abstained": 2, "abstained": 1, "wrong": 0, "wrongly answered": 0}
"""A wrong answer is worse than none."""

GATES = ("correctness", "nDCG@10", "wrong_answers")
"""The measures of which a worse value beyond noise is a regression."""


def compare(before: EvalReport, after: EvalReport) -> Comparison:
    """Compare two reports over the questions that both asked in the same words."""
    old = {question["id"]: question for question in before["questions"]}
    new = {question["id"]: question for question in after["questions"]}
    common = [name for name in new if name in old and _asks(old[name]) == _asks(new[name])]
    pairs = [(old[name], new[name]) for name in common]
    changed = [pair for pair in pairs if WORTH[pair[0]["verdict"]] != WORTH[pair[1]["verdict"]]]
    gains = [WORTH[new["verdict"]] > WORTH[old["verdict"]] for old, new in changed]
    differences = _differences(pairs)
    return {
        "before": _side(before),
        "after": _side(after),
        "questions": len(common),
        "only_before": [name for name in old if name not in common],
        "only_after": [name for name in new if name not in common],
        "worse": [_change(*pair) for pair, gain in zip(changed, gains, strict=True) if not gain],
        "better": [_change(*pair) for pair, gain in zip(changed, gains, strict=True) if gain],
        "differences": differences,
        "regressions": _regressions(differences),
    }


def difference(before: Mapping[str, float], after: Mapping[str, float]) -> Difference | None:
    """Values of a measure by question -> the paired difference over those that have both."""
    both = [name for name in after if name in before]
    if not both:
        return None
    old, new = fmean(before[name] for name in both), fmean(after[name] for name in both)
    low, high = metrics.interval([after[name] - before[name] for name in both])
    return {
        "before": old,
        "after": new,
        "difference": new - old,
        "low": low,
        "high": high,
        "questions": len(both),
    }


def tested(
    before: Sequence[Question], after: Sequence[Question], names: Sequence[str]
) -> dict[str, Difference]:
    """The differences of some measures, each with its p value.

    ``adjust`` has to follow, once all that is tested together is there.
    """
    found = {}
    for name in names:
        old, new = by_question(before, name), by_question(after, name)
        one = difference(old, new)
        if one is not None:
            one["p"] = metrics.paired_p_value([new[i] - old[i] for i in new if i in old])
            found[name] = one
    return found


def adjust(differences: Sequence[Difference]) -> None:
    """Adjust the p values of differences for being several (Holm 1979)."""
    p_values = [one["p"] for one in differences]
    for one, adjusted in zip(differences, metrics.holm(p_values), strict=True):
        one["p_holm"] = adjusted


def by_question(questions: Sequence[Question], measure: str) -> dict[str, float]:
    """The values of a measure by the ids of the questions that have one."""
    return {q["id"]: q["values"][measure] for q in questions if measure in q["values"]}


def _asks(question: Question) -> tuple[object, ...]:
    """What makes a question the same: its words, and what is taken for right."""
    golds = tuple((gold["source"], gold["quote"], gold["fact"]) for gold in question["gold"])
    return (
        question["question"],
        tuple(question["history"]),
        tuple(question["must"]),
        golds,
        question["answerable"],
    )


def _side(report: EvalReport) -> Side:
    return {"date": report["date"], "index": report["index"]["name"]}


def _change(old: Question, new: Question) -> Change:
    return {
        "id": new["id"],
        "kind": new["kind"],
        "question": new["question"],
        "before": old["verdict"],
        "after": new["verdict"],
    }


def _differences(pairs: Sequence[tuple[Question, Question]]) -> dict[str, Difference]:
    if not pairs:
        return {}
    old, new = [pair[0] for pair in pairs], [pair[1] for pair in pairs]
    means = {name: difference(by_question(old, name), by_question(new, name)) for name in MEASURES}
    found = {name: one for name, one in means.items() if one is not None}
    return found | _of_confidence(Sample.of(old), Sample.of(new))


def _of_confidence(old: Sample, new: Sample) -> dict[str, Difference]:
    asked = len(old.confidence)
    before, after = old.values(), new.values()
    drawn = [
        (old.drawn(places).values(), new.drawn(places).values()) for places in metrics.draws(asked)
    ]
    found: dict[str, Difference] = {}
    for name in CONFIDENCE_MEASURES:
        if isnan(before[name]) or isnan(after[name]):
            continue
        low, high = metrics.spread(np.array([new[name] - old[name] for old, new in drawn]))
        found[name] = {
            "before": before[name],
            "after": after[name],
            "difference": after[name] - before[name],
            "low": low,
            "high": high,
            "questions": asked,
        }
    return found


def _regressions(differences: Mapping[str, Difference]) -> list[str]:
    found = []
    for name in GATES:
        one = differences.get(name)
        if one is None:
            continue
        more_is_better = MEASURES[name]["better"] == "more"
        if one["high"] < 0 if more_is_better else one["low"] > 0:
            found.append(
                f"{name} went from {one['before']:.3f} to {one['after']:.3f} "
                f"({one['difference']:+.3f}, 95 % interval {one['low']:+.3f} to {one['high']:+.3f})"
            )
    return found
