"""Lines and tables of all pages -> headings, paragraphs, list items, notes, captions."""

import itertools
import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Literal

from innoqa.adapters.pdf.lines import CAPTION, MARK, NUMERAL, Grid, Item, Line, joined

_ITEM = re.compile(
    r"(?P<sign>[•‣◦▪■●○◆◇►➢➤✓❖·∙–—*-]|\(?(?:(?P<number>\d{1,3})|[a-zA-Z]|[ivx]{1,5})[.)])\s+(?=\S)"
)
_NUMBERED = re.compile(
    r"((?:\d{1,2}|[A-Z])(?:\.\d{1,2})*)\.?\s+(?=[^\W\d_])|(?:chapter|part|section|annex|appendix)\s+\w{1,4}\b|第[\d一二三四五六七八九十]+[章节部分]",
    re.I,
)
_TABLE_CAPTION = re.compile(rf"(?i:table|tab\.|exhibit|panel)\s+{NUMERAL}|表\s*{NUMERAL}")
_ENDED = re.compile(r"[.!?:;。！？：；…][\"'”’)\]]*(?:\ue010[^\ue011]*\ue011)?$")
_NO_HEADING = re.compile(
    r"[.,;:。，；：、]$|^[^\w（(“\"'《【]|[{}<>=]|^(?:https?:|www\.|doi:)", re.I
)
_LEADER = re.compile(r"(?:\s*[.·…_]){4,}\s*(?P<page>\d{1,4}|[ivxlc]{1,7})?\s*$", re.I)
_HEADING_WORDS, _HEADING_SIGNS = 25, 200

Kind = Literal["heading", "text", "item", "note", "caption", "table"]


@dataclass(slots=True)
class Block:
    """A block of the document. ``breaks``: where in ``text`` (or before which row) pages start."""

    kind: Kind
    lines: list[Line]
    page: int
    text: str = ""
    breaks: list[int] = field(default_factory=list)
    last: int = 0
    """The page that it ends on."""
    grid: Grid | None = None
    level: int = 0
    depth: int = 0
    number: int | None = None
    title: str = ""
    """The caption of a table."""


@dataclass(frozen=True, slots=True)
class Body:
    """How running text is set: its size, whether bold, and how far lines stand apart by size."""

    size: float
    bold: bool
    steps: dict[float, float]

    def step(self, size: float) -> float:
        """How far lines of a size stand apart."""
        return self.steps.get(round(size), 1.3 * size)


def blocks_of(items: Sequence[Item], count: Callable[[str], int]) -> list[Block]:
    """The blocks of a document, in order. ``count`` tells how often it holds a word."""
    lines = [item for item in items if isinstance(item, Line)]
    body = _body(lines)
    blocks = _paragraphs(items, body)
    _classify(blocks, body)
    for block in blocks:
        _fill(block, count)
    return _joined_tables(_captioned(_run_on(blocks, count)))


def _body(lines: list[Line]) -> Body:
    sizes: Counter[float] = Counter()
    bold: Counter[bool] = Counter()
    for line in lines:
        sizes[round(line.size, 1)] += len(line.text)
    size = sizes.most_common(1)[0][0] if sizes else 10.0
    steps: dict[float, Counter[float]] = {}
    for before, line in itertools.pairwise(lines):
        if abs(line.size - size) < 0.3:
            bold[line.bold] += len(line.text)
        step = line.base - before.base
        if abs(before.size - line.size) < 0.3 and 0.8 * line.size < step < 2.6 * line.size:
            steps.setdefault(round(line.size), Counter())[round(step, 0)] += 1
    usual = {s: c.most_common(1)[0] for s, c in steps.items()}
    return Body(
        size,
        bold[True] > bold[False],
        {s: max(step, 1.0) for s, (step, count) in usual.items() if count > 7},
    )


def _paragraphs(items: Sequence[Item], body: Body) -> list[Block]:
    blocks: list[Block] = []
    for item in items:
        if isinstance(item, Grid):
            blocks.append(Block("table", [], item.page, last=item.page, grid=item))
        elif blocks and blocks[-1].lines and not _starts(item, blocks[-1].lines, body):
            blocks[-1].lines.append(item)
        else:
            blocks.append(Block("text", [item], item.page, last=item.page))
    return blocks


def _starts(line: Line, lines: list[Line], body: Body) -> bool:
    """Whether a line starts a block of its own after these lines of one."""
    before = lines[-1]
    step = line.base - before.base
    if line.page != before.page or step < 0 or line.left != before.left:
        return True
    if abs(line.size - before.size) > 0.08 * before.size or line.bold != before.bold:
        return True
    if step > 1.28 * max(body.step(line.size), body.step(before.size)) or line.text[0] == MARK:
        return True
    return (
        _is_item(line, lines)
        or _LEADER.search(before.text) is not None
        or _set_off(line, lines, body)
    )


