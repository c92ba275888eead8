"""Files -> documents, and what is said of those that cannot be read."""

import json
import os
import shutil
import socket
import tempfile
import time
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest
from tests.adapters.test_archive import packed

from innoqa import reading
from innoqa.adapters.files import FileReader
from innoqa.chunking import PassageSize, prose_passages
from innoqa.domain import Corpus
from innoqa.errors import DocumentError
from innoqa.indexing.origins import Origin, Skipped
from innoqa.indicators import row_passages
from innoqa.markup import Converted
from innoqa.metadata import Metadata


def write(root, files):
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text if isinstance(text, bytes) else text.encode())


@pytest.fixture
def read(reader, parse, tmp_path):
    """Writes files and gives (documents by source, reasons of what was skipped by source)."""

    def read(files):
        write(tmp_path, files)
        documents, skipped = {}, {}
        for origin in reader.origins(tmp_path):
            if isinstance(origin, Skipped):
                skipped[origin.source] = origin.reason
                continue
            try:
                documents[origin.source] = parse(origin, "d")
            except DocumentError as error:
                skipped[origin.source] = str(error)
        return documents, skipped

    return read


@pytest.fixture
def rows(read, tools):
    """The rows of one CSV file in words."""

    def rows(text, name="figures.csv", **others):
        documents, skipped = read({name: text} | others)
        assert not skipped
        (document,) = documents.values()
        return list(row_passages(document, tools.count, 252))

    return rows


def words_of(document, tools):
    return "\n".join(p.words for p in prose_passages(document, tools, PassageSize(160, 252)))


def test_each_kind_of_text_is_read_by_its_suffix_in_any_case(read):
    documents, skipped = read({
        "a.md": "# A\n\nText.\n", "b.TXT": "Text.",
        "c.HTM": "<html><p>A text to be read.</p></html>",
        "d.tsv": "city\tfirms\nOslo\t3\n", "e.jsonl": '{"_id": "one", "text": "Text."}\n',
    })  # fmt: skip
    assert {source: d.media_type for source, d in documents.items()} == {
        "a.md": "markdown", "b.TXT": "plain", "c.HTM": "html", "d.tsv": "table", "one": "beir",
    }  # fmt: skip
    assert skipped == {}


def test_documents_come_by_path_and_are_named_by_it(reader, tmp_path):
    write(tmp_path, {"b.md": "B.", "a/z.md": "Z.", "a/b/c.md": "C."})
    assert [o.source for o in reader.origins(tmp_path)] == ["a/b/c.md", "a/z.md", "b.md"]
    assert [o.source for o in reader.origins(tmp_path / "b.md")] == ["b.md"]


def test_hidden_files_and_descriptions_are_passed_over_in_silence(read):
    documents, skipped = read({
        ".hidden.md": "x", ".git/a.md": "x", "~$open.xlsx": b"\x07", "README.md": "x",
        "sub/Readme.md": "x", "corpus.toml": "title = 'x'", "datapackage.json": "{}",
        "real.md": "Text.",
    })  # fmt: skip
    assert (list(documents), skipped) == (["real.md"], {})


def test_a_readme_that_is_asked_for_by_name_is_read(reader, tmp_path):
    write(tmp_path, {"README.md": "Text."})
    (origin,) = reader.origins(tmp_path / "README.md")
    assert isinstance(origin, Origin)


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("a.py", b"text", "is of another format; InnoQA reads"),
        ("a.pdf", b"\x89PNG\r\n\x1a\n" + b"\0" * 40, "is of another format (Portable Network"),
        ("a.md", b"text \x00\x01\x02\x03" * 9, "is not a text"),
        ("a.txt", b"", "empty"),
        ("a.jsonl", b" \n\n", "empty"),
        ("a.md", b"\xef\xbb\xbf\r\n", "empty"),
        ("a.html", b"<html><script>var a</script></html>", "has no main text"),
        ("a.csv", b"city,firms\n", "has a header but no rows"),
        ("a.csv", b"city,firms\nOslo,3\n\nBergen,1,2\n", "has 3 cells in line 4 under a header"),
        ("a.csv", b'city,note\nOslo,"two\nlines"\nBergen,1,2\n', "has 3 cells in line 4"),
    ],
)
def test_what_cannot_be_read_is_skipped_with_a_reason(read, name, content, reason):
    documents, skipped = read({name: content})
    assert documents == {}
    (told,) = skipped.values()
    assert told.startswith(reason)


