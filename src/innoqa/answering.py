"""Question -> query -> evidence -> answer: the pipeline."""

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, replace
from itertools import islice
from time import perf_counter

from innoqa import (
    abstaining,
    confidence,
    extraction,
    follow_ups,
    next_questions,
    table_questions,
)
from innoqa.attribution import Fault, attributed
from innoqa.citing import Draft, Span, as_draft, cell_span, numbered
from innoqa.composing import Follow, ModelComposer, go_on, instead
from innoqa.confidence import Calibration
from innoqa.contract import checked_question
from innoqa.domain import (
    Abstention,
    Answer,
    Conversation,
    Corpus,
    Document,
    Hit,
    Message,
    Query,
    Reply,
    Turn,
    Withheld,
)
from innoqa.errors import QuestionError
from innoqa.relevance import says_what_answers
from innoqa.searching import REFINED, Index
from innoqa.words import words

EVEN = 0.5
"""The confidence below which an answer from tables gives way to a surer one from texts, and what
else a question asks goes unanswered."""

NEAREST = 3
"""How many passages are shown in place of an answer."""

TRIED, SUGGESTED = 3, 2
"""How many questions near to one that is not answered are tried, and offered if answered."""

TRIED_NEXT, SUGGESTED_NEXT = 6, 3
"""How many questions are tried after an answer, and offered if answered."""

COVERAGE = 8
"""How many documents are named as what the corpus covers."""

NEW = Conversation()
"""A conversation that nothing was said in yet."""


