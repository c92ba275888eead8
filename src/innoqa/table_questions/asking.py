"""Question -> what it asks of tables: signs of an operation, the time, a threshold.

Nothing is decided here: a word such as "total" is a sign of a sum and may yet turn out to be part
of an indicator's name. See ``matching`` and ``computing``.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Literal, Self

from innoqa import periods, quantities
from innoqa.domain import Period, Unit
from innoqa.quantities import Quantity
from innoqa.quantities.units import KNOWN, unit_words
from innoqa.words import Word, acronyms, words

Sign = Literal[
    "annual growth", "percentage change", "percent", "points", "difference", "change", "mean",
    "median", "sum", "range", "ratio", "share", "highest", "lowest", "latest", "earliest",
    "series", "compare", "which period", "which entity", "top", "rank", "first", "last", "why",
    "target", "count years", "count", "quantity", "whether", "above", "below", "definition",
    "who", "where", "process", "top years",
]  # fmt: skip

_CHANGES = (
    r"(?:chang|increas|decreas|declin|expand|shrink|improv|worsen|evolv)\w*|shrank|gr[oe]w\w*"
    r"|r(?:ise[sn]?|ose|ising)|f(?:all|ell|alls|allen|alling)|drop\w*|g(?:o|one|oes) (?:up|down)"
    r"|went (?:up|down)|develop(?:ed|ing|s|ment)?|add(?:ed|s)?(?= (?:between|from|since|over))|los[et]s?|shed|climb\w*|slip\w*|sink\w*|sank|soar\w*|plung\w*|slid\w*|jump\w*|gain(?:ed)?"
)
_MORE = (
    r"(?:more|less|fewer|higher|lower|larger|smaller|bigger|greater|longer|shorter|faster|older"
    r"|younger|better|worse)"
)
_PERCENT = r"(?:percent(?:age)?|per cent|%)"
_SIGNS: tuple[tuple[Sign, str], ...] = (
    ("annual growth",
     r"compound(?:ed|ing)?(?: annual| yearly)?(?: growth)?(?: rate)?|cagr"
     r"|(?:average|mean) (?:annual|yearly) (?:growth|increase|change|rate)(?: rate)?(?: of growth)?"
     r"|annual(?:ised|ized)? (?:average )?(?:growth|increase)(?: rate)?"
     r"|(?:gr[eo]w\w*|growth|ris\w+|rose|increas\w+)\b[^?]{0,60}?"
     r"\b(?:per year|a year|each year|every year|annually|per annum)(?: on average)?"
     r"|on average (?:per|each|every) year"),
    ("percentage change",
     rf"{_PERCENT} (?:change|increase|growth|rise|decrease|decline|drop|fall|gain|difference)"
     r"|growth rate|rates? of (?:growth|change|increase)|relative (?:change|increase|growth)"
     rf"|(?:by|how) (?:what|many|much) {_PERCENT}(?! points?)|how (?:fast|quickly|rapidly)"),
    ("points", rf"{_PERCENT}[- ]points?"),
    ("percent", rf"(?:in|as a) {_PERCENT}(?: terms)?"),
    ("difference",
     rf"differen\w*|differ\b|gap|how (?:much|many) {_MORE}|by how (?:much|many)"
     r"|margin|minus|subtract\w*|(?:fall|fell|falls) short"),
    ("change", _CHANGES),
    ("median", r"median"),
    ("mean", r"average|mean(?! by)\b|on average"),
    ("sum", r"sum|plus|totals?|between them|altogether|combined|in all|together|add(?:ed|ing|s)? (?:up|to|together)|aggregate"),
    ("range", r"range|spread|how far apart|(?:highest|largest|most|lowest|smallest|least|best|worst)"
              r" (?:and|to|from)(?: the)? (?:highest|largest|most|lowest|smallest|least|best|worst)"),
    ("ratio", r"ratio|how many times|times (?:as|larger|higher|more|bigger|greater)|multiple"
              r"|\w*fold|double|twice|factor"),
    ("share", rf"(?<!by )(?:what|which|how (?:large|big|high) an?) (?:share|{_PERCENT}|proportion|fraction"
              rf"|part|portion)|(?:share|proportion|{_PERCENT}|fraction) of|as an? (?:share"
              rf"|{_PERCENT}|proportion|fraction)(?: of)?|make[s]? up|made up|accounts? for"
              r"|accounted for"),
    ("top", r"\b(?:top|first|leading|largest|biggest|highest|lowest|smallest|bottom)"
            r" (?:\d{1,2}|two|three|four|five|six|seven|eight|nine|ten)\b"
            r"|\b(?:\d{1,2}|two|three|four|five|six|seven|eight|nine|ten)(?= \w+ with the (?:highest"
            r"|lowest|most|least|largest|smallest|biggest|fewest))"
            r"|\b(?:which|what) (?:\d{1,2}|two|three|four|five|six|seven|eight|nine|ten)\b"
            r"|\b(?:\d{1,2}|two|three|four|five|six|seven|eight|nine|ten)"
            r" (?:largest|biggest|highest|lowest|smallest|most|best|top)\b"),
    ("top years", r"(?:top|first|largest|highest|lowest|best) (?:\d{1,2}|two|three|four|five|six|seven"
                  r"|eight|nine|ten) (?:years?|quarters?|months?)"),
    ("highest", r"highest|largest|most(?! recent)|biggest|greatest|max(?:imum)?|peak\w*|top|best"
                r"|longest|tallest|record (?:high|level|value)|leading|leads?\b"),
    ("lowest", r"lowest|smallest|least(?<!at least)|fewest|min(?:imum)?|shortest|worst|weakest"),
    ("latest", r"latest|most recent(?:ly)?|current(?:ly)?|newest|now(?:adays)?|today|at present"
               r"|last (?:known|available|reported|figure|value|number|count)|up[- ]to[- ]date"),
    ("earliest", r"earliest|oldest|first (?:known|available|recorded|reported|figure|value|number"
                 r"|count)|at (?:the )?first"),
    ("first", r"first(?: time)?|when did|since when"),
    ("last", r"last(?: time)?(?= \w+ (?:\d|first|second|third|fourth|fifth))|last time"),
    ("series", r"trends?|over time|over the (?:\w+ )?(?:years?|period|decade)|year[- ](?:by|on)[- ]year"
               r"|by year|per year|(?:each|every) year|annual(?:ly)? figures?|history|time series"
               r"|all (?:the )?years|trajectory|evolution|figures for|chart|graph|plot"),
    ("rank", r"rank\w*|in (?:descending |ascending )?order|ordered|order of|sort\w*"),
    ("compare", rf"compar\w*|versus|vs\.?|than|{_MORE}|side by side|against|relative to"),
    ("count years", r"how many (?:of the )?(?:years?|quarters?|months?|times|periods?)(?! (?:as|larger"
                    r"|higher|more|bigger|greater)\b)|how often"),
    ("count", r"(?:for )?how many(?= (?:\w+ ){1,3}(?:is there|are there|have|has|had|with) (?:an? )?"
              r"(?:\w+ ){0,4}(?:figures?|values?|data))"),
    ("quantity", r"how (?:many|much|large|big|long|high|wide|old|often|far)|what (?:was|is|were|are)"
                 r"|what's|number of|amount of|how did|how has|how have"),
    ("which period", r"(?:what|which) (?:\w+ )?(?:years?|months?|quarters?|periods?)|when"),
    ("target", r"targets?|goals?|plan(?:s|ned)?|aim\w*|forecast\w*|project(?:ed|ion)"),
    ("why", r"why|what (?:explains|drove|drives|caused|causes|is behind|was behind)|reasons?"
            r"|how come|explain"),
    ("whether", r"^(?:is|are|was|were|did|does|do|has|have|had)\b"),
    ("who", r"who|whom"),
    ("where", r"where"),
    ("process", r"^how (?:does|do|can|could|should|would|is|are|might)"),
    ("definition", r"^(?:what (?:is|are)(?= (?!the\b))|what does|define)|what is meant|mean by"
                   r"|definition"),
)  # fmt: skip
_PATTERNS = tuple((name, re.compile(rf"(?<!\w)(?:{p})(?!\w)", re.I)) for name, p in _SIGNS)
_STRUCTURE: frozenset[Sign] = frozenset(
    ("which period", "which entity", "who", "where", "whether", "quantity", "process", "definition")
)
"""Signs in the form of a question, which no name takes away."""
_WHICH = re.compile(r"\b(?:which|what|who)(?: of the)?(?: (?:\d+|two|three))? (?!is\b|was\b|are\b"
                    r"|were\b|did\b|does\b|do\b|has\b|have\b|had\b|the\b|year|month|quarter|period"
                    r"|share|percent|proportion|fraction|part\b|portion|kind|type|sort)"
                    r"(?P<type>[\w'’-]+(?: [\w'’-]+)??)\b|\bwho\b|\bwhere\b", re.I)  # fmt: skip
_ABOVE = re.compile(
    r"\b(?:(?:more|greater|higher|larger|bigger|longer) than|above|over|exceed\w*|surpass\w*|pass(?:e[sd])?"
    r"|cross\w*|reach\w*|beyond|top(?:ped|s)?|at least|break|broke|hit)\b", re.I)  # fmt: skip
_BELOW = re.compile(
    r"\b(?:(?:less|fewer|lower|smaller|shorter) than|below|under|at most|(?:f[ae]ll|drop\w*) (?:to"
    r"|below|under))\b", re.I)  # fmt: skip
_INCLUSIVE = re.compile(r"at least|at most|reach\w*|hit", re.I)
_NUMBER_WORDS: Mapping[str, int] = {
    word: number
    for number, word in enumerate("one two three four five six seven eight nine ten".split(), 1)
}
_LAST_N = re.compile(
    r"\b(?:last|past|previous|most recent|recent|latest) (?P<n>\d{1,2}|" + "|".join(_NUMBER_WORDS)
    + r") (?:years?|periods?|figures?|values?)\b", re.I)  # fmt: skip
_DECADE = re.compile(r"\b(?:last|past) decade\b", re.I)
_BEFORE_PERIOD = re.compile(
    r"\b(?P<how>since|from|after|before|until|till|up to|through|prior to|starting (?:in|from)"
    r"|earlier than|later than|by|between|to|and|as of)\s+(?:the )?(?:year |end of |years )?$", re.I)  # fmt: skip
_FUNCTION_WORDS = frozenset(
    "a an the of in on at by for from to with and or but as is are was were be been being it its"
    " they their them this that these those there here which what who whom whose when where why"
    " how do does did done doing has have had having can could will would shall should may might"
    " must not no yes i we you he she me us my our your his her s t than then so if into out up"
    " down about between during since until till before after over under above below per each"
    " every all any some both either more most less least many much any please tell show give"
    " list name let know say number amount figure figures value values count data statistics"
    " statistic table tables according exactly actually really roughly approximately around"
    " just only also still already ever currently exist exists existed existing close available reported recorded stand"
    " stood come came get got see look like want find compute calculate work amounted amount"
    " reach reached year years time times period city's high low level big large use using used"
    " one ones same other another thing things within across among there's what's whats hows"
    " you've i'm it's don't doesn't versus vs ever never kind sort please"
    # verbs and nouns that say no more of a figure than that it is one
    " hold held make made take took taken bring brought see saw seen set go went gone going put"
    " cover covers covered occupy span employ live own run host house operate operating operated"
    " measure record records log logged post posted receive received obtain produce produced file"
    " filed working give given money sum quantity size fast quickly strongly far apart worth"
    " yearly annual annually rate percentage total overall compared comparison happen happened"
    " district municipality county province works people person built finished completed two three four five six seven eight nine ten oldest respectively point points gain gained lose lost spread lie lies come comes coming turn out belong"
    " become became start started end ended begin began jan feb mar apr jun jul aug sep oct nov"
    " dec figure's back well good bad better worse".split()
)
_THE_SUBJECT = re.compile(
    r"\b(?:the|this|our|whole|entire) (?:whole |entire )?(?:city|capital|municipality|town|region|country|company|group|firm"
    r"|district|state|province|place)\b")  # fmt: skip


@dataclass(frozen=True, slots=True)
class Frame:
    """The time asked for: single periods, or a stretch with one or two ends (inclusive).

    ``count`` is how many of the latest periods are wanted ("the last five years").
    """

    points: tuple[Period, ...] = ()
    first: date | None = None
    last: date | None = None
    count: int | None = None

    @property
    def is_stretch(self) -> bool:
        """Whether a stretch of time is asked for."""
        return self.first is not None or self.last is not None

    def holds(self, period: Period) -> bool:
        """Whether a period lies in the stretch."""
        if period.end is None or period.start is None:
            return False
        after = self.first is None or period.start >= self.first
        return after and (self.last is None or period.end <= self.last)


@dataclass(frozen=True, slots=True)
class Threshold:
    """A limit that values are held against."""

    quantity: Quantity
    above: bool
    inclusive: bool


@dataclass(frozen=True, slots=True)
class Asked:
    """A question as it reads before anything is known of the tables.

    ``content`` are the positions of words that must be explained by what is found; ``soft`` those
    of an operation's words, which may be part of a name as well.
    """

    question: str
    words: tuple[Word, ...]
    signs: Mapping[Sign, tuple[tuple[int, int], ...]]
    frame: Frame
    threshold: Threshold | None
    top: int | None
    ordinal: int | None
    content: frozenset[int]
    soft: frozenset[int]
    type_words: frozenset[int]

    @classmethod
    def by(cls, question: str, known_acronyms: frozenset[str]) -> Self:
        """Read it from the question's words."""
        question = _spelled_out(question)
        found = words(question, known_acronyms | acronyms([question]))
        mentioned = periods.mentions(question)
        threshold, limit = _threshold(question)
        signs = _signs(question, [(m.start, m.end) for m in mentioned])
        spans = [(m.start, m.end) for m in mentioned] + limit + _counted(question)
        spans += _spans(_ORDINAL, question)
        taken = _positions(found, [*spans, *_spans(_THE_SUBJECT, question)])
        soft = _positions(found, [span for several in signs.values() for span in several])
        types, type_span = _type_words(question)
        if types:
            signs = {**signs, "which entity": (type_span,)}
        functional = {
            n
            for n, w in enumerate(found)
            if w.stem in _FUNCTION_WORDS or w.text.lower() in _FUNCTION_WORDS
        }
        everything = set(range(len(found)))
        return cls(
            question=question,
            words=found,
            signs=signs,
            frame=_frame(question, mentioned),
            threshold=threshold,
            top=_top(question, signs.get("top", ())),
            ordinal=_ordinal(question),
            content=frozenset(everything - taken - soft - functional),
            soft=frozenset((soft | functional) - taken),
            type_words=frozenset(_positions(found, types)),
        )

    def has(self, *signs: Sign) -> bool:
        """Whether the question shows any of the signs."""
        return any(sign in self.signs for sign in signs)

    def without(self, positions: frozenset[int]) -> Self:
        """The same without the signs whose words are all among the given ones: part of a name."""
        kept: dict[Sign, tuple[tuple[int, int], ...]] = {}
        for sign, spans in self.signs.items():
            left = tuple(s for s in spans if sign in _STRUCTURE or not self._within(s, positions))
            if left:
                kept[sign] = left
        return type(self)(
            self.question, self.words, kept, self.frame, self.threshold, self.top, self.ordinal,
            self.content, self.soft, self.type_words,
        )  # fmt: skip

    def _within(self, span: tuple[int, int], positions: frozenset[int]) -> bool:
        named = {
            n for n in _positions(self.words, [span])
            if self.words[n].stem not in _FUNCTION_WORDS
        }  # fmt: skip
        return bool(named) and named <= positions


