"""The command: what it prints, where, and with which exit code."""

import json
import os
import re
from collections.abc import Callable
from dataclasses import fields
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from tests.computed_turns import change_of_dues
from typer.testing import CliRunner

import innoqa as package
from innoqa import cli
from innoqa.domain import Turn
from innoqa.settings import Settings

pytest_plugins = ["tests.answering_fixtures"]

Command = Callable[..., Any]

COMMANDS = ("ingest", "remove", "ask", "chat", "eval", "mcp", "doctor")
UNANSWERABLE = "What is the boiling point of liquid helium?"
QUESTION_SET = """
thresholds: {{correctness: {least}}}
questions:
  - id: street
    kind: fact
    question: When did Harbour Street open?
    must: ["3 May 2011"]
    gold: [{{source: guide.md, quote: Harbour Street opened on 3 May 2011}}]
    answerable: true
  - id: captain
    kind: fact
    question: Who was the first ferry captain?
    must: [Ada Ek]
    gold: [{{source: ferry/notes.txt, quote: The first ferry captain was Jonas Ek}}]
    answerable: true
"""


def batch_of(folder: Path, *lines: str) -> Path:
    path = folder / "questions.jsonl"
    path.write_bytes("\n".join(lines).encode())
    return path


def replies_in(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text("utf-8").split("\n") if line]


class TestHelp:
    @pytest.mark.parametrize("command", COMMANDS)
    def test_every_command_says_what_it_does_with_an_example(self, command: str) -> None:
        result = CliRunner().invoke(cli.app, [command, "--help"])
        assert result.exit_code == 0
        assert f"Example: innoqa {command}" in " ".join(result.output.split())

    @pytest.mark.parametrize("command", COMMANDS)
    def test_the_default_index_is_named(self, command: str) -> None:
        output = CliRunner().invoke(cli.app, [command, "--help"]).output
        assert "[default: .innoqa/index]" in output

    def test_the_command_alone_lists_its_commands(self) -> None:
        output = CliRunner().invoke(cli.app, []).output
        assert all(command in output for command in COMMANDS)

    def test_every_option_in_an_example_is_an_option_of_its_command(self) -> None:
        for command in COMMANDS:
            output = CliRunner().invoke(cli.app, [command, "--help"]).output
            described, _, options = output.partition("Options")
            for option in re.findall(r"--[a-z-]+", described):
                assert option in options, (command, option)


class TestAsk:
    def test_an_answer_is_printed_with_its_sources(self, library: Any, innoqa: Command) -> None:
        index = library.settings.index
        ran = innoqa("ask", "When did Harbour Street open?", "--index", index)
        assert (ran.code, ran.err) == (0, "")
        assert "Harbour Street opened on 3 May 2011 in a former rope factory. [1]" in ran.said
        assert "[1] Guide to the Arnholm quarter > Harbour Street (guide.md)" in ran.said
        assert 'Source: Arnholm Council, "Annual report", 2012.' in ran.said
        assert "[^g1]" not in ran.out

    def test_a_table_row_is_shown_with_its_cell(self, library: Any, innoqa: Command) -> None:
        question = "How much was the R&D expenditure of Arnholm in 2022?"
        ran = innoqa("ask", question, "--index", library.settings.index)
        assert "indicators, row 2, column value" in ran.said

    def test_an_abstention_shows_the_nearest_passages_and_is_no_error(
        self, library: Any, innoqa: Command
    ) -> None:
        ran = innoqa("ask", UNANSWERABLE, "--index", library.settings.index)
        assert ran.code == 0
        assert "Nothing in the corpus is about this" in ran.said
        assert "Nearest passages (they do not answer the question):" in ran.said

    def test_options_may_stand_before_or_after_the_question(
        self, library: Any, innoqa: Command
    ) -> None:
        index, question = library.settings.index, "Who was the first ferry captain?"
        before = innoqa("ask", "--index", index, "--json", question)
        after = innoqa("ask", question, "--json", "--index", index)
        assert before.code == after.code == 0
        first, second = json.loads(before.out), json.loads(after.out)
        assert {**first, "elapsed_ms": 0} == {**second, "elapsed_ms": 0}

    def test_json_is_one_line_that_fits_the_schema(self, library: Any, innoqa: Command) -> None:
        ran = innoqa("ask", "“Who” trained Ada Ek? 🚋", "--json", "--index", library.settings.index)
        assert ran.out.count("\n") == 1
        record = json.loads(ran.out)
        schema = Path(package.__file__).parent / "schemas" / "reply.schema.json"
        jsonschema.Draft202012Validator(json.loads(schema.read_text("utf-8"))).validate(record)
        assert record["question"] == "“Who” trained Ada Ek? 🚋"
        assert "🚋" in ran.out

    def test_the_index_comes_from_the_environment_where_no_option_names_one(
        self, library: Any, innoqa: Command, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
    ) -> None:
        monkeypatch.setenv("INNOQA_INDEX", str(library.settings.index))
        assert innoqa("ask", "Who was the first ferry captain?").code == 0
        ran = innoqa("ask", "Who?", "--index", tmp_path / "elsewhere")
        assert ran.code == 1

    @pytest.mark.parametrize("markup", ["[bold]ferry[/bold]", "[/red] ferry", "ferry [link=x]"])
    def test_brackets_in_a_question_are_only_brackets(
        self, library: Any, innoqa: Command, markup: str
    ) -> None:
        assert innoqa("ask", markup, "--index", library.settings.index).code == 0


