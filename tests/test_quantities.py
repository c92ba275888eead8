"""Numbers and units as tables and texts print them."""

import re
from decimal import Decimal, localcontext
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from innoqa import periods
from innoqa.domain import Unit
from innoqa.quantities import (
    Quantity,
    UnitMismatch,
    comparable,
    converted,
    formatted,
    mentions,
    read_quantity,
    read_unit,
    rounded,
)

CORPUS = Path(__file__).parents[1] / "corpus"
THIN, NO_BREAK, NARROW, FIGURE = "\u2009", "\u00a0", "\u202f", "\u2007"


def stated(printed):
    """What a cell states, short: value, unit, qualifier and upper end."""
    quantity = read_quantity(printed)
    if quantity is None:
        return None
    parts = [quantity.value, quantity.unit.printed, quantity.qualifier, quantity.upper]
    return tuple("" if part is None else str(part) for part in parts)


@pytest.mark.parametrize(
    ("printed", "value"),
    [
        ("0", "0"),
        ("2018", "2018"),
        ("6.17", "6.17"),
        (".333", "0.333"),
        ("0.50", "0.50"),
        ("1.234", "1.234"),
        ("1,234", "1234"),
        ("1,234,567.89", "1234567.89"),
        ("1 234 567", "1234567"),
        (f"1{THIN}234", "1234"),
        (f"1{NO_BREAK}234,5", "1234.5"),
        (f"1{NARROW}234", "1234"),
        (f"1{FIGURE}234", "1234"),
        ("1'234'567", "1234567"),
        ("1’234", "1234"),
        ("1.234.567", "1234567"),
        ("1.234,5", "1234.5"),
        ("1.234.567,89", "1234567.89"),
        ("2,06", "2.06"),
        ("0,123", "0.123"),
        ("1,2345", "1.2345"),
        ("12,34,567", "1234567"),
        ("１，２３４", "1234"),
        ("1.2E+06", "1200000"),
        ("2e-3", "0.002"),
        ("7½", "7.5"),
        ("¾", "0.75"),
        ("007", "7"),
        ("3.", "3"),
        ("nil", "0"),
    ],
)
def test_a_number_is_read_in_the_way_of_its_locale(printed, value):
    assert stated(printed) == (value, "", "", "")


@pytest.mark.parametrize(
    ("printed", "value", "unit"),
    [
        ("-5", "-5", ""),
        ("−5", "-5", ""),
        ("–5", "-5", ""),
        ("- 27", "-27", ""),
        ("+1.03", "1.03", ""),
        ("(1,234)", "-1234", ""),
        ("(123 )", "-123", ""),
        ("$(12.3)", "-12.3", "$"),
        ("($12.3)", "-12.3", "$"),
        ("$ (3,781)", "-3781", "$"),
        ("(25)%", "-25", "%"),
        ("(13.9%)", "-13.9", "%"),
        ("(2.1% )", "-2.1", "%"),
        ("(78) bps", "-78", "bps"),
        ("-$5", "-5", "$"),
        ("$-5", "-5", "$"),
        ("(0)", "0", ""),
        ("-0.0", "0.0", ""),
    ],
)
def test_signs_and_brackets_tell_negatives(printed, value, unit):
    assert stated(printed) == (value, unit, "", "")


