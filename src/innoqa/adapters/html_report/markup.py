"""HTML and SVG elements, in which every string that is not markup itself is escaped."""

from collections.abc import Iterable, Sequence
from html import escape
from itertools import chain
from urllib.parse import quote

from innoqa.evaluation.records import Difference, Figure


class Html(str):
    """Markup. Any other string is text, whatever signs it has."""

    __slots__ = ()


def element(tag: str, *content: str, **attributes: str | float) -> Html:
    """An element; ``class_`` gives the attribute class, ``aria_label`` aria-label.

    >>> element("p", "1 < 2", element("b", "so"), class_="note")
    '<p class="note">1 &lt; 2<b>so</b></p>'
    """
    given = "".join(
        f' {name.rstrip("_").replace("_", "-")}="{_attribute(value)}"'
        for name, value in attributes.items()
    )
    return Html(f"<{tag}{given}>{joined(content)}</{tag}>")


def joined(parts: Iterable[str]) -> Html:
    """Markup and text one after another."""
    return Html("".join(part if isinstance(part, Html) else escape(part) for part in parts))


def fragment(name: str) -> str:
    """A name as the id of an element, and as what stands behind # in a link to it."""
    return quote(name, safe="")


def link(to: str, *content: str) -> Html:
    """A link to an element of the same page, by its ``fragment``."""
    return element("a", *content, href=f"#{to}")


def section(name: str, title: str, *content: str) -> Html:
    """A part of the report under a heading."""
    return element("section", element("h2", title), *content, id=name)


def note(*content: str) -> Html:
    """A remark in small print."""
    return element("p", *content, class_="note")


def listed(items: Iterable[str]) -> Html:
    """A list, nothing where there is no item."""
    rows = [element("li", item) for item in items]
    return element("ul", *rows) if rows else Html()


def folded(title: str, *content: str) -> Html:
    """What is shown on demand."""
    return element("details", element("summary", title), *content)


def terms(told: Iterable[tuple[str, str]]) -> Html:
    """Names and what is told of each."""
    pairs = ((element("dt", name), element("dd", said)) for name, said in told)
    return element("dl", *chain.from_iterable(pairs))


def table(title: str, head: Sequence[str], rows: Iterable[Sequence[str]]) -> Html:
    """A table that scrolls sideways where it is wider than the page; rows begin with a name."""
    heads = element("tr", *(element("th", name, scope="col") for name in head))
    body = (
        element("tr", element("th", name, scope="row"), *(element("td", cell) for cell in cells))
        for name, *cells in rows
    )
    whole = element(
        "table", element("caption", title), element("thead", heads), element("tbody", *body)
    )
    return element("div", whole, class_="scroll", tabindex=0, role="region", aria_label=title)


def share(figure: Figure | None) -> str:
    """A figure between 0 and 1 with its interval.

    >>> share({"value": 0.5, "low": 0.25, "high": 0.75, "questions": 4})
    '0.500 (0.250–0.750)'
    """
    if figure is None:
        return "–"
    return f"{figure['value']:.3f} ({figure['low']:.3f}–{figure['high']:.3f})"


def milliseconds(figure: Figure) -> str:
    """A time with its interval."""
    return f"{figure['value']:.0f} ms ({figure['low']:.0f}–{figure['high']:.0f})"


def change(one: Difference) -> str:
    """A difference with its interval."""
    return f"{one['difference']:+.3f} ({one['low']:+.3f} to {one['high']:+.3f})"


def day(date: str) -> str:
    """A moment of UTC as people write it.

    >>> day("2026-03-01T09:30:12+00:00")
    '2026-03-01 09:30 UTC'
    """
    return f"{date[:10]} {date[11:16]} UTC"


def _attribute(value: str | float) -> str:
    return escape(value) if isinstance(value, str) else f"{value:.1f}".removesuffix(".0")