class TestComputedAnswer:
    @pytest.fixture
    def said(self, innoqa: Command, monkeypatch: pytest.MonkeyPatch) -> str:
        """What is printed of a computed answer, with plain spaces."""

        class Prepared:
            def answer(self, _question: str) -> Turn:
                return change_of_dues()

        monkeypatch.setattr(cli.bootstrap, "open_assistant", lambda _settings: Prepared())
        monkeypatch.setattr(cli._console, "_width", 160)
        said: str = innoqa("ask", "How did the dues change?").said
        return said

    def test_it_says_how_the_question_was_read_and_what_was_computed(self, said: str) -> None:
        assert "rose by 1.7 million crowns, from 4.5 in 2018 to 6.2 in 2020. [1][2]" in said
        assert "Read as: Port dues of Vell, the difference between 2018 and 2020" in said
        assert "Derivation: 6.20 - 4.5 = 1.70 million crowns" in said

    def test_it_lists_the_operands_with_their_markers_and_the_series(self, said: str) -> None:
        operand = "Port dues, Vell, 2020: 6.20 million crowns [2]"
        series = "Port dues, Vell: 2018 4.5 million crowns; 2019 5.1 million crowns; 2020 6.20"
        assert said.index("Derivation:") < said.index(operand) < said.index(f"Series: {series}")
        assert said.index("Series:") < said.index("Sources [1]")

    def test_it_sets_figures_that_differ_side_by_side(self, said: str) -> None:
        assert "Sources differ: Port dues of Vell in 2020. They differ in scope." in said
        assert "6.20 million crowns [2] Vell Yearbook 2020" in said
        assert "more than 7 million crowns Chamber of Trade with the islands" in said

    def test_a_cited_cell_is_named_by_its_row_and_column(self, said: str) -> None:
        assert "Dues, row 19, column value" in said

    def test_an_answer_from_texts_has_none_of_it(self, library: Any, innoqa: Command) -> None:
        ran = innoqa("ask", "When did Harbour Street open?", "--index", library.settings.index)
        for told in ("Read as", "Derivation", "Series", "Sources differ"):
            assert told not in ran.said


