"""A question that takes back part of the last one -> the last query, put right."""

import re

from innoqa.domain import Turn
from innoqa.follow_ups import slots
from innoqa.follow_ups.phrases import Phrase, phrases, stems
from innoqa.follow_ups.signs import CORRECTION, DENIES, FUNCTION, NOT_BUT
from innoqa.follow_ups.subjects import Known, Span, names

_FEW = 8
_ASKS = re.compile(r"\b(?:what|which|who|when|where|why|how|is|are|was|were|do|does|did)\b", re.I)
_HOW_IT_IS = re.compile(r"how \w+ (?P<is>is|was|are|were) (?P<what>[^?]+?)\s*\?*\Z", re.IGNORECASE)
_ARTICLE = re.compile(r"\A(?:the|an?)\s+", re.IGNORECASE)


def corrected(question: str, turn: Turn, known: Known) -> str | None:
    """The last query with what a correction names in its place, or None where it is none."""
    swap = NOT_BUT.match(question)
    if swap:
        found = _swapped(swap, turn, known)
        if found is not None:
            return found
    opening = CORRECTION.match(question)
    if opening is None or not (opening["mean"] or DENIES.match(question)):
        return None
    said = question[opening.end() :].strip(" ?!.,")
    if not said or len(said.split()) > _FEW:
        return None
    if _ASKS.match(said):
        return f"{said[:1].upper()}{said[1:]}?" if opening["mean"] else None
    if not opening["mean"] and len(said.split()) > _FEW // 2:
        return None
    return _put(said, turn, known)


def _swapped(swap: re.Match[str], turn: Turn, known: Known) -> str | None:
    """The query with one thing for another: "not Beijing, Shanghai"."""
    text = turn.query.text
    old = _ARTICLE.sub("", (swap["old"] or swap["old2"]).strip())
    new = _ARTICLE.sub("", (swap["new"] or swap["new2"]).strip(" ?!."))
    match = re.search(rf"\b{re.escape(old)}\b", text, re.IGNORECASE)
    if match is not None:
        return text[: match.start()] + new + text[match.end() :]
    return _put(new, turn, known) if swap["new"] else None


def _put(said: str, turn: Turn, known: Known) -> str | None:
    """The query with what is said in the place that suits it best."""
    text = turn.query.text
    fuller = _fuller(said, text, known)
    if fuller is not None:
        span, place = fuller
        return text[: span[0]] + place + text[span[1] :]
    found = slots.put(said, turn, known, opened=True)
    if found is not None:
        return found
    new = _ARTICLE.sub("", said)
    how = _HOW_IT_IS.match(text)
    if how and not names(new):
        return f"What {how['is']} the {new} of {how['what']}?"
    old = _alike(new, text)
    if old is None:
        return None
    return text[: old.start] + new + text[old.end :]


def _fuller(said: str, text: str, known: Known) -> tuple[Span, str] | None:
    """A place named in part, of which the correction names the rest: "the science city"."""
    wanted = set(stems(said)) - FUNCTION
    for one in reversed(names(text)):
        shared = set(one.words)
        for place in sorted(known.places, key=len):
            whole = set(stems(place))
            if shared & whole and wanted and wanted <= whole and not wanted <= shared:
                return (one.start, one.end), place
    return None


def _alike(said: str, text: str) -> Phrase | None:
    """The phrase of a text that is most like what is said: with words of it, or of its kind."""
    wanted = set(stems(said)) - FUNCTION
    is_name = said[:1].isupper()
    found = phrases(text)
    return max(
        found,
        key=lambda p: (len(wanted & set(p.words)), p.is_name == is_name, p.start),
        default=None,
    )
