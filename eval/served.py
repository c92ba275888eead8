"""The page as a process of its own and a browser to look at it, for scripts and for tests."""

import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from http import HTTPStatus
from http.client import HTTPConnection, HTTPException
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

CHAT = Path(__file__).parents[1] / "app" / "chat.py"
STARTED_WITHIN = 60
"""Seconds that the page may take until it answers."""
CHROMIUM_ARGUMENTS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost",
]


class NotServed(Exception):
    """The page, or the browser to look at it, did not start."""


@contextmanager
def page_running(index: Path, folder: Path, chat: Path = CHAT, **environment: str) -> Iterator[str]:
    """The page as ``innoqa chat`` starts it, from ``folder``, where its log and files go.

    ``environment`` is what else it is started with. Gives its address. Raises NotServed, with what
    it logged, where it does not start.
    """
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    clean = {k: v for k, v in os.environ.items() if not k.startswith(("INNOQA_", "STREAMLIT_"))}
    log = folder / "page.log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "streamlit", "run", chat, "--server.port", str(port)],
            cwd=folder,
            env={**clean, **environment, "INNOQA_INDEX": str(index)},
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    where = f"http://127.0.0.1:{port}"
    try:
        _wait_until_healthy(where, process, log)
        yield where
    finally:
        process.terminate()
        process.wait(20)


def _wait_until_healthy(where: str, process: subprocess.Popen[bytes], log: Path) -> None:
    end = time.monotonic() + STARTED_WITHIN
    while time.monotonic() < end:
        if process.poll() is not None:
            break
        try:
            with closing(HTTPConnection(where.removeprefix("http://"), timeout=5)) as connection:
                connection.request("GET", "/_stcore/health")
                if connection.getresponse().status == HTTPStatus.OK:
                    return
        except (OSError, HTTPException):
            pass
        time.sleep(0.1)
    raise NotServed(f"The page did not start: {log.read_text()}")


@contextmanager
def chromium() -> Iterator[Browser]:
    """Debian's Chromium, without a window."""
    found = shutil.which("chromium")
    if found is None:
        raise NotServed("Chromium is not on the PATH: apt-get install -y chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=CHROMIUM_ARGUMENTS)
        try:
            yield browser
        finally:
            browser.close()
