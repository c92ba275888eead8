"""What a chat model wrote -> plain sentences -> the spans that each is proved by.

text -> sentences with markers -> candidate spans -> attribution -> Draft | Withheld
"""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from innoqa.attribution import Fault, supported
from innoqa.attribution.evidence import stems
from innoqa.citing import Draft, Span, numbered
from innoqa.domain import Computation, Withheld
from innoqa.prompts import DECLINED, Material

Boundaries = Callable[[str], Iterable[tuple[int, int]]]
"""The (start, end) of each sentence of a text."""

_MARKERS = re.compile(r"\s*\[(\d{1,3}(?:\s*[,;]\s*\d{1,3})*)\]")
_NEAREST = 6


@dataclass(frozen=True, slots=True)
class Written:
    """A sentence as a model wrote it, made plain, and the numbers that it cites."""

    text: str
    markers: tuple[int, ...]


def sentences(text: str, boundaries: Boundaries, *, whole: bool) -> tuple[list[Written], str]:
    """The sentences in what a model wrote, and what may still go on; "" if it is ``whole``."""
    found: list[Written] = []
    for start, end in boundaries(text):
        part = text[start:end]
        markers = tuple(int(n) for m in _MARKERS.finditer(part) for n in re.findall(r"\d+", m[1]))
        plain = " ".join(_MARKERS.sub("", part).split())
        if plain.strip(" ."):
            found.append(Written(plain, markers))
        elif found and markers:
            found[-1] = Written(found[-1].text, (*found[-1].markers, *markers))
    if whole or not found:
        return found, ""
    return found[:-1], found[-1].text


def declines(text: str) -> bool:
    """Whether a model says that the sources do not answer."""
    return DECLINED.casefold() in text.casefold()


def proved(
    sentence: Written, shown: Sequence[Material], computation: Computation | None
) -> Draft | Withheld:
    """The sentence with the spans that support it, those that it cites before others."""
    faults: tuple[Fault, ...] = ()
    for spans in _candidates(sentence, shown):
        draft = Draft(sentence.text, spans)
        found = supported(numbered([draft])[0], computation)
        if not found:
            return draft
        faults = faults or found
    why = "; ".join(dict.fromkeys(one.why for one in faults))
    return Withheld(sentence.text, why or "nothing is shown that it could stand on")


def _candidates(sentence: Written, shown: Sequence[Material]) -> Iterator[tuple[Span, ...]]:
    cited = [one for one in shown if one.number in sentence.markers]
    others = [one for one in shown if one.number not in sentence.markers]
    own = stems(sentence.text)
    for group in (cited, others):
        yield from (one.spans for one in group if one.is_computed)
        single = [span for one in group if not one.is_computed for span in one.spans]
        single.sort(key=lambda span: -len(own & stems(_words(span))))
        yield from ((span,) for span in single[:_NEAREST])
        best = single[:_NEAREST]
        yield from ((one, two) for n, one in enumerate(best) for two in best[n + 1 :])


def _words(span: Span) -> str:
    return " ".join(s.text for s in span.passage.sentences if span.start <= s.start < span.end)
