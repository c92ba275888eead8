"""What is measured: each measure's name and definition, and figures with intervals."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import isnan
from statistics import fmean
from typing import get_args

import numpy as np
import numpy.typing as npt

from innoqa import metrics
from innoqa.evaluation.records import Confidence, Figure, Group, Kind, Measure, Question
from innoqa.metrics import Outcome, Verdict

ALL = "all"
VERDICTS: tuple[str, ...] = get_args(Verdict)

MEASURES: dict[str, Measure] = {
    "correctness": {
        "definition": "share of all questions whose reply is right, or an abstention where nothing "
        "answers",
        "better": "more",
    },
    "right": {
        "definition": "share of answerable questions with a right answer: one that contains every "
        "`must` of the question, or cites a gold quote where it has none",
        "better": "more",
    },
    "wrong": {
        "definition": "share of answerable questions with an answer that is not right",
        "better": "less",
    },
    "abstained": {
        "definition": "share of answerable questions that get no answer",
        "better": "less",
    },
    "rightly_abstained": {
        "definition": "share of unanswerable questions that get no answer",
        "better": "more",
    },
    "wrongly_answered": {
        "definition": "share of unanswerable questions that get an answer, whatever it says",
        "better": "less",
    },
    "wrong_answers": {
        "definition": "share of all questions that are wrong or wrongly answered",
        "better": "less",
    },
    "risk": {
        "definition": "share of the answers given that are wrong (selective risk)",
        "better": "less",
    },
    "best_right": {
        "definition": "share of answerable questions with a right best answer, given or held back",
        "better": "more",
    },
    "citation_precision": {
        "definition": "share of an answer's citations that lie on a gold quote, over answers to "
        "answerable questions (ALCE, Gao et al. 2023, with exact gold spans as the judge)",
        "better": "more",
    },
    "citation_recall": {
        "definition": "share of an answer's statements with a citation that lies on a gold quote, "
        "over answers to answerable questions (ALCE, with exact gold spans as the judge)",
        "better": "more",
    },
    "fact_recall": {
        "definition": "share of a question's gold facts that the answer cites, 0 without one, over "
        "answerable questions",
        "better": "more",
    },
    "numeric_exactness": {
        "definition": "share of indicator and conflict questions whose answer has all numbers of "
        "`must` in statements that cite a gold quote",
        "better": "more",
    },
    "Success@1": {
        "definition": "share of answerable questions whose first passage states a gold fact",
        "better": "more",
    },
    "Success@5": {
        "definition": "share of answerable questions with a gold fact in the first 5 passages",
        "better": "more",
    },
    "R@5": {
        "definition": "share of a question's gold facts that the first 5 passages state",
        "better": "more",
    },
    "nDCG@10": {
        "definition": "normalised discounted cumulative gain of the first 10 passages, each gold "
        "fact counted once (Järvelin and Kekäläinen 2002)",
        "better": "more",
    },
    "RR": {
        "definition": "1 / the rank of the first passage that states a gold fact, 0 without one",
        "better": "more",
    },
}
"""Means over the questions that a measure applies to."""

CONFIDENCE_MEASURES: dict[str, Measure] = {
    "AURC": {
        "definition": "area under the risk-coverage curve: the mean share of wrong ones among the "
        "k surest best answers, over all k",
        "better": "less",
    },
    "coverage@1%": {
        "definition": "largest share of questions that can be answered with at most 1 % of the "
        "answers wrong",
        "better": "more",
    },
    "coverage@5%": {
        "definition": "largest share of questions that can be answered with at most 5 % of the "
        "answers wrong",
        "better": "more",
    },
    "coverage@10%": {
        "definition": "largest share of questions that can be answered with at most 10 % of the "
        "answers wrong",
        "better": "more",
    },
    "ECE": {
        "definition": "expected calibration error: mean distance between confidence and the share "
        "that is right, over ten bins of best answers",
        "better": "less",
    },
    "Brier": {
        "definition": "mean squared distance between confidence and 1 for a right best answer, 0 "
        "for a wrong one",
        "better": "less",
    },
}
"""Figures over the best answers to all questions of a set, given or held back."""

LATENCY_MEASURES: dict[str, Measure] = {
    "p50": {"definition": "milliseconds that half of the replies took at most", "better": "less"},
    "p95": {"definition": "milliseconds that 95 % of the replies took at most", "better": "less"},
}
EVERY_MEASURE = {**MEASURES, **CONFIDENCE_MEASURES, **LATENCY_MEASURES}


def values(outcome: Outcome) -> dict[str, float]:
    """The measures' values for one question, but for those of its ranking."""
    verdict, answerable = outcome.verdict, outcome.question.answerable
    found = {
        "correctness": verdict in ("right", "rightly abstained"),
        "wrong_answers": verdict in ("wrong", "wrongly answered"),
    }
    if outcome.answered:
        found["risk"] = verdict != "right"
    if answerable:
        found |= {name: verdict == name for name in ("right", "wrong", "abstained")}
        found["best_right"] = outcome.fits
    else:
        for name in ("rightly abstained", "wrongly answered"):
            found[name.replace(" ", "_")] = verdict == name
    return {name: float(value) for name, value in found.items()} | _citation_values(outcome)


