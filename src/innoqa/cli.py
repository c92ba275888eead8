"""The ``innoqa`` command: a thin shell over ``bootstrap``."""

import json
import os
import subprocess
import sys
from itertools import groupby
from pathlib import Path
from typing import Annotated

import typer
from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.markup import escape
from rich.table import Table
from rich.text import Text

from innoqa import bootstrap, doctor, eval_cli, exporting, ingest_cli, mcp_cli
from innoqa.contract import (
    cited_cell,
    cited_observation,
    equation,
    parse_question,
    reply_record,
    stated_value,
)
from innoqa.domain import Abstention, Answer, Computation, Conflict, Observation, Turn
from innoqa.errors import InnoqaError, QuestionError
from innoqa.eval_cli import IndexOption, settings_with
from innoqa.settings import Settings

PAGE = Path(__file__).parents[2] / "app" / "chat.py"
CORPUS = Path(__file__).parents[2] / "corpus"

app = typer.Typer(
    name="innoqa",
    help="Ask a case study and get answers that prove themselves.",
    no_args_is_help=True,
    rich_markup_mode="rich",
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.add_typer(ingest_cli.app)
app.add_typer(eval_cli.app)
app.add_typer(mcp_cli.app)
_console = Console()
_errors = Console(stderr=True)


def main() -> None:
    """Run the command; InnoQA's own errors become one message and exit code 1."""
    try:
        app()
    except InnoqaError as error:
        _errors.print(Text(str(error), style="red"))
        sys.exit(1)


@app.command()
def ask(
    question: Annotated[str | None, typer.Argument(help="The question.")] = None,
    index: IndexOption = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the reply as JSON.")] = False,
    batch: Annotated[
        Path | None, typer.Option(help="Questions, one JSON object a line.", metavar="FILE")
    ] = None,
    out: Annotated[
        Path | None, typer.Option(help="Where the replies to a batch go.", metavar="FILE")
    ] = None,
) -> None:
    """Answer a question, or a file of them, with sources.

    Example: innoqa ask "What are the four strategies behind Beijing's innovation districts?"
    Example: innoqa ask "How many unicorns does Beijing have?" --json
    Example: innoqa ask --batch questions.jsonl --out replies.jsonl
    """
    if batch is not None:
        if question is not None or out is None:
            raise QuestionError("--batch takes no question beside it, and needs --out FILE.")
        _answer_batch(batch, out, settings_with(index))
        return
    if question is None:
        raise QuestionError('Ask something: innoqa ask "..." (or --batch FILE --out FILE).')
    turn = bootstrap.open_assistant(settings_with(index)).answer(question)
    if as_json:
        typer.echo(json.dumps(reply_record("", turn), ensure_ascii=False))
    else:
        _print_turn(turn)


@app.command()
def chat(
    index: IndexOption = None,
    port: Annotated[int, typer.Option(help="The port on 127.0.0.1.")] = 8501,
) -> None:
    """Open the chat page on this machine.

    Example: innoqa chat
    Example: innoqa chat --index my-index --port 8600
    """
    settings = settings_with(index)
    bootstrap.published_corpus(settings)  # a missing index is told here, not in the browser
    if not PAGE.is_file():
        raise InnoqaError(f"The chat page {PAGE} is not there. Run innoqa from its repository.")
    environment = {**os.environ, "INNOQA_INDEX": str(settings.index.resolve())}
    _console.print(f"The chat page is at [bold]http://127.0.0.1:{port}[/bold] (Ctrl+C ends it).")
    command = [sys.executable, "-m", "streamlit", "run", str(PAGE), "--server.port", str(port)]
    try:
        sys.exit(subprocess.run(command, env=environment, check=False).returncode)  # noqa: S603 - the command is ours
    except KeyboardInterrupt:
        sys.exit(0)


@app.command("doctor")
def examine(index: IndexOption = None) -> None:
    """Check the Python, SQLite, model, index and corpus, and say how to mend each.

    Example: innoqa doctor
    """
    findings = doctor.examine(settings_with(index), CORPUS)
    for finding in findings:
        sign = "[green]ok[/green]  " if finding.ok else "[red]fail[/red]"
        _console.print(f"{sign} {escape(finding.what)}: {escape(finding.found)}", soft_wrap=True)
        if not finding.ok:
            _console.print(f"     {escape(finding.remedy)}", soft_wrap=True)
    if not all(finding.ok for finding in findings):
        raise typer.Exit(1)


def _answer_batch(batch: Path, out: Path, settings: Settings) -> None:
    try:
        # Not splitlines(): JSON strings may hold the other characters that it splits at.
        lines = batch.read_text("utf-8-sig").split("\n")
    except (OSError, UnicodeDecodeError) as error:
        raise QuestionError(f"{batch} cannot be read: {error}.") from None
    questions = [
        parse_question(line, f"{batch}, line {number}")
        for number, line in enumerate(lines, start=1)
        if line.strip()
    ]
    if out.is_dir():
        raise QuestionError(f"{out} is a folder. Name a file with --out.")
    assistant = bootstrap.open_assistant(settings)
    partial = out.with_name(out.name + ".tmp")
    try:
        file = partial.open("w", encoding="utf-8")
    except OSError as error:
        raise QuestionError(f"{out} cannot be written: {error.strerror}.") from None
    try:
        with file:
            for one in questions:
                turn = assistant.answer(one.question, assistant.conversation(one.history))
                file.write(json.dumps(reply_record(one.id, turn), ensure_ascii=False) + "\n")
        partial.replace(out)
    finally:
        partial.unlink(missing_ok=True)
    _errors.print(f"{len(questions)} replies in {escape(str(out))}")


def _print_turn(turn: Turn) -> None:
    if turn.query.text != " ".join(turn.question.split()):
        _console.print(Text(f"Read as: {turn.query.text}\n", style="italic"))
    if isinstance(turn.reply, Abstention):
        _print_abstention(turn.reply)
    else:
        _print_answer(turn.reply)
    _print_withheld(turn)
    how = f"\n{turn.composer}, {turn.elapsed_ms:.0f} ms, confidence {turn.reply.confidence:.2f}"
    _console.print(Text(how, "dim"))


def _print_withheld(turn: Turn) -> None:
    """What went otherwise than wanted, and what was left out and why."""
    if turn.note:
        _console.print(Text(f"\n{turn.note}", style="yellow"))
    if turn.withheld:
        _console.print(Text("\nLeft out:"))
    for one in turn.withheld:
        _console.print(Text(f"- {one.text} ", style="strike").append(f" ({one.why})"))


def _print_abstention(abstention: Abstention) -> None:
    _console.print(Text(abstention.text))
    if abstention.suggestions:
        _console.print(Text("\nQuestions near to it that the corpus answers:"))
    for question in abstention.suggestions:
        _console.print(Text(f"- {question}"))
    if abstention.nearest:
        _console.print(Text("\nNearest passages (they do not answer the question):"))
    for hit in abstention.nearest:
        _console.print(Text(f"- {hit.passage.heading_path} ({hit.passage.source})"))
        _console.print(Text(f"  {hit.passage.words}", style="dim"))


def _print_answer(answer: Answer) -> None:
    for statement in answer.statements:
        said = Text(statement.text)
        if statement.focus:
            said.stylize("bold", *statement.focus)
        markers = "".join(f"[{citation.marker}]" for citation in statement.citations)
        _console.print(said.append(f" {markers}\n"))
    if answer.computation is not None:
        _print_computation(answer, answer.computation)
    for conflict in answer.conflicts:
        _print_conflict(answer, conflict)
    _print_sources(answer)


def _print_computation(answer: Answer, computation: Computation) -> None:
    """How the question was read, what was computed from which cells, and the points of a chart."""
    _console.print(Text(f"Read as: {computation.reading}", style="italic"))
    _console.print(Text(f"Derivation: {equation(computation) or 'read from the table'}"))
    for operand in computation.operands:
        words = f"{_subject(operand)}: {stated_value(operand)} {_marker(answer, operand)}"
        _console.print(Text(f"    {words.strip()}", style="dim"))
    if computation.series:
        _console.print(Text("Series:"))
    for subject, points in groupby(computation.series, key=lambda o: (o.indicator, o.entity)):
        values = "; ".join(f"{point.period} {stated_value(point)}".strip() for point in points)
        _console.print(Text(f"    {', '.join(filter(None, subject))}: {values}", style="dim"))
    _console.print()


def _print_conflict(answer: Answer, conflict: Conflict) -> None:
    _console.print(Text(f"Sources differ: {conflict.what}. {conflict.why}".strip(), style="bold"))
    table = Table("What", "Value", "Source", "Scope and notes", box=SIMPLE_HEAD, pad_edge=False)
    for one in conflict.observations:
        value = f"{stated_value(one)} {_marker(answer, one)}".strip()
        table.add_row(*map(Text, (_subject(one), value, one.source, one.note)))
    _console.print(table)


def _subject(observation: Observation) -> str:
    parts = (observation.indicator, observation.entity, observation.period.printed)
    return ", ".join(filter(None, parts))


def _marker(answer: Answer, observation: Observation) -> str:
    """The marker under which an observation is cited, if it is."""
    cited = (c for c in answer.citations if cited_observation(c) == observation)
    return next((f"[{citation.marker}]" for citation in cited), "")


def _print_sources(answer: Answer) -> None:
    _console.print(Text("Sources", style="bold"))
    for citation in answer.citations:
        passage = citation.passage
        page = f", page {passage.page}" if passage.page else ""
        _console.print(Text(f"[{citation.marker}] {passage.heading_path}{page} ({passage.source})"))
        _console.print(Text(f"    “{exporting.quoted(citation)}”", style="dim"))
        cell = cited_cell(citation)
        if cell:
            column = f", column {cell.column}" if cell.column else ""
            _console.print(Text(f"    {cell.table}, row {cell.row}{column}", "dim"))
        for reference in citation.references:
            _console.print(Text(f"    Source: {reference}", style="dim"))
