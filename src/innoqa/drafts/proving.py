"""A sentence that a model wrote -> the spans that it is proved by, or why it is withheld."""

from collections.abc import Iterator, Sequence

from innoqa.attribution import Fault, supported
from innoqa.attribution.evidence import stems
from innoqa.citing import Draft, Span, numbered
from innoqa.domain import Computation, Withheld
from innoqa.drafts.sentences import Written
from innoqa.prompts import Material

_NEAREST = 6


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
