"""The section of a chat model: the same questions without it and with it."""

from collections.abc import Iterator

from innoqa.adapters.html_report.figures import CERTAIN
from innoqa.adapters.html_report.markup import (
    Html,
    change,
    element,
    folded,
    fragment,
    joined,
    link,
    listed,
    milliseconds,
    note,
    section,
    share,
    table,
    terms,
)
from innoqa.adapters.html_report.questions import changed
from innoqa.evaluation.measures import ALL, LATENCY_MEASURES
from innoqa.evaluation.records import EvalReport, Indicators, ModelRun
from innoqa.evaluation.with_model import Row, rows, told


def with_model(report: EvalReport) -> Html:
    """What the model changes, what it made of the answers, and what of it was not proved."""
    run = report.get("model")
    if run is None:
        return Html()
    where = f"on {run['place']}" if run["place"] else "on the machine that asked"
    found = run["comparisons"][ALL]
    worse = [f"Worse: {one}." for one in found["regressions"]]
    marked = [*(f"Failed: {one}." for one in run["failures"]), *worse]
    pairs = zip(report["indicators"], run["indicators"], strict=True)
    return section(
        "model",
        f"With {run['name']}",
        note(
            f"The same questions, asked of the same assistant with this chat model, {where}. All "
            "else on this page is without it."
        ),
        element("div", listed(marked), class_="alarm") if marked else Html(),
        *(_split(report, run, split) for split in report["settings"]["splits"]),
        *(_indicators(before, after) for before, after in pairs),
        note(
            "Question by question, with 95 % intervals; p of a paired sign-flip permutation test, "
            "adjusted for all tests (Holm 1979)."
        ),
        *(
            joined((element("h3", f"What it made of the answers: {group}"), terms(told(counts))))
            for group, counts in run["counts"].items()
        ),
        *_verdicts(report, run),
        _withheld(run),
    )


def _split(report: EvalReport, run: ModelRun, split: str) -> Html:
    return table(
        f"{split}: without the model and with it",
        ("measure", "without", "with it", "difference"),
        map(_row, rows(report, run, split)),
    )


def _row(row: Row) -> tuple[str, ...]:
    show = milliseconds if row.measure in LATENCY_MEASURES else share
    sides = (show(one) if one else "–" for one in (row.without, row.with_it))
    one = row.difference
    told_of = change(one) if one else ""
    if one and "p_holm" in one:
        sure = "significant" if one["p_holm"] < CERTAIN else "within chance"
        told_of += f", p {one['p_holm']:.4f}: {sure}"
    return link(fragment(f"measure-{row.measure}"), row.measure), *sides, told_of


def _indicators(before: Indicators, after: Indicators) -> Html:
    return table(
        f"{before['name']}: without the model and with it",
        ("share", "without", "with it"),
        (
            (name, share(one), share(after["figures"][ALL][name]))
            for name, one in before["figures"][ALL].items()
        ),
    )


def _verdicts(report: EvalReport, run: ModelRun) -> Iterator[Html]:
    found = run["comparisons"][ALL]
    old = {one["id"]: one for one in report["questions"]}
    new = {one["id"]: one for one in run["questions"]}
    for title, some in (("Broke", found["worse"]), ("Got better", found["better"])):
        yield element("h3", f"{title} with it: {len(some)}")
        yield from (
            changed(one, {"without": old[one["id"]], "with it": new[one["id"]]}) for one in some
        )


def _withheld(run: ModelRun) -> Html:
    asked = [*run["questions"], *(one for part in run["indicators"] for one in part["questions"])]
    found = [
        (f"{one['question']} ({one['id']})", [f"{s['text']} ({s['why']})" for s in withheld])
        for one in asked
        if "model" in one and (withheld := one["model"]["withheld"])
    ]
    if not found:
        return Html()
    count = sum(len(sentences) for _, sentences in found)
    return folded(
        f"{count} sentences that were not proved, and so not said",
        terms((question, listed(sentences)) for question, sentences in found),
    )
