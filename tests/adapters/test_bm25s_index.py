"""The lexical index: words find texts, unknown words find nothing."""

import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from innoqa.adapters.bm25s_index import Bm25Index, Bm25Writer, Lexicon
from innoqa.domain import Passage

TEXTS = (
    "The fund town lies in Fangshan. Town and town again.",
    "A town with 20,000 firms in 2018.",
    "北京",
    "",
    "China's universities build companies; the companies' patents grew by 3.5 percent.",
    "the of and",
)


@pytest.fixture(scope="module")
def index(tmp_path_factory):
    folder = tmp_path_factory.mktemp("lexical") / "passages"
    writer = Bm25Writer(folder, lambda passage: (passage.text,))
    for text in TEXTS:
        writer.add(Passage("", "", "", "", (), text, 0, len(text), ()), None)
    writer.finish()
    return Bm25Index(folder)


def found(index, question):
    return np.flatnonzero(index.scores(question)).tolist()


def test_every_text_has_a_score_and_only_those_with_a_word_of_the_question_a_positive_one(index):
    assert index.scores("town").shape == (len(TEXTS),)
    assert found(index, "Which towns are there?") == [0, 1]
    assert found(index, "company") == [4]
    assert found(index, "北京") == [2]


def test_unknown_words_find_nothing_and_do_not_disturb_known_ones(index):
    assert found(index, "xylophone zebra") == []
    np.testing.assert_array_equal(index.scores("xylophone town"), index.scores("town"))
    assert found(index, "") == []


def test_a_number_is_found_with_and_without_separators_and_not_by_its_parts(index):
    assert found(index, "20000") == found(index, "20,000") == [1]
    assert found(index, "20") == found(index, "000") == []
    assert found(index, "3.5") == [4]


def test_a_text_that_says_a_word_more_often_scores_higher(index):
    scores = index.scores("town")
    assert scores[0] > scores[1]


def test_a_question_of_stop_words_only_is_searched_as_it_stands(index):
    assert found(index, "the of") == [5]


def test_rare_terms_weigh_more_and_unknown_ones_most(index):
    weights = index.weights("town Fangshan xylophone")
    assert weights["town"] < weights["fangshan"] < weights["xylophon"]
    assert min(weights.values()) > 0


def test_coverage_is_the_weighted_share_of_the_terms_a_text_holds(index):
    weights = {"town": 1.0, "firm": 2.0, "xylophon": 1.0}
    np.testing.assert_allclose(index.coverage(weights)[:3], [0.25, 0.75, 0.0])
    assert index.coverage({}).tolist() == [0.0] * len(TEXTS)


@pytest.mark.parametrize(
    ("text", "terms"),
    [
        ("China's China’s", ["china", "china"]),
        ("1,234.5 and 7", ["1234.5", "7"]),
        ("TOWN towns", ["town", "town"]),
        ("", []),
        ("?! ...", []),
    ],
)
def test_the_terms_of_a_text(text, terms):
    assert Lexicon().terms(text) == terms


@given(st.text())
def test_any_question_can_be_asked(index, text):
    scores = index.scores(text)
    assert scores.shape == (len(TEXTS),)
    assert np.isfinite(scores).all()
    assert np.isfinite(index.coverage(index.weights(text))).all()


def test_an_index_without_texts_can_be_written_and_asked(tmp_path):
    Bm25Writer(tmp_path / "empty", lambda _: ()).finish()
    assert not Bm25Index(tmp_path / "empty").scores("town").any()


CHINESE = ("中关村科技园区的高新技术企业有２万家。", "海淀的研发强度很高。", "The town of Beijing.")


@pytest.fixture(scope="module")
def chinese(tmp_path_factory):
    folder = tmp_path_factory.mktemp("chinese") / "passages"
    writer = Bm25Writer(folder, lambda passage: (passage.text,))
    for text in CHINESE:
        writer.add(Passage("", "", "", "", (), text, 0, len(text), ()), None)
    writer.finish()
    return Bm25Index(folder)


@pytest.mark.parametrize(
    ("question", "texts"),
    [
        ("请问高新企业有多少？", [0]),
        ("什么是园区", [0]),
        ("研發強度是多少", [1]),
        ("2万", [0]),
        ("海淀区", [1]),
        ("town", [2]),
        ("亚洲的银行", []),
    ],
)
def test_a_chinese_question_finds_the_texts_that_have_a_word_of_it(chinese, question, texts):
    assert found(chinese, question) == texts


@pytest.mark.parametrize(
    ("text", "terms"),
    [
        ("为什么建设经济开发区？", ["建设", "经济", "开发", "区"]),
        ("ＧＤＰ增长５．２％", ["gdp", "增长", "5.2"]),
        ("是什么", ["是", "什么"]),
        ("雾堡区在", ["雾堡", "堡区"]),
        ("東京のデータ", ["东京", "デー", "ータ"]),
        ("서울은", ["서울", "울은"]),
        ("ไทย", ["ไท", "ทย"]),
        ("Площадь районов", ["площад", "район"]),
        ("المدينة", ["مدين"]),
    ],
)
def test_scripts_without_blanks_are_segmented_and_others_stemmed(text, terms):
    assert Lexicon().terms(text) == terms


def test_english_alone_loads_no_segmenter():
    code = (
        "import sys; from innoqa.adapters.bm25s_index import Lexicon as L; L().terms('The café’s');"
        "assert 'rjieba' not in sys.modules; L().terms('北京'); assert 'rjieba' in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
