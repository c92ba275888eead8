"""The fitted calibration, as it ships: ``weights/calibration.json``."""

import json
from pathlib import Path
from typing import Any

from innoqa.confidence import Calibration, Logistic
from innoqa.errors import ModelError

FITTED = Path(__file__).parents[1] / "weights" / "calibration.json"


def read(path: Path = FITTED, *, with_reader: bool) -> Calibration:
    """The calibration for answers with or without the reader. Raises ModelError."""
    try:
        both = json.loads(path.read_text("utf-8"))
        fitted = both["read" if with_reader else "unread"]
        return Calibration(
            texts=_logistic(fitted["texts"]),
            tables=_logistic(fitted["tables"]),
            thresholds=tuple((risk, least) for risk, least in fitted["thresholds"]),
            certainty=fitted["certainty"],
            questions=fitted["questions"],
            unread=_logistic(both["unread"]["texts"]),
        )
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ModelError(f"{path} cannot be used ({error}). Install InnoQA again.") from error


def _logistic(fitted: Any) -> Logistic:
    return Logistic(fitted["weights"], fitted["intercept"])