def _spelled_out(question: str) -> str:
    """The question with each part of a year named in full.

    >>> _spelled_out("from the first to the second half of 2022")
    'from the first half of 2022 to the second half of 2022'
    """
    question = _BOTH_HALVES.sub(r"the first half of \1 and the second half of \1", question)
    return _TWO_PARTS.sub(r"\1 \4 of \5 \2 \3 \4 of \5", question)


_BOTH_HALVES = re.compile(r"\b(?:both|the two) halves of (\d{4})", re.I)
_ORDER = r"(?:first|second|third|fourth)"
_TWO_PARTS = re.compile(
    rf"\b({_ORDER}) (to|and|or|than)(?: in)? ((?:the )?{_ORDER}) (half|quarter) of (\d{{4}})", re.I
)


def _signs(question: str, named: list[tuple[int, int]]) -> dict[Sign, tuple[tuple[int, int], ...]]:
    """The signs in a question; "the first six months" is a time and no sign of "first"."""
    found: dict[Sign, tuple[tuple[int, int], ...]] = {}
    for name, pattern in _PATTERNS:
        spans = tuple(
            match.span()
            for match in pattern.finditer(question)
            if not any(start <= match.start() < end for start, end in named)
        )
        if spans:
            found[name] = spans
    return found


def _type_words(question: str) -> tuple[list[tuple[int, int]], tuple[int, int]]:
    """What kind of thing "which" asks for, and where; nothing where it does not ask for one."""
    match = _WHICH.search(question)
    if match is None:
        return [], (0, 0)
    span = match.span("type") if match["type"] else match.span()
    return [span], match.span()


