"""What speaks for and against a reading, as named numbers for the linear model."""

from decimal import Decimal

from innoqa.row_questions.candidate import Candidate
from innoqa.row_questions.cells import MISSING
from innoqa.row_questions.column_features import asked_for, column_features, measure_features
from innoqa.row_questions.linking import Links
from innoqa.row_questions.selection_features import Features, add, selection_features
from innoqa.row_questions.selections import Selection
from innoqa.row_questions.words import folded

_FAMILY = {
    "lookup": "read", "parts": "read", "count": "count", "count distinct": "count",
    "sum": "sum", "mean": "mean", "median": "median", "maximum": "extreme", "minimum": "extreme",
    "difference": "difference", "range": "difference", "difference of counts": "difference",
    "difference of columns": "difference", "compare": "compare", "compare counts": "compare",
    "compare columns": "compare", "most frequent": "frequent", "least frequent": "frequent",
    "greatest total": "frequent", "consecutive": "consecutive", "whether": "whether",
}  # fmt: skip
_USES = {
    "count": ("count",), "times": ("count",), "difference": ("difference",), "average": ("mean",),
    "median": ("median",), "sum": ("sum", "count"), "or": ("compare",),
    "consecutive": ("consecutive",), "different": ("count",),
}  # fmt: skip
_READ_OUT = frozenset(
    {"lookup", "parts", "most frequent", "least frequent", "greatest total", "maximum", "minimum"}
)
_NUMERIC = ("average", "median", "difference")
_ALWAYS_CUED = frozenset({"count", "difference", "average", "median", "consecutive", "or"})


def features(links: Links, candidate: Candidate) -> Features:
    """The features of a reading by name; those that are 0 are left out."""
    found: Features = {}
    family = _FAMILY[candidate.operation]
    if family == "read" and candidate.views and candidate.views[0].kind == "margin":
        family = "difference"
    add(found, f"operation:{candidate.operation}")
    add(found, f"asks:{links.question.asks}, {family}")
    _coverage(found, links, candidate)
    _operation_cues(found, links, candidate, family)
    _superlative_cues(found, links, candidate, family)
    _row_cues(found, links, candidate)
    for selection in candidate.selections:
        selection_features(found, links, selection, 1 / len(candidate.selections))
    if candidate.column is not None and candidate.operation in _READ_OUT:
        column_features(found, links, candidate)
    elif candidate.views:
        measure_features(found, links, candidate)
    elif candidate.column is not None and candidate.operation == "count distinct":
        asked_for(found, links, links.grid.columns[candidate.column], "distinct")
    if isinstance(candidate.value[0], Decimal):
        _number(found, links, candidate, family)
    else:
        _text(found, links, candidate, family)
    return found


def _coverage(found: Features, links: Links, candidate: Candidate) -> None:
    """How many of the question's words the reading leaves unexplained."""
    question = links.question
    every = (1 << len(question.tokens)) - 1
    half = candidate.half & ~candidate.tokens
    left = every & ~candidate.tokens & ~half
    title = question.weight(left & links.title)
    unexplained = question.weight(left) + 0.5 * question.weight(half) - 0.6 * title
    add(found, "unexplained words", unexplained)
    add(found, "unexplained words of the title", title)
    add(found, "unexplained share", unexplained / (question.weight(every) or 1.0))
    add(found, "unexplained links", question.weight(left & links.linked))
    add(found, "unexplained names", min(2.0, question.weight(left & links.names)))


def _operation_cues(found: Features, links: Links, candidate: Candidate, family: str) -> None:
    """Whether words such as "difference" or "average" are taken for what they ask."""
    for cue, families in _USES.items():
        if links.question.has(cue):
            read = links.question.cues[cue] & _read_header(links, candidate)
            add(found, f"cue {cue} {'used' if family in families or read else 'idle'}")
        elif family in families and cue in _ALWAYS_CUED:
            add(found, f"no cue {cue}")