def test_a_byte_order_mark_and_other_line_ends_are_no_part_of_the_text(read):
    documents, _ = read({"a.md": b"\xef\xbb\xbf# T\r\n\r\nOne.\rTwo.\r\n"})
    assert documents["a.md"].text == "# T\n\nOne.\nTwo.\n"
    assert documents["a.md"].title == "T"


def test_a_text_without_a_title_is_named_after_its_file(read):
    documents, _ = read({"sub/fund-town.md": "Text."})
    assert documents["sub/fund-town.md"].title == "fund town"


def test_the_hash_follows_the_content_and_not_the_time_of_a_file(reader, tmp_path):
    write(tmp_path, {"a.md": "One."})
    (first,) = reader.origins(tmp_path)
    write(tmp_path, {"a.md": "One."})
    (again,) = reader.origins(tmp_path)
    write(tmp_path, {"a.md": "Two."})
    (other,) = reader.origins(tmp_path)
    assert first.content_hash == again.content_hash != other.content_hash


CASE = """Oslo's Fjord City: How a Harbour Became a Town

A Close Look at the Actors, Phases, and Means of Oslo's Waterfront
new flats
piers
museums

What was the goal?

The study aims to describe how the docks became a town. The goal is to learn from the phases of \
the plan, and to see where it fell short of what was promised.


  1. Public Lead: At first a public company owned the land and sold it plot by plot.
  2. Culture First: The opera of 2008 came before the flats and drew people to the water.


The results have been large. Oslo now has 9 km of promenade, 3 museums and over 4,000 flats.

Summing up

Oslo's way rested on public land. The town has gained a front towards the fjord.

Join newsletter
Stay up to date with new case studies. We promise no spam, just good content
Thank you! Your submission has been received!
Oops! Something went wrong while submitting the form.

Check out other articles

learn more

Improve your harbour

Turn your docks into a global attraction
"""
PROSE = (
    "The study aims to describe how the docks became a town.",
    "and to see where it fell short of what was promised.",
    "Public Lead: At first a public company owned the land and sold it plot by plot.",
    "Culture First: The opera of 2008 came before the flats",
    "The results have been large.",
    "Oslo now has 9 km of promenade, 3 museums and over 4,000 flats.",
    "Oslo's way rested on public land.",
    "The town has gained a front towards the fjord.",
)
FURNITURE = (
    "newsletter", "Stay up", "spam", "Thank you", "Oops", "other articles", "learn more",
    "Improve your", "Turn your docks",
)  # fmt: skip


def test_a_page_that_was_saved_as_text_keeps_its_prose_and_loses_its_furniture(read, tools):
    documents, _ = read({"case.txt": CASE})
    document = documents["case.txt"]
    words = words_of(document, tools)
    assert document.title == "Oslo's Fjord City: How a Harbour Became a Town"
    assert [s.heading for s in document.sections] == [(), ("What was the goal?",), ("Summing up",)]
    assert [part for part in PROSE if part not in words] == []
    assert [part for part in FURNITURE if part in words] == []
    assert document.text == CASE


HTML = """<!doctype html><html><head><title>Oslo's Fjord City | Example</title>
<script>var newsletter = 1;</script><style>.spam {{ }}</style></head><body>
<nav><a href="/">Home</a><a href="/cases">learn more</a></nav>
<div class="cookie">This website uses cookies. <button>Accept all cookies</button></div>
<main><h1>Oslo's Fjord City</h1>{main}</main>
<div class="newsletter"><h3>Join newsletter</h3><form><p>Stay up to date with new case studies.
We promise no spam, just good content</p><input><input type="submit" value="Join"></form>
<div>Thank you! Your submission has been received!</div>
<div>Oops! Something went wrong while submitting the form.</div></div>
<section><h3>Check out other articles</h3>
<div class="card"><h4>Improve your harbour</h4><a>learn more</a></div>
<div class="card"><h4>Turn your docks into a global attraction</h4><a>learn more</a></div></section>
<footer>© 2024 Example. All rights reserved.</footer></body></html>"""


