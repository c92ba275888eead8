"""Times as tables and texts name them."""

import csv
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from innoqa.domain import Period
from innoqa.periods import mentions, period_of, read_period

CORPUS = Path(__file__).parents[1] / "corpus"


def days(period):
    """Kind, first and last day of a period, short."""
    if period is None:
        return None
    return period.kind, str(period.start or ""), str(period.end or "")


def year(number):
    return "year", f"{number}-01-01", f"{number}-12-31"


@pytest.mark.parametrize(
    "printed",
    ["2018", "２０１８", "2018*", "2018[1]", "2018 (1)", "2018¹", "2018:", "2018.0", "FY2018",
     "FY 2018", "FY18", "F18", "CY2018", "fiscal 2018", "Fiscal Year 2018", "financial year 2018",
     "calendar year 2018", "year 2018", "the year 2018", "in 2018", "2018E", "2018A", "2018P",
     "FY18E", "c. 2018", "ca. 2018", "circa 2018", "2018年", "2018年度", "2018 (data year)",
     "2018 (edition)", "2018 (about)", "2018 (goal)", "2018 edition", "2018 target", "2018 €m",
     "2018 $'000", "FY 2018 (%)", "2018–2018", "year ended December 31, 2018",
     "Years Ended December 31, 2018", "twelve months ended 31 December 2018", "2018 "],
)  # fmt: skip
def test_a_year_is_read_in_many_forms(printed):
    assert days(read_period(printed)) == year(2018)
    assert str(read_period(printed)) == " ".join(printed.split())


@pytest.mark.parametrize(
    ("printed", "start", "end"),
    [
        ("2018/19", "2018-01-01", "2019-12-31"),
        ("2018-19", "2018-01-01", "2019-12-31"),
        ("2018–19", "2018-01-01", "2019-12-31"),
        ("2018/2019", "2018-01-01", "2019-12-31"),
        ("1999/00", "1999-01-01", "2000-12-31"),
        ("2009-10", "2009-01-01", "2010-12-31"),
        ("FY2018-19", "2018-01-01", "2019-12-31"),
        ("FY18/19", "2018-01-01", "2019-12-31"),
        ("Year ended 31 March 2019", "2018-04-01", "2019-03-31"),
        ("Fiscal Year Ended August 31, 2019", "2018-09-01", "2019-08-31"),
        ("52 weeks ended 30 Mar 2019 £m", "2018-04-01", "2019-03-30"),
        ("April 2018 – March 2019", "2018-04-01", "2019-03-31"),
        ("September 2018 to August 2019", "2018-09-01", "2019-08-31"),
    ],
)
def test_a_year_that_runs_into_the_next_is_one_year(printed, start, end):
    assert days(read_period(printed)) == ("year", start, end)


