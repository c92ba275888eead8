"""The page of settings: what a reader can choose for this session, and what was given at the start.

The one truth of what was chosen is ``choices``; what the environment gives is ``Settings``.
"""

import logging
import os
from dataclasses import fields
from html import escape
from pathlib import Path

import streamlit as st

import cards
import choices
import composers
import keys
import navigation
from innoqa.answering import Assistant
from innoqa.errors import InnoqaError
from innoqa.settings import PREFIX, Settings

STYLE = Path(__file__).parents[1] / "chat.css"
MOST_SOURCES = 50
_EMPTY = {"embedder": "bundled"}
logger = logging.getLogger("innoqa.chat")


def main() -> None:
    """Draw the page; whatever goes wrong ends as one plain message on it."""
    st.set_page_config(
        page_title="InnoQA settings", page_icon="🔎", layout="centered", menu_items=choices.MENU
    )
    st.html(STYLE)
    navigation.links()
    st.html(
        '<header class="innoqa-title"><h1>Settings</h1><p>What you choose here holds for this '
        "browser session alone. The rest comes from the environment that the page was started in."
        "</p></header>"
    )
    try:
        given = Settings.from_environment()
        chosen(given)
        theme()
        st.html(keyboard())
        st.html(environment(given))
    except InnoqaError as error:
        st.html(cards.problem(str(error)))
    except Exception:  # the outermost edge: a reader is never shown a traceback
        logger.exception("the settings page failed")
        st.html(cards.problem("Something went wrong on this page. Its log says what; try again."))


def chosen(given: Settings) -> None:
    """What a reader can choose, each with what it does in a sentence."""
    wanted = choices.settings()
    st.html(heading("How sure answers must be"))
    try:
        accept_risk(choices.assistant())
    except InnoqaError as error:
        st.html(cards.problem(str(error)))
    st.html(heading("What an answer may draw on"))
    st.slider(
        "Passages",
        1,
        MOST_SOURCES,
        wanted.sources,
        key="sources",
        on_change=lambda: choices.choose("sources", st.session_state.sources),
    )
    st.html(note("As many of the best passages, and the rows of tables, are looked at for an "
                 "answer. More can find more, and take longer."))  # fmt: skip
    st.html(heading("The reader"))
    st.toggle(
        "Read the best passages once more",
        wanted.reader,
        key="reader",
        on_change=lambda: choices.choose("reader", st.session_state.reader),
    )
    st.html(note("A small trained model judges which sentence answers, and which words of it. "
                 "Without it answers come faster, and InnoQA can promise less."))  # fmt: skip
    st.html(heading("The composer"))
    composers.section(given)
    if choices.chosen():
        st.button("Back to what the environment gives", on_click=forget)


def accept_risk(assistant: Assistant) -> None:
    """The share of wrong answers that a reader accepts."""
    choices.accept_risk(assistant.calibration)


def forget() -> None:
    """Drop every choice, and what the widgets of this page show of it."""
    choices.forget()
    for key in ("risk", "sources", "reader", "is-model", "unproved"):
        st.session_state.pop(key, None)


def theme() -> None:
    """Where the theme is chosen: it is the browser's, and Streamlit's menu sets it."""
    st.html(heading("Light and dark"))
    st.html(note(f"The page is {st.context.theme.type or 'light'} now. It goes by your system "
                 "until you choose otherwise in the menu ⋮ at the top right; the browser keeps "
                 "that."))  # fmt: skip


def keyboard() -> str:
    """What each key of the chat page does, in HTML."""
    told = "".join(f"<dt><kbd>{key}</kbd></dt><dd>{does}</dd>" for key, does in keys.KEYS.items())
    return f'{heading("Keys of the chat page")}<dl class="innoqa-keys">{told}</dl>'


def environment(given: Settings) -> str:
    """Every setting with its value, and where that comes from, in HTML."""
    rows = []
    for field in fields(given):
        name = PREFIX + field.name.upper()
        value = getattr(given, field.name)
        text = {True: "yes", False: "no", "": _EMPTY.get(field.name, "none")}.get(value, str(value))
        if not field.repr:  # a secret
            text = "set, not shown" if value else "none"
        source = "environment" if os.environ.get(name, "").strip() else "default"
        where = f"{source}; chosen here" if field.name in choices.chosen() else source
        rows.append(f'<tr><th scope="row"><code>{name}</code></th><td>{escape(text)}</td>'
                    f"<td>{where}</td></tr>")  # fmt: skip
    return (
        f"{heading('What the page was started with')}"
        f"{note('Set in the environment before the page is started; the README tells of each.')}"
        '<div class="innoqa-scroll" role="group" tabindex="0" aria-label="Settings"><table>'
        '<thead><tr><th scope="col">Setting</th><th scope="col">Value</th>'
        f'<th scope="col">From</th></tr></thead><tbody>{"".join(rows)}</tbody></table></div>'
    )


def heading(words: str) -> str:
    """A heading of the page."""
    return f'<h2 class="innoqa-setting">{escape(words)}</h2>'


def note(words: str) -> str:
    """What a setting does."""
    return f'<p class="innoqa-note">{escape(words)}</p>'


if __name__ == "__main__":
    main()
