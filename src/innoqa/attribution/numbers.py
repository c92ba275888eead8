"""Whether each number of a statement stands in what it cites, or follows from it."""

import re
from collections import Counter
from collections.abc import Iterator

from innoqa.attribution.amounts import Amount, amounts_in, states
from innoqa.attribution.cells import keeps_limit
from innoqa.attribution.derived import Derived, counts, derived
from innoqa.attribution.evidence import Evidence, text_in, tokens
from innoqa.attribution.fault import Found
from innoqa.attribution.parsing import Parsed
from innoqa.attribution.portions import is_portion

_PARTS = re.compile(
    r"(?<!est )\b(?:(?P<several>two|three|four|five|[2-9])[ -](?=\w+s\b))?"
    r"(?:(?P<ordinal>first|second|third|fourth|fifth|sixth|seventh|eighth|ninth|tenth|eleventh"
    r"|twelfth)s?|(?P<digits>[0-9]+)(?:st|nd|rd|th)|(?P<part>half|halves|quarters?|twice|doubl\w+"
    r"|tripl\w+|tenfold|dozens?))\b",
    re.IGNORECASE,
)
_OF_TABLES = re.compile(r"\b(?:ten|hundred)[- ](?:thousand|million|billion)\b", re.IGNORECASE)
_NAMED = re.compile(r"[0-9]+\s[A-Z]")  # "863 Program"
_LISTED = re.compile(r"[,:]\s(?P<names>[A-Z][\w-]*(?:(?:,\s(?:and\s)?|\sand\s|\s)[A-Z][\w-]*)+)")
_BY = re.compile(
    r"\b(?:r[io]se[sn]?|f[ae]ll(?:en|s)?|gr[eo]wn?|increased?|decreased?|declined?|dropp?(?:ed)?"
    r"|up|down|climbed|shrank|gained|lost|changed?) by \Z",
    re.IGNORECASE,
)
_DIGITS = re.compile(r"[0-9][0-9.,]*[0-9]|[0-9]")
_ORDINALS = (
    "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth"
).split()
_CARDINALS = "one two three four five six seven eight nine ten eleven twelve".split()
_FIRST = re.compile(r"\b(?:original|initial|earliest)", re.IGNORECASE)
_ONE = frozenset({"one", "single", "only"})


def unsupported(parsed: Parsed, evidence: Evidence) -> Iterator[Found]:
    """The numbers that neither stand in the evidence nor follow from its cells."""
    worked_out: tuple[Derived, ...] | None = None
    for amount, stating in zip(parsed.amounts, parsed.stating, strict=True):
        is_change = bool(evidence.cells) and _BY.search(parsed.text[: amount.start])
        stands = bool(stating) or _stands(amount, parsed.text, evidence)
        if (stands and not is_change) or counts(amount, parsed.text, evidence):
            continue
        if worked_out is None:
            worked_out = derived(evidence)
        follows = any(one.fits(amount, parsed.text) for one in worked_out)
        if not follows and not keeps_limit(amount, parsed, evidence):
            yield "number", parsed.text[amount.start : amount.end]
    held = {part for text in evidence.all_texts for part in _parts(text)}
    shares = [a for text in evidence.texts for a in amounts_in(text) if a.unit.base == "percent"]
    shares += parsed.amounts
    for part in _parts(parsed.undated):
        told = _is_cardinal(part, parsed.undated, evidence)
        if part not in held and not told and not is_portion(part, parsed.undated, shares):
            yield "number", part
    yield from _told_twice(parsed, evidence)


def _is_cardinal(part: str, text: str, evidence: Evidence) -> bool:
    """Whether an ordinal stands in the evidence as in "year seven" for "the seventh year"."""
    said = re.search(rf"\b{re.escape(part)}\s(\w+)", text.lower())
    if part not in _ORDINALS or said is None:
        return False
    if part == "first" and any(_FIRST.search(held) for held in evidence.texts):
        return True
    number = _ORDINALS.index(part)
    names = rf"\b{re.escape(said[1])} (?:{_CARDINALS[number]}|{number + 1})\b"
    return any(re.search(names, held.lower()) for held in evidence.texts)


