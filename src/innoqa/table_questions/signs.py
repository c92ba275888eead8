"""The words that show what a question asks for: signs of operations, and words without weight."""

import re
from collections.abc import Mapping
from typing import Literal

from innoqa.indicators.column_names import names_groups

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
    r"|went (?:up|down)|develop(?:ed|ing|s|ment)?|jump\w*|gain(?:ed)?"
    r"|add(?:ed|s)?(?=\s*(?:between|from|since|over|[?]|$))|los[et]s?|shed|climb\w*|slip\w*|sink\w*|sank"
    r"|soar\w*|plung\w*|slid\w*"
)


_MORE = (
    r"(?:more|less|fewer|higher|lower|larger|smaller|bigger|greater|longer|shorter|faster|older"
    r"|younger|better|worse)"
)


_ONE_TO_TEN = r"(?:one|two|three|four|five|six|seven|eight|nine|ten)"
_FEW = rf"(?:\d{{1,2}}|{_ONE_TO_TEN})"
_MOST = (
    r"(?:highest|largest|biggest|greatest|most|lowest|smallest|least|fewest|best|worst|strongest"
    r"|weakest|longest|shortest)"
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
     r"|by what (?:amount|margin)|how far (?:ahead|behind|above|below)|ahead of|behind"
     r"|margin|exceed\w*|surpass\w*|outstrip\w*|overt(?:ake|ook|aken)\w*|out(?:perform|pac|number)\w*"
     r"|trail(?:s|ed)?|lag(?:s|ged)?|minus|subtract\w*|(?:fall|fell|falls) short"),
    ("change", _CHANGES),
    ("median", r"median"),
    ("mean", r"average|mean(?! by)\b|on average"),
    ("sum", r"sum|plus|totals?|between them|altogether|combined|in all|together"
            r"|add(?:ed|ing|s)? (?:up|to|together)|aggregate"),
    ("range", rf"range|spread|how far apart|{_MOST} (?:and|to|from)(?: the)? {_MOST}"),
    ("ratio", r"ratio|how many times"
              r"|for (?:each|every)(?! (?:available |single )?(?:year|quarter|month|period|half))"
              r"|times (?:as|larger|higher|more|bigger|greater)|multiple"
              r"|\w*fold|double|twice|factor"),
    ("share", rf"(?<!by )(?:what|which|how (?:large|big|high) an?) (?:share|{_PERCENT}|proportion"
              rf"|fraction|part|portion)(?! (?:{_CHANGES}|growth|points?)\b)"
              rf"|(?:share|proportion|{_PERCENT}|fraction) of"
              rf"|as an? (?:share|{_PERCENT}|proportion|fraction)(?: of)?|makes? up|made up"
              r"|accounts? for|accounted for"),
    ("top", rf"\b(?:top|first|leading|largest|biggest|highest|lowest|smallest|bottom) {_FEW}\b"
            rf"|\b{_FEW}(?= \w+ with the {_MOST})|\b(?:which|what) {_FEW}\b"
            rf"|\b{_FEW} (?:{_MOST}|top)\b"),
    ("top years", rf"(?:top|first|largest|highest|lowest|best) {_FEW}"
                  r" (?:years?|quarters?|months?)"
                  rf"|{_FEW} {_MOST} (?:years?|quarters?|months?)"),
    ("highest", r"highest|largest|most(?! recent)|biggest|greatest|max(?:imum)?|peak\w*|top|best"
                r"|longest|tallest|fastest|quickest|strongest|record (?:high|level|value)|leading"
                r"|leads?\b"),
    ("lowest", r"lowest|smallest|least(?<!at least)|fewest|min(?:imum)?|shortest|worst|weakest"
               r"|slowest"),
    ("latest", r"latest|most recent(?:ly)?|current(?:ly)?|newest|now(?:adays)?|today|at present"
               r"|last (?:known|available|reported|figure|value|number|count)|up[- ]to[- ]date"),
    ("earliest", r"earliest|oldest|first (?:known|available|recorded|reported|figure|value|number"
                 r"|count)|at (?:the )?first"),
    ("first", r"first(?: time)?|when did|since when"),
    ("last", r"last(?: time)?(?= \w+ (?:\d|first|second|third|fourth|fifth))"
             r"|last (?:time|year|quarter|month)(?: on record)?"
             r"(?= (?:with|that|when|in which|above|below))"),
    ("series", r"trends?|over time|over the (?:\w+ )?(?:years?|period|decade)"
               r"|year[- ](?:by|on)[- ]year|by year|per year"
               r"|(?:each|every) (?:available |single )?year"
               r"|annual(?:ly)? figures?|history|time series|all (?:the )?years|trajectory"
               r"|evolution|figures for|chart|graph|plot"),
    ("rank", r"rank\w*|in (?:descending |ascending )?order|ordered|order of|sort\w*"),
    ("compare", rf"compar\w*|versus|vs\.?|than|{_MORE}|side by side|against|relative to"),
    ("count years", r"how many (?:of the )?(?:years?|quarters?|months?|times|periods?)"
                    r"(?! (?:as|larger|higher|more|bigger|greater)\b)|how often"),
    ("count", r"(?:for )?how many(?= (?:\w+ ){1,3}(?:is there|are there|have|has|had|with)"
              r" (?:an? )?(?:\w+ ){0,4}(?:figures?|values?|data))"),
    ("quantity", r"how (?:many|much|large|big|long|high|wide|old|often|far)"
                 r"|what (?:was|is|were|are)"
                 r"|what's|number of|amount of|how did|how has|how have"),
    ("which period", r"(?:what|which) (?:[\w-]+ )?(?:years?|months?|quarters?|periods?"
                     r"|editions?|half-years?)"
                     r"|(?:best|worst|record|peak|strongest|weakest|highest|lowest)"
                     r" (?:year|quarter|month)"
                     r"|when"),
    ("target", r"(?:meet|met|hit|miss(?:ed)?|attain\w*|achieve\w*)"
               r"(?= (?:\S+ ){1,6}(?:target|goal))"
               r"|targets?|goals?|plan(?:s|ned)?|aim\w*|forecast\w*|project(?:ed|ion)"),
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