@pytest.mark.parametrize(
    ("printed", "value", "unit"),
    [
        ("$1,234", "1234", "$"),
        ("US$ 5.2bn", "5.2", "US$ bn"),
        ("¥3.2 billion", "3.2", "¥ billion"),
        ("￥3", "3", "¥"),
        ("RMB 40 million", "40", "RMB million"),
        ("€1.3 m", "1.3", "€ m"),
        ("£5m", "5", "£ m"),
        ("$4.5B", "4.5", "$ billion"),
        ("HK$ 5", "5", "HK$"),
        ("1 234,50 €", "1234.50", "€"),
        ("500m yuan", "500", "million yuan"),
        ("40 million yuan", "40", "million yuan"),
        ("5 € per person", "5", "€ per person"),
        ("5亿元", "5", "亿元"),
        ("3.2 万", "3.2", "万"),
        ("0.51 ten-thousand", "0.51", "ten-thousand"),
        ("100 million", "100", "million"),
        ("2 × 100 million yuan", "2", "100 million yuan"),
        ("5.2k", "5.2", "k"),
        ("92M", "92", "million"),
        ("6.17%", "6.17", "%"),
        ("6.17 per cent", "6.17", "per cent"),
        ("6.17 percent of GDP", "6.17", "percent of GDP"),
        ("0.5 pp", "0.5", "pp"),
        ("3 percentage points", "3", "percentage points"),
        ("5‰", "5", "‰"),
        ("75 km²", "75", "km²"),
        ("10,000 m", "10000", "m"),
        ("12.5t", "12.5", "t"),
        ("2000 MW", "2000", "MW"),
        ("29 facilities", "29", "facilities"),
        ("2000 persons", "2000", "persons"),
        ("10 R&D centres", "10", "R&D centres"),
        ("20,000 high-tech enterprises", "20000", "high-tech enterprises"),
        ("301.1 patents per 10,000", "301.1", "patents per 10,000"),
        ("199 enterprises per day", "199", "enterprises per day"),
        ("1 year", "1", "year"),
        ("610 mm / 24 in", "610", "mm"),
        ("14,505 ft\n4421 m", "14505", "ft"),
        ("7.3 km (4.5 mi)", "7.3", "km"),
    ],
)
def test_a_unit_is_read_from_both_sides_of_a_number(printed, value, unit):
    assert stated(printed) == (value, unit, "", "")


@pytest.mark.parametrize(
    ("printed", "qualifier"),
    [
        *((f"{words} 20,000", "more than") for words in ("over", "more than", "above", ">")),
        *((f"{words} 20,000", "about") for words in ("about", "~", "≈", "c.", "ca.", "approx.")),
        *((f"{words} 20,000", "almost") for words in ("nearly", "almost", "just under")),
        *((f"{words} 20,000", "less than") for words in ("under", "<", "below", "fewer than")),
        *(
            (f"{words} 20,000", "at least")
            for words in ("at least", "≥", "no less than", "not lower than")
        ),
        *((f"{words} 20,000", "at most") for words in ("up to", "≤", "at most", "no more than")),
        ("est. 20,000", "estimated"),
        ("an estimated 20,000", "estimated"),
        ("20,000+", "at least"),
        ("20,000 or more", "at least"),
        ("20,000 or less", "at most"),
        ("20,000 approx.", "about"),
        ("20,000 (e)", "estimated"),
        ("20,000 (estimated)", "estimated"),
        ("20,000 (p)", "preliminary"),
        ("20,000 (preliminary)", "preliminary"),
        ("20,000 p", "preliminary"),
        ("20,000 (f)", "forecast"),
        ("20,000 (target)", "target"),
        ("about 20,000 (preliminary)", "about, preliminary"),
        ("exactly 20,000", ""),
        ("20,000 (completed)", ""),
    ],
)
def test_qualifiers_before_and_after_a_number_are_told(printed, qualifier):
    assert stated(printed) == ("20000", "", qualifier, "")


@pytest.mark.parametrize(
    ("printed", "expected"),
    [
        ("10-20", ("10", "", "", "20")),
        ("10–20 parks", ("10", "parks", "", "20")),
        ("10 to 20", ("10", "", "", "20")),
        ("1 to 2", ("1", "", "", "2")),
        ("between 10 and 20", ("10", "", "", "20")),
        ("-5 to 10", ("-5", "", "", "10")),
        ("2,500 - 3,000 (estimated)", ("2500", "", "estimated", "3000")),
        ("about 10-20", ("10", "", "about", "20")),
        ("10%-20%", ("10", "%", "", "20")),
        ("5-10%", ("5", "%", "", "10")),
        ("1–5 %", ("1", "%", "", "5")),
        ("$10-20 million", ("10", "$ million", "", "20")),
        ("€5m–€10m", ("5", "€ m", "", "10")),
        ("$500 million to $1.2 billion", ("0.5", "$ billion", "", "1.2")),
        ("500 million to 1.2 billion yuan", ("0.5", "billion yuan", "", "1.2")),
    ],
)
def test_a_range_has_two_ends_in_one_unit(printed, expected):
    assert stated(printed) == expected


