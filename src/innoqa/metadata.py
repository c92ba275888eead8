"""What a file says of itself, without what programs write there unasked."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from innoqa.scripts import one_line

_LONGEST = 300  # characters of a title, or a name, that is one
_MOST_AUTHORS = 50
_FIRST_YEAR = 1985  # files of today's forms are younger: 1970 and 1980 are those of no clock
_NO_TITLE = re.compile(
    r"(?:untitled|unnamed|unspecified|anonymous|unbenannt|sans titre|sin título|无标题).*"
    r"|(?:document|dokument|presentation|präsentation|présentation|presentación|slide|folie|title"
    r"|template|workbook|spreadsheet|book|mappe|classeur|libro|文档|演示文稿|幻灯片|工作簿)?"
    r"[\s\d_-]*(?:\.\w{3,4})?"
    r"|(?:microsoft\s+(?:office\s+)?(?:word|powerpoint|excel)|powerpoint|word)\b.*|.*\bpowerpoint"
    r"|.*\.(?:docx?|pptx?|xls[xmb]?|dot|pot|pdf|indd|qxd|tex|dvi|rtf|od[st]|csv|html?|ai|eps)"
    r"|about:blank|(?:https?|file)://.*|\W*",
    re.IGNORECASE,
)
_NO_AUTHOR = re.compile(
    r"\W*(?:python-(?:docx|pptx)|openpyxl|xlsxwriter|apache\s+poi|axlsx|php(?:excel|spreadsheet|word)"
    r"|phppresentation.*|aspose.*|docx4j|pptxgenjs|libreoffice"
    r"|unknown(?:\s+creator)?|unbekannt|inconnu|unspecified|un-?named|anonymous|guest|me|pc"
    r"|author|autor|owner|root|(?:windows\s+)?users?\s*\d*|usuario|admin(?:istrator)?|作者|用户"
    r"|(?:microsoft|windows|ms|office)\b.*|hp|dell|lenovo|acer|asus|\w*@\w*|[\W\d_]*)\W*",
    re.IGNORECASE,
)
_DATE = re.compile(r"(\d{4})(-\d\d(-\d\d)?)?(?:T.*)?", re.ASCII)
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8})*", re.ASCII)


@dataclass(frozen=True, slots=True)
class Metadata:
    """What a file says of itself; "" and () where it is silent.

    ``date`` is when it was published or, failing that, made: ISO 8601 as far as it is known
    ("2023", "2023-05", "2023-05-17"). ``language`` is a BCP 47 tag ("en", "zh-CN").
    """

    title: str = ""
    authors: tuple[str, ...] = ()
    date: str = ""
    language: str = ""


NO_METADATA = Metadata()
"""That of a file which is silent."""


def metadata_of(title: str, authors: Iterable[str], date: str, language: str) -> Metadata:
    """What a file says of itself, as far as it means anything.

    >>> metadata_of("Book1", ["openpyxl", "Anna Holm"], "2023-05-17T08:00:00Z", "nb-NO")
    Metadata(title='', authors=('Anna Holm',), date='2023-05-17', language='nb-NO')
    """
    return Metadata(
        good_title(title), good_authors(authors), iso_date(date), language_tag(language)
    )


def good_title(words: str) -> str:
    """The title, or "" where it is what a program calls a file that nobody gave a title.

    >>> good_title("Annual report "), good_title("PowerPoint Presentation"), good_title("a.docx")
    ('Annual report', '', '')
    """
    title = one_line(words)
    return title if len(title) <= _LONGEST and not _NO_TITLE.fullmatch(title) else ""


def good_authors(names: Iterable[str]) -> tuple[str, ...]:
    """The names that are somebody's, each once."""
    known = dict.fromkeys(map(one_line, names))
    good = [name for name in known if len(name) <= _LONGEST and not _NO_AUTHOR.fullmatch(name)]
    return tuple(good[:_MOST_AUTHORS])


def iso_date(words: str) -> str:
    """The day of a time in W3C form ("2023-05-17T09:00:00Z"); "" where it cannot be one."""
    found = _DATE.fullmatch(words.strip())
    if not found or int(found[1]) < _FIRST_YEAR:
        return ""
    return f"{found[1]}{found[2] or ''}"


def language_tag(words: str) -> str:
    """A BCP 47 tag, or ""."""
    tag = words.strip()
    return tag if _LANGUAGE.fullmatch(tag) and len(tag) <= 20 else ""