STRUCTURE: frozenset[Sign] = frozenset(
    (
        "which period",
        "which entity",
        "who",
        "where",
        "whether",
        "compare",
        "quantity",
        "process",
        "definition",
    )
)
"""Signs in the form of a question, which no name takes away."""


_WHICH = re.compile(r"\b(?:which|what|who)(?: of the)?(?: (?:\d+|two|three))? (?!is\b|was\b|are\b"
                    r"|were\b|did\b|does\b|do\b|has\b|have\b|had\b|the\b|year|month|quarter|period"
                    r"|share|percent|proportion|fraction|part\b|portion|kind|type|sort)"
                    r"(?P<type>[\w'’-]+(?: [\w'’-]+)??)\b|\bwhose?\b|\bwhere\b", re.I)  # fmt: skip


NUMBER_WORDS: Mapping[str, int] = {
    word: number
    for number, word in enumerate("one two three four five six seven eight nine ten".split(), 1)
}


FALLS = re.compile(
    r"\b(?:f[ae]ll\w*|declin\w*|decreas\w*|drop\w*|shr[aiu]nk\w*|lost|loses?|shed|slip\w*|sink\w*"
    r"|sank|slid\w*|plung\w*|worsen\w*|(?:go(?:es)?|went) down)\b", re.IGNORECASE)  # fmt: skip


GRAMMAR = frozenset(
    (
        " a an the of in on at by for from to with and or but as is are was were be been being"
        " it its they their them this that these those there here which what who whom whose when"
        " where why how do does did done doing has have had having can could will would shall"
        " should may might must not no yes i we you he she me us my our your his her s t than"
        " then so if into out up down about between during since until till before after over"
        " under above below per each every all any some both either more most less least many"
        " much exactly actually really roughly approximately around just only also still already"
        " ever one ones same other another within across among there's what's whats hows you've"
        " i'm it's don't doesn't versus vs never two three four five six seven eight nine ten"
    ).split()
)
"""Words that are no more than grammar."""


