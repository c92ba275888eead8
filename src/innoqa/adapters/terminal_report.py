"""An evaluation report, or a comparison of two, for the terminal: at most a screen of it."""

from collections.abc import Iterator

from rich.box import SIMPLE_HEAD
from rich.columns import Columns
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from innoqa.evaluation.measures import ALL, LATENCY_MEASURES
from innoqa.evaluation.records import Comparison, Difference, EvalReport, Figure, ModelRun
from innoqa.evaluation.records import Group as Figures
from innoqa.evaluation.with_model import rows, told

MEASURES = (
    *("correctness", "wrong_answers", "risk", "rightly_abstained", "citation_precision"),
    *("fact_recall", "numeric_exactness", "nDCG@10"),
)
OF_CONFIDENCE = ("coverage@5%", "ECE")
MOST_NAMED = 5
"""Questions, failures and the like that are named; the other forms of the report have all."""


def summary(report: EvalReport) -> RenderableType:
    """The main figures by split, verdicts by kind, and what failed."""
    groups = {name: group for name, group in report["groups"].items() if name != ALL}
    title = report["index"]["title"] or report["index"]["name"]
    parts: list[RenderableType] = [
        Text(f"{title}: {len(report['questions'])} questions", style="bold"),
        Columns([_figures(groups), _kinds(groups)], padding=(0, 3)),
    ]
    parts += [_ablations(report)] if report["ablations"] else []
    parts += [
        Text(
            f"{asked['name']}: "
            + ", ".join(f"{name} {_cell(one)}" for name, one in asked["figures"][ALL].items())
        )
        for asked in report["indicators"]
    ]
    parts += _marked("WARNING", report["warnings"], "yellow")
    parts += _marked("FAILED", report["failures"], "red")
    if "model" in report:
        parts += _with_model(report, report["model"])
    if report["comparison"]:
        parts.append(_compared(report["comparison"]))
    return Group(*parts)


def _with_model(report: EvalReport, run: ModelRun) -> Iterator[RenderableType]:
    """The figures of each split without the model and with it, and what it made of the answers."""
    yield Text(f"With {run['name']}, on {run['place'] or 'this machine'}", style="bold")
    for split in report["settings"]["splits"]:
        table = Table(split, box=SIMPLE_HEAD, pad_edge=False)
        for column in ("without", "with it", "difference (95 %)", "p"):
            table.add_column(column, justify="right", no_wrap=True)
        for row in rows(report, run, split):
            show = _whole if row.measure in LATENCY_MEASURES else _value
            one = row.difference
            cells = (_change(one), _p(one)) if one else ("", "")
            table.add_row(row.measure, show(row.without), show(row.with_it), *cells)
        yield table
    for before, after in zip(report["indicators"], run["indicators"], strict=True):
        shares = (
            f"{name} {_cell(one)} -> {_cell(after['figures'][ALL][name])}"
            for name, one in before["figures"][ALL].items()
        )
        yield Text(f"{before['name']}: {', '.join(shares)}")
    if ALL in run["counts"]:
        yield Text("\n".join(f"{name}: {said}" for name, said in told(run["counts"][ALL])))
    yield _changes(run["comparisons"][ALL], "Verdicts with it")
    yield from _marked(f"FAILED with {run['name']}", run["failures"], "red")


def comparison(compared: Comparison) -> RenderableType:
    """The figures of two reports, and the first questions that got worse and better."""
    table = Table("measure", box=SIMPLE_HEAD, pad_edge=False)
    for column in ("before", "after", "difference (95 %)"):
        table.add_column(column, justify="right")
    for name, one in compared["differences"].items():
        table.add_row(name, f"{one['before']:.3f}", f"{one['after']:.3f}", _change(one))
    return Group(table, _compared(compared))


