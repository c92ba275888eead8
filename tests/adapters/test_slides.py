"""PPTX slides: a page for each, in reading order, and what of them is told or refused."""

import io
import zipfile
from xml.sax.saxutils import escape

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image
from pptx import Presentation
from pptx.chart.data import BubbleChartData, CategoryChartData, XyChartData
from pptx.enum.chart import XL_CHART_TYPE
from pptx.oxml import parse_xml
from pptx.oxml.ns import nsdecls
from pptx.util import Inches

from innoqa.adapters.markdown import parse_markdown
from innoqa.adapters.slides import read_slides
from innoqa.domain import Document
from innoqa.errors import DocumentError
from innoqa.indicators import read_tables

TITLE, BODY, TITLE_ONLY, BLANK = 0, 1, 5, 6
AREA = (Inches(1), Inches(2), Inches(6), Inches(3))


def slide(deck, layout, title=""):
    made = deck.slides.add_slide(deck.slide_layouts[layout])
    if title:
        made.shapes.title.text = title
    return made


def saved(deck):
    raw = io.BytesIO()
    deck.save(raw)
    return raw.getvalue()


def read(deck):
    return read_slides(saved(deck))


def box(made, words, left=1.0, top=1.0):
    shape = made.shapes.add_textbox(Inches(left), Inches(top), Inches(2), Inches(1))
    shape.text_frame.text = words
    return shape


def picture(made):
    raw = io.BytesIO()
    Image.new("RGB", (2, 2)).save(raw, "PNG")
    made.shapes.add_picture(raw, 0, 0)


def table(made, rows, *merged):
    shape = made.shapes.add_table(len(rows), len(rows[0]), *AREA)
    for at, row in enumerate(rows):
        for column, words in enumerate(row):
            shape.table.cell(at, column).text = words
    for first, last in merged:
        shape.table.cell(*first).merge(shape.table.cell(*last))


def chart(made, data, kind=XL_CHART_TYPE.COLUMN_CLUSTERED, title="", unit=""):
    drawn = made.shapes.add_chart(kind, *AREA, data).chart
    drawn.has_title = bool(title)
    if title:
        drawn.chart_title.text_frame.text = title
    if unit:
        drawn.value_axis.has_title = True
        drawn.value_axis.axis_title.text_frame.text = unit
    return drawn


def series(categories, number_format="General", **values):
    data = CategoryChartData(number_format=number_format)
    data.categories = categories
    for name, numbers in values.items():
        data.add_series(name, numbers)
    return data


def charted(data, **others):
    deck = Presentation()
    chart(slide(deck, TITLE_ONLY, "Growth"), data, **others)
    return read(deck).markdown.removeprefix("# Growth\n\n")


def observed(found):
    structure = parse_markdown(found.markdown)
    document = Document(
        "id", "a.pptx", structure.title, "markdown", found.markdown, structure.sections,
        structure.tables,
    )  # fmt: skip
    return [
        (o.indicator, o.entity, str(o.period), str(o.value), str(o.unit))
        for rows in read_tables(document)
        for row in rows
        for o in row.observations
    ]


def review():
    deck = Presentation()
    opening = slide(deck, TITLE, "Districts of Beijing")
    opening.placeholders[1].text = "Review of 2022"
    points = slide(deck, BODY, "Highlights")
    frame = points.placeholders[1].text_frame
    frame.text = "Output rose 12.5%"
    for words, level in (("Mostly in Haidian", 1), ("Firms: 1,200", 0)):
        paragraph = frame.add_paragraph()
        paragraph.text, paragraph.level = words, level
    points.notes_slide.notes_text_frame.text = "Figures are preliminary."
    rows = [["Billion yuan", "2021", "2022"], ["Haidian", "950.1", "1,020.6"]]
    table(slide(deck, TITLE_ONLY, "Output by district"), rows)
    return deck


def test_each_slide_is_a_page_with_its_title_points_and_notes():
    found = read(review())
    pages = (
        "# Districts of Beijing\n\nReview of 2022\n\n",
        "## Highlights\n\n- Output rose 12.5%\n    - Mostly in Haidian\n- Firms: 1,200\n\n"
        "### Notes\n\nFigures are preliminary.\n\n",
        "## Output by district\n\n| Billion yuan | 2021 | 2022 |\n| --- | --- | --- |\n"
        "| Haidian | 950.1 | 1,020.6 |\n\n",
    )
    assert found.markdown == "".join(pages)
    assert found.pages == (0, len(pages[0]), len(pages[0] + pages[1]))
    assert found.gaps == ()
    assert observed(found)[1] == ("Output", "Haidian", "2022", "1020.6", "Billion yuan")


