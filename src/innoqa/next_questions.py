"""What could be asked after an answer: questions made of what it was found in."""

from collections.abc import Iterable, Iterator, Sequence

from innoqa.abstaining import of_definitions, of_figure
from innoqa.confidence import Words
from innoqa.domain import Answer, Computation, Observation, Turn


def candidates(
    turn: Turn, asked: Sequence[str], suggested: Sequence[str], words: Words
) -> list[str]:
    """Questions that may be answered after a turn; none of them was asked.

    How the figures of an answer changed over the years that were found, what the passages define,
    figures of other indicators beside it, and what the corpus's owner suggests. ``asked`` are the
    questions and queries before, the turn's own included; two questions of the same words are one.
    """
    seen = [one for hit in turn.hits for one in hit.passage.observations]
    answer = turn.reply
    computed = answer.computation if isinstance(answer, Answer) else None
    made = (
        *(_of_changes(computed, seen) if computed else ()),
        *(question for hit in turn.hits for question in of_definitions(hit)),
        *_of_other_figures(computed, seen),
        *suggested,
    )
    known = {frozenset(words.terms(question)) for question in asked}
    found = []
    for question in made:
        terms = frozenset(words.terms(question))
        if terms not in known:
            known.add(terms)
            found.append(question)
    return found


def _of_changes(computed: Computation, seen: Sequence[Observation]) -> Iterator[str]:
    """How each indicator changed from the first year that was found to the last."""
    for indicator, entity in dict.fromkeys((o.indicator, o.entity) for o in computed.operands):
        of_it = (
            o for o in (*seen, *computed.series) if (o.indicator, o.entity) == (indicator, entity)
        )
        years = _years(of_it)
        if len(years) > 1 and indicator:
            place = f" of {entity}" if entity else ""
            yield f"How did {indicator}{place} change from {min(years)} to {max(years)}?"


def _years(observations: Iterable[Observation]) -> set[int]:
    return {o.period.year for o in observations if o.value is not None and o.period.year}


def _of_other_figures(computed: Computation | None, seen: Sequence[Observation]) -> Iterator[str]:
    """One figure of each indicator that an answer has not told of."""
    told = {o.indicator for o in computed.operands} if computed else set()
    for one in seen:
        question = of_figure(one)
        if question and one.indicator not in told:
            told.add(one.indicator)
            yield question