@pytest.mark.parametrize(
    ("printed", "kind", "start", "end"),
    [
        ("H1 2020", "half", "2020-01-01", "2020-06-30"),
        ("1H20", "half", "2020-01-01", "2020-06-30"),
        ("2H 2020", "half", "2020-07-01", "2020-12-31"),
        ("2020 H2", "half", "2020-07-01", "2020-12-31"),
        ("first half of 2020", "half", "2020-01-01", "2020-06-30"),
        ("the second half 2020", "half", "2020-07-01", "2020-12-31"),
        ("2020 first half", "half", "2020-01-01", "2020-06-30"),
        ("January-June 2016", "half", "2016-01-01", "2016-06-30"),
        ("Jan–Jun 2016", "half", "2016-01-01", "2016-06-30"),
        ("2018年1-6月", "half", "2018-01-01", "2018-06-30"),
        ("Six months ended June 30, 2018", "half", "2018-01-01", "2018-06-30"),
        ("Q1 2019", "quarter", "2019-01-01", "2019-03-31"),
        ("2019Q1", "quarter", "2019-01-01", "2019-03-31"),
        ("2019-Q1", "quarter", "2019-01-01", "2019-03-31"),
        ("4Q19", "quarter", "2019-10-01", "2019-12-31"),
        ("Q4'19", "quarter", "2019-10-01", "2019-12-31"),
        ("Q4 FY2019", "quarter", "2019-10-01", "2019-12-31"),
        ("first quarter of 2019", "quarter", "2019-01-01", "2019-03-31"),
        ("last quarter of 2018", "quarter", "2018-10-01", "2018-12-31"),
        ("January-March 2016", "quarter", "2016-01-01", "2016-03-31"),
        ("Three months ended June 30, 2019", "quarter", "2019-04-01", "2019-06-30"),
        ("Quarter ended 30 September 2019", "quarter", "2019-07-01", "2019-09-30"),
        ("13 weeks ended 30 March 2019", "quarter", "2018-12-30", "2019-03-30"),
        ("March 2024", "month", "2024-03-01", "2024-03-31"),
        ("Feb. 2024", "month", "2024-02-01", "2024-02-29"),
        ("Sept 2019", "month", "2019-09-01", "2019-09-30"),
        ("Mar-24", "month", "2024-03-01", "2024-03-31"),
        ("Mar '24", "month", "2024-03-01", "2024-03-31"),
        ("2024-03", "month", "2024-03-01", "2024-03-31"),
        ("2024M03", "month", "2024-03-01", "2024-03-31"),
        ("2024/03", "month", "2024-03-01", "2024-03-31"),
        ("03/2024", "month", "2024-03-01", "2024-03-31"),
        ("2024 (May)", "month", "2024-05-01", "2024-05-31"),
        ("May (2024)", "month", "2024-05-01", "2024-05-31"),
        ("2024年3月", "month", "2024-03-01", "2024-03-31"),
        ("January-July 2016", "in-year", "2016-01-01", "2016-07-31"),
        ("February-April 2016", "in-year", "2016-02-01", "2016-04-30"),
        ("2016 (January-July)", "in-year", "2016-01-01", "2016-07-31"),
        ("first eleven months of 2017", "in-year", "2017-01-01", "2017-11-30"),
        ("first 7 months of 2017", "in-year", "2017-01-01", "2017-07-31"),
        ("Nine months ended September 30, 2019", "in-year", "2019-01-01", "2019-09-30"),
        ("Q1-Q3 2019", "in-year", "2019-01-01", "2019-09-30"),
        ("12–15 Aug 2010", "in-year", "2010-08-12", "2010-08-15"),
        ("January 26, 2019 - February 22, 2019", "in-year", "2019-01-26", "2019-02-22"),
        ("26 January – 22 February 2019", "in-year", "2019-01-26", "2019-02-22"),
    ],
)
def test_a_part_of_a_year_is_told_by_its_kind(printed, kind, start, end):
    assert days(read_period(printed)) == (kind, start, end)


@pytest.mark.parametrize(
    ("printed", "when"),
    [
        ("31 December 2019", "2019-12-31"),
        ("31st of December, 2019", "2019-12-31"),
        ("December 31, 2019", "2019-12-31"),
        ("December 31st 2019", "2019-12-31"),
        ("Dec. 31, 2019", "2019-12-31"),
        ("31-Dec-2019", "2019-12-31"),
        ("September 28,\n2019", "2019-09-28"),
        ("2019-12-31", "2019-12-31"),
        ("2019-12-31 00:00:00", "2019-12-31"),
        ("2019/12/31", "2019-12-31"),
        ("31.12.2019", "2019-12-31"),
        ("12/31/2019", "2019-12-31"),
        ("31/12/2019", "2019-12-31"),
        ("06/06/2013", "2013-06-06"),
        ("2019年12月31日", "2019-12-31"),
        ("As of December 31, 2019", "2019-12-31"),
        ("As at 31 December 2019", "2019-12-31"),
        ("year-end 2022", "2022-12-31"),
        ("2022 year-end", "2022-12-31"),
        ("2022 (year-end)", "2022-12-31"),
        ("end of 2018", "2018-12-31"),
        ("the end of the year 2018", "2018-12-31"),
        ("by the end of 2018", "2018-12-31"),
        ("end-2018", "2018-12-31"),
        ("2018年末", "2018-12-31"),
        ("end March 2012", "2012-03-31"),
        ("at the end of February 2012", "2012-02-29"),
        ("mid-2020", "2020-06-30"),
        ("start of 2018", "2018-01-01"),
    ],
)
def test_a_date_is_one_day(printed, when):
    assert days(read_period(printed)) == ("date", when, when)


