"""Markup of a draft taken away: tags, links, images and addresses go, their words stay.

What is said as it streams must not change when more comes. So whatever is not sure yet, such as a
bracket that nothing has closed, ends what is given; only of a draft that is ``whole`` all is given.
"""

import re

from innoqa.drafts.signs import MARK, MARK_END, clean

_HELD = re.compile(r"[\s\u3001-\u9fff\uff01-\uff20]")
_OPENS = re.compile(r"<|!?\[|\(|\]\(|\^|[⁰¹²³⁴⁵⁶⁷⁸⁹]+|https?://|www\.", re.IGNORECASE)
_TAG = re.compile(r"</?([a-z][a-z0-9:-]*)|<[!?]|<https?:", re.IGNORECASE)
_SILENT = frozenset(
    "think thinking thought reasoning reflection scratchpad script style svg math iframe object"
    " template noscript title head textarea".split()
)
_LINES = {"li": "\n- ", "sup": "^"} | {f"h{level}": "\n# " for level in range(1, 7)}
_BREAKS = frozenset("p br div tr table ul ol hr section article blockquote pre".split())
_LONGEST_TAG, _LONGEST_WORDS, _LONGEST_MARKER, _LONGEST_ADDRESS = 1000, 300, 60, 1000
_MARKER_WORDS = frozenset(
    "source sources src ref refs reference references passage passages document doc citation"
    " computed and see no".split()
)
_OF_MARKER = re.compile(r"\d+|[^\W\d_]+|[-–—]|[^\s,;&:#^†.]")
_RANGE_DASHES = frozenset("-–—")
_MOST_IN_RANGE = 20
_SUPERSCRIPTS = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹", "0123456789")
_RAISED = re.compile(r"\^\[?(\d{1,3})\]?(?!\w)")
_MEASURED = re.compile(r"(?:\d|\b(?:[kcmd]?m|mi|ft|s))\Z")
_DEFINED = re.compile(r"[^\S\n]*(?:https?:|www\.|<)")
_ADDRESS = re.compile(r"[^\s<>()\[\]“”\"']*")
_ENDS = ".!?。！？"


def words_of(text: str, *, whole: bool) -> str:
    """A draft without markup, with its markers as ``MARK 1,2 MARK_END``.

    Of one that is not ``whole`` only what cannot change any more.
    """
    scan = _Scan(clean(text if whole else _settled(text)), whole)
    return scan.all()


def _settled(text: str) -> str:
    """Up to the last blank or ideograph: the word after it may go on."""
    for place in range(len(text), 0, -1):
        if _HELD.match(text[place - 1]):
            return text[:place]
    return ""


class _Undecided(Exception):
    """More text is needed to tell."""


