"""A report by a prepared assistant, with intervals that are made fast."""

from collections.abc import Iterator

import pytest
from tests.prepared_assistant import evaluated

from innoqa.evaluation.records import EvalReport


@pytest.fixture(scope="session")
def few_resamples() -> Iterator[None]:
    """Intervals need not be narrow here."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("innoqa.metrics.resampling.RESAMPLES", 200)
        yield


@pytest.fixture(scope="session")
def report(few_resamples: None) -> EvalReport:
    """Of all the questions."""
    return evaluated()