@pytest.mark.parametrize(
    ("printed", "start", "end"),
    [
        ("2006-2010", "2006-01-01", "2010-12-31"),
        ("2006 – 2010", "2006-01-01", "2010-12-31"),
        ("2006 to 2010", "2006-01-01", "2010-12-31"),
        ("between 2006 and 2010", "2006-01-01", "2010-12-31"),
        ("2011-2015 (five years)", "2011-01-01", "2015-12-31"),
        ("2018-2019", "2018-01-01", "2019-12-31"),
        ("2018–23", "2018-01-01", "2023-12-31"),
        ("FY2015-FY2019", "2015-01-01", "2019-12-31"),
        ("2010s", "2010-01-01", "2019-12-31"),
        ("the 1990s", "1990-01-01", "1999-12-31"),
        ("circa 1850s", "1850-01-01", "1859-12-31"),
        ("February 29, 1996 – January 4, 2001", "1996-02-29", "2001-01-04"),
        ("cumulative to 2020", "", "2020-12-31"),
        ("2020 (cumulative)", "", "2020-12-31"),
        ("up to 2020", "", "2020-12-31"),
        ("since 2014", "2014-01-01", ""),
        ("2014 onwards", "2014-01-01", ""),
        ("2012–present", "2012-01-01", ""),
    ],
)
def test_a_span_is_longer_than_a_year_and_may_be_open(printed, start, end):
    assert days(read_period(printed)) == ("span", start, end)


@pytest.mark.parametrize("printed", ["", " ", "undated", "Not stated", "n.d.", "no date"])
def test_what_has_no_date_is_undated(printed):
    assert days(read_period(printed)) == ("undated", "", "")


@pytest.mark.parametrize(
    "printed",
    ["Beijing", "1234", "1499", "2101", "12018", "2,018", "3,000", "2018.5", "May", "May 31",
     "August 16", "Year", "As of December 31,", "Q5 2019", "H3 2019", "29 February 2019",
     "2019-02-30", "2019-13", "01/02/2013", "2018–2012", "2018 and 2019", "Population (2011)",
     "Population (2010 Census)", "164 (October 1971)", "Euro 2012 qualifying", "2011 rank", "F-16",
     "2018a", "5G", "week 12", "in the years in which the number of firms grew from 2018 to 2023"
     " by more than a half"],
)  # fmt: skip
def test_what_names_no_period_is_none(printed):
    assert read_period(printed) is None


@pytest.mark.parametrize(
    ("in_year", "in_period", "printed", "expected"),
    [
        ("2018", "", "2018", year(2018)),
        ("2018", "year", "2018", year(2018)),
        ("2018", "data year", "2018 (data year)", year(2018)),
        ("2050", "goal", "2050 (goal)", year(2050)),
        ("2012", "before late 2012", "2012 (before late 2012)", year(2012)),
        ("2016", "before 2017", "2016 (before 2017)", year(2016)),
        ("2002", "before August", "2002 (before August)", year(2002)),
        ("2020", "list published August", "2020 (list published August)", year(2020)),
        ("2014", "Q3 2015", "2014 (Q3 2015)", year(2014)),
        ("", "c.2012", "c.2012", year(2012)),
        ("", "before late 2012", "before late 2012", year(2012)),
        ("", "not stated", "period not stated", ("undated", "", "")),
        ("", "undated", "undated", ("undated", "", "")),
        ("", "", "", ("undated", "", "")),
        ("later", "", "later", ("undated", "", "")),
        ("", "2014-2018 (five years)", "2014-2018 (five years)",
         ("span", "2014-01-01", "2018-12-31")),
        ("2020", "cumulative to 2020", "2020 (cumulative to 2020)", ("span", "", "2020-12-31")),
        ("2016", "January-March", "2016 (January-March)", ("quarter", "2016-01-01", "2016-03-31")),
        ("2016", "Q2", "2016 (Q2)", ("quarter", "2016-04-01", "2016-06-30")),
        ("2016", "first half", "2016 (first half)", ("half", "2016-01-01", "2016-06-30")),
        ("2017", "January-November", "2017 (January-November)",
         ("in-year", "2017-01-01", "2017-11-30")),
        ("2014", "June", "2014 (June)", ("month", "2014-06-01", "2014-06-30")),
        ("2014", "12 June", "2014 (12 June)", ("date", "2014-06-12", "2014-06-12")),
        ("2014", "end July", "2014 (end July)", ("date", "2014-07-31", "2014-07-31")),
        ("2014", "as at 30 June", "2014 (as at 30 June)", ("date", "2014-06-30", "2014-06-30")),
        ("2014", "year-end", "2014 (year-end)", ("date", "2014-12-31", "2014-12-31")),
        ("2014", "mid-year", "2014 (mid-year)", ("date", "2014-06-30", "2014-06-30")),
        ("2018/19", "", "2018/19", ("year", "2018-01-01", "2019-12-31")),
        ("2018-03", "", "2018-03", ("month", "2018-03-01", "2018-03-31")),
        ("Q1 2018", "provisional", "Q1 2018 (provisional)",
         ("quarter", "2018-01-01", "2018-03-31")),
    ],
)  # fmt: skip
def test_the_period_column_refines_the_year_and_is_printed_beside_it(
    in_year, in_period, printed, expected
):
    period = period_of(in_year, in_period)
    assert str(period) == printed
    assert days(period) == expected


