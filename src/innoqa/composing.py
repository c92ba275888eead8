"""A chat model's answer, sentence by sentence as it comes: what is proved stands, no more.

    answer, hits -> numbered materials -> prompt -> text -> sentences -> proved or withheld

The model is asked only where there is an answer already; that one stands where the model's does
not.
"""

import re
from collections.abc import Callable, Generator, Iterable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field, replace
from time import monotonic
from typing import Protocol

from innoqa import drafts, prompts
from innoqa.citing import Draft, Span, as_draft, numbered
from innoqa.domain import (
    Answer,
    Citation,
    Computation,
    Hit,
    Observation,
    Query,
    Statement,
    Withheld,
)
from innoqa.errors import ChatModelError
from innoqa.prompts import Material, Prompt
from innoqa.relevance import Relevance

MOST_SENTENCES = 12
"""After so many a model is stopped."""

LONGEST = 8_000
"""After so many characters too."""

REPEATS = 2
"""A model that has repeated itself so often is stopped."""

LEAST_PROVED = 0.5
"""The least share of a model's sentences that must be proved for them to stand."""

_NUMBER = re.compile(r"\d+(?:[.,]\d+)*")

BESIDE = "It is true to its source, and beside the question"


class Writer(Protocol):
    """A chat model.

    ``name`` is what it is set as ("ollama:llama3.2"), ``place`` where it runs, "" for this machine.
    ``tokens`` is the most that a prompt and its answer may take together, ``seconds`` the time for
    both attempts together.
    """

    @property
    def name(self) -> str: ...
    @property
    def place(self) -> str: ...
    @property
    def tokens(self) -> int: ...
    @property
    def seconds(self) -> float: ...

    def write(self, prompt: Prompt, seconds: float) -> Generator[str]:
        """The answer in pieces, as they come; "" at least every fifth of a second while none does.

        Closed, it asks for no more. Raises ChatModelError where there is no answer, or no more of
        it, within the time.
        """
        ...


@dataclass(frozen=True, slots=True)
class Composing:
    """How far an answer is: what of it is proved, what is not, and what is still being written."""

    proved: tuple[Statement, ...]
    withheld: tuple[Withheld, ...]
    draft: str


Follow = Callable[[Composing], bool]
"""Is told how far an answer is; False ends the writing, and what was proved is kept."""


def go_on(_: Composing) -> bool:
    """Follows an answer that nobody watches."""
    return True


@dataclass(frozen=True, slots=True)
class Composed:
    """What came of asking a model: proved statements, () where they are not to stand, and why."""

    statements: tuple[Statement, ...]
    withheld: tuple[Withheld, ...] = ()
    note: str = ""


@dataclass(slots=True)
class _Attempt:
    """What a model wrote for one prompt."""

    written: str = ""
    drafts: list[Draft] = field(default_factory=list)
    withheld: list[Withheld] = field(default_factory=list)
    read: int = 0
    repeats: int = 0
    declines: bool = False
    ended: str = ""
    is_stopped: bool = False

    @property
    def share(self) -> float:
        """The share of its sentences that is proved."""
        return len(self.drafts) / max(1, len(self.drafts) + len(self.withheld))

    @property
    def stands(self) -> bool:
        """Whether enough of it is proved to be an answer."""
        return bool(self.drafts) and (self.is_stopped or self.share >= LEAST_PROVED)

    @property
    def fails(self) -> bool:
        """Whether the model wrote an answer to its end, of which too little is proved."""
        return bool(self.withheld) and not (
            self.stands or self.ended or self.is_stopped or self.declines
        )

    def composing(self, draft: str) -> Composing:
        """How far it is."""
        return Composing(numbered(self.drafts), tuple(self.withheld), draft)


@dataclass(frozen=True, slots=True)
class ModelComposer:
    """Lets a chat model put an answer into words, and proves each sentence of it."""

    writer: Writer
    boundaries: drafts.Boundaries

    def compose(
        self, query: Query, answer: Answer, hits: Sequence[Hit], follow: Follow
    ) -> Composed:
        """The model's statements as far as they are proved, or none and why.

        ``answer`` is the one that stands in their place. Where less than ``LEAST_PROVED`` of them
        is proved, the model is told what failed and asked once more.
        """
        until = monotonic() + self.writer.seconds
        shown = prompts.materials(answer, hits, query, self.writer.tokens - prompts.ANSWER_TOKENS)
        prompt = prompts.prompt(query, shown)
        relevance = Relevance.of(hits, answer)
        proof = _Proof(shown, answer.computation, self.boundaries, relevance)
        best = self._attempt(prompt, proof, until, follow)
        if best.fails:
            again = prompts.once_more(prompt, best.written, best.withheld)
            if again.tokens + prompts.ANSWER_TOKENS <= self.writer.tokens:
                second = self._attempt(again, proof, until, follow)
                best = max(best, second, key=lambda one: (one.is_stopped, one.stands, one.share))
        return self._composed(best, answer)

    def _attempt(self, prompt: Prompt, proof: "_Proof", until: float, follow: Follow) -> _Attempt:
        attempt, draft = _Attempt(), ""
        try:
            with closing(self.writer.write(prompt, max(0.0, until - monotonic()))) as pieces:
                for piece in pieces:
                    attempt.written += piece
                    draft = proof.of(attempt, whole=False) if piece else draft
                    attempt.is_stopped = not follow(attempt.composing(draft))
                    attempt.ended = "" if attempt.is_stopped else _endless(attempt)
                    if attempt.is_stopped or attempt.ended:
                        break
        except ChatModelError as error:
            attempt.ended = str(error)
        if not attempt.ended and not attempt.is_stopped:
            proof.of(attempt, whole=True)
            follow(attempt.composing(""))
        return attempt

    def _composed(self, attempt: _Attempt, answer: Answer) -> Composed:
        name, withheld = self.writer.name, tuple(attempt.withheld)
        untold = _untold(attempt.drafts, answer)
        if attempt.stands and untold[:1] == list(answer.statements[:1]):
            why = f"What {name} wrote leaves out what was computed"
        elif attempt.stands:
            note = "Stopped: what was proved until then stands." if attempt.is_stopped else ""
            if attempt.ended:
                note = f"{name} {attempt.ended} What it had written and is proved stands."
            whole = [*_focused(attempt.drafts, answer.statements[0]), *map(as_draft, untold)]
            return Composed(numbered(whole), withheld, note)
        else:
            why = _why_not(attempt, name)
        return Composed((), withheld, f"{why}. {instead(answer)}")


