"""The main text of a web page."""

import contextlib
import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from innoqa.adapters.encodings import decoded
from innoqa.adapters.markdown import parse_markdown, readable
from innoqa.adapters.web_page import read_web_page
from innoqa.errors import DocumentError
from innoqa.metadata import Metadata

PAGE = """<!doctype html><html><head><title>Fjord City | Example</title>
<script>var secretScript = 1;</script><style>.secretStyle { color: red }</style></head><body>
<nav><ul><li><a href="/">Home</a></li><li><a href="/cases">All case studies</a></li></ul></nav>
<div id="cookie-banner">We use cookies to improve. <button>Accept all cookies</button></div>
<main><article><h1>Fjord City</h1>
<p>The plan aims to open the fjord to the town, and it has cost a great deal of money so far.</p>
<h2>What was built?</h2>
<p>There are <b>two</b> parts in the plan of the year 2000:</p>
<ol><li>Opera House: The opera drew visitors to the water.</li>
<li>Barcode: Twelve towers line the railway.</li></ol>
<table><tr><th>Part</th><th>Year</th></tr><tr><td>Opera House</td><td>2008</td></tr></table>
<h2>Summing up</h2><p>Oslo has gained a front towards the water, and the docks are gone.</p>
</article></main>
<section><h3>Join our newsletter</h3><form><input><button>Subscribe</button>
<p>We promise no spam</p></form></section>
<section><h3>Check out other articles</h3><div class="card"><h4>Bergen's light rail</h4>
<a href="/b">learn more</a></div></section>
<footer><p>© 2024 Example. All rights reserved.</p><a href="/p">Privacy policy</a></footer>
</body></html>"""


def main_text(page):
    """The title and the Markdown of a page."""
    converted = read_web_page(page.encode(), decoded)
    return converted.metadata.title, converted.markdown


def test_headings_paragraphs_lists_and_tables_of_the_main_text_are_kept_as_markdown():
    title, text = main_text(PAGE)
    assert title == "Fjord City"
    for line in (
        "# Fjord City",
        "## What was built?",
        "There are **two** parts in the plan of the year 2000:",
        "1. Opera House: The opera drew visitors to the water.",
        "## Summing up",
        "Oslo has gained a front towards the water, and the docks are gone.",
    ):
        assert line in text.splitlines()
    assert "| Opera House | 2008 |" in text


def test_nothing_around_the_main_text_is_kept():
    _, text = main_text(PAGE)
    for words in ("secret", "Home", "case studies", "cookies", "newsletter", "Subscribe", "spam",
                  "Bergen", "learn more", "Privacy", "rights reserved"):  # fmt: skip
        assert words not in text


def page(table):
    """A page with prose around a table."""
    prose = "<p>Oslo has grown a great deal in these years, and the docks have become a town.</p>"
    body = f"<h1>Oslo</h1>{prose}<h2>Firms</h2>{table}{prose}"
    return f"<html><body><main><article>{body}</article></main></body></html>"


def table_lines(text):
    return [line for line in text.splitlines() if line.startswith("|")]


HALVES = """<table><caption>Table 1. Firms | jobs</caption>
<thead><tr><th rowspan="2">Indicator</th><th colspan="2">2020</th></tr>
<tr><th>H1</th><th>H2</th></tr></thead>
<tbody><tr><td rowspan="2">Firms</td><td>1,163</td><td>n/a</td></tr>
<tr><td>7</td><td>8<sup>1</sup></td></tr>
<tr><td colspan="3">Jobs</td></tr>
<tr><td>Area in km<sup>2</sup></td><td colspan="2">9</td></tr></tbody>
<tfoot><tr><td colspan="3">Source: SSB</td></tr></tfoot></table>"""


