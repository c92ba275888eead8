"""What pdfium sees: the words of a page with their places, its ruling lines, and metadata.

Places are in points from the upper left corner of the page as it is read: turned so that most of
its text is upright.
"""

import ctypes
import math
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, cached_property
from typing import Any

from innoqa.adapters.pdf.drawing import Box, Rule, View, drawn
from innoqa.errors import DocumentError

UNREADABLE = "\ufffd"
MOST_SIGNS = 200_000  # of one page; a full page of small print has 10,000
_SHARE_UNREADABLE = 0.3  # of the signs of a page; more of them and its fonts are broken
_TILTED = 0.1  # radians away from a quarter turn: a watermark
_RAISED, _LOWERED = 0.2, 0.08  # how far a mark stands off the line, in sizes of the line
_BOLD = re.compile(r"bold|black|heavy|demi|[-,]bd\b|medi\b", re.IGNORECASE)
_BULLETS = dict.fromkeys(map(ord, "\uf0b7\uf0a7\uf0d8\uf0fc\uf076\uf06c\uf06e\uf0a8"), "•")
_LIGATURES = dict(zip(range(0xFB00, 0xFB07), "ff fi fl ffi ffl st st".split(), strict=True))
_PLAIN = _BULLETS | _LIGATURES | dict.fromkeys([0x200B, 0x200C, 0x200D, 0x2060, 0xFEFF])
_PASSWORD_ERROR = 4


@dataclass(slots=True)
class Word:
    """Signs without a space between them, of one style. ``base`` is where its line stands.

    ``glued``: no space stands before it; ``raised``: it is set small above the line.
    """

    text: str
    x0: float
    x1: float
    top: float
    bottom: float
    base: float
    size: float
    bold: bool
    glued: bool = False
    raised: bool = False


@dataclass(slots=True)
class Page:
    """One page: size in points, words in the order of the file, lines across and down.

    ``image``: images cover half of it; ``broken``: its fonts do not say which letters they show;
    ``capped``: it has more signs than were read; ``unreadable``: how many in its words cannot be.
    """

    width: float
    height: float
    words: list[Word]
    across: list[Rule]
    down: list[Rule]
    image: bool = False
    broken: bool = False
    capped: bool = False
    unreadable: int = 0


class Source:
    """An open PDF file. Close it."""

    def __init__(self, raw: bytes) -> None:
        import pypdfium2

        try:
            self._file = pypdfium2.PdfDocument(raw)
        except pypdfium2.PdfiumError as error:
            if getattr(error, "err_code", None) == _PASSWORD_ERROR:
                raise DocumentError("is encrypted; save it without a password") from None
            raise DocumentError("is damaged, or no PDF; export or download it again") from None

    def close(self) -> None:
        """Give the memory of the file back."""
        self._file.close()

    def __len__(self) -> int:
        return len(self._file)

    def page(self, number: int) -> Page | None:
        """The page at a number from 0; None where it is damaged."""
        import pypdfium2

        try:
            page = self._file[number]
        except pypdfium2.PdfiumError:
            return None
        try:
            signs = page.get_textpage()
        except pypdfium2.PdfiumError:
            page.close()
            return None
        try:
            return _read(page, signs)
        finally:
            signs.close()
            page.close()

    def metadata(self) -> dict[str, str]:
        """What the file says of itself: the entries of its information dictionary, and Lang."""
        import pypdfium2.raw as pdfium

        said: dict[str, str] = self._file.get_metadata_dict(skip_empty=True)
        room = (ctypes.c_ushort * 100)()
        if 2 < pdfium.FPDFCatalog_GetLanguage(self._file, room, len(room)) <= 2 * len(room):
            said["Lang"] = bytes(room).decode("utf-16-le", "ignore").partition("\0")[0]
        return said


@dataclass(slots=True)
class _Style:
    """What the signs of one text object have in common; ``turn`` counts quarter turns."""

    size: float
    bold: bool
    turn: int | None
    base: float


_Sign = tuple[str, Box, _Style, bool]
"""A sign, its (left, top, right, bottom) on the page, its style, whether a space is before it."""


