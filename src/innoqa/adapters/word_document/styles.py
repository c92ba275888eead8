"""What the styles of a document and its definitions of lists say of a paragraph."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property

from innoqa.office import Element, at, is_on, number, numeral, value

TITLE = 0
"""The level of the document's title; headings have 1 to 9."""
_HEADING = re.compile(r"heading ?([1-9])")
_LONGEST_CHAIN = 20  # styles that are based on one another
_BODY_TEXT = 9  # the outline level of what is no heading
_DEEPEST_LIST = 8
_MOST_COUNTED = 1_000_000


@dataclass
class Styles:
    """The styles of a document by their ids."""

    root: Element | None
    _chains: dict[str, list[Element]] = field(default_factory=dict)
    _found: dict[tuple[str, str], Element | None] = field(default_factory=dict)
    _levels: dict[str, int | None] = field(default_factory=dict)

    @cached_property
    def _styles(self) -> dict[str, Element]:
        return {s.get("w:styleId", ""): s for s in self._all()}

    @cached_property
    def _default(self) -> str:
        defaults = (s for s in self._all() if s.get("w:type") == "paragraph" and _is_default(s))
        return next((style.get("w:styleId", "") for style in defaults), "")

    def _all(self) -> list[Element]:
        return self.root.findall("w:style") if self.root is not None else []

    def of(self, properties: Element | None, kind: str = "w:pStyle") -> list[Element]:
        """The style that the properties of a paragraph or run name, then those it is based on."""
        return self._chain_of(self._id(properties, kind))

    def _id(self, properties: Element | None, kind: str) -> str:
        return value(properties, kind) or (self._default if kind == "w:pStyle" else "")

    def _chain_of(self, style_id: str) -> list[Element]:
        if style_id not in self._chains:
            self._chains[style_id] = self._chain(style_id)
        return self._chains[style_id]

    def _chain(self, style_id: str) -> list[Element]:
        chain: list[Element] = []
        while style_id in self._styles and len(chain) < _LONGEST_CHAIN:
            chain.append(self._styles[style_id])
            style_id = value(chain[-1], "w:basedOn")
        return chain

    def found(self, properties: Element | None, path: str, group: str = "w:pPr") -> Element | None:
        """A property of a paragraph, of its own or of its style; ``group`` "w:rPr": of its text."""
        own = at(properties, path) if group == "w:pPr" else None
        if own is not None:
            return own
        return self.in_style(properties, "w:pStyle", f"{group}/{path}")

    def in_style(self, properties: Element | None, kind: str, path: str) -> Element | None:
        """What stands at a path in the style that is named, or in one that it is based on."""
        key = self._id(properties, kind), path
        if key not in self._found:
            inside = (at(style, path) for style in self._chain_of(key[0]))
            self._found[key] = next((found for found in inside if found is not None), None)
        return self._found[key]

    def names(self, properties: Element | None) -> list[str]:
        """The names of a paragraph's style and of those it is based on, in small letters.

        Built-in styles have English names in every language of the program.
        """
        return [name_of(style) for style in self.of(properties)]

    def heading_level(self, properties: Element | None) -> int | None:
        """The level of the heading that a paragraph is, or TITLE; None for any other."""
        own = at(properties, "w:outlineLvl")
        if own is not None:
            return _outline_level(own)
        style_id = self._id(properties, "w:pStyle")
        if style_id not in self._levels:
            self._levels[style_id] = self._level(style_id)
        return self._levels[style_id]

    def _level(self, style_id: str) -> int | None:
        for style in self._chain_of(style_id):
            name = name_of(style)
            if found := _HEADING.fullmatch(name):
                return int(found[1])
            if name == "title":
                return TITLE
            level = at(style, "w:pPr/w:outlineLvl")
            if level is not None:
                return _outline_level(level)
        return None

    def default(self, path: str) -> Element | None:
        """A property of all text of the document."""
        return at(self.root, f"w:docDefaults/w:rPrDefault/{path}")


