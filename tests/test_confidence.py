"""Signs -> a probability, and the threshold of a risk."""

from dataclasses import replace

import pytest

from innoqa.adapters import calibration_file
from innoqa.citing import Draft, Span, numbered
from innoqa.confidence import Logistic, asks_for_opinion, logit, of_texts
from innoqa.domain import Answer, Hit, Passage, Reading, Sentence, ShortAnswer
from innoqa.errors import ModelError


class Words:
    """Every word weighs the same; the corpus knows what it is given."""

    def __init__(self, known: str) -> None:
        self._known = set(known.lower().split())

    def terms(self, text: str) -> list[str]:
        return [word.strip(".?,").lower() for word in text.split()]

    def weights(self, text: str) -> dict[str, float]:
        return dict.fromkeys(self.terms(text), 1.0)

    def knows(self, word: str) -> bool:
        return word.lower() in self._known


KNOWN = Words("how many tugs does the harbour have tugs seven own when was it built")


def hit(text: str, *logits: float, likelihood: float = 0.5) -> Hit:
    passage = Passage(
        text, "d", "d.md", "", (), text, 0, len(text), (Sentence(0, len(text), text),)
    )
    answer = ShortAnswer(0, len(text.split(maxsplit=1)[0]), likelihood)
    reading = Reading(logits[0], logits[1:], (answer,)) if logits else None
    return Hit(passage, 1.0, (1.0,), 0.8, reading)


def signs(question: str, *hits: Hit) -> dict[str, float]:
    lead = hits[0].passage
    draft = Draft(lead.text, (Span(lead, lead.start, lead.end),))
    return dict(of_texts(question, hits, Answer(numbered([draft]), 0.0), KNOWN))


def test_what_the_passage_lacks_of_the_question_is_a_sign():
    full = signs("How many tugs does the harbour have?", hit("The harbour have seven tugs."))
    lacking = signs("How many cranes does the harbour have?", hit("The harbour have seven tugs."))
    assert full["counted missing"] == 0
    assert lacking["counted missing"] == 1
    assert full["covered by passage"] > lacking["covered by passage"]
    assert (full["unknown"], lacking["unknown"]) == (0, 1)


def test_the_reader_is_heard_on_the_best_sentence_and_on_its_rivals():
    alone = signs("When?", hit("In 1954.", 3.0, 4.0), hit("By rail.", -4.0, -5.0))
    rivalled = signs("When?", hit("In 1954.", 3.0, 4.0), hit("By rail.", 3.0, 3.9))
    assert alone["reader"] > 3
    assert alone["ahead"] > rivalled["ahead"]
    assert alone["reader"] > rivalled["reader"]
    assert alone["no answer"] < 0
    assert signs("When?", hit("In 1954."))["unread"] == 1


def test_passages_that_answer_with_the_same_words_agree():
    same = signs("When?", hit("1954 was it.", 3.0, 4.0), hit("1954 it was.", 2.0, 2.0))
    other = signs("When?", hit("1954 was it.", 3.0, 4.0), hit("1955 it was.", 2.0, 2.0))
    assert (same["agreement"], other["agreement"]) == (1, 0)


def test_a_broad_question_is_judged_by_whether_its_subject_is_there():
    there = signs("What are the main tugs?", hit("The harbour: what are the tugs.", -3.0, -4.0))
    assert there["broad"] == 1
    assert not there.keys() & {"reader", "retrieval", "sentence"}
    lacking = signs("What are the main cranes?", hit("What are the tugs.", -3.0, -4.0))
    assert "broad" not in lacking
    assert "reader" in lacking
    exact = signs("How many tugs?", hit("How many tugs? Seven.", 3.0, 4.0))
    assert "broad" not in exact


def test_signs_are_finite_whatever_is_asked():
    for question in ("?", "", "😀", "a " * 300, "How many"):
        for value in signs(question, hit("x", 900.0, 900.0)).values():
            assert abs(value) < 100


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("Will Beijing overtake London by 2035?", True),
        ("Should the city build more parks?", True),
        ("Which of the two is better?", True),
        ("When did the first park open?", False),
        ("How many people work in Future Science City?", False),
        ("Who wrote the letter of 1986?", False),
    ],
)
def test_questions_of_opinion_and_forecast_are_known_by_their_words(question, expected):
    assert asks_for_opinion(question) is expected


def test_more_of_a_good_sign_makes_surer_and_probabilities_stay_inside():
    model = Logistic({"good": 2.0, "bad": -1.0}, 0.3)
    assert model.probability({"good": 1}) > model.probability({}) > model.probability({"bad": 1})
    assert 0 < model.probability({"bad": 1e9}) < model.probability({"good": 1e9}) < 1
    assert logit(0.0) == pytest.approx(-logit(1.0))
    assert logit(0.0) < -5


@pytest.mark.parametrize("with_reader", [True, False])
def test_what_ships_keeps_to_five_percent_and_asks_for_more_for_less_risk(with_reader):
    calibration = calibration_file.read(with_reader=with_reader)
    risks, least = zip(*calibration.thresholds, strict=True)
    assert list(risks) == sorted(risks)
    assert list(least) == sorted(least, reverse=True)
    assert calibration.least_risk == risks[0]
    assert calibration.least_confidence(risks[0] / 2) is None
    assert calibration.least_confidence(0.9) == least[-1]
    assert replace(calibration, thresholds=()).least_confidence(0.9) is None


def test_a_calibration_that_cannot_be_read_is_told_by_name(tmp_path):
    with pytest.raises(ModelError, match=r"calibration\.json cannot be used"):
        calibration_file.read(tmp_path / "calibration.json", with_reader=True)
    (tmp_path / "calibration.json").write_text('{"read": {}}', "utf-8")
    with pytest.raises(ModelError, match="Install InnoQA again"):
        calibration_file.read(tmp_path / "calibration.json", with_reader=True)
