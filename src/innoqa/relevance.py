"""Whether what a chat model proves is to the point: near enough to what was asked, and whole.

A sentence can be true to its source and beside the question. How well each sentence of the hits
answers is known from ranking them; so what stands on sentences far below the best one is left out.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from innoqa.attribution.evidence import stems
from innoqa.attribution.function_words import FUNCTION_WORDS
from innoqa.citing import Span
from innoqa.domain import Answer, Citation, Hit, Observation, Passage, Sentence
from innoqa.words import words

MARGIN = 0.4
"""How far below the best sentence's score what a statement stands on may lie. Set by reading what a
scripted model adds to answers to development questions."""

LEAST_OF_LIST = 0.5
"""The least share of a list's items that an answer in other words keeps."""

_NAME = 4
"""Words of an item that are looked for."""

_Place = tuple[str, int]
"""A passage and where in its document a sentence starts; or a document and the number of a list."""


@dataclass(frozen=True, slots=True)
class Relevance:
    """The scores of the sentences that were found; an item of a list has its list's best one.

    ``cells`` are those that the answer is computed from or cites: what stands on them is relevant.
    """

    scores: dict[_Place, float]
    least: float
    cells: frozenset[Observation]

    @classmethod
    def of(cls, hits: Sequence[Hit], answer: Answer) -> "Relevance":
        """How relevant the sentences of some hits are for whoever words an answer from them."""
        scored = [
            (hit.passage, sentence, score)
            for hit in hits
            for sentence, score in zip(hit.passage.sentences, hit.sentence_scores, strict=True)
        ]
        of_lists: dict[_Place, float] = {}
        for passage, sentence, score in scored:
            if where := _list_of(passage, sentence):
                of_lists[where] = max(score, of_lists.get(where, score))
        scores = {
            (passage.id, sentence.start): of_lists.get(
                _list_of(passage, sentence) or ("", 0), score
            )
            for passage, sentence, score in scored
        }
        best = max(scores.values(), default=0.0)
        cells = frozenset(c.observation for c in answer.citations if c.observation)
        return cls(scores, best - MARGIN, cells)

    def has(self, spans: Iterable[Span]) -> bool:
        """Whether one of the sentences or cells that a statement stands on is relevant."""
        return any(
            span.observation in self.cells
            or any(
                self.scores.get((span.passage.id, sentence.start), self.least) >= self.least
                for sentence in _sentences(span)
            )
            for span in spans
        )


def says_what_answers(told: Answer, answer: Answer, hits: Sequence[Hit]) -> bool:
    """Whether an answer in other words keeps what the other one answers with.

    These are the words marked in it; or else half of the items of its list, by the words that they
    begin with, or the sentence that the reader holds for the answer. Where nothing was read that is
    the last one of its first statement, to which what stands before only leads.
    """
    first = answer.statements[0]
    if first.focus:
        needed = stems(first.text[slice(*first.focus)])
        return any(needed <= stems(statement.text) for statement in told.statements)
    cited = [sentence for c in told.citations for sentence in _sentences(c)]
    said = stems(told.text)
    items = [
        sentence
        for citation in answer.citations
        for sentence in _sentences(citation)
        if sentence.place and sentence.place.item
    ]
    if len(items) > 1:
        kept = [item for item in items if item in cited and _is_named(item, said)]
        return len(kept) >= LEAST_OF_LIST * len(items)
    return _best_read(answer, hits) in cited


def _best_read(answer: Answer, hits: Sequence[Hit]) -> Sentence:
    """The sentence of an answer that the reader scores best."""
    read = {
        (hit.passage.id, sentence.start): score
        for hit in hits
        if hit.reading
        for sentence, score in zip(hit.passage.sentences, hit.reading.sentences, strict=True)
    }
    last = _sentences(answer.statements[0].citations[-1])[-1]
    scored = [
        (read[place], sentence)
        for citation in answer.citations
        for sentence in _sentences(citation)
        if (place := (citation.passage.id, sentence.start)) in read
    ]
    return max(scored, key=lambda one: one[0], default=(0.0, last))[1]


def _is_named(item: Sentence, said: frozenset[str]) -> bool:
    """Whether half of the words are said that something begins with: an item's name, mostly."""
    begins = [word.stem for word in words(item.text) if word.stem not in FUNCTION_WORDS][:_NAME]
    return 2 * sum(one in said for one in begins) >= len(begins)


def _sentences(span: Span | Citation) -> list[Sentence]:
    inside = [s for s in span.passage.sentences if span.start <= s.start < span.end]
    return inside or [s for s in span.passage.sentences if s.start <= span.start < s.end]


def _list_of(passage: Passage, sentence: Sentence) -> _Place | None:
    place = sentence.place
    return (passage.document_id, place.list_number) if place else None
