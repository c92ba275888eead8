"""The package that an Office Open XML file is: a ZIP of XML parts that name one another.

ECMA-376, part 2 (Open Packaging Conventions). Read with the standard library alone, since nothing
but the parts that hold words is to be unpacked: pictures, films and macros stay in the ZIP.
"""

import io
import posixpath
import re
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from xml.etree import ElementTree

from innoqa.errors import DocumentError

Element = ElementTree.Element

_COMPOUND = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
_MOST_BYTES = 100_000_000  # of one part, unpacked: some 3,000 pages
_MOST_TAGS = 3_000_000  # of all parts that are read: some 1,500 pages
_DEEPEST = 100  # elements inside one another; files that were written by hand stay under 50
_DAMAGE = (
    zipfile.BadZipFile, zlib.error, RuntimeError, ValueError, LookupError, OSError, EOFError,
    SyntaxError,
)  # fmt: skip
_PREFIXES = {
    "schemas.openxmlformats.org/wordprocessingml/2006/main": "w",
    "schemas.openxmlformats.org/drawingml/2006/main": "a",
    "schemas.openxmlformats.org/drawingml/2006/chart": "c",
    "schemas.openxmlformats.org/drawingml/2006/diagram": "dgm",
    "schemas.openxmlformats.org/drawingml/2006/picture": "pic",
    "schemas.openxmlformats.org/presentationml/2006/main": "p",
    "schemas.openxmlformats.org/officeDocument/2006/relationships": "r",
    "schemas.openxmlformats.org/officeDocument/2006/math": "m",
    "schemas.openxmlformats.org/officeDocument/2006/extended-properties": "ep",
    "purl.oclc.org/ooxml/wordprocessingml/main": "w",
    "purl.oclc.org/ooxml/drawingml/main": "a",
    "purl.oclc.org/ooxml/drawingml/chart": "c",
    "purl.oclc.org/ooxml/drawingml/diagram": "dgm",
    "purl.oclc.org/ooxml/drawingml/picture": "pic",
    "purl.oclc.org/ooxml/presentationml/main": "p",
    "purl.oclc.org/ooxml/officeDocument/relationships": "r",
    "purl.oclc.org/ooxml/officeDocument/math": "m",
    "purl.oclc.org/ooxml/officeDocument/extendedProperties": "ep",
    "schemas.openxmlformats.org/package/2006/relationships": "rel",
    "schemas.openxmlformats.org/package/2006/metadata/core-properties": "cp",
    "schemas.openxmlformats.org/markup-compatibility/2006": "mc",
    "schemas.microsoft.com/office/word/2010/wordprocessingShape": "wps",
    "schemas.microsoft.com/office/drawing/2010/main": "a14",
    "schemas.microsoft.com/office/drawing/2014/chartex": "cx",
    "purl.org/dc/elements/1.1/": "dc",
    "purl.org/dc/terms/": "dcterms",
}
_NAME = re.compile(r"\{https?://([^}]*)\}(.*)")


@dataclass(frozen=True, slots=True)
class Part:
    """An XML part, its names in short ("w:p"), and the parts that it relates to by id."""

    name: str
    root: Element
    related: dict[str, tuple[str, str]]
    """Kind ("slide", "chart") and name of the part by the relationship's id."""

    def of_kind(self, kind: str) -> str:
        """The name of the first related part of a kind, or ""."""
        return next((name for k, name in self.related.values() if k == kind), "")


