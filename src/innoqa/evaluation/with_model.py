"""The assistant with a chat model, beside the one without: what it changes, and what it takes."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import get_args

from innoqa import metrics
from innoqa.attribution.fault import FaultKind
from innoqa.evaluation import comparing, measures
from innoqa.evaluation.measures import ALL, EVERY_MEASURE
from innoqa.evaluation.records import (
    Comparison,
    Difference,
    EvalReport,
    Figure,
    Group,
    ModelAnswer,
    ModelCounts,
    ModelRun,
    Question,
)

TESTED = (
    *("correctness", "wrong_answers", "citation_precision", "citation_recall"),
    *("fact_recall", "numeric_exactness"),
)
"""The measures whose differences are tested; what is found does not depend on the model."""

FAULTS: tuple[str, ...] = get_args(FaultKind)
UNSUPPORTED = "no support"
"""The kind of fault of a sentence for which nothing was shown that it could stand on."""


def model_run(without: EvalReport, with_it: EvalReport, name: str, place: str) -> ModelRun:
    """The side of the model in a report: two reports over the same questions, as one."""
    told = {
        ALL: [*with_it["questions"]],
        **{s: _of_split(with_it, s) for s in with_it["settings"]["splits"]},
    }
    answers: dict[str, list[ModelAnswer]] = {
        group: [one["model"] for one in asked if "model" in one] for group, asked in told.items()
    }
    for asked in with_it["indicators"]:
        own = [one["model"] for one in asked["questions"] if "model" in one]
        answers[asked["name"]] = own
        answers[ALL] += own
    counts = {group: _counts(some, name) for group, some in answers.items() if some}
    if ALL in counts and counts[ALL]["kept"]:
        for group in with_it["groups"].values():
            group["latency_ms"] = {}
        for asked in with_it["indicators"]:
            asked["latency_ms"] = {}
    return {
        "name": name,
        "place": place,
        "counts": counts,
        "comparisons": _comparisons(without, with_it),
        "groups": with_it["groups"],
        "questions": with_it["questions"],
        "indicators": with_it["indicators"],
        "thresholds": with_it["thresholds"],
        "failures": with_it["failures"],
    }


def _of_split(report: EvalReport, split: str) -> list[Question]:
    return [one for one in report["questions"] if one["split"] == split]


def _comparisons(without: EvalReport, with_it: EvalReport) -> dict[str, Comparison]:
    found = {ALL: comparing.compare(without, with_it)}
    for split in with_it["settings"]["splits"]:
        old, new = _of_split(without, split), _of_split(with_it, split)
        found[split] = comparing.compare(
            {**without, "questions": old}, {**with_it, "questions": new}
        )
        found[split]["differences"] |= comparing.tested(old, new, TESTED)
    comparing.adjust(
        [
            one
            for group, compared in found.items()
            for one in compared["differences"].values()
            if group != ALL and "p" in one
        ]
    )
    return found


def _counts(answers: Sequence[ModelAnswer], name: str) -> ModelCounts:
    composed = [one for one in answers if one["composed"]]
    low, high = metrics.share_interval(len(composed), len(answers))
    withheld = [sentence["why"] for one in answers for sentence in one["withheld"]]
    fresh = [one["seconds"] for one in answers if one["asked"] and not one["kept"]]
    return {
        "answers": len(answers),
        "composed": {
            "value": len(composed) / len(answers),
            "low": low,
            "high": high,
            "questions": len(answers),
        },
        "fell_back": _counted(reason(o["note"], name) for o in answers if not o["composed"]),
        "noted": _counted(reason(one["note"], name) for one in composed if one["note"]),
        "sentences": sum(one["sentences"] for one in answers),
        "withheld": len(withheld),
        "faults": _counted(kind for why in withheld for kind in kinds_of_fault(why)),
        "replies": sum(one["asked"] + one["kept"] for one in answers),
        "kept": sum(one["kept"] for one in answers),
        "seconds": measures.latency(fresh) if fresh else {},
        "seconds_in_all": sum(one["seconds"] for one in answers),
    }


def _counted(names: Iterable[str]) -> dict[str, int]:
    return dict(Counter(names).most_common())


@dataclass(frozen=True, slots=True)
class Row:
    """A measure without the model and with it, over one split; None where it has no figure."""

    measure: str
    without: Figure | None
    with_it: Figure | None
    difference: Difference | None


def rows(report: EvalReport, run: ModelRun, split: str) -> list[Row]:
    """Every measure, side by side."""
    old, new = _figures(report["groups"][split]), _figures(run["groups"][split])
    differences = run["comparisons"][split]["differences"]
    return [
        Row(name, old.get(name), new.get(name), differences.get(name))
        for name in EVERY_MEASURE
        if name in old or name in new
    ]


def _figures(group: Group) -> dict[str, Figure]:
    confidence = group["confidence"][ALL]["figures"]
    return group["kinds"][ALL]["figures"] | confidence | group["latency_ms"]


def told(counts: ModelCounts) -> Iterator[tuple[str, str]]:
    """What the model made of the answers that it was asked for: names, and words."""
    composed = counts["composed"]
    yield (
        "in its words",
        f"{composed['value']:.3f} ({composed['low']:.3f}-{composed['high']:.3f}) of "
        f"{counts['answers']} answers",
    )
    for name, found in (("as without it", counts["fell_back"]), ("in part", counts["noted"])):
        if found:
            yield name, "; ".join(f"{count}: {why}" for why, count in found.items())
    kinds = ", ".join(f"{kind} {count}" for kind, count in counts["faults"].items())
    yield (
        "not proved",
        f"{counts['withheld']} of {counts['sentences']} sentences" + (kinds and f" ({kinds})"),
    )
    yield "time", _time(counts)


def _time(counts: ModelCounts) -> str:
    parts = []
    if counts["seconds"]:
        p50, p95 = (counts["seconds"][name] for name in ("p50", "p95"))
        parts.append(
            f"{p50['value']:.2f} s (p50) and {p95['value']:.2f} s (p95) for an answer, "
            f"{counts['seconds_in_all']:.0f} s in all"
        )
    if counts["kept"]:
        parts.append(
            f"{counts['kept']} of {counts['replies']} replies were kept from an earlier run, and "
            "their time is not counted"
        )
    return "; ".join(parts) or "the model was not asked"


def reason(note: str, name: str) -> str:
    """A note without what is the same in all, and with no number, to count those that are alike.

    >>> reason("Of 3 sentences that m:8b wrote 1 could be proved. This answer is computed.", "m:8b")
    'Of … sentences that the model wrote … could be proved'
    """
    plain = re.sub(r"\s*This answer is [^.]*\.\s*$", "", note).replace(name, "the model")
    plain = " ".join(re.sub(r"\d+(?:[.,]\d+)*", "…", plain).split()).rstrip(".")
    return plain[:1].upper() + plain[1:] or "No reason told"


def kinds_of_fault(why: str) -> tuple[str, ...]:
    """The kinds of fault that a reason tells of.

    >>> kinds_of_fault("number: 7 is not there; name: Ada is not there")
    ('number', 'name')
    """
    found = tuple(kind for kind in FAULTS if re.search(rf"(?:^|; ){kind}: ", why))
    return found or (UNSUPPORTED,)
