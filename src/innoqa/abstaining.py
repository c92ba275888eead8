"""Why a question is not answered, in a sentence, and what could be asked instead."""

import re
from collections.abc import Sequence

from innoqa.confidence import Words, asks_for_opinion, is_instruction
from innoqa.domain import Hit, Observation
from innoqa.question_types import ASKING_WORDS, Wanted
from innoqa.scripts import is_unspaced
from innoqa.words import words as words_of

MOST_WORDS = 3
"""Words of a question that are named as missing."""

_FACTUAL = re.compile(
    r"\W*(?:why|when|where|how (?:many|much)|in which|with which)\b", re.IGNORECASE
)
_COMMON = frozenset(
    "the and for are was were has have had did does how what when where which who whom whose why"
    " many much that this these those from with about into its their there they them than then can"
    " could you your our tell give say list name please describe explain any some all most more"
    " between during before after since until under over not but out per each also ever get got"
    " make made used use".split()
)


_DEFINES = re.compile(
    r"(?!(?:In|By|At|On|From|Since|After|Before|During|For|As|Over|Of|With|This|That|These|It|There"
    r"|They|All|Both|Each|Most|Some|Late|Early)\b)"
    r"(?P<term>(?:The |An? )?[A-Z][\w’&-]+(?: (?:of |for |and |the )?[A-Z0-9][\w’&-]+){0,5}"
    r"(?: Program| Plan)?)(?:, [^,]{2,60},)? (?P<verb>is|was|are|were) (?:an?|the|one) "
)


def reason(question: str, nearest: Sequence[Hit], words: Words) -> str:
    """What keeps the corpus from answering: the topic, the year, a word, or the kind of question.

    ``nearest`` are the best passages, best first; ``words`` is what the index knows of words.
    """
    if is_instruction(question):
        return "This is an instruction and no question about the corpus, which InnoQA keeps to."
    if asks_for_opinion(question) and not _FACTUAL.match(question):
        return (
            "This asks for a judgement, advice or a forecast. InnoQA only states what the corpus "
            "says, and nothing there says this."
        )
    asked = _asked(question, words)
    unknown = [word for word in asked if not words.knows(word)]
    if not nearest or (asked and len(unknown) == len(asked)):
        return "Nothing in the corpus is about this."
    if unknown:
        topic = _topic(nearest[0])
        return f"The corpus has passages on {topic}, but none speaks of {_quoted(unknown)}."
    return _what_is_missing(question, asked, nearest, words)


def _what_is_missing(
    question: str, asked: Sequence[str], nearest: Sequence[Hit], words: Words
) -> str:
    """The year or the words that the nearest passages lack, if they lack some."""
    topic = _topic(nearest[0])
    told = " ".join(f"{hit.passage.heading_path} {hit.passage.words}" for hit in nearest)
    years = sorted(year for year in Wanted.by(question).years if year not in told)
    if years:
        return f"The corpus speaks of {topic}, but the nearest passages not of {_listed(years)}."
    present = set(words.terms(told))
    missing = [word for word in asked if not present.issuperset(words.terms(word))]
    if missing:
        return f"The nearest passages are on {topic}; they do not speak of {_quoted(missing)}."
    return f"The nearest passages are on {topic}, but none answers this clearly enough."


def _asked(question: str, words: Words) -> list[str]:
    """The words of a question that say what it is about."""
    if is_unspaced(question):  # a clause without blanks is no word: the terms are
        return [term for term in words.terms(question) if len(term) > 1 and term in question]
    return [w.text for w in words_of(question) if _tells(w.text)]


def _tells(word: str) -> bool:
    return len(word) > 2 and word.isalpha() and word.lower() not in _COMMON | ASKING_WORDS


def _topic(hit: Hit) -> str:
    path = [part for part in (hit.passage.title, *hit.passage.heading) if part]
    return f"“{path[-1]}”" if path else "something near"


def _quoted(found: Sequence[str]) -> str:
    plain = dict.fromkeys(re.sub(r"['’]s$", "", word) for word in found)
    return _listed([f"“{word}”" for word in [*plain][:MOST_WORDS]])


def _listed(parts: Sequence[str]) -> str:
    return " or ".join(filter(None, (", ".join(parts[:-1]), parts[-1])))


def near_questions(
    question: str, nearest: Sequence[Hit], suggested: Sequence[str], words: Words
) -> list[str]:
    """Questions that the nearest passages may answer, the nearest first.

    Of figures where they are rows of tables, of what they define, and of what the corpus's owner
    suggests that shares words with the question. None is the question itself.
    """
    asked = set(words.terms(question))
    shared = {one: len(asked & set(words.terms(one))) for one in suggested}
    owners = sorted((one for one in suggested if shared[one]), key=lambda one: -shared[one])
    made = [near for hit in nearest for near in (*_of_cells(hit), *of_definitions(hit))]
    near = dict.fromkeys([*made[:2], *owners[:1], *made[2:], *owners[1:]])
    return [one for one in near if set(words.terms(one)) != asked]


def _of_cells(hit: Hit) -> list[str]:
    return [*filter(None, map(of_figure, hit.passage.observations))][:1]


def of_figure(seen: Observation) -> str:
    """The question that a cell answers, "" where it states no figure of a year."""
    if seen.value is None or not seen.indicator or not seen.period.year:
        return ""
    place = f" of {seen.entity}" if seen.entity else ""
    return f"What was the figure for {seen.indicator}{place} in {seen.period.year}?"


def of_definitions(hit: Hit) -> list[str]:
    """Questions for what a passage of a text defines."""
    if hit.passage.cell is not None:
        return []
    found = (_DEFINES.match(sentence.text) for sentence in hit.passage.sentences)
    return [f"What {match['verb'].lower()} {match['term']}?" for match in found if match]
