"""The ``innoqa eval`` commands: a thin shell over ``eval_bootstrap``."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from enum import StrEnum
from itertools import zip_longest
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.markup import escape
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TaskID,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)
from rich.text import Text
from typer.core import TyperGroup

from innoqa.errors import ChatModelError, SettingError
from innoqa.settings import Settings

QUESTIONS = tuple(
    Path(__file__).parents[2] / "eval" / name for name in ("questions.yaml", "test-questions.yaml")
)
INDICATORS = tuple(
    Path(__file__).parents[2] / "eval" / name
    for name in ("indicators.yaml", "cities/questions.yaml")
)
BELOW_THRESHOLD, NO_MODEL, REGRESSION = 3, 2, 1
INTERRUPTED = 130

IndexOption = Annotated[
    Path | None,
    typer.Option("--index", metavar="DIR", help=r"The index folder. \[default: .innoqa/index]"),
]


class _ModelMayFollow(TyperGroup):
    """Takes ``--model`` without a value for ``--model ""``: the model of the settings."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """The arguments, one more where ``--model`` is the last or another option follows it."""
        given: list[str] = []
        for arg, following in zip_longest(args, args[1:], fillvalue="-"):
            given += [arg, ""] if arg == "--model" and following.startswith("-") else [arg]
        return super().parse_args(ctx, given)


app = typer.Typer(
    name="eval", cls=_ModelMayFollow, invoke_without_command=True, rich_markup_mode="rich"
)
_console = Console()
_errors = Console(stderr=True)


class Split(StrEnum):
    """What the assistant may be tuned on, and what only measures it."""

    dev = "dev"
    test = "test"


def settings_with(index: Path | None) -> Settings:
    """The settings of the environment, with another index where one is named."""
    given = Settings.from_environment()
    return replace(given, index=index) if index is not None else given


@contextmanager
def _bar() -> Iterator[Callable[[str, int, int], None]]:
    """A bar for each thing that is asked, on standard error while it lasts."""
    columns = TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn()
    times = TimeElapsedColumn(), TimeRemainingColumn()
    with Progress(*columns, *times, console=_errors, transient=True) as bar:
        tasks: dict[str, TaskID] = {}

        def progress(what: str, done: int, total: int) -> None:
            if what not in tasks:
                tasks[what] = bar.add_task(what)
            bar.update(tasks[what], completed=done, total=total)

        yield progress


@app.callback()
def evaluate(  # noqa: PLR0913, PLR0917 - one argument for each option
    context: typer.Context,
    index: IndexOption = None,
    questions: Annotated[
        list[Path] | None,
        typer.Option(help="A question file; may be given again.", metavar="FILE"),
    ] = None,
    indicators: Annotated[
        list[Path] | None,
        typer.Option(
            help="Indicator questions; may be given again. With --questions, none unless given.",
            metavar="FILE",
        ),
    ] = None,
    split: Annotated[Split | None, typer.Option(help="Ask the questions of one split.")] = None,
    ablations: Annotated[
        bool, typer.Option("--ablations", help="Ask again with parts left out.")
    ] = False,
    model: Annotated[
        str | None,
        typer.Option(
            help="Ask with a chat model too, as PROVIDER:NAME; without a value, INNOQA_MODEL's.",
            metavar="MODEL",
        ),
    ] = None,
    accept: Annotated[
        bool, typer.Option("--accept", help="Compare later runs with this one.")
    ] = False,
    compare: Annotated[
        tuple[Path, Path] | None,
        typer.Option(help="Compare two report.json files and ask nothing.", metavar="FILE FILE"),
    ] = None,
    out: Annotated[
        Path, typer.Option(help="Where the reports and the accepted run go.", metavar="DIR")
    ] = Path("results"),
) -> None:
    """Ask the fixed questions and say how good the answers are.

    Exit code 3 says that a figure is not within its threshold, 1 that something got worse beyond
    noise than in the accepted run, in the second of two reports, or with the chat model, 2 that
    the chat model cannot be asked.

    Example: innoqa eval
    Example: innoqa eval --split test --ablations
    Example: innoqa eval --model ollama:llama3.2
    Example: innoqa eval --questions my-questions.yaml --index my-index
    Example: innoqa eval --compare before/report.json results/report.json
    """
    if context.invoked_subcommand is not None:
        return
    # What an evaluation needs is slow to load, and the other commands do without it.
    from innoqa import eval_bootstrap
    from innoqa.adapters import terminal_report

    if compare is not None:
        compared = eval_bootstrap.compare(*compare)
        _console.print(terminal_report.comparison(compared))
        raise typer.Exit(REGRESSION if compared["regressions"] else 0)
    if indicators is None:
        indicators = [] if questions else list(INDICATORS)
    plan = eval_bootstrap.Plan(
        tuple(questions or QUESTIONS),
        tuple(indicators),
        split and split.value,
        ablations,
        out / eval_bootstrap.REPLIES,
    )
    previous = None if accept else eval_bootstrap.accepted(out)
    settings = _with_model(settings_with(index), model)
    with _told_of_model(settings, plan.replies), _bar() as progress:
        report = eval_bootstrap.evaluate(plan, settings, progress)
    report = eval_bootstrap.publish(report, out, previous)
    if accept:
        eval_bootstrap.accept(report, out)
    _console.print(terminal_report.summary(report))
    _console.print(f"All of it, question by question: {escape(str(out / 'report.md'))}")
    with_it = report.get("model")
    if report["failures"] or (with_it and with_it["failures"]):
        raise typer.Exit(BELOW_THRESHOLD)
    regressions = report["comparison"]["regressions"] if report["comparison"] else []
    if regressions or (with_it and with_it["comparisons"]["all"]["regressions"]):
        raise typer.Exit(REGRESSION)


def _with_model(settings: Settings, model: str | None) -> Settings:
    """The settings with the chat model that is named, the own one for "", or none for None."""
    if model is None:
        return replace(settings, model="")
    if not (model or settings.model):
        raise SettingError("--model names no model, and INNOQA_MODEL is not set.")
    return replace(settings, model=model or settings.model)


@contextmanager
def _told_of_model(settings: Settings, replies: Path) -> Iterator[None]:
    """A chat model that cannot be asked, or is not waited for, ends the command with a word."""
    try:
        yield
    except ChatModelError as error:
        _errors.print(Text(str(error), style="red"))
        raise typer.Exit(NO_MODEL) from None
    except KeyboardInterrupt:
        if not settings.model:
            raise
        _errors.print(
            Text(f"Stopped. Its replies so far are kept in {replies}: run it again to go on."),
            soft_wrap=True,
        )
        raise typer.Exit(INTERRUPTED) from None


@app.command("init")
def draft(
    out: Annotated[Path, typer.Option(help="The question file to write.", metavar="FILE")],
    index: IndexOption = None,
    questions: Annotated[int, typer.Option(help="How many to draft at most.", min=5)] = 50,
) -> None:
    """Draft a question file from the documents of an index, to be corrected by hand.

    Definitions, facts and figures are asked for with the words that answer, and a fifth of the
    questions is meant to have no answer. Each is marked as a draft until you remove the mark.

    Example: innoqa eval init --index my-index --out my-questions.yaml
    """
    from innoqa import eval_bootstrap

    drafts = eval_bootstrap.draft(out, questions, settings_with(index))
    _console.print(
        f"{len(drafts)} drafts in {escape(str(out))}. Correct them, then: innoqa eval --questions "
        f"{escape(str(out))}",
        soft_wrap=True,
    )


@app.command()
def add(
    lines: Annotated[Path, typer.Argument(help="Questions, one JSON object a line.")],
    to: Annotated[Path, typer.Option(help="The question file that takes them.", metavar="FILE")],
) -> None:
    """Add questions, such as those exported from the chat page, to a question file.

    A line has id, kind, question, answerable, must, gold, history as in the question file. What
    is there stays as it is; an id that is there already is refused, and then nothing is added.

    Example: innoqa eval add exported.jsonl --to my-questions.yaml
    """
    from innoqa import eval_bootstrap

    added = eval_bootstrap.add(lines, to)
    _console.print(f"{len(added)} questions added to {escape(str(to))}", soft_wrap=True)