@pytest.mark.parametrize(
    "printed",
    ["", " ", "-", "–", "—", "--", "..", "...", "…", "n/a", "N/A", "na", "n.a.", "not available",
     ":", ": c", "x", "?", "not stated", "unknown", "[x]", "#N/A", "n.d.", "\u00a0"],
)  # fmt: skip
def test_a_sign_for_no_value_is_missing_and_not_zero(printed):
    assert read_quantity(printed) == Quantity(None, Unit(""), "missing")


@pytest.mark.parametrize("printed", ["$ -", "$—", "($-)", "—%", "- %"])
def test_a_dash_beside_a_unit_is_missing_too(printed):
    quantity = read_quantity(printed)
    assert (quantity.value, quantity.qualifier) == (None, "missing")
    assert quantity.unit.printed in "$%"


@pytest.mark.parametrize("printed", ["not applicable", "n.a.p.", "Not relevant", "[z]"])
def test_not_applicable_is_told_from_missing(printed):
    assert read_quantity(printed) == Quantity(None, Unit(""), "not applicable")


@pytest.mark.parametrize(
    "printed",
    ["1,234*", "1,234 †", "1,234[1]", "1,234 [note 3]", "1,234 (1)", "1,234¹", "1,234 (a)",
     "1,234 (Note 5)", "1,234**[2]"],
)  # fmt: skip
def test_footnote_marks_are_no_part_of_a_number(printed):
    assert stated(printed) == ("1234", "", "", "")


@pytest.mark.parametrize(
    "printed",
    ["*", "X", "Beijing", "1,234a", "3rd", "21st", "#5", "2:15.3", "12:30", "12-3", "1–2", "2–1",
     "2–11 (1–0)", "W 45–14", "1/2", "5.3/12", "2.3.2", "2018-19", "2006-2010", "1990–2000",
     "31 December 2019", "December 31, 2019", "18 July", "2019-12-31", "Q1 2019", "FY2018", "2018E",
     "T4", "5G", "K-12", "2006 FIFA World Cup qualification", "2007 PGA tour", "2019 €m", "US$000",
     "(001)\n0.50", "7:00 PM", "6 pm", "Formula 3", "± 5", "3 x 5", "1e400", "29 of the 30 parks",
     "It grew by 6.9 percent in the year that followed"],
)  # fmt: skip
def test_text_dates_times_scores_and_ordinals_are_no_quantities(printed):
    assert read_quantity(printed) is None


