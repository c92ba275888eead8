"""The sources of a conversation as a bibliography: BibTeX, and CSL JSON.

A source is what a document's footnote or a table's source column names; a document that names none
is a source itself. Two forms are read as publisher, title and year:

    Publisher, "Title", 2021. https://...
    Publisher: Title (2021)

Any other text is a title. CSL JSON follows the schema of the Citation Style Language 1.0.2
(https://docs.citationstyles.org/).
"""

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any

from innoqa.domain import Answer, Citation, Conversation

_YEAR = r"(?P<circa>c\.\s?)?(?P<year>\d{4})|n\.d\."
_QUOTED = re.compile(rf'(?P<publisher>[^"“]+?),\s+["“](?P<title>.+)["”],?\s+(?:{_YEAR})\.?')
_LISTED = re.compile(rf"(?P<publisher>[^:]+): (?P<title>.+) \((?:{_YEAR})\)")
_URL = re.compile(r"\s*<?(?P<url>https?://[^\s<>]+)>?\.?$")
_GRADE = re.compile(r"; confidence \w+$")
_KEY_WORDS = re.compile(r"[a-z0-9]+")
_BIBTEX = {"\\": r"\textbackslash{}", "~": r"\textasciitilde{}", "^": r"\textasciicircum{}"} | {
    sign: f"\\{sign}" for sign in "{}%&$#_"
}


@dataclass(frozen=True, slots=True)
class Source:
    """What is known of a source; "" and None where it is not. ``circa`` says about which year."""

    title: str
    publisher: str = ""
    year: int | None = None
    circa: bool = False
    url: str = ""
    note: str = ""

    @property
    def identity(self) -> tuple[str, str, int | None]:
        """What two entries of one source share."""
        return self.publisher.casefold(), self.title.casefold(), self.year


def parsed(reference: str) -> Source:
    """A reference as it is printed, read for its parts.

    >>> parsed('Nature Index, "The top cities", c. 2020. https://n.example/x').year
    2020
    """
    words = _GRADE.sub("", " ".join(reference.split()))
    at = _URL.search(words)
    url = at["url"] if at else ""
    words = words[: at.start()] if at else words
    found = _QUOTED.fullmatch(words) or _LISTED.fullmatch(words)
    if not found:
        return Source(words or url, url=url)
    year = int(found["year"]) if found["year"] else None
    return Source(found["title"], found["publisher"], year, bool(found["circa"]), url)


def sources(conversation: Conversation) -> dict[str, Source]:
    """Every source that a conversation cites, once, in order, under a key of its own."""
    found: dict[tuple[str, str, int | None], Source] = {}
    for turn in conversation.turns:
        for citation in turn.reply.citations if isinstance(turn.reply, Answer) else ():
            for source in _named(citation):
                known = found.get(source.identity, source)
                found[source.identity] = replace(known, url=known.url or source.url)
    return dict(_with_keys(found.values()))


def _named(citation: Citation) -> Iterator[Source]:
    stated = citation.observation.source if citation.observation else ""
    references = [*citation.references, *([stated] if stated else [])]
    if not references:
        passage = citation.passage
        yield Source(passage.title or passage.source, note=passage.source)
    yield from map(parsed, references)


def _with_keys(found: Iterable[Source]) -> Iterator[tuple[str, Source]]:
    keys: set[str] = set()
    for source in found:
        told = [w for w in _KEY_WORDS.findall(source.title.casefold()) if len(w) > 3]
        words = [*_KEY_WORDS.findall(source.publisher.casefold())[:2], *told[:2]]
        key = stem = "-".join([*words[:3], str(source.year or "")]).strip("-") or "source"
        number = 1
        while key in keys:
            number += 1
            key = f"{stem}-{number}"
        keys.add(key)
        yield key, source


def bibtex(found: dict[str, Source]) -> str:
    """The sources as BibTeX, in UTF-8. The publisher stands where ``@misc`` prints it, too."""
    return "\n".join(_entry(key, source) for key, source in found.items())


def _entry(key: str, source: Source) -> str:
    fields = {
        "title": f"{{{_escaped(source.title)}}}",  # braces keep its capitals
        "publisher": _escaped(source.publisher),
        "howpublished": _escaped(source.publisher),
        "year": str(source.year or ""),
        "url": re.sub(r"[{}\\]", lambda sign: f"%{ord(sign[0]):02X}", source.url),
        "note": "; ".join(
            filter(None, ["the year is approximate" if source.circa else "", _escaped(source.note)])
        ),
    }
    body = "".join(f"  {name} = {{{value}}},\n" for name, value in fields.items() if value)
    return f"@misc{{{key},\n{body}}}\n"


def _escaped(text: str) -> str:
    return "".join(_BIBTEX.get(sign, sign) for sign in text)


def csl(found: dict[str, Source]) -> str:
    """The sources as CSL JSON."""
    items = [_item(key, source) for key, source in found.items()]
    return json.dumps(items, ensure_ascii=False, indent=2) + "\n"


def _item(key: str, source: Source) -> dict[str, Any]:
    issued = {"date-parts": [[source.year]]} | ({"circa": True} if source.circa else {})
    item: dict[str, Any] = {
        "id": key,
        "type": "webpage" if source.url else "document",
        "title": source.title,
        "publisher": source.publisher,
        "issued": issued if source.year else None,
        "URL": source.url,
        "note": source.note,
    }
    return {name: value for name, value in item.items() if value}
