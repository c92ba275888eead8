"""The public contract: question lines in, reply lines out."""

import json
from importlib.resources import files
from typing import Any

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from innoqa.answering import Assistant
from innoqa.contract import LONGEST_QUESTION, parse_question, reply_record
from innoqa.domain import Answer
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
    for level in (whole, statement, citation_schema(), hit):
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


def test_a_row_of_another_table_is_recorded_without_column_value_and_unit(
    assistant: Assistant,
) -> None:
    turn = assistant.answer("How many stops does Line 9 have?")
    citation = reply_record("", turn)["statements"][0]["citations"][0]
    assert (citation["table"], citation["row"]) == ("Trams", "Line 9")
    assert citation["column"] is citation["value"] is citation["unit"] is None


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
        ('{"question": "Why?"}', ("", "Why?")),
        ('{"id": "a", "question": "Why?"}', ("a", "Why?")),
        ('{"id": 7, "question": "Why?", "more": [1]}', ("7", "Why?")),
        ('{"question": "Why?", "history": []}', ("", "Why?")),
        (
            '{"question": "Why?", "history": [{"role": "user", "text": "Who?"},'
            ' {"role": "assistant", "text": "She."}]}',
            ("", "Why?"),
        ),
        ('{"question": "  W\\u2028hy? 🦄"}\r', ("", "  W\u2028hy? 🦄")),
    ],
)
def test_a_line_of_the_documented_form_is_read(line: str, parsed: tuple[str, str]) -> None:
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
        identifier, question = parse_question(json.dumps(entry), "line 1")
    except QuestionError:
        assert not words
    else:
        assert fits
        assert identifier == str(entry.get("id", ""))
        assert question == entry["question"]
