"""The package of an EPUB book: what it says of itself, its documents in order, their titles."""

import codecs
import io
import posixpath
import re
import zipfile
import zlib
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote

from innoqa.errors import DocumentError
from innoqa.markup import one_line
from innoqa.metadata import Metadata, good_title, language_tag

MOST_BYTES = 64 << 20  # of all documents of a book, unpacked; a thousand pages come to three MiB
_DAMAGE = (zipfile.BadZipFile, zlib.error, OSError, EOFError, ValueError, NotImplementedError,
           RuntimeError, KeyError, OverflowError)  # fmt: skip
_DOCUMENTS = (
    "application/xhtml+xml",
    "text/html",
    "application/x-dtbook+xml",
    "text/x-oeb1-document",
)
_FONT_KEYS = ("http://www.idpf.org/2008/embedding", "http://ns.adobe.com/pdf/enc#RC")
_DATE = re.compile(r"([12]\d{3})(-\d\d(?:-\d\d)?)?", re.ASCII)
_NO_NAME = re.compile(
    r"unknown|unbekannt|inconnu|anonym(?:ous)?|author|n/?a|none|various|佚名", re.IGNORECASE
)
_NO_TITLE = re.compile(r"unknown|\[?no title\]?|cover|book|ebook|title page", re.IGNORECASE)
_ENCODING = re.compile(rb"""\s*<\?xml[^>]{1,200}?encoding\s*=\s*["']([\w.:-]+)""")
_DECLARED = re.compile(r"\s*<\?xml[^>]{0,200}\?>")
_CONTROLS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_REFERENCE = re.compile(r"&#(?:x([0-9a-f]{1,8})|([0-9]{1,9}));?", re.IGNORECASE)
_CLOSED_AT_ONCE = re.compile(
    r"<(?!(?:area|base|br|col|embed|hr|img|input|link|meta|param|source|track|wbr)\b)"
    r"([a-zA-Z][\w:-]*)(\s[^<>]*)?/>"
)
_MOST_TAGS = 2_000_000


@dataclass(frozen=True, slots=True)
class Item:
    """A document of a book: its path in the archive, and its name to tell of it."""

    path: str
    name: str


@dataclass
class Book:
    """An opened book. ``titles`` hold by path and fragment what its table of contents says."""

    archive: zipfile.ZipFile
    metadata: Metadata
    spine: list[Item]
    passed_over: frozenset[str]
    titles: dict[str, dict[str, tuple[str, int]]]
    left: int = field(default=MOST_BYTES)

    def tree(self, item: Item) -> tuple[Any, bool]:
        """The tree of a document, None where it is missing or damaged, and whether it is whole."""
        raw = self.content(item.path)
        return parsed(raw) if raw is not None else (None, False)

    def content(self, path: str) -> bytes | None:
        """A file of the archive; None where it is missing or damaged."""
        content = _content(self.archive, path, self.left)
        self.left -= len(content or b"")
        return content


def opened(raw: bytes) -> Book:
    """The book that the bytes of a file are. Raises DocumentError where they are none."""
    try:
        archive = zipfile.ZipFile(io.BytesIO(raw))
        names = archive.namelist()
    except _DAMAGE as error:
        raise DocumentError(f"is no EPUB book, or a damaged one ({error})") from None
    path = _package_path(archive, names)
    package = _xml(_content(archive, path, MOST_BYTES)) if path else None
    if package is None:
        raise DocumentError("is no EPUB book, or a damaged one (it has no list of its chapters)")
    items = _manifest(package, posixpath.dirname(path))
    spine = [items[ref] for ref in _spine_ids(package) if ref in items]
    spine = spine or list(items.values())
    documents = [i for i in spine if i.kind in _DOCUMENTS or i.path.endswith(("html", "htm"))]
    if _protected(archive) & {i.path for i in documents}:
        raise DocumentError("is protected (DRM) and cannot be read; get a copy without protection")
    found = dict.fromkeys(Item(i.path, posixpath.basename(i.path)) for i in documents)
    passed_over = {i.path for i in items.values() if "nav" in i.properties} | set(
        _guide(package, posixpath.dirname(path))
    )
    book = Book(archive, _metadata(package), list(found), frozenset(passed_over), {})
    contents = [i for i in items.values() if "nav" in i.properties or "ncx" in i.kind]
    for item in sorted(contents, key=lambda i: "nav" not in i.properties)[:2]:
        if not book.titles and (content := book.content(item.path)):
            book.titles = _titles(content, item.path)
    return book