def _told_twice(parsed: Parsed, evidence: Evidence) -> Iterator[Found]:
    """Numbers that a statement has more often than the sentences that it cites."""
    if evidence.computation:
        return
    cells = Counter(
        (amount.value * amount.unit.scale, stating)
        for amount, stating in zip(parsed.amounts, parsed.stating, strict=True)
        if len(stating) == 1
    )
    if len(evidence.cells) > 1:
        yield from (("number", str(value)) for (value, _), count in cells.items() if count > 1)
    if evidence.cells:
        return
    held = _counted(" ".join(evidence.own))
    for number, count in _counted(parsed.statement).items():
        if count > 1 and 0 < held[number] < count:
            yield "number", number


def _counted(text: str) -> Counter[str]:
    return Counter((*_DIGITS.findall(text), *_parts(text)))


def _stands(amount: Amount, text: str, evidence: Evidence) -> bool:
    """Whether a sentence, a heading, a note or an indicator's name has the number."""
    cells = evidence.cells
    named = (f"{c.indicator}; {c.entity}; {c.cell.column or ''}; {text_in(c)}" for c in cells)
    is_one = "one" in text[amount.start : amount.end].lower().split()[:2]
    if (
        is_one
        and amount.unit.scale == 1
        and any(not _ONE.isdisjoint(tokens(held)) for held in evidence.own)
    ):
        return True
    if _counts_list(amount, text) or _is_elliptic(amount, text, evidence):
        return True
    over = evidence.context if cells else ()
    texts = (*evidence.texts, *evidence.notes, *over, *dict.fromkeys(named))
    if any(states(held, amount) for held in texts):
        return True
    titles = evidence.context if _NAMED.match(text, amount.start) else ()
    return any(_in_same_words(amount, text, held) for held in (*texts, *evidence.subjects, *titles))


def _counts_list(amount: Amount, text: str) -> bool:
    """Whether a number tells how many names follow it: "two parks, East Park and West Park"."""
    listed = _LISTED.match(text, amount.end)
    if listed is None or amount.is_measured or amount.qualifier:
        return False
    return len(re.split(r",\s(?:and\s)?|\sand\s", listed["names"])) == amount.value


def _is_elliptic(amount: Amount, text: str, evidence: Evidence) -> bool:
    """Whether a number leaves out "per ...", which another of its sentence has."""
    if " per " not in text or not amount.unit.base:
        return False
    held = (one for words in evidence.texts for one in amounts_in(words))
    return any(
        one.value == amount.value and one.unit.printed.partition(" per ")[0] == amount.unit.printed
        for one in held
    )


def _in_same_words(amount: Amount, text: str, held: str) -> bool:
    """Whether a number that is not measured stands there beside the same words: "863 Program"."""
    if amount.is_measured or amount.unit.scale != 1:
        return False
    named = tokens(text[amount.start : amount.end])
    if amount.unit.base:
        return _holds(tokens(held), named[:2] if _NAMED.match(text, amount.start) else named)
    after = tokens(text[amount.end : amount.end + 40])[:1]
    before = tokens(text[max(0, amount.start - 40) : amount.start])[-1:]
    return any(
        any(word.isalpha() for word in run) and _holds(tokens(held), run)
        for run in (named + after, before + named)
    )


def _holds(held: tuple[str, ...], run: tuple[str, ...]) -> bool:
    size = len(run)
    return any(held[place : place + size] == run for place in range(len(held) - size + 1))


def _parts(text: str) -> list[str]:
    """The ordinals and fractions that are named, each in one form: "two third", "second"."""
    found = []
    for match in _PARTS.finditer(text.lower()):
        number = int(match["digits"] or 0)
        word = match["ordinal"] or (match["part"] or "").replace("ves", "f").replace(
            "quarters", "quarter"
        )
        if number:
            word = _ORDINALS[number - 1] if number <= len(_ORDINALS) else match[0]
        found.append(f"{match['several'] or ''} {word}".strip())
    return found + [match[0].lower().replace(" ", "-") for match in _OF_TABLES.finditer(text)]
