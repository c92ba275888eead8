"""What an Office Open XML file says of itself, without what programs put there unasked."""

from innoqa.metadata import Metadata, metadata_of
from innoqa.office.package import Element, Package
from innoqa.scripts import one_line

_TEMPLATES = ("2013-12-23T23:15:00Z", "2013-01-27T09:14:16Z")  # python-docx's, python-pptx's


def properties(package: Package) -> Metadata:
    """Title, authors, date and language from the core properties, as far as they say anything."""
    name = next((n for k, n in package.relations().values() if k == "core-properties"), "")
    root = package.xml(name or "docProps/core.xml")
    if root is None:
        return Metadata()
    made = _words(root, "dcterms:created")
    authors = [one_line(name) for name in _words(root, "dc:creator").split(";")]
    if made in _TEMPLATES:
        made, authors = "", [name for name in authors if name != "Steve Canny"]
    return metadata_of(_words(root, "dc:title"), authors, made, _words(root, "dc:language"))


def _words(root: Element, name: str) -> str:
    return one_line((root.findtext(name) or "").replace("\x00", ""))