class TestErrors:
    def test_a_missing_index_is_one_message_on_standard_error(self, innoqa: Command) -> None:
        ran = innoqa("ask", "Why?")
        assert (ran.code, ran.out) == (1, "")
        assert ran.told == (
            "There is no index in .innoqa/index. "
            "Make one with: innoqa ingest corpus --index .innoqa/index"
        )

    @pytest.mark.parametrize("command", [("ask", "Why?"), ("chat",), ("eval",), ("ingest", ".")])
    def test_an_unknown_setting_is_told_with_those_that_there_are(
        self, innoqa: Command, monkeypatch: pytest.MonkeyPatch, command: tuple[str, ...]
    ) -> None:
        monkeypatch.setenv("INNOQA_SORCES", "3")
        ran = innoqa(*command)
        assert (ran.code, ran.out) == (1, "")
        assert "INNOQA_SORCES is not a setting" in ran.told
        assert "INNOQA_SOURCES" in ran.told

    def test_a_question_that_is_empty_is_an_error(self, library: Any, innoqa: Command) -> None:
        ran = innoqa("ask", " ", "--index", library.settings.index)
        assert (ran.code, ran.out) == (1, "")
        assert "empty" in ran.told

    def test_a_question_in_bytes_that_are_no_utf_8_is_an_error(
        self, library: Any, innoqa: Command
    ) -> None:
        ran = innoqa("ask", os.fsdecode(b"caf\xe9?"), "--index", library.settings.index)
        assert ran.code == 1
        assert "Unicode" in ran.told

    @pytest.mark.parametrize(
        "arguments",
        [("ask",), ("ask", "--batch", "f"), ("ask", "Why?", "--batch", "f", "--out", "g")],
    )
    def test_ask_says_what_it_needs(self, innoqa: Command, arguments: tuple[str, ...]) -> None:
        ran = innoqa(*arguments)
        assert ran.code == 1
        assert "--out FILE" in ran.told

    def test_chat_without_an_index_is_told_here_and_not_in_the_browser(
        self, innoqa: Command
    ) -> None:
        ran = innoqa("chat")
        assert (ran.code, ran.out) == (1, "")
        assert "innoqa ingest" in ran.told

    def test_a_path_that_is_not_there_is_an_error(self, innoqa: Command) -> None:
        ran = innoqa("ingest", "no-such-folder")
        assert ran.code == 1
        assert "no-such-folder" in ran.told


