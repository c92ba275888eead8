"""EPUB books that are put together here as the programs that make them do."""

import contextlib
import io
import random
import zipfile

import pytest

from innoqa.adapters.epub import read_epub
from innoqa.adapters.markdown import parse_markdown
from innoqa.errors import DocumentError
from innoqa.metadata import Metadata

CONTAINER = """<?xml version="1.0"?><container version="1.0"
 xmlns="urn:oasis:names:tc:opendocument:xmlns:container"><rootfiles>
 <rootfile full-path="OEBPS/content.opf" media-type="application/oebps-package+xml"/>
 </rootfiles></container>"""
SAID = """<dc:title id="t">The Fjord City</dc:title><dc:creator id="c1">Kari Nordmann</dc:creator>
 <dc:creator id="c2">Ola Hansen</dc:creator><dc:date>2019-05-17T00:00:00Z</dc:date>
 <dc:language>en-GB</dc:language><meta refines="#c2" property="role">edt</meta>"""
XHTML = "application/xhtml+xml"


def chapter(body, title=""):
    return (
        '<?xml version="1.0" encoding="utf-8"?><!DOCTYPE html><html '
        'xmlns="http://www.w3.org/1999/xhtml" xmlns:epub="http://www.idpf.org/2007/ops"><head>'
        f'<title>{title}</title><link rel="stylesheet"/></head><body>{body}</body></html>'
    )


def book(chapters, *, said=SAID, items="", guide="", files=None, spine=None):
    """The bytes of a book of the chapters, by file name."""
    manifest = "".join(
        f'<item id="i{n}" href="{name}" media-type="{XHTML}"/>' for n, name in enumerate(chapters)
    )
    order = "".join(
        f'<itemref idref="{i}"/>' for i in spine or [f"i{n}" for n in range(len(chapters))]
    )
    package = (
        '<?xml version="1.0"?><package xmlns="http://www.idpf.org/2007/opf" version="3.0">'
        f'<metadata xmlns:dc="http://purl.org/dc/elements/1.1/" '
        f'xmlns:opf="http://www.idpf.org/2007/opf">{said}</metadata><manifest>{manifest}{items}'
        f"</manifest><spine>{order}</spine>{guide}</package>"
    )
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("mimetype", "application/epub+zip")
        archive.writestr("META-INF/container.xml", CONTAINER)
        archive.writestr("OEBPS/content.opf", package)
        for name, body in chapters.items():
            if body is not None:
                archive.writestr(f"OEBPS/{name}", chapter(body) if isinstance(body, str) else body)
        for name, body in (files or {}).items():
            archive.writestr(name, body)
    return content.getvalue()


FIRST = """<section epub:type="chapter"><h1>Chapter 1<br/>The Harbour</h1>
<p class="first"><span class="dropcap">T</span>he docks of Bj&oslash;rvika lay&#160;idle
in <b>1982</b>.<a epub:type="noteref" href="#n1">1</a> They covered 3 km<sup>2</sup>.</p>
<h2>Means</h2><ul><li>Public <i>land</i></li><li><p>Money:</p><ol start="3"><li>loans</li>
<li>sales</li></ol></li></ul>
<img src="plan.png" alt="A plan"/><span epub:type="pagebreak" id="p9">9</span>
<aside epub:type="footnote" id="n1"><p>1. Port of Oslo, <i>Report</i>, 1982. <a href="#r">↩</a></p>
</aside></section>"""
SECOND = """<h1>Chapter 2</h1><table><caption>Firms by year</caption>
<tr><th rowspan="2">Part</th><th colspan="2">Firms</th></tr><tr><th>2010</th><th>2020</th></tr>
<tr><td>Fjord</td><td>400</td><td>2,000<sup>a</sup></td></tr></table>
<p>All grew<a id="r2" href="notes.xhtml#n2"><sup>2</sup></a>,
as<a href="ch1.xhtml">1</a> says.</p>"""
NOTES = """<h1>Notes</h1><p id="n2"><a href="ch2.xhtml#r2">2</a> Statistics Norway.</p>"""


def test_a_book_is_read_chapter_by_chapter_with_its_tables_lists_and_notes():
    made = read_epub(book({"ch1.xhtml": FIRST, "ch2.xhtml": SECOND, "notes.xhtml": NOTES}))
    assert made.markdown.splitlines() == [
        "# The Fjord City",
        "",
        "## Chapter 1 The Harbour",
        "",
        "The docks of Bjørvika lay idle in 1982.[^1] They covered 3 km2.",
        "",
        "### Means",
        "",
        "- Public land",
        "- Money:",
        "    3. loans",
        "    4. sales",
        "",
        "[^1]: Port of Oslo, Report, 1982.",
        "",
        "## Chapter 2",
        "",
        "**Firms by year**",
        "",
        "| Part | Firms | Firms |",
        "| --- | --- | --- |",
        "| Part | 2010 | 2020 |",
        "| Fjord | 400 | 2,000 [a] |",
        "",
        "All grew[^2], as1 says.",
        "",
        "[^2]: Statistics Norway.",
        "",
        "## Notes",
        "",
    ]
    assert made.metadata == Metadata("The Fjord City", ("Kari Nordmann",), "2019-05-17", "en-GB")
    assert made.gaps == ()
    structure = parse_markdown(made.markdown)
    assert structure.title == "The Fjord City"
    assert [n.text for n in structure.footnotes] == [
        "Port of Oslo, Report, 1982.",
        "Statistics Norway.",
    ]


