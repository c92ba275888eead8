"""What a conversation is about: the phrases that a pronoun may stand for, the likeliest first."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from math import log2

from innoqa.domain import Answer, Conversation, Turn
from innoqa.follow_ups.phrases import Phrase, phrases, stems
from innoqa.follow_ups.signs import FUNCTION, GENERIC

TURNS = 8
"""How many of the latest turns are looked at."""

_LAST, _FADES = 3.0, 0.5
LEAST, LEAST_OF_PERSON = 0.0, 6.5
_NAME, _SUBJECT, _TOLD = 1.5, 0.5, 2.0
_AGAIN, _MOST_AGAIN = 0.25, 1.0
_GENERIC, _RELATIONAL, _BARE_NOUN = 3.0, 1.5, 0.5
_SHORT = 14
_REPLY, _LEADS = 0.35, 0.8
_PLACED = frozenset("in at from to near on by of with against for into over under through".split())
_ITSELF = frozenset("the this that these those".split())


@dataclass(frozen=True, slots=True)
class Candidate:
    """A phrase that was said, and how much the conversation is about it."""

    text: str
    score: float
    is_name: bool
    is_plural: bool
    before: str = ""
    often: float = 0.0

    @property
    def said(self) -> str:
        """The phrase with the article that stood before it."""
        return f"the {self.text}" if self.before == "the" else self.text

    @property
    def words(self) -> tuple[str, ...]:
        """The stems of its words."""
        return stems(self.text)


Fits = Callable[[Candidate], float]


def candidates(conversation: Conversation) -> list[Candidate]:
    """The phrases of the latest turns, the likeliest first, each once."""
    found: dict[tuple[str, ...], Candidate] = {}
    turns = conversation.turns[-TURNS:]
    names = _names(turns)
    weight = _LAST
    for place in range(len(turns) - 1, -1, -1):
        for candidate in _of_turn(turns[place], turns[:place], weight, names):
            key = candidate.words
            if key and (key not in found or found[key].score < candidate.score):
                found[key] = candidate
        weight *= _FADES
    return sorted(found.values(), key=lambda c: -c.score)


def best(conversation: Conversation, fits: Fits, but: frozenset[str]) -> Candidate | None:
    """The likeliest candidate; ``fits`` is added to its score, ``but`` are words said already."""
    found = candidates(conversation)
    least = LEAST_OF_PERSON if fits is for_person else LEAST
    scored = [
        replace(one, score=one.score + fits(one))
        for one in found
        if set(one.words) - FUNCTION - GENERIC - but
    ]
    chosen = max((c for c in scored if c.score >= least), key=lambda c: c.score, default=None)
    return _fullest(chosen, found) if chosen and fits is for_person else chosen


def for_thing(one: Candidate) -> float:
    """How an "it" suits a candidate."""
    several = -1.5 if one.is_plural and not one.is_name else 0.0
    return several - 1.0 * (one.is_name and one.before in _PLACED)


def for_owner(one: Candidate) -> float:
    """How an "its" suits a candidate."""
    return for_thing(one) + 1.5 * one.is_name


def for_several(one: Candidate) -> float:
    """How a "they" suits a candidate."""
    return 1.5 if one.is_plural else 0.0


def for_many(one: Candidate) -> float:
    """How an "of them", "these" or "ones" suits a candidate."""
    return 3.0 if one.is_plural and (not one.is_name or " and " in one.text) else -3.0


def for_person(one: Candidate) -> float:
    """How a "he" or "she" suits a candidate: somebody who was named, and again and again."""
    placed = one.before in (*_PLACED, "the") or any(sign.isdigit() for sign in one.text)
    return (3.0 if one.is_name else -3.0) - 2.5 * placed - 1.0 * one.is_plural + one.often


def for_place(one: Candidate) -> float:
    """How a "there" suits a candidate."""
    return 1.5 if one.is_name else -1.0


def for_topic(_: Candidate) -> float:
    """How what is left out suits a candidate."""
    return 0.0


def _of_turn(
    turn: Turn, before: Sequence[Turn], weight: float, names: Counter[tuple[str, ...]]
) -> Iterator[Candidate]:
    said = statements(turn)
    replied = set(stems(" ".join(said)))
    earlier = [set(stems(t.query.text)) for t in before]
    for number, phrase in enumerate(phrases(turn.query.text)):
        for one, bonus in _parts(phrase):
            again = sum(one.content <= words for words in earlier)
            score = (
                weight
                + bonus
                + _SUBJECT * (number == 0)
                + _TOLD * (one.content <= replied)
                + min(_AGAIN * again, _MOST_AGAIN)
            )
            yield _candidate(one, score, names)
    asked = set(stems(turn.query.text))
    for number, statement in enumerate(said[:2]):
        short = number == 0 and len(said) == 1 and len(statement.split()) <= _SHORT
        for at, one in enumerate(phrases(statement)):
            if one.content <= asked or not one.is_name:
                continue
            answers = short and at == 0
            score = weight * (1.0 if answers else _REPLY) + _LEADS * (at == 0)
            yield _candidate(one, score, names)


def _candidate(one: Phrase, score: float, names: Counter[tuple[str, ...]]) -> Candidate:
    last = one.words[-1] if one.words else ""
    said = names[(last,)] + (names[one.words] if len(one.words) > 1 else 0)
    is_name = one.is_name or (said > 0 and not one.is_plural and len(one.words) > 1)
    if one.opens and len(one.words) == 1 and not said:
        is_name = False  # a capital that any word has there
    often = log2(1 + said) if is_name else 0.0
    return Candidate(
        one.text,
        score + _NAME * (is_name or one.has_name),
        is_name,
        one.is_plural,
        one.before,
        often,
    )


def _parts(phrase: Phrase) -> Iterator[tuple[Phrase, float]]:
    """A phrase and what follows its "of", and what being of which kind costs each."""
    costs = _GENERIC * phrase.is_generic
    if phrase.inner is not None and not (phrase.is_name and phrase.is_plural):
        costs += _RELATIONAL * phrase.is_relational
        yield phrase.inner, -_GENERIC * phrase.inner.is_generic
    if phrase.before in _ITSELF and len(phrase.words) == 1 and not phrase.has_name:
        costs += _BARE_NOUN
    yield phrase, -costs


def _names(turns: Sequence[Turn]) -> Counter[tuple[str, ...]]:
    """How often names were said, and the last words of names of two, as people are called."""
    counted: Counter[tuple[str, ...]] = Counter()
    for turn in turns:
        for text in (turn.query.text, *statements(turn)):
            for one in phrases(text):
                if not one.is_name or (one.opens and len(one.words) == 1):
                    continue
                counted[one.words] += 1
                if len(one.words) == 2:
                    counted[one.words[-1:]] += 1
    return counted


def _fullest(chosen: Candidate, found: Sequence[Candidate]) -> Candidate:
    """The longest name that a name is the end or the beginning of."""
    words = chosen.words
    longer = [
        one
        for one in found
        if one.is_name
        and len(words) < len(one.words) <= len(words) + 2
        and one.words[-len(words) :] == words
    ]
    return max(longer, key=lambda c: (len(c.words), c.score), default=chosen)


def statements(turn: Turn) -> list[str]:
    """What the reply of a turn says."""
    if not isinstance(turn.reply, Answer):
        return []
    return [statement.text for statement in turn.reply.statements]