@pytest.mark.parametrize(
    ("words", "base", "scale"),
    [
        ("", "", "1"),
        ("yuan", "yuan", "1"),
        ("100 million yuan", "yuan", "1E8"),
        ("yuan (100 million)", "yuan", "1E8"),
        ("Unit: 100 million yuan", "yuan", "1E8"),
        ("hundred million yuan", "yuan", "1E8"),
        ("ten thousand yuan", "yuan", "1E4"),
        ("yi yuan", "yuan", "1E8"),
        ("亿元", "yuan", "1E8"),
        ("RMB m", "yuan", "1E6"),
        ("renminbi (RMB) million", "yuan", "1E6"),
        ("RMB'000", "yuan", "1E3"),
        ("million US dollars", "US dollar", "1E6"),
        ("USD bn", "US dollar", "1E9"),
        ("US$ m.", "US dollar", "1E6"),
        ("$ in thousands", "US dollar", "1E3"),
        ("$'000", "US dollar", "1E3"),
        ("$’000", "US dollar", "1E3"),
        ("(in millions of US dollars)", "US dollar", "1E6"),
        ("€m", "euro", "1E6"),
        ("£m", "pound", "1E6"),
        ("Millions of yen", "yen", "1E6"),
        ("HK$", "Hong Kong dollar", "1"),
        ("¥", "¥", "1"),
        ("in thousands", "", "1E3"),
        ("(In millions)", "", "1E6"),
        ("'000 persons", "person", "1E3"),
        ("persons (10,000)", "person", "1E4"),
        ("10,000 persons", "person", "1E4"),
        ("people", "person", "1"),
        ("thousand tonnes", "kilogram", "1E6"),
        ("10 000 t", "kilogram", "1E7"),
        ("km2", "square metre", "1E6"),
        ("sq km", "square metre", "1E6"),
        ("m2", "square metre", "1"),
        ("ha", "square metre", "1E4"),
        ("km", "metre", "1E3"),
        ("m", "metre", "1"),
        ("MWh", "watt-hour", "1E6"),
        ("%", "percent", "1"),
        ("per cent", "percent", "1"),
        ("per mille", "percent", "0.1"),
        ("percentage points", "percentage point", "1"),
        ("bps", "percentage point", "0.01"),
        ("percent of GDP", "percent of gdp", "1"),
        ("patents per 10,000", "patents per 10,000", "1"),
        ("patents per ten thousand people", "patents per 10,000", "1"),
        ("enterprises per day", "enterprises per day", "1"),
        ("cases per million", "cases per 1,000,000", "1"),
        ("yuan per capita", "yuan per person", "1"),
        ("100 million yuan per km2", "yuan per km2", "1E8"),
        ("enterprises", "enterprise", "1"),
        ("Facilities", "facility", "1"),
        ("national laboratories", "national laboratory", "1"),
        ("year", "year", "1"),
        ("rank", "rank", "1"),
        ("Share", "share", "1"),
        ("K-12 students", "k-12 student", "1"),
    ],
)
def test_a_unit_has_a_base_and_a_scale(words, base, scale):
    assert read_unit(words) == Unit(words, base, Decimal(scale))
    assert str(read_unit(words)) == words


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("enterprise", "Enterprises"),
        ("persons", "people"),
        ("100 million yuan", "RMB bn"),
        ("km2", "mu"),
        ("%", "percent"),
        ("%", "‰"),
        ("pp", "basis points"),
        ("patents per 10,000", "patents per 10,000 residents"),
        ("$", "US dollars"),
    ],
)
def test_units_of_one_base_are_comparable(one, other):
    assert comparable(read_unit(one), read_unit(other))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("percent", "percentage points"),
        ("yuan", "US dollars"),
        ("¥", "yuan"),
        ("¥", "yen"),
        ("", "enterprises"),
        ("km", "km2"),
        ("patents", "patents per 10,000"),
        ("percent", "percent of GDP"),
    ],
)
def test_units_of_unlike_bases_are_not_comparable_and_not_converted(one, other):
    assert not comparable(read_unit(one), read_unit(other))
    with pytest.raises(UnitMismatch, match="cannot be converted"):
        converted(Decimal(1), read_unit(one), read_unit(other))


@pytest.mark.parametrize(
    ("value", "unit", "to", "expected"),
    [
        ("2843.3", "100 million yuan", "billion yuan", "284.33"),
        ("75", "km2", "ha", "7500"),
        ("15", "mu", "ha", "1"),
        ("1", "ha", "mu", "15"),
        ("150000", "mu", "km2", "100"),
        ("7", "ten thousand mu", "ha", "4666.666666666666666666666667"),
        ("5", "‰", "%", "0.5"),
        ("78", "bps", "pp", "0.78"),
        ("6.10", "%", "percent", "6.10"),
        ("1", "mile", "km", "1.609344"),
    ],
)
def test_values_are_converted_exactly(value, unit, to, expected):
    assert str(converted(Decimal(value), read_unit(unit), read_unit(to))) == expected


