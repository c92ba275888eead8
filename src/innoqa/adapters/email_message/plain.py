"""Plain text of a mail as Markdown: paragraphs, lists, and quoted mails under a heading.

A mail that is quoted whole at the end is headed by the line that tells whose words it holds.
Where quotes and answers take turns, each quoted line keeps its sign.
"""

import re
from collections.abc import Iterator

from innoqa.markup import MarkdownWriter, one_line

_RULE = re.compile(r"\s*[-_=*]{2,}\s*([^-_=*\s].{0,100}?)\s*[-_=*]{2,}\s*")
_ITEM = re.compile(r"(\s*)(?:[-*•·]|(\d{1,3})[.)])\s+(?=\S)")
_QUOTED = re.compile(r"\s{0,3}>")
_WIDE = re.compile("[\u1100-\u11ff\u2e80-\u9fff\uac00-\ud7af\uf900-\ufaff\uff00-\uff60]")
_WRAPPED = 50  # columns: a line that is shorter was ended on purpose
_DEEPEST = 20  # quotes in quotes
_LONGEST_LINE = 300  # characters of one that tells whose the quoted words are
_SIGNED = re.compile(r"-----BEGIN PGP SIGNED MESSAGE-----\n(?:[A-Za-z]+:.*\n)*\n?")
_SIGNATURE = re.compile(r"-----BEGIN PGP SIGNATURE-----[^-]*(?:-----END PGP SIGNATURE-----)?")
_BLANKS = re.compile(r"\s+")
_CONTROLS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_UNSEEN = ("script", "style", "head", "title", "template")
_BREAKS = frozenset({"br", "tr", "li", "dt", "dd"})
_BLOCKS = frozenset("p div table ul ol dl h1 h2 h3 h4 h5 h6 blockquote pre hr section".split())


def unsigned(text: str) -> str:
    """The text without what PGP puts around it to sign it."""
    return _SIGNATURE.sub("", _SIGNED.sub("", text))


def unflowed(text: str, delete: bool) -> str:
    """The text, its lines joined where they are marked as flowing (RFC 3676).

    ``delete`` tells that the blank that marks a line is no blank of the text.
    """
    lines: list[str] = []
    flows, depth = False, 0
    for line in text.split("\n"):
        words = line.lstrip(">")
        quotes = len(line) - len(words)
        words = words.removeprefix(" ")
        if flows and quotes == depth and words != "-- ":
            lines[-1] += words
        else:
            lines.append(f"{'>' * quotes}{' ' if quotes else ''}{words}")
        flows, depth = words.endswith(" ") and words != "-- ", quotes
        if flows and delete:
            lines[-1] = lines[-1][:-1]
    return "\n".join(lines)


def as_markdown(text: str) -> str:
    """The text of a mail as Markdown."""
    writer = MarkdownWriter()
    lines = text.expandtabs(4).split("\n")
    for _ in range(_DEEPEST):
        own, quoted = _without_quote(lines)
        if not quoted:
            break
        own, whose = _without_last_line(own)
        _write(own, writer)
        writer.heading(whose or "Quoted mail", 2)
        lines = [_QUOTED.sub("", line, count=1).removeprefix(" ") for line in quoted]
    _write(lines, writer)
    return writer.text


def as_lines(page: str) -> str:
    """All words of a web page, its blocks apart, whatever they are there for."""
    from lxml import etree, html

    parser = html.HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True)
    try:
        tree = html.document_fromstring(_CONTROLS.sub("", page).encode(), parser=parser)
    except (etree.ParserError, etree.XMLSyntaxError, AssertionError, ValueError):
        return ""
    etree.strip_elements(tree, *_UNSEEN, with_tail=False)
    words: list[str] = []
    for event, element in etree.iterwalk(tree, events=("start", "end")):
        words.append(_break(event, element.tag))
        words.append(_BLANKS.sub(" ", (element.text if event == "start" else element.tail) or ""))
    return "".join(words)


def _break(event: str, tag: str) -> str:
    if tag in ("td", "th"):
        return "    " * (event == "end")
    if tag in _BREAKS:
        return ("\n" if event == "start" else "") + "- " * (tag == "li" and event == "start")
    return "\n\n" if tag in _BLOCKS else ""


def _without_quote(lines: list[str]) -> tuple[list[str], list[str]]:
    """The lines before the quote with which a mail ends, and the quote; [] where there is none."""
    end = len(lines)
    while end and not lines[end - 1].strip():
        end -= 1
    start = end
    while start and (_QUOTED.match(lines[start - 1]) or not lines[start - 1].strip()):
        start -= 1
    while start < end and not lines[start].strip():
        start += 1
    if start == end or any(map(_QUOTED.match, lines[:start])):
        return lines, []
    return lines[:start], lines[start:end]


def _without_last_line(lines: list[str]) -> tuple[list[str], str]:
    """The lines without the one (or its parts) that tells whose the words below are."""
    end = len(lines)
    while end and not lines[end - 1].strip():
        end -= 1
    start = end
    while start and lines[start - 1].strip() and end - start < 4:
        start -= 1
    line = one_line(" ".join(lines[start:end]))
    if line.endswith((":", "：")) and len(line) <= _LONGEST_LINE:
        return lines[:start], line.rstrip(":：")
    return lines, ""


def _write(lines: list[str], writer: MarkdownWriter) -> None:
    lists = False
    for line in filter(str.strip, _whole(lines)):
        item = _ITEM.match(line)
        if lists and not item:
            writer.end_list()
        lists = bool(item)
        if item:
            number = int(item[2]) if item[2] else None
            writer.item(line[item.end() :], min(len(item[1]) // 4, 2), number)
        elif rule := _RULE.fullmatch(line):
            writer.heading(rule[1], 2)
        elif any(map(str.isalnum, line)):
            writer.paragraph(line)
    if lists:
        writer.end_list()


def _whole(lines: list[str]) -> Iterator[str]:
    """The lines, those joined that only a limit of width had parted."""
    parts: list[str] = []
    last = ""
    for line in lines:
        if parts and _goes_on(last, line):
            words = line.lstrip("> ") if _QUOTED.match(line) else line.strip()
            parts[-1] = parts[-1].rstrip()
            parts += ["" if _WIDE.match(parts[-1][-1:]) and _WIDE.match(words) else " ", words]
        else:
            yield "".join(parts)
            parts = [line]
        last = line
    yield "".join(parts)


def _goes_on(last: str, line: str) -> bool:
    if (
        not last.strip()
        or not line.strip()
        or _ITEM.match(line)
        or _RULE.fullmatch(line)
        or _RULE.fullmatch(last)
    ):
        return False
    if bool(_QUOTED.match(last)) != bool(_QUOTED.match(line)) or not line.strip("> "):
        return False
    width = len(last) + len(_WIDE.findall(last))
    return width >= _WRAPPED and bool(last.strip("> "))