def _spans(pattern: re.Pattern[str], question: str) -> list[tuple[int, int]]:
    return [match.span() for match in pattern.finditer(question)]


def _positions(found: tuple[Word, ...], spans: list[tuple[int, int]]) -> set[int]:
    return {
        n for n, word in enumerate(found)
        if any(start < word.end and word.start < end for start, end in spans)
    }  # fmt: skip


def _counted(question: str) -> list[tuple[int, int]]:
    return [*_spans(_LAST_N, question), *_spans(_DECADE, question)]


def _top(question: str, spans: tuple[tuple[int, int], ...]) -> int | None:
    for start, end in spans:
        for word in question[start:end].lower().split():
            if word.isdigit() or word in _NUMBER_WORDS:
                return int(word) if word.isdigit() else _NUMBER_WORDS[word]
    return None


_ORDINALS: Mapping[str, int] = {
    word: number
    for number, word in enumerate(
        "first second third fourth fifth sixth seventh eighth ninth tenth".split(), 1
    )
}
_ORDINAL = re.compile(
    r"\b(?:(?P<digits>\d{1,2})(?:st|nd|rd|th)|(?P<word>second|third|fourth|fifth|sixth|seventh"
    r"|eighth|ninth|tenth)|(?:rank\w*|place[ds]?|came|come|position(?:ed)?|be|was) (?P<first>first))"
    r"\b(?! (?:half|quarter|time|century|month|year|largest|biggest|highest|lowest))", re.I)  # fmt: skip


