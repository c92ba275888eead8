"""What a chat model wrote comes out plain, and nothing of it stands that is not proved."""

import importlib.util
import re
import sys
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from random import Random
from time import perf_counter
from types import ModuleType
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from innoqa.adapters.sentences import sentence_boundaries
from innoqa.citing import Draft, Span, cell_span
from innoqa.domain import Passage, Withheld
from innoqa.drafts import Written, declines, proved, sentences
from innoqa.prompts import Material

ROOT = Path(__file__).parents[1]
LEAST_CAUGHT, MOST_LOST = 0.95, 0.08


def _loaded() -> ModuleType:
    """The script that judges the fixed set."""
    spec = importlib.util.spec_from_file_location("drafts_bench", ROOT / "eval" / "drafts_bench.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module  # dataclasses look their module up
    spec.loader.exec_module(module)
    return module


bench = _loaded()


@pytest.fixture(scope="module")
def corpus() -> Any:
    return bench.Shown(ROOT / "corpus")


def plain(text: str) -> list[tuple[str, tuple[int, ...]]]:
    found, rest = sentences(text, sentence_boundaries, whole=True)
    assert rest == ""
    return [(one.text, one.markers) for one in found]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("It rose in 2011 [2].", [("It rose in 2011.", (2,))]),
        ("It rose. [1] It fell.[2][3]", [("It rose.", (1,)), ("It fell.", (2, 3))]),
        ("[1] It rose. [2] It fell.", [("It rose.", (1,)), ("It fell.", (2,))]),
        ("It rose [1, 3-5], and fell [99].", [("It rose, and fell.", (1, 3, 4, 5, 99))]),
        ("It rose 【1†source】. It fell (source 2). It stayed (3).",
         [("It rose.", (1,)), ("It fell.", (2,)), ("It stayed.", (3,))]),
        ("It rose^1. It fell.² It has 5 km² or 10^6.",
         [("It rose.", (1,)), ("It fell.", (2,)), ("It has 5 km² or 10^6.", ())]),
        ("The tower (1988) has floors [2, computed].", [("The tower (1988) has floors.", (2,))]),
        ("According to source [1], it rose. Source 2 states that it fell.",
         [("It rose.", (1,)), ("It fell.", (2,))]),
        ("Based on the provided sources, it rose, as stated in source 2.", [("It rose.", (2,))]),
    ],
)  # fmt: skip
def test_markers_of_any_form_are_taken_out_and_told(
    text: str, expected: list[tuple[str, tuple[int, ...]]]
) -> None:
    assert plain(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("# Title\n\n**Summary**\n\nIt *rose* `fast` [1].\n\n---\nThe _end_.",
         ["It rose fast.", "The end."]),
        ("See ![a plot](http://a.b/x.png) and [its page](http://a.b/c(d)), www.a.b.",
         ["See and its page,."]),
        ("<script>alert(1)</script>It <b onclick='x'>rose</b>.<img src=x onerror=y>", ["It rose."]),
        ("It rose &lt;img src=x onerror=y&gt; fast.", ["It rose fast."]),
        ("<think>It fell, so 3 < 4.</think>It rose.", ["It rose."]),
        ("It rose.<think>and never ends", ["It rose."]),
        ("Sure, here is the answer:\n\nIt rose.\n\nI hope this helps!", ["It rose."]),
        ("Answer: It rose.\n\nSources:\n[1] A page.", ["It rose."]),
        ("```json\n{\"a\": 1}\n```\nIt rose.", ["It rose."]),
        ("```\nIt rose.\n```", ["It rose."]),
        ("The parks are:\n1. East Park [1]\n2. West Park [1]\n\nBoth grow.",
         ["The parks are: East Park; West Park.", "Both grow."]),
        ("It has two:\n- East Park grew by a tenth in the year 2011.\n- West Park did not grow.",
         ["East Park grew by a tenth in the year 2011.", "West Park did not grow."]),
        ("| Park | Share |\n|---|---|\n| East | 4% [1] |", ["Park: East; Share: 4%"]),
        ("> It rose, says Dr. Holt\n> of the U.S.", ["It rose, says Dr. Holt of the U.S."]),
        ("它占地100平方公里[1]。它获批了！", ["它占地100平方公里。", "它获批了！"]),
        ("It\u200b ro\u202ese 1２% n\u043et ①.", ["It rose 12% not 1."]),
        ("*** [] () <> .", []),
    ],
)  # fmt: skip
def test_markup_goes_and_words_stay(text: str, expected: list[str]) -> None:
    assert [said for said, _ in plain(text)] == expected


