"""Fit how the readings of row questions are weighed; prints five-fold results, writes the weights.

    python eval/tables_fit.py --set DIR --set DIR

The weights that were set by hand stand below; the fit stays near them, because a few hundred
questions are few. A question is a set of readings of which some give the accepted answer: the
likelihood of these together is raised (weak supervision), and the distance from the weights set by
hand is paid for. The first set is the one that results and confidences are told of.
"""

import math
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import numpy as np
import numpy.typing as npt
import typer

sys.path.insert(0, str(Path(__file__).parent))

import tables_bench as bench

from innoqa.domain import IndexedTable
from innoqa.row_questions.candidate import Candidate
from innoqa.row_questions.candidates import candidates
from innoqa.row_questions.features import features
from innoqa.row_questions.grid import read_grid
from innoqa.row_questions.linking import link
from innoqa.row_questions.model import choice, confidence_features
from innoqa.row_questions.question import read_question
from innoqa.row_questions.selection_features import Features

WEIGHTS = Path(__file__).parents[1] / "src" / "innoqa" / "row_questions" / "weights.py"
NEARNESS = 3.0
"""What a squared unit of distance from the weights set by hand costs in log likelihood, halved."""

SEEDS = (0, 1, 2)
FOLDS = 5
MISPLACED = 1.5
"""What a question asked of a wrong table weighs beside one fold's answer to a question."""

BY_HAND: Mapping[str, float] = {
    "all rows": -0.2,
    "asks:how many, count": 1.0,
    "asks:which, count": -0.5,
    "bare number without header": -0.6,
    "column is asked for": 1.2,
    "column is asked for, last word": 0.7,
    "column is asked for, share": 0.7,
    "column is given": -0.5,
    "column is named": -0.2,
    "column is near what is asked for": 1.0,
    "column is the name": 1.0,
    "column is the name of the title's noun": 0.8,
    "column is unnamed": -0.7,
    "column is what orders": -0.7,
    "column's cells say the noun": 1.0,
    "comparative idle": -0.5,
    "comparative used": 0.3,
    "condition's header named": 0.8,
    "condition's misfit": -1.0,
    "condition:either": -0.5,
    "condition:flag": 0.3,
    "condition:missing": 0.2,
    "condition:similar": -0.2,
    "condition:stated": -0.7,
    "condition:total": -0.3,
    "contains by a header's words": -0.8,
    "contains by one word": -0.2,
    "contains by the noun asked for": -0.7,
    "contains by the title's words": -0.5,
    "contains, share of rows": -0.3,
    "count of a named row": -1.5,
    "count of all": -0.3,
    "count of one": -0.8,
    "cue average idle": -1.0,
    "cue average used": 1.5,
    "cue consecutive idle": -1.0,
    "cue consecutive used": 1.0,
    "cue count idle": -0.5,
    "cue count used": 0.5,
    "cue difference idle": -1.5,
    "cue difference used": 1.5,
    "cue first idle": -0.5,
    "cue first used": 0.5,
    "cue last idle": -0.5,
    "cue last used": 0.5,
    "cue next compared": 0.3,
    "cue next idle": -0.5,
    "cue next used": 0.5,
    "cue not idle": -0.5,
    "cue not used": 0.7,
    "cue or idle": -0.5,
    "cue or used": 0.8,
    "cue other idle": -0.3,
    "cue other used": 0.7,
    "cue previous compared": 0.3,
    "cue previous idle": -0.5,
    "cue previous used": 0.5,
    "cue same idle": -0.5,
    "cue same used": 0.7,
    "cue sum idle": -0.2,
    "cue sum used": 0.5,
    "distinct is asked for": 0.3,
    "distinct is unnamed": -0.4,
    "empty value": -1.2,
    "fraction": -1.0,
    "frequency of the rows' noun": 0.8,
    "how many reads date": -1.0,
    "how many reads number": 0.5,
    "how many reads text": -1.5,
    "how much reads number": 0.5,
    "how much reads text": -0.7,
    "how much reads time": 0.5,
    "is by a header's words": -0.6,
    "is by the noun asked for": -0.7,
    "is by the title's words": -0.7,
    "measure is a rank": -0.7,
    "measure is asked for": 0.8,
    "measure is asked for, share": 0.6,
    "measure is given": -0.5,
    "measure is named": 0.5,
    "measure is named, share": 0.3,
    "measure is unnamed": -0.8,
    "more conditions": -0.4,
    "no cue average": -1.5,
    "no cue difference": -1.5,
    "no cue or": -1.0,
    "number wanted, text read": -1.0,
    "no rows": -0.8,
    "operation:compare counts": -0.5,
    "operation:count": 0.3,
    "operation:count distinct": -0.5,
    "operation:difference of counts": -0.5,
    "operation:greatest total": -0.7,
    "operation:least frequent": -0.5,
    "operation:parts": -0.7,
    "operation:sum": -0.5,
    "operation:whether": 1.0,
    "order agrees": 0.8,
    "order by lesser view": -0.7,
    "order unnamed": -1.0,
    "order's header beside": 0.7,
    "order's header named": 1.0,
    "order's header near": 0.3,
    "said after or": 2.0,
    "said in the question": -1.2,
    "several rows": -0.3,
    "several values": -0.7,
    "several, singular": -0.7,
    "similar by the noun asked for": -0.7,
    "superlative idle": -1.0,
    "superlative used": 0.7,
    "two conditions on one column": -0.2,
    "unexplained links": -0.5,
    "unexplained names": -0.7,
    "unexplained share": -1.0,
    "unexplained words": -1.0,
    "unexplained words of the title": 0.2,
    "when reads date": 1.5,
    "when reads number": -0.3,
    "when reads text": -0.5,
    "who reads a person's column": 1.0,
    "who reads date": -1.0,
    "who reads number": -1.5,
    "who reads rank": -1.0,
    "who reads score": -1.0,
    "who reads text": 1.0,
    "who reads time": -1.0,
    "year wanted, more read": -1.0,
    "years are asked for": 0.7,
    "years are not": -0.7,
    "zero": -0.8,
}
Vector = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Example:
    """A question's readings: ``matrix`` has a row for each, ``right`` tells which are accepted."""

    question: bench.Question
    found: tuple[Candidate, ...]
    described: tuple[Features, ...]
    right: npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Judged:
    """An answer: what its confidence is read from, whether it is right (1 or 0), its weight.

    ``which`` is the question's number, negative where it was asked of a table that it is not about.
    """

    values: tuple[float, ...]
    right: float
    weight: float
    which: int