def _read(page: Any, signs: Any) -> Page:
    count = signs.count_chars()
    turn = _turn(signs.raw, min(count, MOST_SIGNS))
    view = View(page.get_bbox(), turn)
    reader = _Reader(signs.raw, view)
    words = list(_words(reader.signs(min(count, MOST_SIGNS))))
    across, down, dots, image = drawn(page, view)
    unreadable = sum(word.text.count(UNREADABLE) for word in words)
    broken = reader.unreadable > _SHARE_UNREADABLE * reader.count
    words = [] if broken else [w for word in words if (w := _known(word))]
    _put_bullets(words, dots)
    return Page(
        view.width, view.height, words, across, down,
        image=image, broken=broken, capped=count > MOST_SIGNS,
        unreadable=sum(word.text.count(UNREADABLE) for word in words) if unreadable else 0,
    )  # fmt: skip


def _known(word: Word) -> Word | None:
    """The word, if any sign of it can be read; signs for ornament often cannot."""
    return word if word.text.strip(UNREADABLE) else None


def _turn(signs: Any, count: int) -> int:
    """How most of the signs are turned; each tenth is asked."""
    import pypdfium2.raw as pdfium

    angles = (pdfium.FPDFText_GetCharAngle(signs, at) for at in range(0, count, 10))
    turns = Counter(turn for a in angles if (turn := _quarter(a)) is not None)
    return turns.most_common(1)[0][0] if turns else 0


def _quarter(angle: float) -> int | None:
    """How often text at an angle, clockwise, is turned by a quarter; None of one between them."""
    quarter = round(angle / (math.pi / 2)) if math.isfinite(angle) and angle >= 0 else 0
    return -quarter % 4 if abs(angle - quarter * math.pi / 2) < _TILTED else None


class _Reader:
    """The signs of a page one by one, and how many of them say which letter they are."""

    def __init__(self, signs: Any, view: View) -> None:
        self._signs = signs
        self._view = view
        self._styles: dict[bytes, _Style | None] = {}
        self.count = 0
        self.unreadable = 0

    def signs(self, count: int) -> Iterator[_Sign]:
        """The signs that stand as most of the page does, inside of it."""
        import pypdfium2.raw as pdfium

        code_of, fault = pdfium.FPDFText_GetUnicode, pdfium.FPDFText_HasUnicodeMapError
        signs, turn, spaced = self._signs, self._view.turn, True
        for at in range(count):
            text = _plain(code_of(signs, at))
            if text == " ":
                spaced = True
                continue
            self.count += 1
            if text == UNREADABLE or fault(signs, at) == 1:
                self.unreadable += 1
                text = UNREADABLE
            style = self._style(at) if text else None
            if style and style.turn == turn and (box := self._box(at)):
                yield text, box, style, spaced
                spaced = False

    def _box(self, at: int) -> Box | None:
        """Where a sign stands; None outside of the page."""
        import pypdfium2.raw as pdfium

        room, view = self._room, self._view
        pdfium.FPDFText_GetLooseCharBox(self._signs, at, room)
        box = view.box(room.left, room.bottom, room.right, room.top)
        x, y = (box[0] + box[2]) / 2, (box[1] + box[3]) / 2
        return box if 0 <= x <= view.width and 0 <= y <= view.height else None

    @cached_property
    def _room(self) -> Any:
        import pypdfium2.raw as pdfium

        return pdfium.FS_RECTF()

    def _style(self, at: int) -> _Style | None:
        """The style of a sign, looked up once for each text object."""
        import pypdfium2.raw as pdfium

        drawn = pdfium.FPDFText_GetTextObject(self._signs, at)
        address = bytes(drawn) if drawn else b""
        try:
            return self._styles[address]
        except KeyError:
            style = self._styles[address] = self._look(at) if address else None
            return style

    def _look(self, at: int) -> _Style | None:
        import pypdfium2.raw as pdfium

        matrix, x, y = pdfium.FS_MATRIX(), ctypes.c_double(), ctypes.c_double()
        name, flags = ctypes.create_string_buffer(128), ctypes.c_int()
        pdfium.FPDFText_GetMatrix(self._signs, at, matrix)
        pdfium.FPDFText_GetCharOrigin(self._signs, at, x, y)
        pdfium.FPDFText_GetFontInfo(self._signs, at, name, 128, flags)
        size = pdfium.FPDFText_GetFontSize(self._signs, at) * math.hypot(matrix.c, matrix.d)
        base = self._view.place(x.value, y.value)[1]
        if not (math.isfinite(size) and 0 < size < 5000 and math.isfinite(base)):
            return None
        bold = _BOLD.search(name.value.decode("utf-8", "ignore")) is not None
        turn = _quarter(pdfium.FPDFText_GetCharAngle(self._signs, at))
        return _Style(size, bold or bool(flags.value & 1 << 18), turn, base)