def test_the_same_page_as_html_gives_the_main_text_only_with_its_headings(read, tools):
    main = """<h2>What was the goal?</h2>
    <p>The study aims to describe how the docks became a town. The goal is to learn from the phases
    of the plan, and to see where it fell short of what was promised.</p>
    <ol><li>Public Lead: At first a public company owned the land and sold it plot by plot.</li>
    <li>Culture First: The opera of 2008 came before the flats and drew people to the water.</li>
    </ol><p>The results have been large. Oslo now has 9 km of promenade, 3 museums and over 4,000
    flats.</p><h2>Summing up</h2><p>Oslo's way rested on public land. The town has gained a front
    towards the fjord.</p>"""
    documents, _ = read({"case.html": HTML.format(main=main)})
    document = documents["case.html"]
    words = words_of(document, tools)
    assert document.title == "Oslo's Fjord City"
    assert [s.heading for s in document.sections] == [("What was the goal?",), ("Summing up",)]
    assert [part for part in PROSE if part not in words] == []
    assert [part for part in (*FURNITURE, "cookies", "Home", "rights") if part in words] == []


TIDY = "entity,year,period,indicator,value,unit,qualifier,note,source\n"


def test_a_tidy_table_reads_as_phrases_and_states_observations(rows):
    (row,) = rows(
        TIDY + "Beijing,2018,year,R&D intensity (share of GDP),6.17,percent,exact,,Qianlong\n"
    )
    assert row.words == "Beijing, 2018: R&D intensity (share of GDP) 6.17 percent"
    (observation,) = row.observations
    assert (observation.value, str(observation.unit)) == (Decimal("6.17"), "percent")
    assert (observation.cell.column, observation.cell.column_number) == ("value", 5)
    assert row.text.startswith("Beijing,2018,year")


def test_a_row_spans_the_lines_of_its_quoted_cells(read, rows):
    text = 'city,note\nOslo,"two\nlines, ""quoted"""\nBergen,one\n'
    found = rows(text)
    assert [r.text for r in found] == ['Oslo,"two\nlines, ""quoted"""', "Bergen,one"]
    assert found[0].words == 'city: Oslo; note: two lines, "quoted"'
    assert [r.cell.row for r in found] == [1, 2]


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("a.csv", "city;area\nOslo;454,1\nBergen;464,7\n"),
        ("a.csv", "city|area\nOslo|454,1\nBergen|464,7\n"),
        ("a.tsv", "city\tarea\nOslo\t454,1\nBergen\t464,7\n"),
        ("a.csv", '\n\ncity,area\nOslo,"454,1"\n\n\nBergen,"464,7"\n\n'),
        ("a.csv", '"city","area"\r\n"Oslo","454,1"\r\n"Bergen","464,7"'),
    ],
)
def test_the_delimiter_is_told_by_the_header(rows, name, text):
    assert [r.words for r in rows(text, name)] == [
        "city: Oslo; area: 454,1",
        "city: Bergen; area: 464,7",
    ]


def test_apostrophes_in_cells_quote_nothing(rows):
    found = rows("city,plan,note\nBeijing,'863' Plan,\"a, b\"\nOslo,'Fjord', 'x'\n")
    assert [r.words for r in found] == [
        "city: Beijing; plan: '863' Plan; note: a, b",
        "city: Oslo; plan: 'Fjord'; note: 'x'",
    ]


def test_a_data_package_beside_a_table_gives_its_title_and_sources(rows):
    package = {
        "resources": [
            {"path": "other.csv", "title": "Other"},
            {"path": "figures.csv", "title": "Figures of Oslo", "sources": [{"title": "SSB"}, 3]},
        ]
    }
    (row,) = rows("city,firms\nOslo,3\n", **{"datapackage.json": json.dumps(package)})
    assert row.title == "Figures of Oslo"
    assert row.sentences[0].references == ("SSB",)


