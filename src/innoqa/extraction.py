"""Evidence -> answer, in the corpus's own words: sentences chosen, made readable and cited."""

import itertools
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

from innoqa import chinese
from innoqa.citing import Draft, Span, numbered
from innoqa.domain import Answer, Hit, Passage, Query, Sentence, ShortAnswer
from innoqa.question_types import Wanted, numbers
from innoqa.scripts import is_unspaced, word_count

MOST_STATEMENTS = 4
FACT_MARGIN, OPEN_MARGIN = 0.12, 0.2
"""How far below the best sentence's score another may lie and still be part of the answer: less
where the question asks for a number, a date or a name."""

SURE_OF_WORDS = 0.3
"""How likely the words are to be the answer that are marked as one."""

_SHORT_LIST_WORDS = 60
_STANDS_ALONE_WORDS = 7
_REPEAT = 0.7
_LOOK_FOR_LIST = 5
_LIST_MARGIN = 0.05
_LEAD_MARGIN = 0.15

_REFERS_BACK = re.compile(
    r"(?:it|its|they|their|them|this|these|that|those|he|she|his|her|such|both|the (?:former|latter"
    r"|same)|here|there(?:fore|by)|thus|then|however|also|instead|in (?:addition|contrast|turn)"
    r"|as a result|for (?:example|instance)|on the other hand|moreover|similarly)\b"
    r"|(?:\W*\w+){1,7}?\W+(?:thus|therefore|however|(?:by|in) contrast|for example|for instance"
    r"|the same (?:\w+ )?(?:source|article|page|report|publication|study|weak))\b",
    re.IGNORECASE,
)
_LIST_REQUEST = re.compile(r"\b(?:list|name|enumerate|outline)\b", re.IGNORECASE)
_ASKED_FOR = re.compile(
    r"\b(?:what|which|who)\s+(?:(?:are|were|have been)\s+)?(?P<asked>(?:[\w'’-]+\s*){1,6})",
    re.IGNORECASE,
)
_ENDS_PHRASE = frozenset(
    "is are was were be been do does did has have had can could will would should may might must"
    " of in on at by for from to with behind that who which and about make makes made".split()
)
_NO_PLURAL = frozenset(
    "is was does has this its us as his process status basis analysis less plus various previous"
    " address access across always perhaps business success progress politics economics".split()
)


@dataclass(frozen=True, slots=True)
class _Found:
    """A candidate sentence with where it stands."""

    passage: Passage
    position: int
    score: float
    answer: ShortAnswer | None = None

    @property
    def sentence(self) -> Sentence:
        return self.passage.sentences[self.position]

    @property
    def leads(self) -> bool:
        """Whether it leads into a list; without the list it says nothing."""
        return self.sentence.place is not None and self.sentence.place.item == 0

    def shares_list(self, other: "_Found") -> bool:
        """Whether both stand in one list."""
        one, two = self.sentence.place, other.sentence.place
        return (
            one is not None
            and two is not None
            and one.list_number == two.list_number
            and self.passage.document_id == other.passage.document_id
        )


Surroundings = Callable[[Passage], Sequence[Passage]]
"""The passages around one (itself included) in its document, in reading order."""


def compose(
    query: Query,
    hits: Sequence[Hit],
    terms: Callable[[str], Sequence[str]],
    around: Surroundings,
) -> Answer | None:
    """The answer that the hits hold, or None where they hold no sentence at all.

    One to four statements, best first, none a near-repeat; a list is given whole. How likely it is
    to be right is for others to say.
    """
    ranked = _ranked(hits)
    if not ranked:
        return None
    margin = FACT_MARGIN if Wanted.by(query.text).is_fact else OPEN_MARGIN
    listed = _list_asked_for(query, ranked, margin)
    plain = [found for found in ranked if not found.leads]
    if listed or not plain:
        drafts = _whole_list(listed or ranked[0], around)
    else:
        near = [found for found in plain if found.score >= plain[0].score - margin]
        drafts = _sentences(near, terms, around)
        drafts[:1] = [_focused(drafts[0], plain[0])]
    return Answer(numbered(drafts), 0.0)


