"""A real server over a model that learnt nothing: nothing of its noise reaches an answer."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from tests.nonsense_model import Served, make, serving

from innoqa import bootstrap
from innoqa.answering import Assistant
from innoqa.attribution import attributed
from innoqa.composing import Composing

pytest_plugins = ["tests.answering_fixtures"]

ANSWERED = (
    "When did Harbour Street open?",
    "Who was the first ferry captain?",
    "How many chemists does the Delta Laboratory employ?",
    "How much was the R&D expenditure of Arnholm in 2022?",
)
SECONDS = 20


@pytest.fixture(scope="module")
def served(library, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    texts = [path.read_text() for path in sorted(library.documents.rglob("*.*"))]
    with serving(make(tmp_path_factory.mktemp("nonsense"), texts, in_words=True)) as served:
        yield served


@pytest.fixture(scope="module")
def noisy(library, served: Served) -> Assistant:
    settings = replace(
        library.settings,
        model=f"openai:{served.model}",
        model_url=served.url,
        model_seconds=SECONDS,
    )
    return replace(library.assistant, model=bootstrap.open_model_composer(settings))


@pytest.mark.parametrize("question", ANSWERED)
def test_noise_is_refused_and_the_answer_stands(
    noisy: Assistant, library, question: str, served: Served
) -> None:
    seen: list[Composing] = []

    def follow(now: Composing) -> bool:
        seen.append(now)
        return True

    turn = noisy.answer(question, follow=follow)
    alone = library.assistant.answer(question)
    assert (turn.reply, turn.composer) == (alone.reply, alone.composer)
    assert attributed(turn.reply) == (turn.reply, ())
    assert len({now.draft for now in seen}) > 10, "it did not come in pieces"
    assert turn.withheld
    assert turn.note.startswith(("Of ", f"openai:{served.model} "))
    assert turn.note.endswith(("own words.", "is computed."))


def test_it_is_not_asked_where_there_is_no_answer(noisy: Assistant, served: Served) -> None:
    asked = served.log.read_text().count("POST")
    turn = noisy.answer("What is the boiling point of liquid helium?")
    assert (turn.composer, turn.note) == ("extractive", "")
    assert served.log.read_text().count("POST") == asked


def test_stopped_it_says_no_more(noisy: Assistant, library) -> None:
    turn = noisy.answer(ANSWERED[0], follow=lambda now: not now.draft)
    assert turn.reply == library.assistant.answer(ANSWERED[0]).reply
    assert turn.note.startswith("Stopped before anything was proved.")