def test_lines_of_prose_above_and_below_a_table_are_its_title_and_notes(read):
    text = (
        "Table 1. Trams of Oslo, 2018-2020\nUnit: thousand passengers\n\n"
        "Line,2018,2019,2020\nBlue,10,12,7\nRed,8\n\nSource: Ruter, yearly report, 2021\n"
    )
    documents, skipped = read({"trams.csv": text})
    assert not skipped
    document = documents["trams.csv"]
    (table,) = document.tables
    assert document.title == table.title == "Table 1. Trams of Oslo, 2018-2020"
    assert table.notes == ("Unit: thousand passengers", "Source: Ruter, yearly report, 2021")
    assert [row.cells for row in table.rows] == [("Blue", "10", "12", "7"), ("Red", "8", "", "")]
    assert [document.text[row.start : row.end] for row in table.rows] == ["Blue,10,12,7", "Red,8"]


@pytest.mark.parametrize(
    "text",
    [
        "Trams of Oslo, by line\nline;riders;stops\nBlue;1,5;20\nRed;2,5;30\n",
        "line\triders\tstops\nBlue\t1,5\t20\nRed\t2,5\t30\n",
        "line;riders;stops\nBlue;1,5;20;\nRed;2,5;30;;\n",
    ],
)
def test_the_sign_between_cells_is_the_one_that_cuts_the_lines_alike(rows, text):
    assert [r.words for r in rows(text)] == [
        "line: Blue; riders: 1,5; stops: 20",
        "line: Red; riders: 2,5; stops: 30",
    ]


def test_a_space_after_each_comma_is_no_prose(rows):
    assert [r.words for r in rows("line, riders, stops\nBlue, 15, 20\nRed, 25, 30\n")] == [
        "line: Blue; riders: 15; stops: 20",
        "line: Red; riders: 25; stops: 30",
    ]


def test_two_tables_in_one_file_are_two_tables_of_one_document(read):
    text = "North\nYear,Firms\n2019,5\n\nSouth\nYear,Firms\n2019,7\n"
    documents, _ = read({"firms.csv": text})
    assert documents["firms.csv"].title == "firms"
    assert [table.title for table in documents["firms.csv"].tables] == ["North", "South"]


FIELDS = {
    "missingValues": ["", "-999"],
    "fields": [
        {"name": "yr", "title": "Year"},
        {"name": "gdp", "title": "GDP", "unit": "billion NOK"},
        {"name": "pop", "title": "Population", "description": "Unit: thousand persons."},
        {"name": "tr", "description": "Trips by tram, bus and boat."},
        "no field",
    ],
}


def test_the_fields_of_a_data_package_name_the_columns_their_units_and_missing_values(read):
    package = {"resources": [{"path": "a.csv", "title": "Oslo: figures", "schema": FIELDS}]}
    documents, _ = read({
        "a.csv": "yr,gdp,pop,tr\n2018,3.5,680,7\n2019,-999,690,8\n",
        "datapackage.json": json.dumps(package),
    })  # fmt: skip
    (table,) = documents["a.csv"].tables
    assert table.header == ("Year", "GDP (billion NOK)", "Population (thousand persons)", "tr")
    assert [row.cells for row in table.rows] == [
        ("2018", "3.5", "680", "7"),
        ("2019", "", "690", "8"),
    ]
    assert "tr: Trips by tram, bus and boat." in table.notes


def test_a_tidy_table_keeps_its_columns_names_and_takes_the_unit_of_its_value_field(rows):
    schema = {"fields": [{"name": "indicator", "title": "What"}, {"name": "value", "unit": "%"}]}
    package = {"resources": [{"path": "figures.csv", "schema": schema}]}
    (row,) = rows(
        "entity,indicator,value\nOslo,Growth,3\n", **{"datapackage.json": json.dumps(package)}
    )
    (observation,) = row.observations
    assert (observation.unit.base, observation.cell.column) == ("percent", "value")


def test_a_data_package_names_the_sign_between_cells(read):
    package = {"resources": [{"path": "a.csv", "dialect": {"delimiter": "/"}}]}
    documents, _ = read({"a.csv": "city/firms\nOslo/3\n", "datapackage.json": json.dumps(package)})
    assert documents["a.csv"].tables[0].header == ("city", "firms")


