"""An evaluation report as one HTML page that needs nothing but itself.

``markup`` makes elements and escapes all text, ``plots`` draws, ``figures`` and ``questions`` are
the sections. The page has no script and asks for nothing, so that it reads from any folder.
"""

from pathlib import Path

from innoqa.adapters.html_report import figures, model, questions
from innoqa.adapters.html_report.markup import Html, day, element, joined, link, listed, note
from innoqa.evaluation.records import EvalReport

STYLE = Path(__file__).with_name("report.css").read_text("utf-8")
"""The style of ``body``; colours follow the scheme of the page around it."""

SECTIONS = {
    "headline": "Headline",
    "model": "Chat model",
    "compared": "Compared",
    "kinds": "By kind",
    "confidence": "Confidence",
    "latency": "Latency",
    "ablations": "Ablations",
    "indicators": "Indicators",
    "thresholds": "Thresholds",
    "faults": "Wrong answers",
    "measures": "Measures",
}


def html(report: EvalReport, previous: EvalReport | None = None) -> str:
    """The whole page. ``previous`` is the report that it is compared with, for what was said."""
    head = joined(
        (
            Html('<meta charset="utf-8">'),
            Html('<meta name="viewport" content="width=device-width, initial-scale=1">'),
            element("title", _title(report)),
            element("style", Html(STYLE)),
        )
    )
    page = element("body", element("main", body(report, previous)))
    return f'<!DOCTYPE html>\n<html lang="en"><head>{head}</head>{page}</html>\n'


def body(report: EvalReport, previous: EvalReport | None = None) -> Html:
    """The report as an element that takes the style STYLE."""
    sections = {
        "headline": figures.headline(report),
        "model": model.with_model(report),
        "compared": questions.compared(report, previous),
        "kinds": figures.by_kind(report),
        "confidence": figures.confidence(report),
        "latency": figures.latency(report),
        "ablations": figures.ablations(report),
        "indicators": figures.indicators(report),
        "thresholds": figures.thresholds(report),
        "faults": questions.faults(report),
        "measures": figures.definitions(report),
    }
    ways = (link(name, SECTIONS[name]) for name, shown in sections.items() if shown)
    return element(
        "article",
        _head(report),
        element("nav", *ways, class_="chips", aria_label="Sections"),
        *sections.values(),
        class_="innoqa-report",
    )


def _title(report: EvalReport) -> str:
    return f"Evaluation of {report['index']['title'] or 'the index'}"


def _head(report: EvalReport) -> Html:
    settings = report["settings"]
    said = (
        f"{day(report['date'])}, index {report['index']['name']}: {len(report['questions'])} "
        f"questions of {', '.join(settings['question_files'])}, each drawing on up to "
        f"{settings['sources']} passages."
    )
    marked = [f"Failed: {one}." for one in report["failures"]]
    if report["comparison"]:
        marked += [f"Worse: {one}." for one in report["comparison"]["regressions"]]
    marked += [f"Warning: {one}." for one in report["warnings"]]
    alarm = element("div", listed(marked), class_="alarm") if marked else Html()
    return element("header", element("h1", _title(report)), note(said), alarm)
