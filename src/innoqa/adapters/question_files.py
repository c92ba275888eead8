"""Evaluation question sets, as YAML files, and questions to add to them, as JSON Lines."""

import json
import os
import re
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any, TypeVar

import yaml

from innoqa.errors import QuestionError
from innoqa.metrics import (
    KINDS,
    SPLITS,
    EvalQuestion,
    Expected,
    Gold,
    IndicatorQuestion,
    IndicatorSet,
)

Question = TypeVar("Question", EvalQuestion, IndicatorQuestion)

_FILE_KEYS = frozenset("thresholds questions split".split())
_INDICATOR_FILE_KEYS = frozenset("thresholds questions documents".split())
_QUESTION_KEYS = frozenset("id kind question history must gold answerable why split draft".split())
_GOLD_KEYS = frozenset("source quote fact".split())
_KEYS = frozenset(
    "id operation question expected shown must refuse computed prose cells absent".split()
)
_RESULT_KEYS = frozenset("value values unit tolerance names ordered check".split())
_UNUSABLE = (KeyError, TypeError, ValueError, AttributeError, InvalidOperation)


def read_questions(path: Path) -> tuple[tuple[EvalQuestion, ...], dict[str, float]]:
    """The questions of a file and the thresholds that it names (measure -> bound of its mean).

    ``split`` of the file is that of its questions which name none; without either it is dev.
    Raises QuestionError for a file of another form, naming the entry.
    """
    questions, thresholds, _ = _parsed(path, _text(path))
    return questions, thresholds


def _parsed(path: Path, text: str) -> tuple[tuple[EvalQuestion, ...], dict[str, float], str]:
    content, thresholds = _content(path, text, _FILE_KEYS)
    split = content["split"]
    questions = _questions(path, content, lambda entry: _question(entry, split))
    return questions, thresholds, split


def write_questions(path: Path, questions: Sequence[EvalQuestion], head: str) -> None:
    """Write a new question file: ``head`` as a comment, no thresholds, and the questions.

    Raises QuestionError where there is a file already or none can be written.
    """
    if path.exists():
        raise QuestionError(f"{path} is there already. Name another file, or remove it.")
    comment = "".join(f"# {line}".rstrip() + "\n" for line in head.splitlines())
    _replace(path, f"{comment}thresholds: {{}}\nquestions:\n{_entries(questions, '  ', 'dev')}")


def add_questions(lines: Path, path: Path) -> tuple[EvalQuestion, ...]:
    """Append the questions of a JSON Lines file to a question file, and return them.

    A line has the keys of a question in the file; one without ``id`` gets one made of its words.
    What stood in the file stays as it was, comments included, and it is replaced in one step; a
    file that is not there is made. Raises QuestionError, and then changes nothing, for a line of
    another form, an id that there is already and a file that cannot be appended to.
    """
    known: tuple[EvalQuestion, ...] = ()
    thresholds: dict[str, float] = {}
    text, split = "thresholds: {}\nquestions:\n", "dev"
    if path.exists():
        text = _text(path)
        known, thresholds, split = _parsed(path, text)
        text = text.rstrip("\n") + "\n\n"
    added = _new_questions(lines, {question.id for question in known}, split)
    first = re.search(r"^questions:[^\n]*\n(?:\s*(?:#[^\n]*)?\n)*?( *)-", text, re.MULTILINE)
    joined = text + _entries(added, first[1] if first else "  ", split)
    if not _reads_as(path, joined, ((*known, *added), thresholds, split)):
        raise QuestionError(
            f"{path} cannot be appended to. Let its questions come last, each item a block."
        )
    _replace(path, joined)
    return added


def _reads_as(path: Path, text: str, content: object) -> bool:
    try:
        return _parsed(path, text) == content
    except QuestionError:
        return False


def _new_questions(lines: Path, known: set[str], split: str) -> tuple[EvalQuestion, ...]:
    ids = set(known)
    added = []
    for number, line in enumerate(_text(lines).split("\n"), start=1):
        if not line.strip():
            continue
        where = f"{lines}, line {number}"
        try:
            entry = json.loads(line)
            entry.setdefault("id", _new_id(entry, ids))
            question = _question(entry, split)
        except json.JSONDecodeError as error:
            raise QuestionError(f"{where} is not JSON: {error}.") from None
        except (*_UNUSABLE, RecursionError) as error:
            raise QuestionError(f"{where}: {_told(error)}.") from None
        if question.id in ids:
            raise QuestionError(f"{where}: there is a question with the id {question.id} already.")
        ids.add(question.id)
        added.append(question)
    if not added:
        raise QuestionError(f"{lines} holds no question.")
    return tuple(added)


def _new_id(entry: Mapping[str, Any], known: set[str]) -> str:
    words = re.findall(r"\w+", str(entry["question"]).lower())
    name = "-".join([str(entry["kind"]), *words[:5]])
    number = 1
    while (free := name if number == 1 else f"{name}-{number}") in known:
        number += 1
    return free


def _entries(questions: Sequence[EvalQuestion], indent: str, split: str) -> str:
    """Questions as the items of a YAML block sequence, an empty line between them."""
    dumped = [
        yaml.dump(
            [_entry(one, split)], Dumper=_Indented, sort_keys=False, allow_unicode=True, width=96
        )
        for one in questions
    ]
    return "\n".join(re.sub("^(?=.)", indent, item, flags=re.MULTILINE) for item in dumped)