@pytest.mark.parametrize(
    "resource",
    [
        {"schema": 3, "dialect": "x", "sources": "x"},
        {"schema": {"fields": {"name": "city"}, "missingValues": [3]}, "dialect": {"delimiter": 3}},
        {"schema": {"fields": [3], "missingValues": None}, "sources": [None]},
    ],
)
def test_parts_of_a_data_package_of_another_form_are_passed_over(rows, resource):
    package = {"resources": [{"path": "figures.csv", **resource}]}
    (row,) = rows("city,firms\nOslo,3\n", **{"datapackage.json": json.dumps(package)})
    assert row.words == "city: Oslo; firms: 3"


def test_a_table_without_a_data_package_is_named_after_its_file(rows):
    assert (
        rows(
            "city,firms\nOslo,3\n",
            "trams_of-oslo.csv",
        )[0].title
        == "trams of oslo"
    )


def test_a_new_title_in_the_data_package_changes_the_hash_of_its_table_only(reader, tmp_path):
    def hashes(title):
        package = {"resources": [{"path": "a.csv", "title": title}]}
        write(
            tmp_path,
            {"a.csv": "x,y\n1,2\n", "b.csv": "x,y\n1,2\n", "datapackage.json": json.dumps(package)},
        )
        return {o.source: o.content_hash for o in reader.origins(tmp_path)}

    before, after = hashes("One"), hashes("Two")
    assert before["a.csv"] != after["a.csv"]
    assert before["b.csv"] == after["b.csv"]


@pytest.mark.parametrize(
    "package",
    ["{", "[]", '{"resources": 3}', '{"resources": ["a"]}', b"\xff", '{"resources": null}'],
)
def test_a_broken_data_package_leaves_out_the_tables_beside_it_and_names_itself(read, package):
    """The other documents of the folder are read: one broken description must not stop them."""
    documents, skipped = read(
        {"sub/a.csv": "x,y\n1,2\n", "sub/datapackage.json": package, "b.md": "Text."}
    )
    assert list(documents) == ["b.md"]
    assert "sub/datapackage.json is not a Frictionless data package" in skipped["sub/a.csv"]


def beir(*entries):
    return "\n".join(e if isinstance(e, str) else json.dumps(e) for e in entries) + "\n"


def test_a_beir_line_is_a_document_named_by_its_id_over_its_text_field(read, tools):
    text = "Zinc helps. \U0001f600 It is\r\ncheap.\rReally."
    documents, skipped = read(
        {"c.jsonl": beir({"_id": "d1", "title": "Zinc", "text": text, "more": 1})}
    )
    document = documents["d1"]
    assert (document.title, document.text, skipped) == ("Zinc", text, {})
    for passage in prose_passages(document, tools, PassageSize(160, 252)):
        assert passage.text == text[passage.start : passage.end]
    assert words_of(document, tools) == "Zinc helps. \U0001f600 It is cheap. Really."


def test_bad_beir_lines_are_told_by_file_and_line_and_the_rest_is_read(read):
    documents, skipped = read({
        "c.jsonl": beir(
            {"_id": "d1", "text": "One."}, "{broken", "", '["list"]', "3", {"text": "no id"},
            {"_id": 5, "text": "number"}, {"_id": "d2", "text": " "}, {"_id": "", "text": "x"},
            {"_id": "d3", "title": None, "text": "Three."}, {"_id": "d4", "text": None},
        )
    })  # fmt: skip
    assert list(documents) == ["d1", "d3"]
    assert list(skipped) == [f"c.jsonl:{line}" for line in (2, 4, 5, 6, 7, 8, 9, 11)]
    assert skipped["c.jsonl:2"].startswith("not a line of the form")
    assert skipped["c.jsonl:7"] == "_id, title and text must be strings"
    assert skipped["c.jsonl:8"] == "empty _id or text"


def test_corpus_toml_describes_a_folder(reader, tmp_path):
    write(
        tmp_path,
        {"corpus.toml": 'title = "Oslo"\ndescription = "Docks."\nsuggested_questions = ["Why?"]'},
    )
    assert reader.corpus(tmp_path) == Corpus("Oslo", "Docks.", ("Why?",))


