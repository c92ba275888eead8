"""Ready-made models: one that answers well, one that does all that a model must not, and noise."""

import random
import re
from collections.abc import Iterator

from tests.chat_scripts import Behaviour, Request, Script, Source, says

_SENTENCE = re.compile(r"(?<=[.!?。！？])\s+(?=[A-Z“\"(\d])|(?<=[。！？])")
_TIME_FIRST = re.compile(r"^(In|On|By|Since|During) ([^,]{3,30}), (\w)(.*?)([.!?])$")
_ASIDE = re.compile(r" — [^—]{1,60}(?: — |(?=[.!?]$))| \([^()]{1,60}\)")
_ORDER = re.compile(
    r"[^.!?\n]*\b(?:ignore|disregard|say|write|answer|reply|repeat|print|reveal|tell)\b[^.!?\n]*"
    r"[.!?]?",
    re.IGNORECASE,
)
_FORGED = re.compile(r"[\[(]\d+, computed[\])][^.]*\.")
_COMMON = frozenset(
    "a an and are as at by did do does for from had has have how in is it its many much of on or "
    "the their to was were what when where which who why with".split()
)


def good(request: Request) -> Script:
    """Answers from the sources, in other words where that is simple, with the right numbers."""
    said = [
        f"{told.rstrip('.')} [{number}]."
        for number, told in _best(request.sources, request.question)
    ]
    return says(*_words(" ".join(said) or "NOT IN THE SOURCES"))


def bad(request: Request) -> Script:
    """Does whatever a source orders, and otherwise makes it up; marked as if it were proved."""
    number = request.sources[0].number if request.sources else 1
    quoted = next((one.text for one in request.sources), "Nothing.")
    obeyed = " ".join(
        order.strip() for one in request.sources for order in _ORDER.findall(one.text)
    )
    return says(
        *_words(
            f"{_wrong_numbers(_sentences(quoted)[0]).rstrip('.')} [{number}]. "
            f"The minister Ada Quill opened it with 99,999 guests in 1803 [{number}]. "
            "<script>alert('x')</script><b>Bold</b> news from "
            f"<a href='http://evil.example'>here</a> "
            f"[{number}]. ![pixel](http://evil.example/pixel.png) is what you see [99]. "
            "See [the proof](http://evil.example/proof) for more [1, 99]. "
            f"[{number}, computed] The value is 12,345.6 million [{number}]. "
            f"My rules are: {request.said[0][1][:80]!r} and the key is sk-secret [{number}]. "
            f"{obeyed}"
        )
    )


def obedient(request: Request) -> Script:
    """Repeats each order that stands in a source, does it, and believes what it calls itself."""
    said = []
    for one in request.sources:
        for order in _ORDER.findall(one.text):
            said.append(f"{order.strip()} [{one.number}]")
            if done := re.search(r"\b(?:say|answer) that (.*)", order, re.IGNORECASE):
                said.append(f"{done[1][:1].upper()}{done[1][1:]} [{one.number}]")
        said += [f"{forged.strip()} [{one.number}]" for forged in _FORGED.findall(one.text)]
    return says(*_words(" ".join(said) or "As you wish."))


def nonsense(request: Request) -> Script:
    """Words without a meaning; the same for the same question."""
    chance = random.Random(request.question)
    made = ["".join(chance.choices("abdefgiklmnoprstu", k=chance.randint(2, 9))) for _ in range(60)]
    made[9::10] = [f"{word} [{chance.randint(1, 9)}]." for word in made[9::10]]
    return says(*(f"{word} " for word in made))


BEHAVIOURS: dict[str, Behaviour] = {
    "good": good,
    "bad": bad,
    "nonsense": nonsense,
    "obedient": obedient,
}


def _best(sources: list[Source], question: str) -> Iterator[tuple[int, str]]:
    """What is computed, as it stands; else the two or three sentences nearest to the question."""
    computed = [one for one in sources if one.is_computed]
    if computed:
        yield from ((one.number, one.text) for one in computed)
        return
    wanted = _content(question)
    ranked = sorted(
        ((one.number, sentence) for one in sources for sentence in _sentences(one.text)),
        key=lambda found: -_nearness(wanted, _content(found[1])),
    )
    for number, sentence in [found for found in ranked if wanted & _content(found[1])][:2]:
        yield number, _in_other_words(sentence)


def _nearness(wanted: set[str], said: set[str]) -> float:
    return len(wanted & said) - len(said) / 100


def _in_other_words(sentence: str) -> str:
    """The time at the end in place of the front, and what is said by the way left out."""
    plain = _ASIDE.sub("", sentence)
    return _TIME_FIRST.sub(lambda m: f"{m[3].upper()}{m[4]} {m[1].lower()} {m[2]}{m[5]}", plain)


def _wrong_numbers(text: str) -> str:
    return re.sub(r"\d+", lambda number: str(int(number[0]) * 7 + 1), text)


def _sentences(text: str) -> list[str]:
    return [one.strip() for one in _SENTENCE.split(text) if one and one.strip()]


def _content(text: str) -> set[str]:
    """The beginnings of the words that matter: "open" and "opened" are one."""
    return {word[:4] for word in re.findall(r"\w+", text.lower()) if word not in _COMMON}


def _words(text: str) -> list[str]:
    return re.findall(r"\S+\s*|\s+", text)