def test_what_libraries_leave_in_a_file_is_not_its_own_and_what_its_author_says_is():
    deck = review()
    found = read(deck).metadata
    assert (found.title, found.authors, found.date) == ("", (), "")
    deck.core_properties.title = "Review"
    deck.core_properties.author = "A. Li"
    run = deck.slides[1].placeholders[1].text_frame.paragraphs[0].runs[0]
    run._r.get_or_add_rPr().set("lang", "en-GB")
    found = read(deck).metadata
    assert (found.title, found.authors, found.language) == ("Review", ("A. Li",), "en-GB")


def test_the_title_of_the_file_heads_slides_that_open_without_one():
    deck = Presentation()
    slide(deck, TITLE_ONLY, "Growth")
    assert read(deck).markdown == "# Growth\n\n"
    deck.core_properties.title = "Review"
    assert read(deck).markdown == "# Review\n\n## Growth\n\n"


def test_a_slide_without_a_title_is_headed_by_its_first_short_line_or_its_number():
    deck = Presentation()
    slide(deck, TITLE_ONLY, "Review")
    made = slide(deck, BLANK)
    box(made, "Two columns")
    box(made, "It grew.", top=3)
    box(slide(deck, BLANK), "It shrank.")
    assert read(deck).markdown == (
        "# Review\n\n## Two columns\n\nIt grew.\n\n## Slide 3\n\nIt shrank.\n\n"
    )


def test_shapes_are_read_from_top_to_bottom_and_left_to_right_groups_as_one():
    deck = Presentation()
    made = slide(deck, TITLE_ONLY, "Order")
    box(made, "d", 5, 4)
    box(made, "c", 1, 4.1)
    box(made, "b", 5, 2)
    group = made.shapes.add_group_shape()
    for words, top in (("a2", 3.0), ("a1", 2.0)):
        shape = group.shapes.add_textbox(Inches(1), Inches(top), Inches(1), Inches(1))
        shape.text_frame.text = words
    assert read(deck).markdown == "# Order\n\na1\n\na2\n\nb\n\nc\n\nd\n\n"


def test_hidden_slides_keep_their_numbers_and_slides_of_pictures_are_told():
    deck = review()
    deck.slides[1]._element.set("show", "0")
    for _ in range(2):
        picture(slide(deck, BLANK))
    slide(deck, BLANK)
    picture(slide(deck, TITLE_ONLY, "With a title"))
    found = read(deck)
    assert "Highlights" not in found.markdown
    assert len(found.pages) == 7
    assert found.pages[1] == found.pages[2]
    assert found.gaps == (
        "slide 2 is hidden and was left out",
        "slides 4 and 5 are pictures without text",
    )


def test_footers_dates_numbers_and_hidden_shapes_are_left_out():
    deck = Presentation()
    made = slide(deck, TITLE_ONLY, "Growth")
    for kind in ("ftr", "dt", "sldNum"):
        shape = box(made, kind)
        shape._element.nvSpPr.nvPr.append(parse_xml(f'<p:ph {nsdecls("p")} type="{kind}"/>'))
    box(made, "hidden")._element.nvSpPr.cNvPr.set("hidden", "1")
    words = box(made, "Page ").text_frame.paragraphs[0]._p
    words.append(
        parse_xml(f'<a:fld {nsdecls("a")} id="{{1}}" type="slidenum"><a:t>7</a:t></a:fld>')
    )
    assert read(deck).markdown == "# Growth\n\nPage\n\n"


def test_numbers_own_bullets_and_lines_without_them():
    deck = Presentation()
    made = slide(deck, BODY, "Steps")
    frame = made.placeholders[1].text_frame
    for at, (words, bullet) in enumerate((
        ("Plan", '<a:buAutoNum {} type="arabicPeriod" startAt="3"/>'),
        ("Build", '<a:buAutoNum {} type="arabicPeriod" startAt="3"/>'),
        ("Then", "<a:buNone {}/>"),
    )):  # fmt: skip
        paragraph = frame.paragraphs[0] if at == 0 else frame.add_paragraph()
        paragraph.text = words
        paragraph._p.get_or_add_pPr().append(parse_xml(bullet.format(nsdecls("a"))))
    shape = box(made, "Point", top=6)
    bullet = parse_xml(f'<a:buChar {nsdecls("a")} char="•"/>')
    shape.text_frame.paragraphs[0]._p.get_or_add_pPr().append(bullet)
    assert read(deck).markdown == "# Steps\n\n3. Plan\n4. Build\n\nThen\n\n- Point\n\n"