def test_a_folder_or_file_without_corpus_toml_is_named_after_itself(reader, tmp_path, monkeypatch):
    folder = tmp_path / "fund-towns_v1.2"
    folder.mkdir()
    write(folder, {"my-notes.md": "x"})
    monkeypatch.chdir(folder)
    assert reader.corpus(folder) == reader.corpus(type(folder)()) == Corpus("fund towns v1.2")
    assert reader.corpus(folder / "my-notes.md") == Corpus("my notes")


@pytest.mark.parametrize("toml", ["title = ", "suggested_questions = 'Why?'", b"title = '\xff'"])
def test_a_broken_corpus_toml_is_an_error_that_names_it(reader, tmp_path, toml):
    """It describes the whole folder, so nothing is read before it is mended."""
    write(tmp_path, {"corpus.toml": toml})
    with pytest.raises(DocumentError, match=r"corpus\.toml"):
        reader.corpus(tmp_path)


def found(reader, root):
    """{source: "" or why it is not read} in the order in which they come."""
    return {o.source: getattr(o, "reason", "") for o in reader.origins(root)}


def test_what_is_no_file_is_told_and_nothing_waits_for_it(reader, tmp_path):
    os.mkfifo(tmp_path / "pipe.txt")
    with socket.socket(socket.AF_UNIX) as door:
        door.bind(os.path.relpath(tmp_path / "socket.txt"))
        assert found(reader, tmp_path) == {
            "pipe.txt": "is no regular file",
            "socket.txt": "is no regular file",
        }
    assert found(reader, tmp_path / "pipe.txt") == {"pipe.txt": "is no regular file"}


def test_links_to_files_are_read_and_others_told(reader, tmp_path):
    write(tmp_path, {"docs/a.md": "A.", "elsewhere/b.md": "B."})
    docs = tmp_path / "docs"
    (docs / "file.md").symlink_to(tmp_path / "elsewhere" / "b.md")
    (docs / "nowhere.md").symlink_to("gone.md")
    (docs / "self.md").symlink_to("self.md")
    (docs / "folder").symlink_to(tmp_path / "elsewhere")
    (docs / "around").symlink_to(docs)
    folder = "is a link to a folder; give that folder itself to innoqa ingest"
    nowhere = "is a link that leads nowhere; delete it"
    assert found(reader, docs) == {
        "a.md": "", "around": folder, "file.md": "", "folder": folder,
        "nowhere.md": nowhere, "self.md": nowhere,
    }  # fmt: skip
    assert found(reader, docs / "folder") == {"b.md": ""}
    assert [one.several for one in reader.origins(docs) if isinstance(one, Skipped)] == [
        True, True, False, False
    ]  # fmt: skip


def test_files_and_folders_without_permission_are_told_and_the_rest_read(reader):
    """In a child with the rights of nobody, since all is open to root."""
    root = Path(tempfile.mkdtemp())
    root.chmod(0o755)
    try:
        write(root, {"a.md": "A.", "b.md": "B.", "closed/c.md": "C.", "listed/d.md": "D."})
        for name, mode in (("b.md", 0), ("closed", 0), ("listed", 0o444)):
            (root / name).chmod(mode)
        told = as_nobody(lambda: list(found(reader, root).items()))
    finally:
        (root / "closed").chmod(0o700)
        shutil.rmtree(root)
    assert told == [
        ["a.md", ""],
        ["b.md", "cannot be read: Permission denied"],
        ["closed", "cannot be read: Permission denied"],
        ["listed/d.md", "cannot be read; see to its permissions"],
    ]


def as_nobody(work):
    """What a call gives in a child process that has no rights."""
    reading, writing = os.pipe()
    child = os.fork()
    if not child:
        try:
            if not os.getuid():
                os.setgroups([])
                os.setuid(65534)
            os.write(writing, json.dumps(work()).encode())
        finally:
            os._exit(0)
    os.close(writing)
    with os.fdopen(reading) as said:
        text = said.read()
    os.waitpid(child, 0)
    return json.loads(text)


