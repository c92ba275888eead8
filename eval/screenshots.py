"""Take the pictures of the page that the README shows: ``make screenshots``.

The same questions, sizes and colours each time, over the index that is given.
"""

import io
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import served
import typer
from PIL import Image
from playwright.sync_api import Browser, Page, expect

COLOURS = 256
"""Of the palette that a picture is kept with."""
FACT = "What are the four strategies behind Beijing's innovation districts?"
SERIES = "How did Beijing's R&D intensity change from 2018 to 2023?"
REFUSED = "How many unicorns does Shanghai have?"
QUIET = """() => document.querySelector("[data-test-script-state=notRunning]")
    && document.getAnimations().every(one => one.playState === "finished")"""
HIDE = """.innoqa-byline, [data-testid=stMainMenu], [class*=st-key-open-] button p > span {
    visibility: hidden;
}"""
"""What differs from one time to the next, and what is the same everywhere."""


def main(
    index: Annotated[Path, typer.Option(metavar="DIR")] = Path(".innoqa/index"),
    out: Annotated[Path, typer.Option(metavar="DIR")] = Path("docs/screenshots"),
) -> None:
    """Write every picture into a folder."""
    out.mkdir(parents=True, exist_ok=True)
    with (
        tempfile.TemporaryDirectory() as folder,
        served.chromium() as browser,
        served.page_running(index.resolve(), Path(folder)) as address,
    ):
        with opened(browser, address, height=960) as page:
            ask(page, FACT)
            keep(page, out / "answer.png")
        with opened(browser, address, height=1080) as page:
            ask(page, SERIES)
            page.locator(".innoqa-derivation summary").first.click()
            keep(page, out / "computed.png")
            with page.expect_popup() as popup:
                page.get_by_role("link", name="Open in the table").first.click()
            popup.value.locator("#place").wait_for()
            keep(popup.value, out / "table.png")
        with opened(browser, f"{address}/documents", height=840) as page:
            page.get_by_text("Tick documents").wait_for()
            keep(page, out / "documents.png")
        with opened(browser, address, width=390, height=844) as page:
            ask(page, REFUSED)
            keep(page, out / "phone.png")
        with opened(browser, address, height=840, is_dark=True) as page:
            ask(page, SERIES)
            keep(page, out / "dark.png")


@contextmanager
def opened(
    browser: Browser, address: str, *, height: int, width: int = 1200, is_dark: bool = False
) -> Iterator[Page]:
    """The page in a browser that was not there before."""
    context = browser.new_context(
        viewport={"width": width, "height": height},
        color_scheme="dark" if is_dark else "light",
        reduced_motion="reduce",
    )
    page = context.new_page()
    page.goto(address)
    yield page
    context.close()


def ask(page: Page, question: str) -> None:
    """Ask, and wait until all of the answer is there."""
    box = page.get_by_role("textbox", name="Ask a question")
    box.fill(question)
    box.press("Enter")
    expect(page.locator(".innoqa-byline")).to_have_count(1, timeout=60_000)
    box.blur()


def keep(page: Page, path: Path) -> None:
    """Keep what is seen as a picture with a palette."""
    page.mouse.move(0, 0)
    page.wait_for_function(QUIET, timeout=60_000)
    page.add_style_tag(content=HIDE)
    page.wait_for_timeout(500)  # a chart is drawn by a script of its own
    seen = Image.open(io.BytesIO(page.screenshot())).convert("RGB")
    seen.quantize(COLOURS, Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE).save(
        path, optimize=True
    )


if __name__ == "__main__":
    typer.run(main)