@pytest.mark.parametrize(
    ("value", "unit", "words"),
    [
        ("2843.3", "100 million yuan", "284.33 billion yuan"),
        ("17000", "100 million yuan", "1.7 trillion yuan"),
        ("22.2", "100 million yuan", "2.22 billion yuan"),
        ("0.9", "100 million yuan", "90 million yuan"),
        ("47.60", "100 million yuan", "4.76 billion yuan"),
        ("-22.2", "100 million yuan", "-2.22 billion yuan"),
        ("0", "100 million yuan", "0 yuan"),
        ("1234567", "yuan", "1,234,567 yuan"),
        ("1500000", "yuan", "1.5 million yuan"),
        ("1", "US dollars", "1 US dollar"),
        ("300", "US dollars", "300 US dollars"),
        ("5.2", "US$ bn", "US$5.2 billion"),
        ("-5.2", "$ million", "-$5.2 million"),
        ("1234", "$", "$1,234"),
        ("3.2", "¥ billion", "¥3.2 billion"),
        ("5", "HK$ m", "HK$5 million"),
        ("6.17", "percent", "6.17%"),
        ("6.50", "%", "6.50%"),
        ("5", "‰", "5‰"),
        ("6.17", "percent of GDP", "6.17% of GDP"),
        ("0.56", "percentage points", "0.56 percentage points"),
        ("1", "pp", "1 percentage point"),
        ("78", "bps", "78 basis points"),
        ("75", "km2", "75 km²"),
        ("1225", "sq km", "1,225 km²"),
        ("12", "hectares", "12 hectares"),
        ("1", "tonnes", "1 tonne"),
        ("1.5", "thousand tonnes", "1,500 tonnes"),
        ("20000", "enterprises", "20,000 enterprises"),
        ("1", "enterprises", "1 enterprise"),
        ("5", "enterprise", "5 enterprises"),
        ("1", "facilities", "1 facility"),
        ("1", "people", "1 person"),
        ("199", "enterprises per day", "199 enterprises per day"),
        ("1", "enterprises per day", "1 enterprise per day"),
        ("432", "'000 persons", "432,000 persons"),
        ("1740", "'000 persons", "1.74 million persons"),
        ("2032000", "patents", "2,032,000 patents"),
        ("17.63", "patents per 10,000", "17.63 patents per 10,000"),
        ("5", "million", "5 million"),
        ("2066.4", "Share", "2,066.4 Share"),
        ("3", "rank", "rank 3"),
        ("2050", "year", "2050"),
        ("5", "years", "5 years"),
        ("2018", "", "2018"),
        ("20000", "", "20,000"),
        ("1E+4", "", "10,000"),
    ],
)
def test_a_number_reads_as_an_english_sentence_has_it(value, unit, words):
    assert formatted(Decimal(value), read_unit(unit)) == words


def test_a_unit_that_was_made_by_hand_is_formatted_too():
    assert formatted(Decimal("2.5"), Unit("", "yuan", Decimal(10**9))) == "2.5 billion yuan"
    assert formatted(Decimal("6.17"), Unit("percent")) == "6.17%"


@pytest.mark.parametrize(
    ("value", "like", "expected"),
    [
        ("0.41", ["6.58", "6.17"], "0.41"),
        ("0.4", ["6.58", "6.18"], "0.40"),
        ("12", ["5", "7"], "12"),
        ("8.64", ["6.1", "2.54"], "8.64"),
        ("6.6450567", ["6.58", "6.17"], "6.65"),
        ("0.125", ["1", "8"], "0.13"),
        ("-0.125", ["1", "8"], "-0.13"),
        ("99.994", ["1"], "99.99"),
        ("1234.5678", ["1", "2"], "1234.6"),
        ("0.00412", ["1"], "0.0041"),
        ("1.5", ["1", "2"], "1.5"),
        ("2", [], "2"),
        ("0", ["1.00"], "0.00"),
    ],
)
def test_a_computed_value_keeps_the_decimals_that_its_operands_bear_out(value, like, expected):
    assert str(rounded(Decimal(value), [Decimal(each) for each in like])) == expected


