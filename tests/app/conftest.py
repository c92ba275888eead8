"""A small corpus, its index, the page as a process of its own, and a real browser."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Dialog, Page, expect

from innoqa.bootstrap import ingest
from innoqa.settings import Settings

ROOT = Path(__file__).parents[2]
APP = ROOT / "app"
sys.path[:0] = [str(APP), str(ROOT / "eval")]  # as for Streamlit and for a script

from served import chromium, page_running  # noqa: E402 - found by the path above

expect.set_options(timeout=15_000)

SETTLED = """() => [...document.querySelectorAll(".innoqa-fresh > *")]
    .every(one => one.getAnimations().length === 0)"""
"""Every statement of a new answer has appeared."""

HOSTILE_SUGGESTION = (
    "Who _built_ ![x](http://192.0.2.1/z.png) the **old** :material/home: :smile: "
    "<b>lighthouse</b> for $5 [here](http://192.0.2.1/)?"
)
CORPUS = {
    "corpus.toml": f"""\
title = "The port of <i>Vell</i>"
description = "Quays & ships of ![x](http://192.0.2.1/d.png) a small port."
suggested_questions = [
    "Which kinds of quay does the port of Vell have?",
    "When was the lighthouse of Vell first lit?",
    "How many containers passed through the port of Vell in 2021?",
    {HOSTILE_SUGGESTION!r},
    "What stands fifth and is not shown?",
]
""",
    "quays.md": """\
# The quays of Vell

## Kinds of quay

The port of Vell has three kinds of quay, each run by another company:

- Grain quays are deep basins beside the northern silos, where bulk carriers from overseas unload
  wheat, barley and maize with suction pipes during the whole of the harvest season.[^1]
- Ferry quays are low pontoons in the inner basin, where passengers for the islands board all year
  round, and where bicycles and small vans are taken on over a hinged ramp of steel.
- Timber quays are wide paved yards along the river mouth, where logs and sawn boards are stacked,
  measured, dried and loaded by two gantry cranes that run on rails.

## Lighthouse

The lighthouse of Vell was first lit in 1871.[^2] It stands on the outer mole. Its keeper lived in
the tower until 1968.

[^1]: Port Authority of Vell, "Grain handbook", 2019. <https://port.example/grain>
[^2]: Maritime Museum, "Lights of the coast", 2004. <https://museum.example/lights>
""",
    "traffic.csv": """\
entity,year,period,indicator,value,unit,qualifier,source
Vell,2020,year,Containers passed through the port,"41,250",containers,exact,Port Authority (2021)
Vell,2021,year,Containers passed through the port,"48,900",containers,about,Port Authority (2022)
Vell,2021,year,Ferry passengers,312000,passengers,exact,Port Authority (2022)
""",
    "dues.csv": """\
Harbour dues by port (million crowns),,,,,
Port,2016,2017,2019,2020,2021
Vell,4.5,4.9,5.6,5.2,6.2
Osk,2.25,2.5,2.75,n/a,3.1
Ruun,9.1,9.3,9.9,10.4,10.8
""",
    "hostile.csv": """\
entity,year,indicator,value,unit,note,source
Vell,2019,Herring landed <b>x</b> ![x](http://192.0.2.1/h.png),310,tonnes $t$,,<i>Gazette</i>
Vell,2020,Herring landed <b>x</b> ![x](http://192.0.2.1/h.png),330,tonnes $t$,,<i>Gazette</i>
Vell,2021,Herring landed <b>x</b> ![x](http://192.0.2.1/h.png),290,tonnes $t$,"new definition \
<img src=http://192.0.2.1/n.png onerror=alert(5)>",<i>Gazette</i>
""",
    "hostile.md": """\
# Salvage <script>alert("title")</script> at Vell

## The wreck of the Amarant

<!-- a comment that nobody should read -->

The salvage of the Amarant cost $x$ = 12 million crowns <script>alert(1)</script> and took
<img src=http://192.0.2.1/x.png> nine weeks ![x](http://192.0.2.1/y.png) in all
[link](javascript:alert(1)) by the divers of Vell.[^1]

[^1]: Divers' Guild <img src=http://192.0.2.1/n.png>, "Wrecks $a$", 1999. <http://192.0.2.1/wrecks>
""",
    "hostile.txt": """\
The customs house of Vell charges a toll of 7 crowns $y$ on salt
<script>alert(2)</script><img src="http://192.0.2.1/p.png" onerror="alert(3)"> and
![x](http://192.0.2.1/q.png) [link](javascript:alert(4)) **nothing** on bread.
""",
}


@dataclass
class Visit:
    """A browser page on our page, and everything that it asked for or complained about."""

    page: Page
    address: str
    hosts: set[str] = field(default_factory=set)
    complaints: list[str] = field(default_factory=list)

    def heed(self, message: ConsoleMessage) -> None:
        """Keep what the browser's console calls an error."""
        if message.type == "error":
            self.complaints.append(message.text)

    def refuse(self, dialog: Dialog) -> None:
        """Keep and close what a script of the corpus would open."""
        self.complaints.append(f"dialog: {dialog.message}")
        dialog.dismiss()

    def ask(self, question: str) -> None:
        """Type a question and wait until it is answered."""
        box = self.page.get_by_role("textbox", name="Ask a question")
        answered = self.page.locator(".innoqa-byline")
        before = answered.count()
        box.fill(question)
        box.press("Enter")
        expect(answered).to_have_count(before + 1)
        self.page.wait_for_function(SETTLED)


@pytest.fixture(scope="session")
def index(tmp_path_factory: pytest.TempPathFactory, with_graphs: Callable[[Path], Path]) -> Path:
    """An index of the small corpus."""
    folder = tmp_path_factory.mktemp("page")
    corpus = folder / "corpus"
    corpus.mkdir()
    for name, text in CORPUS.items():
        (corpus / name).write_text(text, "utf-8")
    made = with_graphs(folder / "index")
    ingest([corpus], Settings(index=made), lambda *_: None)
    return made


@pytest.fixture(scope="session")
def address(index: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Where the page runs, over the small corpus."""
    with page_running(index, tmp_path_factory.mktemp("served")) as where:
        yield where


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Debian's Chromium; without it these tests fail, since the page would be unproven."""
    with chromium() as browser:
        yield browser


@contextmanager
def visiting(
    browser: Browser, address: str, *, width: int = 1000, scheme: str = "light"
) -> Iterator[Visit]:
    """A fresh visit, which at its end must have asked no host but ours and met no error."""
    context = browser.new_context(
        viewport={"width": width, "height": 800},
        color_scheme="dark" if scheme == "dark" else "light",
    )
    context.set_default_timeout(15_000)
    visit = Visit(context.new_page(), address)
    page = visit.page
    page.on("request", lambda request: visit.hosts.add(urlsplit(request.url).netloc))
    page.on("websocket", lambda socket: visit.hosts.add(urlsplit(socket.url).netloc))
    page.on("console", visit.heed)
    page.on("pageerror", lambda error: visit.complaints.append(str(error)))
    page.on("dialog", visit.refuse)
    page.goto(address)
    try:
        yield visit
        assert visit.hosts - {""} == {urlsplit(address).netloc}
        assert visit.complaints == []
    finally:
        context.close()


@pytest.fixture
def visit(browser: Browser, address: str) -> Iterator[Visit]:
    """A visit to the page over the small corpus."""
    with visiting(browser, address) as visit:
        yield visit
