"""PDF files: what an analyst would read on the page comes out as Markdown, place by place."""

import io
import random
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image
from reportlab.lib import colors
from reportlab.lib.pagesizes import A4
from reportlab.lib.pdfencrypt import StandardEncryption
from reportlab.lib.styles import ParagraphStyle, getSampleStyleSheet
from reportlab.lib.utils import ImageReader
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen import canvas
from reportlab.platypus import (
    BaseDocTemplate,
    Frame,
    FrameBreak,
    ListFlowable,
    ListItem,
    PageBreak,
    PageTemplate,
    Paragraph,
    Table,
    TableStyle,
)

from innoqa.adapters import pdf
from innoqa.adapters.markdown import parse_markdown, readable
from innoqa.adapters.pdf import read_pdf
from innoqa.domain import Document
from innoqa.errors import DocumentError
from innoqa.indicators import read_tables

BODY = ParagraphStyle(
    "body", fontName="Times-Roman", fontSize=10, leading=12.5, alignment=4, spaceAfter=6
)
TITLE = ParagraphStyle("title", BODY, fontName="Helvetica-Bold", fontSize=20, leading=26)
FIRST = ParagraphStyle("first", BODY, fontName="Helvetica-Bold", fontSize=15, leading=20)
SECOND = ParagraphStyle("second", BODY, fontName="Helvetica-Bold", fontSize=12, leading=16)
SMALL = ParagraphStyle("small", BODY, fontSize=8, leading=9.5)
CAPTION = ParagraphStyle("caption", BODY, fontName="Helvetica-Bold", fontSize=9)
RIGHT = ("ALIGN", (1, 0), (-1, -1), "RIGHT")
GRID = [("GRID", (0, 0), (-1, -1), 0.5, colors.black)]
BOOK = [
    ("LINEABOVE", (0, 0), (-1, 0), 1, colors.black),
    ("LINEBELOW", (0, 0), (-1, 0), 0.5, colors.black),
    ("LINEBELOW", (0, -1), (-1, -1), 1, colors.black),
    RIGHT,
]
FIRMS = [
    ["Indicator", "Unit", "2021", "2022"],
    ["High-tech firms", "number", "25,100", "27,900"],
    ["R&D expenditure", "CNY billion", "262.9", "284.3"],
    ["R&D intensity", "%", "6.53", "6.83"],
]
WORDS = """district laboratory growth firm patent rent university founder science park city staff
revenue land street office capital engineer software market policy zone tax programme""".split()
WIDE = [(60, 60, A4[0] - 120, A4[1] - 120)]
HALVES = [(60, 60, 225, A4[1] - 120), (310, 60, 225, A4[1] - 120)]


def report(story, columns=WIDE, furniture=lambda *_: None, **metadata):
    """The bytes of a file with this story, in columns (x, y, width, height)."""
    raw = io.BytesIO()
    frames = [
        Frame(*box, id=str(n), leftPadding=0, rightPadding=0) for n, box in enumerate(columns)
    ]
    made = BaseDocTemplate(raw, pagesize=A4, **metadata)
    made.addPageTemplates(
        [PageTemplate("all", frames, onPage=lambda on, made: furniture(on, made.page))]
    )
    made.build(list(story))
    return raw.getvalue()


def drawn(*pages, **options):
    """The bytes of a file whose pages are drawn by these functions of a canvas."""
    raw = io.BytesIO()
    on = canvas.Canvas(raw, pagesize=A4, **options)
    for page in pages:
        on.setFont("Times-Roman", 11)
        page(on)
        on.showPage()
    on.save()
    return raw.getvalue()


def says(words, y=700):
    return lambda on: on.drawString(60, y, words)


def shows_image(on):
    on.drawImage(ImageReader(Image.new("L", (60, 80), 200)), 0, 0, *A4)


def prose(name, sentences=12):
    """Sentences that differ from those of any other name."""
    chance = random.Random(name)
    said = (" ".join(chance.choices(WORDS, k=chance.randint(8, 20))) for _ in range(sentences))
    return " ".join(f"In the {name} year {words}." for words in said)


