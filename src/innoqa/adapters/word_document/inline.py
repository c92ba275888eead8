"""The words of a paragraph: runs, fields, notes' marks, equations, and where pages start.

ECMA-376, part 1, section 17.3.3 and what may stand around runs.
"""

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from innoqa.adapters.word_document.styles import Styles, is_hidden
from innoqa.office import Element, chosen, is_on, linear, number, raised, shown_in, symbol

RENDERED = "\x00"
"""Where a page started when the document was last laid out. XML has no such character."""
FORCED = "\x01"
"""Where the author put the start of a page."""
_NO_MARK = re.compile(f"[^{RENDERED}{FORCED}]+")
_LEFT_OUT = frozenset(("w:del", "w:moveFrom", "w:pPr", "w:rPr", "w:rt", "w:sdtPr", "w:proofErr"))
_GRAPHICS = frozenset(("w:drawing", "w:pict", "w:object"))
_BESIDE = frozenset(("w:txbxContent", "c:chart", "cx:chart", "dgm:relIds"))
_BEFORE = 4  # pieces of text that are looked at to read what is set above the line
_LONGEST_CODE = 200
_DEEPEST = 50  # fields in one another


@dataclass(slots=True)
class _Field:
    """A field that is open: whether its result was reached, and its code so far."""

    code: str = ""
    in_result: bool = False
    is_silent: bool = True

    def separate(self) -> None:
        """Its result begins, which is left out where it is a table of contents."""
        self.in_result = True
        self.is_silent = self.code.split()[:1] == ["TOC"]


@dataclass
class Inline:
    """Reads paragraphs in the order of the document, since fields reach over several."""

    styles: Styles
    labels: dict[tuple[str, str], str] = field(default_factory=dict)
    """The label of each note by its kind ("w:footnoteReference") and id, as they come."""
    beside: list[Element] = field(default_factory=list)
    """What stands beside the words of the last paragraph: text boxes, charts, diagrams."""
    pictures: int = 0
    _counted: Counter[str] = field(default_factory=Counter)
    _fields: list[_Field] = field(default_factory=list)
    _said: list[str] = field(default_factory=list)

    def words(self, paragraph: Element) -> str:
        """The words of a paragraph, with RENDERED and FORCED where pages start."""
        self._said, self.beside = [], []
        properties = paragraph.find("w:pPr")
        hidden = is_on(self.styles.found(properties, "w:vanish", "w:rPr"))
        self._walk(paragraph)
        self._fields = [opened for opened in self._fields if opened.in_result]
        words = "".join(self._said)
        return _NO_MARK.sub("", words) if hidden else words

    def close_contents(self) -> None:
        """A table of contents that was never closed ends here."""
        self._fields = [opened for opened in self._fields if not opened.is_silent]

    def _walk(self, element: Element) -> None:
        for child in _content(element):
            tag = child.tag
            if tag == "w:r":
                self._run(child)
            elif tag in ("m:oMath", "m:oMathPara"):
                self._say(f" {linear(child)} ")
            elif tag == "w:fldSimple":
                self._simple_field(child)
            elif tag not in _LEFT_OUT:
                self._walk(child)

    def _simple_field(self, element: Element) -> None:
        self._fields.append(_Field(element.get("w:instr", "")[:_LONGEST_CODE].upper()))
        self._fields[-1].separate()
        self._walk(element)
        self._fields.pop()

    def _run(self, run: Element) -> None:
        properties = run.find("w:rPr")
        before, self._said = self._said, []
        self._pieces(run, properties)
        words = "".join(self._said)
        self._said = before
        if properties is not None and words:
            words = _NO_MARK.sub("", words) if is_hidden(self.styles, properties) else words
            align = properties.find("w:vertAlign")
            if align is not None and align.get("w:val") == "superscript" and "[^" not in words:
                words = raised("".join(before[-_BEFORE:]), words)
        self._said.append(words)

    def _pieces(self, run: Element, properties: Element | None) -> None:
        for child in _content(run):
            if child.tag == "mc:AlternateContent":
                self._pieces(child, properties)
            elif child.tag == "w:ruby":
                self._walk(child)
            else:
                self._piece(child, properties)

    def _piece(self, child: Element, properties: Element | None) -> None:
        tag = child.tag
        if tag == "w:t":
            self._say(shown_in(_font(properties), child.text or ""))
        elif tag in _BREAKS:
            self._break(child)
        elif tag in ("w:fldChar", "w:instrText"):
            self._field(child)
        elif tag in ("w:footnoteReference", "w:endnoteReference"):
            self._note(child)
        elif tag in _GRAPHICS:
            self._graphics(child)
        elif tag == "w:sym":
            self._say(symbol(child.get("w:font", ""), _code(child.get("w:char", ""))))

    def _break(self, child: Element) -> None:
        if child.tag == "w:lastRenderedPageBreak":
            self._said.append(RENDERED)
        elif child.tag == "w:br" and child.get("w:type") == "page":
            self._said.append(FORCED)
        else:
            self._say(_BREAKS[child.tag])

    def _field(self, child: Element) -> None:
        if child.tag == "w:instrText":
            if self._fields and not self._fields[-1].in_result:
                code = self._fields[-1].code + (child.text or "")
                self._fields[-1].code = code[:_LONGEST_CODE].upper()
            return
        match child.get("w:fldCharType"):
            case "begin" if len(self._fields) < _DEEPEST:
                self._fields.append(_Field())
            case "separate" if self._fields:
                self._fields[-1].separate()
            case "end" if self._fields:
                self._fields.pop()

    def _note(self, child: Element) -> None:
        if any(opened.is_silent for opened in self._fields):
            return
        key = (child.tag, child.get("w:id", ""))
        if key not in self.labels:
            self._counted[child.tag] += 1
            kind = "" if child.tag == "w:footnoteReference" else "e"
            self.labels[key] = f"{kind}{self._counted[child.tag]}"
        self._said.append(f"[^{self.labels[key]}]")

    def _graphics(self, element: Element) -> None:
        for child in _content(element):
            if child.tag in _BESIDE:
                self.beside.append(child)
            else:
                self.pictures += child.tag == "pic:pic" or child.tag.endswith("}imagedata")
                self._graphics(child)

    def _say(self, words: str) -> None:
        if words and not any(opened.is_silent for opened in self._fields):
            self._said.append(words)


_BREAKS = {
    "w:br": "\n",
    "w:cr": "\n",
    "w:tab": "\t",
    "w:ptab": "\t",
    "w:noBreakHyphen": "-",
    "w:softHyphen": "",
    "w:lastRenderedPageBreak": "",
}


def _font(properties: Element | None) -> str:
    fonts = properties.find("w:rFonts") if properties is not None else None
    return fonts.get("w:ascii", "") if fonts is not None else ""


def _code(words: str) -> int:
    return int(words, 16) if re.fullmatch("[0-9A-Fa-f]{1,5}", words) else number(words, 0, 0)


def _content(element: Element) -> Iterable[Element]:
    """The children of an element; of content that is there in two forms, those of one."""
    return chosen(element) if element.tag == "mc:AlternateContent" else element
