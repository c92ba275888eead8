"""Domain values -> HTML for the chat page: how a value was computed, and figures that disagree.

Like ``cards``, every piece of text is escaped here.
"""

from html import escape

from innoqa.contract import cited_observation, equation
from innoqa.domain import Answer, Conflict, Observation, Turn
from sources import count, link
from tables import observation_list

LONGEST_EQUATION = 160
"""Characters of an expression that a derivation is folded to; longer ones are inside."""


def derivation(turn: Turn, number: int) -> str:
    """How the value was computed, folded to its expression; the cells are inside."""
    answer = turn.reply
    if not isinstance(answer, Answer) or answer.computation is None:
        return ""
    computation, linked = answer.computation, _Links(answer, number)
    words = equation(computation)
    code = f"<code>{escape(words)}</code>"
    is_short = 0 < len(words) <= LONGEST_EQUATION
    read = f"<small>from {count(len(computation.operands), 'cell')}</small>"
    inside = f"<p>{code}</p>" if words and not is_short else ""
    if computation.operands:
        inside += observation_list(computation.operands, linked)
    if set(computation.series) - set(computation.operands):
        inside += (
            f"<details><summary>All {len(computation.series)} points of the chart</summary>"
            f"{observation_list(computation.series, linked)}</details>"
        )
    return (
        '<details class="innoqa-card innoqa-derivation">'
        f"<summary><span><strong>Derivation</strong> {code if is_short else read}</span></summary>"
        f'<div class="innoqa-passage">{inside}</div></details>'
    )


def conflicts(turn: Turn, number: int) -> str:
    """Figures of one thing that disagree, side by side."""
    answer = turn.reply
    if not isinstance(answer, Answer) or not answer.conflicts:
        return ""
    linked = _Links(answer, number)
    body = "".join(_conflict(conflict, linked) for conflict in answer.conflicts)
    return f'<section class="innoqa-sources innoqa-differ"><h3>Sources differ</h3>{body}</section>'


def _conflict(conflict: Conflict, linked: "_Links") -> str:
    why = f" {escape(conflict.why)}" if conflict.why else ""
    told = f'<p class="innoqa-note"><strong>{escape(conflict.what)}.</strong>{why}</p>'
    return told + observation_list(conflict.observations, linked, noted=True)


class _Links:
    """The link from an observation to the source that an answer cites for it, if it does."""

    def __init__(self, answer: Answer, number: int) -> None:
        self._number = number
        self._markers = {cited_observation(one): one.marker for one in answer.citations[::-1]}

    def __call__(self, observation: Observation) -> str:
        marker = self._markers.get(observation)
        return f'<span class="innoqa-markers">{link(self._number, marker)}</span>' if marker else ""
