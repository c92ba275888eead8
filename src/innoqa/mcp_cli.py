"""The ``innoqa mcp`` command: a thin shell over ``bootstrap``."""

from contextlib import suppress
from typing import Annotated

import typer
from rich.console import Console

from innoqa import bootstrap
from innoqa.eval_cli import IndexOption, settings_with

app = typer.Typer(rich_markup_mode="rich")
_errors = Console(stderr=True)


@app.command("mcp")
def serve(
    index: IndexOption = None,
    http: Annotated[
        bool, typer.Option("--http", help="Serve over HTTP on this machine, not standard input.")
    ] = False,
    host: Annotated[
        str, typer.Option(help="With --http: 127.0.0.1, localhost or ::1.")
    ] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="With --http: the port.")] = 8765,
) -> None:
    """Serve the index to other tools by the Model Context Protocol.

    Its tools search, answer with citations, and read passages, tables and indicators.

    Example: innoqa mcp --index my-index
    Example: innoqa mcp --http --port 8765
    """
    from innoqa.adapters import mcp_server

    served = bootstrap.open_mcp_server(settings_with(index))
    if not http:
        mcp_server.serve_stdio(served)
        return
    with suppress(KeyboardInterrupt):
        mcp_server.serve_http(served, host, port, _announce)


def _announce(address: str) -> None:
    _errors.print(f"The MCP server is at {address} (Ctrl+C ends it).", markup=False)
