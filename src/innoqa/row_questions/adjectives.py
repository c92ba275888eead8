"""Comparatives and superlatives: whether they ask for the greatest, and of what."""

from collections.abc import Iterator
from dataclasses import dataclass

from innoqa.row_questions.words import Token

_ADJECTIVES = """
+ - : most more many much
- - : least less few little
+ - : high great maximum max top up
- - : low minimum min bottom
+ size : large big
- size : small little
+ length : long
- length : short
+ height : tall
+ old : late new recent
- old : early soon old
- time : fast quick
+ time : slow
+ speed : fast quick
- speed : slow
+ weight : heavy
- weight : light
+ age : old
- age : young
+ old : young
+ money : expensive rich wealthy costly
- money : cheap poor
+ - : good strong deep wide broad dense popular far populous
- - : bad weak shallow narrow near close sparse
"""
_IRREGULAR = {
    "best": "good", "better": "good", "worst": "bad", "worse": "bad", "farthest": "far",
    "further": "far", "furthest": "far", "farther": "far", "most": "most", "more": "more",
    "least": "least", "less": "less", "maximum": "maximum", "minimum": "minimum", "max": "max",
    "min": "min", "top": "top", "bottom": "bottom",
}  # fmt: skip
_SUPERLATIVES = frozenset(
    "best worst farthest furthest most least maximum minimum max min top".split()
)


@dataclass(frozen=True, slots=True)
class Adjective:
    """A comparative or superlative: ``direction`` is 1 for the greatest, -1 for the least.

    ``group`` says what it measures ("" where any number may be meant).
    """

    token: int
    direction: int
    group: str
    superlative: bool


def _adjective_table() -> dict[str, list[tuple[int, str]]]:
    table: dict[str, list[tuple[int, str]]] = {}
    for line in _ADJECTIVES.strip().splitlines():
        sign, group, _, *words = line.split()
        for word in words:
            table.setdefault(word, []).append((1 if sign == "+" else -1, group.strip("-")))
    return table


_TABLE = _adjective_table()


def adjectives(words: tuple[Token, ...]) -> Iterator[Adjective]:
    """The comparatives and superlatives among some words, one for each thing they may measure."""
    for at, token in enumerate(words):
        base, superlative = _read(token.word)
        for direction, group in _TABLE.get(base, ()):
            yield Adjective(at, direction, group, superlative)


def _read(word: str) -> tuple[str, bool]:
    """The plain adjective behind a word, "" if there is none, and whether it is a superlative.

    >>> _read("largest"), _read("better"), _read("river")
    (('large', True), ('good', False), ('', False))
    """
    if word in _IRREGULAR:
        return _IRREGULAR[word], word in _SUPERLATIVES
    for ending in ("est", "er"):
        if word.endswith(ending) and len(word) > len(ending) + 2:
            return _base(word.removesuffix(ending)), ending == "est"
    return "", False


def _base(rest: str) -> str:
    """The adjective behind "larg", "bigg" or "earli"."""
    tries = [rest, rest + "e", rest[:-1]]
    if rest.endswith("i"):
        tries.append(rest[:-1] + "y")
    return next((word for word in tries if word in _TABLE), "")
