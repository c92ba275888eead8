"""The public contract: question lines in, reply lines out."""

import json
from dataclasses import replace
from decimal import Decimal
from importlib.resources import files
from typing import Any

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.computed_turns import PERCENT, change_of_dues, observed, turn_with

from innoqa.answering import Assistant
from innoqa.contract import (
    LONGEST_QUESTION,
    BatchQuestion,
    json_number,
    parse_question,
    reply_record,
    stated_value,
)
from innoqa.domain import Answer, Cell, Computation, Observation, Period, Unit
from innoqa.errors import QuestionError

pytest_plugins = ["tests.answering_fixtures"]

Validator = jsonschema.Draft202012Validator

MESSAGE = st.fixed_dictionaries(
    {"role": st.sampled_from(["user", "assistant", "system"]), "text": st.text(max_size=5)}
)
ANYTHING = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.just(0.5),
    st.text(max_size=8),
    st.just([]),
    st.just({}),
)
ENTRIES = st.one_of(
    ANYTHING,
    st.fixed_dictionaries(
        {"question": st.one_of(st.text(max_size=20), ANYTHING)},
        optional={
            "id": ANYTHING,
            "history": st.one_of(st.lists(st.one_of(MESSAGE, ANYTHING), max_size=3), ANYTHING),
            "more": ANYTHING,
        },
    ),
    st.dictionaries(st.sampled_from(["id", "question", "history"]), ANYTHING),
)


def schema(name: str) -> dict[str, Any]:
    text = files("innoqa").joinpath("schemas", f"{name}.schema.json").read_text("utf-8")
    loaded: dict[str, Any] = json.loads(text)
    return loaded


def reply_schema() -> dict[str, Any]:
    return schema("reply")


def citation_schema() -> dict[str, Any]:
    statement = reply_schema()["properties"]["statements"]["items"]
    citation: dict[str, Any] = statement["properties"]["citations"]["items"]
    return citation


