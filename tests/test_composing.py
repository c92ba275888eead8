"""A chat model's answer: what is proved of it stands, and when."""

from collections.abc import Callable
from decimal import Decimal

import pytest
from tests.writers import Scripted

from innoqa.adapters.sentences import sentence_boundaries
from innoqa.citing import Draft, Span, cell_span, numbered
from innoqa.composing import BESIDE, MOST_SENTENCES, Composed, Composing, ModelComposer, go_on
from innoqa.domain import (
    Answer,
    Cell,
    Computation,
    Hit,
    Observation,
    Passage,
    Period,
    Query,
    Sentence,
    Unit,
)
from innoqa.prompts import DECLINED

QUERY = Query("When did Harbour Street open?")
TEXT = "Harbour Street opened on 3 May 2011 in a rope factory. It houses 45 start-up companies."
CUT = TEXT.index(" It houses")
STREET = Passage(
    "p1", "d", "guide.md", "Guide to Harbour Street", (), TEXT, 0, len(TEXT),
    (Sentence(0, CUT, TEXT[:CUT]), Sentence(CUT + 1, len(TEXT), TEXT[CUT + 1 :])),
)  # fmt: skip
HIT = Hit(STREET, 1.0, (1.0, 0.8), 0.9)
ANSWER = Answer(numbered([Draft(TEXT[:CUT], (Span(STREET, 0, CUT),))]), 0.9)

TRUE = "In May 2011 Harbour Street opened in a rope factory [1]."
ALSO = "Harbour Street houses 45 start-up companies [1]."
FALSE = "Harbour Street opened in 1999 [1]."
OTHER = "Its mayor was Anna Berg of Oslo [1]."


def composed(model: Scripted, follow: Callable[[Composing], bool] = go_on) -> Composed:
    return ModelComposer(model, sentence_boundaries).compose(QUERY, ANSWER, (HIT,), follow)


def said(found: Composed) -> list[str]:
    return [statement.text for statement in found.statements]


def test_proved_sentences_stand_with_the_spans_that_prove_them():
    found = composed(Scripted([f"{TRUE} {ALSO}"]))
    assert said(found) == [TRUE.replace(" [1]", ""), ALSO.replace(" [1]", "")]
    assert [c.quote for s in found.statements for c in s.citations] == [
        TEXT[:CUT],
        TEXT[CUT + 1 :],
    ]
    assert (found.withheld, found.note) == ((), "")


def test_what_is_not_proved_is_withheld_with_the_reason():
    found = composed(Scripted([f"{TRUE} {FALSE}"]))
    assert len(found.statements) == 1
    assert [one.text for one in found.withheld] == [FALSE.replace(" [1]", "")]
    assert "1999" in found.withheld[0].why


def test_a_model_is_told_once_what_failed():
    model = Scripted([f"{FALSE} {OTHER}", f"{TRUE} {ALSO}"])
    assert len(said(composed(model))) == 2
    assert len(model.prompts) == 2
    assert "1999" in model.prompts[1].said[-1]


def test_where_too_little_is_proved_the_other_answer_stands():
    model = Scripted([f"{FALSE} {OTHER}"])
    found = composed(model)
    assert found.statements == ()
    assert found.note.startswith("Of 2 sentences that test:scripted wrote 0 passed the check.")
    assert found.note.endswith("This answer is in the documents' own words.")
    assert len(model.prompts) == 2


@pytest.mark.parametrize(
    ("text", "note"),
    [
        (DECLINED, "found no answer in the sources"),
        ("", "wrote nothing"),
        ("   \n\n", "wrote nothing"),
        ("![](http://elsewhere.example/x.png)", "wrote nothing"),
    ],
)
def test_a_model_that_does_not_answer_leaves_the_other_answer(text, note):
    model = Scripted([text])
    found = composed(model)
    assert (found.statements, found.withheld) == ((), ())
    assert note in found.note
    assert len(model.prompts) == 1


def test_what_was_proved_before_a_failure_stands():
    found = composed(Scripted([f"{TRUE} {ALSO} Harbour"], fails="was cut off."))
    assert said(found)
    assert found.note.startswith("test:scripted was cut off.")
    failed = composed(Scripted([""], fails="is not reachable at http://localhost:1; start it."))
    assert failed.statements == ()
    assert failed.note.startswith("test:scripted is not reachable at http://localhost:1; start it.")