def named(text):
    """The quantities that a text names, short."""
    return [
        (
            text[m.start : m.end],
            str(m.quantity.value),
            m.quantity.unit.printed,
            m.quantity.qualifier,
        )
        for m in mentions(text)
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("first pass 500 billion yuan", ("500 billion yuan", "500", "billion yuan", "")),
        ("over 500 billion yuan", ("over 500 billion yuan", "500", "billion yuan", "more than")),
        ("a share of 6 %", ("6 %", "6", "%", "")),
        ("was 15.1%.[^s1]", ("15.1%", "15.1", "%", "")),
        ("with twenty parks", ("twenty parks", "20", "parks", "")),
        ("has 82 unicorns, it", ("82 unicorns", "82", "unicorns", "")),
        ("two hundred and fifty firms", ("two hundred and fifty firms", "250", "firms", "")),
        ("a million yuan", ("a million yuan", "1", "million yuan", "")),
        ("one billion US dollars", ("one billion US dollars", "1", "billion US dollars", "")),
        ("1 enterprise", ("1 enterprise", "1", "enterprise", "")),
        ("some 30 years ago", ("some 30 years", "30", "years", "about")),
        ("no more than ten years", ("no more than ten years", "10", "years", "at most")),
        ("the last five years' growth", ("five years", "5", "years", "")),
        ("20,000+ firms", ("20,000+ firms", "20000", "firms", "at least")),
        ("1 billion US$ or more", ("1 billion US$ or more", "1", "billion US$", "at least")),
        ("US$ 1.5bn in sales", ("US$ 1.5bn", "1.5", "US$ bn", "")),
        ("by 0.4 percentage points", ("0.4 percentage points", "0.4", "percentage points", "")),
        ("fell by -5%", ("-5%", "-5", "%", "")),
        ("225 square kilometres.[^s]", ("225 square kilometres", "225", "square kilometres", "")),
        ("47.6 100 million yuan", ("47.6 100 million yuan", "47.6", "100 million yuan", "")),
        ("120 000 cars", ("120 000 cars", "120000", "cars", "")),
        ("199 enterprises per day", ("199 enterprises per day", "199", "enterprises per day", "")),
        ("9 patents per 10,000", ("9 patents per 10,000", "9", "patents per 10,000", "")),
        ("2000 enterprises", ("2000 enterprises", "2000", "enterprises", "")),
        ("more than 1985 firms", ("more than 1985 firms", "1985", "firms", "more than")),
        ("over 2018 patents", ("over 2018 patents", "2018", "patents", "more than")),
        ("2,018", ("2,018", "2018", "", "")),
        ("2018 yuan", ("2018 yuan", "2018", "yuan", "")),
        ("at 80 km/h", ("80 km/h", "80", "km/h", "")),
        ("5 yuan per person", ("5 yuan per person", "5", "yuan per person", "")),
    ],
)
def test_a_quantity_in_running_text_is_found(text, expected):
    assert named(text) == [expected]


@pytest.mark.parametrize(
    ("text", "ends"),
    [
        ("10-20 parks", ("10", "20", "parks")),
        ("between 10 and 20 parks", ("10", "20", "parks")),
        ("1,500 to 2,000 people", ("1500", "2000", "people")),
        ("5% to 6%", ("5", "6", "%")),
        ("$10-20 million", ("10", "20", "million")),
        ("500 million to 1.2 billion yuan", ("0.5", "1.2", "billion yuan")),
    ],
)
def test_a_range_in_running_text_is_one_mention(text, ends):
    (mention,) = mentions(text)
    quantity = mention.quantity
    assert (str(quantity.value), str(quantity.upper)) == ends[:2]
    assert quantity.unit.printed.endswith(ends[2])
    assert text[mention.start : mention.end] == text


def test_a_change_from_one_value_to_another_is_no_range():
    assert [each[:2] for each in named("from 6.17 to 6.58 percent")] == [
        ("6.17", "6.17"),
        ("6.58 percent", "6.58"),
    ]


