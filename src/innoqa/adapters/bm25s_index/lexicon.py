"""Text -> terms: stems by Snowball, one stemmer for each script; Chinese by ``segmenting``."""

import re
from functools import lru_cache

import Stemmer
from bm25s.stopwords import STOPWORDS_EN_PLUS, STOPWORDS_RUSSIAN

from innoqa.adapters.bm25s_index.segmenting import is_segmented, plain, segmented
from innoqa.scripts import SOUTHEAST_ASIAN

_NUMBER = r"\d+(?:[.,]\d+)*"
_WORD = re.compile(rf"{_NUMBER}|[^\W\d_]+(?:['’][^\W\d_]+)?|\d")
_DISTANT = re.compile("[\u0370-\u1fff\u2e80-\U0003ffff]")
_MARKS = "\u0591-\u05c7\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06dc\u0900-\u0963\u0971-\u0dff"
"""Vowel signs and the like, which are no letters to Python."""

_DISTANT_WORD = re.compile(
    rf"{_NUMBER}|(?:[^\W\d_]|[{_MARKS}{SOUTHEAST_ASIAN}])+(?:['’][^\W\d_]+)?|\d"
)
_ASKING = (
    "many much name named called known list tell describe explain give given mention happen"
    " happened"
).split()
_ASKING_ELSEWHERE = (
    "какие каков какова каковы каких сколько почему каким какое находится"
    " ما ماذا من متى أين كم كيف لماذا هل أي هو هي في على إلى عن هذا هذه"
).split()
_STOPWORDS = frozenset(
    (*STOPWORDS_EN_PLUS, *_ASKING, *STOPWORDS_RUSSIAN, *_ASKING_ELSEWHERE)
)  # words that ask, not words that are asked for
_STEMMED = (
    ("russian", re.compile("[Ѐ-ӿ]")),
    ("arabic", re.compile("[؀-ۿ]")),
    ("greek", re.compile("[Ͱ-Ͽἀ-῿]")),
    ("hindi", re.compile("[ऀ-ॿ]")),
    ("armenian", re.compile("[԰-֏]")),
)


class Lexicon:
    """Text -> terms: lower case, stemmed, no stop words, numbers whole and without separators.

    Scripts without blanks between words are segmented, full-width signs read as plain ones.
    """

    def terms(self, text: str) -> list[str]:
        """The terms of a text, in order, repeats included."""
        folded = plain(text).lower()
        if _DISTANT.search(folded):
            return _distant_terms(folded)
        words = [_plain(word) for word in _WORD.findall(folded)]
        kept = [word for word in words if word not in _STOPWORDS]
        return list(_stemmer("english").stemWords(kept or words))


def _distant_terms(text: str) -> list[str]:
    everything: list[str] = []
    kept: list[str] = []
    for word in _DISTANT_WORD.findall(text):
        if is_segmented(word):
            terms, telling = segmented(word)
        else:
            bare = _plain(word)
            terms = [_stem(bare)]
            telling = terms if bare not in _STOPWORDS else []
        everything += terms
        kept += telling
    return kept or everything


def _stem(word: str) -> str:
    language = next((name for name, sign in _STEMMED if sign.match(word)), "english")
    return str(_stemmer(language).stemWord(word))


@lru_cache
def _stemmer(language: str) -> Stemmer.Stemmer:
    return Stemmer.Stemmer(language)


def _plain(word: str) -> str:
    return word.replace(",", "") if word[0].isdigit() else word.replace("’", "'").removesuffix("'s")
