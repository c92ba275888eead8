"""What a PDF file says of itself: title, authors, date, language.

The information dictionary is asked first, then the XMP packet (ISO 16684-1), where it stands
uncompressed in the file, as the standard asks.
"""

import html
import re

from innoqa.markup import one_line
from innoqa.metadata import Metadata, good_authors, good_title, language_tag

_LONGEST_PACKET = 100_000  # bytes
_DATE = re.compile(r"(?:D:)?(\d{4})(\d\d)?(\d\d)?")


def described(said: dict[str, str], raw: bytes) -> Metadata:
    """The metadata of a file, where it says anything of use.

    ``said`` are the entries of the information dictionary, and Lang.
    """
    packet = _packet(raw)
    titles = [said.get("Title", ""), *_entries(packet, "title")]
    names = re.split(r"[;；、]| and |,(?=\s*\w+\s+\w)", said.get("Author", ""))
    authors = good_authors(names) or good_authors(_entries(packet, "creator"))
    tags = [said.get("Lang", ""), *_entries(packet, "language")]
    return Metadata(
        title=next(filter(None, map(good_title, titles)), ""),
        authors=authors,
        date=_date([said.get("CreationDate", ""), said.get("ModDate", "")]) or _dated(packet),
        language=next((t for tag in tags if (t := language_tag(tag.replace("_", "-")))), ""),
    )


def _packet(raw: bytes) -> str:
    """The XMP packet of the file itself: of several (images have their own) the last one."""
    end = raw.rfind(b"</x:xmpmeta>")
    start = raw.rfind(b"<x:xmpmeta", max(end - _LONGEST_PACKET, 0), max(end, 0))
    packet = raw[start:end] if start >= 0 else b""
    return packet.decode("utf-8", "ignore") if b"pdf:" in packet else ""


def _entries(packet: str, name: str) -> list[str]:
    """What a packet gives for a name of Dublin Core."""
    found = re.search(rf"<dc:{name}>(.*?)</dc:{name}>", packet, re.DOTALL)
    parts = re.findall(r"<rdf:li[^>]*>([^<]*)</rdf:li>", found[1]) if found else []
    return [one_line(html.unescape(part)) for part in parts]


def _dated(packet: str) -> str:
    found = re.search(r"xmp:CreateDate(?:>|=[\"'])(\d{4})-(\d\d)-(\d\d)", packet)
    return _date(["".join(found.groups())]) if found else ""


def _date(stamps: list[str]) -> str:
    """The first of the stamps ("D:20230517...") that is one, in ISO 8601."""
    found = next((f for stamp in stamps if (f := _DATE.match(stamp))), None)
    if not found or not 1985 <= int(found[1]) <= 2100:
        return ""
    year, month, day = found.groups()
    parts = [year]
    if month and 1 <= int(month) <= 12:
        parts.append(month)
        if day and 1 <= int(day) <= 31:
            parts.append(day)
    return "-".join(parts)
