"""The structure of Markdown and plain text, as spans of the text."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from innoqa.adapters.markdown import markers, mask_markers, parse_markdown, parse_plain, readable
from innoqa.domain import Footnote, ListPlace, TableRow


def blocks(text, parse=parse_markdown):
    """(heading path, the words of the block, its place in a list) of every block."""
    return [
        (section.heading, text[block.start : block.end], block.place)
        for section in parse(text).sections
        for block in section.blocks
    ]


def words(text, parse=parse_markdown):
    return [found for _, found, _ in blocks(text, parse)]


def places(text, parse=parse_markdown):
    return [
        (found, place and (place.list_number, place.item))
        for _, found, place in blocks(text, parse)
    ]


def test_the_first_main_heading_is_the_title_and_the_others_make_the_path():
    text = (
        "# Oslo\n\nIntro.\n\n## Parks\n\nGreen.\n\n### Big\n\nLarge.\n\n"
        "## Trams\n\nBlue.\n\n# End\n\nBye.\n"
    )
    assert parse_markdown(text).title == "Oslo"
    assert [(heading, found) for heading, found, _ in blocks(text)] == [
        ((), "Intro."),
        (("Parks",), "Green."),
        (("Parks", "Big"), "Large."),
        (("Trams",), "Blue."),
        (("End",), "Bye."),
    ]


def test_headings_are_read_without_markup_and_in_both_notations():
    text = "Oslo *now*\n==========\n\nThe [parks](http://x)[^1]\n-----\n\nGreen.\n"
    assert parse_markdown(text).title == "Oslo now"
    assert blocks(text) == [(("The parks",), "Green.", None)]


def test_what_ends_in_a_colon_before_a_list_leads_into_it():
    text = "There are kinds:\n\n- science cities\n- towns\n\nThat is all.\n\n1. one\n2. two\n"
    assert places(text) == [
        ("There are kinds:", (1, 0)),
        ("science cities", (1, 1)),
        ("towns", (1, 2)),
        ("That is all.", None),
        ("one", (2, 1)),
        ("two", (2, 2)),
    ]


def test_a_colon_above_another_heading_leads_into_nothing():
    assert places("There are kinds:\n\n## Next\n\n- one\n") == [
        ("There are kinds:", None),
        ("one", (1, 1)),
    ]


@pytest.mark.parametrize("bullet", ["-", "*", "+", "1.", "1)", "17."])
def test_the_bullet_or_number_of_an_item_is_not_part_of_it(bullet):
    assert words(f"{bullet} 90 universities\n") == ["90 universities"]


def test_the_items_of_a_nested_list_are_items_of_the_outer_one():
    text = "1. one\n2. two\n\n   more of two\n\n   - inner a\n   - inner b\n3. three\n"
    assert places(text) == [
        ("one", (1, 1)),
        ("two", (1, 2)),
        ("more of two", (1, 2)),
        ("inner a", (1, 3)),
        ("inner b", (1, 4)),
        ("three", (1, 5)),
    ]


def test_two_lists_have_two_numbers():
    assert [place.list_number for _, _, place in blocks("- a\n\ntext\n\n- b\n") if place] == [1, 2]


def test_footnotes_are_taken_out_of_the_text_with_their_further_lines():
    text = "It grew.[^a]\n\n[^a]: *China Daily*,\n    5 May 2019.\n[^2]: [Xinhua](http://x)\n"
    found = parse_markdown(text)
    assert found.footnotes == (Footnote("a", "China Daily, 5 May 2019."), Footnote("2", "Xinhua"))
    assert words(text) == ["It grew.[^a]"]


def test_a_table_keeps_the_printed_cells_and_the_span_of_each_row():
    text = "## Firms\n\n| City | **Firms** |\n|---|---:|\n| Oslo | 1,200 |\n| *Bergen* | > 90 |\n"
    (table,) = parse_markdown(text).tables
    assert (table.title, table.heading, table.header) == ("Firms", ("Firms",), ("City", "Firms"))
    assert [row.cells for row in table.rows] == [("Oslo", "1,200"), ("Bergen", "> 90")]
    assert [text[row.start : row.end] for row in table.rows] == [
        "| Oslo | 1,200 |",
        "| *Bergen* | > 90 |",
    ]


def test_the_caption_unit_and_source_around_a_table_belong_to_it():
    text = (
        "## Firms\n\nText.\n\n**Table 1. Firms of Oslo**\n(in thousands)\n\n"
        "| Year | Firms |\n|---|---|\n| 2019 | 5 |\n\n*Source: SSB, 2020*\nOther words.\n\nText.\n"
    )
    (table,) = parse_markdown(text).tables
    assert (table.title, table.heading) == ("Table 1. Firms of Oslo", ("Firms",))
    assert table.notes == ("(in thousands)", "Source: SSB, 2020")
    assert "Source: SSB, 2020" in " ".join(words(text))


@pytest.mark.parametrize(
    "above",
    ["Table 1 shows the firms.", "Firms of Oslo", "- **Table 1**", "**a**\nb\nc\nd\ne", "# Next"],
)
def test_other_words_above_a_table_are_no_caption(above):
    text = f"## Firms\n\n{above}\n\n| Year | Firms |\n|---|---|\n| 2019 | 5 |\n"
    (table,) = parse_markdown(text).tables
    assert table.title in ("Firms", "Next")


def test_a_header_of_two_rows_is_joined():
    text = (
        "|  | 2019 | 2019 |\n|---|---|---|\n|  | H1 | H2 |\n| Sales | 5 | 6 |\n| Costs | 3 | 4 |\n"
    )
    (table,) = parse_markdown(text).tables
    assert table.header == ("", "2019 | H1", "2019 | H2")
    assert [text[row.start : row.end] for row in table.rows] == [
        "| Sales | 5 | 6 |",
        "| Costs | 3 | 4 |",
    ]


def test_a_table_is_no_paragraph_and_one_without_rows_is_no_table():
    text = "| a | b |\n|---|---|\n"
    assert parse_markdown(text).tables == ()
    assert words(text + "| 1 | 2 |\n") == []


def test_a_short_row_is_filled_with_empty_cells():
    (table,) = parse_markdown("| a | b |\n|---|---|\n| 1 |\n").tables
    assert table.rows == (TableRow(("1", ""), 20, 25),)


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_offsets_count_characters_whatever_ends_a_line(end):
    text = end.join(
        [
            "# Té 😀",
            "",
            "北京 is *large*. 🇨🇳 Yes.",
            "",
            "- ä 😀",
            "- ö",
            "",
            "|a|b|",
            "|-|-|",
            "|é|2|",
            "",
        ]
    )
    assert words(text) == ["北京 is *large*. 🇨🇳 Yes.", "ä 😀", "ö"]
    (table,) = parse_markdown(text).tables
    assert [text[row.start : row.end] for row in table.rows] == ["|é|2|"]


def test_code_is_kept_as_a_block_and_front_matter_does_not_hurt():
    text = "---\ntitle: X\n---\n\nHello.\n\n    code *here*\n\n```py\nx = 1\n```\n"
    assert words(text) == ["Hello.", "code *here*", "```py\nx = 1\n```"]


def test_a_quotation_is_a_block_without_its_sign():
    assert words("> The town\n> grew.\n") == ["The town\n> grew."]


def test_an_empty_text_has_no_structure():
    assert words("") == words(" \n\n") == []


@pytest.mark.parametrize(
    ("markdown", "reads"),
    [
        ("**bold** and _so_ on", "bold and so on"),
        ("a [link](http://x.org 'title') here", "a link here"),
        ("see ![a map](map.png) now", "see a map now"),
        ("<b>fat</b> <!-- no --> text", "fat text"),
        ("`code` stays", "code stays"),
        ("claim[^1] and[^note] more", "claim and more"),
        ("5 \\* 3 &amp; 2", "5 * 3 & 2"),
        ("two\nlines  \nand\\\nmore", "two lines and more"),
        ("> 90 firms", "> 90 firms"),
        ("3 < 5 > 2", "3 < 5 > 2"),
        ("", ""),
    ],
)
def test_a_fragment_reads_without_its_markup(markdown, reads):
    assert readable(markdown) == reads


def test_markers_are_listed_once_in_order():
    assert markers("a[^2] b[^x] c[^2] [no] [^ ]") == ("2", "x")


@given(st.text(st.sampled_from("a[^1] \n>é😀")))
def test_masking_leaves_every_offset_as_it_was(text):
    masked = mask_markers(text)
    assert len(masked) == len(text)
    assert all(m in (t, " ") for m, t in zip(masked, text, strict=True))


@settings(deadline=None)
@given(st.text(st.sampled_from("ab1 #-*_`>|[]()^:.!~<=\\\t\r\n\u2028\x0b\x00é😀"), max_size=120))
@pytest.mark.parametrize("parse", [parse_markdown, parse_plain])
def test_any_text_gives_blocks_in_order_inside_it(parse, text):
    at = 0
    for section in parse(text).sections:
        for block in section.blocks:
            assert at <= block.start < block.end <= len(text)
            assert text[block.start : block.end].strip() == text[block.start : block.end]
            at = block.end
    assert readable(text) == " ".join(readable(text).split())


PLAIN = """Oslo's Fjord City: How a Harbour Became a Town

