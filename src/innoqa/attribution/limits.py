"""Whether a statement says of all, most, some or only what its citations say of as many."""

import re
from collections.abc import Iterator, Mapping

from innoqa.attribution.clauses import content
from innoqa.attribution.evidence import Evidence
from innoqa.attribution.fault import Found
from innoqa.attribution.parsing import Parsed

_QUANTIFIERS: Mapping[str, str] = {
    "all": r"(?<!in )(?<!at )(?<!of )all|(?:every|each)(?! other\b)|always|entire(?:ly)?|whole"
    r"|wholly|both|any|throughout|fully|full",
    "most": r"most(?! \w+(?:ed|al|ive|ous|ful|ent|ant|ble|ar)\b)|mostly|majority|mainly|largely"
    r"|predominantly",
    "only": r"only(?! (?:about )?[0-9])|sole(?:ly)?|exclusively|merely|alone|nothing but"
    r"|just(?= (?:a|one|the|\d))",
    "few": r"few(?!er)|little|hardly|rarely|seldom|thin",
}  # fmt: skip
_ALSO: Mapping[str, str] = {
    "all": r"none|no|in total|together|total|never|an? (?:hour|day|week|month|year)|per"
    r"|daily|yearly|annual(?:ly)?",
    "most": r"much|more than half|over half|predominan\w*|\d+(?:\.\d+)?\s?%|almost all|first",
    "only": r"first|single|one|no other|not|little",
    "few": r"limited|weak|small|low|not|no|only|less|lack\w*|scarce\w*|a few",
}
_PARTLY = re.compile(
    r"\b(?:most|mostly|some|several|many|multiple|various|numerous|much|in part|partly|often"
    r"|sometimes|normally|generally|usually|nearly all|almost all|few|half|than)\b|\d",
    re.IGNORECASE,
)
_PART = re.compile(r"\b(?:most|some|many|several)\s(?:of\s(?:the\s)?)?(\w+)")
_SUPERLATIVE = re.compile(
    r"\bmost (?P<of>\w+(?:ed|al|ive|ous|ful|ent|ant|ble|ar))\b"
    r"|\b(?P<est>(?:larg|bigg|great|high|low|small|long|short|old|young|new|fast|slow|rich|poor"
    r"|strong|weak|earli|lat|clos|near|fin|busi|cheap|hard|wid)est|best|worst|leading|foremost"
    r"|top|unique)\b",
    re.IGNORECASE,
)
_SUPERLATIVES = re.compile(
    r"\b(?:\w+est|most|best|worst|leading|leads?|led|foremost|top|first|last|number one|unique"
    r"|(?:more|less|higher|lower|better|fewer) than any|behind|ahead|least|ranks?|ranked|only"
    r"|maximum|minimum|peak\w*|record)\b",
    re.IGNORECASE,
)
_CAUSE = re.compile(
    r"\b(?:because|owing to|thanks to|as a result|result(?:s|ed|ing) (?:in|from)|therefore|thus"
    r"|due to(?! \w+ (?:to|in|by|from))|led to|leads to|leading to|caus(?:es?|ed|ing)"
    r"|in (?:response|reaction) to|in order to|so that|driven by|prompted|which (?:reduced|raised"
    r"|boosted|helped|caused|led|made|allowed|enabled))\b",
    re.IGNORECASE,
)
_CAUSES = re.compile(
    r"\b(?:because|since|owing|thanks|result\w*|therefore|thus|due|led|leads?|leading|caus\w*|reasons?"
    r"|explain\w*|explanation|so|order|driv\w+|mechanisms?|purpose|aim\w*|push\w*|makes?|made|help\w*"
    r"|blames?|through|by \w+ing|suppor\w+|effects?|gave|brought|forc\w+|in response"
    r"|reaction|prompt\w*)\b",
    re.IGNORECASE,
)


def unsupported(parsed: Parsed, evidence: Evidence) -> Iterator[Found]:
    """Quantifiers, superlatives and causes that nothing cited has; "most" that is left out."""
    if not evidence.texts:
        return
    held = " ".join((*evidence.own, *evidence.context, evidence.reading))
    for name, words in _QUANTIFIERS.items():
        said = re.search(rf"\b(?:{words})\b", parsed.text, re.IGNORECASE)
        if said and not re.search(rf"\b(?:{words}|{_ALSO[name]})\b", held, re.IGNORECASE):
            yield "word", said[0]
    for said in _SUPERLATIVE.finditer(parsed.text):
        if not _SUPERLATIVES.search(held):
            yield "word", said[0]
    cause = _CAUSE.search(parsed.text)
    if cause and not _CAUSES.search(held):
        yield "word", cause[0]
    yield from _left_out(parsed, evidence)


def _left_out(parsed: Parsed, evidence: Evidence) -> Iterator[Found]:
    """Only a part, such as "most parks", that has become the whole: "parks"."""
    if _PARTLY.search(parsed.statement):
        return
    said = content(parsed.statement)
    for match in (match for text in evidence.texts for match in _PART.finditer(text)):
        if content(match[1]) and content(match[1]) <= said:
            yield "hedge", match[0]
