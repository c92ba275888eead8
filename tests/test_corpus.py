"""Gates over what ships: the corpus, its tables and the question set."""

import csv
import json
import re
import tomllib
from pathlib import Path

import pytest

from innoqa.adapters.question_files import read_questions
from innoqa.metrics import EvalQuestion

ROOT = Path(__file__).parents[1]
CORPUS = ROOT / "corpus"
DOCUMENTS = sorted(p for p in CORPUS.glob("*.md") if p.name != "README.md")
TABLES = sorted((CORPUS / "indicators").glob("*.csv"))

DEFINITION = re.compile(r"^\[\^([^\]]+)\]:(.*)$", re.MULTILINE)
LINK = re.compile(r"https?://|www\.", re.IGNORECASE)
COPY = "third-party copy"


def body_and_notes(path: Path) -> tuple[str, list[tuple[str, str]]]:
    """A document without its footnotes, and its footnotes as (label, text)."""
    text = path.read_text("utf-8")
    return DEFINITION.sub("", text), DEFINITION.findall(text)


def named(path: Path) -> str:
    return path.name


def question_set() -> tuple[EvalQuestion, ...]:
    return read_questions(ROOT / "eval" / "questions.yaml")[0]


def test_the_corpus_holds_the_documents_and_tables_that_its_readme_lists() -> None:
    readme = (CORPUS / "README.md").read_text("utf-8")
    listed = set(re.findall(r"^\| `([\w-]+\.md)`", readme, re.MULTILINE))
    assert listed == {path.name for path in DOCUMENTS}
    assert len(TABLES) == 10
    assert "ten tables" in readme


def test_the_corpus_describes_itself() -> None:
    described = tomllib.loads((CORPUS / "corpus.toml").read_text("utf-8"))
    assert described["title"]
    assert described["description"]
    assert all(question.endswith("?") for question in described["suggested_questions"])


@pytest.mark.parametrize("path", DOCUMENTS, ids=named)
def test_every_footnote_is_defined_once_and_used(path: Path) -> None:
    body, notes = body_and_notes(path)
    labels = [label for label, _ in notes]
    assert labels
    assert sorted(labels) == sorted(set(re.findall(r"\[\^([^\]]+)\]", body)))


@pytest.mark.parametrize("path", DOCUMENTS, ids=named)
def test_every_footnote_names_a_title_and_a_date(path: Path) -> None:
    for label, text in body_and_notes(path)[1]:
        assert re.search(r'"[^"]+", (?:c\.)?(?:\d{4}|n\.d\.)', text), (label, text)


@pytest.mark.parametrize("path", DOCUMENTS, ids=named)
def test_a_footnote_to_a_third_party_copy_gives_no_link(path: Path) -> None:
    for label, text in body_and_notes(path)[1]:
        assert not (COPY in text and LINK.search(text)), (label, text)


def test_the_same_source_is_given_alike_in_every_document() -> None:
    """So a source without a link in one document has none in another."""
    given: dict[str, str] = {}
    for path in DOCUMENTS:
        for label, text in body_and_notes(path)[1]:
            assert given.setdefault(label, text) == text, (path.name, label)
    assert any(COPY in text for text in given.values())


@pytest.mark.parametrize("path", DOCUMENTS, ids=named)
def test_links_stand_in_footnotes_in_angle_brackets_and_nowhere_else(path: Path) -> None:
    body, notes = body_and_notes(path)
    assert not LINK.search(body)
    for label, text in notes:
        links = re.findall(r"<(https?://[^\s<>]+)>", text)
        assert len(links) == len(re.findall(r"https?://", text)) <= 1, label


@pytest.mark.parametrize("path", DOCUMENTS, ids=named)
def test_every_document_has_one_title_and_sections_with_headings(path: Path) -> None:
    levels = re.findall(r"^(#+) \S", path.read_text("utf-8"), re.MULTILINE)
    assert levels[0] == "#"
    assert levels.count("#") == 1
    assert "##" in levels


@pytest.mark.parametrize("path", TABLES, ids=named)
def test_every_table_has_the_same_columns_and_a_value_in_each_row(path: Path) -> None:
    rows = list(csv.DictReader(path.read_text("utf-8").splitlines()))
    with TABLES[0].open(encoding="utf-8") as first:
        assert list(rows[0]) == next(csv.reader(first))
    for row in rows:
        assert row["entity"]
        assert row["indicator"]
        assert float(row["value"]) == float(row["value"])
        assert row["unit"]
        assert row["source"]
        assert row["confidence"] in ("A", "B", "C")
        assert not LINK.search(row["source"]), row


def test_the_data_package_is_valid() -> None:
    from frictionless import Package

    path = CORPUS / "indicators" / "datapackage.json"
    described = {resource["path"] for resource in json.loads(path.read_text("utf-8"))["resources"]}
    assert described == {table.name for table in TABLES}
    report = Package(str(path)).validate()
    assert report.valid, report.flatten(["title", "rowNumber", "fieldName", "note"])


@pytest.mark.parametrize("figure", ["90", "1,000", "120", "20,000", "82", "2050"])
def test_the_case_study_keeps_every_figure_of_its_source(figure: str) -> None:
    body = body_and_notes(CORPUS / "case-study.md")[0]
    assert re.search(rf"(?<![\d,.]){figure}(?![\d,]\d|\d)", body)


@pytest.mark.parametrize(
    "words",
    [
        *("newsletter", "subscribe", "sign up", "inbox", "e-mail", "email", "cookie"),
        *("privacy policy", "all rights reserved", "contact us", "read more", "follow us"),
    ],
)
def test_the_case_study_holds_nothing_of_the_page_around_it(words: str) -> None:
    text = (CORPUS / "case-study.md").read_text("utf-8")
    assert not re.search(rf"\b{words}", text, re.IGNORECASE)


def test_every_gold_quote_stands_in_its_file() -> None:
    missing = [
        (question.id, gold.source, gold.quote)
        for question in question_set()
        for gold in question.golds
        if not (CORPUS / gold.source).is_file()
        or gold.quote not in (CORPUS / gold.source).read_text("utf-8")
    ]
    assert missing == []


def test_every_question_that_is_answerable_has_a_gold_and_words_to_find_and_no_other_has() -> None:
    for question in question_set():
        assert bool(question.golds) is question.answerable, question.id
        assert bool(question.must) is question.answerable, question.id
        assert all(choice.strip() for must in question.must for choice in must.split("|"))
        assert all(gold.quote.strip() for gold in question.golds)


def test_the_question_set_asks_what_can_and_what_cannot_be_answered() -> None:
    answerable = [question.answerable for question in question_set()]
    assert any(answerable)
    assert not all(answerable)
