"""Arithmetic as derivations print it."""

from decimal import Decimal, localcontext
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from innoqa.expressions import SIGNIFICANT_DIGITS, evaluate


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        ("6.58 - 6.17", "0.41"),
        ("1.10 + 2.20", "3.30"),
        ("2 + 3 * 4", "14"),
        ("(2 + 3) * 4", "20"),
        ("10 - 4 - 3", "3"),
        ("64 / 4 / 2", "8"),
        ("-2 ^ 2", "-4"),
        ("(-2) ^ 2", "4"),
        ("2 ^ 3 ^ 2", "512"),
        ("2 ^ -1", "0.5"),
        ("2 - -3", "5"),
        ("9 ^ (1 / 2)", "3"),
        ("27 ^ (1 / 3)", "3"),
        ("1 / 3 * 3", "1"),
        ("2843.3 × 100000000 ÷ 2 − 1", "142164999999.0"),
        (".5+.25", "0.75"),
        ("sum(1, 2, 3.5)", "6.5"),
        ("mean(1, 2)", "1.5"),
        ("median(9, 1, 5)", "5"),
        ("median(4, 1, 2, 9)", "3"),
        ("min(3, 1, 2) + max(3, 1, 2)", "4"),
        ("count(5, 5, 5)", "3"),
        ("sum(mean(1, 3), (2)) * 2", "8"),
    ],
)
def test_an_expression_has_its_value(expression, value):
    assert str(evaluate(expression)) == value


def test_a_growth_rate_has_at_least_28_correct_digits():
    rate = evaluate("(8326.6 / 1027.22) ^ (1 / 5) - 1")
    assert str(rate).startswith("0.5197104405681807891617551784")
    grown = 1027.22 * (1 + float(rate)) ** 5
    assert grown == pytest.approx(8326.6)


@pytest.mark.parametrize(
    "expression",
    [
        "",
        " ",
        "1 +",
        "* 2",
        "1 2",
        "(1",
        "1)",
        "()",
        "sum()",
        "sum(1,)",
        "sum 1",
        "sum",
        "total(1)",
        "1,000",
        "1e5",
        "1_000",
        "1.2.3",
        "0x10",
        "x",
        "2 ** 3",
        "١",
        "1 / 0",
        "1 / (2 - 2)",
        "0 / 0",
        "0 ^ 0",
        "0 ^ -1",
        "(-8) ^ (1 / 3)",
        "10 ^ 10 ^ 10",
        "__import__",
        "(" * 1000 + "1" + ")" * 1000,
        "2^" * 1000 + "1",
    ],
)
def test_what_is_no_expression_or_has_no_value_is_a_value_error(expression):
    with pytest.raises(ValueError, match=r"\w"):
        evaluate(expression)


@settings(deadline=None)
@given(st.text(alphabet="0123456789.+-*/^(),sumeanx ", max_size=40))
def test_nothing_but_a_value_error_is_raised(text):
    try:
        value = evaluate(text)
    except ValueError:
        return
    assert value.is_finite()


numbers = st.decimals(
    allow_nan=False, allow_infinity=False, min_value=0, max_value=10**9, places=3
).map(lambda number: f"{number:f}")
expressions = st.recursive(
    numbers,
    lambda inner: st.one_of(
        st.tuples(inner, st.sampled_from("+-*"), inner).map(lambda parts: f"({' '.join(parts)})"),
        st.lists(inner, min_size=1, max_size=3).map(lambda each: f"sum({', '.join(each)})"),
    ),
    max_leaves=5,
)


def as_fraction(expression):
    """The same with Python's own parser and exact fractions."""
    quoted = "".join(f'F("{p}")' if p[0].isdigit() else p for p in pieces(expression))
    names = {"F": Fraction, "sum": lambda *values: sum(values, Fraction(0))}
    return eval(quoted, {"__builtins__": {}}, names)


def pieces(expression):
    piece = ""
    for sign in expression:
        if piece and (sign.isdigit() or sign == ".") != piece[0].isdigit():
            yield piece
            piece = ""
        piece += sign
    yield piece


@settings(deadline=None)
@given(expressions)
def test_sums_and_products_are_exact_up_to_the_digits_kept(expression):
    exact = as_fraction(expression)
    error = abs(Fraction(evaluate(expression)) - exact)
    assert error <= abs(exact) / 10 ** (SIGNIFICANT_DIGITS - 1)
    if len(str(exact.numerator * 10**15 // exact.denominator)) < SIGNIFICANT_DIGITS:
        assert error == 0


@settings(deadline=None)
@given(expressions)
def test_the_program_s_decimal_context_changes_nothing(expression):
    expected = evaluate(expression)
    with localcontext() as context:
        context.prec = 3
        assert evaluate(expression) == expected
        assert evaluate("1 / 7") == Decimal("0." + "142857" * 8 + "14")
