"""How good replies are, as pure functions."""

import math
from dataclasses import replace
from decimal import Decimal
from statistics import fmean

import pytest
from hypothesis import given
from hypothesis import strategies as st

from innoqa.domain import (
    Abstention,
    Answer,
    Cell,
    Citation,
    Computation,
    Conflict,
    Hit,
    Observation,
    Passage,
    Period,
    Query,
    Reply,
    Sentence,
    Statement,
    Turn,
)
from innoqa.metrics import (
    EvalQuestion,
    Expected,
    Gold,
    IndicatorQuestion,
    IndicatorVerdict,
    Outcome,
    Verdict,
    contains,
    interval,
    judge,
    judge_indicator,
    share_interval,
    supports,
    verdict,
)
from innoqa.quantities import read_unit

TEXT = "Ada sailed in 1954. Ina rowed. The ferry was red."
GOLDS = (Gold("d.md", "Ada sailed", 1), Gold("d.md", "Ina rowed", 2))
SPANS = {("d.md", "Ada sailed"): (0, 10), ("d.md", "Ina rowed"): (20, 29)}


def asked(
    *must: str, golds: tuple[Gold, ...] = GOLDS, answerable: bool = True, kind: str = "fact"
) -> EvalQuestion:
    return EvalQuestion("q", kind, "Who sailed?", must, golds, answerable)


def passage(start: int, end: int, source: str = "d.md") -> Passage:
    words = TEXT[start:end]
    sentences = (Sentence(start, end, words),)
    return Passage(f"{source}-{start}", source, source, "", (), words, start, end, sentences)


def answered(text: str, *spans: tuple[int, int], source: str = "d.md") -> Answer:
    citations = tuple(
        Citation(number, passage(start, end, source), TEXT[start:end], start, end)
        for number, (start, end) in enumerate(spans, 1)
    )
    return Answer((Statement(text, citations),), 0.9)


def turn(reply: Reply, *hits: Passage) -> Turn:
    found = tuple(Hit(p, 1.0, (1.0,), 0.9) for p in hits)
    return Turn("Who sailed?", Query("Who sailed?"), found, reply, "extractive", 2.5)


ABSTENTION = Abstention("No.", (), (), 0.1)


def judged(question: EvalQuestion, reply: Reply, *hits: Passage, least: float = 0.5) -> Outcome:
    return judge(question, turn(reply, *hits), SPANS, least)


@pytest.mark.parametrize(
    ("must", "text", "verdict"),
    [
        (("Ada",), "It was ada.", "right"),
        (("Ada", "1954"), "Ada, in 1954.", "right"),
        (("Ada", "1954"), "Ada.", "wrong"),
        (("Ada|Ina",), "Ina.", "right"),
        (("Ada|Ina", "1954|1955"), "Ina.", "wrong"),
        (("Ada's   ferry",), "ADA’S ferry", "right"),
        (("STRASSE",), "straße", "right"),
    ],
)
def test_an_answer_is_right_when_it_contains_every_must_in_one_of_its_forms(
    must: tuple[str, ...], text: str, verdict: Verdict
) -> None:
    assert judged(asked(*must), answered(text, (0, 10))).verdict == verdict


def test_without_a_must_an_answer_is_right_when_it_cites_a_gold_quote() -> None:
    assert judged(asked(), answered("She.", (0, 10))).verdict == "right"
    assert judged(asked(), answered("She.", (31, 49))).verdict == "wrong"


@pytest.mark.parametrize(
    ("text", "must", "found"),
    [
        ("1,200 firms", "1200", True),
        ("1200 firms", "1,200", True),
        ("1,200,000 firms", "1200000", True),
        ("11,200 firms", "1,200", False),
        ("1,200 firms", "200", False),
        ("1,200 firms", "1", False),
        ("In 2012.", "12", False),
        ("6.31%", "6.3", False),
        ("6.3%", "6.3", True),
        ("16.3%", "6.3", False),
        ("in 2011, 2012.", "2011", True),
        ("in 2012.", "2012", True),
        ("ISO9001", "9001", True),
        ("ISO9001", "ISO900", False),
    ],
)
def test_a_number_is_not_found_within_another(text: str, must: str, found: bool) -> None:
    assert contains(text, must) is found


