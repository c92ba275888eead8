"""Rows of tables in words, and the observations that tidy rows state."""

import csv
import io
from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from innoqa.domain import Cell, Document, Footnote, Observation, Table, TableRow
from innoqa.grids import read_grid
from innoqa.indicators import UnreadCell, read_tables, roles, row_passages, unread_cells
from innoqa.periods import period_of
from innoqa.quantities import read_unit

D = Decimal
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


def stated(text, title="Figures", notes=(), heading=(), name="f.csv"):
    """What the rows of a comma-separated table state: (entity, indicator, time, value, unit)."""
    return [
        (o.entity, o.indicator, str(o.period), o.value, str(o.unit))
        for reading in read(text, title, notes, heading)
        for o in reading.observations
    ]


def read(text, title="Figures", notes=(), heading=()):
    rows = [TableRow(tuple(row), n, n) for n, row in enumerate(csv.reader(io.StringIO(text)))]
    tables = tuple(
        replace(table, title=table.title or title, notes=(*notes, *table.notes), heading=heading)
        for table in read_grid(rows)
    )
    (readings, *_) = read_tables(Document("d", "f.csv", "Notes", "table", "", (), tables))
    return readings


def test_times_as_columns_are_read_with_the_city_indicator_and_unit_of_each_row():
    text = (
        "City,Indicator,Unit,2018,2019,,Source\n"
        ",,,,H1,H2,\n"
        "Oslo,R&D expenditure,million NOK,10,5,6,SSB\n"
        ",PCT applications,number,30,>15,..,WIPO\n"
    )
    assert stated(text) == [
        ("Oslo", "R&D expenditure", "2018", 10, "million NOK"),
        ("Oslo", "R&D expenditure", "2019 H1", 5, "million NOK"),
        ("Oslo", "R&D expenditure", "2019 H2", 6, "million NOK"),
        ("Oslo", "PCT applications", "2018", 30, "number"),
        ("Oslo", "PCT applications", "2019 H1", 15, "number"),
        ("Oslo", "PCT applications", "2019 H2", None, "number"),
    ]
    first, second = read(text)
    assert [o.source for o in first.observations] == ["SSB"] * 3
    assert [o.qualifier for o in second.observations] == ["", "more than", "missing"]
    assert first.observations[1].cell == Cell(
        "Figures", 1, "Oslo, R&D expenditure", "2019 | H1", 0, 5
    )


def test_the_indicator_unit_and_time_that_no_column_names_come_from_the_title():
    assert stated("City,2018,2019\nOslo,1,2\nRiga,3,4\n", "R&D expenditure of cities (NOK)") == [
        ("Oslo", "R&D expenditure", "2018", 1, "NOK"),
        ("Oslo", "R&D expenditure", "2019", 2, "NOK"),
        ("Riga", "R&D expenditure", "2018", 3, "NOK"),
        ("Riga", "R&D expenditure", "2019", 4, "NOK"),
    ]
    assert stated("City,Value\nOslo,1\n", "Number of parks by city, end of 2022") == [
        ("Oslo", "Number of parks", "end of 2022", 1, "")
    ]


@pytest.mark.parametrize(
    ("title", "heading"),
    [
        ("Oslo: main indicators, 2018-2019", ()),
        ("Table 2. Key figures of Oslo", ()),
        ("Oslo's innovation", ()),
        ("Main indicators", ("Oslo", "Figures")),
        ("Oslo", ()),
        ("Oslo in figures", ()),
    ],
)
def test_the_entity_that_no_column_names_comes_from_the_titles(title, heading):
    found = stated("Indicator,2018\nPatents,5\nR&D intensity (%),3.1\n", title, (), heading)
    assert found == [
        ("Oslo", "Patents", "2018", 5, ""),
        ("Oslo", "R&D intensity", "2018", D("3.1"), "%"),
    ]