class TestBatch:
    def test_the_installed_command_answers_a_batch_in_order_with_its_ids(
        self, other_process: tuple[Any, list[dict[str, Any]]], fixed_questions: tuple[str, ...]
    ) -> None:
        ran, replies = other_process
        assert (ran.code, ran.out) == (0, "")
        assert ran.told == f"{len(fixed_questions)} replies in replies.jsonl"
        assert [r["id"] for r in replies] == [f"q{n}" for n in range(len(fixed_questions))]
        assert [r["question"] for r in replies] == list(fixed_questions)

    def test_blank_lines_byte_order_marks_and_other_line_ends_are_passed_over(
        self, library: Any, innoqa: Command, tmp_path: Path
    ) -> None:
        lines = "\ufeff", '{"id": 2, "question": "Who\u2028was\x85first?"}\r', "", "  ", "\r"
        batch = batch_of(tmp_path, lines[0] + lines[1], *lines[2:], '{"question": "Why?"}')
        ran = innoqa(
            "ask", "--batch", batch, "--out", "replies.jsonl", "--index", library.settings.index
        )
        assert ran.code == 0, ran.err
        replies = replies_in(tmp_path / "replies.jsonl")
        assert [r["id"] for r in replies] == ["2", ""]
        assert replies[0]["question"] == "Who\u2028was\x85first?"
        assert replies[0]["query"] == "Who was first?"

    @pytest.mark.parametrize(
        ("line", "told"),
        [
            ("Why?", "is not JSON"),
            ('{"query": "Why?"}', "is not of the form"),
            ('{"question": ""}', "empty"),
            ('{"question": "…"}', "empty"),
            ('{"question": "' + "a" * 2001 + '"}', "2001 characters"),
            ('{"question": "\\udc80 why"}', "not valid Unicode"),
        ],
    )
    def test_a_bad_line_is_told_with_its_number_and_nothing_is_written(
        self, library: Any, innoqa: Command, tmp_path: Path, line: str, told: str
    ) -> None:
        batch = batch_of(tmp_path, '{"question": "Who was first?"}', "", line)
        (tmp_path / "replies.jsonl").write_text("as before\n", "utf-8")
        ran = innoqa(
            "ask", "--batch", batch, "--out", "replies.jsonl", "--index", library.settings.index
        )
        assert (ran.code, ran.out) == (1, "")
        assert f"{batch}, line 3" in ran.err.replace("\n", "")
        assert told in ran.told
        assert (tmp_path / "replies.jsonl").read_text("utf-8") == "as before\n"
        assert sorted(p.name for p in tmp_path.iterdir()) == ["questions.jsonl", "replies.jsonl"]

    @pytest.mark.parametrize("out", ["no/such/folder/replies.jsonl", "folder", "file/replies"])
    def test_a_place_that_cannot_be_written_is_told(
        self, library: Any, innoqa: Command, tmp_path: Path, out: str
    ) -> None:
        (tmp_path / "folder").mkdir()
        (tmp_path / "file").touch()
        batch = batch_of(tmp_path, '{"question": "Who was first?"}')
        ran = innoqa("ask", "--batch", batch, "--out", out, "--index", library.settings.index)
        assert ran.code == 1
        assert out in ran.told
        assert not list(tmp_path.rglob("*.tmp"))

    @pytest.mark.parametrize("name", ["not-there.jsonl", "."])
    def test_a_batch_that_cannot_be_read_is_told(self, innoqa: Command, name: str) -> None:
        ran = innoqa("ask", "--batch", name, "--out", "replies.jsonl")
        assert ran.code == 1
        assert "cannot be read" in ran.told

    def test_a_batch_in_another_encoding_is_told(self, innoqa: Command, tmp_path: Path) -> None:
        (tmp_path / "latin.jsonl").write_bytes('{"question": "Öresund?"}'.encode("latin-1"))
        ran = innoqa("ask", "--batch", "latin.jsonl", "--out", "replies.jsonl")
        assert ran.code == 1
        assert "latin.jsonl cannot be read" in ran.told

    def test_a_question_of_a_batch_is_read_after_its_history(
        self, library: Any, innoqa: Command, tmp_path: Path
    ) -> None:
        asked = {"role": "user", "text": "When did Harbour Street open?"}
        told = {"role": "assistant", "text": "Harbour Street opened in 1931."}
        batch = batch_of(
            tmp_path,
            json.dumps({"id": "asked", "question": "Where is it?", "history": [asked]}),
            json.dumps({"id": "told", "question": "Where is it?", "history": [asked, told]}),
            json.dumps({"id": "alone", "question": "Where is it?"}),
        )
        out = tmp_path / "replies.jsonl"
        ran = innoqa("ask", "--batch", batch, "--out", out, "--index", library.settings.index)
        assert ran.code == 0, ran.err
        queries = {reply["id"]: (reply["query"], reply["query_kind"]) for reply in replies_in(out)}
        assert queries == {
            "asked": ("Where is Harbour Street?", "follow-up"),
            "told": ("Where is Harbour Street?", "follow-up"),
            "alone": ("Where is it?", "stand-alone"),
        }

    def test_an_empty_batch_gives_no_replies(
        self, library: Any, innoqa: Command, tmp_path: Path
    ) -> None:
        batch = batch_of(tmp_path, "")
        out = tmp_path / "replies.jsonl"
        ran = innoqa("ask", "--batch", batch, "--out", out, "--index", library.settings.index)
        assert ran.code == 0
        assert out.read_bytes() == b""


@pytest.fixture
def own_graphs(with_graphs: Callable[[Path], Path], tmp_path: Path) -> None:
    """The graphs of the index in this folder, which are made once for all tests."""
    with_graphs(tmp_path / ".innoqa" / "index")


@pytest.mark.usefixtures("own_graphs")
class TestIngest:
    def test_what_was_skipped_is_named_with_exit_code_2_and_the_rest_is_published(
        self, innoqa: Command, tmp_path: Path
    ) -> None:
        folder = tmp_path / "papers"
        folder.mkdir()
        (folder / "lock.txt").write_text("The northern lock was dug in 1831.\n", "utf-8")
        (folder / "plan.pdf").write_bytes(b"%PDF-1.7")
        first = innoqa("ingest", "papers")
        assert first.code == 2
        assert "skipped plan.pdf: is " in first.told
        assert "1 documents, 1 passages, 0 observations: 1 added" in first.said
        assert "1 skipped; published in" in first.said
        assert "1831" in innoqa("ask", "When was the northern lock dug?").said
        (folder / "plan.pdf").unlink()
        again = innoqa("ingest", "papers")
        assert again.code == 0
        assert "1 unchanged, 0 skipped; up to date in" in again.said

    @pytest.mark.parametrize(("unread", "named", "more"), [(1, 1, ""), (13, 10, "... and 3 more")])
    def test_cells_that_are_no_numbers_are_named_and_are_no_error(
        self, innoqa: Command, tmp_path: Path, unread: int, named: int, more: str
    ) -> None:
        (tmp_path / "papers").mkdir()
        rows = [f"Lock {n},{n}00,{'see below' if n < unread else n}\n" for n in range(40)]
        table = "lock,2020,2021\n" + "".join(rows)
        (tmp_path / "papers" / "barges.csv").write_text(table, "utf-8")
        ran = innoqa("ingest", "papers")
        assert ran.code == 0
        told = ran.told
        assert told.count("not a number, kept as text: barges.csv") == named
        assert told.count("see below") == named
        assert told.endswith(more)

    def test_nothing_to_ingest_is_an_error_and_publishes_nothing(
        self, innoqa: Command, tmp_path: Path
    ) -> None:
        (tmp_path / "papers").mkdir()
        ran = innoqa("ingest", "papers")
        assert (ran.code, ran.out) == (1, "")
        assert "papers" in ran.told
        assert innoqa("ask", "Why?").code == 1


