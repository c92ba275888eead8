"""Measure answers from tables: ``make bench``, or by hand with third-party sets beside.

A set is a folder with ``questions.jsonl`` (question, table, answers, kind; table_title, scale and
answer_from where the set has them) and the CSV files that it names, beside the file or above it.
Every table comes through the reader that ships. Without ``--set`` the invented tables of the
tests are asked.
"""

import csv
import json
import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal, InvalidOperation
from functools import partial
from pathlib import Path
from time import perf_counter
from typing import Annotated, Any

import typer

from innoqa import reading, row_questions, table_questions
from innoqa.domain import Computation, Document, IndexedTable
from innoqa.indexing.origins import Origin
from innoqa.indicators import row_passages

INVENTED = Path(__file__).parents[1] / "tests" / "row_questions" / "invented"
THRESHOLDS = (0.9, 0.85, 0.8, 0.75, 0.7, 0.65, 0.6, 0.5, 0.4, 0.3, 0.0)
_SCALES = {"thousand": 10**3, "million": 10**6, "billion": 10**9}
_NUMBER = re.compile(r"[$€£#]?\s?([-+]?(?:\d+(?:\.\d+)?|\.\d+))(?!\d)\s?(?:%|[a-z²³]+)?")
_ORDINAL = re.compile(r"\d(?:st|nd|rd|th)$")

Value = Decimal | str


@dataclass(frozen=True, slots=True)
class Question:
    """One question with what is accepted: ``answers`` is a set, ``scale`` what numbers are in."""

    id: str
    text: str
    table: str
    title: str
    answers: tuple[Value, ...]
    kind: str
    scale: str
    needs_text: bool


@dataclass(frozen=True, slots=True)
class Given:
    """What an engine answers: the values, the scale of their unit, and how sure it is."""

    value: tuple[Value, ...]
    scale: Decimal
    confidence: float


Engine = Callable[[str, IndexedTable], Given | None]


@dataclass(frozen=True, slots=True)
class Outcome:
    """A question asked: what was answered (None: refused), and whether it is right."""

    question: Question
    given: Given | None
    right: bool
    milliseconds: float

    @property
    def confidence(self) -> float:
        """That of the answer; below all others where there is none."""
        return self.given.confidence if self.given else -1.0


def main(
    folders: Annotated[list[Path] | None, typer.Option("--set", metavar="DIR")] = None,
    failures: Annotated[bool, typer.Option(help="List what is answered wrongly.")] = False,
) -> None:
    """Print, for each set and engine, how many answers are right, and at what confidence."""
    for folder in folders or [INVENTED]:
        questions = tuple(read_questions(folder))
        tables = read_tables(folder, questions)
        for name, engine in (("rows only", rows_only), ("as shipped", as_shipped)):
            outcomes = [ask(question, tables[question.table], engine) for question in questions]
            typer.echo(f"\n## {folder}: {name}\n")
            report(outcomes)
            if failures:
                list_failures(outcomes)


def read_questions(folder: Path) -> Iterator[Question]:
    """The questions of a set, in the order of its file."""
    for line in (folder / "questions.jsonl").read_text("utf-8").splitlines():
        entry: dict[str, Any] = json.loads(line)
        yield Question(
            id=entry["id"],
            text=entry["question"],
            table=entry["table"],
            title=entry.get("table_title", ""),
            answers=tuple(a if isinstance(a, str) else Decimal(str(a)) for a in entry["answers"]),
            kind=entry["kind"],
            scale=entry.get("scale", ""),
            needs_text=entry.get("answer_from", "table") != "table",
        )


def read_tables(folder: Path, questions: Sequence[Question]) -> dict[str, IndexedTable]:
    """The tables that a set's questions name, as an index would have them.

    A file that the reader refuses gives a table without rows.
    """
    titles = {question.table: question.title for question in questions}
    return {name: read_table(_place(folder, name), title) for name, title in titles.items()}


def _place(folder: Path, name: str) -> Path:
    return next(root / name for root in (folder, folder.parent) if (root / name).is_file())


def read_table(path: Path, title: str) -> IndexedTable:
    """A table file through the reader that ships: its largest table where it has several."""
    origin = next(iter(reading.file_reader(200).origins(path)))
    if not isinstance(origin, Origin):
        raise TypeError(f"{path}: {origin.reason}")
    document = reading.parser().parse(origin, "bench")
    if title:
        document = replace(document, title=title)
    tables = list(_indexed(document))
    return max(tables, key=lambda table: len(table.table.rows))


def _indexed(document: Document) -> Iterator[IndexedTable]:
    found = list(row_passages(document, lambda text: len(text.split()), 256))
    for number, table in enumerate(document.tables):
        first = {}
        for passage in found:
            if passage.cell is not None and passage.cell.table_number == number:
                first.setdefault(passage.cell.row, passage)
        yield IndexedTable(document.id, document.title, number, table, tuple(first.values()))


