"""The sections of figures: tables and plots of what was measured."""

from collections.abc import Iterator, Mapping, Sequence

from innoqa.adapters.html_report import plots
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
from innoqa.evaluation.measures import ALL, CONFIDENCE_MEASURES, MEASURES
from innoqa.evaluation.records import (
    Ablation,
    Confidence,
    EvalReport,
    Figure,
    Group,
    Indicators,
)

BLUE, ORANGE = plots.COLOURS
LOOK = {
    "right": (BLUE, 0.75),
    "rightly abstained": (BLUE, 0.4),
    "abstained": (plots.QUIET, 0.35),
    "wrong": (ORANGE, 0.8),
    "wrongly answered": (ORANGE, 0.5),
}
"""Verdicts from good to bad."""
CERTAIN = 0.05
"""The p value below which a difference is called significant."""


def splits(report: EvalReport) -> dict[str, Group]:
    """The groups that are told apart; ``all`` mixes what was tuned on with what was not."""
    return {name: group for name, group in report["groups"].items() if name != ALL}


def headline(report: EvalReport) -> Html:
    """How many are right, wrong and abstained as answers are given, for each split."""
    settings = report["settings"]
    risk = settings.get("risk")
    kept = f", the threshold set for an accepted risk of {risk:.0%}" if risk else ""
    said = f"Answers are given from confidence {settings['least_confidence']:.3f} on{kept}."
    tiles = (_tiles(name, group) for name, group in splits(report).items())
    return section("headline", "Headline", note(said), *tiles)


def by_kind(report: EvalReport) -> Html:
    """Every mean by kind of question."""
    parts = []
    for name, group in splits(report).items():
        kinds = group["kinds"]
        rows: list[plots.Row] = [
            (kind, [of["figures"].get(one) for one in ("correctness", "wrong_answers")])
            for kind, of in kinds.items()
        ]
        told = [one for one in MEASURES if one in kinds[ALL]["figures"]]
        parts += [
            element("h3", f"{name}: {group['questions']} questions"),
            _plot(plots.bars(rows, ("correctness", "wrong_answers"))),
            folded(
                f"Every measure by kind: {name}",
                table(
                    f"By kind: {name}",
                    ("measure", *(f"{kind} ({of['questions']})" for kind, of in kinds.items())),
                    ((_named(one), *(share(of["figures"].get(one)) for of in kinds.values()))
                     for one in told),
                ),
            ),
        ]  # fmt: skip
    return section("kinds", "Figures by kind", *parts)


def confidence(report: EvalReport) -> Html:
    """What confidence is worth: risk against coverage, reliability, and figures."""
    groups = {name: group["confidence"][ALL] for name, group in splits(report).items()}
    least = report["settings"]["least_confidence"]
    answered = {name: one for name, one in groups.items() if one["answered"]}
    parts = [
        note(
            "Over the best answers to all questions, given or held back; one to a question that "
            "nothing answers is wrong."
        )
    ]
    if answered:
        parts += [
            element("h3", "Risk against coverage"),
            _plot(
                plots.risk_coverage(answered, least),
                "Circles mark the threshold in use, diamonds the largest coverage within 1, 5 and "
                "10 % of risk. Risks of the first few answers may lie above the plot's edge.",
            ),
            table(
                "Coverage within a risk",
                ("risk accepted", *answered),
                (*_within(answered), ("threshold in use", *_in_use(answered, least))),
            ),
            element("h3", "Reliability"),
            element("div", *(_reliability(*one) for one in answered.items()), class_="beside"),
        ]
    return section("confidence", "Confidence", *parts, _of_confidence(splits(report)))


def latency(report: EvalReport) -> Html:
    """How long a reply takes, measured one question after another."""
    rows: list[plots.Row] = [
        (f"{name} {at}", [group["latency_ms"][at]])
        for name, group in splits(report).items()
        for at in ("p50", "p95")
    ]
    return section(
        "latency", "Latency", _plot(plots.bars(rows, ("time",), "milliseconds for a reply"))
    )


