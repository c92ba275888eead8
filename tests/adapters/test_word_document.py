"""DOCX documents: what is read of them, in which order, on which page, and what is refused."""

import datetime
import io
import zipfile

import docx
import pytest
from docx.shared import Pt
from hypothesis import given, settings
from hypothesis import strategies as st

from innoqa.adapters.markdown import parse_markdown
from innoqa.adapters.word_document import blocks, read_word_document
from innoqa.domain import Document
from innoqa.errors import DocumentError
from innoqa.indicators import read_tables

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
SPACES = (
    f'xmlns:w="{W}" xmlns:m="http://schemas.openxmlformats.org/officeDocument/2006/math" '
    'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships" '
    'xmlns:c="http://schemas.openxmlformats.org/drawingml/2006/chart" '
    'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" '
    'xmlns:wps="http://schemas.microsoft.com/office/word/2010/wordprocessingShape" '
    'xmlns:v="urn:schemas-microsoft-com:vml"'
)
RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
STYLES = """
<w:style w:type="paragraph" w:default="1" w:styleId="Standard"><w:name w:val="Normal"/></w:style>
<w:style w:type="paragraph" w:styleId="berschrift1"><w:name w:val="heading 1"/></w:style>
<w:style w:type="paragraph" w:styleId="Kapitel"><w:name w:val="Chapter"/>
  <w:basedOn w:val="berschrift1"/></w:style>
<w:style w:type="paragraph" w:styleId="Anhang"><w:name w:val="Annex"/>
  <w:pPr><w:outlineLvl w:val="1"/></w:pPr></w:style>
<w:style w:type="paragraph" w:styleId="Titel"><w:name w:val="Title"/></w:style>
<w:style w:type="paragraph" w:styleId="Verzeichnis1"><w:name w:val="toc 1"/></w:style>
<w:style w:type="character" w:styleId="Geheim"><w:name w:val="Secret"/>
  <w:rPr><w:vanish/></w:rPr></w:style>
"""
NUMBERING = """
<w:abstractNum w:abstractNumId="7">
  <w:lvl w:ilvl="0"><w:start w:val="3"/><w:numFmt w:val="decimal"/><w:lvlText w:val="%1."/></w:lvl>
  <w:lvl w:ilvl="1"><w:numFmt w:val="lowerLetter"/><w:lvlText w:val="%1.%2"/></w:lvl>
</w:abstractNum>
<w:abstractNum w:abstractNumId="8"><w:lvl w:ilvl="0"><w:numFmt w:val="bullet"/></w:lvl>
  <w:lvl w:ilvl="3"><w:numFmt w:val="bullet"/></w:lvl></w:abstractNum>
<w:num w:numId="1"><w:abstractNumId w:val="7"/></w:num>
<w:num w:numId="2"><w:abstractNumId w:val="8"/></w:num>
<w:num w:numId="3"><w:abstractNumId w:val="7"/>
  <w:lvlOverride w:ilvl="0"><w:startOverride w:val="1"/></w:lvlOverride></w:num>
"""