def test_merged_cells_and_lines_across_a_table():
    deck = Presentation()
    made = slide(deck, TITLE_ONLY, "Firms")
    rows = [["Firms of Norway", "", ""], ["City", "Count", ""], ["", "2021", "2022"]]
    rows += [["Oslo", "10", "12"], ["Bergen", "3", ""]]
    across = ((0, 0), (0, 2)), ((1, 1), (1, 2)), ((1, 0), (2, 0)), ((4, 1), (4, 2))
    table(made, rows, *across)
    assert read(deck).markdown == (
        "# Firms\n\n**Firms of Norway**\n\n| City | Count | Count |\n| --- | --- | --- |\n"
        "| City | 2021 | 2022 |\n| Oslo | 10 | 12 |\n| Bergen | 3 |  |\n\n"
    )


def test_a_chart_over_years_has_a_row_for_each_series():
    data = series(["2021", "2022"], "0.0%", Haidian=(0.061, 0.072), Chaoyang=(0.05, None))
    assert charted(data, title="Growth by district") == (
        "**Growth by district**\n\n|  | 2021 | 2022 |\n| --- | --- | --- |\n"
        "| Haidian | 6.1% | 7.2% |\n| Chaoyang | 5.0% |  |\n\n"
    )


def test_the_title_of_the_axis_is_the_unit_of_a_chart():
    data = series(["Haidian", "Chaoyang"], "#,##0", **{"2021": (1200, 700)})
    deck = Presentation()
    chart(slide(deck, TITLE_ONLY, "Patents"), data, title="Patents granted", unit="thousand")
    assert observed(read(deck)) == [
        ("Patents granted", "Haidian", "2021", "1200", "thousand"),
        ("Patents granted", "Chaoyang", "2021", "700", "thousand"),
    ]
    bare = charted(data, unit="thousand").splitlines()
    assert bare[0] == "(thousand)"
    said = charted(data, title="Patents", unit="Grants (thousand)").splitlines()
    assert said[0] == "**Patents: Grants (thousand)**"


def test_values_are_divided_as_the_axis_shows_them():
    deck = Presentation()
    data = series(["Haidian"], Output=(950_100_000,))
    drawn = chart(slide(deck, TITLE_ONLY, "Growth"), data, title="Output")
    shown_in = f'<c:dispUnits {nsdecls("c")}><c:builtInUnit val="millions"/></c:dispUnits>'
    drawn.value_axis._element.append(parse_xml(shown_in))
    assert "**Output (millions)**" in read(deck).markdown
    assert "| Haidian | 950.1 |" in read(deck).markdown


def test_categories_of_several_levels_dates_points_and_bubbles():
    levels = CategoryChartData()
    for year in ("2021", "2022"):
        category = levels.add_category(year)
        category.add_sub_category("North")
        category.add_sub_category("South")
    levels.add_series("Firms", (1, 2, 3, 4))
    assert "| 2022 North | 3 |" in charted(levels)
    points = XyChartData()
    made = points.add_series("Oslo")
    for x, y in ((1.5, 2), (1.5, 3)):
        made.add_data_point(x, y)
    said = charted(points, kind=XL_CHART_TYPE.XY_SCATTER)
    assert "| 1.5 | 2 |\n| 1.5 | 3 |" in said
    bubbles = BubbleChartData()
    bubbles.add_series("Oslo").add_data_point(1, 2, 30)
    said = charted(bubbles, kind=XL_CHART_TYPE.BUBBLE)
    assert "|  | Oslo | Oslo size |" in said
    assert "| 1 | 2 | 30 |" in said


def changed(raw, changes, left_out=()):
    """The file with the parts whose names end so changed by a function."""
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(raw)) as old, zipfile.ZipFile(made, "w") as new:
        for name in old.namelist():
            words = old.read(name)
            for end, change in changes.items():
                words = change(words) if name.endswith(end) else words
            if not name.endswith(tuple(left_out)):
                new.writestr(name, words)
    return made.getvalue()


SMART_ART = (
    '<p:graphicFrame {}><a:graphic><a:graphicData><dgm:relIds xmlns:dgm="http://schemas.'
    'openxmlformats.org/drawingml/2006/diagram" r:dm="rId77"/></a:graphicData></a:graphic>'
    "</p:graphicFrame>"
)
POINTS = (
    '<dgm:dataModel xmlns:dgm="http://schemas.openxmlformats.org/drawingml/2006/diagram" '
    'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"><dgm:ptLst>'
    '<dgm:pt modelId="0" type="doc"/>{}</dgm:ptLst><dgm:cxnLst>{}</dgm:cxnLst></dgm:dataModel>'
)