def ablations(report: EvalReport) -> Html:
    """The assistant with parts left out, and whether that is more than chance."""
    if not report["ablations"]:
        return Html()
    shipped = report["groups"][ALL]["kinds"][ALL]["figures"]
    variants = [("as shipped", shipped)]
    variants += [(one["name"], one["figures"]) for one in report["ablations"]]
    rows: list[plots.Row] = [
        (name, [figures.get(one) for one in ("correctness", "wrong_answers")])
        for name, figures in variants
    ]
    tested = dict.fromkeys(name for one in report["ablations"] for name in one["differences"])
    return section(
        "ablations",
        "Ablations",
        _plot(plots.bars(rows, ("correctness", "wrong_answers"))),
        table(
            "Difference to the assistant as shipped",
            ("variant", *tested),
            (
                (one["name"], *(_tested(one, measure) for measure in tested))
                for one in report["ablations"]
            ),
        ),
        note(
            "Question by question, with 95 % intervals; p of a paired sign-flip permutation test, "
            "adjusted for all tests (Holm 1979)."
        ),
        terms((one["name"], f"{one['definition']}.") for one in report["ablations"]),
    )


def indicators(report: EvalReport) -> Html:
    """Each set of indicator questions: shares by operation, and what is not exact."""
    if not report["indicators"]:
        return Html()
    return section("indicators", "Indicator questions", *map(_indicators, report["indicators"]))


def thresholds(report: EvalReport) -> Html:
    """The bounds that the question files set, and whether they are met."""
    if not report["thresholds"]:
        return Html()
    rows = (
        (
            one["set"],
            _named(one["measure"]),
            "–" if one["value"] is None else f"{one['value']:.3f}",
            f"{one['bound']:g}",
            element("span", "met") if one["met"] else element("strong", "not met", class_="bad"),
        )
        for one in sorted(report["thresholds"], key=lambda one: one["met"])
    )
    return section(
        "thresholds",
        "Thresholds",
        table(
            "Bounds that the question files set",
            ("questions", "measure", "figure", "bound", ""),
            rows,
        ),
    )


def definitions(report: EvalReport) -> Html:
    """What every measure is."""
    measures = [
        part
        for name, one in report["measures"].items()
        for part in (
            element("dt", name, id=fragment(f"measure-{name}")),
            element("dd", f"{one['definition']}; {one['better']} is better."),
        )
    ]
    return section(
        "measures",
        "What the measures are",
        element("dl", *measures),
        note(
            "Intervals are 95 % percentile bootstrap intervals over questions "
            f"({report['settings']['resamples']} resamples); those of reliability and of indicator "
            "questions are Wilson's. A difference is significant where its adjusted p is below "
            f"{CERTAIN}."
        ),
    )


def _tiles(name: str, group: Group) -> Html:
    whole = group["kinds"][ALL]
    figures, verdicts = whole["figures"], whole["verdicts"]
    answerable = figures["right"]["questions"] if "right" in figures else 0
    tiles = [
        ("right", "of the answerable", figures.get("right")),
        ("wrong", "of the answerable", figures.get("wrong")),
        ("abstained", "of the answerable", figures.get("abstained")),
        ("coverage", "answerable that get an answer", _rest(figures.get("abstained"))),
        ("risk", "of the answers given are wrong", figures.get("risk")),
        ("rightly abstained", "of the unanswerable", figures.get("rightly_abstained")),
    ]
    return joined(
        (
            element("h3", f"{name}: {answerable} answerable questions, "
                          f"{group['questions'] - answerable} that nothing answers"),
            element("dl", *(_tile(*tile) for tile in tiles), class_="tiles"),
            _plot(plots.parts_of({v: verdicts[v] for v in LOOK if v in verdicts}, LOOK)),
        )
    )  # fmt: skip