class _Indented(yaml.SafeDumper):
    """Writes the items of a list further in than its key."""

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:  # noqa: ARG002 - PyYAML's own
        super().increase_indent(flow, False)


def _entry(question: EvalQuestion, split: str) -> dict[str, Any]:
    given = {
        "id": question.id,
        "kind": question.kind,
        "question": question.question,
        "history": list(question.history),
        "must": list(question.must),
        "gold": [{"source": g.source, "quote": g.quote, "fact": g.fact} for g in question.golds],
        "answerable": question.answerable,
        "why": question.why,
        "split": "" if question.split == split else question.split,
        "draft": question.draft or None,
    }
    return {key: value for key, value in given.items() if value not in ([], "", None)}


def _replace(path: Path, text: str) -> None:
    """Write a file in one step: whoever reads it finds the old one or the new one whole."""
    partial = path.with_name(path.name + ".tmp")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with partial.open("w", encoding="utf-8", newline="") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        partial.replace(path)
    except OSError as error:
        raise QuestionError(f"{path} cannot be written: {error.strerror}.") from None
    finally:
        with suppress(OSError):  # where its folder is none, it is not there
            partial.unlink(missing_ok=True)


def read_indicator_questions(path: Path) -> IndicatorSet:
    """The indicator questions of a file, called by the file or, in a folder of its own, by that.

    ``documents``, relative to the file, becomes the path of the folder that is to be asked.
    Raises QuestionError for a file of another form, naming the entry.
    """
    content, thresholds = _content(path, _text(path), _INDICATOR_FILE_KEYS)
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


def _text(path: Path) -> str:
    try:
        return path.read_bytes().decode("utf-8-sig")
    except OSError as error:
        raise QuestionError(f"{path} cannot be read: {error.strerror}.") from None
    except UnicodeDecodeError as error:
        raise QuestionError(f"{path} is not in UTF-8: {error}.") from None


def _content(
    path: Path, text: str, known: frozenset[str]
) -> tuple[dict[str, Any], dict[str, float]]:
    try:
        content = yaml.safe_load(text)
        _check_keys(content, known)
        content["split"] = _one_of({"split": "dev"} | content, "split", SPLITS)
        thresholds = {str(name): float(bound) for name, bound in content["thresholds"].items()}
        content["questions"] = list(content["questions"])
    except yaml.YAMLError as error:
        raise QuestionError(f"{path} is not YAML: {error}.") from None
    except _UNUSABLE as error:
        raise QuestionError(
            f"{path} is not a question set: it needs thresholds and questions ({_told(error)})."
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
        except _UNUSABLE as error:
            name = entry.get("id") if isinstance(entry, dict) else None
            place = f"question {number}" + (f" ({name})" if name else "")
            raise QuestionError(f"{path}, {place}: {_told(error)}.") from None
    names = [question.id for question in questions]
    repeated = next((name for name in names if names.count(name) > 1), None)
    if repeated is not None:
        raise QuestionError(f"{path} has two questions with the id {repeated}.")
    return tuple(questions)


def _question(entry: Any, split: str) -> EvalQuestion:
    _check_keys(entry, _QUESTION_KEYS)
    question = EvalQuestion(
        id=str(entry["id"]),
        kind=_one_of(entry, "kind", KINDS),
        question=str(entry["question"]),
        must=_texts(entry, "must"),
        golds=tuple(_gold(gold, place) for place, gold in enumerate(_list(entry, "gold"), 1)),
        answerable=_flag(entry, "answerable"),
        split=_one_of({"split": split} | entry, "split", SPLITS),
        history=_texts(entry, "history"),
        why=str(entry.get("why") or ""),
        draft=_flag({"draft": False} | entry, "draft"),
    )
    if question.answerable != bool(question.must or question.golds):
        raise ValueError(
            "it needs must or gold where it is answerable, and neither where it is not"
        )
    if not all(choice.strip() for must in question.must for choice in must.split("|")):
        raise ValueError("must has an empty alternative, which every text contains")
    return question


def _gold(entry: Any, place: int) -> Gold:
    _check_keys(entry, _GOLD_KEYS)
    gold = Gold(str(entry["source"]), str(entry["quote"]), int(entry.get("fact", place)))
    if not gold.quote.strip():
        raise ValueError("gold has an empty quote, which every text contains")
    return gold


def _one_of(entry: Mapping[str, Any], key: str, known: Sequence[str]) -> str:
    if entry[key] not in known:
        raise ValueError(f"{key} is {entry[key]!r}; it must be one of {', '.join(known)}")
    return str(entry[key])


def _flag(entry: Mapping[str, Any], key: str) -> bool:
    flag = entry[key]
    if not isinstance(flag, bool):
        raise TypeError(f"{key} is to be true or false")
    return flag


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
    return tuple(map(str, _list(entry, key)))


def _list(entry: Any, key: str) -> list[Any]:
    listed = entry.get(key)
    if not isinstance(listed, list | None):
        raise TypeError(f"{key} is to be a list")  # a lone text would be read letter by letter
    return listed or []


def _told(error: Exception) -> str:
    if isinstance(error, KeyError):
        return f"it lacks {error.args[0]}"
    return str(error) if isinstance(error, TypeError | ValueError) else repr(error)
