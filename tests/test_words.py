"""Words as they are matched: stems, acronyms, synonyms."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from innoqa.words import RELATED, SAME, SYNONYM, acronyms, stem, strength, words


@pytest.mark.parametrize(
    ("word", "stemmed"),
    [("Laboratories", "laboratory"), ("Beijing’s", "beijing"), ("Medellín", "medellin"),
     ("spent", "spend"), ("status", "status"), ("R&D", "r&d")],
)  # fmt: skip
def test_a_stem_has_no_ending_accent_or_possessive(word: str, stemmed: str) -> None:
    assert stem(word) == stemmed


@given(st.text())
def test_words_stand_where_they_say_they_do(text: str) -> None:
    for word in words(text):
        assert text[word.start : word.end] == word.text


def test_what_spells_out_an_acronym_reads_as_the_acronym() -> None:
    known = acronyms(["R&D as a share of GDP"])
    found = [
        word.stem for word in words("gross domestic product and research and development", known)
    ]
    assert found == ["gdp", "and", "r&d"]


def test_letters_that_happen_to_fit_spell_no_acronym() -> None:
    assert "r&d" not in [w.stem for w in words("at what rate did it rise", frozenset({"R&D"}))]


@pytest.mark.parametrize(
    ("one", "other", "value"),
    [("firm", "firm", SAME), ("grant", "granted", RELATED), ("firm", "enterprise", SYNONYM),
     ("spending", "expenditure", SYNONYM), ("patent", "patient", 0), ("fund", "found", 0)],
)  # fmt: skip
def test_matches_have_a_strength(one: str, other: str, value: float) -> None:
    assert strength(one, other) == strength(other, one) == value
