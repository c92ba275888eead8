"""Evaluation question sets, as YAML files."""

from collections.abc import Callable
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any, TypeVar

import yaml

from innoqa.errors import QuestionError
from innoqa.metrics import EvalQuestion, Expected, Gold, IndicatorQuestion, IndicatorSet

Question = TypeVar("Question", EvalQuestion, IndicatorQuestion)

_KEYS = frozenset(
    "id operation question expected shown must refuse computed prose cells absent".split()
)
_RESULT_KEYS = frozenset("value values unit tolerance names ordered check".split())


def read_questions(path: Path) -> tuple[tuple[EvalQuestion, ...], dict[str, float]]:
    """The questions of a file and the thresholds that it names (measure -> least value).

    Raises QuestionError for a file of another form, naming the entry.
    """
    content, thresholds = _content(path)
    return _questions(path, content, _question), thresholds


def read_indicator_questions(path: Path) -> IndicatorSet:
    """The indicator questions of a file, called by the file or, in a folder of its own, by that.

    ``documents``, relative to the file, becomes the path of the folder that is to be asked.
    Raises QuestionError for a file of another form, naming the entry.
    """
    content, thresholds = _content(path)
    if not thresholds.keys() <= {"exact", "wrong"}:
        raise QuestionError(f"{path} has thresholds other than exact and wrong.")
    folder = content.get("documents")
    if folder is not None and not (path.parent / str(folder)).is_dir():
        raise QuestionError(f"{path} asks of {folder}, which is no folder beside it.")
    return IndicatorSet(
        name=path.stem if folder is None else path.resolve().parent.name,
        questions=_questions(path, content, _indicator_question),
        thresholds=thresholds,
        documents=None if folder is None else str(path.parent / str(folder)),
    )


def _content(path: Path) -> tuple[dict[str, Any], dict[str, float]]:
    try:
        content = yaml.safe_load(path.read_text("utf-8"))
        thresholds = {str(name): float(bound) for name, bound in content["thresholds"].items()}
        content["questions"] = list(content["questions"])
    except OSError as error:
        raise QuestionError(f"{path} cannot be read: {error.strerror}.") from None
    except yaml.YAMLError as error:
        raise QuestionError(f"{path} is not YAML: {error}.") from None
    except (KeyError, TypeError, AttributeError, ValueError) as error:
        raise QuestionError(
            f"{path} is not a question set: it needs thresholds and questions ({error!r})."
        ) from None
    return content, thresholds


def _questions(
    path: Path, content: dict[str, Any], read: Callable[[Any], Question]
) -> tuple[Question, ...]:
    if not content["questions"]:
        raise QuestionError(f"{path} holds no question.")
    questions = []
    for number, entry in enumerate(content["questions"], 1):
        try:
            questions.append(read(entry))
        except (KeyError, TypeError, ValueError, AttributeError, InvalidOperation) as error:
            raise QuestionError(f"{path}, question {number}: {error!r}.") from None
    names = [question.id for question in questions]
    repeated = next((name for name in names if names.count(name) > 1), None)
    if repeated is not None:
        raise QuestionError(f"{path} has two questions with the id {repeated}.")
    return tuple(questions)


def _question(entry: Any) -> EvalQuestion:
    golds = tuple(
        Gold(str(gold["source"]), str(gold["quote"]), int(gold.get("fact", position)))
        for position, gold in enumerate(entry.get("gold") or (), start=1)
    )
    return EvalQuestion(
        id=str(entry["id"]),
        kind=str(entry["kind"]),
        question=str(entry["question"]),
        must=_texts(entry, "must"),
        golds=golds,
        answerable=bool(entry["answerable"]),
    )


def _indicator_question(entry: Any) -> IndicatorQuestion:
    _check_keys(entry, _KEYS)
    question = IndicatorQuestion(
        id=str(entry["id"]),
        operation=str(entry["operation"]),
        question=str(entry["question"]),
        expected=tuple(map(_expected, entry.get("expected") or ())),
        shown=_expected(entry["shown"]) if "shown" in entry else Expected(),
        must=_texts(entry, "must"),
        refuse=str(entry.get("refuse", "")),
        computed=bool(entry.get("computed", True)),
        prose=bool(entry.get("prose", False)),
        cells=_texts(entry, "cells"),
    )
    result = bool(question.expected or question.shown.values)
    if result == (bool(question.refuse) or not question.computed):
        raise ValueError("it needs a result, or to be refused, or not to be computed")
    return question


def _expected(entry: Any) -> Expected:
    _check_keys(entry, _RESULT_KEYS)
    values = [entry["value"]] if "value" in entry else entry.get("values") or []
    expected = Expected(
        # By way of its text, so that 0.1 is a tenth.
        values=tuple(Decimal(str(value)) for value in values),
        units=tuple(str(entry.get("unit", "")).split("|")),
        tolerance=Decimal(str(entry.get("tolerance", 0))),
        names=_texts(entry, "names"),
        ordered=bool(entry.get("ordered", True)),
    )
    if bool(expected.values) == bool(expected.names):
        raise ValueError("a result is either values or names")
    return expected


def _check_keys(entry: Any, known: frozenset[str]) -> None:
    unknown = sorted(entry.keys() - known)
    if unknown:
        raise ValueError(f"{unknown[0]} is not known here")


def _texts(entry: Any, key: str) -> tuple[str, ...]:
    texts = entry.get(key)
    if not isinstance(texts, list | None):
        raise TypeError(f"{key} is to be a list")  # a lone text would be read letter by letter
    return tuple(map(str, texts or ()))
