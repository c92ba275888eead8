"""Evaluation question sets, as YAML files."""

from pathlib import Path
from typing import Any

import yaml

from innoqa.errors import QuestionError
from innoqa.metrics import EvalQuestion, Gold


def read_questions(path: Path) -> tuple[tuple[EvalQuestion, ...], dict[str, float]]:
    """The questions of a file and the thresholds that it names (measure -> least value).

    Raises QuestionError for a file of another form, naming the entry.
    """
    try:
        content = yaml.safe_load(path.read_text("utf-8"))
        thresholds = {str(name): float(least) for name, least in content["thresholds"].items()}
        entries = list(content["questions"])
    except OSError as error:
        raise QuestionError(f"{path} cannot be read: {error.strerror}.") from None
    except yaml.YAMLError as error:
        raise QuestionError(f"{path} is not YAML: {error}.") from None
    except (KeyError, TypeError, AttributeError, ValueError) as error:
        raise QuestionError(
            f"{path} is not a question set: it needs thresholds and questions ({error!r})."
        ) from None
    if not entries:
        raise QuestionError(f"{path} holds no question.")
    questions = tuple(_question(path, number, entry) for number, entry in enumerate(entries, 1))
    names = [question.id for question in questions]
    repeated = next((name for name in names if names.count(name) > 1), None)
    if repeated is not None:
        raise QuestionError(f"{path} has two questions with the id {repeated}.")
    return questions, thresholds


def _question(path: Path, number: int, entry: Any) -> EvalQuestion:
    try:
        golds = tuple(
            Gold(str(gold["source"]), str(gold["quote"]), int(gold.get("fact", position)))
            for position, gold in enumerate(entry.get("gold") or (), start=1)
        )
        return EvalQuestion(
            id=str(entry["id"]),
            kind=str(entry["kind"]),
            question=str(entry["question"]),
            must=_texts(entry.get("must")),
            golds=golds,
            answerable=bool(entry["answerable"]),
        )
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise QuestionError(f"{path}, question {number}: {error!r}.") from None


def _texts(entries: Any) -> tuple[str, ...]:
    if not isinstance(entries, list | None):
        raise TypeError("must is to be a list")  # a lone text would be read letter by letter
    return tuple(map(str, entries or ()))
