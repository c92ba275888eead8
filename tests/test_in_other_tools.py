"""What the documents show of InnoQA in other tools runs as it stands."""

import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import innoqa as package
from innoqa.errors import IndexMissing

REPOSITORY = Path(__file__).parents[1]
EXAMPLES = [
    (name, number, code)
    for name in ("README.md", "docs/in-other-tools.md")
    for number, code in enumerate(
        re.findall(r"^```python\n(.*?)^```", (REPOSITORY / name).read_text("utf-8"), re.M | re.S)
    )
]
SAID = {
    ("README.md", 0): ["12 June 2014"],
    ("docs/in-other-tools.md", 0): ["12 June 2014", "street.md, "],
    ("docs/in-other-tools.md", 1): [
        "answer Inno Way opened",
        "street.md Inno Way",
        "in 2021? 262.93",
    ],
}
STREET = "# Streets\n\nInno Way opened on 12 June 2014 as a street of cafes for founders.\n"
FIGURES = """entity,year,indicator,value,unit
Beijing,2021,R&D expenditure,2629.3,100 million yuan
Beijing,2022,R&D expenditure,2843.3,100 million yuan
"""


@pytest.fixture(scope="module")
def index(new_project: Callable[[Path], Any], tmp_path_factory: pytest.TempPathFactory) -> Path:
    project = new_project(tmp_path_factory.mktemp("shown"))
    project.write("street.md", STREET)
    project.write("figures.csv", FIGURES)
    project.ingest()
    folder: Path = project.index
    return folder


def test_every_example_is_known() -> None:
    assert {(name, number) for name, number, _ in EXAMPLES} == set(SAID)


@pytest.fixture
def beside_the_index(index: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The folder that the examples run in."""
    (tmp_path / "my-index").symlink_to(index)
    monkeypatch.chdir(tmp_path)


@pytest.mark.usefixtures("beside_the_index")
@pytest.mark.parametrize(("name", "number", "code"), EXAMPLES)
def test_an_example_runs_and_says_what_it_should(
    capsys: pytest.CaptureFixture[str], name: str, number: int, code: str
) -> None:
    exec(compile(code, name, "exec"), {})
    said = capsys.readouterr().out
    for words in SAID[name, number]:
        assert words in said


class TestOpenAssistant:
    def test_an_index_that_is_not_there_is_told(self, tmp_path: Path) -> None:
        with pytest.raises(IndexMissing, match="innoqa ingest"):
            package.open_assistant(tmp_path)

    def test_without_a_folder_it_is_that_of_the_settings(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("INNOQA_INDEX", str(tmp_path / "another"))
        with pytest.raises(IndexMissing, match="another"):
            package.open_assistant()

    def test_the_package_alone_loads_nothing_else(self) -> None:
        code = "import sys, innoqa; print([name for name in sys.modules if 'innoqa.' in name])"
        ran = subprocess.run(
            [sys.executable, "-c", code], capture_output=True, text=True, check=True
        )
        assert ran.stdout.strip() == "[]"