def _figures(groups: dict[str, Figures]) -> Table:
    table = Table("measure", box=SIMPLE_HEAD, pad_edge=False)
    for name in groups:
        table.add_column(name, justify="right")
    for name in MEASURES:
        cells = [_cell(group["kinds"][ALL]["figures"].get(name)) for group in groups.values()]
        table.add_row(name, *cells)
    for name in OF_CONFIDENCE:
        cells = [_cell(g["confidence"][ALL]["figures"].get(name)) for g in groups.values()]
        table.add_row(name, *cells)
    table.add_row(
        "p50, p95 ms",
        *(
            "{p50[value]:.0f}, {p95[value]:.0f}".format(**group["latency_ms"])
            for group in groups.values()
        ),
    )
    return table


def _kinds(groups: dict[str, Figures]) -> Table:
    """Counts by kind: right (rightly abstained included), wrong, without an answer."""
    table = Table("kind", box=SIMPLE_HEAD, pad_edge=False)
    for name in groups:
        table.add_column(f"{name}: right, wrong, none", justify="right")
    kinds = dict.fromkeys(kind for group in groups.values() for kind in group["kinds"])
    for kind in kinds:
        cells = []
        for group in groups.values():
            verdicts = group["kinds"][kind]["verdicts"] if kind in group["kinds"] else {}
            right = verdicts.get("right", 0) + verdicts.get("rightly abstained", 0)
            wrong = verdicts.get("wrong", 0) + verdicts.get("wrongly answered", 0)
            cells.append(f"{right:4} {wrong:4} {verdicts.get('abstained', 0):4}")
        table.add_row(kind, *cells)
    return table


def _ablations(report: EvalReport) -> Table:
    table = Table("variant", box=SIMPLE_HEAD, pad_edge=False)
    for column in ("correctness", "difference, p", "nDCG@10", "difference, p"):
        table.add_column(column, justify="right")
    shipped = report["groups"][ALL]["kinds"][ALL]["figures"]
    table.add_row("as shipped", _mean(shipped, "correctness"), "", _mean(shipped, "nDCG@10"), "")
    for one in report["ablations"]:
        cells = []
        for measure in ("correctness", "nDCG@10"):
            found = one["differences"].get(measure)
            told = f"{found['difference']:+.3f}, {found['p_holm']:.4f}" if found else "-"
            cells += [_mean(one["figures"], measure), told]
        table.add_row(one["name"], *cells)
    return table


def _compared(compared: Comparison) -> Text:
    return _changes(
        compared,
        f"Compared with {compared['before']['date']} over {compared['questions']} questions",
    )


def _changes(compared: Comparison, what: str) -> Text:
    worse, better = compared["worse"], compared["better"]
    text = Text(f"{what}: {len(better)} better, {len(worse)} worse.")
    for one in worse[:MOST_NAMED]:
        text.append(f"\n  worse: {one['id']}, {one['before']} -> {one['after']}")
    for regression in compared["regressions"]:
        text.append(f"\nREGRESSION: {regression}", style="red")
    return text


def _marked(mark: str, told: list[str], style: str) -> Iterator[Text]:
    for one in told[:MOST_NAMED]:
        yield Text(f"{mark}: {one}", style=style)
    if len(told) > MOST_NAMED:
        yield Text(f"... and {len(told) - MOST_NAMED} more", style=style)


def _mean(figures: dict[str, Figure], measure: str) -> str:
    return f"{figures[measure]['value']:.3f}" if measure in figures else "-"


def _cell(figure: Figure | None) -> str:
    return f"{figure['value']:.2f} ({figure['low']:.2f}-{figure['high']:.2f})" if figure else "-"


def _value(figure: Figure | None) -> str:
    return f"{figure['value']:.3f}" if figure else "-"


def _whole(figure: Figure | None) -> str:
    return f"{figure['value']:.0f} ms" if figure else "-"


def _p(one: Difference) -> str:
    return f"{one['p_holm']:.4f}" if "p_holm" in one else ""


def _change(one: Difference) -> str:
    return f"{one['difference']:+.3f} ({one['low']:+.3f} to {one['high']:+.3f})"
