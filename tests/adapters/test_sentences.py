"""Sentence boundaries cover the text, in characters."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from innoqa.adapters.sentences import sentence_boundaries


@given(st.text(st.sampled_from("aB1 .!?\n\t。é北😀\u200d\u0301\"'()；！？…”」いกД")))
def test_the_boundaries_follow_one_another_from_the_start_to_the_end_of_the_text(text):
    at = 0
    for start, end in sentence_boundaries(text):
        assert (start, end > start) == (at, True)
        at = end
    assert at == len(text)


def sentences(text):
    return [text[s:e].strip() for s, e in sentence_boundaries(text)]


def test_a_figure_or_an_abbreviation_ends_no_sentence():
    text = "Dr. Wu saw 3.5 percent in 2010. 😀 It was a lot. 北京很大。 Yes."
    assert sentences(text) == [
        "Dr. Wu saw 3.5 percent in 2010.",
        "😀 It was a lot.",
        "北京很大。",
        "Yes.",
    ]


@pytest.mark.parametrize(
    "parts",
    [
        ["他说：“园区很大。”", "她不信！", "占比为3.5%；其余在区外。", "真的？"],
        ["园区由 A. Smith 先生创办（见附表）。", "The park grew by 5 percent.", "之后停滞。"],
        ["彼は「はい。」", "次の街区は大きい。", "いつ？"],
        ["Район основан в 2010 г. на площади 5 га.", "Он вырос."],
        ["كم عدد السكان؟", "المدينة كبيرة."],
        ["यह एक ज़िला है।", "यह बड़ा है।"],
    ],
)
def test_each_script_has_marks_of_its_own(parts):
    assert sentences(" ".join(parts)) == parts
    if "。" in parts[0]:
        assert sentences("".join(parts)) == parts