def test_a_name_that_is_not_utf8_is_replaced_and_told(read, tmp_path):
    write(
        tmp_path, {os.fsdecode(b"caf\xe9/r\xe9sum\xe9.md"): "Text.", os.fsdecode(b"\xff.py"): "x"}
    )
    documents, skipped = read({"a.md": "A."})
    assert list(documents) == ["a.md", "caf\ufffd/r\ufffdsum\ufffd.md"]
    (gap,) = documents["caf\ufffd/r\ufffdsum\ufffd.md"].gaps
    assert gap == "its name is not UTF-8, so it is cited by another; rename it"
    assert documents["a.md"].gaps == ()
    assert list(skipped) == ["\ufffd.py"]


def test_a_root_whose_name_is_not_utf8_is_an_error(reader, tmp_path):
    root = tmp_path / os.fsdecode(b"caf\xe9")
    write(root, {"a.md": "A."})
    with pytest.raises(DocumentError, match="caf\ufffd has a name that is not UTF-8; rename it"):
        reader.corpus(root)


def test_half_signs_in_a_collection_can_be_stored(read):
    documents, _ = read(
        {"c.jsonl": '{"_id": "d\\ud83d", "title": "T\\ude00", "text": "\\udfffOne."}'}
    )
    (document,) = documents.values()
    assert (document.source, document.title, document.text) == ("d\ufffd", "T\ufffd", "?One.")


@pytest.mark.parametrize(
    "made",
    [Converted("Text \ud83d."), Converted("Text.", Metadata(authors=("Ada \udce9",)))],
)
def test_what_a_converter_gives_that_cannot_be_stored_is_told(reader, tmp_path, made):
    """One such document would stop all of an ingest."""
    write(tmp_path, {"a.pdf": b"%PDF-1.7"})
    (origin,) = reader.origins(tmp_path)
    parser = replace(reading.parser(), converters={"pdf": lambda _: made})
    with pytest.raises(DocumentError, match="holds halves of signs"):
        parser.parse(origin, "d")


def test_a_file_larger_than_the_limit_is_told_by_its_size_without_being_read(reader, tmp_path):
    with (tmp_path / "a.md").open("wb") as file:
        file.truncate(2 << 30)
    started = time.monotonic()
    (told,) = reader.origins(tmp_path)
    assert time.monotonic() - started < 1
    assert told.reason == (
        "is larger than 200 MiB (2,048 MiB); cut it into smaller files, or set INNOQA_READ_SIZE "
        "higher"
    )


def test_an_index_among_the_documents_is_none_of_them(reader, tmp_path):
    write(
        tmp_path, {"a.md": "A.", "my/innoqa.sqlite": b"SQLite", "my/generations/x/words.txt": "x"}
    )
    assert found(reader, tmp_path) == {"a.md": ""}


def test_the_files_of_an_archive_are_named_by_their_way_in_it(read):
    inner = packed(("b.md", "B."), ("c.docx", b"PK"))
    documents, skipped = read({
        "year.zip": packed(("2019/a.md", "A."), ("2019/inner.zip", inner), ("../e.md", "E."),
                           ("__MACOSX/._a.md", "x"), (".hidden", "x"), ("README.md", "x"),
                           ("./d.md", "D."), ("empty.md", "")),
        "plain.bin": packed(("f.txt", "F.")),
    })  # fmt: skip
    assert sorted(documents) == [
        "plain.bin/f.txt", "year.zip/2019/a.md", "year.zip/2019/inner.zip/b.md", "year.zip/d.md"
    ]  # fmt: skip
    assert list(skipped) == ["year.zip/../e.md", "year.zip/2019/inner.zip/c.docx",
                             "year.zip/empty.md"]  # fmt: skip
    assert skipped["year.zip/../e.md"].startswith("has a name that leads out of its archive")
    assert skipped["year.zip/2019/inner.zip/c.docx"].startswith("is of another format")
    assert skipped["year.zip/empty.md"] == "empty"


def test_archives_in_archives_are_opened_to_a_depth(read):
    raw = packed(("a.md", "A."))
    for number in range(2):
        raw = packed((f"{number}.zip", raw))
    documents, skipped = read({"x.zip": raw})
    assert (list(documents), skipped) == (["x.zip/1.zip/0.zip/a.md"], {})
    documents, skipped = read({"x.zip": packed(("2.zip", raw), ("z.md", "Z."))})
    assert list(documents) == ["x.zip/z.md"]
    assert skipped == {
        "x.zip/2.zip/1.zip/0.zip": "lies too deep, in an archive in another; unpack it"
    }


