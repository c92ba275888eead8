"""The evaluation page beside the chat: without a browser, then with one."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, expect
from streamlit.testing.v1 import AppTest
from tests.prepared_assistant import REPLIES, Prepared, abstention, evaluated

from innoqa.evaluation.records import EvalReport

from .conftest import APP, page_running, visiting
from .test_accessibility_in_browser import violations
from .test_chat import html_of

pytest_plugins = ["tests.evaluation_fixtures"]
pytestmark = pytest.mark.usefixtures("few_resamples")

SILENT: Any = Prepared(REPLIES | {"sure?": (abstention(), ())})
IMAGES_ARE_SEEN = "all => all.every(one => one.naturalWidth > 0)"


@pytest.fixture(scope="module")
def earlier(report: EvalReport) -> EvalReport:
    return {**report, "date": "2026-03-01T09:30:00+00:00"}


@pytest.fixture(scope="module")
def later(few_resamples: None) -> EvalReport:
    return {**evaluated(assistant=SILENT), "date": "2026-03-02T09:30:00+00:00"}


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the page is started, and in it the folder of reports."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "results").mkdir()
    return tmp_path / "results"


def write(path: Path, content: Any) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(content if isinstance(content, str) else json.dumps(content), "utf-8")


def opened() -> AppTest:
    page = AppTest.from_file(APP / "chat.py", default_timeout=60)
    return page.switch_page("pages/evaluation.py").run()


def test_without_a_report_it_says_which_command_makes_one(folder: Path) -> None:
    page = opened()
    assert not page.exception
    assert f"There is no report in <code>{folder}</code>" in html_of(page)
    assert "<code>innoqa eval</code>" in html_of(page)
    assert len(page.selectbox) == 0


def test_the_newest_report_is_shown_first_with_its_figures_plots_and_wrong_answers(
    folder: Path, earlier: EvalReport, later: EvalReport
) -> None:
    write(folder / "accepted.json", earlier)
    write(folder / "tried" / "report.json", later)
    page = opened()
    assert not page.exception
    assert page.selectbox[0].options == [
        "2026-03-02 09:30 UTC, results/tried/report.json",
        "2026-03-01 09:30 UTC, results/accepted.json",
    ]
    shown = html_of(page)
    assert "<h1>Evaluation of Ferries</h1>" in shown
    assert "<dt>right</dt><dd><b>20.0%</b>" in shown
    assert '<img alt="One bar of 7 questions: 1 right, ' in shown
    assert "<svg" not in shown
    assert 'id="kind-near-miss"' in shown
    page.selectbox[0].select_index(1).run()
    assert "<dt>right</dt><dd><b>40.0%</b>" in html_of(page)


def test_two_reports_are_compared(folder: Path, earlier: EvalReport, later: EvalReport) -> None:
    write(folder / "report.json", later)
    write(folder / "accepted.json", earlier)
    page = opened()
    assert page.selectbox[1].options == ["nothing", "2026-03-01 09:30 UTC, results/accepted.json"]
    assert "Broke" not in html_of(page)
    page.selectbox[1].select_index(1).run()
    assert not page.exception
    shown = html_of(page)
    assert "<h3>Broke: 1</h3>" in shown
    assert "<dt>then</dt><dd>Ada sailed in 1954. [1] (confidence 0.90)</dd>" in shown
    assert "<dt>now</dt><dd>no answer: Nothing.</dd>" in shown


@pytest.mark.parametrize(
    "broken",
    ['{"schema', "[]", '{"schema_version": 99}', '{"schema_version": 1}', '{"figures": {}}'],
)
def test_a_broken_report_is_named_and_the_others_are_shown(
    folder: Path, earlier: EvalReport, broken: str
) -> None:
    write(folder / "report.json", broken)
    write(folder / "kept" / "report.json", earlier)
    page = opened()
    assert not page.exception
    (told,) = [one for one in html_of(page).split("\n") if 'role="alert"' in one]
    assert "results/report.json is " in told
    assert "went wrong" not in told
    assert page.selectbox[0].options == ["2026-03-01 09:30 UTC, results/kept/report.json"]


def test_a_report_that_breaks_off_inside_is_named_too(folder: Path, earlier: EvalReport) -> None:
    questions: Any = [{"id": "sure"}, *earlier["questions"]]
    write(folder / "report.json", {**earlier, "questions": questions})
    assert "results/report.json is no whole report. Run innoqa eval again." in html_of(opened())


@pytest.fixture(scope="module")
def served(
    index: Path, later: EvalReport, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[str]:
    """The page, started in a folder with a report."""
    folder = tmp_path_factory.mktemp("evaluated")
    write(folder / "results" / "report.json", later)
    with page_running(index, folder) as address:
        yield address


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_reader_goes_there_and_back(browser: Browser, served: str, scheme: str) -> None:
    """Plots are seen, a link to a kind hides the others, and the conversation is kept."""
    with visiting(browser, served, scheme=scheme) as visit:
        page = visit.page
        page.get_by_role("textbox", name="Ask a question").wait_for(timeout=60_000)  # a cold start
        visit.ask("When was the lighthouse of Vell first lit?")
        page.get_by_role("link", name="Evaluation").click()
        page.get_by_role("heading", name="Evaluation of Ferries").wait_for(timeout=60_000)
        plots = page.locator(".innoqa-report img")
        expect(plots).to_have_count(2 + 2 + 1 + 2 + 1)
        assert plots.evaluate_all(IMAGES_ARE_SEEN)
        assert violations(page) == []
        page.get_by_role("link", name="near-miss 1").click()
        expect(page.locator(".kind:visible")).to_have_count(1)
        page.locator("#kind-near-miss summary").click()
        expect(page.locator("#kind-near-miss")).to_contain_text("states no gold fact")
        page.get_by_role("link", name="Chat").click()
        expect(page.get_by_role("status")).to_contain_text("1871")