def table(rows, style):
    return Table(rows, repeatRows=1, style=TableStyle(style))


def document(converted):
    found = parse_markdown(converted.markdown)
    return Document(
        "a", "a.pdf", found.title, "pdf", converted.markdown,
        sections=found.sections, tables=found.tables, footnotes=found.footnotes,
        pages=converted.pages,
    )  # fmt: skip


def blocks(converted):
    found = parse_markdown(converted.markdown)
    return [
        (section.heading, readable(converted.markdown[b.start : b.end]))
        for section in found.sections
        for b in section.blocks
    ]


def paragraphs(converted):
    return [words for _, words in blocks(converted)]


def cells(table):
    return [table.header, *(row.cells for row in table.rows)]


def test_title_headings_lists_and_paragraphs_are_told_by_how_they_are_set():
    story = [
        Paragraph("How Haidian grew", TITLE),
        Paragraph("1. Origins", FIRST),
        Paragraph(prose("first"), BODY),
        Paragraph("1.1 Early years", SECOND),
        ListFlowable(
            [ListItem(Paragraph(w, BODY)) for w in ("Land", "Staff")], bulletType="bullet"
        ),
        ListFlowable([ListItem(Paragraph(w, BODY)) for w in ("Count", "Weigh")], bulletType="1"),
        Paragraph("2. Outlook", FIRST),
        Paragraph(prose("last"), BODY),
    ]
    converted = read_pdf(report(story))
    assert parse_markdown(converted.markdown).title == "How Haidian grew"
    early = ("1. Origins", "1.1 Early years")
    assert blocks(converted) == [
        (("1. Origins",), prose("first")),
        *((early, words) for words in ("Land", "Staff", "Count", "Weigh")),
        (("2. Outlook",), prose("last")),
    ]
    assert "- Land\n" in converted.markdown
    assert "1. Count\n2. Weigh\n" in converted.markdown


def test_a_paragraph_goes_on_over_columns_and_pages_and_its_sentences_have_their_pages():
    words = prose("long", sentences=150)
    converted = read_pdf(report([Paragraph(words, BODY)], columns=HALVES))
    (said,) = paragraphs(converted)
    assert said == words
    read = document(converted)
    assert len(converted.pages) > 1
    for page, offset in enumerate(converted.pages[1:], start=2):
        assert read.page_at(offset) == page
        assert read.page_at(offset - 1) == page - 1
        assert converted.markdown[offset - 1] in " -abcdefghijklmnopqrstuvwxyz"


def test_columns_are_read_one_after_the_other():
    story = [Paragraph(prose(name, sentences=9), BODY) for name in "ABCDEFGH"]
    converted = read_pdf(report(story, columns=HALVES))
    assert paragraphs(converted) == [prose(name, sentences=9) for name in "ABCDEFGH"]


def test_columns_under_a_title_that_spans_them():
    columns = [(60, 700, A4[0] - 120, 80), *((x, 60, w, 620) for x, _, w, _ in HALVES)]
    story = [Paragraph("Over both columns a title", TITLE), FrameBreak()]
    story += [Paragraph(prose(name, sentences=7), BODY) for name in "ABCDEF"]
    converted = read_pdf(report(story, columns=columns))
    assert paragraphs(converted) == [prose(name, sentences=7) for name in "ABCDEF"]


def test_a_ruled_table_gives_observations_and_is_no_prose():
    caption = "Table 2. Main indicators of Haidian, 2021–2022"
    story = [
        Paragraph(prose("first"), BODY),
        Paragraph(caption, CAPTION),
        table(FIRMS, GRID),
        Paragraph("Source: Haidian Bureau of Statistics.", SMALL),
        Paragraph(prose("last"), BODY),
    ]
    converted = read_pdf(report(story))
    read = document(converted)
    (found,) = read.tables
    assert found.title == caption
    assert cells(found) == [tuple(row) for row in FIRMS]
    assert found.notes == ("Source: Haidian Bureau of Statistics.",)
    values = [o for rows in read_tables(read) for row in rows for o in row.observations]
    assert [(o.indicator, o.printed, o.period.printed, o.unit.printed) for o in values] == [
        ("High-tech firms", "25,100", "2021", "number"),
        ("High-tech firms", "27,900", "2022", "number"),
        ("R&D expenditure", "262.9", "2021", "CNY billion"),
        ("R&D expenditure", "284.3", "2022", "CNY billion"),
        ("R&D intensity", "6.53", "2021", "%"),
        ("R&D intensity", "6.83", "2022", "%"),
    ]
    assert converted.markdown.count("284.3") == 1
    assert [words for words in paragraphs(converted) if words.startswith("In the")] == [
        prose("first"),
        prose("last"),
    ]