def asks_for_list(question: str) -> bool:
    """Whether a question wants several things: what it asks for stands in the plural.

    >>> asks_for_list("Which kinds of district are there?"), asks_for_list("What are the goals?")
    (True, True)
    >>> asks_for_list("What role do universities play?")
    False
    """
    if _LIST_REQUEST.search(question) or chinese.LISTED.search(question):
        return True
    for match in _ASKED_FOR.finditer(question):
        words = re.findall(r"[a-z-]+", match["asked"].lower())
        for word in itertools.takewhile(lambda word: word not in _ENDS_PHRASE, words):
            if len(word) > 3 and word.endswith("s") and not word.endswith("ss"):
                return word not in _NO_PLURAL
    return False


def _ranked(hits: Iterable[Hit]) -> list[_Found]:
    found = [
        _Found(hit.passage, position, score, hit.reading.answers[position] if hit.reading else None)
        for hit in hits
        for position, score in enumerate(hit.sentence_scores)
        if not hit.passage.sentences[position].text.rstrip().endswith(("?", "？"))
    ]
    return sorted(found, key=lambda f: (-f.score, f.passage.id, f.position))


def _list_asked_for(query: Query, ranked: Sequence[_Found], margin: float) -> _Found | None:
    """The sentence whose list answers, if a list does.

    A lead-in that stands out, or that defines what was asked, is one. Where several things are
    asked for, so is any lead-in among the best, and so are two items; one item alone may answer
    by itself.
    """
    best = ranked[0]
    if best.leads:
        others = [f.score for f in ranked if not f.shares_list(best)]
        stands_out = best.score - max(others, default=0.0) >= _LEAD_MARGIN
        defines = Wanted.by(query.text).kind == "definition"
        if stands_out or defines or asks_for_list(query.text):
            return best
    if not asks_for_list(query.text):
        return None
    near = [f for f in ranked[:_LOOK_FOR_LIST] if f.score >= best.score - margin]
    for found in near:
        if found.sentence.place is None or found.score < best.score - _LIST_MARGIN:
            continue
        listed = [f for f in near if f.shares_list(found)]
        if any(f.leads for f in listed) or len({f.sentence.place for f in listed}) > 1:
            return found
    return None


def _whole_list(found: _Found, around: Surroundings) -> list[Draft]:
    place = found.sentence.place
    assert place is not None
    items: dict[int, list[tuple[Passage, Sentence]]] = {}
    for passage in around(found.passage):
        for sentence in passage.sentences:
            if sentence.place and sentence.place.list_number == place.list_number:
                items.setdefault(sentence.place.item, []).append((passage, sentence))
    texts = {item: " ".join(s.text for _, s in parts) for item, parts in items.items()}
    if sum(word_count(text) for text in texts.values()) <= _SHORT_LIST_WORDS:
        text = _in_one_sentence(texts.pop(0, ""), list(texts.values()))
        return [Draft(text, _spans(part for parts in items.values() for part in parts))]
    return [Draft(texts[item], _spans(parts)) for item, parts in sorted(items.items())]


def _in_one_sentence(lead: str, items: Sequence[str]) -> str:
    if is_unspaced("".join((lead, *items))):
        return f"{lead}{'；'.join(item.rstrip('.;,。；，、') for item in items)}。"
    return f"{lead} {'; '.join(item.rstrip('.;,') for item in items)}.".strip()


def _sentences(
    near: Sequence[_Found], terms: Callable[[str], Sequence[str]], around: Surroundings
) -> list[Draft]:
    chosen: list[_Found] = []
    drafts: list[Draft] = []
    for found in near:
        if len(drafts) == MOST_STATEMENTS:
            break
        if any(_covers(draft, found) for draft in drafts):
            continue  # another statement needed it to be understood, and has said it
        if any(_repeats(found, other, terms) for other in chosen):
            continue
        draft = _readable(found, around)
        said = [place for place, other in enumerate(chosen) if _covers(draft, other)]
        if said:
            drafts[said[0]] = draft  # it goes on from what has been said
            for place in reversed(said[1:]):
                del drafts[place], chosen[place]
            continue
        chosen.append(found)
        drafts.append(draft)
    return drafts