def test_a_table_keeps_its_merged_cells_its_caption_and_its_footer_at_its_place():
    _, text = main_text(page(HALVES))
    assert table_lines(text) == [
        "| Indicator | 2020 | 2020 |",
        "| --- | --- | --- |",
        "| Indicator | H1 | H2 |",
        "| Firms | 1,163 | n/a |",
        "| Firms | 7 | 8 [1] |",
        "| Jobs |  |  |",
        "| Area in km2 | 9 |  |",
    ]
    lines = [line for line in text.splitlines() if line]
    above, below = lines.index("**Table 1. Firms \\| jobs**"), lines.index("Source: SSB")
    assert lines[above - 1] == "## Firms"
    assert lines[below + 1].startswith("Oslo has grown")


def test_a_row_over_all_columns_above_the_header_is_a_caption():
    table = """<table><tr><td colspan="2">Firms of Oslo</td></tr><tr><td colspan="2">in thousands
    </td></tr><tr><td>Year</td><td>Firms</td></tr><tr><td>2019</td><td>5</td></tr></table>"""
    _, text = main_text(page(table))
    assert "**Firms of Oslo**\nin thousands\n\n| Year | Firms |" in text


def test_names_and_values_under_one_line_keep_it_as_their_header():
    table = """<table><tr><th colspan="2">Oslo</th></tr><tr><th>Area</th><td>454 km<sup>2</sup></td>
    </tr><tr><th>Jobs</th><td>400&nbsp;000<sup class="reference">[2]</sup></td></tr></table>"""
    _, text = main_text(page(table))
    assert table_lines(text) == [
        "| Oslo |  |",
        "| --- | --- |",
        "| Area | 454 km2 |",
        "| Jobs | 400 000[2] |",
    ]


def test_signs_that_markdown_would_read_are_escaped_and_hidden_words_left_out():
    table = """<table><tr><th>Name</th><th>Firms*</th></tr>
    <tr><td><span style="display: none">9</span>a_b_c &lt;i&gt;</td><td>10<sup>6</sup></td></tr>
    <tr><td>_x_<br>y</td><td><script>1</script>5</td></tr></table>"""
    _, text = main_text(page(table))
    assert table_lines(text)[0] == r"| Name | Firms\* |"
    assert table_lines(text)[2:] == [r"| a_b_c \<i> | 10^6 |", r"| \_x\_ y | 5 |"]


@pytest.mark.parametrize(
    "table",
    [
        "<table role='none'><tr><td>1</td><td>2</td></tr><tr><td>3</td><td>4</td></tr></table>",
        "<table><tr><td>Prose of a layout.</td><td>More prose.</td></tr>"
        "<tr><td>And again prose.</td><td>The last of it.</td></tr></table>",
        "<table><tr><td><p>One.</p><p>Two.</p></td><td>3</td></tr><tr><td>4</td><td>5</td></tr></table>",
        "<table><tr><td>12</td></tr></table>",
    ],
)
def test_a_table_that_lays_out_the_page_is_left_to_the_main_text(table):
    _, text = main_text(page(table))
    assert "| --- |" not in text
    assert text.count("Oslo has grown") == 2


def test_a_page_of_nothing_but_a_table_has_that_table():
    title, text = main_text(
        "<html><head><title>Oslo</title></head><body><h2>Jobs</h2><table><tr><th>Year</th>"
        "<th>Jobs</th></tr><tr><td>2019</td><td>5</td></tr></table></body></html>"
    )
    assert title == "Oslo"
    assert table_lines(text) == ["| Year | Jobs |", "| --- | --- |", "| 2019 | 5 |"]
    assert "Jobs" in text


SPANNING = st.sampled_from(["td", "th", "td colspan=2", "td rowspan=3", "td colspan=x"])


@given(st.lists(st.lists(SPANNING, max_size=4), max_size=5))
@settings(deadline=None, max_examples=30)
def test_cells_that_span_anything_make_rows_of_one_length(rows):
    table = "".join(
        f"<tr>{''.join(f'<{cell}>{number}</{cell.split()[0]}>' for number, cell in enumerate(row))}"
        "</tr>"
        for row in rows
    )
    _, text = main_text(page(f"<table>{table}</table>"))
    lengths = {line.count("|") for line in table_lines(text)}
    assert len(lengths) <= 1


