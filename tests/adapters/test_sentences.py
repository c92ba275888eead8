"""Sentence boundaries cover the text, in characters."""

from hypothesis import given
from hypothesis import strategies as st

from innoqa.adapters.sentences import sentence_boundaries


@given(st.text(st.sampled_from("aB1 .!?\n\t。é北😀\u200d\u0301\"'()")))
def test_the_boundaries_follow_one_another_from_the_start_to_the_end_of_the_text(text):
    at = 0
    for start, end in sentence_boundaries(text):
        assert (start, end > start) == (at, True)
        at = end
    assert at == len(text)


def test_a_figure_or_an_abbreviation_ends_no_sentence():
    text = "Dr. Wu saw 3.5 percent in 2010. 😀 It was a lot. 北京很大。 Yes."
    assert [text[s:e].strip() for s, e in sentence_boundaries(text)] == [
        "Dr. Wu saw 3.5 percent in 2010.",
        "😀 It was a lot.",
        "北京很大。",
        "Yes.",
    ]