PIECES = [
    *"[ ] ( ) ** ` ``` <think> </think> <b> <script> </script> (1) ^1 ² &lt; 【1】".split(),
    *"<!-- --> a x_y_".split(),
    *("The yard has 82 firms", " [1]", "[1, 2]", ". ", " ", "\n", "\n\n", "- ", "1. ", "# ", "> "),
    *("```json\n", "[link](http://a.b/c d)", "![alt text](u r l)", "http://x.y ", "e.g. ", "Dr. "),
    *("U.S. ", "Sure, here is the answer:", "Answer: ", "Sources:", "|a|b|\n", "|---|---|\n", ": "),
    *(
        "它占地100平方公里。",
        "It is large! ",
        "“Quote.” ",
        "see source 2. ",
        "<sup>1</sup>",
        "3.5 ",
    ),
    *("\u200b", "\u0301", "[x]: http://a"),
]


@settings(max_examples=60)
@given(st.lists(st.sampled_from(PIECES), max_size=20).map("".join))
def test_a_sentence_once_given_stays(text: str) -> None:
    whole, _ = sentences(text, sentence_boundaries, whole=True)
    counts = []
    for end in range(len(text) + 1):
        found, _ = sentences(text[:end], sentence_boundaries, whole=False)
        assert found == whole[: len(found)]
        counts.append(len(found))
    assert all(one <= other for one, other in pairwise(counts))
    assert not any(set(one.text) & set("[]<>`*|\\") for one in whole)


HOSTILE = "[;<a ;(;![a](;.;a.b ;[1;<think>;^;**;&amp;;|;1. ;According to ;Here is ;\n- ;```\n"