class TestRemove:
    def test_a_document_is_taken_out_by_its_source_and_comes_back_with_its_folder(
        self, innoqa: Command, tmp_path: Path
    ) -> None:
        folder = tmp_path / "papers"
        folder.mkdir()
        (folder / "lock.txt").write_text("The northern lock was dug in 1831.\n", "utf-8")
        (folder / "mill.txt").write_text("The mill grinds barley for the town.\n", "utf-8")
        innoqa("ingest", "papers")
        removed = innoqa("remove", "lock.txt")
        assert removed.code == 0
        assert (
            "1 documents, 1 passages, 0 observations: 0 added, 0 changed, 1 removed" in removed.said
        )
        assert "1831" not in innoqa("ask", "When was the northern lock dug?").said
        assert "1 added" in innoqa("ingest", "papers").said

    def test_what_is_not_in_the_index_is_one_message(self, library: Any, innoqa: Command) -> None:
        ran = innoqa("remove", "nowhere.md", "--index", library.settings.index)
        assert (ran.code, ran.out) == (1, "")
        assert "nowhere.md is not in" in ran.told


class TestDoctor:
    def test_a_good_machine_and_index_are_ok(self, library: Any, innoqa: Command) -> None:
        ran = innoqa("doctor", "--index", library.settings.index)
        assert ran.code == 0
        assert re.findall(r"^(ok|fail)\s+(\w+):", ran.out, re.MULTILINE) == [
            ("ok", name)
            for name in ("Python", "SQLite", "Model", "Corpus", "Index", "Conversations")
        ]

    def test_what_is_not_right_fails_with_its_remedy(self, innoqa: Command) -> None:
        ran = innoqa("doctor")
        assert ran.code == 1
        assert "fail Index: not usable" in ran.said
        assert "Make one with: innoqa ingest corpus" in ran.said