def _tile(name: str, of: str, figure: Figure | None) -> Html:
    value = f"{figure['value']:.1%}" if figure else "–"
    told = f"{of} ({figure['low']:.1%}–{figure['high']:.1%})" if figure else f"{of}: none"
    return element(
        "div", element("dt", name), element("dd", element("b", value), element("small", told))
    )


def _rest(figure: Figure | None) -> Figure | None:
    """The figure of the other questions, 1 less it."""
    if figure is None:
        return None
    low, high = 1 - figure["high"], 1 - figure["low"]
    return {**figure, "value": 1 - figure["value"], "low": low, "high": high}


def _plot(drawn: Html, said: str = "") -> Html:
    words = [element("figcaption", said)] if said else []
    frame = element("div", drawn, class_="scroll", tabindex=0, role="group", aria_label="Plot")
    return element("figure", frame, *words)


def _named(measure: str) -> Html:
    """A measure, linked to what it is."""
    return link(fragment(f"measure-{measure}"), measure)


def _within(groups: Mapping[str, Confidence]) -> Iterator[tuple[str, ...]]:
    for risk in plots.RISKS:
        name = f"coverage@{risk:.0%}"
        yield f"{risk:.0%}", *(share(one["figures"].get(name)) for one in groups.values())


def _in_use(groups: Mapping[str, Confidence], least: float) -> Iterator[str]:
    for one in groups.values():
        now = plots.in_use(one["curve"], least)
        yield f"{now['coverage']:.3f} at risk {now['risk']:.3f}" if now else "no answer"


def _reliability(name: str, of: Confidence) -> Html:
    error = of["figures"].get("ECE")
    title = f"{name}: {of['answered']} best answers, ECE {share(error)}"
    return element("div", element("h4", title), _plot(plots.reliability(of["bins"])))


def _of_confidence(groups: Mapping[str, Group]) -> Html:
    """Each figure of confidence, over all questions and over the answerable."""
    rows = (
        (
            joined((_named(measure), label)),
            *(
                share(group["confidence"][of]["figures"].get(measure))
                if of in group["confidence"]
                else "–"
                for group in groups.values()
            ),
        )
        for of, label in ((ALL, ""), ("answerable", " (answerable only)"))
        for measure in CONFIDENCE_MEASURES
    )
    return folded("Every figure of confidence", table("Of confidence", ("measure", *groups), rows))


def _tested(variant: Ablation, measure: str) -> str:
    one = variant["differences"].get(measure)
    if one is None:
        return "–"
    chance = one.get("p_holm")
    if chance is None:
        return change(one)
    found = "significant" if chance < CERTAIN else "within chance"
    return f"{change(one)}, p {chance:.4f}: {found}"


def _indicators(asked: Indicators) -> Html:
    whole = asked["figures"][ALL]
    rows = (
        (operation, str(one["exact"]["questions"]), *(share(one[name]) for name in whole))
        for operation, one in asked["figures"].items()
    )
    failed = [one for one in asked["questions"] if one["verdict"] != "exact"]
    wrong = (
        element(
            "details",
            element("summary", element("span", one["verdict"], class_="verdict"), one["question"]),
            terms(
                (
                    ("operation", f"{one['operation']} ({one['id']})"),
                    ("expected", one["expected"]),
                    ("got", one["got"]),
                    ("said", one["text"]),
                    ("its cells", listed(one["cells"]) or "none named"),
                )
            ),
            class_="question",
        )
        for one in failed
    )
    times: Sequence[str] = [
        f"{at} {milliseconds(asked['latency_ms'][at])}" for at in ("p50", "p95")
    ]
    count = len(asked["questions"])
    return joined(
        (
            element("h3", f"{asked['name']}: {count} questions, {count - len(failed)} exact"),
            _plot(plots.bars([(name, [one]) for name, one in whole.items()], ("share",))),
            folded("By operation", table(f"{asked['name']} by operation",
                                         ("operation", "questions", *whole), rows)),
            note(f"Latency: {', '.join(times)}."),
            element("h4", f"Not exact: {len(failed)}") if failed else "",
            *wrong,
        )
    )  # fmt: skip
