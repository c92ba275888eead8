"""Drafts of questions from the words and tables of a corpus, each with the quote that answers it.

They are worded by patterns of English and meant to be corrected by a person who knows the corpus.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import chain

from innoqa.domain import Observation, Passage, Sentence
from innoqa.metrics import EvalQuestion, Gold

HEAD = """Questions drafted from the corpus. Correct the words of each, its must and its gold, and
remove `draft` from what is right; delete the rest. Add questions as people really ask them, and
some that the corpus does not answer. must: words that a right answer contains; "a|b" are
alternatives. gold: words of the corpus that answer, exactly as they stand there; golds with the
same `fact` are alternatives. kind, split and thresholds: see eval/README.md of InnoQA."""

_NUMBER = r"(?P<number>\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?)"
_ABOUT = r"(?:about |around |over |nearly |almost |some |more than |at least |less than )?"
_NO_NAME = (
    "it|this|that|these|those|there|he|she|they|we|you|i|its|their|his|her|our|such|one|some|many"
    "|most|all|both|each|other|another|in|on|at|by|for|from|with|since|during|after|before|when"
    "|while|if|as|but|and|or|according|of|to|however|also|then"
)
_SUBJECT = rf"(?P<subject>(?!(?i:{_NO_NAME})\b)[A-Z][\w’'&.-]*(?: (?!\d)[\w’'&.-]+){{0,6}}?)"
_BREAK = r"(?: (?:in|on|of|by|at|for|with|and|from|to|that|which|who|per|as|or|than)\b|[,;:.(]|$)"
_MONTH = "(?:January|February|March|April|May|June|July|August|September|October|November|December)"
_DATE = rf"(?P<date>(?:(?:\d{{1,2}} )?{_MONTH} )?(?:1[5-9]|20)\d\d)"

_DEFINED = re.compile(rf"{_SUBJECT} (?P<verb>is|are) (?:an?|the) (?P<what>[a-z].*?){_BREAK}")
_COUNTED = re.compile(
    rf"{_SUBJECT} (?P<verb>has|have|had|(?!was\b)[a-z]+[^is\W]s|(?:has|have|had) [a-z]+ed) {_ABOUT}"
    rf"{_NUMBER} "
    rf"(?P<noun>[a-z][\w-]*(?: [a-z][\w-]*)*?)(?P<rest>{_BREAK}.*)$"
)
_AMOUNT = re.compile(
    rf"{_SUBJECT} (?P<verb>is|was|are|were|reached|totalled) {_ABOUT}{_NUMBER}(?P<rest>.*)$"
)
_DATED_LAST = re.compile(rf"(?P<clause>{_SUBJECT} [a-z].*) (?:in|on) {_DATE}\.?$")
_DATED_FIRST = re.compile(rf"(?:In|On) {_DATE},? (?P<clause>{_SUBJECT} [a-z].*?)\.?$")

_ORDINALS = frozenset("first second third fourth fifth largest smallest oldest only".split())

_LONGEST = 30
"""Words of a sentence that a question is made of."""

_ELSEWHERE = (
    "What is the boiling point of liquid helium?",
    "Who won the football World Cup in 1998?",
    "How do I renew a passport in Portugal?",
    "Which key is Beethoven's fifth symphony in?",
    "How long does it take to hard-boil a goose egg?",
    "What does a return ticket from Oslo to Bergen cost?",
    "Who painted the ceiling of the Sistine Chapel?",
    "How many moons does Neptune have?",
)
"""What hardly any corpus answers."""


def drafts(
    passages: Sequence[Passage], knows: Callable[[str], bool], count: int
) -> list[EvalQuestion]:
    """At most ``count`` questions: a fifth without an answer, the rest of each kind as many.

    ``knows`` tells whether the corpus has a word. The same corpus gives the same drafts.
    """
    prose = [passage for passage in passages if passage.cell is None]
    rows = [passage for passage in passages if passage.cell is not None]
    unanswerable = _unlike([*_near_misses(rows), *_elsewhere(knows)], count // 5)
    kinds = [list(_definitions(prose)), list(_facts(prose)), list(_indicators(rows))]
    answerable = _shared(kinds, count - len(unanswerable))
    return [
        EvalQuestion(
            id=f"{one.kind}-{number}",
            kind=one.kind,
            question=one.question,
            must=one.must,
            golds=one.golds,
            answerable=one.answerable,
            why=one.why,
            draft=True,
        )
        for number, one in enumerate([*answerable, *unanswerable], start=1)
    ]


def _shared(kinds: Sequence[Sequence[EvalQuestion]], count: int) -> list[EvalQuestion]:
    """As many of each kind, spread over the corpus; where one runs out, more of the others."""
    found: list[EvalQuestion] = []
    for left, kind in zip(range(len(kinds), 0, -1), sorted(kinds, key=len), strict=True):
        found += _unlike(kind, (count - len(found)) // left)
    return found


def _unlike(questions: Sequence[EvalQuestion], count: int) -> list[EvalQuestion]:
    """At most ``count`` questions, evenly spread over those given, none asked twice."""
    different = list({one.question.casefold(): one for one in reversed(questions)}.values())[::-1]
    if len(different) <= count:
        return different
    return [different[place * len(different) // count] for place in range(count)]


def _definitions(passages: Iterable[Passage]) -> Iterator[EvalQuestion]:
    for passage, sentence in _sentences(passages):
        found = _DEFINED.match(sentence.text)
        if found and _tells(found["what"]):
            question = f"What {found['verb']} {_inside(found['subject'])}?"
            yield _answerable("definition", question, found["what"], passage, sentence)


def _facts(passages: Iterable[Passage]) -> Iterator[EvalQuestion]:
    for passage, sentence in _sentences(passages):
        made = _asks_for_count(sentence.text) or _asks_for_date(sentence.text)
        if made is not None:
            yield _answerable("fact", *made, passage, sentence)


def _asks_for_count(text: str) -> tuple[str, str] | None:
    counted = _COUNTED.match(text)
    if counted and not re.fullmatch(r"(?:1[5-9]|20)\d\d", counted["number"]):
        subject, rest = _inside(counted["subject"]), _first_part(counted["rest"])
        asked = f"How many {counted['noun']} {_turned(counted['verb'], subject)}{rest}?"
        return asked, counted["number"]
    amount = _AMOUNT.match(text)
    if amount:
        verb = amount["verb"] if amount["verb"] in ("is", "are") else "was"
        when = re.search(rf" (?:in|at|on) [^,]*?{_DATE}", _first_part(amount["rest"]))
        asked = f"How much {verb} {_inside(amount['subject'])}{when[0] if when else ''}?"
        return asked, amount["number"]
    return None


def _asks_for_date(text: str) -> tuple[str, str] | None:
    dated = _DATED_LAST.match(text) or _DATED_FIRST.match(text)
    if dated is None or re.search(r"\d", dated["clause"]):
        return None
    return f"When was it that {_inside(dated['clause'])}?", dated["date"]


def _first_part(rest: str) -> str:
    """What stands before the first comma, but for those of numbers."""
    return re.split(r",(?!\d)", rest)[0].rstrip(" .")


def _turned(verb: str, subject: str) -> str:
    """Verb and subject as a question turns them round: "has the park opened", "does it have"."""
    helper, _, participle = verb.partition(" ")
    if participle:
        return f"{helper} {subject} {participle}"
    known = {"has": "does {} have", "have": "do {} have", "had": "did {} have"}
    return known.get(verb, f"does {{}} {_base(verb)}").format(subject)


def _base(verb: str) -> str:
    """The base form of a verb in the third person.

    >>> [_base(verb) for verb in ("houses", "employs", "reaches", "supplies")]
    ['house', 'employ', 'reach', 'supply']
    """
    if verb.endswith("ies"):
        return verb[:-3] + "y"
    return verb[:-2] if re.search(r"(?:ch|sh|ss|x|zz)es$", verb) else verb[:-1]


def _tells(definition: str) -> bool:
    """Whether the words after "is a" say what it is, and are few enough to be asked for."""
    return len(definition) > 4 and len(definition.split()) <= 4 and definition not in _ORDINALS


def _inside(words: str) -> str:
    """Words that began a sentence, as they stand within one."""
    return re.sub(r"^(?:The|A|An)\b", lambda article: article[0].lower(), words)


def _indicators(rows: Iterable[Passage]) -> Iterator[EvalQuestion]:
    for passage in rows:
        for one in passage.observations[:1]:
            if one.value is not None and one.entity and one.period.year:
                number = f"{one.value.normalize():f}"
                must = number if one.printed == number else f"{one.printed}|{number}"
                gold = (Gold(passage.source, passage.text, 1),)
                yield EvalQuestion(
                    "", "indicator", _asked(one, one.period.printed), (must,), gold, True
                )


def _near_misses(rows: Sequence[Passage]) -> Iterator[EvalQuestion]:
    """The first year of a series that no table has, before those that there are."""
    series: dict[tuple[str, str], list[Observation]] = {}
    for one in chain.from_iterable(passage.observations for passage in rows):
        if one.entity and one.period.year:
            series.setdefault((one.indicator, one.entity), []).append(one)
    for observations in series.values():
        years = sorted({one.period.year for one in observations if one.period.year})
        span = f"{years[0]} to {years[-1]}" if len(years) > 1 else str(years[0])
        why = f"to be checked: the tables have {span} of this"
        asked = _asked(observations[0], str(years[0] - 10))
        yield EvalQuestion("", "near-miss", asked, (), (), answerable=False, why=why)


def _elsewhere(knows: Callable[[str], bool]) -> Iterator[EvalQuestion]:
    why = "to be checked: the corpus is about other things"
    for question in _ELSEWHERE:
        names = re.findall(r"[A-Za-z]{5,}", question)
        if not all(map(knows, names)):
            yield EvalQuestion("", "out-of-scope", question, (), (), answerable=False, why=why)


def _asked(observation: Observation, period: str) -> str:
    return f"What figure is there for {observation.indicator} of {observation.entity} in {period}?"


def _sentences(passages: Iterable[Passage]) -> Iterator[tuple[Passage, Sentence]]:
    for passage in passages:
        for sentence in passage.sentences:
            if len(sentence.text.split()) <= _LONGEST:
                yield passage, sentence


def _answerable(
    kind: str, question: str, must: str, passage: Passage, sentence: Sentence
) -> EvalQuestion:
    start, end = sentence.start - passage.start, sentence.end - passage.start
    gold = Gold(passage.source, passage.text[start:end], 1)
    return EvalQuestion("", kind, question, (must,), (gold,), answerable=True)