def _citation_values(outcome: Outcome) -> dict[str, float]:
    found: dict[str, float] = {}
    if not outcome.question.facts:
        return found
    if outcome.answered:
        found["citation_precision"] = fmean(map(bool, outcome.cited))
        found["citation_recall"] = fmean(outcome.stated)
    cited = frozenset[int]().union(*outcome.cited) if outcome.answered else ()
    found["fact_recall"] = len(cited) / len(outcome.question.facts)
    if outcome.exact is not None:
        found["numeric_exactness"] = float(outcome.answered and outcome.exact)
    return found


def figure(of: Sequence[float]) -> Figure:
    """The mean of values, one a question, with its bootstrap interval."""
    low, high = metrics.interval(of)
    return {"value": fmean(of), "low": low, "high": high, "questions": len(of)}


def _resampled(value: float, drawn: npt.NDArray[np.float64], questions: int) -> Figure:
    low, high = metrics.spread(drawn)
    return {"value": value, "low": low, "high": high, "questions": questions}


def figures(questions: Sequence[Question]) -> dict[str, Figure]:
    """Every mean that some of the questions have a value for."""
    found = {
        name: [q["values"][name] for q in questions if name in q["values"]] for name in MEASURES
    }
    return {name: figure(of) for name, of in found.items() if of}


def group(questions: Sequence[Question]) -> Group:
    """All figures of some questions."""
    kinds = [kind for kind in metrics.KINDS if any(q["kind"] == kind for q in questions)]
    answerable = [question for question in questions if question["answerable"]]
    return {
        "questions": len(questions),
        "kinds": {
            kind: _kind([q for q in questions if kind in (ALL, q["kind"])])
            for kind in (ALL, *kinds)
        },
        "confidence": {
            name: confidence(asked)
            for name, asked in ((ALL, questions), ("answerable", answerable))
            if asked
        },
        "latency_ms": latency([question["elapsed_ms"] for question in questions]),
    }


def _kind(questions: Sequence[Question]) -> Kind:
    verdicts = [question["verdict"] for question in questions]
    return {
        "questions": len(questions),
        "verdicts": {name: verdicts.count(name) for name in VERDICTS if name in verdicts},
        "figures": figures(questions),
    }


def latency(elapsed_ms: Sequence[float]) -> dict[str, Figure]:
    """The median and the 95th percentile, with bootstrap intervals."""
    times = np.asarray(elapsed_ms, float)
    drawn = times[metrics.draws(len(times))]
    return {
        name: _resampled(
            float(np.percentile(times, at)), np.percentile(drawn, at, axis=1), len(times)
        )
        for name, at in (("p50", 50), ("p95", 95))
    }


@dataclass(frozen=True, slots=True)
class Sample:
    """Questions asked: their confidences, whether they have an answer, and whether it is right."""

    confidence: npt.NDArray[np.float64]  # (n,)
    has_answer: npt.NDArray[np.bool_]  # (n,)
    right: npt.NDArray[np.bool_]  # (n,)

    @classmethod
    def of(cls, questions: Sequence[Question]) -> "Sample":
        """The best answers to questions."""
        return cls(
            np.array([q["confidence"] for q in questions], float),
            np.array([q["best_right"] is not None for q in questions], bool),
            np.array([bool(q["best_right"]) for q in questions], bool),
        )

    def drawn(self, places: npt.NDArray[np.int64]) -> "Sample":
        """The questions at some places, as often as each is drawn."""
        return Sample(self.confidence[places], self.has_answer[places], self.right[places])

    def values(self) -> dict[str, float]:
        """The confidence measures; NaN for those of answers where there is none."""
        sure, right = self.confidence[self.has_answer], self.right[self.has_answer]
        asked = len(self.confidence)
        squares = (sure - right) ** 2
        return {
            "AURC": metrics.aurc(sure, right),
            "coverage@1%": metrics.coverage_at(0.01, sure, right, asked),
            "coverage@5%": metrics.coverage_at(0.05, sure, right, asked),
            "coverage@10%": metrics.coverage_at(0.1, sure, right, asked),
            "ECE": metrics.calibration_error(sure, right),
            "Brier": float(squares.mean()) if len(squares) else float("nan"),
        }


def confidence(questions: Sequence[Question]) -> Confidence:
    """What confidence is worth over some questions."""
    sample = Sample.of(questions)
    sure, right = sample.confidence[sample.has_answer], sample.right[sample.has_answer]
    draws = [sample.drawn(places).values() for places in metrics.draws(len(questions))]
    counts = {name: len(questions if name.startswith("coverage") else sure) for name in draws[0]}
    return {
        "questions": len(questions),
        "answered": len(sure),
        "figures": {
            name: _resampled(value, np.array([draw[name] for draw in draws]), counts[name])
            for name, value in sample.values().items()
            if not isnan(value)
        },
        "curve": [
            {"confidence": point.confidence, "coverage": point.coverage, "risk": point.risk}
            for point in metrics.risk_coverage(sure, right, len(questions))
        ],
        "bins": [
            {
                "low": one.low,
                "high": one.high,
                "questions": one.questions,
                "confidence": one.confidence,
                "right": one.right,
            }
            for one in metrics.reliability(sure, right)
        ],
    }