def package(parts):
    raw = io.BytesIO()
    with zipfile.ZipFile(raw, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, words in parts.items():
            archive.writestr(name, words)
    return raw.getvalue()


def relations(targets):
    lines = "".join(
        f'<Relationship Id="{key}" Type="{RELATIONS}/{kind}" Target="{target}"/>'
        for key, (kind, target) in targets.items()
    )
    space = "http://schemas.openxmlformats.org/package/2006/relationships"
    return f'<Relationships xmlns="{space}">{lines}</Relationships>'


def parts(body, **others):
    """The parts of a document by name; ``others`` are the contents of further parts by kind."""
    given = {"styles": STYLES, "numbering": NUMBERING, **others}
    made = {
        "_rels/.rels": relations({"r1": ("officeDocument", "word/document.xml")}),
        "word/document.xml": f"<w:document {SPACES}><w:body>{body}</w:body></w:document>",
        "word/_rels/document.xml.rels": relations({kind: (kind, f"{kind}.xml") for kind in given}),
    }
    for kind, words in given.items():
        made[f"word/{kind}.xml"] = f"<w:{kind} {SPACES}>{words}</w:{kind}>"
    return made


def read(body, **others):
    return read_word_document(package(parts(body, **others)))


def markdown(body, **others):
    return read(body, **others).markdown


def r(words, properties=""):
    own = f"<w:rPr>{properties}</w:rPr>" if properties else ""
    return f'<w:r>{own}<w:t xml:space="preserve">{words}</w:t></w:r>'


def p(*runs, style="", own=""):
    named = f'<w:pStyle w:val="{style}"/>' if style else ""
    inside = "".join(run if run.startswith("<") else r(run) for run in runs)
    return f"<w:p><w:pPr>{named}{own}</w:pPr>{inside}</w:p>"


def item(words, number, depth=0):
    place = f'<w:numPr><w:ilvl w:val="{depth}"/><w:numId w:val="{number}"/></w:numPr>'
    return p(words, own=place)


def cell(words, own=""):
    inside = words if words.startswith("<") else p(words)
    return f"<w:tc><w:tcPr>{own}</w:tcPr>{inside}</w:tc>"


def table(*rows):
    inside = "".join(
        f"<w:tr>{''.join(c if c.startswith('<w:tc') else cell(c) for c in row)}</w:tr>"
        for row in rows
    )
    return f"<w:tbl>{inside}</w:tbl>"


FIRMS = (["City", "2021", "2022"], ["Oslo", "10", "12.5"])
FIRMS_TEXT = "| City | 2021 | 2022 |\n| --- | --- | --- |\n| Oslo | 10 | 12.5 |\n\n"


def report():
    """A report as python-docx writes one."""
    made = docx.Document()
    made.core_properties.title = "Microsoft Word - draft.doc"
    made.core_properties.author = "A. Li; python-docx; B. Chen"
    made.core_properties.created = datetime.datetime(2023, 5, 17)
    made.add_paragraph("Districts of Beijing", style="Title")
    made.add_heading("Growth", 1)
    made.add_paragraph("Output rose by 12.5 % in 2022.")
    for words, style in (("One", ""), ("Inner", " 2"), ("Two", "")):
        made.add_paragraph(words, style=f"List Bullet{style}")
    made.add_heading("By district", 2)
    made.add_paragraph("Table 1. Output (billion yuan)", style="Caption")
    rows = (
        ("District", "Output", ""),
        ("", "2021", "2022"),
        ("Haidian", "950.1", "1,020.6"),
        ("Chaoyang", "700", "759.3"),
    )
    grid = made.add_table(4, 3)
    for at, row in enumerate(rows):
        for column, words in enumerate(row):
            grid.cell(at, column).text = words
    grid.cell(0, 1).merge(grid.cell(0, 2))
    grid.cell(0, 0).merge(grid.cell(1, 0))
    made.add_paragraph("Source: Bureau of Statistics")
    raw = io.BytesIO()
    made.save(raw)
    return raw.getvalue()


def test_a_report_keeps_headings_lists_and_the_table_with_its_caption():
    found = read_word_document(report())
    assert found.markdown == (
        "# Districts of Beijing\n\n## Growth\n\nOutput rose by 12.5 % in 2022.\n\n"
        "- One\n    - Inner\n- Two\n\n### By district\n\n**Table 1. Output (billion yuan)**\n\n"
        "| District | Output | Output |\n| --- | --- | --- |\n| District | 2021 | 2022 |\n"
        "| Haidian | 950.1 | 1,020.6 |\n| Chaoyang | 700 | 759.3 |\n\n"
        "Source: Bureau of Statistics\n\n"
    )
    assert found.metadata.authors == ("A. Li", "B. Chen")
    assert found.metadata.title == ""
    assert found.metadata.date == "2023-05-17"
    assert found.metadata.language == "en-US"
    assert (found.pages, found.gaps) == ((), ())


def test_the_values_of_a_table_keep_their_years_units_and_source():
    text = read_word_document(report()).markdown
    structure = parse_markdown(text)
    document = Document(
        "id", "a.docx", structure.title, "markdown", text, structure.sections, structure.tables
    )
    (rows,) = read_tables(document)
    said = [
        (o.indicator, o.entity, str(o.period), str(o.value), str(o.unit), o.source)
        for row in rows
        for o in row.observations
    ]
    assert said[1] == (
        "Output", "Haidian", "2022", "1020.6", "billion yuan", "Bureau of Statistics"
    )  # fmt: skip
    assert len(said) == 4


def test_the_dates_and_names_that_libraries_leave_in_a_file_are_not_its_own():
    raw = io.BytesIO()
    docx.Document().save(raw)
    found = read_word_document(raw.getvalue()).metadata
    assert (found.title, found.authors, found.date) == ("", (), "")


def test_headings_are_known_by_style_in_any_language_by_basis_and_by_outline_level():
    body = p("Report", style="Titel") + p("on parks", style="Titel")
    body += p("One", style="berschrift1") + p("Two", style="Kapitel") + p("Three", style="Anhang")
    body += p("Four", own='<w:outlineLvl w:val="2"/>') + p("Text", own='<w:outlineLvl w:val="9"/>')
    assert markdown(body) == (
        "# Report on parks\n\n## One\n\n## Two\n\n### Three\n\n#### Four\n\nText\n\n"
    )


def test_chapters_are_no_title_but_a_heading_that_stands_alone_above_others_is():
    chapters = p("One", style="berschrift1") + p("Text.") + p("Two", style="berschrift1")
    assert markdown(chapters) == "## One\n\nText.\n\n## Two\n\n"
    alone = p("Report", style="berschrift1") + p("One", style="Anhang") + p("Two", style="Anhang")
    assert markdown(alone) == "# Report\n\n## One\n\n## Two\n\n"


def test_without_heading_styles_bold_or_larger_lines_alone_are_headings():
    big = '<w:b/><w:sz w:val="36"/>'
    body = p(r("Parks of Oslo", big)) + p("The parks grew.") + p(r("Growth", "<w:b/>"))
    body += p("They grew fast.") + p(r("Bold but a sentence.", "<w:b/>"))
    body += p("Not bold ", r("but here", "<w:b/>")) + p("And more.") + p("The end.")
    assert markdown(body) == (
        "# Parks of Oslo\n\nThe parks grew.\n\n## Growth\n\nThey grew fast.\n\n"
        "Bold but a sentence.\n\nNot bold but here\n\nAnd more.\n\nThe end.\n\n"
    )


def test_lists_count_on_restart_and_stand_in_one_another():
    body = item("c", 1) + item("in", 1, 1) + item("in", 1, 1) + item("d", 1)
    body += p("Text.") + item("e", 1) + item("a", 3) + item("deep", 2, 3) + item("x", 99)
    assert markdown(body) == (
        "3. c\n    1. in\n    2. in\n4. d\n\nText.\n\n5. e\n1. a\n    - deep\n\nx\n\n"
    )


def test_the_number_of_a_heading_is_printed_before_it():
    numbered = '<w:numPr><w:ilvl w:val="1"/><w:numId w:val="1"/></w:numPr>'
    body = item("First", 1) + p("Scope", style="berschrift1", own=numbered)
    assert markdown(body) == "3. First\n\n## 3.a Scope\n\n"


def test_merged_labels_are_repeated_and_merged_numbers_are_not():
    down, on = '<w:vMerge w:val="restart"/>', "<w:vMerge/>"
    body = table(
        ["City", cell("Firms", '<w:gridSpan w:val="2"/>')],
        [cell("Oslo", down), "2021", "10"],
        [cell("", on), "2022", cell("12", down)],
        ["Bergen", "2022", cell("", on)],
    )
    assert markdown(body) == (
        "| City | Firms | Firms |\n| --- | --- | --- |\n| Oslo | 2021 | 10 |\n"
        "| Oslo | 2022 | 12 |\n| Bergen | 2022 |  |\n\n"
    )


def test_a_line_across_a_table_is_its_title_or_a_note_below_it():
    wide = '<w:gridSpan w:val="3"/>'
    body = table([cell("Firms of Norway", wide)], *FIRMS, [cell("Source: the bureau", wide)])
    assert markdown(body) == f"**Firms of Norway**\n\n{FIRMS_TEXT}Source: the bureau\n\n"


def test_captions_above_and_below_tables_with_the_unit_between():
    above = p("Table 1: Firms") + p("(in thousands)") + table(*FIRMS)
    assert markdown(above) == f"**Table 1: Firms (in thousands)**\n\n{FIRMS_TEXT}"
    below = p("Text.") + table(*FIRMS) + p("Table 2: Firms") + p("More.")
    assert markdown(below) == f"Text.\n\n**Table 2: Firms**\n\n{FIRMS_TEXT}More.\n\n"
    between = table(*FIRMS) + p("Table 3: Firms") + table(*FIRMS)
    assert markdown(between) == f"{FIRMS_TEXT}**Table 3: Firms**\n\n{FIRMS_TEXT}"
    figure = p("Figure 3: Firms") + table(*FIRMS)
    assert markdown(figure) == f"Figure 3: Firms\n\n{FIRMS_TEXT}"


def test_boxes_and_tables_that_only_set_tables_side_by_side_are_taken_apart():
    assert markdown(table([cell(p("One.") + p("Two."))])) == "One.\n\nTwo.\n\n"
    layout = table([cell(p("Left.")), cell(table(*FIRMS) + p("Below."))])
    assert markdown(layout) == f"Left.\n\n{FIRMS_TEXT}Below.\n\n"
    small = table(["City", "Note"], ["Oslo", cell(table(["a", "b"]) + p(""))])
    assert markdown(small) == "| City | Note |\n| --- | --- |\n| Oslo | a; b |\n\n"


def test_notes_stand_where_they_are_referred_to_and_at_the_end_of_their_section():
    foot = '<w:r><w:footnoteReference w:id="2"/></w:r>'
    end = '<w:r><w:endnoteReference w:id="5"/></w:r>'
    body = p("It grew.", foot) + p("It shrank.", end) + p("Next", style="berschrift1")
    body += p("Again.", foot)
    notes = f'<w:footnote w:id="2">{p("Bureau, ")}{p("2023.")}</w:footnote>'
    notes += f'<w:footnote w:id="3">{p("Of nothing.")}</w:footnote>'
    text = markdown(body, footnotes=notes, endnotes=f'<w:endnote w:id="5">{p("E.")}</w:endnote>')
    assert text == (
        "It grew.[^1]\n\nIt shrank.[^e1]\n\n[^1]: Bureau, 2023.\n\n[^e1]: E.\n\n"
        "## Next\n\nAgain.[^1]\n\n"
    )
    assert [note.text for note in parse_markdown(text).footnotes] == ["Bureau, 2023.", "E."]


def test_insertions_are_kept_and_deletions_and_hidden_words_are_not():
    body = p("Kept", "<w:ins>" + r(" in") + "</w:ins>")
    body += p("<w:del><w:r><w:delText>gone</w:delText></w:r></w:del>", "Here")
    body += p(r("hidden", "<w:vanish/>"), r("shown", '<w:vanish w:val="0"/>'))
    body += p(r("secret", '<w:rStyle w:val="Geheim"/>'), "open")
    body += p("First ", own="<w:rPr><w:del/></w:rPr>") + p("half.")
    body += p("<w:moveFrom>" + r("from") + "</w:moveFrom>", "<w:moveTo>" + r("to") + "</w:moveTo>")
    body += p("End.", own="<w:rPr><w:del/></w:rPr>")
    assert markdown(body) == ("Kept in\n\nHere\n\nshown\n\nopen\n\nFirst half.\n\nto\n\nEnd.\n\n")


def mark(kind):
    return f'<w:r><w:fldChar w:fldCharType="{kind}"/></w:r>'


def code(words):
    return f"<w:r><w:instrText>{words}</w:instrText></w:r>"


def test_fields_show_their_results_and_tables_of_contents_are_left_out():
    field = mark("begin") + code(" REF x ") + mark("separate") + r("Table 4") + mark("end")
    body = p(mark("begin"), code(" TOC \\o "), mark("separate"), "Growth\t3")
    body += p("More\t4", style="Verzeichnis1") + p(mark("end"))
    body += p("See ", f"<w:r/>{field}", ".") + p('<w:fldSimple w:instr="DATE">' + r("May"), "")[:-6]
    body += "</w:fldSimple></w:p>"
    assert markdown(body) == "See Table 4.\n\nMay\n\n"


def test_a_table_of_contents_that_never_ends_hides_no_chapter():
    body = p(mark("begin"), code("TOC"), mark("separate"), "Growth\t3")
    body += p("Growth", style="berschrift1") + p("It grew.") + p(mark("begin"), code("REF"), "lost")
    assert markdown(f"{body}{p('It shrank.')}") == "## Growth\n\nIt grew.\n\nIt shrank.\n\n"


def test_links_controls_symbols_breaks_and_text_boxes_are_read():
    body = p("<w:hyperlink>" + r("a link") + "</w:hyperlink>")
    body += f"<w:sdt><w:sdtPr/><w:sdtContent>{p('In a control.')}</w:sdtContent></w:sdt>"
    body += p("x", '<w:r><w:sym w:font="Symbol" w:char="F0B3"/></w:r>', "3<w:br/>"[:1])
    body += p("a<", own="")[:0] + p(r("one"), "<w:r><w:br/></w:r>", r("two"), "<w:r><w:tab/></w:r>")
    box = f"<w:txbxContent>{p('In a box.')}</w:txbxContent>"
    body += p(
        "Beside.",
        "<w:r><mc:AlternateContent><mc:Choice><w:drawing><wps:wsp><wps:txbx>"
        f"{box}</wps:txbx></wps:wsp></w:drawing></mc:Choice><mc:Fallback><w:pict><v:textbox>"
        f"{box}</v:textbox></w:pict></mc:Fallback></mc:AlternateContent></w:r>",
    )
    assert markdown(body) == (
        "a link\n\nIn a control.\n\nx≥3\n\none two\n\nBeside.\n\nIn a box.\n\n"
    )


def test_what_is_raised_is_no_digit_of_a_number():
    up = '<w:vertAlign w:val="superscript"/>'
    body = p("1,234", r("1", up)) + p("5 km", r("2", up)) + p("10", r("6", up)) + p("x", r("2", up))
    assert markdown(body) == "1,234 [1]\n\n5 km2\n\n10^6\n\nx2\n\n"


def m(tag, *inside):
    return f"<m:{tag}>{''.join(inside)}</m:{tag}>"


def t(words):
    return m("r", m("t", words))


def test_equations_are_read_on_one_line():
    fraction = m("f", m("num", t("a+b")), m("den", t("c")))
    power = m("sSup", m("e", t("x")), m("sup", t("2")))
    root = m("rad", m("deg"), m("e", t("n")))
    total = m("nary", '<m:naryPr><m:chr m:val="∑"/></m:naryPr>', m("sub", t("i=1")), m("e", t("k")))
    body = p("So", m("oMath", fraction, t("="), power, t("+"), root, t("+"), total), "holds.")
    assert markdown(body) == "So (a+b)/c=x^2+sqrt(n)+∑\\_(i=1) k holds.\n\n"


RENDERED = "<w:r><w:lastRenderedPageBreak/></w:r>"
FORCED = '<w:r><w:br w:type="page"/></w:r>'


def pages(found):
    ends = (*found.pages[1:], len(found.markdown))
    return [found.markdown[a:b].split() for a, b in zip(found.pages, ends, strict=True)]


def test_pages_start_where_they_did_when_the_document_was_last_laid_out():
    body = p("One ", RENDERED, "two.", FORCED) + p(RENDERED, "Three.")
    body += p("Four.", own="<w:pageBreakBefore/>") + p(own="<w:sectPr/>") + p(RENDERED, "Five.")
    assert pages(read(body)) == [["One"], ["two."], ["Three."], ["Four."], ["Five."]]


def test_a_page_may_start_at_a_row_of_a_table():
    rows = [["City", "Firms"], ["Oslo", "1"], [cell(p(RENDERED, "Bergen")), "2"]]
    found = read(table(*rows) + p("End."))
    bergen = found.markdown.index("| Bergen")
    assert found.pages == (0, bergen)
    assert found.markdown.startswith(
        "| City | Firms |\n| --- | --- |\n| Oslo | 1 |\n| Bergen | 2 |"
    )


def test_without_a_layout_pages_are_known_only_where_their_number_is_that_of_the_breaks():
    body = p("One.", FORCED) + p("Two.")
    assert read(body).pages == ()
    made = parts(body)
    space = "http://schemas.openxmlformats.org/officeDocument/2006/extended-properties"
    made["docProps/app.xml"] = f'<Properties xmlns="{space}"><Pages>2</Pages></Properties>'
    assert pages(read_word_document(package(made))) == [["One."], ["Two."]]


def test_a_chart_is_a_table_of_the_values_that_are_kept_in_it():
    drawing = '<w:r><w:drawing><c:chart r:id="chart"/></w:drawing></w:r>'
    names = "".join(f'<c:pt idx="{n}"><c:v>{v}</c:v></c:pt>' for n, v in enumerate((2021, 2022)))
    values = '<c:pt idx="0"><c:v>0.061</c:v></c:pt><c:pt idx="1"><c:v>0.07</c:v></c:pt>'
    chart = (
        f"<c:chart {SPACES}><c:plotArea><c:lineChart><c:ser><c:tx><c:v>Oslo</c:v></c:tx>"
        f"<c:cat><c:strRef><c:strCache>{names}</c:strCache></c:strRef></c:cat><c:val><c:numRef>"
        f"<c:numCache><c:formatCode>0.0%</c:formatCode>{values}</c:numCache></c:numRef></c:val>"
        "</c:ser></c:lineChart></c:plotArea></c:chart>"
    )
    made = parts(p("Figure 1: Growth") + p(drawing), chart="")
    made["word/chart.xml"] = f"<c:chartSpace {SPACES}>{chart}</c:chartSpace>"
    found = read_word_document(package(made))
    assert found.markdown == (
        "Figure 1: Growth\n\n|  | 2021 | 2022 |\n| --- | --- | --- |\n| Oslo | 6.1% | 7.0% |\n\n"
    )
    del made["word/chart.xml"]
    (gap,) = read_word_document(package(made)).gaps
    assert gap == "a chart whose values are not kept in it could not be read"


def test_a_document_of_pictures_alone_says_so():
    found = read(p("<w:r><w:pict><v:imagedata/></w:pict></w:r>"))
    assert found.markdown == ""
    assert found.gaps == ("it has pictures and no text; words in pictures are not read",)


def test_documents_with_macros_and_of_the_strict_form_are_read_like_others():
    made = parts(p("Text."))
    made["word/vbaProject.bin"] = "never run"
    made["[Content_Types].xml"] = "<Types/>"
    assert read_word_document(package(made)).markdown == "Text.\n\n"
    strict = {
        name: words.replace(W, "http://purl.oclc.org/ooxml/wordprocessingml/main")
        for name, words in made.items()
    }
    assert read_word_document(package(strict)).markdown == "Text.\n\n"


COMPOUND = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(64)
LAUGHS = (
    '<!DOCTYPE w [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;">]>'
    f"<w:document {SPACES}><w:body>{p('&b;')}</w:body></w:document>"
)


def document(xml):
    return package({**parts(""), "word/document.xml": xml})


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        (b"", "is no .docx file"),
        (b"%PDF-1.7 not a document", "is no .docx file"),
        (COMPOUND + "EncryptedPackage".encode("utf-16-le"), "is encrypted; save it without"),
        (COMPOUND, "is in the form of before 2007; save it as .docx"),
        (report()[:3000], "is no .docx file"),
        (package({"a.txt": "a"}), "no main part"),
        (package({"_rels/.rels": parts("")["_rels/.rels"]}), "no main part"),
        (document(LAUGHS), "a document type"),
        (document(LAUGHS.encode("utf-16")), "a document type"),
        (document("<w:document"), "damaged"),
        (document(f"<w:document {SPACES}>{'<w:p>' * 200}{'</w:p>' * 200}</w:document>"), "deep"),
        (document(b" " * 100_000_001), "when it is unpacked"),
        (document("<a>" + "<b/>" * 3_000_001 + "</a>"), "tags"),
    ],
)
def test_what_is_no_document_is_refused_in_words(raw, said):
    with pytest.raises(DocumentError, match=said):
        read_word_document(raw)