def test_a_span_too_long_to_be_a_number_is_cut_and_does_not_stop_the_reading():
    table = (
        f'<table><tr><th>City</th><th>Jobs</th></tr><tr><td rowspan="{"9" * 5000}">Oslo</td>'
        "<td>10</td></tr><tr><td>20</td></tr></table>"
    )
    assert "| Oslo | 20 |" in main_text(page(table))[1]


PROSE = "Oslo has grown a great deal in these years, and the docks have become a town."


def test_what_a_page_says_of_itself_is_read():
    head = """<meta charset="utf-8"><title>Fjord City | Example</title>
    <meta name="author" content="Kari Nordmann; Ola Hansen">
    <meta property="article:published_time" content="2019-05-17T08:00:00Z">"""
    raw = f'<html lang="en-GB"><head>{head}</head><body><h1>Fjord City</h1><p>{PROSE}</p></body>'
    metadata = read_web_page(raw.encode(), decoded).metadata
    assert metadata == Metadata(
        "Fjord City", ("Kari Nordmann", "Ola Hansen"), "2019-05-17", "en-GB"
    )


def test_what_a_template_says_is_not_taken():
    raw = (
        '<html lang="en"><head><title>Untitled Document</title></head><body><p>'
        "这个科技园有四百家企业；十年以后增加到两千家。市政府认为，创新需要大学、资金和人才。</p></body></html>"
    )
    assert read_web_page(raw.encode(), decoded).metadata == Metadata()


CHINESE = "这个科技园有四百家企业；十年以后增加到两千家。市政府认为，创新需要大学、资金和人才。"


@pytest.mark.parametrize(
    ("told", "encoding"),
    [
        ('<meta charset="gb2312">', "gb18030"),
        ('<meta http-equiv="Content-Type" content="text/html; charset=GBK">', "gb18030"),
        ('<meta charset="big5">', "utf-8"),  # told wrongly
        ('<meta charset="no-such">', "gb18030"),
        ('<meta charset="utf-8">', "gb18030"),  # told wrongly
        ('<meta charset="utf-16">', "utf-8"),
        ('<meta charset="iso-8859-1">', "utf-16"),
        ("", "gb18030"),
    ],
)
def test_the_encoding_of_a_page_is_what_it_tells_unless_its_bytes_say_otherwise(told, encoding):
    page = f"<html><head>{told}<title>x</title></head><body><p>{CHINESE}</p></body></html>"
    assert read_web_page(page.encode(encoding), decoded).markdown == CHINESE


def test_an_xhtml_page_with_tags_that_are_closed_at_once_is_read_whole():
    raw = f"""<?xml version="1.0" encoding="ISO-8859-1"?>
    <!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0 Strict//EN" "http://www.w3.org/xhtml1-strict.dtd">
    <html xmlns="http://www.w3.org/1999/xhtml"><head><title/><script src="a.js"/></head>
    <body><h1>Caf\xe9</h1><p>{PROSE}</p><h2>More</h2><p>{PROSE} So said \xd8stlandet.</p></body>
    </html>"""
    text = read_web_page(raw.encode("latin-1"), decoded).markdown
    assert text == f"# Café\n\n{PROSE}\n\n## More\n\n{PROSE} So said Østlandet."