def main(
    folders: Annotated[list[Path], typer.Option("--set", metavar="DIR")],
    write: Annotated[bool, typer.Option(help="Write the weights into the library.")] = True,
) -> None:
    """Print the five-fold results of the first set, then fit on all sets."""
    sets = [examples(folder) for folder in folders]
    told, every = len(sets[0]), [example for one in sets for example in one]
    names = sorted({name for e in every for one in e.described for name in one})
    matrices = [matrix(example, names) for example in every]
    fitted = fit(every, matrices, names)
    weights = dict(zip(names, fitted.tolist(), strict=True))
    judged = cross_fitted(every, matrices, names)
    judged += [
        Judged(confidence_features(choice(e.found, e.described, weights)), 0.0, MISPLACED, -at)
        for at, e in enumerate(misplaced(folders), start=1)
        if e.found
    ]
    right = sum(one.right for one in judged if 0 <= one.which < told)
    typer.echo(f"five-fold accuracy {right / len(SEEDS) / told:.1%} ({told} questions)")
    curve(judged, told)
    if write:
        write_weights(names, fitted, logistic(judged))


def misplaced(folders: Sequence[Path]) -> Iterator[Example]:
    """The questions of each set, each asked of a table that another question is about."""
    for folder in folders:
        questions = tuple(bench.read_questions(folder))
        tables = bench.read_tables(folder, questions)
        names = list(tables)
        random = np.random.default_rng(SEEDS[0])
        for question in questions:
            name = names[random.integers(len(names))]
            if name != question.table:
                yield read(question, tables[name])


def examples(folder: Path) -> list[Example]:
    """Every reading of every question of a set."""
    questions = tuple(bench.read_questions(folder))
    tables = bench.read_tables(folder, questions)
    return [read(question, tables[question.table]) for question in questions]


def read(question: bench.Question, table: IndexedTable) -> Example:
    """Every reading of a question over a table."""
    title = f"{table.document_title} {table.table.title}"
    links = link(read_question(question.text), read_grid(table.table), title)
    found = tuple(candidates(links))
    right = np.array([bench.is_right(one.value, question) for one in found], bool)
    return Example(question, found, tuple(features(links, one) for one in found), right)


def matrix(example: Example, names: Sequence[str]) -> Vector:
    """One row for each reading, one column for each feature."""
    place = {name: at for at, name in enumerate(names)}
    rows = np.zeros((len(example.described), len(names)))
    for row, described in enumerate(example.described):
        for name, amount in described.items():
            rows[row, place[name]] = amount
    return rows