def test_a_model_that_repeats_itself_or_never_ends_is_stopped():
    model = Scripted([f"{TRUE} " * 400])
    found = composed(model)
    assert said(found) == [TRUE.replace(" [1]", "")]
    assert "repeat itself" in found.note
    assert model.is_closed
    endless = Scripted(
        [" ".join(f"House {n} of Harbour Street has {n} floors [1]." for n in range(99))]
    )
    found = composed(endless)
    assert found.statements == ()
    assert len(found.withheld) == MOST_SENTENCES
    assert "more than an answer" in found.note
    assert composed(Scripted(["a" * 9000])).statements == ()


def test_sentences_are_told_as_drafts_and_settle():
    states: list[Composing] = []
    composed(Scripted([f"{TRUE} {FALSE} {ALSO}"]), lambda state: states.append(state) or True)
    proved = [len(state.proved) for state in states]
    assert proved == sorted(proved)
    assert proved[-1] == 2
    assert any(state.draft and not state.proved for state in states)
    assert states[-1].draft == ""
    assert len(states[-1].withheld) == 1


def test_stopped_what_was_proved_stands():
    model = Scripted([f"{TRUE} {FALSE} {ALSO}"])
    found = composed(model, lambda state: not state.withheld)
    assert said(found) == [TRUE.replace(" [1]", "")]
    assert found.note.startswith("Stopped")
    assert model.is_closed
    assert len(model.prompts) == 1
    nothing = composed(Scripted([TRUE]), lambda _: False)
    assert nothing.statements == ()
    assert nothing.note.startswith("Stopped before anything was proved")


def test_what_was_computed_is_always_said():
    cells = [
        Cell("Tenants", n, "Glass Tower", str(year), 0, 1) for n, year in ((1, 2014), (2, 2015))
    ]
    rows = [
        Passage(
            "r1",
            "d",
            "t.csv",
            "Tenants",
            (),
            text,
            0,
            len(text),
            (Sentence(0, len(text), text),),
            cell=cell,
        )
        for cell, text in zip(
            cells, ("Glass Tower, 2014: Tenants 110", "Glass Tower, 2015: Tenants 120"), strict=True
        )
    ]
    seen = [
        Observation(
            "Tenants",
            "Glass Tower",
            Period(str(year), "year"),
            Decimal(value),
            value,
            Unit(""),
            "",
            "",
            cell,
        )
        for year, value, cell in ((2014, "110", cells[0]), (2015, "120", cells[1]))
    ]
    drafts = [
        Draft(f"Glass Tower had {one.printed} tenants in {one.period}.", (cell_span(row, one),))
        for row, one in zip(rows, seen, strict=True)
    ]
    computation = Computation("lookup", "", "", Decimal(110), Unit(""), (seen[0],))
    answer = Answer(numbered(drafts), 0.9, computation)
    hits = tuple(Hit(row, 1.0, (1.0,), 0.9) for row in rows)

    def made(text: str) -> Composed:
        composer = ModelComposer(Scripted([text]), sentence_boundaries)
        return composer.compose(QUERY, answer, hits, go_on)

    first = "In 2014 the Glass Tower had 110 tenants [1]."
    assert said(made(first)) == [first.replace(" [1]", ""), drafts[1].text]
    second = made("In 2015 the Glass Tower had 120 tenants [2].")
    assert second.statements == ()
    assert "leaves out what was computed" in second.note
    assert second.note.endswith("This answer is computed.")


def test_the_words_that_answer_are_marked_where_they_stand():
    at = TEXT.index("3 May 2011")
    span = Span(STREET, 0, CUT, focus=(at, at + 10))
    answer = Answer(numbered([Draft(TEXT[:CUT], (span,), (at, at + 10))]), 0.9)
    composer = ModelComposer(
        Scripted([f"{ALSO} On 3 May 2011 Harbour Street opened in a rope factory [1]."]),
        sentence_boundaries,
    )
    also, opened = composer.compose(QUERY, answer, (HIT,), go_on).statements
    assert also.focus is None
    assert opened.text[slice(*opened.focus)] == "3 May 2011"
    assert opened.citations[0].focus == (at, at + 10)


def test_what_is_true_and_beside_the_question_is_left_out():
    hit = Hit(STREET, 1.0, (1.0, 0.5), 0.9)
    composer = ModelComposer(Scripted([f"{TRUE} {ALSO}"]), sentence_boundaries)
    found = composer.compose(QUERY, ANSWER, (hit,), go_on)
    assert said(found) == [TRUE.replace(" [1]", "")]
    assert [one.why for one in found.withheld] == [BESIDE]