@given(st.integers(0, 10**9))
def test_a_number_is_found_with_and_without_separators_and_with_nothing_before_it(n: int) -> None:
    assert contains(f"There are {n:,} of them.", str(n))
    assert contains(f"There are {n} of them.", f"{n:,}")
    assert not contains(f"There are 7{n} of them.", str(n))


def test_the_threshold_decides_what_is_given_and_not_what_is_right() -> None:
    """Each answer has a confidence of 0.9."""
    for least, given_right, given_wrong in ((0.9, "right", "wrong"), (0.91, *["abstained"] * 2)):
        right = judged(asked("Ada"), answered("Ada.", (0, 10)), least=least)
        wrong = judged(asked("Ina"), answered("Ada.", (0, 10)), least=least)
        assert (right.verdict, right.fits) == (given_right, True)
        assert (wrong.verdict, wrong.fits) == (given_wrong, False)
        nothing = asked(golds=(), answerable=False)
        held = judged(nothing, answered("Ada.", (0, 10)), least=least)
        assert held.verdict == ("wrongly answered" if least == 0.9 else "rightly abstained")
        assert not held.fits


def test_an_abstention_is_never_an_answer() -> None:
    assert judged(asked("Ada"), ABSTENTION, least=0.0).verdict == "abstained"
    nothing = asked(golds=(), answerable=False)
    assert judged(nothing, ABSTENTION, least=0.0).verdict == "rightly abstained"


@pytest.mark.parametrize(
    ("spans", "cited"),
    [
        ([(0, 19)], [{1}]),
        ([(0, 19), (20, 30)], [{1}, {2}]),
        ([(0, 30)], [{1, 2}]),
        ([(0, 19), (31, 49)], [{1}, set()]),
        ([(10, 20)], [set()]),
    ],
)
def test_each_citation_states_the_facts_whose_quotes_it_touches(
    spans: list[tuple[int, int]], cited: list[set[int]]
) -> None:
    assert list(judged(asked(), answered("Ada.", *spans)).cited) == cited


def test_a_statement_is_supported_by_any_of_its_citations() -> None:
    first = answered("Ada.", (31, 49), (0, 10)).statements[0]
    other = answered("It was red.", (31, 49)).statements[0]
    outcome = judged(asked(), Answer((first, other), 0.9))
    assert outcome.stated == (True, False)


@pytest.mark.parametrize(
    ("texts", "spans", "exact"),
    [
        (["In 1954."], [(0, 19)], True),
        (["In 1954."], [(31, 49)], False),
        (["In 1954.", "Ada."], [(31, 49), (0, 19)], False),
        (["Ada.", "In 1,954 ways."], [(31, 49), (0, 19)], True),
        (["In 19540."], [(0, 19)], False),
    ],
)
def test_numbers_are_exact_in_a_statement_that_cites_a_gold_quote(
    texts: list[str], spans: list[tuple[int, int]], exact: bool
) -> None:
    citations = answered("", *spans).citations
    statements = [Statement(text, (c,)) for text, c in zip(texts, citations, strict=True)]
    reply = Answer(tuple(statements), 0.9)
    assert judged(asked("Ada", "1954", kind="indicator"), reply).exact is exact
    assert judged(asked("1954"), reply).exact is None
    assert judged(asked("Ada", kind="conflict"), reply).exact is None


def test_golds_of_one_fact_are_alternatives() -> None:
    golds = (Gold("d.md", "Ada sailed", 1), Gold("d.md", "Ina rowed", 1))
    assert judged(asked(golds=golds), answered("Ina.", (20, 30))).cited == ({1},)
    assert asked(golds=golds).facts == {1}


def test_each_retrieved_passage_is_judged_in_its_place() -> None:
    outcome = judged(asked(), ABSTENTION, passage(31, 49), passage(0, 30))
    assert outcome.retrieved == (frozenset(), frozenset({1, 2}))
    assert outcome.elapsed_ms == 2.5