LONG = "Oslo has grown a great deal in these years, and the docks have become a town."


def test_chapters_without_headings_take_their_titles_from_the_table_of_contents():
    point = '<navPoint><navLabel><text>{}</text></navLabel><content src="{}"/>{}</navPoint>'
    points = point.format(
        "The Harbour", "ch1.html", point.format("The Docks", "ch1.html#docks", "")
    ) + point.format("Means", "my%20part.html", "")
    ncx = f'<?xml version="1.0"?><!DOCTYPE ncx PUBLIC "x" "http://x/x.dtd"><ncx xmlns="http://www.daisy.org/z3986/2005/ncx/"><navMap>{points}</navMap></ncx>'
    raw = book(
        {
            "ch1.html": f'<p>THE HARBOUR</p><p>{LONG}</p><p id="docks">The docks</p><p>{LONG}</p>',
            "my part.html": f"<p>{LONG}</p>",
        },
        items='<item id="ncx" href="toc.ncx" media-type="application/x-dtbncx+xml"/>',
        files={"OEBPS/toc.ncx": ncx},
    )
    assert read_epub(raw).markdown == (
        f"# The Fjord City\n\n## The Harbour\n\n{LONG}\n\n### The Docks\n\n{LONG}\n\n"
        f"## Means\n\n{LONG}\n\n"
    )


def test_cover_contents_and_pictures_are_left_out_and_documents_read_once():
    links = "".join(
        f'<li><a href="ch{n}.xhtml">The chapter of number {n}</a></li>' for n in range(6)
    )
    nav = f'<nav epub:type="toc"><ol>{links}</ol></nav>'
    raw = book(
        {
            "cover.xhtml": "<p>Cover words</p>",
            "inner.xhtml": '<section epub:type="cover"><p>Cover words</p></section>',
            "contents.xhtml": f"<h1>Contents</h1><ul>{links}</ul>",
            "ch1.xhtml": f"<h1>One</h1><p>{LONG}</p><svg><text>Drawn</text></svg>"
            '<p hidden="hidden">Hidden</p><script>var a;</script>',
        },
        items=f'<item id="n" href="nav.xhtml" media-type="{XHTML}" properties="nav"/>',
        spine=["i0", "i1", "n", "i2", "i3", "i3", "none"],
        guide='<guide><reference type="cover" href="cover.xhtml"/></guide>',
        files={"OEBPS/nav.xhtml": chapter(nav)},
    )
    assert read_epub(raw).markdown == f"# The Fjord City\n\n## One\n\n{LONG}\n\n"


def test_what_is_no_metadata_is_not_taken():
    said = """<dc:title>Untitled</dc:title><dc:creator>Unknown</dc:creator>
    <dc:date>0101-01-01T00:00:00+00:00</dc:date><dc:language>und</dc:language>"""
    assert read_epub(book({"a.xhtml": f"<p>{LONG}</p>"}, said=said)).metadata == Metadata()


def test_version_2_tells_roles_and_events_by_attributes():
    said = """<dc:title>Fjord</dc:title><dc:creator opf:role="ill">A B</dc:creator>
    <dc:creator opf:role="aut">C D</dc:creator><dc:creator opf:role="aut">E F</dc:creator>
    <dc:date opf:event="modification">2020</dc:date>
    <dc:date opf:event="publication">2011-03</dc:date><dc:language>zh_CN</dc:language>"""
    made = read_epub(book({"a.xhtml": f"<p>{LONG}</p>"}, said=said))
    assert made.metadata == Metadata("Fjord", ("C D", "E F"), "2011-03", "zh-CN")


def test_a_missing_or_damaged_chapter_is_told():
    raw = book({"a.xhtml": f"<p>{LONG}</p>", "b.xhtml": None, "c.xhtml": b""})
    assert read_epub(raw).gaps == ("2 chapters are missing or damaged (b.xhtml, c.xhtml)",)
    deep = "<div>" * 300 + f"<p>{LONG}</p>" + "</div>" * 300
    made = read_epub(book({"a.xhtml": f"<p>{LONG}</p>{deep}"}))
    assert made.gaps == ("a chapter is read in part only (a.xhtml)",)