@pytest.mark.parametrize("name", ["question", "reply"])
def test_the_schemas_are_valid_draft_2020_12(name: str) -> None:
    assert schema(name)["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    Validator.check_schema(schema(name))


def test_the_reply_schema_is_closed_and_requires_every_key_at_every_level() -> None:
    whole = reply_schema()
    statement = whole["properties"]["statements"]["items"]
    hit = whole["properties"]["retrieved"]["items"]
    computation = whole["properties"]["computation"]
    conflict = whole["properties"]["conflicts"]["items"]
    observation = whole["$defs"]["observation"]
    for level in (whole, statement, citation_schema(), hit, computation, conflict, observation):
        assert level["additionalProperties"] is False
        assert level["required"] == list(level["properties"])


def test_the_replies_to_the_fixed_questions_fit_the_schema(
    assistant: Assistant, fixed_questions: tuple[str, ...]
) -> None:
    records = [reply_record("q", assistant.answer(question)) for question in fixed_questions]
    for record in records:
        Validator(reply_schema()).validate(json.loads(json.dumps(record)))
    assert {record["kind"] for record in records} == {"answer", "abstention"}
    citations = [c for r in records for s in r["statements"] for c in s["citations"]]
    assert any(citation["value"] for citation in citations)
    assert any(citation["table"] is None for citation in citations)


def test_the_keys_come_in_the_order_of_the_schema(assistant: Assistant) -> None:
    record = reply_record("q", assistant.answer("When did Harbour Street open?"))
    assert list(record) == list(reply_schema()["properties"])
    (citation,) = record["statements"][0]["citations"]
    assert list(citation) == list(citation_schema()["properties"])
    assert list(record["retrieved"][0]) == list(
        reply_schema()["properties"]["retrieved"]["items"]["properties"]
    )


def test_a_record_carries_the_turn(assistant: Assistant) -> None:
    turn = assistant.answer(" When did Harbour  Street open?")
    record = reply_record("7", turn)
    assert isinstance(turn.reply, Answer)
    assert (record["id"], record["kind"], record["composer"]) == ("7", "answer", "extractive")
    assert record["question"] == " When did Harbour  Street open?"
    assert record["query"] == "When did Harbour Street open?"
    assert record["text"] == turn.reply.text
    assert [hit["passage_id"] for hit in record["retrieved"]] == [h.passage.id for h in turn.hits]
    assert record["confidence"] == pytest.approx(turn.reply.confidence, abs=1e-4)


def test_a_tidy_row_is_recorded_with_its_cell(assistant: Assistant) -> None:
    turn = assistant.answer("How much was the R&D expenditure of Arnholm in 2022?")
    citation = reply_record("", turn)["statements"][0]["citations"][0]
    assert {k: citation[k] for k in ("table", "row", "column", "value", "unit", "page")} == {
        "table": "indicators",
        "row": "Arnholm, 2022, R&D expenditure",
        "column": "value",
        "value": "1840.7",
        "unit": "million crowns",
        "page": None,
    }


def test_a_cell_of_a_table_in_a_text_is_recorded_as_any_other(assistant: Assistant) -> None:
    turn = assistant.answer("How many stops does Line 9 have?")
    citation = reply_record("", turn)["statements"][0]["citations"][0]
    assert (citation["table"], citation["row"]) == ("Trams", "Line 9")
    assert (citation["column"], citation["value"]) == ("Stops", "23")


def written(record: dict[str, Any]) -> dict[str, Any]:
    """The record as a reader of the JSON finds it, once it has been held to the schema."""
    read: dict[str, Any] = json.loads(json.dumps(record, allow_nan=False))
    Validator(reply_schema()).validate(read)
    return read


def test_a_computation_is_recorded_with_its_cells_in_the_order_of_the_schema() -> None:
    record = written(reply_record("", change_of_dues()))
    computation, (conflict,) = record["computation"], record["conflicts"]
    properties = reply_schema()["properties"]
    assert list(computation) == list(properties["computation"]["properties"])
    assert list(conflict) == list(properties["conflicts"]["items"]["properties"])
    assert computation["operation"] == "difference"
    assert computation["expression"] == "6.20 - 4.5"
    assert (computation["value"], computation["unit"]) == (1.7, "million crowns")
    assert [operand["value"] for operand in computation["operands"]] == [4.5, 6.2]
    assert [point["period"] for point in computation["series"]] == ["2018", "2019", "2020"]
    assert list(computation["operands"][1]) == list(
        reply_schema()["$defs"]["observation"]["properties"]
    )
    assert computation["operands"][1] == {
        "document_id": "d1",
        "file": "d1.csv",
        "marker": 2,
        "source": "Vell Yearbook 2020",
        "table": "Dues",
        "row": "Vell, 2020",
        "row_number": 21,
        "column": "value",
        "entity": "Vell",
        "indicator": "Port dues",
        "period": "2020",
        "value": 6.2,
        "upper": None,
        "printed": "6.20",
        "unit": "million crowns",
        "qualifier": None,
        "note": None,
    }


def test_sources_that_differ_are_recorded_side_by_side() -> None:
    (conflict,) = written(reply_record("", change_of_dues()))["conflicts"]
    assert (conflict["what"], conflict["why"]) == (
        "Port dues of Vell in 2020",
        "They differ in scope.",
    )
    ours, other = conflict["observations"]
    assert (ours["value"], ours["qualifier"], ours["note"], ours["marker"]) == (6.2, None, None, 2)
    assert (other["value"], other["qualifier"], other["note"], other["marker"]) == (
        7,
        "more than",
        "with the islands",
        None,
    )
    assert other["source"] == "Chamber of Trade"


def test_a_cell_is_cited_by_its_own_column_value_and_unit() -> None:
    """A row may state several values: the citation tells which is meant."""
    turn = change_of_dues()
    assert isinstance(turn.reply, Answer)
    (statement,) = turn.reply.statements
    first = statement.citations[0]
    assert first.observation is not None
    beside = replace(first.observation, printed="9", value=Decimal(9))
    row = replace(first.passage, observations=(beside, first.observation))

    def recorded(observation: Any) -> dict[str, Any]:
        citation = replace(first, passage=row, observation=observation)
        answer = Answer((replace(statement, citations=(citation,)),), 0.9)
        record = written(reply_record("", replace(turn, reply=answer)))
        cited: dict[str, Any] = record["statements"][0]["citations"][0]
        return cited

    cell = recorded(first.observation)
    assert (cell["column"], cell["value"], cell["unit"]) == ("value", "4.5", "million crowns")
    whole = recorded(None)
    assert (whole["row"], whole["column"], whole["value"], whole["unit"]) == (
        "Vell, 2018",
        None,
        None,
        None,
    )


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (None, None),
        ("Osk", "Osk"),
        (Decimal("3.0"), 3),
        (Decimal("1E+6"), 1_000_000),
        (Decimal("0.10"), 0.1),
        ((Decimal(2), "Osk"), [2, "Osk"]),
        (Decimal("0.12345678901234567890123"), "0.12345678901234567890123"),
        (Decimal("123456789012345678901"), "123456789012345678901"),
    ],
)
def test_a_value_is_a_number_a_name_or_a_list_of_them(value: Any, expected: Any) -> None:
    operand = observed(2020, None, qualifier="missing", unit=Unit(""))
    computed = Computation("which", "Read", "", value, Unit(""), (operand,))
    computation = written(reply_record("", turn_with(computed)))["computation"]
    assert computation["value"] == expected
    assert computation["unit"] is None
    recorded = computation["operands"][0]
    assert (recorded["value"], recorded["unit"], recorded["printed"]) == (None, None, "n/a")
    assert recorded["qualifier"] == "missing"