def printed_before(in_year, in_period):
    """How a tidy row's period was printed before periods were read."""
    if not in_year:
        return f"period {in_period}" if in_period.startswith("not ") else in_period
    return in_year if in_period in ("", "year") else f"{in_year} ({in_period})"


def test_every_tidy_row_of_the_corpus_has_a_period_that_keeps_its_year_and_words():
    found = 0
    for table in sorted(CORPUS.glob("indicators/*.csv")):
        with table.open(encoding="utf-8", newline="") as lines:
            for row in csv.DictReader(lines):
                period = period_of(row["year"], row["period"])
                assert str(period) == printed_before(row["year"], row["period"])
                assert str(period.year or "") == row["year"] or not row["year"]
                is_dated = any(sign.isdigit() for sign in row["year"] + row["period"])
                assert (period.kind != "undated") == is_dated
                found += 1
    assert found > 300


def named(text):
    return [m.period.printed for m in mentions(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("from 2018 to 2023", ["2018", "2023"]),
        ("between 2018 and 2023", ["2018", "2023"]),
        ("growth in 2018-2023", ["2018-2023"]),
        ("the 2016–2035 plan", ["2016–2035"]),
        ("since 2014 and by 2020", ["2014", "2020"]),
        ("in 2018/19", ["2018/19"]),
        ("end of 2022, the first half of 2016", ["end of 2022", "the first half of 2016"]),
        ("by the end of 2020.", ["the end of 2020"]),
        ("Q3 2020, FY2019 and H1 2018", ["Q3 2020", "FY2019", "H1 2018"]),
        ("on 31 March 2019 or June 2015", ["31 March 2019", "June 2015"]),
        ("December 31, 2019 and 2018", ["December 31, 2019", "2018"]),
        ("December 31, 2019, 2018 and 2017", ["December 31, 2019", "2018", "2017"]),
        ("in the 1990s", ["the 1990s"]),
        ("three months ended June 30, 2019", ["three months ended June 30, 2019"]),
        ("January-July 2016 grew", ["January-July 2016"]),
        ("between January and June 2016", ["between January and June 2016"]),
        ("May 2018 - June 2019", ["May 2018 - June 2019"]),
        ("2012–present", ["2012–present"]),
        ("mid-2020, early 2018", ["mid-2020", "2018"]),
        ("2019's growth (2018), 2017: x", ["2019", "2018", "2017"]),
        ("2018年末", ["2018年末"]),
        ("2018年GDP", ["2018"]),
        ("the year 1850", ["1850"]),
        ("in 1750", ["1750"]),
        ("growth over 2018", ["2018"]),
        ("over 2018 levels", ["2018"]),
        ("up to 2020", ["2020"]),
        ("In 2000 enterprises grew", ["2000"]),
        ("more than 2000 in 2018", ["2018"]),
        ("2000 enterprises in 2019", ["2019"]),
        ("Was 2023 higher than 2018?", ["2023", "2018"]),
        ("the 2002 policy", ["2002"]),
        ("fiscal 2019 third quarter", ["fiscal 2019 third quarter"]),
        ("at 31 March in 2019 from '2018'", ["31 March in 2019", "2018"]),
    ],
)
def test_periods_in_running_text_are_found(text, expected):
    assert named(text) == expected


@pytest.mark.parametrize(
    "text",
    ["over 2000 enterprises", "1900 firms", "more than 2018 patents", "at least 1985", "$2000",
     "2,018", "2018 yuan", "2020 km", "2000 %", "1750 and 1234", "room 1999b", "ISO 9001:2015",
     "1,2018", "F19 and F-16", "Q3 20 firms", "no. 2018/5", "aid 20188", "in May", "the first half",
     "2018–2012", "COVID-19"],
)  # fmt: skip
def test_amounts_and_codes_are_no_periods(text):
    assert named(text) == []


