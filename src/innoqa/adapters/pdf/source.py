"""What pdfium sees: the words of a page with their places, its ruling lines, and metadata.

Places are in points from the upper left corner of the page as it is read: turned so that most of
its text is upright.
"""

import ctypes
import itertools
import math
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from innoqa.errors import DocumentError

MOST_SIGNS = 200_000  # of one page; a full page of small print has 10,000
_MOST_OBJECTS = 20_000  # drawn on one page; a map or a drawing may have more
_MOST_POINTS = 300  # of one path
_DEEPEST = 5  # drawings inside drawings
_SHARE_UNREADABLE = 0.3  # of the signs of a page; more of them and its fonts are broken
_TILTED = 0.1  # radians away from a quarter turn: a watermark
_RAISED, _LOWERED = 0.2, 0.08  # how far a mark stands off the line, in sizes of the line
_THIN = 3.0  # points: a filled box as thin as this is a line
_SHORTEST = 6.0  # points of a ruling line
_BOLD = re.compile(r"bold|black|heavy|demi|[-,]bd\b|medi\b", re.IGNORECASE)
_BULLETS = dict.fromkeys(map(ord, "\uf0b7\uf0a7\uf0d8\uf0fc\uf076\uf06c\uf06e\uf0a8"), "•")
_LIGATURES = dict(zip(range(0xFB00, 0xFB07), "ff fi fl ffi ffl st st".split(), strict=True))
_PLAIN = _BULLETS | _LIGATURES | dict.fromkeys([0x200B, 0x200C, 0x200D, 0x2060, 0xFEFF])
_SOFT_HYPHENS = "\x02\xad"
_PASSWORD_ERROR, _TEXT, _PATH, _IMAGE, _FORM = 4, 1, 2, 3, 5


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


@dataclass(frozen=True, slots=True)
class Rule:
    """A ruling line: at ``at``, from ``start`` to ``end`` along the other direction."""

    at: float
    start: float
    end: float


@dataclass(slots=True)
class Page:
    """One page: size in points, words in the order of the file, lines across and down."""

    width: float
    height: float
    words: list[Word]
    across: list[Rule]
    down: list[Rule]
    image: bool = False
    broken: bool = False
    capped: bool = False


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


@dataclass(frozen=True, slots=True)
class _Style:
    """What the signs of one text object have in common; ``turn`` counts quarter turns."""

    size: float
    bold: bool
    turn: int | None
    x: float
    y: float


@dataclass(frozen=True, slots=True)
class _Sign:
    text: str
    box: tuple[float, float, float, float]
    style: _Style
    spaced: bool


def _read(page: Any, signs: Any) -> Page:
    corners = page.get_bbox()
    readable, unreadable, capped = _signs(signs)
    turn = _turn(readable)
    view = _View(corners, turn)
    across, down, image = _drawn(page, view)
    inside = [s for s in readable if s.style.turn == turn and view.shows(s.box)]
    broken = unreadable > _SHARE_UNREADABLE * (unreadable + len(readable))
    words = [] if broken else list(_words(inside, view))
    return Page(view.width, view.height, words, across, down, image, broken, capped)


@dataclass(frozen=True, slots=True)
class _View:
    """A page turned so that its text is upright."""

    corners: tuple[float, float, float, float]
    turn: int

    @property
    def width(self) -> float:
        left, bottom, right, top = self.corners
        return top - bottom if self.turn % 2 else right - left

    @property
    def height(self) -> float:
        left, bottom, right, top = self.corners
        return right - left if self.turn % 2 else top - bottom

    def place(self, x: float, y: float) -> tuple[float, float]:
        """Where a point of the file is on the page as it is read."""
        left, bottom, right, top = self.corners
        turned = (x - left, top - y), (y - bottom, x - left), (right - x, y - bottom)
        return (*turned, (top - y, right - x))[self.turn]

    def box(self, box: tuple[float, float, float, float]) -> tuple[float, float, float, float]:
        """(left, top, right, bottom) of a box of the file (left, bottom, right, top)."""
        (x0, y0), (x1, y1) = self.place(box[0], box[1]), self.place(box[2], box[3])
        return min(x0, x1), min(y0, y1), max(x0, x1), max(y0, y1)

    def shows(self, box: tuple[float, float, float, float]) -> bool:
        left, bottom, right, top = self.corners
        x, y = (box[0] + box[2]) / 2, (box[1] + box[3]) / 2
        return left <= x <= right and bottom <= y <= top


def _turn(signs: list[_Sign]) -> int:
    """How most of the signs are turned."""
    turns = Counter(sign.style.turn for sign in signs if sign.style.turn is not None)
    return turns.most_common(1)[0][0] if turns else 0