def test_years_as_rows_are_read_under_indicators_or_entities_as_columns():
    assert stated("Year,GDP (billion NOK),Patents,Remarks\n2018,3,5,\nFY2019,4,6,new base\n") == [
        ("", "GDP", "2018", 3, "billion NOK"),
        ("", "Patents", "2018", 5, ""),
        ("", "GDP", "FY2019", 4, "billion NOK"),
        ("", "Patents", "FY2019", 6, ""),
    ]
    assert stated("Year,Oslo,Riga\n2018,3,4\n2019,5,6\n", "R&D intensity by city, %")[:2] == [
        ("Oslo", "R&D intensity", "2018", 3, "%"),
        ("Riga", "R&D intensity", "2018", 4, "%"),
    ]


def test_months_as_columns_and_years_as_rows_make_months():
    assert [when for _, _, when, _, _ in stated("Year,Jan,Feb\n2018,3,4\n2019,5,6\n", "Rain")] == [
        "Jan 2018", "Feb 2018", "Jan 2019", "Feb 2019",
    ]  # fmt: skip


def test_a_long_table_without_an_indicator_takes_it_from_its_title():
    assert stated("city,year,value\nOslo,2018,3\nRiga,2018,4\n", "Parks (number)") == [
        ("Oslo", "Parks", "2018", 3, "number"),
        ("Riga", "Parks", "2018", 4, "number"),
    ]


def test_a_table_without_times_is_read_by_the_names_of_its_columns():
    assert stated("District,Area (km²),Unicorns (Hurun),Mayor,Rank\nNorth,5,2,Anna,1\n") == [
        ("North", "Area", "", 5, "km²"),
        ("North", "Unicorns (Hurun)", "", 2, ""),
        ("North", "Rank", "", 1, "rank"),
    ]


def test_years_in_the_names_of_columns_are_their_times():
    text = "City,Population 2010,Population 2020,Change (%)\nOslo,5,6,20\nRiga,7,6,-14\n"
    assert stated(text)[:3] == [
        ("Oslo", "Population", "2010", 5, ""),
        ("Oslo", "Population", "2020", 6, ""),
        ("Oslo", "Population: Change", "", 20, "%"),
    ]


def test_cities_above_years_in_a_stacked_header_are_the_entities_of_indicator_rows():
    text = ",Oslo,,Riga,\nIndicator,2018,2019,2018,2019\nGDP (bn NOK),1,2,3,4\nJobs,5,6,7,8\n"
    assert stated(text)[:4] == [
        ("Oslo", "GDP", "2018", 1, "bn NOK"),
        ("Oslo", "GDP", "2019", 2, "bn NOK"),
        ("Riga", "GDP", "2018", 3, "bn NOK"),
        ("Riga", "GDP", "2019", 4, "bn NOK"),
    ]


def test_units_under_the_names_of_a_stacked_header_are_units():
    text = (
        "Sector,2020,,2021,\n,Firms,Sales,Firms,Sales\n,number,NOK bn,number,NOK bn\n"
        "Energy,1,2,3,4\nHealth,5,6,7,8\n"
    )
    assert stated(text)[:2] == [
        ("Energy", "Firms", "2020", 1, "number"),
        ("Energy", "Sales", "2020", 2, "NOK bn"),
    ]


def test_section_lines_belong_to_the_names_under_them():
    text = ",2018,2019\nAssets:,,\nCash,1,2\nGoodwill (1),3,4\nDebts:,,\nLoans,5,6\n"
    assert [(i, w, v) for _, i, w, v, _ in stated(text)][::2] == [
        ("Assets: Cash", "2018", 1),
        ("Assets: Goodwill", "2018", 3),
        ("Debts: Loans", "2018", 5),
    ]