@dataclass(frozen=True, slots=True)
class _Entry:
    path: str
    kind: str
    properties: str


def _package_path(archive: zipfile.ZipFile, names: list[str]) -> str:
    container = _xml(_content(archive, "META-INF/container.xml", MOST_BYTES))
    told = [e.get("full-path", "") for e in _all(container, "rootfile")]
    known = set(names)
    there = (name for name in (*told, *names) if name in known)
    return next((n for n in there if n in told or n.lower().endswith(".opf")), "")


def _content(archive: zipfile.ZipFile, path: str, most: int) -> bytes | None:
    """A file of the archive; None where it is missing or damaged."""
    try:
        with archive.open(path) as file:
            content = file.read(most + 1)
    except _DAMAGE:
        return None
    if len(content) > most:
        raise DocumentError(f"holds more than {MOST_BYTES >> 20} MiB of text; split it")
    return content


def _xml(content: bytes | None) -> Any:
    """The root of an XML file, or None; no entity is resolved and nothing fetched."""
    from lxml import etree

    if not content:
        return None
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, recover=True, huge_tree=False
    )
    try:
        return etree.fromstring(_text(content).encode(), parser=parser)
    except (etree.XMLSyntaxError, ValueError):
        return None


def parsed(raw: bytes) -> tuple[Any, bool]:
    """The tree of an XHTML document, None where there is none, and whether all of it is there."""
    from lxml import etree, html

    text = _CLOSED_AT_ONCE.sub(r"<\1\2></\1>", _text(raw))
    if text.count("<") > _MOST_TAGS:
        raise DocumentError(f"has a chapter of more than {_MOST_TAGS:,} tags")
    parser = html.HTMLParser(
        encoding="utf-8", remove_comments=True, remove_pis=True, collect_ids=False
    )
    try:
        tree = html.document_fromstring(text.encode("utf-8", "replace"), parser=parser)
    except (etree.ParserError, etree.XMLSyntaxError, AssertionError):
        return None, False
    return tree, not parser.error_log.filter_types([etree.ErrorTypes.ERR_RESOURCE_LIMIT])


def _text(raw: bytes) -> str:
    """The text of an XML file without its declaration and what no XML may hold."""
    told = _ENCODING.match(raw)
    encoding = told[1].decode("ascii", "replace") if told else "utf-8-sig"
    if raw.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        encoding = "utf-16"
    try:
        text = raw.decode(encoding, "replace")
    except (LookupError, ValueError):
        text = raw.decode("utf-8-sig", "replace")
    return _DECLARED.sub("", _REFERENCE.sub(_allowed, _CONTROLS.sub("", text)), count=1)


def _allowed(reference: re.Match[str]) -> str:
    """A reference to a character, or "" where it is to none."""
    code = int(reference[1], 16) if reference[1] else int(reference[2])
    return reference[0] if code < 0x110000 and not _CONTROLS.match(chr(code)) else ""


def _all(root: Any, *names: str) -> list[Any]:
    """The elements of these names, in whatever name space."""
    if root is None:
        return []
    return [e for e in root.iter() if isinstance(e.tag, str) and _name(e) in names]


def _first(root: Any, name: str) -> Any:
    return next((e for e in root.iter() if isinstance(e.tag, str) and _name(e) == name), None)


def _words(element: Any) -> str:
    return "" if element is None else one_line("".join(element.itertext()))


def _name(element: Any) -> str:
    return str(element.tag).rpartition("}")[2].lower()


def _resolved(folder: str, href: str) -> tuple[str, str]:
    """(path in the archive, fragment) of a link."""
    path, _, fragment = href.partition("#")
    return posixpath.normpath(posixpath.join(folder, unquote(path))), unquote(fragment)


