"""Sign-up forms, menus and teasers go; prose stays."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from innoqa.adapters.markdown import parse_plain
from innoqa.domain import Block, Document, Section
from innoqa.furniture import is_furniture, without_furniture


def kept(*blocks, headings=None):
    """The blocks that are left of a text, each block under its own heading where given."""
    text, sections = "", []
    for number, words in enumerate(blocks):
        heading = (headings[number],) if headings and headings[number] else ()
        sections.append(Section(heading, (Block(len(text), len(text) + len(words)),)))
        text += words + "\n\n"
    document = Document("d", "d.txt", "T", "plain", text, tuple(sections))
    left = without_furniture(document)
    assert left.text == text
    return [text[b.start : b.end] for s in left.sections for b in s.blocks]


PROSE = "The harbour plan opened the fjord to the town, and it took twenty years to carry out."


@pytest.mark.parametrize(
    "words",
    [
        "Join our newsletter",
        "Newsletter",
        "Sign up for our monthly newsletter!",
        "Subscribe to get updates by e-mail",
        "We promise no spam, just good content",
        "Thank you! Your submission has been received!",
        "Oops! Something went wrong while submitting the form.",
        "Check out other articles",
        "Related posts",
        "You may also like: more stories",
        "learn more",
        "Read more →",
        "Skip to main content",
        "This site uses cookies to improve your visit.",
        "Accept all cookies",
        "Privacy policy",
        "Terms of use",
        "© 2024 Example Ltd.",
        "All rights reserved.",
        "Follow us on the fediverse",
        "Please enable JavaScript to view this page.",
    ],
)
def test_the_furniture_of_the_web_is_known(words):
    assert is_furniture(words)
    assert kept(PROSE, words, PROSE) == [PROSE, PROSE]


@pytest.mark.parametrize(
    "words",
    [
        PROSE,
        "In 2015 the district started a newsletter for investors, which 3,000 firms read.",
        "About 90 universities share laboratories with firms.",
        "The home of the fund town is Fangshan.",
        "Firms register with the town office within a week.",
        "The next step is to download the plan of 2035.",
    ],
)
def test_a_sentence_that_only_mentions_such_things_stays(words):
    assert kept(PROSE, words, PROSE) == [PROSE, words, PROSE]


def test_teasers_after_the_furniture_has_begun_go_with_it():
    assert kept(PROSE, PROSE, "Check out other articles", "Bergen's light rail", "Bikes") == [
        PROSE,
        PROSE,
    ]


def test_prose_after_the_furniture_is_kept():
    assert kept(PROSE, PROSE, "Join our newsletter", PROSE)[-1] == PROSE


def test_furniture_at_the_top_does_not_end_the_text():
    short = "Oslo built a new front."
    assert kept("Skip to main content", short, PROSE, PROSE) == [short, PROSE, PROSE]


def test_a_block_of_link_texts_is_a_menu():
    assert kept("Home\nAbout the project\nPartners", PROSE) == [PROSE]


def test_short_lines_with_figures_are_no_menu():
    assert kept("90 universities\n1000 institutes", PROSE)[0] == "90 universities\n1000 institutes"


def test_short_blocks_under_a_furniture_heading_go_with_it():
    assert kept(PROSE, "Leave your address.", headings=["", "Contact us"]) == [PROSE]


def test_neighbouring_blocks_under_one_heading_stay_in_one_section():
    text = f"Aim\n\n{PROSE}\n\nHow it went\n\n{PROSE}\n\n{PROSE}\n"
    found = parse_plain(text)
    document = Document("d", "d", found.title, "plain", text, found.sections)
    assert [len(s.blocks) for s in without_furniture(document).sections] == [1, 2]


words = st.sampled_from(
    "newsletter subscribe today cookies spam share menu town © read more articles 90 , spam".split()
)
long_sentence = st.lists(words, min_size=41, max_size=60).map(lambda chosen: " ".join(chosen) + ".")
heading = st.sampled_from(["", "Newsletter", "Contact us", "Related articles", "Results"])


@given(st.lists(st.tuples(heading, long_sentence), min_size=1, max_size=5))
def test_a_paragraph_of_a_long_sentence_is_never_dropped(paragraphs):
    headings, blocks = zip(*paragraphs, strict=True)
    assert kept(*blocks, headings=headings) == list(blocks)