def _ordinal(question: str) -> int | None:
    """The place in a ranking that the question names: 3 for "ranked third"."""
    match = _ORDINAL.search(question)
    if match is None:
        return None
    return (
        int(match["digits"]) if match["digits"] else _ORDINALS[(match["word"] or "first").lower()]
    )


_TIMES = frozenset(("year", "month", "quarter", "day", "week", "decade", "half", "time"))
_MOST_WANTED = 50
_SIGN = re.compile(
    r"\b(?:(?P<below>negative|below zero|less than zero)|positive|above zero)\b", re.I
)


def _threshold(question: str) -> tuple[Threshold | None, list[tuple[int, int]]]:
    """A quantity that values are to lie above or below, with the spans that state it."""
    for mention in quantities.mentions(question):
        if mention.quantity.value is None or _is_no_limit(question, mention):
            continue
        before = question[max(mention.start - 30, 0) : mention.end]
        above, below = _last(_ABOVE, before), _last(_BELOW, before)
        if above is None and below is None:
            continue
        is_above = below is None or (above is not None and above[0] >= below[0])
        word = above[1] if is_above and above else below[1] if below else ""
        inclusive = _INCLUSIVE.fullmatch(word) is not None
        start = max(mention.start - 30, 0) + before.rfind(word)
        return Threshold(mention.quantity, is_above, inclusive), [(start, _end(question, mention))]
    sign = _SIGN.search(question)
    if sign is not None:
        zero = Quantity(Decimal(0), Unit(""))
        return Threshold(zero, above=sign["below"] is None, inclusive=False), [sign.span()]
    return None, []