class TestEval:
    @pytest.fixture
    def ask_questions(
        self, library: Any, innoqa: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> Command:
        """Runs ``innoqa eval`` on two questions with a threshold and further arguments."""
        monkeypatch.setattr("innoqa.metrics.resampling.RESAMPLES", 200)

        def run(least: float, *arguments: str | Path) -> Any:
            questions = tmp_path / "questions.yaml"
            questions.write_text(QUESTION_SET.format(least=least), "utf-8")
            index = library.settings.index
            return innoqa("eval", "--questions", questions, "--index", index, *arguments)

        return run

    @pytest.mark.parametrize(("least", "code"), [(0, 0), (1.1, 3)])
    def test_exit_code_3_says_that_a_figure_is_below_its_threshold(
        self, ask_questions: Command, tmp_path: Path, least: float, code: int
    ) -> None:
        ran = ask_questions(least, "--out", "figures")
        assert ran.code == code
        assert ("FAILED: questions.yaml: correctness is" in ran.said) is (code == 3)
        names = sorted(path.name for path in (tmp_path / "figures").iterdir())
        assert names == ["junit.xml", "report.html", "report.json", "report.md"]
        assert "2 questions" in ran.said
        assert "figures/report.md" in ran.said

    def test_a_question_set_that_is_not_there_is_an_error(
        self, library: Any, innoqa: Command, tmp_path: Path
    ) -> None:
        index = library.settings.index
        ran = innoqa("eval", "--questions", "nothing.yaml", "--index", index)
        assert ran.code == 1
        assert "nothing.yaml cannot be read" in ran.told
        assert not (tmp_path / "results").exists()

    def test_later_runs_are_compared_with_the_accepted_one(
        self, ask_questions: Command, tmp_path: Path
    ) -> None:
        """Exit code 1 says that something is worse beyond noise; accepting the run ends that."""
        accepted = tmp_path / "results" / "accepted.json"
        assert "Compared" not in ask_questions(0, "--accept").said
        again = ask_questions(0)
        assert (again.code, "0 better, 0 worse" in again.said) == (0, True)
        report = json.loads(accepted.read_text("utf-8"))
        for question in report["questions"]:
            question["verdict"] = "right"
            question["values"]["correctness"] = 2.0
        accepted.write_text(json.dumps(report), "utf-8")
        worse = ask_questions(0)
        assert worse.code == 1
        assert "REGRESSION: correctness went from 2.000 to" in worse.said
        assert ask_questions(0, "--accept").code == 0
        assert ask_questions(0).code == 0

    def test_an_accepted_run_that_cannot_be_read_is_told_before_anything_is_asked(
        self, ask_questions: Command, tmp_path: Path
    ) -> None:
        (tmp_path / "results").mkdir()
        (tmp_path / "results" / "accepted.json").write_text("{}", "utf-8")
        ran = ask_questions(0)
        assert (ran.code, ran.out) == (1, "")
        assert "accepted.json is no report" in ran.told

    def test_two_reports_are_compared_without_asking(
        self, ask_questions: Command, innoqa: Command, tmp_path: Path
    ) -> None:
        ask_questions(0)
        path = tmp_path / "results" / "report.json"
        report = json.loads(path.read_text("utf-8"))
        for question in report["questions"]:
            question["verdict"], question["values"]["correctness"] = "wrong", -1.0
        (tmp_path / "broken.json").write_text(json.dumps(report), "utf-8")
        same = innoqa("eval", "--compare", path, path)
        assert (same.code, "0 better, 0 worse" in same.said) == (0, True)
        broken = innoqa("eval", "--compare", path, "broken.json")
        assert (broken.code, "REGRESSION: correctness" in broken.said) == (1, True)
        mended = innoqa("eval", "--compare", "broken.json", path)
        assert (mended.code, "REGRESSION" in mended.said) == (0, False)

    def test_the_options_choose_what_is_asked(self, ask_questions: Command) -> None:
        ran = ask_questions(0, "--split", "test")
        assert (ran.code, "There is no question to ask" in ran.told) == (1, True)
        ran = ask_questions(0, "--split", "dev", "--ablations")
        assert ran.code == 0
        assert "rows not verbalised" in ran.said

    def test_questions_are_drafted_from_an_index_and_others_added(
        self, library: Any, innoqa: Command, tmp_path: Path
    ) -> None:
        index = library.settings.index
        made = innoqa("eval", "init", "--index", index, "--out", "mine.yaml", "--questions", "10")
        assert made.code == 0
        drafts = int(made.said.split()[0])
        assert made.said.startswith(f"{drafts} drafts in mine.yaml.")
        assert 5 <= drafts <= 10
        line = '{"kind": "fact", "question": "Who?", "answerable": false}'
        batch_of(tmp_path, line)
        added = innoqa("eval", "add", "questions.jsonl", "--to", "mine.yaml")
        assert (added.code, added.said) == (0, "1 questions added to mine.yaml")
        text = (tmp_path / "mine.yaml").read_text("utf-8")
        assert text.count("draft: true") == drafts
        assert "question: Who?" in text
        again = innoqa("eval", "init", "--index", index, "--out", "mine.yaml")
        assert (again.code, "is there already" in again.told) == (1, True)

    @pytest.mark.parametrize("command", ["init", "add"])
    def test_its_commands_say_what_they_do_with_an_example(self, command: str) -> None:
        result = CliRunner().invoke(cli.app, ["eval", command, "--help"])
        assert f"Example: innoqa eval {command}" in " ".join(result.output.split())


def test_every_setting_is_described_where_settings_are_defined() -> None:
    described = re.findall(r"^    (\w+): ", Settings.__doc__ or "", re.MULTILINE)
    assert described == [field.name for field in fields(Settings)]