class _Scan:
    """One pass over a draft, from left to right."""

    def __init__(self, text: str, whole: bool) -> None:
        self._text, self._whole = text, whole
        self._parts: list[str] = []

    def all(self) -> str:
        """All of the text as far as it is sure."""
        at = 0
        while match := _OPENS.search(self._text, at):
            self._parts.append(self._text[at : match.start()])
            try:
                at = self._past(match)
            except _Undecided:
                return "".join(self._parts)
        self._parts.append(self._text[at:])
        return "".join(self._parts)

    def _past(self, match: re.Match[str]) -> int:
        """Take what opens at a match; where to go on."""
        sign = match[0]
        if sign == "<":
            return self._tag(match.start())
        if sign.endswith("["):
            return self._bracket(match.start(), match.end(), is_image=sign == "![")
        if sign == "](":
            return self._target(match.start() + 1)
        if sign == "(":
            return self._round(match.end())
        if sign == "^" or sign[0] in "⁰¹²³⁴⁵⁶⁷⁸⁹":
            return self._raised(match)
        address = _ADDRESS.match(self._text, match.end())
        assert address is not None
        return match.end() + len(address[0].rstrip(".,;:!?"))

    def _find(self, sign: str, start: int, longest: int) -> int:
        """Where a sign stands next, -1 where it does not within so many characters."""
        end = self._text.find(sign, start, start + longest)
        if end < 0 and not self._whole and len(self._text) < start + longest:
            raise _Undecided
        return end

    def _next(self, place: int) -> str:
        """The sign at a place, "" after the end."""
        if place < len(self._text):
            return self._text[place]
        if not self._whole:
            raise _Undecided
        return ""

    def _tag(self, start: int) -> int:
        self._next(start + 1)
        match = _TAG.match(self._text, start)
        if match is None:
            return start + 1
        name = (match[1] or "").lower()
        is_end = self._text.startswith("</", start)
        if self._text.startswith("<!--", start):
            return self._after("-->", start)
        end = self._find(">", match.end(), _LONGEST_TAG)
        if name in _SILENT and not is_end:
            return self._after(f"</{name}", start)
        if name in _LINES:
            self._parts.append(("" if name == "sup" else "\n") if is_end else _LINES[name])
        elif name in _BREAKS:
            self._parts.append("\n")
        return end + 1 if end >= 0 else start + 1

    def _after(self, closing: str, start: int) -> int:
        """After what closes a part that is not for readers; the end where nothing does."""
        found = re.compile(re.escape(closing), re.IGNORECASE).search(self._text, start)
        if found is None:
            return len(self._text)
        if closing.endswith(">"):
            return found.end()
        end = self._text.find(">", found.end())
        return end + 1 if end >= 0 else len(self._text)

    def _bracket(self, start: int, inside: int, *, is_image: bool) -> int:
        end = self._find("]", inside, _LONGEST_WORDS)
        inner = self._text[inside:end] if end >= 0 else ""
        if end < 0 or "[" in inner or "\n" in inner:
            return inside
        follows = self._next(end + 1)
        is_linked = follows in ("(", "[") and not (follows == "[" and not is_image)
        numbers = marked(inner)
        if follows == ":" and self._text[:start].rpartition("\n")[2].strip() == "":
            line_end = self._line_end(end)
            if _DEFINED.match(self._text, end + 2):
                return line_end
        if not is_image:
            self._parts.append(marker(numbers) if numbers else inner)
        if not is_linked:
            return end + 1
        return self._target(end + 1)

    def _target(self, start: int) -> int:
        """After the address or label of a link or image that opens at a place."""
        closing = ")" if self._text[start] == "(" else "]"
        end = self._find(closing, start + 1, _LONGEST_ADDRESS)
        target = self._text[start + 1 : end]
        if end < 0 or "\n\n" in target:
            return start + 1
        depth = target.count("(") if closing == ")" else 0
        while depth and self._text[end + 1 : end + 2] == ")":
            end, depth = end + 1, depth - 1
        return end + 1

    def _round(self, inside: int) -> int:
        """A marker in round brackets: with "source", or at the end of a sentence."""
        end = self._find(")", inside, _LONGEST_MARKER)
        numbers = marked(self._text[inside:end]) if end >= 0 else ()
        if not numbers:
            self._parts.append("(")
            return inside
        named = any(sign.isalpha() for sign in self._text[inside:end])
        before = "".join(self._parts[-2:]).rstrip()
        if named or self._next(end + 1) in (*_ENDS, "\n", "") or before.endswith(tuple(_ENDS)):
            self._parts.append(marker(numbers))
            return end + 1
        self._parts.append("(")
        return inside

    def _raised(self, match: re.Match[str]) -> int:
        before = "".join(self._parts[-2:])[-4:]
        raised = _RAISED.match(self._text, match.start())
        digits = raised[1] if raised else match[0].translate(_SUPERSCRIPTS)
        end = raised.end() if raised else match.end()
        if not digits.isdecimal():
            return match.end()
        if before[-1:].strip() and not _MEASURED.search(before):
            self._parts.append(marker((int(digits),)))
        else:
            self._parts.append(match[0] if match[0] != "^" else f"^{digits}")
        return end

    def _line_end(self, start: int) -> int:
        end = self._text.find("\n", start)
        if end < 0 and not self._whole:
            raise _Undecided
        return end if end >= 0 else len(self._text)


def marker(numbers: tuple[int, ...]) -> str:
    """Numbers as they are kept in a text until they are taken out."""
    return f"{MARK}{','.join(map(str, numbers))}{MARK_END}"


def marked(inner: str) -> tuple[int, ...]:
    """The numbers that words between brackets cite; () where they are no marker.

    >>> marked("1, 3-5"), marked("source 2"), marked("^4"), marked("sic"), marked("1988")
    ((1, 3, 4, 5), (2,), (4,), (), ())
    """
    if len(inner) > _LONGEST_MARKER:
        return ()
    found: list[int] = []
    is_range = False
    for part in _OF_MARKER.findall(inner.partition("†")[0]):
        if part.isdecimal() and len(part) <= 3:
            first = found[-1] + 1 if is_range and found else int(part)
            found += range(first, min(int(part), first + _MOST_IN_RANGE) + 1)
            is_range = False
        elif part in _RANGE_DASHES:
            is_range = True
        elif part.lower() not in _MARKER_WORDS:
            return ()
    return tuple(found)