def test_the_same_place_in_another_document_supports_nothing() -> None:
    elsewhere = passage(0, 30, source="other.md")
    assert supports(asked(), elsewhere, 0, 30, SPANS) == frozenset()


@given(st.lists(st.floats(0, 1), min_size=1, max_size=60))
def test_the_interval_holds_the_mean_and_stays_within_the_values(values: list[float]) -> None:
    low, high = interval(values)
    slack = 1e-9
    assert low - slack <= fmean(values) <= high + slack
    assert min(values) - slack <= low <= high <= max(values) + slack


def test_the_interval_is_the_same_every_time_and_narrows_with_more_questions() -> None:
    few, many = interval([0.0, 1.0] * 5), interval([0.0, 1.0] * 500)
    assert few == interval([0.0, 1.0] * 5)
    assert many[1] - many[0] < few[1] - few[0]


def test_the_interval_is_about_two_standard_errors_wide_on_each_side() -> None:
    low, high = interval([0.0, 1.0] * 200)
    error = 0.5 / math.sqrt(400)
    assert (0.5 - low) / error == pytest.approx(1.96, rel=0.15)
    assert (high - 0.5) / error == pytest.approx(1.96, rel=0.15)


def observed(value: str, unit: str = "million crowns") -> Observation:
    return Observation(
        indicator="Budget",
        entity="Arnholm",
        period=Period("2022", "year"),
        value=Decimal(value),
        printed=value,
        unit=read_unit(unit),
        qualifier="",
        source="Council",
        cell=Cell("t", 1, "Arnholm", "value"),
    )


Value = Decimal | str | tuple[Decimal | str, ...] | None


def computed(
    value: Value, unit: str = "million crowns", *operands: Observation, text: str = "So it is."
) -> Answer:
    computation = Computation("lookup", "as read", "", value, read_unit(unit), operands)
    return replace(answered(text), computation=computation)


def counted(*values: str, unit: str = "million crowns", tolerance: str = "0") -> Expected:
    return Expected(tuple(map(Decimal, values)), tuple(unit.split("|")), Decimal(tolerance))


def named(*names: str, ordered: bool = True) -> Expected:
    return Expected(names=names, ordered=ordered)


def numbers(
    *expected: Expected, shown: Expected | None = None, must: str = ""
) -> IndicatorQuestion:
    return IndicatorQuestion(
        "n",
        "lookup",
        "How much?",
        expected=expected,
        shown=shown or Expected(),
        must=(must,) if must else (),
    )


@pytest.mark.parametrize(
    ("value", "unit", "expected", "worth"),
    [
        ("1840.7", "million crowns", counted("1840.7"), "exact"),
        ("1.8407", "billion crowns", counted("1840.7"), "exact"),
        ("1840.7", "billion crowns", counted("1840.7"), "wrong number"),
        ("1840.7", "crowns", counted("1840.7"), "wrong number"),
        ("1840.7", "percent", counted("1840.7"), "wrong number"),
        ("1840.8", "million crowns", counted("1840.7"), "wrong number"),
        ("1840.8", "million crowns", counted("1840.7", tolerance="0.1"), "exact"),
        ("284.33", "billion yuan", counted("2843.3", unit="100 million yuan"), "exact"),
        ("0.56", "percent", counted("0.56", unit="percentage points"), "wrong number"),
        ("7.2", "percent", counted("7.2", unit="percent per year|percent"), "exact"),
        ("4", "parks", counted("4", unit=""), "exact"),
        ("4", "", counted("4", unit=""), "exact"),
        ("0.004", "thousand parks", counted("4", unit=""), "exact"),
        ("5", "parks", counted("4", unit=""), "wrong number"),
        ("2.2", "", counted("2.2", unit="times|"), "exact"),
        ("2.2", "times", counted("2.2", unit="times|"), "exact"),
        ("2.2", "percent", counted("2.2", unit="times|"), "wrong number"),
    ],
)
def test_a_value_is_exact_in_any_equal_unit_and_wrong_in_every_other(
    value: str, unit: str, expected: Expected, worth: IndicatorVerdict
) -> None:
    assert verdict(numbers(expected), computed(Decimal(value), unit)) == worth