def _end(question: str, mention: quantities.Mention) -> int:
    """Where a limit ends; what it counts ("30 firms") is a word of the question like others."""
    unit = mention.quantity.unit
    at = question.find(unit.printed, mention.start, mention.end) if unit.printed else -1
    return at if at > mention.start and unit_words(unit.printed).kind not in KNOWN else mention.end


def _is_no_limit(question: str, mention: quantities.Mention) -> bool:
    """Whether a quantity is a time ("over five years") or how many are wanted ("top three")."""
    if mention.quantity.unit.base.rpartition(" ")[2] in _TIMES:
        return True
    few = mention.quantity.value is not None and mention.quantity.value <= _MOST_WANTED
    return few and re.search(r"\btop\s$", question[: mention.start], re.I) is not None


def _last(pattern: re.Pattern[str], text: str) -> tuple[int, str] | None:
    found = [(match.start(), match[0]) for match in pattern.finditer(text)]
    return found[-1] if found else None


_RANGE = re.compile(r"\s*(?:to|-|–|—|until|till|through)\s*(?:the )?(?:year |end of )?", re.I)


def _frame(question: str, mentioned: tuple[periods.PeriodMention, ...]) -> Frame:
    counted = _LAST_N.search(question)
    if counted is not None:
        n = counted["n"].lower()
        return Frame(count=int(n) if n.isdigit() else _NUMBER_WORDS[n])
    if _DECADE.search(question):
        return Frame(count=10)
    ordered = sorted(mentioned, key=lambda m: m.start)
    points = tuple(m.period for m in ordered)
    first, last = None, None
    for place, mention in enumerate(ordered):
        before = _BEFORE_PERIOD.search(question[: mention.start])
        how = before["how"].lower() if before else ""
        following = ordered[place + 1] if place + 1 < len(ordered) else None
        if following and _RANGE.fullmatch(question[mention.end : following.start]):
            how = "from"
        start, end = _bounds(how, mention.period, opened=first is not None)
        first, last = start or first, end or last
    if len(points) == 1 and points[0].kind == "span" and first is None and last is None:
        first, last = points[0].start, points[0].end
    return Frame(points, first, last)


def _bounds(how: str, period: Period, *, opened: bool) -> tuple[date | None, date | None]:
    """The start or end of a stretch that a period gives, by the word before it."""
    if period.start is None or period.end is None:
        return None, None
    day = timedelta(days=1)
    if how == "since" or how.startswith("starting") or (how in ("from", "between")):
        return period.start, None
    if how in ("after", "later than"):
        return period.end + day, None
    if how in ("before", "prior to", "earlier than"):
        return None, period.start - day
    if how in ("until", "till", "up to", "through") or (how in ("to", "and") and opened):
        return None, period.end
    return None, None
