"""A bare "why?" -> the last query, asked in that way."""

import re

from innoqa.domain import Answer, Turn
from innoqa.follow_ups.signs import BARE

_AUXILIARY = r"did|does|do|is|are|was|were|has|have|had|can|could|will|would|should"
_ASKED = re.compile(
    rf"\W*(?:(?P<wh>(?:in |on |at |by |for |since |from )?(?:what|which|who|whom|when|where|why"
    rf"|how)\b(?:(?!\b(?:{_AUXILIARY})\b)[^?])*?)\s+)?\b(?P<aux>{_AUXILIARY})\s+(?P<rest>[^?]+?)\s*\?*\Z",
    re.IGNORECASE,
)
_DEFINES = re.compile(
    r"\W*(?:what|who)\s+(?:is|are|was|were)\b(?!.*\b(?:of|in|for)\b)", re.IGNORECASE
)
_COUNTED = re.compile(r"how (?:many|much)\s+(?P<what>.+)", re.IGNORECASE)
_CHOSEN = re.compile(r"(?:which|what|who)\b", re.IGNORECASE)
_TURNS = {"why": "Why", "how": "How", "when": "When", "where": "Where"}
_WITH = ("by", "since", "with", "from")


def asked(question: str, turn: Turn) -> str | None:
    """What a question of a word or two asks of the last query, or None where it says more."""
    bare = BARE.match(question)
    if bare is None:
        return None
    first, *others = bare["ask"].lower().split()
    if first == "how" and others and others[0] in ("many", "much"):
        return None
    way = _TURNS.get(first)
    last = turn.query.text.strip()
    if first in _WITH:
        way = f"{bare['ask'][:1].upper()}{bare['ask'][1:]}"
    if way is None:
        return None
    match = _ASKED.match(last)
    if match is None or _DEFINES.match(last):
        return None
    return f"{way} {_clause(match, turn)}?"


def _clause(match: re.Match[str], turn: Turn) -> str:
    """The auxiliary, and what follows it, of a query that is asked in another way."""
    wh, aux, rest = match["wh"] or "", match["aux"].lower(), match["rest"]
    counted = _COUNTED.match(wh)
    if counted:
        many = "many" if wh.lower().startswith("how many") else "much"
        return f"{aux} {rest} so {many} {counted['what']}"
    chosen = _answer(turn)
    if chosen and _CHOSEN.match(wh) and aux in ("is", "was"):
        return f"{aux} {chosen} {rest}"
    return f"{aux} {rest}{' that' if rest.endswith(' do') else ''}"


def _answer(turn: Turn) -> str:
    """The words that answered a turn by themselves, where some did."""
    if not isinstance(turn.reply, Answer):
        return ""
    computation = turn.reply.computation
    if computation is not None:
        return computation.value if isinstance(computation.value, str) else ""
    first = turn.reply.statements[0]
    return first.text[slice(*first.focus)] if first.focus else ""