def _is_item(line: Line, lines: list[Line]) -> bool:
    """Whether a line starts an item of a list: a bullet, or the number that is its turn."""
    found = _ITEM.match(line.text)
    if not found or found["number"] is None:
        return found is not None and (found["sign"] not in "–—-*" or line.x0 >= line.left)
    first = _ITEM.match(lines[0].text)
    turn = int(found["number"]) - int(first["number"]) if first and first["number"] else 0
    return turn == 1 or int(found["number"]) == 1 or line.x0 > line.left + line.size


def _set_off(line: Line, lines: list[Line], body: Body) -> bool:
    """Whether a line is indented after a whole one, or the one before ended early."""
    before = lines[-1]
    large = line.size > 1.12 * body.size or (line.bold and not body.bold)
    shift = (line.x0 - before.x0) / line.size
    if large and abs(shift) > 0.5 and abs(_middle(line) - _middle(before)) < line.size:
        return False  # centred
    goes_on = line.text[:1].islower() and not _ENDED.search(before.text)
    if goes_on or large:
        return large and not goes_on and shift < -0.8  # a heading below a centred title
    if shift > 0.8 and not (len(lines) == 1 and _ITEM.match(before.text)):
        return True
    if shift < -0.8 and len(lines) > 1:
        return True
    room = before.right - before.x1
    return room > min(line.first, 12 * line.size) + 0.7 * line.size


def _middle(line: Line) -> float:
    return (line.x0 + line.x1) / 2


def _classify(blocks: list[Block], body: Body) -> None:
    """What each block is, with the levels of headings."""
    first = next((b.page for b in blocks if b.lines), 0)
    for n, block in enumerate(blocks):
        if block.kind == "table":
            continue
        text = " ".join(line.text for line in block.lines)
        if block.lines[0].text[0] == MARK and block.lines[0].size < 1.02 * body.size:
            block.kind = "note"
        elif CAPTION.match(text):
            block.kind = "caption"
        elif _is_heading(block, text, body, blocks[n - 1] if n else None):
            block.kind = "heading"
        elif _ITEM.match(text) or _LEADER.search(text):
            block.kind = "item"
    headings = [b for b in blocks if b.kind == "heading"]
    title = _title([b for b in headings if b.page == first], body)
    _level([b for b in headings if b is not title])
    _nest(blocks)


def _is_heading(block: Block, text: str, body: Body, above: Block | None) -> bool:
    line = block.lines[0]
    words = text.split()
    if len(words) > _HEADING_WORDS or len(text) > _HEADING_SIGNS or len(block.lines) > 4:
        return False
    if _NO_HEADING.search(text) or _LEADER.search(text) or not re.search(r"[^\W\d_]{2}", text):
        return False
    if line.size > 1.12 * body.size:
        return True
    if line.size < 0.92 * body.size:
        return False
    numbered = _NUMBERED.match(text)
    if line.bold and not body.bold:
        return len(block.lines) < 4 and (not _ITEM.match(text) or numbered is not None)
    alone = (
        above is None
        or above.last != block.page
        or not above.lines
        or (
            line.base - above.lines[-1].base > 1.4 * body.step(line.size)
            or line.base < above.lines[-1].base
        )
    )
    short = len(block.lines) == 1 and line.x1 < line.right - 2 * line.size
    deep = numbered is not None and numbered[1] is not None and "." in numbered[1]
    capitals = text.isupper() and sum(map(str.isalpha, text)) > 3 and len(words) > 1
    return alone and short and (deep or capitals)


def _title(headings: list[Block], body: Body) -> Block | None:
    """The largest words of the first page with text."""
    if not headings:
        return None
    size = max(b.lines[0].size for b in headings)
    title = next(b for b in headings if b.lines[0].size == size)
    if size <= 1.15 * body.size:
        return None
    title.level = 1
    return title


def _level(headings: list[Block]) -> None:
    """Levels from 2 by how headings are set, and among those set alike by their numbers."""
    styles: list[tuple[float, bool]] = []
    for size, bold in sorted({_set(b) for b in headings}, reverse=True):
        if not styles or styles[-1][0] - size > 0.6 or styles[-1][1] != bold:
            styles.append((size, bold))
    deeper = 0
    for n, (size, bold) in enumerate(styles):
        alike = [b for b in headings if _set(b)[1] == bold and 0 <= size - _set(b)[0] <= 0.6]
        depths = {id(b): _depth(b) for b in alike}
        least = min((d for d in depths.values() if d), default=0)
        most = max(depths.values(), default=0)
        for block in alike:
            below = max(depths[id(block)] - least, 0) if least else 0
            block.level = min(n + 2 + deeper + below, 6)
        deeper += max(most - least, 0) if least else 0


def _set(block: Block) -> tuple[float, bool]:
    line = block.lines[0]
    return round(line.size, 1), line.bold


def _depth(block: Block) -> int:
    """How deep a heading's number goes: 2 for "3.1"; 0 without one."""
    found = _NUMBERED.match(block.lines[0].text)
    return found[1].count(".") + 1 if found and found[1] else int(found is not None)