@given(
    st.decimals(-(10**6), 10**6, places=3),
    st.sampled_from(["crowns", "thousand crowns", "billion crowns", "100 million crowns"]),
)
def test_scaling_a_right_value_leaves_it_right(value: Decimal, unit: str) -> None:
    scaled = value * Decimal(1_000_000) / read_unit(unit).scale
    assert verdict(numbers(counted(str(value))), computed(scaled, unit)) == "exact"
    off = scaled + Decimal("0.01") * Decimal(1_000_000) / read_unit(unit).scale
    assert verdict(numbers(counted(str(value))), computed(off, unit)) == "wrong number"


def test_any_of_several_expected_results_is_right() -> None:
    question = numbers(counted("0.56", unit="percentage points"), counted("9.1", unit="percent"))
    assert verdict(question, computed(Decimal("9.1"), "%")) == "exact"
    assert verdict(question, computed(Decimal("0.56"), "pp")) == "exact"
    assert verdict(question, computed(Decimal("9.1"), "pp")) == "wrong number"


@pytest.mark.parametrize(
    ("value", "expected", "worth"),
    [
        ("Harbour Street", named("Harbour Street"), "exact"),
        ("harbour street (Arnholm)", named("Harbour Street"), "exact"),
        ("Harbour Streets", named("Harbour Street"), "wrong number"),
        ("North", named("Northern Lock|North"), "exact"),
        (Decimal(2011), named("2011"), "exact"),
        ("2011 (year-end)", named("2011"), "exact"),
        ("20110", named("2011"), "wrong number"),
        (Decimal(45), named("Harbour Street"), "wrong number"),
        (("Canal", "Dock"), named("Canal", "Dock"), "exact"),
        (("Dock", "Canal"), named("Canal", "Dock"), "wrong number"),
        (("Dock", "Canal"), named("Canal", "Dock", ordered=False), "exact"),
        (("Canal", "Dock", "Lock"), named("Canal", "Dock"), "wrong number"),
        ("Canal", named("Canal", "Dock"), "wrong number"),
        ("Canal and Dock", named("Canal"), "exact"),
    ],
)
def test_names_are_right_when_all_are_named_in_order_and_no_other_is_given(
    value: Value, expected: Expected, worth: IndicatorVerdict
) -> None:
    assert verdict(numbers(expected), computed(value, "")) == worth


def test_a_name_is_no_number() -> None:
    assert verdict(numbers(counted("45")), computed("45", "million crowns")) == "wrong number"


def test_the_sides_of_a_conflict_may_stand_in_conflicts_operands_value_or_words() -> None:
    either = counted("6.1", unit="percent"), counted("5.98", unit="percent")
    question = numbers(*either, shown=counted("6.1", "5.98", unit="percent"))
    first, second = observed("6.1", "percent"), observed("5.98", "%")
    lead = computed(Decimal("6.1"), "percent", first)
    assert verdict(question, lead) == "incomplete"
    conflict = Conflict("intensity", (first, second))
    assert verdict(question, replace(lead, conflicts=(conflict,))) == "exact"
    assert verdict(question, computed(Decimal("6.1"), "percent", first, second)) == "exact"
    assert verdict(question, computed((Decimal("6.1"), Decimal("5.98")), "percent")) == "exact"
    said = computed(Decimal("6.1"), "percent", text="It was 6.1%, or 5.98% by another count.")
    assert verdict(question, said) == "exact"
    averaged = computed(Decimal("6.04"), "percent", first, second)
    assert verdict(question, averaged) == "wrong number"
    with_average = computed((Decimal("6.1"), Decimal("6.04")), "percent", first, second)
    assert verdict(question, with_average) == "wrong number"


