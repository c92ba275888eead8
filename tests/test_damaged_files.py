"""Files of every format with damage at any byte: each is read or told, and soon."""

import io
import time
import zipfile

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.documents_made import good

from innoqa import reading
from innoqa.adapters import embedder
from innoqa.indexing.origins import Failed, Order, Origin, Prepared, Skipped
from innoqa.settings import Settings

SAMPLES = {file.name: file.content for file in good()}
NAMES = (
    "Nordhaven review 2021.pdf", "reports/Brückenau halls.pdf", "滨江科学城.pdf",
    "Silesia programme.docx", "Zürich Nord.pptx", "Maas firms.xlsx", "data/Leuven spin-offs.xls",
    "data/Porto energy.ods", "data/Malmö budget.csv", "notes/eindhoven.md", "notes/青石港.txt",
    "notes/utf16.txt", "web/龙泉.htm", "Trondheim.epub", "papers.jsonl", "mails/Faro.eml",
    "archive/Ghent.zip",
)  # fmt: skip
SECONDS = 5
FEW = settings(
    max_examples=20, deadline=None, derandomize=True,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)  # fmt: skip

bites = st.tuples(st.floats(0, 1, exclude_max=True), st.binary(min_size=0, max_size=6),
                  st.integers(0, 40))  # fmt: skip


@pytest.fixture(scope="module")
def outcomes(reader, model, tmp_path_factory):
    """What comes of a file in this process: Prepared, Failed or Skipped."""
    preparer = reading.preparer(reading.recipe(Settings(), embedder.find_model("")))
    folder = tmp_path_factory.mktemp("damaged")

    def outcomes(name, raw):
        path = folder / name.rpartition("/")[2]
        path.write_bytes(raw)
        started = time.process_time()
        found = [
            preparer.prepared(Order("d", one)) if isinstance(one, Origin) else one
            for one in reader.origins(path)
        ]
        assert time.process_time() - started < SECONDS
        return found

    return outcomes


def damaged(raw, changes, kept=1.0):
    """The bytes with some replaced, put in or left out, and cut at a share of their length."""
    for at, put, left_out in changes:
        start = int(at * len(raw))
        raw = raw[:start] + put + raw[start + left_out :]
    return raw[: int(kept * len(raw))]


def are_told(found):
    assert found
    assert {type(one) for one in found} <= {Prepared, Failed, Skipped}
    for one in found:
        if not isinstance(one, Prepared):
            assert one.reason.strip()
            assert one.reason[0].islower() or one.reason[0] in "_"
            continue
        for passage in one.passages:
            assert passage.text == one.document.text[passage.start : passage.end]
            passage.text.encode()


@pytest.mark.parametrize("name", NAMES)
def test_damage_to_a_file_is_told_or_harms_nothing(outcomes, name):
    @FEW
    @given(st.lists(bites, min_size=1, max_size=4), st.sampled_from([1.0, 1.0, 0.9, 0.5, 0.01]))
    def with_damage(changes, kept):
        raw = damaged(SAMPLES[name], changes, kept)
        are_told(outcomes(name, raw))

    with_damage()


INNER = {
    "Silesia programme.docx": ("word/document.xml", "word/styles.xml", "docProps/core.xml"),
    "Zürich Nord.pptx": ("ppt/slides/slide3.xml", "ppt/presentation.xml"),
    "Maas firms.xlsx": ("xl/worksheets/sheet2.xml", "xl/workbook.xml", "xl/styles.xml"),
    "data/Porto energy.ods": ("content.xml",),
    "Trondheim.epub": ("OEBPS/2.xhtml", "OEBPS/content.opf", "META-INF/container.xml"),
}


@pytest.mark.parametrize("name", INNER)
def test_damage_inside_a_packed_file_is_told_or_harms_nothing(outcomes, name):
    """Damage to the archive itself seldom gets past its checksums."""
    with zipfile.ZipFile(io.BytesIO(SAMPLES[name])) as whole:
        parts = {part: whole.read(part) for part in whole.namelist()}

    @FEW
    @given(
        st.sampled_from(INNER[name]),
        st.lists(bites, min_size=1, max_size=4),
        st.sampled_from([1.0, 1.0, 0.5]),
    )
    def with_damage(part, changes, kept):
        raw = io.BytesIO()
        with zipfile.ZipFile(raw, "w") as archive:
            for one, content in parts.items():
                archive.writestr(one, damaged(content, changes, kept) if one == part else content)
        are_told(outcomes(name, raw.getvalue()))

    with_damage()