@pytest.mark.parametrize("piece", HOSTILE.split(";"))
def test_hostile_text_takes_no_longer_than_its_length(piece: str) -> None:
    started = perf_counter()
    sentences(piece * (8_000 // max(1, len(piece))), sentence_boundaries, whole=True)
    assert perf_counter() - started < 1


def test_a_model_that_declines_is_understood() -> None:
    assert declines("Not in the sources.")
    assert not declines("It is in the sources.")


def shown(passage: Passage, number: int = 1) -> Material:
    spans = tuple(Span(passage, s.start, s.end, s.references) for s in passage.sentences)
    return Material(number, passage.heading_path, passage.words, spans)


def holding(corpus: Any, *quotes: str) -> list[Material]:
    found = (next(p for p in corpus.passages if quote in p.text) for quote in quotes)
    return [shown(passage, number) for number, passage in enumerate(found, 1)]


def test_the_fewest_spans_are_cited_and_those_that_the_sentence_cites_first(corpus: Any) -> None:
    """One where one says all, two where each says a part, another one where the marker errs."""
    materials = holding(corpus, "The Torch Program, also called", "Four scientists, Wang Daheng")
    text = "The Torch Program was launched in August 1988."
    for markers in ((1,), (2,), (), (7,)):
        found = proved(Written(text, markers), materials, None)
        assert isinstance(found, Draft)
        assert [bench.words_of(span) for span in found.spans] == [
            "The Torch Program, also called the Torch Plan, was launched in August 1988."
        ]
    both = f"{text[:-1]}, and Deng Xiaoping endorsed the letter."
    found = proved(Written(both, (1, 2)), materials, None)
    assert isinstance(found, Draft)
    assert [span.passage.id for span in found.spans] == [
        material.spans[0].passage.id for material in materials
    ]


def test_of_a_table_the_one_cell_is_cited(corpus: Any) -> None:
    materials = holding(corpus, "Yizhuang (BDA),2019,year,GDP")
    said = "Yizhuang's GDP was 193.28 billion yuan in 2019."
    found = proved(Written(said, (1,)), materials, None)
    row = materials[0].spans[0].passage
    assert found == Draft(said, (cell_span(row, row.observations[0]),))
    wrong = proved(Written(said.replace("2019", "2018"), (1,)), materials, None)
    assert isinstance(wrong, Withheld)


def test_why_something_is_withheld_is_told_in_words(corpus: Any) -> None:
    materials = holding(corpus, "The High Energy Photon Source in Huairou Science City was costed")
    for text, why in (
        ("The High Energy Photon Source was costed at 4.86 billion yuan in 2019.",
         "number: “4.86 billion yuan” does not stand in the cited words"),
        ("In 2019 the High Energy Photon Source entered service in 2025.",
         "hedge: the cited words say “planned”, which is left out"),
        ("x" * 900, "It is too long to be proved"),
        ("Rabbits like carrots.", "Nothing that is shown speaks of it"),
    ):  # fmt: skip
        found = proved(Written(text, (1,)), materials, None)
        assert isinstance(found, Withheld)
        assert why in found.why


@pytest.fixture(scope="module")
def judged(corpus: Any) -> Any:
    """What the proof makes of every draft of the fixed set."""
    return [corpus.judged(case) for case in bench.cases()]


def test_the_fixed_set_is_what_it_is_said_to_be(judged: Any) -> None:
    """Sixty faults and sixty sound drafts, half of each for tests; each fault in one sentence."""
    for split in bench.SPLITS:
        kinds = [one.case.kind for one in judged if one.case.split == split]
        assert (len(kinds), kinds.count(bench.SOUND)) == (60, 30)
    assert all(len(one.found) == 1 for one in judged if one.case.kind != bench.SOUND)
    numbers = [one for one in judged if one.case.kind in ("number", "year", "unit")]
    assert len(numbers) >= 20


def test_faults_are_caught_and_sound_drafts_kept(judged: Any) -> None:
    found = {name: (hits, of) for name, hits, of in bench.shares(judged)}
    caught, faults = found["all faults"]
    kept, sound = found[bench.SOUND]
    assert caught >= LEAST_CAUGHT * faults
    assert all(found[kind][0] == found[kind][1] for kind in ("number", "year", "unit"))
    assert sound - kept <= MOST_LOST * sound


@pytest.mark.parametrize(
    ("quote", "text"),
    [
        ("TusPark was proposed in 1993.", "TusPark was proposed in 2001."),
        ("TusPark was proposed in 1993.", "TusPark was proposed from 1993 to 1993."),
        ("For Beijing, Tianjin and Hebei together",
         "R&D intensity in Beijing, Tianjin and Hebei together stood at 4.22% in 2023."),
        ("The High Energy Photon Source in Huairou Science City was costed",
         "The High Energy Photon Source was planned to go into service in 2019."),
        ("Only the case study sets 2050",
         "Official plans mention the years 2020, 2025, 2030 and 2050."),
        ("A report of 2023 gives Yizhuang",
         "The core area of Yizhuang measures 225 square kilometres."),
        ("China Daily wrote in 2011 that",
         "In 2011 Zhongguancun generated value added of 264.4 billion yuan, China Daily wrote."),
        ("Guangming Online put the number",
         "In 2007 Beijing had 68 state key laboratories, just over half of China's total."),
        ("Ordinary towns and old industrial parks",
         "Old industrial parks and ordinary towns are free to use the name characteristic town."),
    ],
)  # fmt: skip
def test_what_belongs_to_another_is_withheld(corpus: Any, quote: str, text: str) -> None:
    assert isinstance(proved(Written(text, (1,)), holding(corpus, quote), None), Withheld)


@pytest.mark.parametrize(
    ("quote", "text"),
    [
        ("Guangming Online put the number",
         "In 2007 Beijing had 68 state key laboratories, just over a third of China's total."),
        ("The Chinese Academy of Sciences (CAS) has 39",
         "More than a third of the institutes of the Chinese Academy of Sciences, 39 out of 110,"
         " are based in Beijing."),
        ("Since January 2019 Yizhuang",
         "A new town of 225 square kilometres has been managed by Yizhuang since the beginning of"
         " 2019."),
        ("Researchers quoted by China Daily in 2017",
         "High housing costs are driving talented people out of Beijing, according to researchers"
         " cited by China Daily in 2017."),
        ("In 2011 Beijing set up a small-town fund",
         "In 2011 the city created a 10-billion-yuan fund for 42 of its 182 towns."),
        ("its page names no author",
         "Neither an author nor a journal nor a year is given on the page of the case study."),
    ],
)  # fmt: skip
def test_what_is_told_in_other_words_is_kept(corpus: Any, quote: str, text: str) -> None:
    assert isinstance(proved(Written(text, (1,)), holding(corpus, quote), None), Draft)


NUMBER = re.compile(r"(?<![\w.,])\d+(?:,\d{3})*(?:\.\d+)?(?!\w)")


def planted(text: str, chance: Random) -> Iterator[str]:
    """The sentence with each of its numbers in turn made another."""
    held = {match[0] for match in NUMBER.finditer(text)}
    for match in NUMBER.finditer(text):
        digits = [place for place, sign in enumerate(match[0]) if sign.isdigit()]
        place = chance.choice(digits)
        sign = chance.choice([one for one in "123456789" if one != match[0][place]])
        changed = f"{match[0][:place]}{sign}{match[0][place + 1 :]}"
        others = [one for one in held - {match[0]} if _is_year(one) == _is_year(match[0])]
        for one in {changed, *sorted(others)[:1]} - {match[0]}:
            if one not in held or one in others:
                yield text[: match.start()] + one + text[match.end() :]


def _is_year(number: str) -> bool:
    return len(number) == 4 and number[:2] in ("19", "20")


def test_every_number_that_is_changed_in_a_sentence_is_found(corpus: Any) -> None:
    """In the sentences of the corpus, shown among the passages beside them."""
    prose = [passage for passage in corpus.passages if passage.cell is None]
    chance = Random(7)
    missed, count = [], 0
    for place, passage in enumerate(prose[::4]):
        beside = prose[max(0, 4 * place - 1) : 4 * place + 2]
        materials = [shown(one, number) for number, one in enumerate(beside, 1)]
        said = {sentence.text for one in beside for sentence in one.sentences}
        for sentence in passage.sentences:
            for text in planted(sentence.text, chance):
                count += 1
                found = proved(Written(text, (1,)), materials, None)
                if text not in said and isinstance(found, Draft):
                    missed.append(text)
    assert count > 300
    assert missed == []