def test_every_point_of_a_series_is_to_be_shown() -> None:
    question = numbers(shown=counted("12.5", "1840.7"))
    points = observed("12.5"), observed("1.8407", "billion crowns")
    answer = computed(None)
    assert answer.computation is not None
    series = replace(answer, computation=replace(answer.computation, series=points))
    assert verdict(question, series) == "exact"
    half = replace(answer, computation=replace(answer.computation, series=points[:1]))
    assert verdict(question, half) == "incomplete"
    assert verdict(question, computed(None, "", observed("7"))) == "wrong number"


def test_words_that_belong_to_the_answer_are_looked_for_as_whole_words() -> None:
    question = numbers(counted("20"), must="over|more than")
    assert verdict(question, computed(Decimal(20), text="Over 20 million crowns.")) == "exact"
    assert verdict(question, computed(Decimal(20), text="Overall 20.")) == "incomplete"


def test_a_mixed_question_needs_a_cited_text_beside_the_number() -> None:
    question = replace(numbers(counted("20")), prose=True)
    alone = computed(Decimal(20))
    assert verdict(question, alone) == "incomplete"
    with_text = replace(answered("It rose.", (0, 10)), computation=alone.computation)
    assert verdict(question, with_text) == "exact"
    row = replace(passage(0, 10), cell=Cell("t", 1, "row", None))
    of_table = Statement("It rose.", (Citation(1, row, TEXT[0:10], 0, 10),))
    assert verdict(question, replace(alone, statements=(of_table,))) == "incomplete"


def test_an_answer_without_a_computation_is_no_wrong_number() -> None:
    assert verdict(numbers(counted("20")), answered("20 million crowns.")) == "not computed"


def test_an_abstention_and_a_computation_without_a_value_are_refusals() -> None:
    answerable, not_answerable = numbers(counted("20")), IndicatorQuestion("r", "refuse", "How?")
    not_answerable = replace(not_answerable, refuse="missing period")
    for refusal in (ABSTENTION, computed(None, "", observed("7"))):
        assert verdict(answerable, refusal) == "refused"
        assert verdict(not_answerable, refusal) == "exact"
    assert verdict(not_answerable, computed(Decimal(7))) == "wrongly answered"
    assert verdict(not_answerable, answered("Seven.")) == "wrongly answered"


def test_a_question_about_no_indicator_is_not_to_be_computed() -> None:
    question = IndicatorQuestion("p", "prose", "Why?", must=("because",), computed=False)
    assert verdict(question, answered("Because of rain.", (0, 10))) == "exact"
    assert verdict(question, answered("Rain.", (0, 10))) == "incomplete"
    assert verdict(question, computed(Decimal(7), text="Because.")) == "wrongly answered"
    assert verdict(question, ABSTENTION) == "refused"


@pytest.mark.parametrize(
    ("reply", "got"),
    [
        (ABSTENTION, "refused: No."),
        (answered("Seven."), "not computed"),
        (computed(Decimal("7.5")), "lookup: 7.5 million crowns"),
        (computed(("Canal", Decimal(7)), ""), "lookup: Canal, 7"),
        (computed(None, ""), "lookup: no value"),
    ],
)
def test_an_outcome_says_what_was_got(reply: Reply, got: str) -> None:
    outcome = judge_indicator(numbers(counted("7.5")), turn(reply))
    assert (outcome.got, outcome.text, outcome.elapsed_ms) == (got, reply.text, 2.5)
    assert outcome.verdict == verdict(numbers(counted("7.5")), reply)


@given(st.integers(1, 500), st.data())
def test_the_interval_of_a_share_holds_it_and_is_never_empty(of: int, data: st.DataObject) -> None:
    hits = data.draw(st.integers(0, of))
    low, high = share_interval(hits, of)
    assert 0 <= low <= hits / of + 1e-9
    assert hits / of - 1e-9 <= high <= 1
    assert high > low


def test_the_interval_of_a_share_is_wilsons() -> None:
    low, high = share_interval(8, 10)  # the example of Wilson's method in many textbooks
    assert (low, high) == pytest.approx((0.4902, 0.9433), abs=5e-5)
    assert share_interval(0, 100) == pytest.approx((0.0, 0.0370), abs=5e-5)