FUNCTION_WORDS = GRAMMAR | frozenset(
    (
        # verbs and nouns that say no more of a figure than that it is one
        " looking km sq ha whether happen through via thanks generate generated achieve achieved"
        " attain attained itself themselves ahead full wide record know think give ask seem feel"
        " try leave left keep kept let begin help hear play move live believe write provide sit"
        " stay remain continue learn understand follow speak consider appear serve expect way"
        " round i.e e.g order needed need i'd we'd let's billion million trillion thousand yuan"
        " euro dollar pound incubate land landed half share's exact incl piece thesis slide"
        " wondering wonder together please earned cost's whole complete completely tell show"
        " list name say number amount figure figures value values count data statistics"
        " statistic table tables according currently exist exists existed existing close"
        " available reported recorded stand stood come came get got see look like want find"
        " compute calculate work amounted reach reached year years time times period city's high"
        " low level big large use using used thing things kind sort hold held make made take"
        " took taken bring brought saw seen set go went gone going put cover covers covered"
        " occupy span employ own run host house operate operating operated measure records log"
        " logged post posted receive received obtain produce produced file filed working given"
        " money sum quantity size fast quickly strongly far apart worth yearly annual annually"
        " rate percentage total overall compared comparison happened district municipality"
        " county province works people person built finished completed oldest point points gain"
        " gained lose lost spread lie lies comes coming turn respectively respective fiscal"
        " belong become became start started end ended began jan feb mar apr jun jul aug sep oct"
        " nov dec figure's back well good bad better worse"
    ).split()
)


THE_SUBJECT = re.compile(
    r"\b(?:the|this|our|whole|entire) (?:whole |entire )?(?:city|capital|municipality|town|region"
    r"|country|company|group|firm|district|state|province|place)\b")  # fmt: skip


def signs_in(
    question: str, named: list[tuple[int, int]]
) -> dict[Sign, tuple[tuple[int, int], ...]]:
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


def asked_kind(question: str) -> tuple[list[tuple[int, int]], tuple[int, int]]:
    """What kind of thing "which" asks for, and where; nothing where it does not ask for one."""
    match = _WHICH.search(question)
    if match is None:
        return [], (0, 0)
    if not match["type"]:
        return [match.span()], match.span()
    start, end = match.span("type")
    following = _NEXT_WORD.match(question, end)
    if following and names_groups(following[0]) and not names_groups(match["type"]):
        end = following.end()  # "which science city"
    return [(start, end)], (match.start(), end)


_NEXT_WORD = re.compile(r" [^\W_]+")


def asked_for_several(question: str) -> int | None:
    """How many things "which two" or "the top three" ask for, or None.

    >>> asked_for_several("Which two parks are largest?"), asked_for_several("Which is largest?")
    (2, None)
    """
    return how_many_first(question, signs_in(question, []).get("top", ()))


def how_many_first(question: str, spans: tuple[tuple[int, int], ...]) -> int | None:
    """How many are wanted: 3 for "the top three"; ``spans`` are where such signs stand."""
    for start, end in spans:
        for word in question[start:end].lower().split():
            if word.isdigit() or word in NUMBER_WORDS:
                return int(word) if word.isdigit() else NUMBER_WORDS[word]
    return None


def asides(question: str) -> list[tuple[int, int]]:
    """What stands beside the question itself: other sentences, and what leads up to it politely.

    >>> text = "I write on parks. For my talk I need the number of firms there."
    >>> [text[start:end] for start, end in asides(text)]
    ['I write on parks. ', 'For my talk I need the ']
    """
    parts = [match.span() for match in _SENTENCE.finditer(question)]
    core = next((p for p in reversed(parts) if _ASKS.search(question, *p)), (0, len(question)))
    spans = [part for part in parts if part != core]
    asks = _ASKS.search(question, *core)
    if asks and _POLITE.search(question, core[0], asks.start()):
        spans.append((core[0], asks.start()))
    return spans


_SENTENCE = re.compile(r"(?:[^.!?:;]|[.](?=\S)|(?<=\d)[.:])+[.!?:;]*\s*")
_ASKS = re.compile(
    r"\b(?:how (?:many|much|large|big|long|high|did|has|have|far|fast)|what|which|when|who|did|is"
    r"|was|were|number of|amount of|value of|share of|rank|list|compare|trend|top \d+|average|mean"
    r"|median|sum|total|add up|by how|in which)\b", re.IGNORECASE)  # fmt: skip
_POLITE = re.compile(
    r"\b(?:I|I'm|I'd|we|we're|my|our|you|please|let's|i\.e|hello|hi|thanks|kindly|show me|tell me)"
    r"\b",
    re.IGNORECASE,
)