def test_a_mention_is_where_its_words_are():
    text = "It had 82 unicorns at the end of 2021 (Q3 2020: 78)."
    assert [text[m.start : m.end] for m in mentions(text)] == named(text)
    assert named(text) == ["the end of 2021", "Q3 2020"]


def test_what_the_corpus_s_texts_name_reads_alike_as_a_cell():
    found = 0
    for document in sorted(CORPUS.glob("*.md")):
        for mention in mentions(document.read_text(encoding="utf-8")):
            again = read_period(mention.period.printed)
            assert days(again) == days(mention.period)
            found += 1
    assert found > 300


# What follows holds for any input.

WORDS = ["2018", "19", "31", "6", "March", "Dec.", "year", "end", "of", "the", "H1", "Q3", "FY",
         "first", "half", "quarter", "months", "ended", "since", "to", "mid", "(", ")", "-", "–",
         "/", ",", " ", " ", "年", "月", "s", "'", "cumulative", "c."]  # fmt: skip
texts = st.one_of(st.text(max_size=30), st.lists(st.sampled_from(WORDS), max_size=9).map("".join))


def is_sound(period):
    if period.kind == "undated":
        return (period.start, period.end) == (None, None)
    if period.kind == "span":
        return period.start is None or period.end is None or period.start < period.end
    is_day = period.start == period.end
    return period.start <= period.end and is_day == (period.kind == "date")


@settings(deadline=None)
@given(texts)
def test_no_cell_makes_the_reader_fail(printed):
    period = read_period(printed)
    assert period is None or (is_sound(period) and period.printed == " ".join(printed.split()))


@settings(deadline=None)
@given(texts, texts)
def test_any_two_columns_have_a_period(in_year, in_period):
    period = period_of(in_year, in_period)
    assert is_sound(period)
    assert period.printed == printed_before(in_year, in_period)


@settings(deadline=None)
@given(texts)
def test_no_text_makes_the_search_fail_and_offsets_are_in_order(text):
    place = 0
    for mention in mentions(text):
        assert place <= mention.start < mention.end <= len(text)
        assert mention.period.printed == text[mention.start : mention.end]
        assert is_sound(mention.period)
        place = mention.end


days_of_history = st.dates(min_value=date(1500, 1, 1), max_value=date(2100, 12, 31))
FORMS = ["{d:%Y-%m-%d}", "{d.day} {d:%B} {d.year}", "{d:%B} {d.day}, {d.year}",
         "{d.day} {d:%b} {d.year}", "{d.day}-{d:%b}-{d.year}", "{d.day}.{d.month}.{d.year}",
         "{d.year}年{d.month}月{d.day}日", "As of {d:%B} {d.day}, {d.year}"]  # fmt: skip


@settings(deadline=None)
@given(days_of_history, st.sampled_from(FORMS))
def test_a_day_in_any_form_is_read_back(day, form):
    assert read_period(form.format(d=day)) == Period(form.format(d=day), "date", day, day)


@settings(deadline=None)
@given(days_of_history, st.sampled_from(["{d:%B} {d.year}", "{d:%b} {d.year}", "{d.year}M{d:%m}"]))
def test_a_month_in_any_form_is_read_back(day, form):
    period = read_period(form.format(d=day))
    assert (period.kind, period.start) == ("month", day.replace(day=1))
    assert (period.end + timedelta(days=1)).day == 1
    assert period.start <= day <= period.end


@settings(deadline=None)
@given(st.integers(1500, 2100), st.integers(1500, 2100))
def test_two_years_with_a_dash_are_a_span_only_forwards(first, last):
    period = read_period(f"{first}-{last}")
    if first > last:
        assert period is None
    else:
        assert (period.start.year, period.end.year) == (first, last)


@settings(deadline=None)
@given(days_of_history, days_of_history)
def test_two_days_with_a_dash_name_all_between_them(first, last):
    period = read_period(
        f"{first:%B} {first.day}, {first.year} – {last:%B} {last.day}, {last.year}"
    )
    if first >= last:
        assert period is None
    else:
        assert (period.start, period.end) == (first, last)