def test_section_lines_are_indicators_or_entities_where_the_rows_under_them_come_again():
    indicators = (
        "District,2021,2022\nFirms (thousand),,\nNorth,1,2\nSouth,2,3\nJobs,,\nNorth,3,4\n"
        "South,4,5\n"
    )
    assert stated(indicators)[::2] == [
        ("North", "Firms", "2021", 1, "thousand"),
        ("South", "Firms", "2021", 2, "thousand"),
        ("North", "Jobs", "2021", 3, ""),
        ("South", "Jobs", "2021", 4, ""),
    ]
    entities = (
        ",2021,2022\nOslo,,\nFirms,1,2\nJobs at firms,3,4\nRiga,,\nFirms,5,6\nJobs at firms,7,8\n"
    )
    assert stated(entities)[::2] == [
        ("Oslo", "Firms", "2021", 1, ""),
        ("Oslo", "Jobs at firms", "2021", 3, ""),
        ("Riga", "Firms", "2021", 5, ""),
        ("Riga", "Jobs at firms", "2021", 7, ""),
    ]


def test_a_year_as_section_line_and_quarters_under_it_make_quarters():
    text = (
        ",High,Low\n2019:,,\nFourth Quarter,11,9\nThird Quarter,14,10\n2018:,,\n"
        "Fourth Quarter,8,7\n"
    )
    assert stated(text)[::2] == [
        ("", "High", "Fourth Quarter 2019", 11, ""),
        ("", "High", "Third Quarter 2019", 14, ""),
        ("", "High", "Fourth Quarter 2018", 8, ""),
    ]


@pytest.mark.parametrize(
    ("text", "unit", "base", "scale"),
    [
        ("(In millions),2019\nSales,$ 5\nCosts,$ 4\n", "$ million", "US dollar", 10**6),
        ("$ million,2019\nSales,5\nCosts,4\n", "$ million", "US dollar", 10**6),
        (",2019\nGross margin (%),5\nOther margin (%),4\n", "%", "percent", 1),
        (",2019 €m,2018 €m\nSales,5,4\nCosts,4,4\n", "€m", "euro", 10**6),
        (",2019 | £m\nSales,5\nCosts,4\n", "£m", "pound", 10**6),
        ("(In thousands of Canadian dollars),2019\nSales,$5\nCosts,$4\n",
         "thousand of Canadian dollars", "Canadian dollar", 1000),
        ("(In millions),2019\nShare of sales,5%\nShare of costs,4%\n", "%", "percent", 1),
        ("(In millions),2019\nPrice per share,$ 5\nDividend per share,$ 4\n", "$", "US dollar", 1),
    ],
)  # fmt: skip
def test_the_unit_is_what_stands_nearest_in_the_scale_that_the_table_states(
    text, unit, base, scale
):
    observation = read(text)[0].observations[0]
    assert (str(observation.unit), observation.unit.base, observation.unit.scale) == (
        unit.replace(" | ", ""),
        base,
        scale,
    )


def test_a_unit_line_holds_for_what_has_no_unit_of_its_own():
    text = 'Indicator,2018\nR&D expenditure,10\n"R&D intensity, %",4\n'
    assert [u for _, _, _, _, u in stated(text, notes=("Unit: 100 million yuan",))] == [
        "100 million yuan",
        "%",
    ]


def test_marks_lead_to_the_notes_under_the_table():
    text = "Indicator,2018,2019*\nPatents,5,6\nFirms (1),7,8\n"
    notes = ("* preliminary", "(1) with branches", "Source: SSB, 2020")
    first, second = read(text, notes=notes)
    assert [(o.qualifier, o.note) for o in first.observations] == [
        ("", ""),
        ("preliminary", "preliminary"),
    ]
    assert [o.note for o in second.observations] == [
        "with branches",
        "preliminary; with branches",
    ]
    assert {o.source for o in first.observations} == {"SSB, 2020"}
    assert second.observations[0].indicator == "Firms"


def test_missing_and_not_applicable_values_are_observed_as_such():
    text = "Indicator,2017,2018,2019,2020\nPatents,5,n/a,,not applicable\nFirms,1,2,3,4\n"
    assert [(o.value, o.qualifier) for o in read(text)[0].observations] == [
        (5, ""), (None, "missing"), (None, "missing"), (None, "not applicable"),
    ]  # fmt: skip


