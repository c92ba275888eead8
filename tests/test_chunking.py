"""Passages: spans of the document that fit the embedder."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from innoqa.adapters.markdown import parse_markdown, parse_plain
from innoqa.chunking import PassageSize, heading_prefix, prose_passages
from innoqa.domain import Document, ListPlace

SMALL = PassageSize(target=20, limit=42)
ROOMY = PassageSize(target=160, limit=252)


def document(text, media_type="markdown"):
    parse = parse_plain if media_type == "plain" else parse_markdown
    found = parse(text)
    return Document(
        "d", "d.md", found.title, media_type, text, found.sections, found.tables, found.footnotes
    )


def words_of(passages):
    return [passage.words for passage in passages]


def test_paragraphs_under_one_heading_are_joined_and_a_heading_starts_a_new_passage(tools):
    text = "# T\n\nOne is here.\n\nTwo is here.\n\n## Next\n\nThree is here.\n"
    found = list(prose_passages(document(text), tools, ROOMY))
    assert words_of(found) == ["One is here. Two is here.", "Three is here."]
    assert [p.heading_path for p in found] == ["T", "T > Next"]


def test_a_paragraph_that_would_pass_the_target_starts_a_new_passage(tools):
    paragraph = "The towns lie in the west of the city and grow."
    found = list(prose_passages(document(f"{paragraph}\n\n{paragraph}\n"), tools, SMALL))
    assert words_of(found) == [paragraph, paragraph]


def test_a_paragraph_longer_than_the_limit_is_cut_between_sentences(tools):
    sentences = [f"Sentence number {n} says that the town grew again." for n in range(12)]
    found = list(prose_passages(document(" ".join(sentences)), tools, SMALL))
    assert len(found) > 1
    assert [s.text for p in found for s in p.sentences] == sentences


@pytest.mark.parametrize("text", ["growth " * 200, "北京" * 100, "ab-" * 200])
def test_a_sentence_longer_than_the_limit_is_cut_and_none_of_it_is_lost(tools, text):
    found = list(prose_passages(document(text, "plain"), tools, SMALL))
    assert len(found) > 1
    assert "".join("".join(words_of(found)).split()) == "".join(text.split())
    assert all(tools.count(passage.words) <= SMALL.limit for passage in found)


def test_only_the_last_sentence_before_a_list_leads_into_it(tools):
    text = "There is much to see. The kinds are:\n\n- towns\n- parks\n"
    (passage,) = prose_passages(document(text), tools, ROOMY)
    assert [(s.text, s.place) for s in passage.sentences] == [
        ("There is much to see.", None),
        ("The kinds are:", ListPlace(1, 0)),
        ("towns", ListPlace(1, 1)),
        ("parks", ListPlace(1, 2)),
    ]


def test_a_footnote_belongs_to_the_sentence_that_carries_its_marker(tools):
    text = "It grew.[^1] It shrank.\n\nIt slept.[^x]\n\n[^1]: China Daily (2019).\n"
    (passage,) = prose_passages(document(text), tools, ROOMY)
    assert [(s.text, s.references) for s in passage.sentences] == [
        ("It grew.", ("China Daily (2019).",)),
        ("It shrank.", ()),
        ("It slept.", ()),
    ]


def test_the_signs_of_a_quotation_are_not_read_as_words(tools):
    text = "> The town grew\n> in a year. It is\n> large.\n"
    (passage,) = prose_passages(document(text), tools, ROOMY)
    assert [s.text for s in passage.sentences] == ["The town grew in a year.", "It is large."]


def test_plain_text_keeps_its_asterisks_and_brackets(tools):
    text = "The *value* [^1] is a_b_c <b> here.\n\nIt ends.\n"
    (passage,) = prose_passages(document(text, "plain"), tools, ROOMY)
    assert passage.sentences[0].text == "The *value* [^1] is a_b_c <b> here."


def test_a_long_heading_path_is_cut_from_the_left_to_a_third_of_the_limit(tools):
    path = " ".join(f"word{n}" for n in range(80))
    prefix = heading_prefix(path, tools.count, 90)
    assert prefix
    assert path.endswith(prefix)
    assert tools.count(prefix) <= 30


def test_a_heading_of_one_endless_word_leaves_room_for_the_text(tools):
    assert heading_prefix("北" * 400, tools.count, 90) == ""


words = st.text(
    st.sampled_from("abc DEF 123 .!? ,;: *_`~ []()<>&^|#> - \t äé北京 😀🇳🇴 \u00a0\u200b\u0301 \\"),
    max_size=60,
)
lines = st.one_of(
    words,
    words.map(lambda w: f"# {w}"),
    words.map(lambda w: f"### {w}"),
    words.map(lambda w: f"- {w}"),
    words.map(lambda w: f"   1. {w}"),
    words.map(lambda w: f"> {w}"),
    words.map(lambda w: f"    {w}"),
    words.map(lambda w: f"| {w} | x |\n|---|---|\n| {w} | 2 |"),
    words.map(lambda w: f"It is so.[^1] {w}\n\n[^1]: {w}"),
    st.sampled_from(["```", "---", "===", "", "<div>", "\r", "\f", "Dr. No. 5 came. It rained."]),
    st.text(max_size=40),
)
markdownish = st.builds(
    lambda parts, end: end.join(parts),
    st.lists(lines, max_size=12),
    st.sampled_from(["\n", "\n\n", "\r\n"]),
)


@settings(max_examples=150, deadline=None)
@given(text=markdownish, media_type=st.sampled_from(["markdown", "plain", "html"]))
def test_every_passage_is_a_span_of_the_text_within_budget_with_its_sentences_in_order_inside_it(
    tools, text, media_type
):
    whole = document(text, media_type)
    for passage in prose_passages(whole, tools, SMALL):
        assert passage.text == text[passage.start : passage.end]
        at = passage.start
        for sentence in passage.sentences:
            assert at <= sentence.start < sentence.end <= passage.end
            assert text[sentence.start : sentence.end].strip()
            assert sentence.text.strip()
            at = sentence.end
        prefix = heading_prefix(passage.heading_path, tools.count, SMALL.limit)
        assert tools.count(f"{prefix}\n{passage.words}") <= SMALL.limit


plain_words = st.sampled_from("The town grew by 3.5 percent, said Dr. Wu; 北京 😀 too".split())
paragraph = st.lists(plain_words, min_size=8).map(lambda chosen: " ".join(chosen) + ".")
prose = st.lists(paragraph, min_size=1, max_size=6)


@settings(max_examples=60, deadline=None)
@given(paragraphs=prose, media_type=st.sampled_from(["markdown", "plain"]))
def test_no_word_of_a_paragraph_is_lost_or_said_twice(tools, paragraphs, media_type):
    text = "\n\n".join(paragraphs)
    found = prose_passages(document(text, media_type), tools, SMALL)
    assert " ".join(words_of(found)).split() == text.split()


def test_a_long_chinese_sentence_is_cut_between_clauses_and_its_lines_meet_without_blanks(tools):
    clauses = [f"第{n}区的企业在去年继续增长，" for n in "一二三四五六"]
    text = "".join(clauses).replace("继续", "继\n续")
    found = list(prose_passages(document(text, "plain"), tools, SMALL))
    assert len(found) > 1
    assert all(words.endswith("，") for words in words_of(found))
    assert "".join(words_of(found)) == "".join(clauses)


def test_a_hard_wrapped_chinese_paragraph_has_no_blanks_in_its_words(tools):
    (passage,) = prose_passages(document("# 港\n\n由旧港区改\n造而成。\n"), tools, ROOMY)
    assert passage.words == "由旧港区改造而成。"
