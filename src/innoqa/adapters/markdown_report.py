"""An evaluation report as Markdown."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence

from innoqa.evaluation.asking import expectation, got
from innoqa.evaluation.measures import ALL, CONFIDENCE_MEASURES, LATENCY_MEASURES, MEASURES
from innoqa.evaluation.records import (
    Ablation,
    Change,
    Comparison,
    Difference,
    EvalReport,
    Figure,
    Group,
    Indicators,
    ModelRun,
    Question,
)
from innoqa.evaluation.with_model import Row, rows, told

BY_KIND = (
    *("correctness", "wrong_answers", "citation_precision", "citation_recall"),
    *("fact_recall", "numeric_exactness", "nDCG@10"),
)
"""The measures of the tables by kind; report.json has all of them."""


def markdown(report: EvalReport) -> str:
    """The whole report: figures, what went wrong, and what each measure is."""
    parts = [
        _head(report),
        _figures(report["groups"]),
        *(_kinds(name, group) for name, group in _shown(report["groups"]).items()),
        *(_bins(name, group) for name, group in _shown(report["groups"]).items()),
        *([_ablations(report)] if report["ablations"] else []),
        *map(_indicators, report["indicators"]),
        *([_with_model(report, report["model"])] if "model" in report else []),
        *([comparison(report["comparison"])] if report["comparison"] else []),
        _not_right(report["questions"]),
        _definitions(report),
    ]
    return "\n\n".join(filter(None, parts)) + "\n"


def comparison(compared: Comparison) -> str:
    """Two reports side by side: the questions whose verdict changed, then the figures."""
    before, after = compared["before"], compared["after"]
    lines = [
        "## Compared with an earlier run",
        "",
        f"{after['date']} (index {after['index']}) to {before['date']} (index {before['index']}), "
        f"over the {compared['questions']} questions that both asked.",
        "",
        *(f"REGRESSION: {regression}" for regression in compared["regressions"]),
        *([""] if compared["regressions"] else []),
        *_changes("Worse", compared["worse"]),
        *_changes("Better", compared["better"]),
        *_table(
            ("measure", "before", "after", "difference", "questions"),
            (
                (
                    name,
                    f"{one['before']:.3f}",
                    f"{one['after']:.3f}",
                    _change(one),
                    one["questions"],
                )
                for name, one in compared["differences"].items()
            ),
        ),
    ]
    for name, ids in (("before", compared["only_before"]), ("after", compared["only_after"])):
        if ids:
            lines += ["", f"Asked only {name}: {', '.join(ids)}."]
    return "\n".join(lines)


def _head(report: EvalReport) -> str:
    settings = report["settings"]
    lines = [
        f"# Evaluation of {report['index']['title'] or 'the index'}",
        "",
        f"{report['date']}, index {report['index']['name']}. {len(report['questions'])} questions "
        f"of {', '.join(settings['question_files'])}; answers are given from confidence "
        f"{settings['least_confidence']:.3f} on. Intervals are 95 % (percentile bootstrap over "
        f"questions, {settings['resamples']} resamples).",
    ]
    lines += [f"\nWARNING: {warning}." for warning in report["warnings"]]
    lines += [f"\nFAILED: {failure}." for failure in report["failures"]]
    return "\n".join(lines)


def _shown(groups: Mapping[str, Group]) -> dict[str, Group]:
    """The splits; ``all`` is the same where there is only one, and mixes them where not."""
    return {name: group for name, group in groups.items() if name != ALL}


def _figures(groups: Mapping[str, Group]) -> str:
    shown = _shown(groups)
    rows = [
        (name, *(_cell(group["kinds"][ALL]["figures"].get(name)) for group in shown.values()))
        for name in MEASURES
    ]
    for of, label in ((ALL, ""), ("answerable", " (answerable)")):
        rows += [
            (name + label, *(_of_confidence(group, of, name) for group in shown.values()))
            for name in CONFIDENCE_MEASURES
        ]
    rows += [
        (f"{name}, ms", *(_milliseconds(group["latency_ms"][name]) for group in shown.values()))
        for name in ("p50", "p95")
    ]
    counts = ("questions", *(str(group["questions"]) for group in shown.values()))
    table = _table(("measure", *shown), [counts, *rows])
    return "\n".join(["## Figures", "", *table])


def _kinds(name: str, group: Group) -> str:
    rows = (
        (
            kind,
            of["questions"],
            ", ".join(f"{count} {verdict}" for verdict, count in of["verdicts"].items()),
            *(_cell(of["figures"].get(measure)) for measure in BY_KIND),
        )
        for kind, of in group["kinds"].items()
    )
    table = _table(("kind", "questions", "verdicts", *BY_KIND), rows)
    return "\n".join([f"## By kind: {name}", "", *table])


def _bins(name: str, group: Group) -> str:
    of = group["confidence"][ALL]
    rows = (
        (
            f"{b['low']:.1f}-{b['high']:.1f}",
            b["questions"],
            f"{b['confidence']:.2f}",
            f"{b['right']:.2f}",
        )
        for b in of["bins"]
    )
    table = _table(("confidence", "answers", "mean confidence", "share right"), rows)
    told = (
        f"{of['answered']} of {of['questions']} questions have a best answer, given or held back."
    )
    return "\n".join([f"## Reliability: {name}", "", told, "", *table])


def _ablations(report: EvalReport) -> str:
    shipped = report["groups"][ALL]["kinds"][ALL]["figures"]
    names = ("correctness", "wrong_answers", "best_right", "nDCG@10")
    rows = [("as shipped", *(_cell(shipped.get(name)) for name in names), "", "")]
    rows += [
        (
            one["name"],
            *(_cell(one["figures"].get(name)) for name in names),
            *(_tested(one, name) for name in ("correctness", "nDCG@10")),
        )
        for one in report["ablations"]
    ]
    heads = ("variant", *names, "correctness, difference", "nDCG@10, difference")
    return "\n".join(
        [
            "## Ablations",
            "",
            "Differences are to the assistant as shipped, question by question, with 95 % "
            "intervals and p values of a paired sign-flip permutation test, adjusted for all tests "
            "(Holm).",
            "",
            *_table(heads, rows),
            "",
            *(f"- {one['name']}: {one['definition']}." for one in report["ablations"]),
        ]
    )


def _tested(ablation: Ablation, measure: str) -> str:
    one = ablation["differences"].get(measure)
    return f"{_change(one)}, p {one['p_holm']:.4f}" if one else "-"


def _indicators(asked: Indicators) -> str:
    shares = ("exact", "wrong", "refused")
    rows = (
        (operation, figures["exact"]["questions"], *(_cell(figures[share]) for share in shares))
        for operation, figures in asked["figures"].items()
    )
    p50, p95 = (_milliseconds(asked["latency_ms"][name]) for name in ("p50", "p95"))
    lines = [
        f"## Indicator questions: {asked['name']}",
        "",
        *_table(("operation", "questions", *shares), rows),
        "",
        f"Latency: p50 {p50} ms, p95 {p95} ms.",
    ]
    failed = [one for one in asked["questions"] if one["verdict"] != "exact"]
    if failed:
        lines += ["", "Not exact:", ""]
    for one in failed:
        lines += [
            f"- {one['verdict']}, {one['id']}: {one['question']}",
            f"  expected {one['expected']}; got {one['got']}",
        ]
    return "\n".join(lines)


def _with_model(report: EvalReport, run: ModelRun) -> str:
    """The same questions without the model and with it."""
    where = f"on {run['place']}" if run["place"] else "on the machine that asked"
    lines = [
        f"## With {run['name']}",
        "",
        f"The same questions, asked of the same assistant with this chat model, {where}. All else "
        "in this report is without it. Differences are question by question, with 95 % intervals "
        "and p values of a paired sign-flip permutation test, adjusted for all tests (Holm).",
        *(f"\nFAILED with it: {failure}." for failure in run["failures"]),
    ]
    for split in report["settings"]["splits"]:
        heads = (split, "without", "with it", "difference", "p")
        lines += ["", *_table(heads, map(_row, rows(report, run, split)))]
    for before, after in zip(report["indicators"], run["indicators"], strict=True):
        sides = before["figures"], after["figures"]
        shares = (
            (operation, share, *(_cell(side[operation][share]) for side in sides))
            for operation in before["figures"]
            for share in before["figures"][operation]
        )
        lines += ["", *_table((before["name"], "share", "without", "with it"), shares)]
    for group, counts in run["counts"].items():
        lines += ["", f"What it made of the answers: {group}", ""]
        lines += [f"- {name}: {_plain(said)}." for name, said in told(counts)]
    compared = run["comparisons"][ALL]
    lines += ["", *(f"WORSE with it: {one}\n" for one in compared["regressions"])]
    lines += _changes("Worse with it", compared["worse"])
    lines += [*_changes("Better with it", compared["better"]), *_withheld(run)]
    return "\n".join(lines).rstrip()


def _row(row: Row) -> tuple[str, ...]:
    show = _milliseconds if row.measure in LATENCY_MEASURES else _cell
    cells = (show(one) if one else "-" for one in (row.without, row.with_it))
    one = row.difference
    chance = f"{one['p_holm']:.4f}" if one and "p_holm" in one else ""
    return row.measure, *cells, _change(one) if one else "", chance


def _withheld(run: ModelRun) -> Iterator[str]:
    """Every sentence that was not proved, as code, so that nothing in it takes effect, with why."""
    asked = [*run["questions"], *(one for part in run["indicators"] for one in part["questions"])]
    found = [
        (one["id"], said) for one in asked if "model" in one for said in one["model"]["withheld"]
    ]
    if found:
        yield f"Not proved, and so not said: {len(found)} sentences"
        yield ""
    for name, said in found:
        yield f"- {name}: {_code(said['text'])}: {_code(said['why'])}"


def _plain(text: str) -> str:
    """A text of which nothing takes effect as Markdown."""
    return re.sub(r"([\\`*_<>\[\]])", r"\\\1", text)


def _code(text: str) -> str:
    return f"`{' '.join(text.split()).replace('`', chr(39))}`"


def _not_right(questions: Sequence[Question]) -> str:
    failed = [question for question in questions if not question["values"]["correctness"]]
    if not failed:
        return ""
    lines = ["## Not right", ""]
    for one in failed:
        lines += [
            f"- {one['verdict']}, {one['split']} {one['kind']} {one['id']}: {one['question']}",
            f"  expected {expectation(one)}",
            f"  got {got(one)}",
        ]
    return "\n".join(lines)


def _definitions(report: EvalReport) -> str:
    lines = ["## What the measures are", ""]
    lines += [
        f"- {name}: {one['definition']}; {one['better']} is better."
        for name, one in report["measures"].items()
    ]
    return "\n".join(lines)


def _changes(title: str, changes: Sequence[Change]) -> Iterator[str]:
    if changes:
        yield f"{title}: {len(changes)} questions"
        yield ""
    for one in changes:
        yield f"- {one['kind']} {one['id']}, {one['before']} -> {one['after']}: {one['question']}"
    if changes:
        yield ""


def _table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> list[str]:
    return [
        "| " + " | ".join(head) + " |",
        "|" + "---|" * len(head),
        *("| " + " | ".join(map(str, row)) + " |" for row in rows),
    ]


def _of_confidence(group: Group, of: str, name: str) -> str:
    found = group["confidence"].get(of)
    return _cell(found["figures"].get(name)) if found else "-"


def _cell(figure: Figure | None) -> str:
    if figure is None:
        return "-"
    return f"{figure['value']:.3f} ({figure['low']:.3f}-{figure['high']:.3f})"


def _milliseconds(figure: Figure) -> str:
    return f"{figure['value']:.1f} ({figure['low']:.1f}-{figure['high']:.1f})"


def _change(one: Difference) -> str:
    return f"{one['difference']:+.3f} ({one['low']:+.3f} to {one['high']:+.3f})"