@pytest.mark.parametrize("style", [BOOK, [RIGHT]], ids=["few rules", "no rules"])
def test_a_table_without_lines_between_its_columns(style):
    rows = [
        ["District", "2020", "2021"],
        ["Haidian", "12,345", "13,456"],
        ["Chaoyang", "4,321", "4,567"],
        ["Yizhuang (BDA)", "2,100", "–"],
    ]
    story = [
        Paragraph(prose("first"), BODY),
        Paragraph("Table 1: Firms", CAPTION),
        table(rows, style),
        Paragraph(prose("last"), BODY),
    ]
    (found,) = document(read_pdf(report(story))).tables
    assert found.title == "Table 1: Firms"
    assert cells(found) == [tuple(row) for row in rows]


def test_a_table_in_one_of_two_columns():
    rows = [["District", "2020", "2021"], *[[f"Place {n}", f"{n}1", f"{n}2"] for n in range(1, 6)]]
    story = [Paragraph(prose("first", sentences=30), BODY), table(rows, [RIGHT])]
    story += [Paragraph(prose("last", sentences=40), BODY)]
    converted = read_pdf(report(story, columns=HALVES))
    (found,) = document(converted).tables
    assert cells(found) == [tuple(row) for row in rows]
    said = [words for words in paragraphs(converted) if words.startswith("In the")]
    assert said == [prose("first", sentences=30), prose("last", sentences=40)]


def test_merged_cells_name_each_of_their_columns():
    rows = [
        ["Indicator", "Haidian", "", "Beijing", ""],
        ["", "2021", "2022", "2021", "2022"],
        ["Growth (%)", "8.8", "3.5", "8.8", "0.7"],
        ["Population (10,000 persons)", "313.0", "312.4", "2,188.6", "2,184.3"],
    ]
    spans = [("SPAN", (0, 0), (0, 1)), ("SPAN", (1, 0), (2, 0)), ("SPAN", (3, 0), (4, 0))]
    (found,) = document(read_pdf(report([table(rows, GRID + spans)]))).tables
    assert found.header[1:] == (
        "Haidian | 2021", "Haidian | 2022", "Beijing | 2021", "Beijing | 2022",
    )  # fmt: skip
    assert found.rows[1].cells == tuple(rows[3])


def test_words_that_stand_in_columns_without_numbers_are_read_row_by_row():
    rows = [["Tsinghua", "Engineering", "north"], ["Peking", "Letters", "west"]]
    converted = read_pdf(report([Paragraph(prose("first"), BODY), table(rows, [])]))
    said = " ".join(paragraphs(converted))
    assert "Tsinghua Engineering north Peking Letters west" in said


def test_a_table_that_goes_on_over_the_page_is_one_and_its_rows_have_their_pages():
    rows = [["Year", "Firms"], *[[str(1950 + n), f"{n + 100}"] for n in range(70)]]
    converted = read_pdf(report([Paragraph("Table 3. Firms", CAPTION), table(rows, GRID)]))
    read = document(converted)
    (found,) = read.tables
    assert cells(found) == [tuple(row) for row in rows]
    pages = [read.page_at(row.start) for row in found.rows]
    assert (pages[0], pages[-1]) == (1, 2)
    assert pages == sorted(pages)