@dataclass
class Package:
    """The parts of a file, each read when it is asked for."""

    suffix: str
    archive: zipfile.ZipFile
    names: dict[str, str] = field(default_factory=dict)
    """The names in the ZIP by what they are in small letters: case does not count."""
    tags: int = 0

    def main(self, root: str) -> Part:
        """The part that the file is about, whose outermost element is ``root``."""
        name = next((n for kind, n in self.relations().values() if kind == "officeDocument"), "")
        part = self.part(name)
        if part is None or part.root.tag != root:
            raise DocumentError(f"is no {self.suffix} file, or a damaged one (no main part)")
        return part

    def part(self, name: str) -> Part | None:
        """The part of that name; None where the file has none."""
        root = self.xml(name)
        return None if root is None else Part(name, root, self.relations(name))

    def xml(self, name: str) -> Element | None:
        """The XML of a part; None where the file has none of that name."""
        found = self.names.get(name.lower())
        if not name or found is None:
            return None
        try:
            return self._parsed(found)
        except _DAMAGE as error:
            said = f"is no {self.suffix} file, or a damaged one ({found}: {error})"
            raise DocumentError(said) from None

    def _parsed(self, name: str) -> Element:
        size = self.archive.getinfo(name).file_size
        if size > _MOST_BYTES:
            raise DocumentError(
                f"has a part of {size:,} bytes when it is unpacked; up to {_MOST_BYTES:,} are read"
            )
        raw = self.archive.read(name)
        self.tags += raw.count(b"<")
        if self.tags > _MOST_TAGS:
            raise DocumentError(f"holds more than {_MOST_TAGS:,} tags; save it in several parts")
        # No entity is ever read: a document type ends the reading before it could define one.
        parser = ElementTree.XMLParser(target=_NoDocumentType())  # noqa: S314
        root = ElementTree.fromstring(raw, parser)  # noqa: S314
        _check_depth(root)
        _shorten(root)
        return root

    def relations(self, name: str = "") -> dict[str, tuple[str, str]]:
        """Kind and name of each part that a part, or the file itself, names, by its id."""
        folder, _, file = name.rpartition("/")
        root = self.xml(posixpath.join(folder, "_rels", f"{file}.rels"))
        related: dict[str, tuple[str, str]] = {}
        for relation in root if root is not None else ():
            if relation.get("TargetMode") != "External":
                kind = relation.get("Type", "").rpartition("/")[2]
                target = posixpath.join("/", folder, relation.get("Target", "").replace("\\", "/"))
                related[relation.get("Id", "")] = kind, posixpath.normpath(target).strip("/")
        return related


class _NoDocumentType(ElementTree.TreeBuilder):
    def doctype(self, *_: object) -> None:
        raise ValueError("a document type, which no such file has")


def opened(raw: bytes, suffix: str) -> Package:
    """The package that the bytes of a file are; ``suffix`` is its form (".docx").

    Raises DocumentError, in words that go on after the name of the file, where they are none.
    """
    if raw.startswith(_COMPOUND):
        if _ENCRYPTED in raw:
            raise DocumentError("is encrypted; save it without a password")
        raise DocumentError(f"is in the form of before 2007; save it as {suffix}")
    try:
        archive = zipfile.ZipFile(io.BytesIO(raw))
    except (*_DAMAGE, NotImplementedError) as error:
        raise DocumentError(f"is no {suffix} file, or a damaged one ({error})") from None
    known = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
    names = (p.filename for p in archive.infolist() if p.compress_type in known)
    return Package(suffix, archive, {name.replace("\\", "/").lower(): name for name in names})


def at(element: Element | None, path: str) -> Element | None:
    """The first child of an element along a path of names: "w:pPr/w:outlineLvl"."""
    for name in path.split("/"):
        element = element.find(name) if element is not None else None
    return element


def value(element: Element | None, path: str, otherwise: str = "", name: str = "w:val") -> str:
    """An attribute of what stands at a path; ``otherwise`` where there is none."""
    found = at(element, path)
    return otherwise if found is None else found.get(name, otherwise)


def is_on(element: Element | None) -> bool:
    """Whether a property that is on or off ("w:vanish") is there and on."""
    return element is not None and element.get("w:val") not in ("0", "false", "off", "none")


def number(words: str | None, otherwise: int = 0, most: int = 1_000_000_000) -> int:
    """A whole number of at least nought, as far as it is one.

    >>> number("3"), number("-3"), number("3e9", 1), number("9" * 99, most=63)
    (3, 0, 1, 63)
    """
    found = re.fullmatch(r"([+-]?)0*([0-9]*)", words or "", re.ASCII)
    if not words or found is None:
        return otherwise
    return 0 if found[1] == "-" else min(int(found[2][:10] or 0), most)


def chosen(alternatives: Element) -> Iterator[Element]:
    """What stands for content in two forms ("mc:AlternateContent"): the newer, where it is."""
    branch = alternatives.find("mc:Choice")
    if branch is None or not len(branch):
        branch = alternatives.find("mc:Fallback")
    return iter(branch if branch is not None else ())


def _check_depth(root: Element) -> None:
    level, depth = [root], 0
    while level:
        level, depth = [child for element in level for child in element], depth + 1
        if depth > _DEEPEST:
            raise ValueError(f"elements more than {_DEEPEST} deep in one another")


def _shorten(root: Element) -> None:
    """Give elements and attributes the names that the standard's examples have: "w:val"."""
    short: dict[str, str] = {}
    for element in root.iter():
        name = element.tag
        if name not in short:
            short[name] = _short(name)
        element.tag = short[name]
        if any(key[0] == "{" for key in element.attrib):
            named = {short.setdefault(k, _short(k)): v for k, v in element.attrib.items()}
            element.attrib.clear()
            element.attrib.update(named)


def _short(name: str) -> str:
    found = _NAME.fullmatch(name)
    prefix = _PREFIXES.get(found[1]) if found else None
    return f"{prefix}:{found[2]}" if found and prefix else name
