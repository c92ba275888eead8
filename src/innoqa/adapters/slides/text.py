"""The lines of a shape: its paragraphs with their bullets and numbers.

ECMA-376, part 1, section 21.1.2. What a paragraph does not say of its bullet, its shape, the
layout's and the master's placeholder say, in this order.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from innoqa.markup import one_line
from innoqa.office import Element, at, chosen, linear, number, raised, shown_in, value

_BULLETS = ("a:buNone", "a:buChar", "a:buAutoNum", "a:buBlip")
_FURNITURE = ("slidenum", "datetime")
_DEEPEST = 8
_BEFORE = 4  # pieces of text that are looked at to read what is set above the line
_MOST_COUNTED = 32_767


@dataclass(frozen=True, slots=True)
class Line:
    """A paragraph of a shape."""

    words: str
    depth: int | None = None
    """How deep it stands in a list; None where it has no bullet."""
    number: int | None = None


def lines(body: Element | None, styles: list[Element]) -> Iterator[Line]:
    """The paragraphs of a text body that have words; ``styles`` are the lists that it inherits."""
    own = at(body, "a:lstStyle")
    inherited = [*([own] if own is not None else []), *styles]
    counted: dict[int, int] = {}
    for paragraph in body.findall("a:p") if body is not None else ():
        words = one_line(paragraph_words(paragraph))
        if not words:
            continue
        properties = paragraph.find("a:pPr")
        depth = number(properties.get("lvl"), most=_DEEPEST) if properties is not None else 0
        bullet = _bullet(properties, inherited, depth)
        for deeper in [level for level in counted if level > depth]:
            del counted[deeper]
        if bullet is None or bullet.tag == "a:buNone":
            counted.pop(depth, None)
            yield Line(words)
        elif bullet.tag == "a:buAutoNum":
            start = number(bullet.get("startAt"), 1, _MOST_COUNTED)
            counted[depth] = counted.get(depth, start - 1) + 1
            yield Line(words, depth, counted[depth])
        else:
            counted.pop(depth, None)
            yield Line(words, depth)


def _bullet(properties: Element | None, inherited: Iterable[Element], depth: int) -> Element | None:
    levels = (at(style, f"a:lvl{depth + 1}pPr") for style in inherited)
    for level in (properties, *levels):
        for name in _BULLETS:
            found = at(level, name)
            if found is not None:
                return found
    return None


def paragraph_words(paragraph: Element) -> str:
    """The words of a paragraph without the slide's number and date."""
    said: list[str] = []
    for child in _content(paragraph):
        properties = child.find("a:rPr")
        if child.tag == "a:br":
            said.append("\n")
        elif child.tag == "a:r" or (child.tag == "a:fld" and not _is_furniture(child)):
            words = shown_in(value(child, "a:rPr/a:latin", name="typeface"), _text(child))
            above = properties is not None and number(properties.get("baseline")) > 0
            said.append(raised("".join(said[-_BEFORE:]), words) if above and words else words)
        elif child.tag == "a14:m":
            said += [f" {linear(equation)} " for equation in child]
    return "".join(said)


def _content(paragraph: Element) -> Iterator[Element]:
    for child in paragraph:
        if child.tag == "mc:AlternateContent":
            yield from chosen(child)
        else:
            yield child


def _is_furniture(text_field: Element) -> bool:
    return text_field.get("type", "").startswith(_FURNITURE)


def _text(run: Element) -> str:
    return run.findtext("a:t") or ""
