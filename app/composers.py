"""What puts answers into words: told on every chat page, and chosen in the settings."""

import os
from html import escape
from urllib.parse import urlsplit

import streamlit as st

import cards
import choices
import navigation
import working
from innoqa import bootstrap
from innoqa.adapters.chat_model import KEYS
from innoqa.composing import ModelComposer
from innoqa.errors import ChatModelError, InnoqaError
from innoqa.settings import Settings

LOOPBACK = ("localhost", "127.0.0.1", "::1")
EXTRACTIVE = (
    "Answers are sentences of the documents, or computed from cells of their tables. Nothing is "
    "made up."
)
MODEL = (
    "A chat model puts into words what was found. Each of its sentences is proved from the sources "
    "or left out. Where InnoQA finds no answer the model is not asked, and where the model fails "
    "the documents' own words stand."
)
LEAVES = (
    "For each question that has an answer: the question as read, the passages that were found for "
    "it with their headings, and what was computed; where too little of what it wrote is proved, "
    "that too. Earlier turns are not."
)
UNPROVED = {"out": "left out, to be unfolded", "struck": "shown, struck through"}
TRYING_SECONDS = 30


def line() -> str:
    """Who answers, where, and what leaves the machine, in HTML."""
    model, _ = choices.composer()
    return f'<p class="innoqa-note">{escape(_told(model, choices.settings()))}</p>'


def trouble() -> None:
    """That the wanted chat model cannot be used, with a way out."""
    _, problem = choices.composer()
    if problem:
        with st.container(horizontal=True, vertical_alignment="center", key="no-model"):
            st.html(
                cards.notice(f"{problem} Until then answers are in the documents' own words."),
                width="stretch",
            )
            st.page_link(navigation.SETTINGS, label="Settings")


def section(given: Settings) -> None:
    """What puts answers into words, for this session; ``given`` is what the environment says."""
    wanted = choices.settings()
    model, problem = choices.composer()
    st.html(_note(MODEL if wanted.model else f"{EXTRACTIVE} {_told(None, wanted)}"))
    if wanted.model or given.model:
        st.toggle("Let the chat model put answers into words", bool(wanted.model), key="is-model",
                  on_change=_switch)  # fmt: skip
    if problem:
        st.html(cards.problem(problem))
    if wanted.model:
        st.html(_facts(wanted, model))
        if st.button("Try it", key="try"):
            st.html(_tried(wanted))
        st.radio("Sentences that do not pass the check are", list(UNPROVED),
                 index=list(UNPROVED).index(wanted.unproved), format_func=UNPROVED.get,
                 horizontal=True, key="unproved",
                 on_change=lambda: choices.choose("unproved", st.session_state.unproved),
                 )  # fmt: skip
    if is_own_machine():
        which = "Another chat model" if wanted.model or given.model else "A chat model"
        with st.expander(f"{which}, for this session"):
            _typed(wanted)
    elif not given.model:
        st.html(_note("A chat model is named in INNOQA_MODEL before the page is started."))


def is_own_machine() -> bool:
    """Whether the page is served to this machine alone, and through nothing else."""
    through = st.context.headers.get("X-Forwarded-For") or st.context.headers.get("Forwarded")
    return st.get_option("server.address") in LOOPBACK and not through


def _told(model: ModelComposer | None, wanted: Settings) -> str:
    if model is None:
        return f"Answers are in the documents' own words. {_stays(wanted)}"
    name, place = model.writer.name, model.writer.place
    if not place:
        return f"{name}, on {_here()}, puts answers into words. {_stays(wanted)}"
    sent = "the question as read and the passages shown to it are sent there."
    return f"{name} puts answers into words at {place}: {sent}"


def _stays(wanted: Settings) -> str:
    """What leaves the machine beside what a chat model is sent."""
    chroma = urlsplit(wanted.chroma).hostname if wanted.chroma else None
    if chroma and chroma not in LOOPBACK:
        return f"Questions are looked up, as vectors, in Chroma at {chroma}."
    return f"Nothing leaves {_here()}."


def _here() -> str:
    return "this machine" if is_own_machine() else "the machine that serves this page"


def _typed(wanted: Settings) -> None:
    """A model and an address, typed for this session."""
    with st.form("model", border=False):
        name = st.text_input("Chat model, as PROVIDER:NAME", wanted.model,
                             placeholder="ollama:llama3.2")  # fmt: skip
        url = st.text_input("Address of its server, where that is not its provider's own",
                            wanted.model_url, placeholder="http://localhost:11434")  # fmt: skip
        st.html(_note("No key belongs here: keys come from the environment or Streamlit's secrets, "
                      "and are sent to that address."))  # fmt: skip
        is_given = st.form_submit_button("Use it for this session")
    if not is_given:
        return
    try:
        Settings(model=name.strip(), model_url=url.strip())
    except InnoqaError as error:
        st.html(cards.problem(str(error)))
        return
    choices.choose("model", name.strip())
    choices.choose("model_url", url.strip())
    st.session_state.pop("is-model", None)
    st.rerun()


def _switch() -> None:
    if st.session_state["is-model"]:
        choices.forget("model")
    else:
        choices.choose("model", "")


def _facts(wanted: Settings, model: ModelComposer | None) -> str:
    """Where the model runs, which key it needs, and what it is sent, in HTML."""
    told = {"Model": wanted.model}
    if model:
        told["Where"] = model.writer.place or f"on {_here()}"
    told |= {"Key": key_told(wanted.model), "Time": f"at most {wanted.model_seconds} s an answer"}
    if model:
        told["It is sent"] = LEAVES if model.writer.place else f"{LEAVES} {_stays(wanted)}"
    rows = "".join(f"<dt>{name}</dt><dd>{escape(fact)}</dd>" for name, fact in told.items())
    return f'<dl class="innoqa-keys">{rows}</dl>'


def key_told(model: str) -> str:
    """Which variable a model's key is looked for in, and whether it is set; never the key."""
    variable = KEYS.get(model.partition(":")[0])
    if variable is None:
        return "none is looked for"
    return f"{variable}, which is {'set' if os.environ.get(variable) else 'not set'}"


def _tried(wanted: Settings) -> str:
    """What the model says when it is asked to say something, in HTML."""
    try:
        with st.spinner(f"Asking {cards.as_label(wanted.model)}"):
            opened = bootstrap.open_chat_model(wanted)
            tried = working.beside(lambda: opened.try_it(TRYING_SECONDS))
    except ChatModelError as error:
        return cards.problem(f"{wanted.model} {error}")
    except InnoqaError as error:
        return cards.problem(str(error))
    return cards.notice(f"“{tried.text}”, after {tried.seconds:.1f} s")


def _note(words: str) -> str:
    return f'<p class="innoqa-note">{escape(words)}</p>'