def test_notes_whose_marks_are_nowhere_are_kept_and_marks_without_notes_too():
    body = f"""<p>{LONG}<a epub:type="noteref" href="#gone">7</a></p>
    <nav><a epub:type="noteref" href="#n1">1</a></nav><aside id="n1">Kept words.</aside>"""
    assert read_epub(book({"a.xhtml": body})).markdown.split("\n\n")[1:3] == [
        f"{LONG}7",
        "Kept words.",
    ]


ENCRYPTED = """<encryption xmlns="urn:oasis:names:tc:opendocument:xmlns:container"
 xmlns:enc="http://www.w3.org/2001/04/xmlenc#"><enc:EncryptedData><enc:EncryptionMethod
 Algorithm="{}"/><enc:CipherData><enc:CipherReference URI="{}"/></enc:CipherData>
 </enc:EncryptedData></encryption>"""


def test_a_protected_book_is_told_from_one_with_disguised_fonts():
    chapters = {"a.xhtml": f"<p>{LONG}</p>"}
    aes = ENCRYPTED.format("http://www.w3.org/2001/04/xmlenc#aes128-cbc", "OEBPS/a.xhtml")
    with pytest.raises(DocumentError, match=r"^is protected \(DRM\)"):
        read_epub(book(chapters, files={"META-INF/encryption.xml": aes}))
    fonts = ENCRYPTED.format("http://www.idpf.org/2008/embedding", "OEBPS/a.otf")
    assert LONG in read_epub(book(chapters, files={"META-INF/encryption.xml": fonts})).markdown


def test_no_file_outside_the_book_is_read():
    entity = f"""<!DOCTYPE html [<!ENTITY x SYSTEM "file:///etc/hostname">]><html
    xmlns="http://www.w3.org/1999/xhtml"><body><p>&x;{LONG}</p></body></html>"""
    said = '<!DOCTYPE package [<!ENTITY x SYSTEM "file:///etc/hostname">]>'
    raw = book({"a.xhtml": entity.encode()})
    assert read_epub(raw).markdown.rstrip().endswith(f"&x;{LONG}".replace("&", "\\&"))
    package = io.BytesIO()
    with zipfile.ZipFile(package, "w") as archive:
        archive.writestr(
            "a.opf", f"{said}<package><metadata><title>&x;</title></metadata></package>"
        )
    with pytest.raises(DocumentError, match=r"^has no chapter"):
        read_epub(package.getvalue())


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        (b"", "is no EPUB book, or a damaged one"),
        (b"PK\3\4 and so on", "is no EPUB book, or a damaged one"),
        (book({}), "has no chapter that can be read"),
        (book({"a.xhtml": None}), "has no chapter that can be read"),
        (book({"a.xhtml": b"<p>" + b" " * (65 << 20)}), "holds more than 64 MiB of text"),
        (book({"a.xhtml": b"<b>" * 2_000_001}), "has a chapter of more than 2,000,000 tags"),
    ],
    ids=["empty", "no archive", "no chapters", "missing", "bomb", "tags"],
)
def test_what_is_no_book_that_can_be_read_is_told(raw, reason):
    with pytest.raises(DocumentError) as told:
        read_epub(raw)
    assert str(told.value).startswith(reason)


def test_a_table_that_lays_out_a_page_is_read_as_its_words():
    cells = f"<td><p>{LONG}</p><h2>Means</h2></td><td><ul><li>Land</li></ul></td>"
    body = f"<table><tr>{cells}</tr></table>"
    made = read_epub(book({"a.xhtml": body}))
    assert made.markdown == f"# The Fjord City\n\n{LONG}\n\n## Means\n\n- Land\n\n"
    bomb = "<tr><td colspan='1000' rowspan='1000'>x y</td><td>z</td></tr>" * 900
    assert "x y" in read_epub(book({"a.xhtml": f"<table>{bomb}</table>"})).markdown


def test_damage_anywhere_gives_a_text_or_a_clear_error():
    chance = random.Random(3)
    whole = book({"ch1.xhtml": FIRST, "ch2.xhtml": SECOND, "notes.xhtml": NOTES})
    for _ in range(100):
        raw = bytearray(whole)
        for _ in range(chance.choice([1, 5, 50])):
            raw[chance.randrange(len(raw))] = chance.randrange(256)
        with contextlib.suppress(DocumentError):
            assert read_epub(bytes(raw)).markdown
    for _ in range(50):
        body = bytearray(chapter(FIRST + SECOND + NOTES).encode())
        for _ in range(chance.choice([1, 5, 50])):
            body[chance.randrange(len(body))] = chance.randrange(256)
        with contextlib.suppress(DocumentError):
            assert read_epub(book({"a.xhtml": bytes(body)})).markdown