@dataclass(frozen=True, slots=True)
class Assistant:
    """Answers questions over whatever index is published at the moment of asking.

    An answer is given where its confidence is at least ``least_confidence``; a different threshold
    never changes an answer, only whether it is given. A chat model may then put it into words.
    """

    open_index: Callable[[], AbstractContextManager[Index]]
    sources: int
    calibration: Calibration
    least_confidence: float
    model: ModelComposer | None = None

    def within(self, document_ids: Collection[str]) -> "Assistant":
        """The same assistant, asked of some documents alone."""

        @contextmanager
        def open_index() -> Iterator[Index]:
            with self.open_index() as index:
                yield index.within(document_ids)

        return replace(self, open_index=open_index)

    def search(self, question: str) -> tuple[Hit, ...]:
        """The best passages for a question, best first. Raises QuestionError as ``answer``."""
        asked = checked_question(question)
        with self.open_index() as index:
            return index.search(Query(index.speller.corrected(asked)), self.sources)

    def answer(
        self,
        question: str,
        conversation: Conversation = NEW,
        *,
        read_as: str | None = None,
        follow: Follow = go_on,
    ) -> Turn:
        """Everything that comes of one question, asked after the turns of a conversation.

        How it is read follows from the conversation, unless ``read_as`` says it: the query that the
        reader made of it. ``follow`` is told how far a chat model's answer is. Raises QuestionError
        for what is no question.
        """
        started = perf_counter()
        asked = checked_question(question)
        edited = Query(checked_question(read_as), "edited") if read_as is not None else None
        with self.open_index() as index:
            query = edited or index.resolve(index.speller.corrected(asked), conversation)
            found = index.search(query, max(REFINED, self.sources))
            reply, drawn_on, composer = self._reply(query, found, index)
            reply, faults = _attributed(reply, query, found, index)
            if isinstance(reply, Answer) and reply.confidence < self.least_confidence:
                reply = _declined(query, reply, found, index)
            if isinstance(reply, Abstention):
                reply = replace(reply, suggestions=self._near_questions(query, reply, index))
            turn = Turn(
                question=question,
                query=query,
                hits=drawn_on,
                reply=reply,
                composer=composer,
                withheld=_withheld(faults),
                elapsed_ms=0.0,
            )
            if self.model and isinstance(reply, Answer):
                turn = self._in_its_words(self.model, turn, reply, index, follow)
        return replace(turn, elapsed_ms=(perf_counter() - started) * 1000)

    def _in_its_words(
        self, model: ModelComposer, turn: Turn, answer: Answer, index: Index, follow: Follow
    ) -> Turn:
        """A turn with a model's statements in place of the answer's, where they stand as surely."""
        query, hits = turn.query, turn.hits
        composed = model.compose(query, answer, hits, follow)
        withheld = (*turn.withheld, *composed.withheld)
        if not composed.statements:
            return replace(turn, withheld=withheld, note=composed.note)
        told = replace(answer, statements=composed.statements)
        is_sure = True
        if answer.computation is None:
            sure = self._sureness(query, hits, told, index)
            told = replace(told, confidence=min(answer.confidence, sure))
            is_sure = sure > answer.confidence or says_what_answers(told, answer, hits)
        if not is_sure or told.confidence < self.least_confidence:
            note = f"What {model.writer.name} wrote is proved, but does not surely answer."
            return replace(turn, withheld=withheld, note=f"{note} {instead(answer)}")
        name = model.writer.name
        return replace(turn, reply=told, composer=name, withheld=withheld, note=composed.note)

    def conversation(self, messages: Iterable[Message]) -> Conversation:
        """The conversation that earlier messages tell of.

        Its questions are asked, since a reply holds more than its text; where a reply was told, its
        text is what was read. What is no question is passed over.
        """
        conversation = NEW
        alone = replace(self, model=None)
        for question, told in follow_ups.exchanges(messages):
            try:
                turn = alone.answer(question, conversation)
            except QuestionError:
                continue
            conversation = conversation.with_turn(follow_ups.retold(turn, told))
        return conversation

    def _reply(
        self, query: Query, found: tuple[Hit, ...], index: Index
    ) -> tuple[Reply, tuple[Hit, ...], str]:
        """The best reply, what it could draw on, and what put it into words."""
        hits = found[: self.sources]
        if confidence.is_instruction(query.text):
            return _nothing(query, index), hits, "extractive"
        tables = index.tables(query, hits)
        said = table_questions.answer(query.text, tables, alone=index.has_tables_alone)
        if said is None or _may_be_in_texts(said, hits, index):
            return self._from_texts(query, hits, index), hits, "extractive"
        drawn_on = _with_rows(said, hits)
        if isinstance(said, table_questions.Refused):
            return _refused(said, drawn_on, index), drawn_on, "computed"
        answer, told_in = self._from_tables(query, said, found, index)
        if answer.confidence < EVEN:
            told = self._from_texts(query, hits, index)
            if isinstance(told, Answer) and told.confidence > answer.confidence:
                return told, hits, "extractive"
        composer = "computed, extractive" if told_in else "computed"
        return answer, _joined(drawn_on, told_in), composer

    def _from_tables(
        self, query: Query, said: table_questions.Computed, found: tuple[Hit, ...], index: Index
    ) -> tuple[Answer, tuple[Hit, ...]]:
        """What was computed with what the texts add to it, and where they say that."""
        drafts, told_in = _beside(said, found)
        if said.rest:
            rest = Query(said.rest)
            hits = found if rest.text == query.text else index.search(rest, self.sources)
            more = self._from_texts(rest, hits[: self.sources], index)
            if isinstance(more, Answer) and more.confidence >= EVEN:
                drafts = [as_draft(one) for one in more.statements]
                told_in = hits[: self.sources]
        answer = _computed(said, drafts)
        signs = confidence.of_tables(query.text, answer, said.doubts, index.passage_words)
        sure = self.calibration.tables.probability(signs)
        return replace(answer, confidence=sure), told_in

    def _from_texts(self, query: Query, hits: tuple[Hit, ...], index: Index) -> Reply:
        terms = index.sentence_words.terms
        answer = extraction.compose(query, hits, terms, index.around)
        if answer is None:
            return _nothing(query, index)
        return replace(answer, confidence=self._sureness(query, hits, answer, index))

    def _sureness(self, query: Query, hits: tuple[Hit, ...], answer: Answer, index: Index) -> float:
        """The probability that an answer from texts is right."""
        signs = confidence.of_texts(query.text, hits, answer, index.passage_words)
        return self.calibration.of_texts(query.text).probability(signs)

    def _near_questions(
        self, query: Query, abstention: Abstention, index: Index
    ) -> tuple[str, ...]:
        """Questions near to one that is not answered, each tried: they are answered."""
        candidates = abstaining.near_questions(
            query.text, abstention.nearest, index.corpus.suggested_questions, index.passage_words
        )
        answered = self._answered(candidates[:TRIED], index)
        return tuple(question for question, _ in islice(answered, SUGGESTED))

    def suggestions(self, turn: Turn, before: Conversation = NEW) -> Iterator[str]:
        """Questions to go on with after a turn, each tried: its answer says something new.

        None was asked in the conversation before. They are found one by one, since trying takes
        about as long as answering.
        """
        asked = [text for one in (*before.turns, turn) for text in (one.question, one.query.text)]
        with self.open_index() as index:
            candidates = next_questions.candidates(
                turn, asked, index.corpus.suggested_questions, index.passage_words
            )
            said = {one.reply.text for one in (*before.turns, turn)}
            most = len(said) + SUGGESTED_NEXT
            for question, answer in self._answered(candidates[:TRIED_NEXT], index):
                if answer.text not in said:
                    said.add(answer.text)
                    yield question
                if len(said) == most:
                    return

    def _answered(self, questions: Sequence[str], index: Index) -> Iterator[tuple[str, Answer]]:
        """Those of some questions that are answered, with their answers."""
        for question in questions:
            query = Query(question)
            reply, _, _ = self._reply(query, index.search(query, self.sources), index)
            if isinstance(reply, Answer) and reply.confidence >= self.least_confidence:
                yield question, reply

    def corpus(self) -> Corpus:
        """What the published index is about."""
        with self.open_index() as index:
            return index.corpus

    def document(self, document_id: str) -> Document | None:
        """A document of the published index, or None where there is none of that id."""
        with self.open_index() as index:
            return index.catalog.document(document_id)

    def texts(self) -> dict[str, str]:
        """The text of every document of the published index, by its source."""
        with self.open_index() as index:
            return {document.source: document.text for document in index.catalog.documents()}


