"""Header cells, labels and lines around a table -> a name, and the unit that stands beside it."""

import re

from innoqa.domain import Unit
from innoqa.grids import COUNTED, is_unit, is_unit_line
from innoqa.quantities import read_unit

_BRACKETS = re.compile(r"\s*[(\[（]([^()\[\]（）]*)[)\]）]")
_BEHIND = re.compile(r"\s*,\s+|\s+in\s+|\s*/\s*|\s+[-–]\s+", re.IGNORECASE)
_SCALE_NOUN = re.compile(r"\b(thousand|million|billion|trillion)s\b", re.IGNORECASE)
_UNIT_LEAD = re.compile(
    r"(?:units?(?:\s+of\s+measure(?:ment)?)?\s*[:：]\s*|(?:all\s+)?(?:amounts|figures|values|data)\s+"
    r"(?:are\s+)?(?:expressed\s+|stated\s+|shown\s+|presented\s+)?|in\s+)+",
    re.IGNORECASE,
)
_EXCEPT = re.compile(r"[,;]?\s*\b(?:except|unless|excluding|other\s+than)\b.*", re.IGNORECASE)
_UNIT_IN_SCALE = re.compile(r"(.+?)\s+in\s+(\S+)", re.IGNORECASE)
_SHARE = re.compile(r"%|per\s?cent(?:age)?(?!\s+points?)\b", re.IGNORECASE)
_MARK = re.compile(r"\s*(?:\(\d{1,2}\)|\[\w{1,3}\]|[*†‡§¶]+)$")
_APOSTROPHE = re.compile(r"(?<=\w)[’'](?=[A-Za-z])")


def name_and_unit(words: str) -> tuple[str, Unit | None]:
    """A name without the unit that is written in, behind or instead of it; other brackets stay.

    >>> name_and_unit("R&D expenditure (100 million yuan)")[0]
    'R&D expenditure'
    >>> name_and_unit("Unicorns (Hurun)")
    ('Unicorns (Hurun)', None)
    """
    words = without_mark(" ".join(words.split()))
    for match in reversed(list(_BRACKETS.finditer(words))):
        rest, unit = _inside(match[1])
        if unit is not None:
            kept = f" ({rest})" if rest else ""
            return f"{words[: match.start()]}{kept}{words[match.end() :]}".strip(" ,:"), unit
    if is_unit(words) or is_unit_line(words):
        return "", unit_of(words)
    for match in _BEHIND.finditer(words):
        behind = words[match.end() :]
        unit = unit_of(behind) if is_unit(behind) else None
        if unit is not None and match.start():
            return words[: match.start()], unit
    name, _, last = words.rpartition(" ")
    if name and not last.isalpha() and not last.isdigit() and is_unit(last):
        return name, read_unit(last)
    return words, read_unit("%") if words.startswith("%") else None


def without_mark(words: str) -> str:
    """The words without the mark of a footnote behind them: ``Revenue (1)``, ``Jobs*``."""
    match = _MARK.search(words)
    return words[: match.start()] if match and match.start() else words


def _inside(words: str) -> tuple[str, Unit | None]:
    """What stands in brackets as a remark and a unit: ``share of GDP, %``."""
    unit = unit_of(words)
    remark, comma, behind = words.rpartition(", ")
    if unit is None and comma:
        return remark, unit_of(behind)
    return "", unit


def unit_of(words: str) -> Unit | None:
    """The unit that a line or what stands in brackets states; None where it states none."""
    bare = _APOSTROPHE.sub(" ", " ".join(words.split())).strip(" :;,.")
    if bare.startswith("(") and bare.endswith(")"):
        bare = bare[1:-1]
    bare = _UNIT_LEAD.sub("", _EXCEPT.sub("", bare), count=1).strip()
    if ";" in bare:
        return None  # several units: which is whose is not told
    turned = _UNIT_IN_SCALE.fullmatch(bare)
    if turned and is_unit(turned[2]):
        scale = _SCALE_NOUN.sub(r"\1", turned[2])
        bare = f"{scale} {turned[1]}"
    if bare.lower() in COUNTED or (bare and is_unit(bare)):
        return read_unit(_SCALE_NOUN.sub(r"\1", bare) if " " in bare else bare)
    return None


def is_counted(words: str) -> bool:
    """Whether words may be no more than what is counted: ``persons`` under "Jobs"."""
    return words.strip().lower() in COUNTED


def is_share(name: str) -> bool:
    """Whether a name speaks of a percentage."""
    return _SHARE.search(name) is not None


def scaled(unit: Unit, scale: Unit | None) -> Unit:
    """The unit beside a value, in the scale that its table states: ``$`` in millions."""
    if scale is None or scale.base or scale.scale == 1 or unit.scale != 1:
        return unit
    words = _SCALE_NOUN.sub(r"\1", scale.printed)
    is_sign = not any(sign.isalnum() for sign in unit.printed)
    return read_unit(f"{unit.printed} {words}" if is_sign else f"{words} {unit.printed}".strip())
