"""The documents and settings pages and what they are made of, without a browser."""

import re
from pathlib import Path

import pytest
from filelock import FileLock
from streamlit.testing.v1 import AppTest

from innoqa.bootstrap import open_assistant
from innoqa.domain import Block, Citation, Document, Footnote, Passage, Section, Sentence, Table
from innoqa.domain import TableRow as Row
from innoqa.settings import Settings

from .conftest import APP

import viewer  # isort: skip - the page's own modules are found once conftest is
from links import Place  # isort: skip

ID = "0123456789abcdef"


@pytest.fixture
def app(index: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AppTest:
    monkeypatch.setenv("INNOQA_INDEX", str(index))
    monkeypatch.setenv("INNOQA_CONVERSATIONS", str(tmp_path / "conversations.sqlite"))
    return AppTest.from_file(APP / "chat.py", default_timeout=60)


def at(app: AppTest, page: str) -> AppTest:
    return app.run().switch_page(f"pages/{page}.py").run()


def html_of(app: AppTest) -> str:
    return "\n".join(element.proto.body for element in app.get("html"))


def labels(app: AppTest) -> list[str]:
    return [button.label for button in app.button]


def document_id(index: Path, source: str) -> str:
    with open_assistant(Settings(index=index)).open_index() as opened:
        return next(d.id for d in opened.catalog.documents() if d.source == source)


@pytest.mark.parametrize(
    "place",
    [
        Place(ID),
        Place(ID, span=(3, 9)),
        Place(ID, table=2),
        Place(ID, table=0, row=4),
        Place(ID, table=0, row=4, column=2),
    ],
)
def test_a_place_is_named_by_its_own_address(place: Place) -> None:
    assert Place.named_by(place.parameters) == place
    assert place.address.startswith("documents?doc=")


@pytest.mark.parametrize(
    ("given", "place"),
    [
        ({}, None),
        ({"doc": "../etc"}, None),
        ({"doc": f"{ID}<script>"}, None),
        ({"doc": ID, "at": "9"}, Place(ID)),
        ({"doc": ID, "at": "1-2;alert(1)"}, Place(ID)),
        ({"doc": ID, "table": "-1", "cell": "x"}, Place(ID)),
        ({"doc": ID, "table": "9" * 40}, Place(ID)),
    ],
)
def test_what_is_malformed_in_an_address_is_left_out(
    given: dict[str, str], place: Place | None
) -> None:
    assert Place.named_by(given) == place


TEXT = "# Quays\n\nOne **old** quay. Two & more[^a].\n\n- Grain <b>\n"


def written(span: tuple[int, int] | None) -> str:
    parts = ("One **old** quay.", "Two & more[^a].", "Grain <b>")
    plain = ("One old quay.", "Two & more.", "Grain <b>")
    sentences = tuple(
        Sentence(TEXT.index(raw), TEXT.index(raw) + len(raw), text, ("Note",) * (raw == parts[1]))
        for raw, text in zip(parts, plain, strict=True)
    )
    first, last = sentences[0].start, sentences[-1].end
    blocks = (Block(first, sentences[1].end), Block(sentences[2].start, last))
    sections = (Section(("Quays", "Kinds"), blocks),)
    document = Document(
        ID, "q.md", "Quays", "markdown", TEXT, sections, (), (Footnote("a", "Note"),)
    )
    passage = Passage(f"{ID}-00000", ID, "q.md", "Quays", ("Quays", "Kinds"), TEXT[first:last],
                      first, last, sentences)  # fmt: skip
    text = viewer.Text.of(document, [passage])
    return text.html(text.parts()[0], Place(ID, span=span))


def marked(html: str) -> list[str]:
    return re.findall(r"<mark[^>]*>(.*?)</mark>", html)


def test_a_text_is_written_by_paragraphs_under_its_headings_and_escaped() -> None:
    html = written(None)
    assert html == (
        '<div class="innoqa-document"><h3>Kinds</h3><p>One old quay. Two &amp; more.'
        '<sup><a href="#note-0">a</a></sup></p><p>Grain &lt;b&gt;</p></div>'
    )


def test_what_is_marked_are_the_words_that_the_address_names() -> None:
    start = TEXT.index("Two")
    assert marked(written((start, start + 10))) == ["Two &amp; more"]
    start = TEXT.index("One")
    assert marked(written((start, TEXT.index("[^a]")))) == ["One old quay.", "Two &amp; more"]
    assert written((start, TEXT.index("[^a]"))).count('id="place"') == 1


def test_a_long_text_is_shown_in_parts_that_cover_it_and_open_at_the_place() -> None:
    line = "The ferry of Vell crosses the bay every hour. "
    text = line * 4000
    passages = [
        Passage(f"{ID}-{n:05d}", ID, "f.md", "Ferry", (), line.strip(), n * len(line),
                (n + 1) * len(line) - 1,
                (Sentence(n * len(line), (n + 1) * len(line) - 1, line.strip()),))
        for n in range(4000)
    ]  # fmt: skip
    shown = viewer.Text.of(Document(ID, "f.md", "Ferry", "plain", text), passages)
    parts = shown.parts()
    assert [end for _, end in parts[:-1]] == [start for start, _ in parts[1:]]
    place = Place(ID, span=(3000 * len(line), 3000 * len(line) + 9))
    part = parts[shown.part_at(place)]
    assert part[1] - part[0] < 2 * viewer.PART
    assert marked(shown.html(part, place)) == ["The ferry"]
    written_in_all = "".join(shown.html(one, place) for one in parts)
    assert written_in_all.count("The ferry") + written_in_all.count("The</") == 4000


def test_a_table_has_its_cell_lit_and_every_word_escaped() -> None:
    rows = tuple(Row((f"<b>{n}</b>", str(n), "x"), 0, 0) for n in range(3))
    table = Table("T", (), ("Name | <i>", "Year", "Note"), rows, ("Note <u>",))
    html = viewer.table_html(table, (0, 200), Place(ID, table=0, row=2, column=2))
    assert re.findall(r'<td class="innoqa-lit" id="place"[^>]*><mark>(.*?)</mark>', html) == ["1"]
    assert "<b>" not in html
    assert "<i>" not in html
    assert "<u>" not in html
    assert "Name<br>&lt;i&gt;" in html
    row = viewer.table_html(table, (0, 200), Place(ID, table=0, row=2))
    assert '<tr class="innoqa-lit" id="place" tabindex="-1">' in row


def test_every_citation_of_an_answer_has_an_address_that_shows_its_words(index: Path) -> None:
    assistant = open_assistant(Settings(index=index))
    cited: list[Citation] = []
    for question in ("When was the lighthouse of Vell first lit?",
                     "How many containers passed through the port of Vell in 2021?"):  # fmt: skip
        cited += assistant.answer(question).reply.citations
    for one in cited:
        place = Place.of(one)
        document = assistant.document(place.document_id)
        if place.span:
            assert document.text[slice(*place.span)] == one.quote
        else:
            row = document.tables[place.table].rows[place.row - 1]
            assert row.cells[place.column - 1] == one.observation.printed
    assert {Place.of(one).table is None for one in cited} == {True, False}


def test_the_list_says_what_is_indexed(app: AppTest) -> None:
    html = html_of(at(app, "documents"))
    assert re.search(r"6 documents · 3 tables · \d+ passages · indexed \d+ \w+ 20\d\d", html)
    assert "quays.md · " in html
    assert len(app.file_uploader) == 1


def test_ticked_documents_alone_are_asked_and_all_again(app: AppTest) -> None:
    at(app, "documents")
    app.checkbox[0].check().run()
    assert "Questions are asked of this document alone." in html_of(app)
    next(b for b in app.button if b.label == "Ask all again").click().run()
    assert "Tick documents" in html_of(app)
    assert not app.checkbox[0].value


def test_a_document_that_is_gone_is_told(app: AppTest) -> None:
    at(app, "documents")
    app.query_params["doc"] = "f" * 16
    app.run()
    assert "is not in the index" in html_of(app)
    assert labels(app) == ["← All documents"]


def test_a_row_that_a_table_does_not_have_is_told(app: AppTest, index: Path) -> None:
    at(app, "documents")
    app.query_params["doc"] = document_id(index, "traffic.csv")
    app.query_params["table"] = "0"
    app.query_params["cell"] = "99,1"
    app.run()
    assert "The table has 3 rows, no row 99." in html_of(app)


def test_where_the_settings_forbid_it_nothing_can_be_added_or_removed(
    app: AppTest, index: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("INNOQA_UPLOADS", "no")
    at(app, "documents")
    assert len(app.file_uploader) == 0
    app.query_params["doc"] = document_id(index, "quays.md")
    app.run()
    assert not any(label.startswith("Remove") for label in labels(app))


def test_a_choice_on_the_settings_page_holds_for_the_chat(app: AppTest) -> None:
    at(app, "settings")
    app.slider[0].set_value(3).run()
    app.toggle[0].set_value(False).run()
    html = html_of(app)
    assert html.count("chosen here") == 2
    app.switch_page("chat.py").run()
    app.chat_input[0].set_value("When was the lighthouse of Vell first lit?").run()
    assert not app.exception
    assert "1871" in html_of(app)
    assert re.search(r"from [123] passages? of", html_of(app))
    app.switch_page("pages/settings.py").run()
    assert app.slider[0].value == 3
    next(b for b in app.button if b.label.startswith("Back to")).click().run()
    assert app.slider[0].value == 10
    assert "chosen here" not in html_of(app)


def test_what_the_environment_gives_is_told(app: AppTest, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("INNOQA_SOURCES", "7")
    html = html_of(at(app, "settings"))
    assert "<code>INNOQA_SOURCES</code></th><td>7</td><td>environment</td>" in html
    assert "<code>INNOQA_READER</code></th><td>yes</td><td>default</td>" in html


PAGES = ("chat", "documents", "settings")


@pytest.mark.parametrize("page", PAGES)
def test_an_index_that_is_being_made_is_told_on_every_page(
    app: AppTest, page: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "index"
    folder.mkdir()
    monkeypatch.setenv("INNOQA_INDEX", str(folder))
    with FileLock(folder / "write.lock"):
        told = html_of(app.run() if page == "chat" else at(app, page))
    assert f"The index in {folder} is being made." in told
    assert not app.exception


@pytest.mark.parametrize("page", PAGES)
def test_an_index_of_another_version_is_told_on_every_page(
    app: AppTest, page: str, index: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    name = (index / "current").read_text().strip()
    folder = tmp_path / "index"
    generation = folder / "generations" / name
    generation.mkdir(parents=True)
    manifest = (index / "generations" / name / "manifest.json").read_text()
    (generation / "manifest.json").write_text(manifest.replace('"format": ', '"format": 9'))
    (folder / "current").write_text(name)
    monkeypatch.setenv("INNOQA_INDEX", str(folder))
    told = html_of(app.run() if page == "chat" else at(app, page))
    assert "was made by another version of InnoQA. Run innoqa ingest" in told
    assert not app.exception
