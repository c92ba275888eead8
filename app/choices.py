"""What a reader of the page has chosen, and the assistant that goes by it.

A choice holds for one browser session; what was not chosen comes from the environment.
"""

from dataclasses import fields, replace
from typing import Any

import streamlit as st

import cards
from innoqa import bootstrap
from innoqa.answering import Assistant
from innoqa.composing import ModelComposer
from innoqa.confidence import Calibration
from innoqa.errors import InnoqaError
from innoqa.settings import Settings

RISKS = (0.05, 0.1, 0.15, 0.2, 0.25, 0.3, 0.4)
"""Shares of wrong answers that a reader can accept, as far as they can be kept to."""
MENU = {"About": "**InnoQA** answers questions over a corpus, with sources that can be checked."}
"""What makes Streamlit show its menu, in which the theme is chosen: light, dark or the system's."""
_FOLLOW_THEME = """<script>
if (!sessionStorage.innoqaTheme) {
    sessionStorage.innoqaTheme = "followed";
    const key = path => `stActiveTheme-${path}-v2`;
    const loaded = new URL(performance.getEntriesByType("navigation")[0].name).pathname;
    const chosen = localStorage.getItem(key("/"));
    if (chosen && chosen !== localStorage.getItem(key(loaded))) {
        localStorage.setItem(key(loaded), chosen);
        location.reload();
    }
}
</script>"""
_CHOICES = "choices"
_MODEL = ("model", "model_url", "model_seconds", "model_tokens")
_OWN = ("reader", "sources", "risk", "model", "model_url", "unproved")
"""The settings that a reader can choose."""
_BESIDE = ("sources", "risk", "conversations", "uploads", "unproved", *_MODEL)
"""The settings that are no part of what is opened with the index."""


def settings() -> Settings:
    """The settings of the environment, with what was chosen on the page in their place.

    Raises SettingError for an environment that cannot be used.
    """
    return replace(Settings.from_environment(), **chosen())


def chosen() -> dict[str, Any]:
    """What was chosen on the page, by the name of the setting."""
    return dict(st.session_state.get(_CHOICES, {}))


def choose(name: str, value: Any) -> None:
    """Let a setting have a value for the rest of the session."""
    assert name in _OWN
    st.session_state[_CHOICES] = {**chosen(), name: value}


def forget(*names: str) -> None:
    """Let these settings, or all, be as the environment has them."""
    kept = {name: value for name, value in chosen().items() if names and name not in names}
    st.session_state[_CHOICES] = kept


def assistant() -> Assistant:
    """The assistant as this session's reader wants it, over all documents.

    A chat model that cannot be opened leaves it to the documents' words; see ``composer``. Raises
    as ``bootstrap.open_assistant``.
    """
    wanted = settings()
    opened = _opened(replace(wanted, **{name: _PRESET[name] for name in _BESIDE}))
    least = opened.calibration.least_confidence(risk(opened.calibration))
    assert least is not None
    model, _ = composer()
    return replace(opened, sources=wanted.sources, least_confidence=least, model=model)


def composer() -> tuple[ModelComposer | None, str]:
    """The chat model that puts answers into words, None for none, and why it cannot be used."""
    wanted = settings()
    if not wanted.model:
        return None, ""
    try:
        return _composer(Settings(**{name: getattr(wanted, name) for name in _MODEL})), ""
    except InnoqaError as error:
        return None, str(error)


def follow_theme() -> None:
    """Let a page that was opened beside the chat have the theme that was chosen there.

    Streamlit keeps it by the address at which a tab was opened; at another one it would go by the
    system again.
    """
    st.html(_FOLLOW_THEME, unsafe_allow_javascript=True)


def risk(calibration: Calibration) -> float:
    """The share of wrong answers that is accepted, as far as it can be kept to."""
    return max(settings().risk, calibration.least_risk)


def accept_risk(calibration: Calibration) -> None:
    """The widget by which a reader says how sure answers must be, and what that means."""
    now = risk(calibration)
    kept = (share for share in RISKS if calibration.least_confidence(share) is not None)
    offered = sorted({*kept, now})
    st.radio(
        "Of the answers given, at most this many may be wrong",
        offered,
        index=offered.index(now),
        format_func=lambda share: f"{share:.0%}",
        horizontal=True,
        key="risk",
        on_change=lambda: choose("risk", st.session_state.risk),
    )
    least = calibration.least_confidence(now)
    assert least is not None
    st.html(cards.promise(now, least, calibration))


_PRESET = {field.name: field.default for field in fields(Settings)}


@st.cache_resource(show_spinner="Opening the index")
def _opened(settings: Settings) -> Assistant:
    """One assistant for every session that wants the same; it follows later ingests by itself."""
    return bootstrap.open_assistant(settings)


@st.cache_resource(show_spinner="Opening the chat model", max_entries=16)
def _composer(settings: Settings) -> ModelComposer:
    """One for all sessions that want the same: what it learnt of its server holds for all."""
    return bootstrap.open_model_composer(settings)
