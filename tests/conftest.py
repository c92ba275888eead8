"""Shared by all tests: the real model, loaded once, and a project with documents and an index."""

import os
import shutil
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import hypothesis
import pytest
from filelock import FileLock
from tests.guard import outside_calls, pytest_configure

from innoqa import bootstrap, reading
from innoqa.adapters import embedder, files
from innoqa.adapters import reader as trained
from innoqa.adapters.generations import Generations
from innoqa.answering import Assistant
from innoqa.chunking import TextTools
from innoqa.domain import Document, Passage
from innoqa.indexing import Progress, Report
from innoqa.indexing.origins import Origin
from innoqa.settings import Settings

__all__ = ["outside_calls", "pytest_configure"]

hypothesis.settings.register_profile("busy", deadline=None)
hypothesis.settings.load_profile("busy")  # a machine that others use takes its time now and then


def silent(_stage: str, _done: int, _total: int) -> None:
    """Progress that nobody watches."""


@pytest.fixture(scope="session")
def model() -> embedder.ModelFiles:
    """The bundled model."""
    return embedder.find_model("")


@pytest.fixture(scope="session")
def graphs(
    model: embedder.ModelFiles,
    tmp_path_factory: pytest.TempPathFactory,
    request: pytest.FixtureRequest,
) -> Path:
    """A folder with the query encoder and the reader, written out once for all tests."""
    whole = tmp_path_factory.getbasetemp()
    if hasattr(request.config, "workerinput"):
        whole = whole.parent  # of all workers
    folder = whole / "graphs"
    with FileLock(whole / "graphs.lock"):
        if not folder.is_dir():
            made = tmp_path_factory.mktemp("made")
            embedder.export_query_encoder(model, made / "encoder.onnx")
            trained.export_reader(model.folder, made / "reader.onnx")
            made.rename(folder)
    return folder


@pytest.fixture(scope="session")
def encoder_graph(graphs: Path) -> Path:
    """The query encoder of the bundled model."""
    return graphs / "encoder.onnx"


@pytest.fixture(scope="session")
def reader_graph(graphs: Path) -> Path:
    """The trained reader."""
    return graphs / "reader.onnx"


@pytest.fixture(scope="session")
def with_graphs(model: embedder.ModelFiles, graphs: Path) -> Callable[[Path], Path]:
    """Links the graphs into the folder of an index that is to be made, to save time."""

    def link(index: Path) -> Path:
        places = Generations(index)
        places.encoder(model.digest).parent.mkdir(parents=True)
        os.link(graphs / "encoder.onnx", places.encoder(model.digest))
        os.link(graphs / "reader.onnx", places.encoder(trained.digest()))
        return index

    return link


@pytest.fixture(scope="session")
def passage_embedder(model: embedder.ModelFiles) -> embedder.PassageEmbedder:
    """The bundled model in float32."""
    return embedder.PassageEmbedder(model, "float32")


@pytest.fixture(scope="session")
def tools(model: embedder.ModelFiles) -> TextTools:
    """What chunking needs, as ``reading`` puts it together."""
    return reading.text_tools(model)


@pytest.fixture(scope="session")
def reader() -> files.FileReader:
    """What finds documents, as ``reading`` puts it together."""
    return reading.file_reader(200)


@pytest.fixture(scope="session")
def parse() -> Callable[[Origin, str], Document]:
    """Parses what was found, as ``reading`` puts it together."""
    return reading.parser().parse


@dataclass
class Project:
    """A folder of documents beside the index over it."""

    folder: Path
    options: dict[str, object] = field(default_factory=dict)

    @property
    def docs(self) -> Path:
        return self.folder / "docs"

    @property
    def index(self) -> Path:
        return self.folder / "index"

    @property
    def settings(self) -> Settings:
        return Settings(index=self.index, **self.options)

    @property
    def generations(self) -> Generations:
        return Generations(self.index)

    def write(self, name: str, text: str | bytes) -> Path:
        path = self.docs / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return path

    def ingest(self, *paths: Path, progress: Progress = silent) -> Report:
        return bootstrap.ingest(paths or (self.docs,), self.settings, progress)

    def assistant(self) -> Assistant:
        return bootstrap.open_assistant(self.settings)

    def passages(self) -> list[Passage]:
        """Every published passage in reading order."""
        with self.assistant().open_index() as index:
            return index.catalog.passages(range(len(index.vectors.edges) - 1))

    def words(self) -> str:
        """All published passages as one text."""
        return "\n".join(passage.words for passage in self.passages())

    def copy(self, folder: Path) -> "Project":
        """The same project elsewhere; the query encoder is linked, since it never changes."""

        def copy_file(source: str, target: str) -> str:
            if source.endswith(".onnx"):
                os.link(source, target)
                return target
            return shutil.copy2(source, target)

        shutil.copytree(self.folder, folder, copy_function=copy_file)
        return Project(folder, dict(self.options))


@pytest.fixture(scope="session")
def new_project(with_graphs: Callable[[Path], Path]) -> Callable[[Path], Project]:
    """Makes projects without documents; their graphs are there already."""

    def make(folder: Path) -> Project:
        project = Project(folder)
        project.docs.mkdir(parents=True)
        with_graphs(project.index)
        return project

    return make


@pytest.fixture
def project(new_project: Callable[[Path], Project], tmp_path: Path) -> Project:
    """A project without documents."""
    return new_project(tmp_path / "project")