def test_running_headers_footers_and_page_numbers_are_left_out():
    def furniture(on, page):
        on.setFont("Helvetica", 8)
        on.drawString(60, 810, "Districts of innovation")
        on.drawRightString(A4[0] - 60, 810, f"Chapter {1 + page // 3}")
        on.drawCentredString(A4[0] / 2, 30, f"– {page} –")

    story = [Paragraph(prose(f"{n}th", sentences=20), BODY) for n in range(12)]
    converted = read_pdf(report(story, furniture=furniture))
    assert len(converted.pages) > 3
    assert paragraphs(converted) == [prose(f"{n}th", sentences=20) for n in range(12)]


def test_lines_at_the_top_that_differ_by_more_than_the_page_are_kept():
    pages = [says(f"The year {2000 + 7 * n} had {31 * n * n} firms.", y=800) for n in range(6)]
    said = paragraphs(read_pdf(drawn(*pages)))
    assert said == [f"The year {2000 + 7 * n} had {31 * n * n} firms." for n in range(6)]


def test_footnotes_are_notes_of_the_sentences_that_they_are_marked_in():
    def page(on):
        for n in range(8):
            on.drawString(60, 700 - 13 * n, f"Line {n} tells of the firms that Haidian counted in")
        on.drawString(60, 590, "all those years, as a survey found.")
        width = on.stringWidth("all those years, as a survey found.", "Times-Roman", 11)
        on.setFont("Times-Roman", 7)
        on.drawString(60 + width, 594, "1")
        on.drawString(60, 103, "1")
        on.setFont("Times-Roman", 9)
        on.drawString(65, 100, "Statistical Yearbook of Haidian, 2022.")

    converted = read_pdf(drawn(page))
    assert "as a survey found.[^1]" in converted.markdown
    (note,) = document(converted).footnotes
    assert (note.label, note.text) == ("1", "Statistical Yearbook of Haidian, 2022.")


def test_powers_and_marks_without_a_note_keep_apart_from_the_number():
    up = '<super size="7">{}</super>'
    words = f"It has 431 km{up.format(2)}, 10{up.format(3)} firms and 5,000{up.format(4)} staff."
    said = paragraphs(read_pdf(report([Paragraph(words, BODY)])))
    assert said == ["It has 431 km2, 10^3 firms and 5,000 [4] staff."]


def test_hyphens_at_line_ends_are_mended_unless_they_belong_to_the_word():
    lines = ["The inno-", "vation of high-", "tech firms is well known; high-tech", "firms grew."]
    converted = read_pdf(
        drawn(lambda on: [on.drawString(60, 700 - 13 * n, x) for n, x in enumerate(lines)])
    )
    assert paragraphs(converted) == [
        "The innovation of high-tech firms is well known; high-tech firms grew."
    ]


def test_ligatures_and_soft_hyphens_are_letters_again():
    pdfmetrics.registerFont(TTFont("Vera", "Vera.ttf"))

    def page(on):
        on.setFont("Vera", 11)
        on.drawString(60, 700, "The \ufb01rst of\ufb01ce has re\xadsearch.")

    assert paragraphs(read_pdf(drawn(page))) == ["The first office has research."]


def test_han_signs_are_joined_without_spaces():
    pdfmetrics.registerFont(UnicodeCIDFont("STSong-Light"))
    style = ParagraphStyle(
        "han", fontName="STSong-Light", fontSize=11, leading=18, wordWrap="CJK", firstLineIndent=22
    )
    words = "中关村位于北京市海淀区，成立于1988年，集聚了超过2.7万家高新技术企业。" * 5
    rows = [["指标", "单位", "2022年"], ["生产总值", "亿元", "10,207"]]
    story = [
        Paragraph(words, style),
        Paragraph("表1 主要指标", style),
        table(rows, [*GRID, ("FONTNAME", (0, 0), (-1, -1), "STSong-Light")]),
    ]
    converted = read_pdf(report(story))
    assert paragraphs(converted)[0] == words
    (found,) = document(converted).tables
    assert (found.title, cells(found)) == ("表1 主要指标", [tuple(row) for row in rows])