@cache
def _plain(code: int) -> str:
    """A sign as it is written in plain text; UNREADABLE where the file does not say what it is."""
    if code in (9, 10, 13, 32, 0xA0, 0x3000) or 0x2000 <= code <= 0x200A:
        return " "
    if code in (2, 0xAD):
        return "\xad"
    if code < 32 or 0x7F <= code < 0xA0 or 0xD800 <= code < 0xE000 or code > 0x10FFFF:
        return UNREADABLE
    text = chr(code).translate(_PLAIN)
    private = 0xE000 <= code < 0xF900 or code >= 0xF0000
    unknown = code in (0xFFFD, 0xFFFE, 0xFFFF) or (private and text == chr(code))
    return UNREADABLE if unknown else text


def _words(signs: Iterator[_Sign]) -> Iterator[Word]:
    word: Word | None = None
    line: Word | None = None  # the last word that stood on its line
    last: _Sign | None = None
    for sign in signs:
        text, (x0, top, x1, bottom), style, spaced = sign
        if word and last and _goes_on(word, last, sign):
            word.text += text
            word.x0, word.x1 = min(word.x0, x0), max(word.x1, x1)
            word.top, word.bottom = min(word.top, top), max(word.bottom, bottom)
            last = sign
            continue
        new = Word(text, x0, x1, top, bottom, style.base, style.size, style.bold)
        if word:
            _settle(word, new, before=True)
            line = line if word.raised else word
        _settle(new, line)
        if word:
            yield word
            close = abs(x0 - word.x1) < 0.15 * max(style.size, word.size)
            new.glued = close and (not spaced or new.raised or word.raised)
        word, last = new, sign
    if word:
        yield word


def _goes_on(word: Word, last: _Sign, sign: _Sign) -> bool:
    """Whether a sign belongs to the word before it, which ends with the last sign."""
    _, box, style, spaced = sign
    if box == last[1]:
        return True  # the letters of a ligature
    if spaced or not -0.5 * style.size < box[0] - word.x1 < 0.3 * style.size:
        return False
    if style is last[2]:
        return True
    same = word.bold == style.bold and abs(word.size - style.size) < 0.08 * word.size
    return same and abs(style.base - last[2].base) < 0.15 * style.size


def _put_bullets(words: list[Word], dots: list[Box]) -> None:
    """Put a bullet before each word that a drawn dot stands before."""
    for x0, top, x1, bottom in dots:
        y = (top + bottom) / 2
        row = [w for w in words if w.top < y < w.bottom and w.x0 > x0 - 3 * w.size]
        word = min(row, key=lambda w: w.x0, default=None)
        if word and 0 < word.x0 - x1 < 2.5 * word.size and bottom - top < word.size:
            place = (x0, x1, word.top, word.bottom, word.base)
            words.append(Word("•", *place, word.size, word.bold))


def _settle(word: Word, line: Word | None, before: bool = False) -> None:
    """A small word above (or below) the line that it follows, or comes before, is put on it."""
    if not line or word.raised or word.size > 0.85 * line.size:
        return
    gap = line.x0 - word.x1 if before else word.x0 - line.x1
    if not -0.5 < gap / line.size < 1.5:
        return
    above = (line.base - word.base) / line.size
    if _RAISED < above < 0.8:
        word.raised, word.base = True, line.base
    elif -0.4 < above < -_LOWERED and not before:
        word.base = line.base