def _signs(signs: Any) -> tuple[list[_Sign], int, bool]:
    """(the signs that can be read, how many cannot, whether there are more than are read)."""
    import pypdfium2.raw as pdfium

    count = signs.count_chars()
    box, styles = pdfium.FS_RECTF(), _Styles(signs)
    found: list[_Sign] = []
    unreadable, spaced = 0, True
    for at in range(min(count, MOST_SIGNS)):
        text = _plain(pdfium.FPDFText_GetUnicode(signs, at))
        if text is None or pdfium.FPDFText_HasUnicodeMapError(signs, at) == 1:
            unreadable += 1
        elif text.isspace():
            spaced = True
        elif text and (style := styles.of(at)):
            pdfium.FPDFText_GetLooseCharBox(signs, at, box)
            place = box.left, box.bottom, box.right, box.top
            if all(map(math.isfinite, place)):
                found.append(_Sign(text, place, style, spaced))
                spaced = False
    return found, unreadable, count > MOST_SIGNS


def _plain(code: int) -> str | None:
    """A sign as it is written in plain text; None where the file does not say what it is."""
    if code in (9, 10, 13, 32, 0xA0):
        return " "
    if code in (2, 0xAD):
        return "\xad"
    if code < 32 or 0x7F <= code < 0xA0 or 0xD800 <= code < 0xE000 or code > 0x10FFFF:
        return None
    text = chr(code).translate(_PLAIN)
    private = 0xE000 <= code < 0xF900 or code >= 0xF0000
    return None if code in (0xFFFD, 0xFFFE, 0xFFFF) or (private and text == chr(code)) else text


class _Styles:
    """The styles of a page's signs, looked up once for each text object."""

    def __init__(self, signs: Any) -> None:
        self._signs = signs
        self._known: dict[int, _Style | None] = {}
        self._last: _Style | None = None

    def of(self, at: int) -> _Style | None:
        import pypdfium2.raw as pdfium

        drawn = pdfium.FPDFText_GetTextObject(self._signs, at)
        address = ctypes.cast(drawn, ctypes.c_void_p).value if drawn else None
        if address is None:
            return self._last  # a sign that pdfium put in
        if address not in self._known:
            self._known[address] = self._look(at)
        self._last = self._known[address]
        return self._last

    def _look(self, at: int) -> _Style | None:
        import pypdfium2.raw as pdfium

        matrix, x, y = pdfium.FS_MATRIX(), ctypes.c_double(), ctypes.c_double()
        name, flags = ctypes.create_string_buffer(128), ctypes.c_int()
        pdfium.FPDFText_GetMatrix(self._signs, at, matrix)
        pdfium.FPDFText_GetCharOrigin(self._signs, at, x, y)
        pdfium.FPDFText_GetFontInfo(self._signs, at, name, 128, flags)
        size = pdfium.FPDFText_GetFontSize(self._signs, at) * math.hypot(matrix.c, matrix.d)
        if not (math.isfinite(size) and 0 < size < 5000):
            return None
        angle = math.atan2(matrix.b, matrix.a)
        quarter = round(angle / (math.pi / 2))
        turn = quarter % 4 if abs(angle - quarter * math.pi / 2) < _TILTED else None
        bold = _BOLD.search(name.value.decode("utf-8", "ignore")) is not None
        return _Style(size, bold or bool(flags.value & 1 << 18), turn, x.value, y.value)


def _words(signs: list[_Sign], view: _View) -> Iterator[Word]:
    word: Word | None = None
    line: Word | None = None  # the last word that stood on its line
    for sign in signs:
        new = _word(sign, view)
        if word and _goes_on(word, new, sign.spaced):
            word.text += new.text
            word.x0, word.x1 = min(word.x0, new.x0), max(word.x1, new.x1)
            word.top, word.bottom = min(word.top, new.top), max(word.bottom, new.bottom)
            continue
        if word:
            yield word
        line = word if word and not word.raised else line
        new.glued = not sign.spaced and word is not None and abs(new.x0 - word.x1) < new.size / 4
        _settle(new, line)
        word = new
    if word:
        yield word


def _word(sign: _Sign, view: _View) -> Word:
    x0, top, x1, bottom = view.box(sign.box)
    style = sign.style
    base = view.place(style.x, style.y)[1]
    return Word(sign.text, x0, x1, top, bottom, base, style.size, style.bold)


def _goes_on(word: Word, new: Word, spaced: bool) -> bool:
    """Whether a sign belongs to the word before it."""
    if spaced or word.bold != new.bold or abs(word.size - new.size) > 0.08 * word.size:
        return False
    gap = new.x0 - word.x1
    base = word.base if not word.raised else new.base
    return abs(new.base - base) < 0.15 * new.size and -0.5 * new.size < gap < 0.3 * new.size


def _settle(word: Word, line: Word | None) -> None:
    """A small word above (or below) the line that it follows is put on that line."""
    if not line or word.size > 0.85 * line.size or not -0.5 < (word.x0 - line.x1) / line.size < 1.5:
        return
    above = (line.base - word.base) / line.size
    if _RAISED < above < 0.8:
        word.raised, word.base = True, line.base
    elif -0.4 < above < -_LOWERED:
        word.base = line.base