@given(st.decimals(allow_nan=False, allow_infinity=False))
def test_a_number_in_json_is_exactly_the_number_computed(value: Decimal) -> None:
    assert Decimal(str(json.loads(json.dumps(json_number(value))))) == value


@pytest.mark.parametrize("value", ["NaN", "sNaN", "Infinity", "-Infinity"])
def test_what_is_no_number_is_told_in_words(value: str) -> None:
    assert json_number(Decimal(value)) == value


def test_a_range_keeps_both_its_ends() -> None:
    between = replace(observed(2020, "4", unit=PERCENT), upper=Decimal("6.5"), printed="4-6.5")
    computed = Computation("lookup", "Read", "", Decimal(4), PERCENT, (between,))
    operand = written(reply_record("", turn_with(computed)))["computation"]["operands"][0]
    assert (operand["value"], operand["upper"], operand["printed"]) == (4, 6.5, "4-6.5")


def test_an_abstention_has_no_statements_and_shows_what_was_retrieved(
    assistant: Assistant,
) -> None:
    record = reply_record("", assistant.answer("What is the boiling point of liquid helium?"))
    assert (record["kind"], record["statements"]) == ("abstention", [])
    assert record["retrieved"]


def test_offsets_count_characters_of_the_file_with_line_ends_as_one(
    library: Any, fixed_questions: tuple[str, ...]
) -> None:
    cited = set()
    for question in fixed_questions:
        record = reply_record("", library.assistant.answer(question))
        for citation in (c for s in record["statements"] for c in s["citations"]):
            text = library.file_text(citation["source"])
            assert text[citation["start"] : citation["end"]] == citation["quote"]
            cited.add(citation["source"])
        for hit in record["retrieved"]:
            assert 0 <= hit["start"] < hit["end"] <= len(library.file_text(hit["source"]))
    assert cited == {"guide.md", "ferry/notes.txt", "indicators.csv"}