@pytest.mark.parametrize(
    "text",
    ["in 2018", "since 1990", "growth over 2018", "over 2018 levels", "In 2000 enterprises grew",
     "from 2018 to 2023", "2018-2023", "about 2025 speaks", "up to 2020", "31 December 2019",
     "June 15, 2019", "H1 2020, Q3, FY2019", "the 3rd and 21st", "the twenty-first",
     "a 5-year plan", "a five-year plan", "lost 12-3", "won 1-0", "at 3:30", "5G, F19 and COVID-19",
     "one of the best", "two thirds of firms", "the 1990s", "note #5", "aid=1234"],
)  # fmt: skip
def test_years_dates_ordinals_scores_and_codes_are_no_quantities(text):
    assert named(text) == []


def test_the_numbers_of_a_list_are_no_quantities():
    assert named("1. Write a file\n2. Read it\n 3) Done") == []


# What follows holds for any input.

SIGNS = "0123456789.,-–()%$€¥£ '’mkbn\u00a0…年亿万元*[]½²~<≥+/:xeE"
cells = st.one_of(st.text(max_size=40), st.text(alphabet=SIGNS, max_size=20))
amounts = st.decimals(
    allow_nan=False, allow_infinity=False, min_value=-(10**12), max_value=10**12, places=3
).map(lambda amount: amount.quantize(Decimal("0.001")) + 0)


@settings(deadline=None)
@given(cells)
def test_no_cell_makes_the_reader_fail(printed):
    quantity = read_quantity(printed)
    if quantity is None:
        return
    if quantity.value is None:
        assert quantity.qualifier in ("missing", "not applicable")
    else:
        assert quantity.value.is_finite()
        assert quantity.upper is None or quantity.upper > quantity.value
    assert read_unit(quantity.unit.printed) == quantity.unit


@settings(deadline=None)
@given(cells)
def test_no_words_make_the_unit_reader_fail(words):
    unit = read_unit(words)
    assert unit.printed == " ".join(words.split())
    assert unit.scale > 0
    assert comparable(unit, unit)


@settings(deadline=None)
@given(cells)
def test_no_text_makes_the_search_fail_and_offsets_are_in_order(text):
    place = 0
    for mention in mentions(text):
        assert place <= mention.start < mention.end <= len(text)
        assert not text[mention.start].isspace()
        place = mention.end


def groups(amount, separator, point):
    return f"{amount:,f}".replace(",", "\0").replace(".", point).replace("\0", separator)


LOCALES = [(",", "."), (" ", "."), (NARROW, ","), ("'", "."), (".", ",")]


@settings(deadline=None)
@given(amounts, st.sampled_from(LOCALES))
def test_a_number_printed_by_any_locale_is_read_back(amount, locale):
    assume(locale[1] == "." or not 1 <= abs(amount) < 1000)  # "1,234" groups thousands
    assert read_quantity(groups(amount, *locale)).value == amount


@settings(deadline=None)
@given(amounts, st.sampled_from(["{}", "({})", "−{}", "-{}"]))
def test_each_way_to_write_a_negative_is_read_back(amount, written):
    negative = written != "{}"
    printed = written.format(f"{abs(amount):,f}")
    assert read_quantity(printed).value == (-abs(amount) if negative else abs(amount))


UNITS = ["100 million yuan", "yuan", "US$ bn", "million US dollars", "€ m", "percent", "‰", "pp",
         "bps", "km2", "hectares", "thousand tonnes", "enterprises", "'000 persons", "million",
         "patents per 10,000", "high-tech enterprises", "RMB'000", "亿元",
         "percent of GDP"]  # fmt: skip


@settings(deadline=None)
@given(amounts, st.sampled_from(UNITS))
def test_what_is_formatted_reads_back_as_the_same_amount(amount, words):
    unit = read_unit(words)
    again = read_quantity(formatted(amount, unit))
    assert again.qualifier == ""
    assert comparable(again.unit, unit)
    assert Fraction(again.value) * Fraction(again.unit.scale) == Fraction(amount) * Fraction(
        unit.scale
    )