def _why_not(attempt: _Attempt, name: str) -> str:
    """Why what a model wrote does not stand."""
    if attempt.is_stopped:
        return "Stopped before anything was proved"
    if attempt.ended:
        return f"{name} {attempt.ended.rstrip('.')}"
    if attempt.declines:
        return f"{name} found no answer in the sources"
    passed = len(attempt.drafts)
    count = passed + len(attempt.withheld)
    if not count:
        return f"{name} wrote nothing that can be read as an answer"
    if count == 1:
        return f"The one sentence that {name} wrote did not pass the check"
    return f"Of {count} sentences that {name} wrote {passed} passed the check"


def instead(answer: Answer) -> str:
    """That another answer stands in place of the model's."""
    what = "computed" if answer.computation else "in the documents' own words"
    return f"This answer is {what}."


@dataclass(slots=True)
class _Proof:
    """Proves sentences as they come, each once."""

    shown: Sequence[Material]
    computation: Computation | None
    boundaries: drafts.Boundaries
    relevance: Relevance

    def of(self, attempt: _Attempt, *, whole: bool) -> str:
        """Prove the sentences that are new in an attempt; what may still go on is returned."""
        sentences, rest = drafts.sentences(attempt.written, self.boundaries, whole=whole)
        said = {one.text for one in attempt.drafts} | {one.text for one in attempt.withheld}
        for sentence in sentences[attempt.read :]:
            if drafts.declines(sentence.text):
                attempt.declines = True
                continue
            if sentence.text in said:
                attempt.repeats += 1
                continue
            said.add(sentence.text)
            found = drafts.proved(sentence, self.shown, self.computation)
            if isinstance(found, Withheld):
                attempt.withheld.append(found)
            elif not self.relevance.has(found.spans):
                attempt.withheld.append(Withheld(found.text, BESIDE))
            else:
                attempt.drafts.append(found)
        attempt.read = len(sentences)
        return rest


def _endless(attempt: _Attempt) -> str:
    if attempt.repeats >= REPEATS:
        return "began to repeat itself."
    count = len(attempt.drafts) + len(attempt.withheld)
    if count >= MOST_SENTENCES or len(attempt.written) > LONGEST:
        return "wrote more than an answer."
    return ""


def _cells(spans: Iterable[Span] | Iterable[Citation]) -> set[Observation]:
    return {span.observation for span in spans if span.observation is not None}


def _untold(found: Sequence[Draft], answer: Answer) -> list[Statement]:
    """What was computed and is not said: no sentence has its cells and the number it leads with."""
    computed = [one for one in answer.statements if _cells(one.citations)]
    return [one for one in computed if not any(_tells(draft, one) for draft in found)]


def _tells(draft: Draft, statement: Statement) -> bool:
    number = _NUMBER.search(statement.text)
    is_there = number is None or number[0] in _NUMBER.findall(draft.text)
    return is_there and _cells(statement.citations) <= _cells(draft.spans)


def _focused(found: Sequence[Draft], first: Statement) -> list[Draft]:
    """The drafts, with the words marked that answer by themselves, as they are in an answer."""
    if first.focus is None:
        return list(found)
    words = first.text[slice(*first.focus)]
    cited = {c.passage.id: c.focus for c in first.citations if c.focus}
    for number, draft in enumerate(found):
        at = draft.text.find(words)
        if at >= 0:
            spans = tuple(replace(span, focus=_inside(span, cited)) for span in draft.spans)
            marked = replace(draft, spans=spans, focus=(at, at + len(words)))
            return [*found[:number], marked, *found[number + 1 :]]
    return list(found)


def _inside(span: Span, cited: Mapping[str, tuple[int, int]]) -> tuple[int, int] | None:
    focus = cited.get(span.passage.id)
    return focus if focus and span.start <= focus[0] and focus[1] <= span.end else None