def _withheld(faults: Sequence[Fault]) -> tuple[Withheld, ...]:
    """Each statement with faults once, with all that is wrong with it."""
    of: dict[str, list[str]] = {}
    for fault in faults:
        of.setdefault(fault.statement, []).append(fault.why)
    return tuple(Withheld(text, "; ".join(dict.fromkeys(why))) for text, why in of.items())


def _beside(
    said: table_questions.Computed, hits: Sequence[Hit]
) -> tuple[list[Draft], tuple[Hit, ...]]:
    """What the texts say of a figure, where they give another, and where they say it."""
    if not said.is_figure or not said.known:
        return [], ()
    passages = (hit.passage for hit in hits)
    found = table_questions.told_beside(said.known, said.asked_year, passages)
    drafts = [Draft(s.text, (Span(p, s.start, s.end, s.references),)) for p, s in found]
    told_in = {passage.id for passage, _ in found}
    return drafts, tuple(hit for hit in hits if hit.passage.id in told_in)


def _joined(first: Sequence[Hit], more: Sequence[Hit]) -> tuple[Hit, ...]:
    known = {hit.passage.id for hit in first}
    return (*first, *(hit for hit in more if hit.passage.id not in known))


def _computed(said: table_questions.Computed, more: Sequence[Draft]) -> Answer:
    drafts = [
        Draft(told.text, tuple(cell_span(passage, seen) for passage, seen in told.cells))
        for told in said.told
    ]
    statements = numbered([*drafts, *more])
    return Answer(statements, said.confidence, said.computation, said.conflicts)


def _attributed(
    reply: Reply, query: Query, hits: tuple[Hit, ...], index: Index
) -> tuple[Reply, tuple[Fault, ...]]:
    """A reply without the statements that what they cite does not support."""
    if isinstance(reply, Abstention):
        return reply, ()
    answer, faults = attributed(reply)
    return answer or _declined(query, replace(reply, confidence=0.0), hits, index), faults


def _nothing(query: Query, index: Index) -> Abstention:
    return Abstention(
        reason=abstaining.reason(query.text, (), index.passage_words),
        nearest=(),
        coverage=index.catalog.titles(COVERAGE),
        confidence=0.0,
    )


def _declined(query: Query, answer: Answer, hits: tuple[Hit, ...], index: Index) -> Abstention:
    """An answer that is not sure enough is not given."""
    nearest = hits[:NEAREST]
    return Abstention(
        reason=abstaining.reason(query.text, nearest, index.passage_words),
        nearest=nearest,
        coverage=index.catalog.titles(COVERAGE),
        confidence=answer.confidence,
    )


def _refused(said: table_questions.Refused, drawn_on: Sequence[Hit], index: Index) -> Abstention:
    return Abstention(
        reason=said.reason,
        nearest=tuple(drawn_on[:NEAREST]),
        coverage=index.catalog.titles(COVERAGE),
        confidence=1 - said.confidence,
    )


def _may_be_in_texts(said: table_questions.TableReply, hits: Sequence[Hit], index: Index) -> bool:
    """Whether the texts may know what no table has.

    A name that no sentence found has beside the indicator is not there; nor is a word that the
    whole corpus lacks.
    """
    if not isinstance(said, table_questions.Refused) or not said.lacking:
        return False
    lacking, measure = said.lacking
    if not lacking[:1].isupper() and all(map(index.passage_words.knows, lacking.split())):
        return True
    wanted = {word.stem for word in words(f"{lacking} {measure}")} - {"of", "the", "and"}
    texts = (hit.passage for hit in hits if hit.passage.cell is None)
    return any(
        wanted <= {word.stem for word in words(sentence.text)}
        for passage in texts
        for sentence in passage.sentences
    )


def _with_rows(said: table_questions.TableReply, hits: tuple[Hit, ...]) -> tuple[Hit, ...]:
    """The rows that a reply was computed from, then what was found besides."""
    if isinstance(said, table_questions.Refused):
        cells = said.cells
    else:
        cells = tuple(cell for told in said.told for cell in told.cells)
    rows = {passage.id: passage for passage, _ in cells}
    known = {hit.passage.id: hit for hit in hits}
    score = hits[0].score if hits else 0.0
    first = tuple(
        known.get(name) or Hit(passage, score, (score,) * len(passage.sentences), said.confidence)
        for name, passage in rows.items()
    )
    return (*first, *(hit for hit in hits if hit.passage.id not in rows))