@settings(deadline=None)
@given(amounts, st.sampled_from(UNITS))
def test_what_is_formatted_is_found_in_a_sentence(amount, words):
    assume(amount >= 0)
    unit = read_unit(words)
    printed = formatted(amount, unit)
    if re.fullmatch(r"(?:1[5-9]|20)\d\d \D*", printed) and comparable(unit, read_unit("firms")):
        return  # "1985 enterprises" may be a year
    (mention,) = mentions(f"In all there were {printed}, so to say.")
    quantity = mention.quantity
    assert Fraction(quantity.value) * Fraction(quantity.unit.scale) == Fraction(amount) * Fraction(
        unit.scale
    )


FAMILIES = [
    ["yuan", "100 million yuan", "RMB bn"],
    ["m2", "km2", "ha"],
    ["m", "km", "mile"],
    ["kg", "t", "thousand tonnes"],
    ["percent", "‰"],
]


@settings(deadline=None)
@given(amounts, st.sampled_from(FAMILIES).flatmap(st.permutations))
def test_a_conversion_there_and_back_changes_nothing(amount, family):
    unit, to = map(read_unit, family[:2])
    assume("mile" not in family[:2])  # a metre has no end in miles
    assert converted(converted(amount, unit, to), to, unit) == amount


@settings(deadline=None)
@given(amounts, st.lists(amounts, max_size=3))
def test_rounding_moves_a_value_by_half_a_unit_at_most_and_only_once(value, like):
    value = value / 7
    result = rounded(value, like)
    size = max(abs(value), Decimal("0.1"))
    step = Decimal("0.1") if size >= 100 else Decimal("0.01")
    assert abs(result - value) <= step / 2
    assert rounded(result, like) == result


@settings(deadline=None)
@given(amounts, st.sampled_from(UNITS))
def test_the_program_s_decimal_context_changes_nothing(amount, words):
    unit, million = read_unit(words), Unit("", read_unit(words).base, Decimal(10**6))
    printed = f"{amount:,f}"
    expected = read_quantity(printed), formatted(amount, unit), converted(amount, unit, million)
    with localcontext() as context:
        context.prec = 2
        assert read_unit(words) == unit
        assert read_quantity(printed) == expected[0]
        assert formatted(amount, unit) == expected[1]
        assert converted(amount, unit, million) == expected[2]


def test_every_quantity_that_the_corpus_s_texts_name_in_digits_reads_alike_as_a_cell():
    found = 0
    for document in sorted(CORPUS.glob("*.md")):
        text = document.read_text(encoding="utf-8")
        for mention in mentions(text):
            words = text[mention.start : mention.end]
            if re.search("[0-9]", words):
                assert read_quantity(words) == mention.quantity
                found += 1
    assert found > 200


def test_no_number_in_the_corpus_s_texts_is_both_a_year_and_a_quantity():
    for document in sorted(CORPUS.glob("*.md")):
        text = document.read_text(encoding="utf-8")
        dated = {place for m in periods.mentions(text) for place in range(m.start, m.end)}
        for mention in mentions(text):
            assert dated.isdisjoint(range(mention.start, mention.end))


WORDS = ["in", "over", "more than", "since", "about", "the", "patents", "levels", "yuan", "from",
         "to", "1985", "2000", "2018", "1,900", "2100", "were", "up to", "%"]  # fmt: skip


@settings(deadline=None)
@given(st.lists(st.sampled_from(WORDS), max_size=6).map(" ".join))
def test_a_bare_number_is_either_a_year_or_a_quantity(text):
    dated = {place for m in periods.mentions(text) for place in range(m.start, m.end)}
    counted = {place for m in mentions(text) for place in range(m.start, m.end)}
    for number in re.finditer(r"[0-9][0-9,]*", text):
        place = number.start()
        assert (place in dated) != (place in counted), text