def test_signs_that_markdown_would_read_are_words_of_the_page():
    words = "It is 3 * 4 * 5 of &lt;Firms&gt; for `x_y`."
    raw = f"<html><body><h1>A * B</h1><p>{PROSE}</p><h2>C</h2><p>{PROSE} {words}</p></body></html>"
    text = read_web_page(raw.encode(), decoded).markdown
    structure = parse_markdown(text)
    assert structure.title == "A * B"
    (block,) = structure.sections[-1].blocks
    assert readable(text[block.start : block.end]).endswith("It is 3 * 4 * 5 of <Firms> for `x_y`.")


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        (b"", "has no main text"),
        (b"<html><body><script>var a = 1;</script></body></html>", "has no main text"),
        (b"<html><frameset><frame src='menu.html'><frame src='main.html'></frameset></html>",
         "only frames other pages; add those instead (menu.html, main.html)"),
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "is not a text"),
        (b"<b>" * 2_000_001, "is a page of more than 2,000,000 tags"),
        (b"<html><body>" + b"<br>" * 160_000, "is a page of more than 150,000 parts"),
    ],
    ids=["empty", "script", "frames", "binary", "tags", "parts"],
)  # fmt: skip
def test_what_is_no_page_that_can_be_read_is_told(raw, reason):
    with pytest.raises(DocumentError) as told:
        read_web_page(raw, decoded)
    assert str(told.value).startswith(reason)


def test_tags_within_tags_without_end_are_no_hindrance():
    deep = "<div>" * 100_000 + f"<p>{PROSE}</p>" + "</div>" * 100_000
    converted = read_web_page(f"<html><body>{deep}<p>The end.</p></body>".encode(), decoded)
    assert converted.markdown == f"{PROSE}\n\nThe end."
    tables = "<table><tr><td>" * 1000 + f"<p>{PROSE}</p>"
    converted = read_web_page(f"<html><body><p>{PROSE}</p>{tables}</body>".encode(), decoded)
    assert converted.gaps == ("its tags lie too deep in one another to be read to the end",)


def test_pictures_within_a_page_and_cells_that_span_all_are_no_hindrance():
    picture = f'<img src="data:image/png;base64,{"A" * 3_000_000}">'
    bomb = "<tr><td colspan=1000 rowspan=9999>x y</td></tr>" * 300
    page = f"<html><body><p>{PROSE}</p>{picture}<table>{bomb}</table><p>The end.</p></body>"
    assert read_web_page(page.encode(), decoded).markdown.startswith(PROSE)


def test_damage_anywhere_gives_a_text_or_a_clear_error():
    chance = random.Random(5)
    for _ in range(60):
        raw = bytearray(PAGE.encode())
        for _ in range(chance.choice([1, 5, 100])):
            raw[chance.randrange(len(raw))] = chance.randrange(256)
        with contextlib.suppress(DocumentError):
            assert read_web_page(bytes(raw), decoded).markdown


def test_blocks_in_the_cells_of_a_table_that_lays_out_the_page_are_blocks():
    prose = [f"{PROSE} So it was in the year {year}." for year in range(2010, 2016)]
    left = "".join(f"<p>{words}</p>" for words in prose[:4])
    cells = f"<td><h1>Oslo</h1>{left}</td><td><h2>Rents</h2><p>{prose[4]}</p></td>"
    table = f"<table><tr>{cells}</tr><tr><td><p>{prose[5]}</p></td></tr></table>"
    text = read_web_page(f"<html><body>{table}</body></html>".encode(), decoded).markdown
    assert text == "\n\n".join(["# Oslo", *prose[:4], "## Rents", *prose[4:]])


@pytest.mark.parametrize("part", ["div", "section"])
def test_the_headings_of_a_page_that_marks_no_main_part_are_kept(part):
    prose = [f"<p>{PROSE} So it was in the year {year}.</p>" for year in range(1960, 2010)]
    halves = {"Docks": prose[:25], "Rents": prose[25:]}.items()
    parts = "".join(f"<{part}><h2>{name}</h2>{''.join(half)}</{part}>" for name, half in halves)
    text = read_web_page(f"<html><body><div>{parts}</div></body></html>".encode(), decoded).markdown
    assert [line for line in text.splitlines() if line.startswith("#")] == ["## Docks", "## Rents"]