def _readable(found: _Found, around: Surroundings) -> Draft:
    """A sentence with what it needs to be understood on its own."""
    passage, sentence = found.passage, found.sentence
    if passage.cell is not None:
        return Draft(f"{sentence.text.rstrip('.')}.", _spans([(passage, sentence)]))
    parts = [(passage, sentence)]
    if sentence.place and word_count(sentence.text) < _STANDS_ALONE_WORDS:
        parts = _lead_in(found, around) + parts
    elif _refers_back(sentence.text):
        parts = _before(found, around) + parts
    return Draft(" ".join(part.text for _, part in parts), _spans(parts))


def _focused(draft: Draft, found: _Found) -> Draft:
    """A draft with the words marked that answer by themselves, in it and in what it cites."""
    answer, sentence = found.answer, found.sentence
    if answer is None or answer.likelihood < SURE_OF_WORDS:
        return draft
    words = sentence.text[answer.start : answer.end].strip(" .,;:")
    said = draft.text.find(sentence.text.rstrip("."))
    if not words or said < 0:
        return draft
    at = said + sentence.text.find(words, answer.start)
    passage = found.passage
    # Markup only lengthens a sentence, so the words stand no earlier than in its plain text.
    first = sentence.start - passage.start + answer.start
    start = passage.text.find(words, first, sentence.end - passage.start)
    cited = (passage.start + start, passage.start + start + len(words)) if start >= 0 else None
    spans = tuple(
        replace(span, focus=cited)
        if span.passage == passage and span.start <= sentence.start < span.end
        else span
        for span in draft.spans
    )
    return replace(draft, spans=spans, focus=(at, at + len(words)))


def _lead_in(found: _Found, around: Surroundings) -> list[tuple[Passage, Sentence]]:
    place = found.sentence.place
    return [
        (passage, sentence)
        for passage in around(found.passage)
        for sentence in passage.sentences
        if place and sentence.place and sentence.place.list_number == place.list_number
        and sentence.place.item == 0
    ]  # fmt: skip


def _before(found: _Found, around: Surroundings) -> list[tuple[Passage, Sentence]]:
    """The sentence before, and the one before that where it refers back too."""
    run = [
        (passage, sentence)
        for passage in around(found.passage)
        if passage.heading == found.passage.heading and passage.cell is None
        for sentence in passage.sentences
    ]
    here = next(i for i, (_, sentence) in enumerate(run) if sentence == found.sentence)
    first = max(here - 1, 0)
    if first and _refers_back(run[first][1].text):
        first -= 1
    return run[first:here]


def _refers_back(sentence: str) -> bool:
    return bool(_REFERS_BACK.match(sentence) or chinese.REFERS_BACK.match(sentence))


def _spans(parts: Iterable[tuple[Passage, Sentence]]) -> tuple[Span, ...]:
    """One span for each run of sentences that stand together in one passage."""
    spans: list[Span] = []
    for passage, sentence in parts:
        position = passage.sentences.index(sentence)
        if spans:
            last = spans[-1]
            before = passage.sentences[position - 1] if position else None
            if last.passage == passage and before is not None and before.end == last.end:
                notes = tuple(dict.fromkeys((*last.references, *sentence.references)))
                spans[-1] = Span(passage, last.start, sentence.end, notes)
                continue
        spans.append(Span(passage, sentence.start, sentence.end, sentence.references))
    return tuple(spans)


def _repeats(one: _Found, other: _Found, terms: Callable[[str], Sequence[str]]) -> bool:
    left, right = set(terms(one.sentence.text)), set(terms(other.sentence.text))
    same_numbers = numbers(one.sentence.text) == numbers(other.sentence.text)
    return same_numbers and len(left & right) >= _REPEAT * len(left | right)


def _covers(draft: Draft, other: _Found) -> bool:
    return any(
        span.passage.id == other.passage.id and span.start <= other.sentence.start < span.end
        for span in draft.spans
    )
