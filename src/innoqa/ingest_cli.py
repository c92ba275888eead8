"""The ``innoqa ingest`` and ``innoqa remove`` commands: a thin shell over ``bootstrap``."""

import glob
import json
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)
from rich.text import Text

from innoqa import bootstrap
from innoqa.errors import DocumentError, IndexBusy, InnoqaError
from innoqa.eval_cli import IndexOption, settings_with
from innoqa.indexing import Report

MOST_TOLD = 10
"""Cells that an ingest names of those that it could not read as numbers."""
SKIPPED = 2
"""The exit code that says that something was not read."""

app = typer.Typer(rich_markup_mode="rich")
_console = Console()
_errors = Console(stderr=True)
_STAGES = ("reading", "embedding", "indexing")
_MAGIC = "*?["
_BUSY_SECONDS = 5


@app.command()
def ingest(  # noqa: PLR0913, PLR0917 - one argument for each option
    paths: Annotated[
        list[str] | None,
        typer.Argument(help="Files, folders, archives, or patterns such as 'reports/*.pdf'."),
    ] = None,
    index: IndexOption = None,
    listed: Annotated[
        Path | None,
        typer.Option(
            "--from",
            help="A file that lists paths, one a line; - reads them from standard input.",
            metavar="FILE",
        ),
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Tell what would be done, and write nothing.")
    ] = False,
    prune: Annotated[
        bool,
        typer.Option(
            "--prune",
            help="Take everything else out of the index, but for what was added on the page.",
        ),
    ] = False,
    watch: Annotated[
        bool, typer.Option("--watch", help="Go on, and ingest again whenever something changes.")
    ] = False,
    ray: Annotated[
        str,
        typer.Option(
            "--ray",
            help="Prepare and embed on a Ray cluster: local (started here), auto (the one that "
            "runs here), HOST:6379 or ray://HOST:10001.",
            metavar="ADDRESS",
        ),
    ] = "",
    as_json: Annotated[bool, typer.Option("--json", help="Print the report as JSON.")] = False,
) -> None:
    """Read documents and tables, and publish an index of them.

    Read are PDF, DOCX, PPTX, XLSX, XLS, ODS, HTML, Markdown, text, CSV, TSV, EPUB, e-mail, BEIR
    JSON Lines, and ZIP archives of these, told by their content. What has not changed is not
    embedded again; files that are gone from a folder disappear from the index. Exit code 2 says
    that something was skipped; the report names it.

    Example: innoqa ingest corpus
    Example: innoqa ingest my-reports notes.md 'more/*.pdf' --index my-index
    Example: innoqa ingest my-reports --dry-run
    Example: innoqa ingest my-reports --watch
    """
    names = [*(paths or ()), *_listed(listed)]
    given = _expanded(names)
    settings = settings_with(index)
    if dry_run and watch:
        raise DocumentError("--dry-run writes nothing, so there is nothing to --watch for.")
    if dry_run and ray:
        raise DocumentError("--dry-run embeds nothing, so there is nothing for --ray.")
    do = bootstrap.plan if dry_run else partial(bootstrap.ingest, ray=ray)

    def once() -> Report:
        with _progress() as progress:
            report = do(_expanded(names), settings, progress, prune=prune)
        if as_json:
            typer.echo(json.dumps(report.record(), ensure_ascii=False))
        else:
            print_report(report)
        return report

    if watch:
        _watch(given, settings.index, once)
    elif once().skipped:
        raise typer.Exit(SKIPPED)


@app.command()
def remove(
    names: Annotated[list[str], typer.Argument(help="Sources, as answers show them, or paths.")],
    index: IndexOption = None,
) -> None:
    """Take documents, or all of a file or folder, out of the index.

    Your files stay where they are: ingesting their folder again brings them back. Only a document
    that was added on the page is deleted with its file.

    Example: innoqa remove plans.md
    Example: innoqa remove my-reports/old --index my-index
    """
    with _progress() as progress:
        report = bootstrap.remove(names, settings_with(index), progress)
    print_report(report)