def fit(
    every: Sequence[Example], matrices: Sequence[Vector], names: Sequence[str], steps: int = 250
) -> Vector:
    """The weights after some steps of AdaGrad (Duchi et al. 2011)."""
    by_hand = np.array([BY_HAND.get(name, 0.0) for name in names])
    weights, squares = by_hand.copy(), np.full(len(names), 1e-2)
    usable = [(m, e.right) for e, m in zip(every, matrices, strict=True) if e.right.any()]
    for _ in range(steps):
        gradient = -NEARNESS * (weights - by_hand)
        for rows, right in usable:
            shares = softmax(rows @ weights)
            accepted = shares * right
            gradient += rows.T @ (accepted / max(accepted.sum(), 1e-300) - shares)
        squares += gradient**2
        weights += 0.3 * gradient / np.sqrt(squares)
    return weights


def softmax(scores: Vector) -> Vector:
    """Scores as shares of one."""
    powers = np.exp(scores - scores.max())
    return np.asarray(powers / powers.sum())


def cross_fitted(
    every: Sequence[Example], matrices: Sequence[Vector], names: Sequence[str]
) -> list[Judged]:
    """Each question answered with weights fitted on four fifths of all, its own fifth left out."""
    judged = []
    for seed in SEEDS:
        order = np.random.default_rng(seed).permutation(len(every))
        for held in np.array_split(order, FOLDS):
            rest = sorted(set(range(len(every))) - set(held.tolist()))
            fitted = fit([every[at] for at in rest], [matrices[at] for at in rest], names)
            weights = dict(zip(names, fitted.tolist(), strict=True))
            for at in held.tolist():
                example = every[at]
                if example.found:
                    chosen = choice(example.found, example.described, weights)
                    right = bench.is_right(chosen.candidate.value, example.question)
                    judged.append(Judged(confidence_features(chosen), float(right), 1.0, at))
    return judged


def logistic(judged: Sequence[Judged]) -> Vector:
    """The coefficients of a logistic regression, the constant first (Platt 1999)."""
    rows = np.array([(1.0, *one.values) for one in judged])
    right = np.array([one.right for one in judged])
    weights = np.array([one.weight for one in judged])
    found = np.zeros(rows.shape[1])
    for _ in range(50):
        likely = 1 / (1 + np.exp(-rows @ found))
        gradient = rows.T @ (weights * (right - likely)) - np.array([0.0, *found[1:]])
        slope = weights * likely * (1 - likely)
        found += np.linalg.solve((rows * slope[:, None]).T @ rows + np.eye(len(found)), gradient)
    return found


def curve(judged: Sequence[Judged], told: int) -> None:
    """Print coverage and precision by confidence, each fold's calibrated on the others."""
    sure: list[tuple[float, Judged]] = []
    for fold in range(FOLDS):
        constant, *others = logistic([one for one in judged if one.which % FOLDS != fold])
        for one in judged:
            if one.which % FOLDS == fold:
                exponent = constant + sum(a * b for a, b in zip(others, one.values, strict=True))
                sure.append((1 / (1 + math.exp(-exponent)), one))
    own = [(c, one) for c, one in sure if 0 <= one.which < told and one.weight == 1]
    wrong = [(c, one) for c, one in sure if one.weight != 1]
    typer.echo(
        f"{'confidence at least':>20}{'answered':>10}{'precision':>11}{'of another table':>18}"
    )
    for threshold in bench.THRESHOLDS:
        kept = [one.right for c, one in own if c >= threshold]
        if kept:
            misled = sum(c >= threshold for c, _ in wrong) / max(1, len(wrong))
            answered = len(kept) / len(SEEDS) / told
            typer.echo(
                f"{threshold:>20}{answered:>10.1%}{sum(kept) / len(kept):>11.1%}{misled:>18.1%}"
            )
    brier = sum((c - one.right) ** 2 for c, one in own) / len(own)
    typer.echo(f"Brier score {brier:.3f}")


def write_weights(names: Sequence[str], fitted: Vector, confidence: Vector) -> None:
    """Write the module of constants that the library reads."""
    lines = [
        f'    "{name}": {round(weight, 2)},\n'
        for name, weight in zip(names, fitted.tolist(), strict=True)
        if not math.isclose(weight, 0.0, abs_tol=0.005)
    ]
    constants = "".join(f"    {round(one, 3)},\n" for one in confidence.tolist())
    WEIGHTS.write_text(
        '"""What each feature counts for; written by ``eval/tables_fit.py``."""\n\n'
        "from collections.abc import Mapping\n\n"
        f"WEIGHTS: Mapping[str, float] = {{\n{''.join(lines)}}}\n\n"
        f"CONFIDENCE: tuple[float, ...] = (\n{constants})\n"
        '"""The constant, then what counts: see ``model.confidence_features``."""\n',
        "utf-8",
    )


if __name__ == "__main__":
    typer.run(main)
