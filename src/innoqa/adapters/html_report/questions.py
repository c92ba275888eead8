"""The sections of single questions: what went wrong, and what changed since another run."""

from collections.abc import Mapping, Sequence

from innoqa.adapters.html_report.markup import (
    Html,
    change,
    day,
    element,
    folded,
    fragment,
    joined,
    link,
    listed,
    note,
    section,
    table,
    terms,
)
from innoqa.evaluation.asking import expectation, got
from innoqa.evaluation.measures import ALL
from innoqa.evaluation.records import Change, Comparison, EvalReport, Evidence, Question

FAULTS = {
    "wrong": "answered wrongly",
    "wrongly answered": "answered though nothing answers",
    "held back": "held back though right",
}
"""In the order of their weight."""


def faults(report: EvalReport) -> Html:
    """Every wrong answer and every right one that was held back, by kind of question.

    A link to a kind hides the others, by style alone.
    """
    found = [(_fault(one), one) for one in report["questions"]]
    by_kind = {
        kind: [
            _question(one, fault, report)
            for fault in FAULTS
            for is_, one in found
            if (is_, one["kind"]) == (fault, kind)
        ]
        for kind in report["groups"][ALL]["kinds"]
    }
    by_kind = {kind: shown for kind, shown in by_kind.items() if shown}
    counts = [f"{sum(is_ == fault for is_, _ in found)} {FAULTS[fault]}" for fault in FAULTS]
    silent = sum(one["verdict"] == "abstained" and not one["best_right"] for _, one in found)
    kinds = (
        element(
            "section",
            element("h3", f"{kind}: {len(shown)}"),
            *shown,
            id=fragment(f"kind-{kind}"),
            class_="kind",
        )
        for kind, shown in by_kind.items()
    )
    everything = link("faults", f"all {sum(map(len, by_kind.values()))}")
    chosen = (link(fragment(f"kind-{kind}"), f"{kind} {len(s)}") for kind, s in by_kind.items())
    return section(
        "faults",
        "Wrong answers",
        note(f"{', '.join(counts)}. To {silent} more questions there was no right answer to give."),
        element("nav", everything, *chosen, class_="chips", aria_label="Kinds of question"),
        *kinds,
    )


def compared(report: EvalReport, previous: EvalReport | None) -> Html:
    """What got better and what broke since another run, with what was said then and now."""
    found = report["comparison"]
    if found is None:
        return Html()
    before = {one["id"]: one for one in previous["questions"]} if previous else {}
    after = {one["id"]: one for one in report["questions"]}
    said = (
        f"{day(found['after']['date'])} (index {found['after']['index']}) against "
        f"{day(found['before']['date'])} (index {found['before']['index']}), over the "
        f"{found['questions']} questions that both asked."
    )
    regressions = (element("strong", one, class_="bad") for one in found["regressions"])
    changes = [
        part
        for title, some in (("Broke", found["worse"]), ("Got better", found["better"]))
        for part in (
            element("h3", f"{title}: {len(some)}"),
            *(
                changed(one, {"then": before.get(one["id"]), "now": after.get(one["id"])})
                for one in some
            ),
        )
    ]
    lacking = ((f"asked only {side}", ids) for side, ids in
               (("before", found["only_before"]), ("after", found["only_after"])))  # fmt: skip
    return section(
        "compared",
        "Compared with another run",
        note(said),
        listed(regressions) or note("No figure got worse beyond noise."),
        *changes,
        _differences(found),
        *(folded(f"{len(ids)} {told}", note(", ".join(ids))) for told, ids in lacking if ids),
    )


def _fault(question: Question) -> str:
    if question["verdict"] == "abstained" and question["best_right"]:
        return "held back"
    return question["verdict"]


def _question(question: Question, fault: str, report: EvalReport) -> Html:
    least = report["settings"]["least_confidence"]
    gold = (f"fact {one['fact']}, {one['source']}: “{one['quote']}”" for one in question["gold"])
    told = [
        ("expected", expectation(question)),
        ("said before", listed(question["history"])),
        ("gold", listed(gold)),
        ("said", question["text"]),
        ("evidence", listed(map(_evidence, question["evidence"]))),
        ("confidence", f"{question['confidence']:.3f}; answers are given from {least:.3f} on"),
    ]
    summary = element(
        "summary",
        element("span", FAULTS[fault], class_="verdict"),
        question["question"],
        element("small", f"{question['split']}, {question['id']}, "
                         f"confidence {question['confidence']:.2f}"),
    )  # fmt: skip
    return element("details", summary, terms(one for one in told if one[1]), class_="question")


def _evidence(one: Evidence) -> Html:
    facts = ", ".join(map(str, one["facts"]))
    states = f"states gold fact {facts}" if facts else "states no gold fact"
    where = f"[{one['marker']}] {one['title']} ({one['source']}, {one['start']}–{one['end']})"
    return joined((f"{where}, {states}: “{one['quote']}”",))


def changed(one: Change, sides: Mapping[str, Question | None]) -> Html:
    """A question whose verdict changed, with what was said on each side, the later last."""
    told = [(name, got(question)) for name, question in sides.items() if question]
    after = [*sides.values()][-1]
    expected = [("expected", expectation(after))] if after else []
    summary = element(
        "summary",
        element("span", f"{one['before']} → {one['after']}", class_="verdict"),
        one["question"],
        element("small", f"{one['kind']}, {one['id']}"),
    )
    return element("details", summary, terms([*expected, *told]), class_="question")


def _differences(found: Comparison) -> Html:
    head: Sequence[str] = ("measure", "before", "after", "difference", "questions")
    rows = (
        (
            link(fragment(f"measure-{name}"), name),
            f"{one['before']:.3f}",
            f"{one['after']:.3f}",
            change(one),
            str(one["questions"]),
        )
        for name, one in found["differences"].items()
    )
    return folded("Every figure before and after", table("Before and after", head, rows))
