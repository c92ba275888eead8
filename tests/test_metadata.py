"""What programs write into files unasked is not taken for what the files say."""

import pytest

from innoqa.metadata import good_authors, good_title, iso_date, language_tag


@pytest.mark.parametrize(
    ("title", "kept"),
    [
        ("Firms of Oslo", "Firms of Oslo"),
        ("2023", ""), ("Book1", ""), ("Untitled", ""), ("untitled 2.xls", ""), ("Mappe 1", ""),
        ("Microsoft Excel - firms.xls", ""), ("firms_2023_final.xlsx", ""), ("  ", ""),
        ("Workbook of the town", "Workbook of the town"), ("2023 firms", "2023 firms"),
    ],
)  # fmt: skip
def test_a_title_that_says_nothing_is_not_taken(title, kept):
    assert good_title(title) == kept


@pytest.mark.parametrize(
    ("author", "kept"),
    [
        ("Anna Holm; Ola  Berg;Anna Holm", ("Anna Holm", "Ola Berg")),
        ("openpyxl", ()), ("Microsoft Office User", ()), ("Windows User", ()),
        ("Administrator", ()),
        ("Apache POI", ()), ("Unknown Creator", ()), ("User", ()), ("-", ()),
        ("统计局", ("统计局",)),
        ("Statistics User Group", ("Statistics User Group",)),
    ],
)  # fmt: skip
def test_an_author_that_a_program_wrote_is_not_taken(author, kept):
    assert good_authors(author.split(";")) == kept


@pytest.mark.parametrize(
    ("date", "kept"),
    [
        ("2023-05-17T08:00:00Z", "2023-05-17"), ("2023-05", "2023-05"), ("2023", "2023"),
        ("1980-01-01T00:00:00", ""), ("1601-01-01", ""), ("17.05.2023", ""), ("20230517", ""),
    ],
)  # fmt: skip
def test_a_date_is_iso_8601_and_no_zero_of_a_clock(date, kept):
    assert iso_date(date) == kept


@pytest.mark.parametrize(
    ("tag", "kept"), [("en", "en"), ("zh-Hans-CN", "zh-Hans-CN"), ("English", ""), ("x", "")]
)
def test_a_language_is_a_tag(tag, kept):
    assert language_tag(tag) == kept
