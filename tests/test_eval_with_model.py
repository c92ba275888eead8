"""The fixed questions, asked with a chat model too: both columns, and replies that are kept."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from tests.chat_behaviours import good
from tests.chat_servers import serving
from tests.prepared_assistant import evaluated

from innoqa import bootstrap
from innoqa.adapters.html_report import html
from innoqa.adapters.markdown_report import markdown
from innoqa.adapters.report_files import read_report
from innoqa.errors import ChatModelError
from innoqa.evaluation import with_model
from innoqa.prompts import Prompt

pytest_plugins = ["tests.answering_fixtures", "tests.evaluation_fixtures"]
pytestmark = pytest.mark.usefixtures("few_resamples")

STREET, CAPTAIN = "When did Harbour Street open?", "Who was the first ferry captain?"
HELIUM = "What is the boiling point of liquid helium?"
SPENT = "How much was the R&D expenditure of Arnholm in 2022?"
QUESTION_SET = f"""
thresholds: {{}}
questions:
  - {{id: street, kind: fact, question: "{STREET}", must: ["3 May 2011"], answerable: true,
     gold: [{{source: guide.md, quote: Harbour Street opened on 3 May 2011}}]}}
  - {{id: captain, kind: fact, question: "{CAPTAIN}", must: [Jonas Ek], answerable: true,
     gold: [{{source: ferry/notes.txt, quote: The first ferry captain was Jonas Ek}}]}}
  - {{id: helium, kind: out-of-scope, question: "{HELIUM}", answerable: false, why: physics,
     split: test}}
"""
NUMBERS = f"""
thresholds: {{}}
questions:
  - {{id: spent, operation: lookup, question: "{SPENT}",
     expected: [{{value: 1840.7, unit: million crowns}}]}}
  - {{id: gap, operation: refuse, question: "{HELIUM}", refuse: unknown}}