def _nest(blocks: list[Block]) -> None:
    """How deep each item of a list stands, by where it begins."""
    starts: list[float] = []
    for block in blocks:
        if block.kind != "item":
            starts = starts if block.kind in ("note", "table") else []
            continue
        line = block.lines[0]
        while starts and line.x0 < starts[-1] - 0.5 * line.size:
            starts.pop()
        if not starts or line.x0 > starts[-1] + 0.5 * line.size:
            starts.append(line.x0)
        block.depth = min(len(starts) - 1, 3)


def _fill(block: Block, count: Callable[[str], int]) -> None:
    """Put the words of a block together."""
    for line in block.lines:
        block.text = joined(block.text, line.text, count)
    if block.kind != "item":
        return
    if leader := _LEADER.search(block.text):
        page = f" … {leader['page']}" if leader["page"] else ""
        block.text = block.text[: leader.start()] + page
    elif found := _ITEM.match(block.text):
        block.number = int(found["number"]) if found["number"] else None
        if block.number is not None or len(found["sign"]) == 1:
            block.text = block.text[found.end() :]


def _run_on(blocks: list[Block], count: Callable[[str], int]) -> list[Block]:
    """The blocks with text that goes on in the next column or page as one.

    What stands between its parts on the earlier page comes before it.
    """
    out: list[Block] = []
    for block in blocks:
        at = _open_text(out)
        if block.kind == "text" and at is not None and _continues(out[at], block):
            start, between = out[at], out[at + 1 :]
            _add(start, block, count)
            early = [b for b in between if b.page <= start.page]
            late = [b for b in between if b.page > start.page]
            out[at:] = [*early, start, *late]
        else:
            out.append(block)
    return out


def _open_text(blocks: list[Block]) -> int | None:
    """Where the last running text is, if nothing but notes, captions and tables follows it."""
    for at in range(len(blocks) - 1, max(len(blocks) - 12, -1), -1):
        if blocks[at].kind in ("text", "item"):
            return at
        if blocks[at].kind == "heading":
            return None
    return None


def _continues(block: Block, after: Block) -> bool:
    before, line = block.lines[-1], after.lines[0]
    moved = before.page != line.page or line.base < before.base or line.left != before.left
    if not moved or abs(before.size - line.size) > 0.06 * line.size or before.bold != line.bold:
        return False
    if line.page - before.page > 1 or _ENDED.search(block.text):
        return False
    if block.text[-1:] in "-\xad" or line.text[:1].islower():
        return True
    full = before.x1 > before.right - 3 * before.size and len(block.text) > 40
    return full and line.x0 < line.left + 0.8 * line.size


def _add(block: Block, after: Block, count: Callable[[str], int]) -> None:
    block.text = joined(block.text, after.text, count)
    start = len(block.text) - len(after.text)
    block.breaks += [start] * (after.page - block.last)
    block.breaks += [start + at for at in after.breaks]
    block.lines, block.last = block.lines + after.lines, after.last


def _captioned(blocks: list[Block]) -> list[Block]:
    """The blocks with the captions of tables in them, and what is left of captions as text."""
    out: list[Block] = []
    for block in blocks:
        if block.kind == "table" and out:
            title = _caption_of(out)
            block.title = title.rstrip(". ")
        out.append(block)
    for block in out:
        if block.kind == "caption":
            block.kind = "text"
    return out


def _caption_of(out: list[Block]) -> str:
    """The caption that stands above a table, taken from the end of the blocks; "" without one."""
    for back in (1, 2, 3):
        if back > len(out) or out[-back].kind in ("table", "note", "item"):
            return ""
        block = out[-back]
        if block.kind == "caption" and _TABLE_CAPTION.match(block.text):
            parts = out[len(out) - back :]
            if any(len(b.text) > _HEADING_SIGNS or b.page != block.page for b in parts):
                return ""
            del out[len(out) - back :]
            return " ".join(b.text for b in parts)
        if len(block.text) > 120 or block.text.endswith("."):
            return ""
    return ""


def _joined_tables(blocks: list[Block]) -> list[Block]:
    """The blocks with a table that goes on over the page as one."""
    out: list[Block] = []
    for block in blocks:
        first = next((b for b in reversed(out) if b.kind not in ("note",)), None)
        if first is None or not _goes_on(first, block):
            out.append(block)
            continue
        assert first.grid is not None
        assert block.grid is not None
        rows = block.grid.rows
        rows = rows[1:] if rows[0] == first.grid.rows[0] else rows
        first.breaks += [len(first.grid.rows)] * (block.page - first.last)
        first.grid.rows += rows
        first.last = block.last
    return out


def _goes_on(table: Block, after: Block) -> bool:
    one, other = table.grid, after.grid
    if one is None or other is None or after.page != table.last + 1:
        return False
    if after.title and not re.search(r"\bcont(?:inued|\.|['’]d)|续|続", after.title, re.I):
        return False
    alike = len(one.rows[0]) == len(other.rows[0]) and abs(one.x0 - other.x0) < 3
    same_header = one.rows[0] == other.rows[0]
    return alike and (same_header or (abs(one.x1 - other.x1) < 3 and not after.title))