def test_absurd_numbers_make_no_absurd_table(monkeypatch):
    wide = '<w:gridSpan w:val="999999999999"/>'
    body = table(["City", "Firms"], [cell("Oslo", wide), cell("1", '<w:gridSpan w:val="-3"/>')])
    (found,) = parse_markdown(markdown(body)).tables
    assert len(found.header) <= 64
    monkeypatch.setattr(blocks, "_MOST_CELLS", 1000)
    with pytest.raises(DocumentError, match="cells"):
        markdown(table([cell("x", wide)] * 16))


MIXED = parts(
    p("Report", style="Titel") + p("One ", RENDERED, "two.", FORCED) + item("c", 1)
    + item("in", 1, 1) + table([cell("City", '<w:gridSpan w:val="2"/>'), "2022"],
    [cell("Oslo", '<w:vMerge w:val="restart"/>'), "10", "x"], [cell("", "<w:vMerge/>"), "1", "2"])
    + p("It grew.", '<w:r><w:footnoteReference w:id="2"/></w:r>', mark("begin"), code("REF"),
        mark("separate"), r("1", '<w:vertAlign w:val="superscript"/>'), mark("end")),
    footnotes=f'<w:footnote w:id="2">{p("Bureau.")}</w:footnote>',
)  # fmt: skip
READ = tuple(name for name in MIXED if "styles" in name or "document" in name or "number" in name)