def rows_only(question: str, table: IndexedTable) -> Given | None:
    """The engine for the rows of one table alone."""
    answer = row_questions.answer(question, table)
    return given(answer.computation, answer.confidence) if answer else None


def as_shipped(question: str, table: IndexedTable) -> Given | None:
    """What the product answers from this table, its refusals left out."""
    reply = table_questions.answer(question, [table], alone=True)
    if isinstance(reply, table_questions.Computed):
        return given(reply.computation, reply.confidence)
    return None


def given(computation: Computation, confidence: float) -> Given:
    """The values of a computation."""
    value = computation.value
    values = value if isinstance(value, tuple) else () if value is None else (value,)
    return Given(values, computation.unit.scale, confidence)


def ask(question: Question, table: IndexedTable, engine: Engine) -> Outcome:
    """Ask one question of one engine."""
    began = perf_counter()
    found = engine(question.text, table)
    elapsed = (perf_counter() - began) * 1000
    right = found is not None and is_right(found.value, question, found.scale)
    return Outcome(question, found, right, elapsed)


def is_right(value: Sequence[Value], question: Question, scale: Decimal = Decimal(1)) -> bool:
    """Whether the values are the accepted ones, as sets."""
    same = partial(_same, question=question, scale=scale)
    return bool(value) and all(
        (
            all(any(same(one, accepted) for accepted in question.answers) for one in value),
            all(any(same(one, accepted) for one in value) for accepted in question.answers),
        )
    )


def _same(value: Value, accepted: Value, *, question: Question, scale: Decimal) -> bool:
    one, other = plain(value), plain(accepted)
    if isinstance(one, str) or isinstance(other, str):
        return one == other
    if question.scale:
        wanted = Decimal(_SCALES.get(question.scale, 1))
        return any(abs(each - other) <= Decimal("0.0051") for each in (one, one * scale / wanted))
    exponent = other.as_tuple().exponent
    places = max(0, -exponent) if isinstance(exponent, int) else 0
    return one == other or (places > 0 and round(one, places) == other)


def plain(value: Value) -> Value:
    """A value as it is compared: a number (a unit behind it dropped), or text without quotes.

    "3rd" is text, so it is not 3.
    """
    if isinstance(value, Decimal):
        return value
    text = " ".join(value.replace("\u2013", "-").replace("\u2212", "-").split()).lower()
    match = _NUMBER.fullmatch(re.sub(r"(?<=\d),(?=\d{3})", "", text))
    if match and not _ORDINAL.search(text):
        try:
            return Decimal(match[1])
        except InvalidOperation:
            return text
    return re.sub('["\u201c\u201d]', "", text).strip(" .'")


def report(outcomes: Sequence[Outcome]) -> None:
    """Right, wrong and refused by kind, then what each confidence is worth."""
    apart = [o for o in outcomes if o.question.needs_text]
    kinds = Counter(o.question.kind for o in outcomes)
    typer.echo(f"{'kind':26}{'right':>7}{'wrong':>7}{'refused':>9}{'of':>6}")
    for kind in sorted(kinds):
        _line(kind, [o for o in outcomes if o.question.kind == kind])
    if apart:
        _line("(may need paragraphs)", apart)
        _line("(table alone)", [o for o in outcomes if not o.question.needs_text])
    _line("all", outcomes)
    accuracy = sum(o.right for o in outcomes) / len(outcomes)
    times = sorted(o.milliseconds for o in outcomes)
    median = times[len(times) // 2]
    typer.echo(f"accuracy {accuracy:.1%}; median {median:.0f} ms, at most {times[-1]:.0f} ms")
    typer.echo(f"\n{'confidence at least':>20}{'answered':>10}{'precision':>11}")
    for threshold in THRESHOLDS:
        kept = [o for o in outcomes if o.confidence >= threshold]
        if kept:
            precision = sum(o.right for o in kept) / len(kept)
            typer.echo(f"{threshold:>20}{len(kept) / len(outcomes):>10.1%}{precision:>11.1%}")


def _line(name: str, outcomes: Sequence[Outcome]) -> None:
    right = sum(o.right for o in outcomes)
    refused = sum(o.given is None for o in outcomes)
    typer.echo(
        f"{name:26}{right:>7}{len(outcomes) - right - refused:>7}{refused:>9}{len(outcomes):>6}"
    )


def list_failures(outcomes: Sequence[Outcome]) -> None:
    """The wrong answers, the surest first, as comma-separated values."""
    writer = csv.writer(_Printed())
    for outcome in sorted(outcomes, key=lambda o: -o.confidence):
        if outcome.given and not outcome.right:
            question = outcome.question
            values = " | ".join(map(str, outcome.given.value))
            accepted = " | ".join(map(str, question.answers))
            row = (f"{outcome.confidence:.2f}", question.kind, question.id, question.text, values)
            writer.writerow((*row, accepted))


class _Printed:
    """A place for a csv writer to write to: the standard output."""

    def write(self, text: str) -> int:
        typer.echo(text, nl=False)
        return len(text)


if __name__ == "__main__":
    typer.run(main)