def test_all_that_one_file_unpacks_to_is_bounded(reader, tmp_path):
    inner = packed(*((f"{n}.md", bytes(range(256)) * 1200) for n in range(5)))
    write(tmp_path, {"x.zip": packed(("a.zip", inner), ("b.zip", inner)), "y.md": "Y."})
    reasons = found(FileReader(reader.openers, 1, unpacked=1), tmp_path)
    full = "holds more than 1 MiB when it is unpacked; unpack it and ingest the folder"
    assert [source for source, why in reasons.items() if why == full] == ["x.zip/a.zip", "x.zip"]
    assert list(reasons)[-1] == "y.md"


def mail(*attached, text="Text."):
    parts = [f"Content-Type: text/plain\n\n{text}\n"]
    for name, content in attached:
        kind = "message/rfc822" if name.endswith(".eml") else "text/csv"
        parts.append(
            f'Content-Type: {kind}; name="{name}"\n'
            f'Content-Disposition: attachment; filename="{name}"\n\n{content}\n'
        )
    sign = f"=={abs(hash(tuple(parts)))}"
    body = "".join(f"--{sign}\n{part}\n" for part in parts)
    return (
        "From: a@example.org\nTo: b@example.org\nSubject: Parks\nMIME-Version: 1.0\n"
        f'Content-Type: multipart/mixed; boundary="{sign}"\n\n{body}--{sign}--\n'
    )


def test_what_is_attached_to_a_mail_is_a_document_of_its_own(read):
    documents, skipped = read({"a.eml": mail(("b.csv", "city,firms\nOslo,3"))})
    assert {source: d.media_type for source, d in documents.items()} == {
        "a.eml": "email",
        "a.eml/b.csv": "table",
    }
    assert skipped == {}


def test_a_mailbox_without_mails_is_told(read):
    documents, skipped = read({"box": "From x\n" + mail()})
    assert documents == {}
    assert skipped == {"box": "begins like a mailbox, but no mail is in it; save it as .txt"}


def test_an_archive_of_another_name_that_was_damaged_may_hold_several(reader, tmp_path):
    write(tmp_path, {"backup": packed(("a.md", "A."))[:-30]})
    (told,) = reader.origins(tmp_path)
    assert told.several


def test_mails_in_mails_are_opened_to_a_depth_and_what_lies_deeper_told(read):
    raw = mail(("deep.csv", "city,firms\nOslo,3"))
    for _ in range(3):
        raw = mail(("in.eml", raw))
    documents, skipped = read({"a.eml": raw})
    assert len(documents) == 4
    (source,) = skipped
    assert source.endswith("/deep.csv")
    assert skipped[source] == "lies too deep, in a mail in another; save it by itself"


def test_a_file_that_grows_beyond_the_limit_of_its_archive_is_told(reader, tmp_path):
    write(tmp_path, {"a.zip": packed(("b.md", os.urandom(3 << 20)), ("c.md", "C."))})
    small = FileReader(reader.openers, 4)
    assert found(FileReader(reader.openers, 1), tmp_path)["a.zip"].startswith(
        "is larger than 1 MiB"
    )
    assert list(found(small, tmp_path)) == ["a.zip/b.md", "a.zip/c.md"]


def test_each_mail_of_a_mailbox_is_a_document(read):
    mails = "".join(
        f"From a@x.example Thu Mar  7 10:00:0{n} 2024\nFrom: Ann <a@x.example>\n"
        f"Date: Thu, 7 Mar 2024 10:00:0{n} +0000\nTo: b@x.example\nSubject: Quay {n}\n\n"
        f"The {n}. quay was built in 199{n}.\n\n"
        for n in (1, 2)
    )
    documents, skipped = read({"quays": mails})
    assert skipped == {}
    assert {source: d.title for source, d in documents.items()} == {
        "quays/1.eml": "Quay 1", "quays/2.eml": "Quay 2",
    }  # fmt: skip
    assert "The 2. quay was built in 1992." in documents["quays/2.eml"].text