def _listed(path: Path | None) -> list[str]:
    """The paths in a list, one a line; blank lines and those that begin with # are passed over."""
    if path is None:
        return []
    try:
        text = sys.stdin.read() if str(path) == "-" else path.read_text("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise DocumentError(f"{path} cannot be read as a list of paths: {error}.") from None
    return [line for line in map(str.strip, text.split("\n")) if line and line[0] != "#"]


def _expanded(names: Sequence[str]) -> list[Path]:
    """The paths that names stand for; a name that is none is taken for a pattern."""
    found: list[Path] = []
    for name in names:
        path = Path(name)
        if _is_there(path):
            found.append(path)
            continue
        if not any(sign in name for sign in _MAGIC):
            raise DocumentError(f"{path} does not exist. Give a file or folder that does.")
        matches = sorted(map(Path, glob.glob(name, recursive=True)))  # noqa: PTH207 - of any root
        if not matches:
            raise DocumentError(f"No file matches {name}. Give a file, folder or pattern of files.")
        found += matches
    if not found:
        raise DocumentError("Name what to ingest: innoqa ingest FOLDER (or --from FILE).")
    return found


def _is_there(path: Path) -> bool:
    try:
        return path.exists()
    except OSError as error:
        raise DocumentError(f"{path} cannot be reached: {error.strerror}.") from None


def _watch(paths: Sequence[Path], index: Path, once: Callable[[], Report]) -> None:
    """Ingest now and after each change, until Ctrl+C; what goes wrong is told and tried again."""
    from innoqa.adapters.watching import changes

    with suppress(KeyboardInterrupt):
        for _ in changes(paths, index):
            _until_it_is_free(once)
            _errors.print(Text("Watching for changes (Ctrl+C ends it).", style="dim"))


def _until_it_is_free(once: Callable[[], Report]) -> None:
    """Ingest, as soon as no other does; other errors are told, since a change may mend them."""
    is_busy = True
    while is_busy:
        is_busy = False
        try:
            once()
        except IndexBusy as error:
            _errors.print(Text(str(error), style="yellow"))
            is_busy = True
            time.sleep(_BUSY_SECONDS)
        except InnoqaError as error:
            _errors.print(Text(str(error), style="red"))


@contextmanager
def _progress() -> Iterator[Callable[[str, int, int], None]]:
    """A bar for each stage of an ingest, while it lasts, with what is left of it."""
    with Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TimeRemainingColumn(elapsed_when_finished=True),
        console=_errors,
        transient=True,
    ) as bar:
        tasks = {stage: bar.add_task(stage, visible=False, total=None) for stage in _STAGES}

        def progress(stage: str, done: int, total: int) -> None:
            if stage in tasks:
                bar.update(tasks[stage], completed=done, total=total or None, visible=True)
            else:
                bar.console.print(Text(stage, style="yellow"))

        yield progress


def print_report(report: Report) -> None:
    """What an ingest did: on standard output in a line, on standard error what to see to."""
    for skipped in report.skipped:
        _errors.print(Text(f"skipped {skipped.source}: {skipped.reason}", style="yellow"))
    for gap in report.gaps:
        _errors.print(Text(f"read in part: {gap.source}: {gap.reason}", style="yellow"))
    for cell in report.unread_cells[:MOST_TOLD]:
        _errors.print(Text(f"not a number, kept as text: {cell}", style="yellow"))
    more = len(report.unread_cells) - MOST_TOLD
    if more > 0:
        _errors.print(Text(f"... and {more} more", style="yellow"))
    changes = (
        f"{report.added} added, {report.changed} changed, {report.removed} removed, "
        f"{report.unchanged} unchanged, {len(report.skipped)} skipped"
    )
    if report.dry:
        for what, sources in report.sources.items():
            for source in sources:
                _console.print(Text(f"would be {what}: {source}"))
        _console.print(f"{changes}; nothing was written ({report.seconds:.1f} s).")
        return
    state = "published" if report.published else "up to date"
    speed = f" ({report.passages_per_second:.3g} passages a second)" if report.prepared else ""
    _console.print(
        f"{report.documents} documents, {report.passages} passages, {report.observations} "
        f"observations: {changes}; {state} in {report.seconds:.1f} s{speed}."
    )
