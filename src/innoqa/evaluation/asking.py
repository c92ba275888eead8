"""Asks the questions and judges the best reply to each, however unsure."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

from innoqa.answering import Assistant
from innoqa.composing import Follow, go_on
from innoqa.domain import Abstention, Answer, Query, Turn
from innoqa.errors import QuestionError
from innoqa.evaluation import measures
from innoqa.evaluation.records import Evidence, ModelAnswer, Question
from innoqa.evaluation.spending import Attempts, Spent
from innoqa.indexing import Progress
from innoqa.metrics import EvalQuestion, Outcome, Spans, judge

RetrievalMeasures = Callable[
    [Mapping[str, Sequence[str]], Mapping[str, Sequence[str]]], dict[str, dict[str, float]]
]
"""(query -> relevant names, query -> names found) -> measure -> query -> value."""

Asked = TypeVar("Asked")


@dataclass(frozen=True, slots=True)
class Watch:
    """Who is told how far the asking is: called with what is asked, how many, and of how many."""

    what: str
    progress: Progress

    def over(self, questions: Sequence[Asked]) -> Iterator[Asked]:
        """The questions one by one, each told when it is done."""
        for done, question in enumerate(questions, start=1):
            yield question
            self.progress(self.what, done, len(questions))


def ask(
    assistant: Assistant,
    questions: Sequence[EvalQuestion],
    retrieval_measures: RetrievalMeasures,
    watch: Watch,
    spent: Spent | None = None,
) -> list[Question]:
    """Ask every question once, without a threshold of confidence, and judge the replies.

    What the assistant gives as it ships follows from its threshold. One with a chat model is asked
    as it ships first (``spent`` tells what that takes), since the model is asked for nothing else.
    Raises QuestionError when a gold quote does not stand in the index.
    """
    spans = _gold_spans(assistant, questions)
    forced = replace(assistant, least_confidence=0.0, model=None)
    if questions:
        _turn(forced, questions[0])  # the first question warms caches
    outcomes: list[Outcome] = []
    of_model: dict[str, ModelAnswer] = {}
    for one in watch.over(questions):
        turn, told = _in_its_words(assistant, one, spent or Spent())
        if told is not None:
            of_model[one.id] = told
        outcomes.append(judge(one, turn or _turn(forced, one), spans, assistant.least_confidence))
    with_gold = [outcome for outcome in outcomes if outcome.question.facts]
    by_measure = retrieval_measures(
        {o.question.id: [f"fact {fact}" for fact in sorted(o.question.facts)] for o in with_gold},
        {o.question.id: _ranking(o) for o in with_gold},
    )
    records = [
        _record(outcome, {name: by_id[outcome.question.id] for name, by_id in by_measure.items()
                          if outcome.question.id in by_id})
        for outcome in outcomes
    ]  # fmt: skip
    for record in records:
        if record["id"] in of_model:
            record["model"] = of_model[record["id"]]
    return records


def expectation(question: Question) -> str:
    """What would have been right, in words."""
    if not question["answerable"]:
        return "no answer" + (f": {question['why']}" if question["why"] else "")
    if not question["must"]:
        return "an answer that cites a gold quote"
    return "an answer with " + ", ".join(f'"{must}"' for must in question["must"])


def got(question: Question) -> str:
    """What came, in words."""
    text = " ".join(question["text"].split())
    if question["answered"]:
        return f"{text} (confidence {question['confidence']:.2f})"
    if question["best_right"] is None:
        return f"no answer: {text}"
    return f"no answer; held back at confidence {question['confidence']:.2f}: {text}"


def _turn(assistant: Assistant, asked: EvalQuestion, follow: Follow = go_on) -> Turn:
    """What comes of a question after those of its history, which are asked before it."""
    conversation = assistant.conversation(("user", text) for text in asked.history)
    try:
        return assistant.answer(asked.question, conversation, follow=follow)
    except QuestionError as error:  # what cannot be asked gets no answer
        nothing = Abstention(str(error), (), (), 0.0)
        return Turn(asked.question, Query(asked.question), (), nothing, "", 0.0)


def _in_its_words(
    assistant: Assistant, asked: EvalQuestion, spent: Spent
) -> tuple[Turn | None, ModelAnswer | None]:
    """The answer that a chat model was asked to put into words; None where it was not."""
    if assistant.model is None:
        return None, None
    attempts = Attempts(spent)
    turn = _turn(assistant, asked, attempts.follow)
    told = attempts.told(turn, assistant.model)
    return (turn, told) if told is not None else (None, None)


def _gold_spans(assistant: Assistant, questions: Sequence[EvalQuestion]) -> Spans:
    texts = assistant.texts()
    spans: dict[tuple[str, str], tuple[int, int]] = {}
    for question in questions:
        for gold in question.golds:
            start = texts.get(gold.source, "").find(gold.quote)
            if start < 0:
                raise QuestionError(
                    f"Question {question.id}: {gold.quote!r} does not stand in {gold.source} of "
                    "the index. Ingest the corpus again, or correct the question set."
                )
            spans[gold.source, gold.quote] = start, start + len(gold.quote)
    return spans


def _ranking(outcome: Outcome) -> list[str]:
    """The ranking in facts: a passage counts for those that it is the first to hold."""
    names: list[str] = []
    for place, facts in enumerate(outcome.retrieved):
        fresh = [name for fact in sorted(facts) if (name := f"fact {fact}") not in names]
        names += fresh or [f"passage {place}"]
    return names


def _record(outcome: Outcome, ranking: Mapping[str, float]) -> Question:
    asked, reply = outcome.question, outcome.reply
    return {
        "id": asked.id,
        "kind": asked.kind,
        "split": asked.split,
        "question": asked.question,
        "history": list(asked.history),
        "answerable": asked.answerable,
        "why": asked.why,
        "draft": asked.draft,
        "must": list(asked.must),
        "gold": [{"source": g.source, "quote": g.quote, "fact": g.fact} for g in asked.golds],
        "verdict": outcome.verdict,
        "answered": outcome.answered,
        "best_right": outcome.fits if isinstance(reply, Answer) else None,
        "confidence": reply.confidence,
        "text": reply.text,
        "evidence": _evidence(outcome),
        "values": measures.values(outcome) | dict(ranking),
        "elapsed_ms": outcome.elapsed_ms,
    }


def _evidence(outcome: Outcome) -> list[Evidence]:
    citations = outcome.reply.citations if isinstance(outcome.reply, Answer) else ()
    return [
        {
            "marker": citation.marker,
            "source": citation.passage.source,
            "title": citation.passage.title,
            "quote": citation.quote,
            "start": citation.start,
            "end": citation.end,
            "facts": sorted(facts),
        }
        for citation, facts in zip(citations, outcome.cited, strict=True)
    ]
