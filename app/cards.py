"""Domain values -> HTML for the chat page: what is asked, said and computed.

With ``statements``, ``sources`` and ``tables`` this is the one way in which corpus text, and what a
model wrote, reach the page's HTML. Every piece of text is escaped here, whatever it comes from, so
that markup in it is read as text and never obeyed. Nothing here makes a link to anywhere but this
page.
"""

import re
from collections.abc import Iterable
from html import escape

import statements
from innoqa.confidence import Calibration
from innoqa.domain import Abstention, Answer, Corpus, Turn

_MARKDOWN_SIGN = re.compile(r"([!-/:-@\[-`{-~])")
_WORD_JOINER = "\N{WORD JOINER}"


def title(corpus: Corpus) -> str:
    """The corpus by name, with what it is."""
    about = f"<p>{escape(corpus.description)}</p>" if corpus.description else ""
    return f'<header class="innoqa-title"><h1>{escape(corpus.title)}</h1>{about}</header>'


def as_label(text: str) -> str:
    r"""Text for a Streamlit label, which reads Markdown: every sign of it is taken literally.

    Emoji and icon names (``:name:``) survive a backslash, so a joiner without width breaks them.

    >>> as_label("Why *so*?").replace("\\", "/")
    'Why /*so/*/?'
    """
    return _MARKDOWN_SIGN.sub(r"\\\1", " ".join(text.split())).replace("\\:", "\\:" + _WORD_JOINER)


def question(text: str, number: int) -> str:
    """The reader's question, as the heading of the turn with this number."""
    return f'<h2 class="innoqa-question" id="question-{number}">{escape(text)}</h2>'


def reading(turn: Turn) -> str:
    """How the question was read, where that differs from the reader's words."""
    if turn.query.text == " ".join(turn.question.split()):
        return ""
    return f'<p class="innoqa-note">Read as: {escape(turn.query.text)}</p>'


def notice(message: str) -> str:
    """Something that a reader should know."""
    return f'<div class="innoqa-notice" role="status"><p>{escape(message)}</p></div>'


def comment(text: str) -> str:
    """What a reader said of an answer."""
    return f'<p class="innoqa-note">Your comment: {escape(text)}</p>'


def words_alone(answer: str) -> str:
    """An answer of which nothing but its words can be shown."""
    lines = "".join(f"<p>{escape(line)}</p>" for line in answer.split("\n"))
    note = "Another version of InnoQA kept this answer; only its words can be shown."
    return f'<div class="innoqa-reply">{lines}<p class="innoqa-note">{note}</p></div>'


def copy_button(label: str, text: str = "") -> str:
    """A button that copies a text or, without one, the page's address."""
    return (
        f'<button type="button" class="innoqa-copy" data-copy="{escape(text)}">'
        f"{escape(label)}</button>"
    )


def problem(message: str) -> str:
    """What went wrong and what to do about it."""
    return f'<div class="innoqa-problem" role="alert"><p>{escape(message)}</p></div>'


def reply(
    turn: Turn, number: int, *, newest: bool, fresh: bool = False, struck: bool = False
) -> str:
    """What is said to a question.

    The newest reply is announced to screen readers; a fresh one appears statement by statement.
    What was left out of it is told, or shown ``struck`` through.
    """
    said = turn.reply
    body = _abstention(said) if isinstance(said, Abstention) else _answer(said, number)
    note = f'<p class="innoqa-aside">{escape(turn.note)}</p>' if turn.note else ""
    left_out = statements.left_out(turn.withheld, struck=struck)
    live = ' role="status" aria-live="polite"' if newest else ""
    appears = " innoqa-fresh" if fresh else ""
    return f'<div class="innoqa-reply{appears}" tabindex="-1"{live}>{body}{note}{left_out}</div>'


def status(words: str) -> str:
    """What is going on, announced to screen readers."""
    return f'<p class="innoqa-note" role="status">{escape(words)}</p>'


def promise(risk: float, least: float, calibration: Calibration) -> str:
    """What a risk means, and how it is known."""
    return (
        f'<p class="innoqa-note">InnoQA answers from a confidence of {least:.2f} on. '
        f"On {calibration.questions} questions over its own corpus, two in five without an answer "
        f"there, at most {risk:.0%} of such answers are wrong, with a certainty of "
        f"{calibration.certainty:.0%} (Clopper-Pearson bound); other corpora and questions may "
        "differ. Below it, it says what keeps it from answering.</p>"
    )


def caption(of: str) -> str:
    """What a chart is of."""
    return f'<p class="innoqa-figure">{escape(of)}</p>' if of else ""


def notes(told: Iterable[str]) -> str:
    """What has to be known of a chart."""
    shown = "".join(f"<p>{escape(note)}</p>" for note in told)
    return f'<div class="innoqa-note">{shown}</div>' if shown else ""


def _answer(answer: Answer, number: int) -> str:
    reading = answer.computation.reading if answer.computation else ""
    read = f'<p class="innoqa-note">Looked for: {escape(reading)}</p>' if reading else ""
    return statements.listed(answer.statements, number) + read


def _abstention(abstention: Abstention) -> str:
    reason = "".join(f"<p>{escape(line)}</p>" for line in abstention.reason.split("\n"))
    covered = "".join(f"<li>{escape(one)}</li>" for one in abstention.coverage)
    if not covered:
        return reason
    summary = "<summary>What the corpus covers</summary>"
    return f'{reason}<details class="innoqa-covers">{summary}<ul>{covered}</ul></details>'
