"""What an Office Open XML file says of itself, without what programs put there unasked."""

import re

from innoqa.markup import Metadata, one_line
from innoqa.office.package import Element, Package

_NO_TITLE = re.compile(
    r"(?:microsoft\s+(?:office\s+)?(?:word|powerpoint)|powerpoint|word)\b.*|.*\.(?:docx?|pptx?|dot|pot)"
    r"|.*\bpowerpoint|powerpoint\W.*|(?:untitled|unbenannt|sans titre|sin título|无标题).*"
    r"|(?:document|dokument|presentation|präsentation|présentation|presentación|slide|folie|title|"
    r"template|文档|演示文稿|幻灯片)\s*\d*",
    re.IGNORECASE,
)
_NO_AUTHOR = re.compile(
    r"python-(?:docx|pptx)|unknown|unbekannt|inconnu|author|autor|owner|user|users?\s*\d*|usuario"
    r"|admin(?:istrator)?|(?:microsoft|windows|ms|office)\b.*|apache poi|un-?named|anonymous|hp"
    r"|dell|lenovo|acer|asus|pc|openpyxl|aspose.*|docx4j|phpword|phppresentation.*|pptxgenjs|作者|用户",
    re.IGNORECASE,
)
_TEMPLATES = ("2013-12-23T23:15:00Z", "2013-01-27T09:14:16Z")  # python-docx's, python-pptx's
_DATE = re.compile(r"(\d{4})(-\d\d(-\d\d)?)?(?:T.*)?", re.ASCII)
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8})*", re.ASCII)
_MOST = 300  # characters of a title that is one
_MOST_AUTHORS = 50
_FIRST_YEAR = 1985  # files of these forms are younger; earlier dates are those of no clock


def properties(package: Package) -> Metadata:
    """Title, authors, date and language from the core properties, as far as they say anything."""
    name = next((n for k, n in package.relations().values() if k == "core-properties"), "")
    root = package.xml(name or "docProps/core.xml")
    if root is None:
        return Metadata()
    made = _words(root, "dcterms:created")
    date = "" if made in _TEMPLATES else iso_date(made)
    authors = [one_line(name) for name in _words(root, "dc:creator").split(";", _MOST_AUTHORS)]
    if made in _TEMPLATES:
        authors = [name for name in authors if name != "Steve Canny"]
    return Metadata(
        title=good_title(_words(root, "dc:title")),
        authors=tuple(n for n in authors if n and not _NO_AUTHOR.fullmatch(n) and len(n) <= _MOST),
        date=date,
        language=language_tag(_words(root, "dc:language")),
    )


def good_title(words: str) -> str:
    """The title, or "" where it is what a program calls a file that nobody gave a title.

    >>> good_title("Annual report "), good_title("PowerPoint Presentation"), good_title("a.docx")
    ('Annual report', '', '')
    """
    title = one_line(words)
    good = len(title) <= _MOST and any(map(str.isalnum, title)) and not _NO_TITLE.fullmatch(title)
    return title if good else ""


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


def _words(root: Element, name: str) -> str:
    return one_line((root.findtext(name) or "").replace("\x00", ""))