@pytest.mark.parametrize("turn", [90, 180, 270])
def test_a_turned_page_reads_as_it_is_meant(turn):
    def page(on):
        on.translate(A4[0] / 2, A4[1] / 2)
        on.rotate(turn)
        on.setFont("Times-Roman", 11)
        on.drawString(-200, 100, "Table 5. Turned")
        made = table(FIRMS, GRID)
        made.wrapOn(on, 500, 400)
        made.drawOn(on, -200, 0)

    (found,) = document(read_pdf(drawn(page))).tables
    assert (found.title, cells(found)) == ("Table 5. Turned", [tuple(row) for row in FIRMS])


def test_metadata_is_taken_where_it_says_something():
    raw = report(
        [Paragraph("Words", BODY)], title="Growth", author="Li Wei; Anna Berg", lang="en-GB"
    )
    said = read_pdf(raw).metadata
    assert (said.title, said.authors, said.language) == ("Growth", ("Li Wei", "Anna Berg"), "en-GB")
    assert re.fullmatch(r"20\d\d-\d\d-\d\d", said.date)


def test_metadata_that_a_program_put_in_is_not_taken():
    raw = report([Paragraph("Words", BODY)], title="Microsoft Word - x.doc", author="anonymous")
    assert (read_pdf(raw).metadata.title, read_pdf(raw).metadata.authors) == ("", ())


def test_xmp_says_what_the_dictionary_does_not():
    packet = b"""%<x:xmpmeta xmlns:x="adobe:ns:meta/"><pdf:Producer>p</pdf:Producer><dc:title>
<rdf:Alt>
<rdf:li xml:lang="x-default">Growth &amp; rent</rdf:li></rdf:Alt></dc:title><dc:creator><rdf:Seq>
<rdf:li>Li Wei</rdf:li></rdf:Seq></dc:creator></x:xmpmeta>"""
    raw = report([Paragraph("Words", BODY)], title="untitled").replace(
        b"%PDF-1.4\n", b"%PDF-1.4\n" + packet.replace(b"\n", b" ") + b"\n", 1
    )
    said = read_pdf(raw).metadata
    assert (said.title, said.authors) == ("Growth & rent", ("Li Wei",))


def test_pages_that_are_images_are_a_gap_and_every_page_has_its_start():
    raw = drawn(
        says("Read."), shows_image, shows_image, lambda _: None, shows_image, says("Read too.")
    )
    converted = read_pdf(raw)
    assert converted.gaps == (
        "pages 2 to 3 and 5 are images without text; make them searchable "
        "(for instance with OCRmyPDF) and ingest again",
    )
    assert len(converted.pages) == 6
    assert document(converted).page_at(converted.markdown.index("Read too")) == 6


def test_a_file_of_images_only_is_refused_with_the_way_out():
    with pytest.raises(DocumentError, match="images without text; make it searchable"):
        read_pdf(drawn(shows_image, shows_image))


def test_fonts_that_do_not_say_their_letters_are_a_gap_and_no_garbage():
    raw = b"""%PDF-1.4
1 0 obj <</Type/Catalog/Pages 2 0 R>> endobj
2 0 obj <</Type/Pages/Kids[3 0 R 4 0 R]/Count 2/MediaBox[0 0 595 842]>> endobj
3 0 obj <</Type/Page/Parent 2 0 R/Contents 5 0 R/Resources<</Font<</F 7 0 R>>>>>> endobj
4 0 obj <</Type/Page/Parent 2 0 R/Contents 6 0 R/Resources<</Font<</F 8 0 R>>>>>> endobj
5 0 obj <</Length 65>> stream
BT /F 11 Tf 60 700 Td <00410042004300440045004600470048> Tj ET
endstream endobj
6 0 obj <</Length 41>> stream
BT /F 11 Tf 60 700 Td (These have.) Tj ET
endstream endobj
7 0 obj <</Type/Font/Subtype/Type0/BaseFont/X/Encoding/Identity-H/DescendantFonts[9 0 R]>> endobj
8 0 obj <</Type/Font/Subtype/Type1/BaseFont/Helvetica>> endobj
9 0 obj <</Type/Font/Subtype/CIDFontType2/BaseFont/X/FontDescriptor 10 0 R
/CIDSystemInfo<</Registry(Adobe)/Ordering(Identity)/Supplement 0>>>> endobj
10 0 obj <</Type/FontDescriptor/FontName/X/Flags 4>> endobj
trailer <</Root 1 0 R>>
"""
    converted = read_pdf(raw)
    assert paragraphs(converted) == ["These have."]
    (gap,) = converted.gaps
    assert gap.startswith("page 1 could not be read, since the fonts do not say")


