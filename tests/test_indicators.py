"""Rows of tables in words, and the observations that tidy rows state."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from innoqa.domain import Cell, Document, Footnote, Observation, Table, TableRow
from innoqa.indicators import roles, row_passages
from innoqa.periods import period_of
from innoqa.quantities import read_unit

TIDY = ("entity", "year", "period", "indicator", "value", "unit", "qualifier", "note", "source")


def passages(header, *rows, footnotes=(), count=lambda text: len(text.split()), limit=252):
    text, spans = ",".join(header) + "\n", []
    for row in rows:
        spans.append((len(text), len(text) + len(",".join(row))))
        text += ",".join(row) + "\n"
    table = Table("Figures", (), tuple(header), tuple(
        TableRow(tuple(row), *span) for row, span in zip(rows, spans, strict=True)))  # fmt: skip
    whole = Document("d", "f.csv", "Figures", "table", text, (), (table,), footnotes)
    return list(row_passages(whole, count, limit))


def one(header, row):
    (passage,) = passages(header, row)
    return passage


def tidy(**cells):
    return one(TIDY, tuple(cells.get(name, "") for name in TIDY))


INTENSITY = {
    "entity": "Beijing",
    "year": "2018",
    "indicator": "R&D intensity (share of GDP)",
    "value": "6.17",
    "unit": "percent",
}


def test_a_tidy_row_reads_as_a_phrase():
    passage = tidy(**INTENSITY)
    assert passage.words == "Beijing, 2018: R&D intensity (share of GDP) 6.17 percent"
    assert passage.heading == ("Figures",)


def test_a_tidy_row_states_an_observation_with_its_cell():
    passage = tidy(**INTENSITY, qualifier="exact", source="China Daily (2019)")
    name = "Beijing, 2018, R&D intensity (share of GDP)"
    assert passage.observations == (
        Observation(
            indicator="R&D intensity (share of GDP)",
            entity="Beijing",
            period=period_of("2018", ""),
            value=Decimal("6.17"),
            printed="6.17",
            unit=read_unit("percent"),
            qualifier="exact",
            source="China Daily (2019)",
            cell=Cell("Figures", 1, name, "value", 0, 5),
        ),
    )
    assert passage.cell == passage.observations[0].cell
    assert passage.sentences[0].references == ("China Daily (2019)",)


def test_an_empty_source_is_no_reference():
    assert tidy(**INTENSITY).sentences[0].references == ()


def test_how_far_a_source_is_trusted_is_told_with_it():
    row = ("Firms", "90", "China Daily (2019)", "B")
    passage = one(("indicator", "value", "source", "confidence"), row)
    assert passage.sentences[0].references == ("China Daily (2019); confidence B",)


def test_rows_are_numbered_from_one_and_keep_their_spans():
    found = passages(("city", "indicator", "value"), ("Oslo", "a", "1"), ("Bergen", "b", "2"))
    assert [(p.cell.row, p.text) for p in found] == [(1, "Oslo,a,1"), (2, "Bergen,b,2")]


@pytest.mark.parametrize(
    ("cells", "words"),
    [
        ({"qualifier": "about"}, "Beijing, 2018: Firms about 90"),
        ({"qualifier": "more than"}, "Beijing, 2018: Firms more than 90"),
        ({"qualifier": "preliminary"}, "Beijing, 2018: Firms 90 (preliminary)"),
        ({"qualifier": "exact"}, "Beijing, 2018: Firms 90"),
        ({"period": "year"}, "Beijing, 2018: Firms 90"),
        ({"period": "year-end"}, "Beijing, 2018 (year-end): Firms 90"),
        ({"year": "", "period": "not stated"}, "Beijing, period not stated: Firms 90"),
        ({"entity": "", "year": ""}, "Firms 90"),
        ({"value": "20000", "unit": "firms"}, "Beijing, 2018: Firms 20,000 firms"),
        ({"value": "2050", "unit": "year"}, "Beijing, 2018: Firms 2050"),
        ({"value": "758", "unit": "100 m yuan"}, "Beijing, 2018: Firms 758 × 100 m yuan"),
        ({"value": "n/a"}, "Beijing, 2018: Firms n/a"),
        ({"note": "old count"}, "Beijing, 2018: Firms 90; old count"),
    ],
)  # fmt: skip
def test_what_surrounds_a_value_is_put_where_a_reader_expects_it(cells, words):
    row = {"entity": "Beijing", "year": "2018", "indicator": "Firms", "value": "90"} | cells
    assert tidy(**row).words == words


def test_a_value_that_is_no_number_gives_no_observation_but_is_still_read():
    passage = tidy(entity="Beijing", indicator="Firms", value="many")
    assert passage.observations == ()
    assert passage.cell == Cell("Figures", 1, "Beijing", None)


def test_a_column_without_a_role_is_added_with_its_name():
    assert one(("city", "indicator", "value", "colour"), ("Oslo", "Trams", "87", "blue")).words == (
        "Oslo: Trams 87; colour: blue"
    )


def test_the_rows_of_any_other_table_read_as_header_and_cell():
    passage = one(("City", "Firms", "", "Parks"), ("Oslo", "12", "north", ""))
    assert passage.words == "City: Oslo; Firms: 12; north"
    assert passage.cell == Cell("Figures", 1, "Oslo", None)
    (observation,) = passage.observations
    assert (observation.entity, observation.indicator, observation.value) == ("Oslo", "Firms", 12)
    assert observation.cell == Cell("Figures", 1, "Oslo", "Firms", 0, 2)


def test_the_rows_of_any_other_table_refer_to_the_sources_of_the_document():
    (passage,) = passages(
        ("City", "Firms"), ("Oslo", "1"), footnotes=(Footnote("source", "Statistics Norway"),)
    )
    assert passage.sentences[0].references == ("Statistics Norway",)


def test_a_wide_row_is_cut_between_cells_and_each_part_names_the_row():
    header = ("City", *(f"Year {n}" for n in range(30)))
    found = passages(header, ("Oslo", *(f"{n} trams" for n in range(30))), limit=30)
    assert len(found) > 1
    assert all(p.words.startswith("City: Oslo; Year ") for p in found)
    said = [part for p in found for part in p.words.split("; ")[1:]]
    assert said == [f"Year {n}: {n} trams" for n in range(30)]


@given(
    cells=st.lists(
        st.text(st.sampled_from("ab ;,\u00e9北 "), max_size=300), min_size=9, max_size=9
    ),
    header=st.sampled_from([TIDY, tuple("abcdefghi")]),
)
def test_no_row_is_ever_longer_than_the_embedder_reads(tools, cells, header):
    for passage in passages(header, tuple(cells), count=tools.count, limit=60):
        assert tools.count(passage.words) <= 40


def test_a_note_that_is_longer_than_a_passage_is_cut_and_none_of_it_is_lost(tools):
    note = " ".join(f"word{n}" for n in range(300))
    row = tuple(INTENSITY.get(name, note if name == "note" else "") for name in TIDY)
    found = passages(TIDY, row, count=tools.count, limit=120)
    label = "Beijing, 2018: R&D intensity (share of GDP) 6.17 percent; "
    assert all(p.words.startswith(label) for p in found)
    assert [len(p.observations) for p in found] == [1, *[0] * (len(found) - 1)]
    assert " ".join(p.words.removeprefix(label) for p in found).replace(";", "") == note


def test_columns_are_known_by_their_names_in_any_case():
    assert roles(("City", " INDICATOR ", "Value", "Year")) == {
        "entity": 0,
        "indicator": 1,
        "value": 2,
        "year": 3,
    }


def test_the_first_of_two_columns_with_one_role_has_it():
    assert roles(("city", "district", "indicator", "value"))["entity"] == 0


@pytest.mark.parametrize("header", [(), ("city", "value"), ("indicator", "year"), ("a", "b")])
def test_a_table_without_indicator_and_value_is_not_tidy(header):
    assert roles(header) == {}