"""
TOLD = {
    STREET: "Harbour Street opened on 3 May 2011 in a former rope factory [1].",
    CAPTAIN: "<b>The first ferry captain</b> was Ada Lind in 1820 [1].",  # never so
}
PROBE = "Are you there?"


@dataclass
class Model:
    """A chat model that says what is prepared for a question, and repeats what was computed.

    At the calls of these numbers it ``breaks``; 0 is whether it is there.
    """

    name: str = "test:model"
    place: str = ""
    tokens: int = 4096
    seconds: float = 5.0
    prompts: list[Prompt] = field(default_factory=list)
    breaks: dict[int, type[BaseException]] = field(default_factory=dict)

    def write(self, prompt: Prompt, seconds: float) -> Iterator[str]:
        assert 0 <= seconds <= self.seconds
        self.prompts.append(prompt)
        yield ""
        if does := self.breaks.get(len(self.prompts) - 1):
            raise does("is not reachable at http://localhost:9.")
        computed = re.search(r"^\[1, computed\] .*\n(.*)$", prompt.said[0], re.MULTILINE)
        question = prompt.said[0].rpartition("Question: ")[2]
        text = f"{computed[1]} [1]" if computed else TOLD.get(question, "I am here.")
        for start in range(0, len(text), 9):
            yield text[start : start + 9]

    @property
    def asked(self) -> list[str]:
        """The questions, but for whether it is there."""
        questions = (prompt.said[0].rpartition("Question: ")[2] for prompt in self.prompts)
        return [question for question in questions if question != PROBE]


@pytest.fixture
def evaluate(
    innoqa: Callable[..., Any], library: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Callable[..., Any]:
    """Runs ``innoqa eval``, with a model of the test where there is one."""
    (tmp_path / "questions.yaml").write_text(QUESTION_SET, "utf-8")
    (tmp_path / "numbers.yaml").write_text(NUMBERS, "utf-8")
    asked = "--questions", "questions.yaml", "--indicators", "numbers.yaml"

    def run(model: Model | None, *arguments: str) -> Any:
        if model is not None:
            monkeypatch.setattr(bootstrap, "open_chat_model", lambda _: model)
        return innoqa("eval", "--index", library.settings.index, *asked, *arguments)

    return run


def report() -> Any:
    return read_report(Path("results/report.json"))


def by_id(questions: list[Any]) -> dict[str, Any]:
    return {one["id"]: one for one in questions}


def test_both_columns_are_reported_and_kept_replies_are_not_asked_for_again(
    evaluate: Callable[..., Any],
) -> None:
    model = Model()
    ran = evaluate(model, "--model", "test:model")
    assert ran.code == 0, ran.err
    # What is not answered never reaches the model; the one that fails is asked for once more.
    assert model.asked == [STREET, CAPTAIN, CAPTAIN, SPENT]
    first = report()
    run = first["model"]
    assert (run["name"], run["place"]) == ("test:model", "")
    without, with_it = by_id(first["questions"]), by_id(run["questions"])
    assert [with_it[name]["verdict"] for name in ("street", "captain")] == ["right", "right"]
    assert all("model" not in one for one in without.values())
    assert with_it["street"]["model"]["composed"]
    assert with_it["street"]["text"] == f"{TOLD[STREET][:-5]}. [1]"
    fallen = with_it["captain"]["model"]
    assert (fallen["composed"], fallen["sentences"], fallen["asked"]) == (False, 2, 2)
    assert len(fallen["withheld"]) == 2
    assert with_it["captain"]["text"] == without["captain"]["text"]
    assert "model" not in with_it["helium"]
    assert with_it["helium"]["text"] == without["helium"]["text"]
    (numbers,) = run["indicators"]
    assert [one["verdict"] for one in numbers["questions"]] == ["exact", "exact"]
    assert ["model" in one for one in numbers["questions"]] == [True, False]
    whole = run["counts"]["all"]
    assert (whole["answers"], whole["replies"], whole["kept"]) == (3, 4, 0)
    assert whole["composed"]["value"] == pytest.approx(2 / 3)
    assert sum(whole["fell_back"].values()) == 1
    assert (whole["sentences"], whole["withheld"]) == (4, 2)
    assert whole["seconds"]["p50"]["questions"] == 3
    assert "test" not in run["counts"]
    assert run["comparisons"]["dev"]["differences"]["correctness"]["p_holm"] == 1
    assert "With test:model, on this machine" in ran.said
    assert "in its words: 0.667" in ran.said
    assert "not proved: 2 of 4 sentences" in ran.said

    again = Model()
    ran = evaluate(again, "--model", "test:model")
    assert (ran.code, again.asked) == (0, [])
    second = report()["model"]
    for one, other in zip(run["questions"], second["questions"], strict=True):
        same = {"elapsed_ms", "model"}
        assert {k: v for k, v in one.items() if k not in same} == {
            k: v for k, v in other.items() if k not in same
        }
    assert second["counts"]["all"]["kept"] == 4
    assert second["counts"]["all"]["seconds"] == {}
    assert second["counts"]["all"]["composed"] == whole["composed"]
    assert second["groups"]["dev"]["latency_ms"] == {}
    assert "4 of 4 replies were kept from an earlier run, and their time is not counted" in ran.said


def test_without_the_option_no_model_is_asked_and_nothing_is_told_of_it(
    evaluate: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("INNOQA_MODEL", "test:model")
    model = Model()
    assert evaluate(model).code == 0
    assert model.prompts == []
    assert "model" not in report()
    assert not Path("results/replies.sqlite").exists()
    plain = [Path(f"results/report.{form}").read_text("utf-8") for form in ("md", "html")]
    assert not any("test:model" in text for text in plain)


def test_a_model_is_asked_over_http_and_its_second_run_asks_for_nothing(
    evaluate: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    with serving(good) as server:
        monkeypatch.setenv("INNOQA_MODEL", "openai:test")
        monkeypatch.setenv("INNOQA_MODEL_URL", server.openai)
        monkeypatch.setenv("OPENAI_API_KEY", "any")
        assert evaluate(None, "--model", "--split", "dev").code == 0
        asked = [request.question for request in server.requests]
        counts = report()["model"]["counts"]["all"]
        texts = [Path("results", name).read_text("utf-8") for name in ("report.md", "report.html")]
        junit = Path("results/junit.xml").read_text("utf-8")
        assert evaluate(None, "--model", "openai:test", "--split", "dev").code == 0
        again = [request.question for request in server.requests[len(asked) :]]
    assert set(asked) == {PROBE, STREET, CAPTAIN, SPENT}
    assert all("With openai:test" in text for text in texts)
    assert 'testsuite name="dev with openai:test" tests="2" failures="0"' in junit
    assert (counts["answers"], counts["kept"]) == (3, 0)
    assert again == [PROBE]
    assert report()["model"]["counts"]["all"]["kept"] == counts["replies"]


def test_an_option_without_a_model_anywhere_is_told(evaluate: Callable[..., Any]) -> None:
    ran = evaluate(Model(), "--model")
    assert ran.code == 1
    assert "INNOQA_MODEL is not set" in ran.told


def test_a_model_that_is_not_there_is_told_before_anything_is_asked(
    evaluate: Callable[..., Any],
) -> None:
    model = Model(breaks={0: ChatModelError})
    ran = evaluate(model, "--model", "test:model")
    assert ran.code == 2
    assert ran.told == "test:model is not reachable at http://localhost:9."
    assert len(model.prompts) == 1
    assert not Path("results/report.json").exists()


def test_a_stopped_run_goes_on_where_it_was_and_what_failed_is_asked_again(
    evaluate: Callable[..., Any],
) -> None:
    model = Model(breaks={1: ChatModelError, 3: KeyboardInterrupt})
    ran = evaluate(model, "--model", "test:model")
    assert ran.code == 130
    assert "results/replies.sqlite: run it again to go on" in ran.told
    assert model.asked == [STREET, CAPTAIN, CAPTAIN]
    assert not Path("results/report.json").exists()
    rest = Model(breaks={1: ChatModelError})
    assert evaluate(rest, "--model", "test:model").code == 0
    assert rest.asked == [STREET, CAPTAIN, SPENT]  # the first reply about the captain is kept
    counts = report()["model"]["counts"]
    assert counts["dev"]["fell_back"]["The model is not reachable at http://localhost:…"] == 1
    assert (counts["all"]["replies"], counts["all"]["kept"]) == (4, 1)
    assert counts["all"]["seconds"]["p50"]["questions"] == 2  # answers without kept replies


def test_nothing_that_a_model_wrote_takes_effect_in_a_report() -> None:
    without, with_it = evaluated(), evaluated()
    said = "<img src=x> `code`\n\n# Head"
    with_it["questions"][0]["model"] = {
        "composed": False,
        "note": f"m:1 {said}. This answer is in the documents' own words.",
        "sentences": 1,
        "withheld": [{"text": said, "why": "word: [x](http://evil.example)"}],
        "asked": 1,
        "kept": 0,
        "seconds": 0.5,
    }
    without["model"] = with_model.model_run(without, with_it, "m:1", "api.example.org")
    page = html(without)
    assert "&lt;img src=x&gt;" in page
    assert "<img" not in page
    assert "on api.example.org" in page
    text = markdown(without)
    assert "- sure: `<img src=x> 'code' # Head`: `word: [x](http://evil.example)`" in text
    assert r"- as without it: 1: The model \<img src=x\> \`code\` # Head." in text
    assert "<img" not in text.replace(r"\<img", "").replace("`<img", "")


@pytest.mark.parametrize(
    ("why", "kinds"),
    [
        ("number: 7 is not in it; word: rope factory", ("number", "word")),
        ("nothing is shown that it could stand on", (with_model.UNSUPPORTED,)),
    ],
)
def test_faults_are_counted_by_their_kind(why: str, kinds: tuple[str, ...]) -> None:
    assert with_model.kinds_of_fault(why) == kinds
