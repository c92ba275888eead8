"""What kind of thing a question asks for, and whether a sentence holds one."""

import re
from typing import Literal

AnswerType = Literal["number", "date", "name"]

_ASKS: tuple[tuple[AnswerType, re.Pattern[str]], ...] = (
    (
        "number",
        re.compile(
            r"\bhow (?:many|much|long|old|far|tall|large|big|high|often|fast|deep|wide|heavy)\b"
            r"|\bwhat (?:(?:was|is|were) the )?(?:number|percent|percentage|amount|age|population"
            r"|size|fraction|proportion|share|area|length)\b",
            re.IGNORECASE,
        ),
    ),
    (
        "date",
        re.compile(
            r"\bwhen\b|\b(?:what|which) (?:year|date|day|decade|century|month|time)\b",
            re.IGNORECASE,
        ),
    ),
    (
        "name",
        re.compile(
            r"\b(?:who|whom|whose|where)\b"
            r"|\b(?:what|which) (?:city|country|state|place|town|region|location)\b",
            re.IGNORECASE,
        ),
    ),
)
_MONTH = (
    r"(?:january|february|march|april|may|june|july|august|september|october|november|december)"
)
_DATE = re.compile(
    rf"\b(?:1\d{{3}}|20\d{{2}})s?\b|\b{_MONTH}\s+\d|\d\s+{_MONTH}\b|\bcentury\b"
    r"|\b\d+\s*(?:bc|bce|ad)\b",
    re.IGNORECASE,
)
_NUMBER = re.compile(
    r"\d|\b(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen"
    r"|fifteen|sixteen|seventeen|eighteen|nineteen|twenty|thirty|forty|fifty|sixty|seventy|eighty"
    r"|ninety|hundred|thousand|million|billion|trillion|half|third|quarter|dozen|twice|once|both)\b",
    re.IGNORECASE,
)
_CAPITALISED = re.compile(r"\b[A-Z][\w'’-]+")
_WORD = re.compile(r"[\w'’-]+")
_FUNCTION_WORDS = frozenset(
    "the a an in on at of and or but it he she they this that these those for from by with as to"
    " after before during when while since although however his her its their there what which who"
    " how i we".split()
)


def answer_type(question: str) -> AnswerType | None:
    """What the question asks for: a number, a date, a name of somebody or somewhere, or None."""
    return next((kind for kind, asks in _ASKS if asks.search(question)), None)


def holds(kind: AnswerType | None, sentence: str, question: str) -> bool:
    """Whether a sentence holds something of that kind which the question does not already name."""
    if kind == "number":
        return _NUMBER.search(sentence) is not None
    if kind == "date":
        return _DATE.search(sentence) is not None
    if kind == "name":
        asked = {_bare(word) for word in _WORD.findall(question)}
        names = {_bare(word) for word in _CAPITALISED.findall(sentence)}
        return bool(names - asked - _FUNCTION_WORDS)
    return False


def _bare(word: str) -> str:
    return word.lower().replace("’", "'").removesuffix("'s")