def _manifest(package: Any, folder: str) -> dict[str, _Entry]:
    manifest = next(iter(_all(package, "manifest")), None)
    return {
        item.get("id", ""): _Entry(
            _resolved(folder, item.get("href", ""))[0],
            item.get("media-type", "").strip().lower(),
            item.get("properties", ""),
        )
        for item in _all(manifest, "item")
    }


def _spine_ids(package: Any) -> list[str]:
    return [ref.get("idref", "") for ref in _all(package, "itemref")]


def _guide(package: Any, folder: str) -> list[str]:
    return [
        _resolved(folder, reference.get("href", ""))[0]
        for reference in _all(package, "reference")
        if reference.get("type", "").lower() in ("cover", "toc", "loi", "lot")
    ]


def _protected(archive: zipfile.ZipFile) -> set[str]:
    """The paths of the files that are encrypted; fonts that are only disguised are none."""
    root = _xml(_content(archive, "META-INF/encryption.xml", MOST_BYTES))
    found = set()
    for data in _all(root, "encrypteddata"):
        methods = {m.get("Algorithm", "") for m in _all(data, "encryptionmethod")}
        if not methods & set(_FONT_KEYS):
            found |= {_resolved("", r.get("URI", ""))[0] for r in _all(data, "cipherreference")}
    return found


def _metadata(package: Any) -> Metadata:
    refined = {
        (m.get("refines", "").lstrip("#"), m.get("property", "")): one_line(m.text or "")
        for m in _all(package, "meta")
        if m.get("refines")
    }

    def said(name: str) -> list[tuple[str, Any]]:
        return [(w, e) for e in _all(package, name) if (w := _words(e))]

    titles = said("title")
    titles.sort(key=lambda t: refined.get((t[1].get("id"), "title-type"), "main") != "main")
    creators = [
        (words, element.get(_role(element), refined.get((element.get("id"), "role"), "aut")))
        for words, element in said("creator")
        if not _NO_NAME.fullmatch(words)
    ]
    authors = [w for w, role in creators if role == "aut"] or [w for w, _ in creators]
    dates = [(w, e.attrib.values()) for w, e in said("date")]
    dates.sort(key=lambda d: ("modification" in d[1], "publication" not in d[1]))
    titled = [w for w, _ in titles if good_title(w) and not _NO_TITLE.fullmatch(w)]
    languages = [language_tag(w.replace("_", "-")) for w, _ in said("language")]
    return Metadata(
        title=next(iter(titled), ""),
        authors=tuple(dict.fromkeys(authors)),
        date=next((m[0] for w, _ in dates if (m := _DATE.match(w))), ""),
        language=next((tag for tag in languages if tag.lower() not in ("", "und")), ""),
    )


def _role(element: Any) -> str:
    return next((name for name in element.attrib if str(name).endswith("}role")), "role")


def _titles(content: bytes, path: str) -> dict[str, dict[str, tuple[str, int]]]:
    """By path and fragment, the words and the depth of each entry of a table of contents."""
    titles: dict[str, dict[str, tuple[str, int]]] = {}
    root = _xml(content)
    folder = posixpath.dirname(path)
    if root is not None and _name(root) == "ncx":
        entries = [
            (_words(_first(point, "text")), source, _depth(point, "navpoint"))
            for point in _all(root, "navpoint")
            if (target := _first(point, "content")) is not None
            and (source := target.get("src", ""))
        ]
    else:
        tree, _ = parsed(content)
        navs = [n for n in _all(tree, "nav") if n.get("epub:type", "toc") == "toc"]
        entries = [
            (_words(link), link.get("href", ""), _depth(link, "ol"))
            for nav in navs[:1]
            for link in nav.iter("a")
        ]
    for words, href, depth in entries:
        target, fragment = _resolved(folder, href)
        titles.setdefault(target, {}).setdefault(fragment, (words, depth))
    return titles


def _depth(element: Any, name: str) -> int:
    """How many elements of a name are around one."""
    around = sum(1 for e in element.iterancestors() if isinstance(e.tag, str) and _name(e) == name)
    return max(around - (name == "ol"), 0)