What was the aim?

The plan aims to open the fjord to the town. It began in 2000.

  1. Opera: It drew visitors.
  2. Barcode: Twelve towers line the railway.

Summing up

Oslo has a new front.
"""


def test_short_lines_of_plain_text_are_title_and_headings():
    assert parse_plain(PLAIN).title == "Oslo's Fjord City: How a Harbour Became a Town"
    assert blocks(PLAIN, parse_plain) == [
        (
            ("What was the aim?",),
            "The plan aims to open the fjord to the town. It began in 2000.",
            None,
        ),
        (("What was the aim?",), "Opera: It drew visitors.", ListPlace(1, 1)),
        (("What was the aim?",), "Barcode: Twelve towers line the railway.", ListPlace(1, 2)),
        (("Summing up",), "Oslo has a new front.", None),
    ]


def test_a_short_line_at_the_end_heads_nothing_and_is_kept():
    assert words("Oslo\n\nIt grew.\n\n90 universities", parse_plain) == [
        "It grew.",
        "90 universities",
    ]


def test_short_lines_in_a_row_are_kept_since_only_the_last_one_heads_the_text():
    text = "Oslo\n\nIt grew.\n\n90 universities\n\n1,000 institutes\n\nResults\n\nThey are large.\n"
    assert words(text, parse_plain) == [
        "It grew.",
        "90 universities",
        "1,000 institutes",
        "They are large.",
    ]


@pytest.mark.parametrize("line", ["It ends.", "Kinds:", "one,", "two\nlines", "word " * 17])
def test_a_line_that_reads_like_prose_is_no_heading(line):
    assert words(f"Title\n\n{line.strip()}\n\nNext sentence.", parse_plain)[0] == line.strip()


@pytest.mark.parametrize(
    "text",
    [
        "    indented words here.",
        "```\nfenced words.\n```",
        "<div>tagged words.</div>",
        "[a]: is a label.",
    ],
)
def test_plain_text_that_looks_like_markdown_loses_no_words(text):
    found = " ".join(words(f"Title\n\nFirst.\n\n{text}", parse_plain))
    assert all(word in found for word in text.split())


def test_sentences_that_are_strong_together_read_without_signs_each_by_itself():
    assert readable("**Table 1.") == "Table 1."
    assert readable("Firms of Oulu** and more") == "Firms of Oulu and more"
    assert readable(r"2\*\*3 and **4**") == "2**3 and 4"
    assert readable("`2**3`") == "2**3"
