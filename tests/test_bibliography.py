"""Sources of a conversation as BibTeX and CSL JSON, each once and with what is known of it."""

import json
from dataclasses import replace
from typing import Any

import bibtexparser
import pytest
from bibtexparser.middlewares import LatexDecodingMiddleware
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft7Validator
from tests.computed_turns import change_of_dues

from innoqa import bibliography
from innoqa.bibliography import Source, parsed
from innoqa.domain import Answer, Citation, Conversation, Passage, Query, Statement, Turn

CSL_SCHEMA: dict[str, Any] = {
    "type": "array",
    "items": {
        "type": "object",
        "required": ["type", "id"],
        "additionalProperties": False,
        "properties": {
            "type": {"enum": ["document", "webpage"]},
            "id": {"type": ["string", "number"]},
            "title": {"type": "string"},
            "publisher": {"type": "string"},
            "URL": {"type": "string"},
            "note": {"type": "string"},
            "issued": {
                "type": "object",
                "additionalProperties": False,
                "properties": {
                    "circa": {"type": ["string", "number", "boolean"]},
                    "date-parts": {
                        "type": "array",
                        "minItems": 1,
                        "maxItems": 2,
                        "items": {
                            "type": "array",
                            "minItems": 1,
                            "maxItems": 3,
                            "items": {"type": ["string", "number"]},
                        },
                    },
                },
            },
        },
    },
}
"""What csl-data.json of the Citation Style Language 1.0.2 asks of the fields that are written."""


def said(*references: str, title: str = "Quays", source: str = "quays.md") -> Turn:
    passage = Passage("p", "d", source, title, (), "Text.", 0, 5, ())
    statement = Statement("Text.", (Citation(1, passage, "Text.", 0, 5, references),))
    return Turn("Which?", Query("Which?"), (), Answer((statement,), 0.9), "extractive", 1.0)


def found(*turns: Turn) -> list[Source]:
    return list(bibliography.sources(Conversation(turns)).values())


@pytest.mark.parametrize(
    ("reference", "source"),
    [
        (
            'Port Authority of Vell, "Grain handbook", 2019. https://port.example/grain',
            Source("Grain handbook", "Port Authority of Vell", 2019, url="https://port.example/grain"),
        ),
        (
            'Office (in the capital, north), "Data of “2020”, revised", c. 2021.',
            Source("Data of “2020”, revised", "Office (in the capital, north)", 2021, circa=True),
        ),
        ('Partners, "A blueprint: part 1", n.d. <http://p.example>',
         Source("A blueprint: part 1", "Partners", url="http://p.example")),
        ("Daily via Agency: Half of all: a report (2018); confidence B",
         Source("Half of all: a report", "Daily via Agency", 2018)),
        ("Travel: Overview (c.2007)", Source("Overview", "Travel", 2007, circa=True)),
        ("Port Authority (2021)", Source("Port Authority (2021)")),
        ("https://only.example/x", Source("https://only.example/x", url="https://only.example/x")),
        ("", Source("")),
    ],
)  # fmt: skip
def test_a_reference_is_read_for_publisher_title_and_year(reference: str, source: Source) -> None:
    assert parsed(reference) == source


@given(st.text(max_size=60))
def test_any_reference_can_be_read(reference: str) -> None:
    assert isinstance(parsed(reference).title, str)


def test_a_source_in_both_forms_is_one_source_with_its_address() -> None:
    (source,) = found(
        said("Daily: Ports (2018); confidence A"), said('Daily, "Ports", 2018. http://d.example')
    )
    assert source == Source("Ports", "Daily", 2018, url="http://d.example")


def test_a_document_that_names_no_source_is_one_and_cells_name_theirs() -> None:
    assert found(said()) == [Source("Quays", note="quays.md")]
    assert [one.title for one in found(change_of_dues())] == [
        "Vell Yearbook 2018",
        "Vell Yearbook 2020",
    ]


def test_every_source_has_a_key_of_its_own() -> None:
    turns = [said(f"Daily: Ports of the coast {n} (2018)") for n in range(3)]
    assert list(bibliography.sources(Conversation(tuple(turns)))) == [
        "daily-ports-coast-2018",
        "daily-ports-coast-2018-2",
        "daily-ports-coast-2018-3",
    ]
    assert list(bibliography.sources(Conversation((said("?"),)))) == ["source"]


HOSTILE = r"""50 % of {all} "R&D" \input{x} $a_b^c~ #1 ü 东 <b>"""


def read_back(bibtex: str) -> list[dict[str, str]]:
    library = bibtexparser.parse_string(bibtex, append_middleware=[LatexDecodingMiddleware()])
    assert not library.failed_blocks
    return [{field.key: field.value for field in entry.fields} for entry in library.entries]


def test_bibtex_gives_every_character_back() -> None:
    sources = {"a": Source(HOSTILE, HOSTILE, 2018, True, "http://x.example/a_%7B{b}", HOSTILE)}
    (entry,) = read_back(bibliography.bibtex(sources))
    decoded = HOSTILE.replace("^", "ˆ")  # how the reader decodes LaTeX's name for it
    assert entry["title"] == entry["publisher"] == decoded
    assert entry["note"] == "the year is approximate; " + decoded
    assert entry["year"] == "2018"
    assert "url = {http://x.example/a_%7B%7Bb%7D}" in bibliography.bibtex(sources)


def test_bibtex_names_what_is_known_alone() -> None:
    entries = read_back(bibliography.bibtex(bibliography.sources(Conversation((said(),)))))
    assert entries == [{"title": "Quays", "note": "quays.md"}]


@given(st.lists(st.text(st.characters(exclude_categories=["Cs"]), max_size=40), max_size=4))
def test_csl_is_as_its_schema_has_it(references: list[str]) -> None:
    sources = bibliography.sources(
        Conversation((said(*references), said("A: B (c.2018)", "http://u.example")))
    )
    items = json.loads(bibliography.csl(sources))
    Draft7Validator(CSL_SCHEMA).validate(items)
    assert [item["id"] for item in items] == list(sources)
    assert {"date-parts": [[2018]], "circa": True} in [item.get("issued") for item in items]


def test_an_abstention_cites_nothing() -> None:
    turn = said()
    assert found(replace(turn, reply=Answer((), 0.0))) == []
    assert bibliography.bibtex({}) == ""
    assert json.loads(bibliography.csl({})) == []
