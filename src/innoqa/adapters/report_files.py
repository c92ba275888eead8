"""Evaluation reports as files."""

import json
from pathlib import Path
from typing import cast

from innoqa.errors import QuestionError
from innoqa.evaluation.records import SCHEMA_VERSION, EvalReport


def write_report(path: Path, report: EvalReport) -> None:
    """Write a report as JSON. Raises as ``write_text``."""
    write_text(path, json.dumps(report, indent=2, ensure_ascii=False, allow_nan=False) + "\n")


def write_text(path: Path, text: str) -> None:
    """Write a file in one step. Raises QuestionError where that cannot be done."""
    partial = path.with_name(path.name + ".tmp")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        partial.write_text(text, "utf-8")
        partial.replace(path)
    except OSError as error:
        raise QuestionError(f"{path} cannot be written: {error.strerror}.") from None


def read_report(path: Path) -> EvalReport:
    """A report as written. Raises QuestionError for a file that is none, or of another version."""
    try:
        record = json.loads(path.read_text("utf-8"))
        version = record["schema_version"]
    except OSError as error:
        raise QuestionError(f"{path} cannot be read: {error.strerror}.") from None
    except (ValueError, KeyError, TypeError):
        raise QuestionError(f"{path} is no report of innoqa eval.") from None
    if version != SCHEMA_VERSION:
        raise QuestionError(
            f"{path} is a report of version {version}; this InnoQA reads {SCHEMA_VERSION}. Run "
            "innoqa eval again."
        )
    return cast("EvalReport", record)