def test_passwords():
    def locked(password):
        key = StandardEncryption(password, ownerPassword="boss", strength=128)
        return drawn(says("Behind the owner's password."), encrypt=key)

    assert paragraphs(read_pdf(locked(""))) == ["Behind the owner's password."]
    with pytest.raises(DocumentError, match="is encrypted; save it without a password"):
        read_pdf(locked("secret"))


@pytest.mark.parametrize("raw", [b"", b"%PDF-1.7\n", b"no PDF at all", b"%PDF-1.4\n" + b"\0" * 99])
def test_what_is_no_pdf_is_refused(raw):
    with pytest.raises(DocumentError, match="is damaged, or no PDF"):
        read_pdf(raw)


def test_a_file_without_words_is_refused():
    with pytest.raises(DocumentError, match="holds no text"):
        read_pdf(drawn(lambda _: None))


def test_pages_past_the_most_are_told_of(monkeypatch):
    monkeypatch.setattr(pdf, "MOST_PAGES", 2)
    converted = read_pdf(drawn(says("One."), says("Two."), says("Three.")))
    assert paragraphs(converted) == ["One.", "Two."]
    assert converted.gaps == ("only the first 2 pages were read; split the file",)


def test_any_damage_ends_in_a_result_or_a_document_error():
    whole = report([Paragraph("Title", TITLE), Paragraph(prose("a"), BODY), table(FIRMS, GRID)])
    ends = {"read": 0, "refused": 0}
    for seed in range(30):
        chance, raw = random.Random(seed), bytearray(whole)
        for _ in range(chance.choice([1, 3, 20])):
            at = chance.randrange(len(raw))
            raw[at : at + chance.choice([1, 1, 40])] = chance.randbytes(chance.choice([0, 1, 4]))
        try:
            converted = read_pdf(bytes(raw))
        except DocumentError:
            ends["refused"] += 1
        else:
            ends["read"] += 1
            assert list(converted.pages) == sorted(converted.pages)
            assert converted.pages[-1] <= len(converted.markdown)
    assert all(ends.values())


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 2**32), st.integers(1, 8), st.booleans())
def test_paragraphs_read_back_word_for_word(seed, count, two_columns):
    chance = random.Random(seed)
    words = ["".join(chance.choices("abcdefgh", k=chance.randint(1, 12))) for _ in range(50)]
    texts = [
        " ".join(chance.choices(words, k=chance.randint(10, 150))).capitalize() + "."
        for _ in range(count)
    ]
    story = [Paragraph(text, BODY) for text in texts]
    converted = read_pdf(report(story, columns=HALVES if two_columns else WIDE))
    assert " ".join(paragraphs(converted)) == " ".join(texts)


def test_an_empty_page_between_two_has_its_start():
    converted = read_pdf(drawn(says("One."), lambda _: None, says("Three.")))
    assert len(converted.pages) == 3
    assert document(converted).page_at(converted.markdown.index("Three")) == 3


def test_each_page_break_starts_a_page():
    story = [Paragraph("One.", BODY), PageBreak(), Paragraph("Two.", BODY)]
    converted = read_pdf(report(story))
    assert converted.markdown[converted.pages[1] :].startswith("Two.")


def test_a_heading_below_a_centred_title_of_its_size_is_no_part_of_it():
    styles = getSampleStyleSheet()
    made = report(
        [
            Paragraph("Innovation in Oulu", styles["Title"]),
            Paragraph("Summary", styles["Heading1"]),
            Paragraph("The village of technology was built in 1982.", styles["BodyText"]),
        ]
    )
    assert read_pdf(made).markdown.startswith("# Innovation in Oulu\n\n## Summary\n\n")