def name_of(style: Element) -> str:
    """The name of a style in small letters, or its id where it has none."""
    return value(style, "w:name", style.get("w:styleId", "")).lower()


def _is_default(style: Element) -> bool:
    return style.get("w:default") in ("1", "true", "on")


def _outline_level(element: Element) -> int | None:
    level = number(element.get("w:val"), _BODY_TEXT)
    return level + 1 if level < _BODY_TEXT else None


@dataclass(frozen=True, slots=True)
class Place:
    """The place of a paragraph in a list."""

    depth: int
    number: int | None
    """None where the list has bullets."""
    label: str
    """The number as it is printed before the words: "2.1", "(b)", "Article 5"."""


@dataclass
class Numbering:
    """The lists of a document, each with how far it was counted."""

    root: Element | None
    _known: dict[str, dict[int, Element]] = field(default_factory=dict)
    _counted: dict[str, dict[int, int]] = field(default_factory=dict)
    _started: set[tuple[str, int]] = field(default_factory=set)

    @cached_property
    def _lists(self) -> dict[str, Element]:
        return self._by_id("w:num", "w:numId")

    @cached_property
    def _abstract(self) -> dict[str, Element]:
        return self._by_id("w:abstractNum", "w:abstractNumId")

    def _by_id(self, tag: str, name: str) -> dict[str, Element]:
        found = self.root.findall(tag) if self.root is not None else ()
        return {element.get(name, ""): element for element in found}

    def next(self, list_id: str, depth: int) -> Place | None:
        """The place of the next paragraph of a list; None where there is no such list."""
        depth = min(depth, _DEEPEST_LIST)
        if list_id not in self._lists:
            return None
        abstract = self._abstract_of(list_id)
        if list_id not in self._known:
            self._known[list_id] = dict(self._levels(list_id, abstract))
        levels = self._known[list_id]
        form = value(levels.get(depth), "w:numFmt", "decimal")
        text = value(levels.get(depth), "w:lvlText", "")
        if form in ("bullet", "none") or depth not in levels:
            return Place(depth, None, "")
        counted = self._counted.setdefault(abstract, {})
        restart = self._restart(list_id, depth)
        start = number(value(levels[depth], "w:start", "1"), 1, _MOST_COUNTED)
        counted[depth] = counted.get(depth, start - 1) + 1 if restart is None else restart
        for deeper in [level for level in counted if level > depth]:
            del counted[deeper]

        def counted_at(found: re.Match[str]) -> str:
            level = int(found[1]) - 1
            return numeral(counted.get(level, 1), value(levels.get(level), "w:numFmt", "decimal"))

        return Place(depth, counted[depth], re.sub("%([1-9])", counted_at, text[:100]))

    def _abstract_of(self, list_id: str) -> str:
        return value(self._lists[list_id], "w:abstractNumId")

    def _levels(self, list_id: str, abstract: str) -> Iterator[tuple[int, Element]]:
        whole = self._abstract.get(abstract)
        for level in whole.findall("w:lvl") if whole is not None else ():
            yield number(level.get("w:ilvl")), level
        for override in self._lists[list_id].findall("w:lvlOverride"):
            for level in override.findall("w:lvl"):
                yield number(level.get("w:ilvl")), level

    def _restart(self, list_id: str, depth: int) -> int | None:
        """Where a list starts anew though it goes on from another; None where it does not."""
        if (list_id, depth) in self._started:
            return None
        self._started.add((list_id, depth))
        for override in self._lists[list_id].findall("w:lvlOverride"):
            start = override.find("w:startOverride")
            if start is not None and number(override.get("w:ilvl")) == depth:
                return number(start.get("w:val"), 1, _MOST_COUNTED)
        return None


def is_hidden(styles: Styles, properties: Element | None) -> bool:
    """Whether the properties of a run hide its words."""
    if properties is None:
        return False
    own = properties.find("w:vanish")
    if own is not None:
        return is_on(own)
    if properties.find("w:rStyle") is None:
        return False
    return is_on(styles.in_style(properties, "w:rStyle", "w:rPr/w:vanish"))
