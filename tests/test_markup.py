"""Markdown that converters write reads back as the words that were put in."""

from hypothesis import given
from hypothesis import strategies as st

from innoqa.adapters.markdown import parse_markdown, readable
from innoqa.markup import MarkdownWriter, one_line

WORDS = st.text(st.characters(exclude_categories=["C", "Z"], include_characters=" "), min_size=1)


@given(WORDS)
def test_the_words_of_a_paragraph_read_back_as_they_were(words):
    writer = MarkdownWriter()
    writer.paragraph(words)
    structure = parse_markdown(writer.text)
    blocks = [block for section in structure.sections for block in section.blocks]
    said = [readable(writer.text[block.start : block.end]) for block in blocks]
    assert said == ([one_line(words)] if words.strip() else [])


@given(st.lists(st.lists(WORDS, min_size=2, max_size=3), min_size=2, max_size=4))
def test_the_cells_of_a_table_read_back_as_they_were(grid):
    writer = MarkdownWriter()
    writer.table([["City", "Firms", "Workers"], *[[f"x{c}" for c in row] for row in grid]])
    (table,) = parse_markdown(writer.text).tables
    width = len(table.header)
    wanted = [[one_line(f"x{c}") for c in row] + [""] * (width - len(row)) for row in grid]
    assert [list(row.cells) for row in table.rows] == wanted


def test_pages_lists_headings_and_notes_stand_where_they_were_put():
    writer = MarkdownWriter()
    writer.page()
    writer.heading("Report", 1)
    writer.paragraph("It grew.[^1]")
    writer.note("1", "Bureau, 2023.")
    writer.page()
    writer.heading("Parts", 2)
    writer.item("One", number=1)
    writer.item("Inner", depth=1)
    writer.end_list()
    writer.table([["City", "Firms"], ["Oslo", "3"]], caption="Firms")
    structure = parse_markdown(writer.text)
    assert structure.title == "Report"
    assert [note.text for note in structure.footnotes] == ["Bureau, 2023."]
    assert [t.title for t in structure.tables] == ["Firms"]
    assert writer.text[writer.pages[1] :].startswith("## Parts")
    assert structure.sections[-1].heading[-1] == "Parts"


SIGNS = st.text("ab *|<7é", min_size=1).map(one_line).filter(bool)


@given(SIGNS, SIGNS, st.sampled_from(["", " "]), st.booleans())
def test_a_page_starts_inside_a_block_at_the_word_that_is_said(first, last, joint, as_item):
    writer = MarkdownWriter()
    writer.page()
    put = writer.item if as_item else writer.paragraph
    put(first + joint + last, breaks=[len(first + joint)])
    before, after = writer.text[: writer.pages[1]], writer.text[writer.pages[1] :]
    assert (readable(before.removeprefix("- ")), readable(after)) == (first, last)


def test_pages_start_at_rows_of_a_table():
    writer = MarkdownWriter()
    writer.page()
    writer.table([["City", "Firms"], ["Oslo", "3"], ["Bergen", "2"]], "Firms", breaks=[0, 2])
    starts = [writer.text[offset:].split("\n")[0] for offset in writer.pages]
    assert starts == ["**Firms**", "| City | Firms |", "| Bergen | 2 |"]