def test_text_among_numbers_is_told_and_columns_of_text_are_not():
    text = "District,2018,2019,Mayor\nNorth,5,see note,Anna\nSouth,7,8,Bo\n"
    table = read_grid(
        [TableRow(tuple(r), n, n) for n, r in enumerate(csv.reader(io.StringIO(text)))]
    )[0]
    document = Document(
        "d", "firms.csv", "Firms", "table", "", (), (replace(table, title="Firms"),)
    )
    told = list(unread_cells(document, read_tables(document)))
    assert told == [UnreadCell("firms.csv", "Firms", 1, "2019", "see note")]
    assert str(told[0]) == "firms.csv, Firms, row 1, 2019: see note"


def test_a_tidy_value_that_is_text_is_told():
    row = ("Oslo", "2018", "", "Firms", "many", "", "", "", "")
    table = Table("Figures", (), TIDY, (TableRow(row, 0, 1),))
    document = Document("d", "f.csv", "Figures", "table", "x", (), (table,))
    assert [str(cell) for cell in unread_cells(document, read_tables(document))] == [
        "f.csv, Figures, row 1, value: many"
    ]


def test_a_wide_row_reads_with_its_section_and_the_labels_that_it_leaves_blank():
    text = "City,Item,2018,2019\nOslo,Firms,1,2\n,Jobs,3,4\n"
    table = read_grid(
        [TableRow(tuple(r), n, n) for n, r in enumerate(csv.reader(io.StringIO(text)))]
    )[0]
    document = Document("d", "f.csv", "F", "table", text, (), (table,))
    assert [p.words for p in row_passages(document, len, 10_000)] == [
        "City: Oslo; Item: Firms; 2018: 1; 2019: 2",
        "City: Oslo; Item: Jobs; 2018: 3; 2019: 4",
    ]
    under = passages(("", "2018", "2019"), ("Assets:", "", ""), ("Cash", "1", "2"))
    assert [p.words for p in under] == ["Assets:", "Assets: Cash; 2018: 1; 2019: 2"]


def test_rows_of_a_table_in_a_text_refer_to_the_source_below_it():
    table = Table("Firms", ("Oslo", "Firms"), ("Year", "Firms"), (TableRow(("2018", "5"), 0, 3),),
                  ("Source: SSB",))  # fmt: skip
    document = Document("d", "a.md", "Oslo", "markdown", "abc", (), (table,), (Footnote("1", "x"),))
    (passage,) = row_passages(document, len, 10_000)
    assert passage.sentences[0].references == ("SSB",)
    assert passage.heading == ("Oslo", "Firms")


CELL = st.sampled_from(
    ["", "", "2018", "2019", "12", "3.5%", "(4)", "n/a", "$ 5", "€m", "Oslo", "Firms (number)",
     "H1", "Total", "Year", "Unit", "Value", "City", "Indicator", "Assets:", "Note",
     "2018 €m", "x | y"]
)  # fmt: skip


@given(
    st.lists(st.lists(CELL, min_size=4, max_size=4), min_size=2, max_size=9),
    st.sampled_from(["", "R&D in Oslo, 2018", "Unit: %", "Table 1", "Parks by city (number)"]),
)
def test_any_table_gives_readings_of_its_own_cells(raw, title):
    rows = [TableRow(tuple(row), n, n) for n, row in enumerate(raw)]
    for table in read_grid(rows):
        document = Document("d", "f.csv", title, "table", "", (), (replace(table, title=title),))
        (readings,) = read_tables(document)
        assert len(readings) == len(table.rows)
        for number, (row, reading) in enumerate(zip(table.rows, readings, strict=True), start=1):
            for o in reading.observations:
                assert o.cell.row == number
                assert " ".join(row.cells[o.cell.column_number - 1].split()) == o.printed
                assert o.cell.column == table.header[o.cell.column_number - 1]
                assert o.indicator or not table.header[o.cell.column_number - 1]
                assert o.value is not None or o.qualifier