@settings(max_examples=15, deadline=None)
@given(st.data())
def test_changed_bytes_end_in_an_error_in_words_or_a_sound_result(data):
    raw = bytearray(package(MIXED))
    for _ in range(data.draw(st.integers(1, 4))):
        raw[data.draw(st.integers(0, len(raw) - 1))] = data.draw(st.integers(0, 255))
    is_sound(bytes(raw))


@settings(max_examples=25, deadline=None)
@given(st.data())
def test_changed_xml_ends_in_an_error_in_words_or_a_sound_result(data):
    made = dict(MIXED)
    name = data.draw(st.sampled_from(READ))
    pieces = made[name].replace("<", "\0<").replace('"', '"\0').split("\0")
    for _ in range(data.draw(st.integers(1, 3))):
        at = data.draw(st.integers(0, len(pieces) - 1))
        pieces[at] = data.draw(
            st.sampled_from(("", pieces[at] * 2, '99999999999"', '-1"', '"', 'x"', pieces[at - 1]))
        )
    made[name] = "".join(pieces)
    is_sound(package(made))


def is_sound(raw):
    try:
        found = read_word_document(raw)
    except DocumentError:
        return
    assert list(found.pages) == sorted(found.pages)
    assert not {"\x00", "\x01"} & set(found.markdown)
    found.markdown.encode()


def test_sizes_of_letters_tell_levels_apart():
    made = docx.Document()
    for words, size in (("Title", 28), ("Part", 18), ("Text of it.", 11), ("Text again.", 11)):
        made.add_paragraph().add_run(words).font.size = Pt(size)
    raw = io.BytesIO()
    made.save(raw)
    text = read_word_document(raw.getvalue()).markdown
    assert text == "# Title\n\n## Part\n\nText of it.\n\nText again.\n\n"