def _read_header(links: Links, candidate: Candidate) -> int:
    """The words that the header of the column that is read or computed with says."""
    columns = {view.column for view in candidate.views}
    columns |= set() if candidate.column is None else {candidate.column}
    bits = 0
    for column in columns:
        bits |= links.headers[column].exact
    return bits


def _superlative_cues(found: Features, links: Links, candidate: Candidate, family: str) -> None:
    question = links.question
    steps, conditions = _kinds(candidate)
    used = bool(steps & {"greatest", "least"}) or family in ("extreme", "frequent")
    used = used or candidate.operation == "range"
    if any(adjective.superlative for adjective in question.adjectives):
        add(found, "superlative used" if used else "superlative idle")
        add(found, "superlative compared", not used and family == "compare")
    if any(not adjective.superlative for adjective in question.adjectives):
        met = bool(conditions & {"compared", "beats"}) or family in ("compare", "difference")
        add(found, "comparative used" if met or used else "comparative idle")


def _row_cues(found: Features, links: Links, candidate: Candidate) -> None:
    """Whether words such as "last", "after" or "other than" are taken for what they ask."""
    cues = links.question.cues
    steps, conditions = _kinds(candidate)
    met = {
        "first": bool(steps & {"first", "least"} or cues.get("first", 0) & candidate.tokens),
        "last": bool(steps & {"last", "greatest"} or cues.get("last", 0) & candidate.tokens),
        "next": "next" in steps,
        "previous": "previous" in steps,
        "not": bool(conditions & {"not", "missing"}),
        "other": "not" in conditions,
        "same": "same" in conditions,
    }
    compared = bool(conditions & {"date", "compared"})
    for cue, used in met.items():
        if cue in cues:
            instead = compared and cue in ("next", "previous")
            add(found, f"cue {cue} {'used' if used else 'compared' if instead else 'idle'}")


def _kinds(candidate: Candidate) -> tuple[set[str], set[str]]:
    """The kinds of the steps and of the conditions of all selections."""
    steps = {step.kind for selection in candidate.selections for step in selection.steps}
    conditions = {one.kind for selection in candidate.selections for one in selection.conditions}
    return set(steps), set(conditions)


def _number(found: Features, links: Links, candidate: Candidate, family: str) -> None:
    """Whether a computed number looks like an answer."""
    value = candidate.value[0]
    assert isinstance(value, Decimal)
    add(found, "zero", value == 0)
    if links.question.asks == "how many" and family in ("count", "read"):
        add(found, "fraction", value != int(value))
    if family == "count":
        named = any(_is_named_row(links, selection) for selection in candidate.selections)
        add(found, "count of a named row", named)
        add(found, "count of one", value == 1)
        add(found, "count of all", value == links.grid.body.bit_count())
    if family == "read":
        _several_rows(found, candidate)


def _is_named_row(links: Links, selection: Selection) -> bool:
    """Whether a selection is one row, called by a cell that no other row has."""
    columns = links.grid.columns
    return selection.rows.bit_count() == 1 and any(
        c.kind == "is" and columns[c.column].distinct == columns[c.column].stated.bit_count()
        for c in selection.conditions
    )


def _text(found: Features, links: Links, candidate: Candidate, family: str) -> None:
    """Whether a text looks like an answer."""
    question = links.question
    text = folded(str(candidate.value[0]))
    add(found, "empty value", text in MISSING)
    numeric = question.asks in ("how many", "how much") or question.has(*_NUMERIC)
    add(found, "number wanted, text read", numeric and not any(map(str.isdigit, text)))
    if family in ("read", "extreme", "frequent"):
        echo = len(text) > 1 and f" {text} " in f" {question.text.rstrip('?')} "
        add(found, "said in the question", echo)
        add(found, "said after or", echo and question.has("or"))
    if family == "read":
        _several_rows(found, candidate)


def _several_rows(found: Features, candidate: Candidate) -> None:
    add(found, "several rows", candidate.selections[0].rows.bit_count() > 1)