@pytest.mark.parametrize(
    ("line", "parsed"),
    [
        ('{"question": "Why?"}', BatchQuestion("", "Why?")),
        ('{"id": "a", "question": "Why?"}', BatchQuestion("a", "Why?")),
        ('{"id": 7, "question": "Why?", "more": [1]}', BatchQuestion("7", "Why?")),
        ('{"question": "Why?", "history": []}', BatchQuestion("", "Why?")),
        (
            '{"question": "Why?", "history": [{"role": "user", "text": "Who?"},'
            ' {"role": "assistant", "text": "She."}]}',
            BatchQuestion("", "Why?", (("user", "Who?"), ("assistant", "She."))),
        ),
        ('{"question": "  W\\u2028hy? 🦄"}\r', BatchQuestion("", "  W\u2028hy? 🦄")),
    ],
)
def test_a_line_of_the_documented_form_is_read(line: str, parsed: BatchQuestion) -> None:
    assert parse_question(line, "f, line 1") == parsed


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("", "not JSON"),
        ("Why?", "not JSON"),
        ('{"question": "Why?"', "not JSON"),
        ("[" * 100_000, "not JSON"),
        ('{"question": "Why?", "id": ' + "1" * 5000 + "}", "not JSON"),
        ('"Why?"', "not of the form"),
        ("[]", "not of the form"),
        ("{}", "not of the form"),
        ('{"question": null}', "not of the form"),
        ('{"question": ["Why?"]}', "not of the form"),
        ('{"question": "Why?", "id": true}', "id must be"),
        ('{"question": "Why?", "id": 1.5}', "id must be"),
        ('{"question": "Why?", "id": null}', "id must be"),
        ('{"question": "Why?", "id": "\\ud800"}', "id is not valid Unicode"),
        ('{"question": "Why?", "history": {}}', "history must be"),
        ('{"question": "Why?", "history": ""}', "history must be"),
        ('{"question": "Why?", "history": null}', "history must be"),
        ('{"question": "Why?", "history": ["Who?"]}', "history must be"),
        ('{"question": "Why?", "history": [{"role": "system", "text": ""}]}', "history must be"),
        ('{"question": "Why?", "history": [{"role": "user"}]}', "history must be"),
        ('{"question": "Why?", "history": [{"role": [], "text": ""}]}', "history must be"),
        (
            '{"question": "Why?", "history": [{"role": "user", "text": "\\ud800"}]}',
            "history must be",
        ),
        ('{"question": ""}', "empty"),
        ('{"question": " ?! "}', "empty"),
        ('{"question": "\\ud800 why"}', "not valid Unicode"),
        (json.dumps({"question": "a" * (LONGEST_QUESTION + 1)}), "2001 characters"),
    ],
)
def test_a_line_of_another_form_is_told_with_its_place(line: str, told: str) -> None:
    with pytest.raises(QuestionError, match=told) as raised:
        parse_question(line, "batch.jsonl, line 12")
    assert str(raised.value).startswith("batch.jsonl, line 12")


@given(ENTRIES)
def test_what_the_schema_allows_is_read_and_nothing_else(entry: Any) -> None:
    """Save that a question needs a letter or a digit, which a schema can hardly say."""
    fits = Validator(schema("question")).is_valid(entry)
    words = fits and any(character.isalnum() for character in entry["question"])
    try:
        read = parse_question(json.dumps(entry), "line 1")
    except QuestionError:
        assert not words
    else:
        assert fits
        assert read.id == str(entry.get("id", ""))
        assert read.question == entry["question"]
        assert [text for _, text in read.history] == [m["text"] for m in entry.get("history", [])]


@pytest.mark.parametrize(
    ("printed", "unit", "qualifier", "stated"),
    [
        ("about 20", "t", "about", "about 20 t"),
        ("20km", "km", "exact", "20km"),
        ("20", "ha", "approximately", "approximately 20 ha"),
        ("758", "100 million yuan", "preliminary", "758 × 100 million yuan (preliminary)"),
    ],
)
def test_a_stated_value_has_its_unit_and_qualifier_once(
    printed: str, unit: str, qualifier: str, stated: str
) -> None:
    one = Observation(
        indicator="Area",
        entity="Osk",
        period=Period("2020", "year"),
        value=Decimal(20),
        printed=printed,
        unit=Unit(unit),
        qualifier=qualifier,
        source="",
        cell=Cell("", 1, "", ""),
    )
    assert stated_value(one) == stated