def smart_art(words, links):
    said = "".join(
        f'<dgm:pt modelId="{key}"><dgm:t><a:p><a:r><a:t>{escape(text)}</a:t></a:r></a:p></dgm:t>'
        "</dgm:pt>"
        for key, text in words.items()
    )
    tied = "".join(
        f'<dgm:cxn srcId="{above}" destId="{below}" srcOrd="{n}"/>'
        for n, (above, below) in enumerate(links)
    )
    deck = Presentation()
    made = slide(deck, TITLE_ONLY, "Steps")
    made.shapes._spTree.append(parse_xml(SMART_ART.format(nsdecls("p", "a", "r"))))
    raw = io.BytesIO(saved(deck))
    relation = (
        b'<Relationship Id="rId77" Type="http://schemas.openxmlformats.org/officeDocument/2006/'
        b'relationships/diagramData" Target="/ppt/data1.xml"/></Relationships>'
    )
    raw = io.BytesIO(
        changed(
            raw.getvalue(),
            {"slides/_rels/slide1.xml.rels": lambda w: w.replace(b"</Relationships>", relation)},
        )
    )
    with zipfile.ZipFile(raw, "a") as archive:
        archive.writestr("ppt/data1.xml", POINTS.format(said, tied))
    return read_slides(raw.getvalue())


def test_the_words_of_smart_art_stand_under_one_another():
    words = {1: "Plan", 2: "Ask", 3: "Build"}
    said = smart_art(words, [(0, 1), (1, 2), (0, 3)]).markdown
    assert said == "# Steps\n\n- Plan\n    - Ask\n- Build\n\n"
    assert "- Plan" in smart_art(words, [(1, 2), (2, 1), (3, 3)]).markdown


def test_slides_with_macros_are_read_and_missing_slides_are_told():
    raw = changed(
        saved(review()),
        {"[Content_Types].xml": lambda w: w.replace(b"presentation.main", b"macro.main")},
        left_out=("slides/slide2.xml",),
    )
    found = read_slides(raw)
    assert len(found.pages) == 3
    assert found.gaps == ("slide 2 is missing",)


def charts_of(raw):
    return [n for n in zipfile.ZipFile(io.BytesIO(raw)).namelist() if "charts/chart" in n]


def test_charts_without_values_and_embedded_files_are_told():
    deck = Presentation()
    for _ in range(3):
        chart(slide(deck, TITLE_ONLY, "Growth"), series(["a"], Oslo=(1,)))
    raw = saved(deck)
    found = read_slides(changed(raw, {}, left_out=charts_of(raw)))
    assert found.gaps == ("slides 1 to 3 have a chart whose values are not kept in it",)


COMPOUND = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(64)
LAUGHS = b'<!DOCTYPE p [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]>\n<p:sld'


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        (b"", "is no .pptx file"),
        (COMPOUND + "EncryptedPackage".encode("utf-16-le"), "is encrypted; save it without"),
        (COMPOUND, "is in the form of before 2007; save it as .pptx"),
        (saved(review())[:9000], "is no .pptx file"),
        (changed(saved(review()), {"slide1.xml": lambda w: w.replace(b"<p:sld", LAUGHS, 1)}),
         "a document type"),
        (changed(saved(review()), {"slide2.xml": lambda w: w[:-20]}), "damaged"),
        (changed(saved(review()), {}, left_out=("ppt/presentation.xml",)), "no main part"),
    ],
)  # fmt: skip
def test_what_are_no_slides_is_refused_in_words(raw, said):
    with pytest.raises(DocumentError, match=said):
        read_slides(raw)


RICH = review()
chart(slide(RICH, TITLE_ONLY, "Growth"), series(["2021", "2022"], "0%", Oslo=(0.1, 0.2)))
RICH_RAW = saved(RICH)
READ = ("slides/slide2.xml", "slides/slide3.xml", "presentation.xml", *charts_of(RICH_RAW))


@settings(max_examples=10, deadline=None)
@given(st.data())
def test_changed_bytes_end_in_an_error_in_words_or_a_sound_result(data):
    raw = bytearray(RICH_RAW)
    for _ in range(data.draw(st.integers(1, 4))):
        raw[data.draw(st.integers(0, len(raw) - 1))] = data.draw(st.integers(0, 255))
    is_sound(bytes(raw))


@settings(max_examples=15, deadline=None)
@given(st.data())
def test_changed_xml_ends_in_an_error_in_words_or_a_sound_result(data):
    def change(words):
        pieces = words.decode().replace("<", "\0<").replace('"', '"\0').split("\0")
        for _ in range(data.draw(st.integers(1, 3))):
            at = data.draw(st.integers(0, len(pieces) - 1))
            new = ("", pieces[at] * 2, '99999999999"', '-1"', '"', 'x"', pieces[at - 1])
            pieces[at] = data.draw(st.sampled_from(new))
        return "".join(pieces).encode()

    is_sound(changed(RICH_RAW, {data.draw(st.sampled_from(READ)): change}))


def is_sound(raw):
    try:
        found = read_slides(raw)
    except DocumentError:
        return
    assert list(found.pages) == sorted(found.pages)
    found.markdown.encode()
