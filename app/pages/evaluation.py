"""The page beside the chat that shows what ``innoqa eval`` found.

It reads reports alone and asks nothing. What it shows is the body of the HTML report, in which all
text is escaped; its plots become images, since Streamlit lets no SVG into a page.
"""

import base64
import logging
import re
from dataclasses import dataclass
from html import escape
from pathlib import Path

import streamlit as st

import cards
import choices
import navigation
from innoqa.adapters import html_report
from innoqa.adapters.report_files import read_report
from innoqa.errors import InnoqaError
from innoqa.evaluation import comparing
from innoqa.evaluation.records import Comparison, EvalReport

RESULTS = Path("results")
"""Where ``innoqa eval`` puts its reports unless it is told otherwise."""
STYLE = Path(__file__).parents[1] / "chat.css"
NAMES = ("report.json", "accepted.json")

_SVG = re.compile(r'<svg .*?aria-label="([^"]*)".*?</svg>', re.DOTALL)
logger = logging.getLogger("innoqa.chat")


@dataclass(frozen=True, slots=True)
class Run:
    """A report and the file that it was read from."""

    path: Path
    report: EvalReport

    @property
    def label(self) -> str:
        """What the run is told by among others."""
        return f"{html_report.day(self.report['date'])}, {self.path}"


def main() -> None:
    """Draw the page; whatever goes wrong ends as one plain message on it."""
    st.set_page_config(
        page_title="InnoQA evaluation", page_icon="🔎", layout="centered", menu_items=choices.MENU
    )
    st.html(STYLE)
    st.html(f"<style>{html_report.STYLE}</style>")
    navigation.links()
    try:
        show(runs(RESULTS))
    except Exception:  # the outermost edge: a reader is never shown a traceback
        logger.exception("the evaluation page failed")
        st.html(cards.problem("Something went wrong on this page. Its log says what; try again."))


def runs(folder: Path) -> list[Run]:
    """The reports in a folder and in those inside it, newest first; others are named as broken."""
    found = []
    for path in sorted(path for name in NAMES for path in folder.glob(f"**/{name}")):
        try:
            run = Run(path, read_report(path))
            html_report.body(run.report)
        except InnoqaError as error:
            st.html(cards.problem(str(error)))
        except (LookupError, TypeError, ValueError, AttributeError):
            st.html(cards.problem(f"{path} is no whole report. Run innoqa eval again."))
        else:
            found.append(run)
    return sorted(found, key=lambda run: run.report["date"], reverse=True)


def show(found: list[Run]) -> None:
    """The chosen report, compared with another where one is chosen."""
    if not found:
        st.html(
            '<header class="innoqa-title"><h1>Evaluation</h1></header>'
            f"<p>There is no report in <code>{escape(str(RESULTS.resolve()))}</code>. Run "
            "<code>innoqa eval</code> there to make one; it takes some minutes.</p>"
        )
        return
    chosen, other = choose(found)
    report = chosen.report
    if other is not None:
        report = {**report, "comparison": compared(other.report, report)}
    st.html(with_images(html_report.body(report, other and other.report)))


@st.cache_data(show_spinner="Comparing the two", max_entries=8)
def compared(before: EvalReport, after: EvalReport) -> Comparison:
    """What ``comparing.compare`` says; its intervals take some seconds."""
    return comparing.compare(before, after)


def choose(found: list[Run]) -> tuple[Run, Run | None]:
    """The report to show, and the one to compare it with, if any."""
    by_path = {run.path: run for run in found}
    left, right = st.columns(2)
    chosen = left.selectbox("Report", by_path, format_func=lambda path: by_path[path].label)
    usual = "the accepted run" if by_path[chosen].report["comparison"] else "nothing"
    other = right.selectbox(
        "Compared with",
        [None, *(path for path in by_path if path != chosen)],
        format_func=lambda path: by_path[path].label if path else usual,
    )
    return by_path[chosen], by_path.get(other)


def with_images(body: str) -> str:
    """The body with each SVG as an image that has the plot's words."""
    return _SVG.sub(_image, body)


def _image(found: re.Match[str]) -> str:
    data = base64.b64encode(found[0].encode()).decode()
    return f'<img alt="{found[1]}" src="data:image/svg+xml;base64,{data}">'


if __name__ == "__main__":
    main()
