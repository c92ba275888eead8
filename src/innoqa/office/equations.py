"""Equations as one line of words: ``(a + b)/c``, ``x^2``, ``sqrt(n)``."""

import re
from collections.abc import Callable

from innoqa.office.package import Element, at

_SIMPLE = re.compile(r"[\w.]*|\([^()]*\)")


def linear(element: Element) -> str:
    """The words of an equation ("m:oMath") on one line."""
    return "".join(_read(child) for child in element)


def _read(element: Element) -> str:
    name = element.tag.removeprefix("m:")
    if name in ("t", "w:t", "a:t"):
        return element.text or ""
    if name.endswith("Pr"):
        return ""
    form = _FORMS.get(name)
    return form(element) if form else linear(element)


def _part(element: Element, name: str) -> str:
    found = element.find(f"m:{name}")
    return linear(found).strip() if found is not None else ""


def _grouped(words: str) -> str:
    return words if _SIMPLE.fullmatch(words) else f"({words})"


def _sign(element: Element, path: str, otherwise: str) -> str:
    found = at(element, path)
    return otherwise if found is None else found.get("m:val", "")


def _fraction(element: Element) -> str:
    return f"{_grouped(_part(element, 'num'))}/{_grouped(_part(element, 'den'))}"


def _scripts(element: Element) -> str:
    below, above = _part(element, "sub"), _part(element, "sup")
    lower = f"_{_grouped(below)}" if below else ""
    return f"{_grouped(_part(element, 'e'))}{lower}{f'^{_grouped(above)}' if above else ''}"


def _root(element: Element) -> str:
    degree = _part(element, "deg")
    return f"root_{_grouped(degree)}({_part(element, 'e')})" if degree else (
        f"sqrt({_part(element, 'e')})"
    )  # fmt: skip


def _nary(element: Element) -> str:
    below, above = _part(element, "sub"), _part(element, "sup")
    lower = f"_{_grouped(below)}" if below else ""
    upper = f"^{_grouped(above)}" if above else ""
    sign = _sign(element, "m:naryPr/m:chr", "∫")
    return f"{sign}{lower}{upper} {_part(element, 'e')}"


def _delimited(element: Element) -> str:
    opening = _sign(element, "m:dPr/m:begChr", "(")
    closing = _sign(element, "m:dPr/m:endChr", ")")
    between = _sign(element, "m:dPr/m:sepChr", "|")
    return f"{opening}{between.join(linear(e) for e in element.findall('m:e'))}{closing}"


def _matrix(element: Element) -> str:
    rows = [", ".join(linear(e) for e in row.findall("m:e")) for row in element.findall("m:mr")]
    return f"[{'; '.join(rows)}]"


def _lines(element: Element) -> str:
    return "; ".join(linear(e) for e in element.findall("m:e"))


def _function(element: Element) -> str:
    return f"{_part(element, 'fName')} {_part(element, 'e')}"


def _limit(sign: str) -> Callable[[Element], str]:
    return lambda element: f"{_part(element, 'e')}{sign}{_grouped(_part(element, 'lim'))}"


_FORMS: dict[str, Callable[[Element], str]] = {
    "f": _fraction,
    "sSub": _scripts,
    "sSup": _scripts,
    "sSubSup": _scripts,
    "rad": _root,
    "nary": _nary,
    "d": _delimited,
    "m": _matrix,
    "eqArr": _lines,
    "func": _function,
    "limLow": _limit("_"),
    "limUpp": _limit("^"),
}
