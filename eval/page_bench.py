"""Measure the page in a browser: ``make bench`` does it.

What the page adds to an answer is the time from Enter until the answer stands on the screen, less
the time that the library took, which the answer tells. ``--beside FILE`` measures another
``chat.py`` too, question by question in turn, since a shared machine's speed drifts.
"""

import re
import statistics
import tempfile
import time
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated

import served
import typer
from playwright.sync_api import Browser, BrowserContext, Page

from innoqa.adapters import question_files

QUESTIONS = Path(__file__).with_name("questions.yaml")
FIRST = 3
"""Questions that are asked before anything is measured."""

WATCH = """() => {
    const count = name => document.querySelectorAll(name).length;
    const times = window.innoqaTimes = {}, before = count(".innoqa-byline");
    const painted = (name, is_there) => {
        if (name in times || !is_there) return;
        times[name] = 0;
        requestAnimationFrame(() => setTimeout(() => {
            times[name] = performance.now() - times.enter;
            if (name === "whole") watcher.disconnect();
        }));
    };
    const watcher = new MutationObserver(() => {
        painted("words", count(".innoqa-reply") > before);
        painted("whole", Math.min(count(".innoqa-byline"), count(".innoqa-copy")) > before);
    });
    document.addEventListener("keydown", () => {
        times.enter = performance.now();
        watcher.observe(document.body, {childList: true, subtree: true});
    }, {capture: true, once: true});
}"""
"""Notes when a key was pressed, and when after it the new answer was painted."""
PAINTED = """() => performance.getEntriesByName("first-contentful-paint")[0]?.startTime"""
TOOK = re.compile(r" in (\d+) ms")


@dataclass
class Measured:
    """What was measured of one page, in milliseconds."""

    name: str
    started: float = 0.0
    painted: list[float] = field(default_factory=list)
    ready: list[float] = field(default_factory=list)
    received: int = 0
    words: list[float] = field(default_factory=list)
    whole: list[float] = field(default_factory=list)
    own: list[float] = field(default_factory=list)

    def told(self) -> str:
        """Every measure on a line, as a median over what was measured."""
        middle = statistics.median
        return "\n".join((
            f"{self.name}",
            f"  process until it can be asked, first load   {self.started:8.0f} ms",
            f"  first paint of a later load                 {middle(self.painted):8.0f} ms",
            f"  until a later load can be asked             {middle(self.ready):8.0f} ms",
            f"  received on first load                      {self.received / 1e6:8.2f} MB",
            f"  Enter until the first words                 {middle(self.words):8.0f} ms",
            f"  Enter until the whole answer                {middle(self.whole):8.0f} ms",
            f"  of which the page's own, median             {middle(self.own):8.0f} ms",
            f"  of which the page's own, 90th percentile    {_ninth(self.own):8.0f} ms",
        ))  # fmt: skip


def main(
    index: Annotated[Path, typer.Option(metavar="DIR")] = Path(".innoqa/index"),
    beside: Annotated[Path | None, typer.Option(metavar="FILE", help="Another chat.py.")] = None,
    questions: Annotated[int, typer.Option(help="How many are asked and measured.")] = 16,
    turns: Annotated[int, typer.Option(help="Turns of a conversation.")] = 4,
) -> None:
    """Print what was measured."""
    pages = {"this page": served.CHAT, **({str(beside): beside} if beside else {})}
    with ExitStack() as stack:
        browser = stack.enter_context(served.chromium())
        measured = {}
        for name, chat in pages.items():
            folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
            begun = time.perf_counter()
            address = stack.enter_context(served.page_running(index.resolve(), folder, chat))
            measured[address] = Measured(name)
            load(browser, address, measured[address], first=begun)
        for _ in range(5):
            for address, page in measured.items():
                load(browser, address, page)
        ask(browser, measured, chosen(FIRST + questions), turns)
    print("\n".join(page.told() for page in measured.values()))
    if beside:
        one, other = measured.values()
        ratios = [mine / theirs for mine, theirs in zip(one.own, other.own, strict=True)]
        print(f"the page's own share, this to the other: {statistics.median(ratios):.2f}")


def chosen(number: int) -> list[str]:
    """Questions of the fixed set, as far from one another in it as they can be."""
    known, _ = question_files.read_questions(QUESTIONS)
    alone = [one.question for one in known if one.answerable and not one.history]
    return alone[:: len(alone) // number][:number]


def load(browser: Browser, address: str, measured: Measured, *, first: float | None = None) -> None:
    """Load the page in a browser that was not there before."""
    context = browser.new_context()
    page = context.new_page()
    received = _counted(context, page)
    begun = time.perf_counter()
    page.goto(address)
    page.get_by_text("Questions to begin with").wait_for()
    page.get_by_role("textbox", name="Ask a question").wait_for()
    if first is not None:
        measured.started = (time.perf_counter() - first) * 1000
        page.wait_for_load_state("networkidle")
        measured.received = sum(received)
    else:
        measured.ready.append((time.perf_counter() - begun) * 1000)
        measured.painted.append(page.evaluate(PAINTED))
    context.close()


def _counted(context: BrowserContext, page: Page) -> list[int]:
    """Bytes over the wire, as they come in: responses as they were encoded, and messages."""
    received: list[int] = []
    devtools = context.new_cdp_session(page)
    devtools.send("Network.enable")
    devtools.on(
        "Network.loadingFinished", lambda event: received.append(int(event["encodedDataLength"]))
    )
    page.on(
        "websocket",
        lambda socket: socket.on("framereceived", lambda data: received.append(len(data))),
    )
    return received


def ask(browser: Browser, measured: dict[str, Measured], asked: list[str], turns: int) -> None:
    """Ask each page every question in turn, a few in a conversation, and note how long it took."""
    contexts = {address: browser.new_context() for address in measured}
    pages = {address: context.new_page() for address, context in contexts.items()}
    for number, question in enumerate(asked):
        for address, page in pages.items():
            if number % turns == 0:
                page.goto(address)
            took = _answered(page, question)
            if number >= FIRST:
                one = measured[address]
                one.words.append(took["words"])
                one.whole.append(took["whole"])
                one.own.append(took["whole"] - took["library"])
    for context in contexts.values():
        context.close()


def _answered(page: Page, question: str) -> dict[str, float]:
    box = page.get_by_role("textbox", name="Ask a question")
    box.fill(question)
    page.evaluate(WATCH)
    before = page.locator(".innoqa-byline").count()
    box.press("Enter")
    page.wait_for_function("() => innoqaTimes.whole", timeout=60_000)
    page.wait_for_timeout(1500)  # what comes after an answer is not to slow the next one
    times: dict[str, float] = page.evaluate("innoqaTimes")
    told = TOOK.search(page.locator(".innoqa-byline").nth(before).inner_text())
    assert told is not None
    return {**times, "library": float(told[1])}


def _ninth(values: list[float]) -> float:
    return statistics.quantiles(values, n=10)[-1]


if __name__ == "__main__":
    typer.run(main)
