"""An evaluation report as JUnit XML: a test case for each question and each threshold."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from xml.etree import ElementTree as Xml

from innoqa.evaluation.asking import expectation, got
from innoqa.evaluation.records import EvalReport, Indicators, ModelRun, Question, Threshold
from innoqa.metrics import SPLITS

_NO_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""Characters that XML 1.0 cannot hold."""


@dataclass(frozen=True, slots=True)
class _Case:
    """A test case; ``failure`` is its (type, message, text), None where it passed."""

    group: str
    name: str
    seconds: float
    failure: tuple[str, str, str] | None


def junit(report: EvalReport) -> str:
    """The report as XML: suites are the splits, the sets of indicator questions, and thresholds.

    Where a chat model was asked too, there is each of them once more, named after the model.
    """
    suites = _suites(report)
    if "model" in report:
        run = report["model"]
        suites |= {
            f"{name} with {run['name']}": [
                replace(case, group=f"{case.group} with {run['name']}") for case in cases
            ]
            for name, cases in _suites(run).items()
        }
    root = Xml.Element("testsuites", name="innoqa eval")
    for name, cases in suites.items():
        _add_suite(root, name, cases)
    Xml.indent(root)
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n' + Xml.tostring(root, encoding="unicode") + "\n"
    )


def _suites(side: EvalReport | ModelRun) -> dict[str, list[_Case]]:
    suites = {
        split: [_question(q) for q in side["questions"] if q["split"] == split] for split in SPLITS
    }
    suites = {split: cases for split, cases in suites.items() if cases}
    for indicators in side["indicators"]:
        suites[indicators["name"]] = list(_indicators(indicators))
    if side["thresholds"]:
        suites["thresholds"] = [_threshold(one) for one in side["thresholds"]]
    return suites


def _question(question: Question) -> _Case:
    failure = None
    if not question["values"]["correctness"]:
        asked = f"{question['verdict']}: {question['question']}"
        text = f"expected {expectation(question)}\ngot {got(question)}"
        failure = question["verdict"], asked, text
    seconds = question["elapsed_ms"] / 1000
    return _Case(f"{question['split']}.{question['kind']}", question["id"], seconds, failure)


def _indicators(asked: Indicators) -> Iterable[_Case]:
    for one in asked["questions"]:
        failure = None
        if one["verdict"] != "exact":
            text = f"expected {one['expected']}\ngot {one['got']}"
            failure = one["verdict"], f"{one['verdict']}: {one['question']}", text
        group = f"{asked['name']}.{one['operation']}"
        yield _Case(group, one["id"], one["elapsed_ms"] / 1000, failure)


def _threshold(one: Threshold) -> _Case:
    failure = None
    if not one["met"]:
        text = f"expected {one['bound']}\ngot {one['value']}"
        failure = "threshold", f"{one['measure']} of {one['set']}", text
    return _Case(f"thresholds.{one['set']}", one["measure"], 0.0, failure)


def _add_suite(root: Xml.Element, name: str, cases: list[_Case]) -> None:
    suite = Xml.SubElement(
        root,
        "testsuite",
        name=_clean(name),
        tests=str(len(cases)),
        failures=str(sum(case.failure is not None for case in cases)),
        errors="0",
        time=f"{sum(case.seconds for case in cases):.3f}",
    )
    for case in cases:
        element = Xml.SubElement(
            suite,
            "testcase",
            classname=_clean(case.group),
            name=_clean(case.name),
            time=f"{case.seconds:.3f}",
        )
        if case.failure is not None:
            kind, message, text = map(_clean, case.failure)
            Xml.SubElement(element, "failure", type=kind, message=message).text = text


def _clean(text: str) -> str:
    return _NO_XML.sub("\ufffd", text)