def _drawn(page: Any, view: _View) -> tuple[list[Rule], list[Rule], bool]:
    """(lines across, lines down, whether images cover half of the page)."""
    across: list[Rule] = []
    down: list[Rule] = []
    covered = 0.0
    for kind, drawn, matrix in itertools.islice(_objects(page), _MOST_OBJECTS):
        if kind == _IMAGE:
            covered += _area(drawn, matrix, view)
            continue
        for x0, y0, x1, y1 in _edges(drawn, matrix):
            left, top, right, bottom = view.box((x0, y0, x1, y1))
            if bottom - top <= _THIN and right - left >= _SHORTEST:
                across.append(Rule((top + bottom) / 2, left, right))
            elif right - left <= _THIN and bottom - top >= _SHORTEST:
                down.append(Rule((left + right) / 2, top, bottom))
    return across, down, covered > 0.5 * view.width * view.height


_Matrix = tuple[float, float, float, float, float, float]
_SAME: _Matrix = (1.0, 0.0, 0.0, 1.0, 0.0, 0.0)


def _objects(page: Any) -> Iterator[tuple[int, Any, _Matrix]]:
    """The paths and images of a page, with what turns their places into those of the page."""
    import pypdfium2.raw as pdfium

    for at in range(pdfium.FPDFPage_CountObjects(page)):
        yield from _inside(pdfium.FPDFPage_GetObject(page, at), _SAME, 0)


def _inside(drawn: Any, matrix: _Matrix, depth: int) -> Iterator[tuple[int, Any, _Matrix]]:
    import pypdfium2.raw as pdfium

    kind = pdfium.FPDFPageObj_GetType(drawn)
    if kind in (_PATH, _IMAGE):
        yield kind, drawn, matrix
    elif kind == _FORM and depth < _DEEPEST:
        inner = _times(_matrix(drawn), matrix)
        for at in range(pdfium.FPDFFormObj_CountObjects(drawn)):
            yield from _inside(pdfium.FPDFFormObj_GetObject(drawn, at), inner, depth + 1)


def _matrix(drawn: Any) -> _Matrix:
    import pypdfium2.raw as pdfium

    m = pdfium.FS_MATRIX()
    if not pdfium.FPDFPageObj_GetMatrix(drawn, m):
        return _SAME
    return m.a, m.b, m.c, m.d, m.e, m.f


def _times(first: _Matrix, then: _Matrix) -> _Matrix:
    a, b, c, d, e, f = first
    return (
        *(a * then[0] + b * then[2], a * then[1] + b * then[3]),
        *(c * then[0] + d * then[2], c * then[1] + d * then[3]),
        *_at(e, f, then),
    )


def _at(x: float, y: float, matrix: _Matrix) -> tuple[float, float]:
    a, b, c, d, e, f = matrix
    return a * x + c * y + e, b * x + d * y + f


def _area(drawn: Any, matrix: _Matrix, view: _View) -> float:
    import pypdfium2.raw as pdfium

    sides = [ctypes.c_float() for _ in range(4)]
    if not pdfium.FPDFPageObj_GetBounds(drawn, *sides):
        return 0.0
    x0, y0, x1, y1 = (side.value for side in sides)
    left, top, right, bottom = view.box((*_at(x0, y0, matrix), *_at(x1, y1, matrix)))
    wide = min(right, view.width) - max(left, 0)
    high = min(bottom, view.height) - max(top, 0)
    return max(wide, 0) * max(high, 0)


def _edges(drawn: Any, matrix: _Matrix) -> Iterator[tuple[float, float, float, float]]:
    """The straight pieces of a path along the page's sides; a thin box is one of them."""
    import pypdfium2.raw as pdfium

    count = pdfium.FPDFPath_CountSegments(drawn)
    if not 2 <= count <= _MOST_POINTS:
        return
    own = _times(_matrix(drawn), matrix)
    pieces = [list(points) for points in _pieces(drawn, count, own)]
    if any(not math.isfinite(v) for points in pieces for point in points for v in point):
        return
    for points in pieces:
        xs, ys = [x for x, _ in points], [y for _, y in points]
        if max(xs) - min(xs) <= _THIN or max(ys) - min(ys) <= _THIN:
            yield min(xs), min(ys), max(xs), max(ys)
            continue
        for (x0, y0), (x1, y1) in itertools.pairwise(points):
            yield x0, y0, x1, y1


def _pieces(drawn: Any, count: int, matrix: _Matrix) -> Iterator[list[tuple[float, float]]]:
    """The points of each part of a path; a part with a curve is left out."""
    import pypdfium2.raw as pdfium

    x, y = ctypes.c_float(), ctypes.c_float()
    points: list[tuple[float, float]] = []
    curved = False
    for at in range(count):
        segment = pdfium.FPDFPath_GetPathSegment(drawn, at)
        kind = pdfium.FPDFPathSegment_GetType(segment)
        if kind == pdfium.FPDF_SEGMENT_MOVETO:
            if points and not curved:
                yield points
            points, curved = [], False
        curved = curved or kind == pdfium.FPDF_SEGMENT_BEZIERTO
        pdfium.FPDFPathSegment_GetPoint(segment, x, y)
        points.append(_at(x.value, y.value, matrix))
        if pdfium.FPDFPathSegment_GetClose(segment) and points:
            points.append(points[0])
    if points and not curved:
        yield points
