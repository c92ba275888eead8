"""Fit the confidence of answers: ``make calibrate BENCH=folder``.

Asks the development questions of ``eval/`` of an index of the corpus, and of each public set in
BENCH the questions of the fold that the reader was not trained on, once as they are and once with
their article taken out, so that nothing answers. Fits a logistic model (Platt 1999) on the signs of
every answer, reports it by ten-fold cross-validation over articles, and writes
``src/innoqa/weights/calibration.json``. What is given of the corpus's own questions sets the
thresholds: nothing of the test half is looked at.
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Annotated, Any

import numpy as np
import typer
from reader_mining import mined_once
from reading_sets import HELD_OUT, SETS, Asked
from scipy.stats import binomtest
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import brier_score_loss, roc_auc_score
from sklearn.model_selection import GroupKFold
from sklearn.preprocessing import StandardScaler

from innoqa import bootstrap, confidence, extraction, fusion, metrics
from innoqa.adapters import calibration_file, question_files
from innoqa.answering import Assistant
from innoqa.confidence import Signs
from innoqa.domain import Answer, Hit, Query
from innoqa.errors import QuestionError
from innoqa.searching import READ, Index
from innoqa.settings import Settings

ROOT = Path(__file__).parents[1]
OWN = ROOT / "eval" / "questions.yaml"
INDICATORS = (ROOT / "eval" / "indicators.yaml", ROOT / "eval" / "cities" / "questions.yaml")
STRENGTH = 0.3
"""The inverse of the penalty on weights."""
CERTAINTY = 0.9
WEIGHTS = (0.0, 0.02, fusion.READER, 0.1, 0.2, 0.5)
RISKS = tuple(n / 100 for n in range(1, 51))
ANY_RISK = 0.99
FIRST_COVERAGE = 0.35
"""The share of questions from which thresholds are tried, the surest answers first."""


@dataclass(frozen=True, slots=True)
class Row:
    """One answer: its signs, whether it is right, and what it counts for."""

    set: str
    group: str
    question: str
    is_computed: bool
    signs: Signs
    right: bool
    answerable: bool
    retrieval: float = 0.0
    """What the retrieval alone thinks of the best passage."""
    ranked: tuple[tuple[float, float, bool], ...] = ()
    """Of each sentence found: its score without the reader, the reader's log likelihood (the least
    where it was not read), and whether it answers."""

    def rank(self, weight: float) -> int:
        """The place of the first sentence that answers, with the reader weighing so much; 0 for
        none.
        """
        order = sorted(self.ranked, key=lambda one: -(one[0] + weight * one[1]))
        return next((place for place, one in enumerate(order, 1) if one[2]), 0)


class Recorder:
    """Stands in for a model, and keeps the signs that it is asked about."""

    def __init__(self) -> None:
        self.signs: Signs = {}

    def probability(self, signs: Signs) -> float:
        """Half, so that no answer gives way to another."""
        self.signs = signs
        return 0.5


def own(settings: Settings) -> Iterator[Row]:
    """The corpus's own development questions."""
    questions, _ = question_files.read_questions(OWN)
    assistant = bootstrap.open_assistant(settings)
    texts, tables, assistant = recorded(assistant)
    documents = assistant.texts()
    spans = {
        (gold.source, gold.quote): (
            documents[gold.source].find(gold.quote),
            documents[gold.source].find(gold.quote) + len(gold.quote),
        )
        for question in questions
        for gold in question.golds
    }
    for question in questions:
        if question.split != "dev":
            continue
        try:
            before = assistant.conversation(("user", earlier) for earlier in question.history)
            turn = assistant.answer(question.question, before)
        except QuestionError:
            continue
        outcome = metrics.judge(question, turn, spans, 0.0)
        if isinstance(turn.reply, Answer):
            computed = turn.composer.startswith("computed")
            yield Row(
                f"own {question.kind}", question.id, question.question, computed,
                (tables if computed else texts).signs, outcome.fits, question.answerable,
            )  # fmt: skip
        else:
            yield Row(
                f"own {question.kind}", question.id, question.question, True, {}, False,
                question.answerable,
            )  # fmt: skip


def indicators(settings: Settings, work: Path) -> Iterator[Row]:
    """The indicator questions over the corpus and over the invented cities."""
    for path in INDICATORS:
        asked = question_files.read_indicator_questions(path)
        apart = settings
        if asked.documents is not None:
            apart = replace(settings, index=work / "cities")
            bootstrap.ingest([Path(asked.documents)], apart, lambda *_: None)
        texts, tables, assistant = recorded(bootstrap.open_assistant(apart))
        for question in asked.questions:
            turn = assistant.answer(question.question)
            if isinstance(turn.reply, Answer):
                right = metrics.judge_indicator(question, turn).verdict
                computed = turn.composer.startswith("computed")
                yield Row(
                    f"indicators {path.parent.name}", question.id, question.question, computed,
                    (tables if computed else texts).signs, right in ("exact", "not computed"),
                    not question.refuse,
                )  # fmt: skip


def recorded(assistant: Assistant) -> tuple[Recorder, Recorder, Assistant]:
    """An assistant that always answers, and where it leaves the signs of texts and tables."""
    texts, tables = Recorder(), Recorder()
    calibration: Any = replace(assistant.calibration, texts=texts, tables=tables)
    return texts, tables, replace(assistant, calibration=calibration, least_confidence=0.0)


def public(bench: Path, work: Path, settings: Settings, most: int) -> Iterator[Row]:
    """Questions of the public sets that the reader did not learn from."""
    for name, read in SETS.items():
        _, asked = read(bench / name)
        held_out = [one for one in asked if one.fold == HELD_OUT]
        step = max(1, round(len(held_out) / most))
        apart = replace(settings, index=work / name / "index")
        bootstrap.ingest([work / name / "documents.jsonl"], apart, lambda *_: None)
        assistant = bootstrap.open_assistant(apart)
        with assistant.open_index() as index:
            for one in held_out[::step]:
                yield from _public(one, index)


def _public(asked: Asked, index: Index) -> Iterator[Row]:
    query = Query(asked.question)
    plain = replace(index, reader=None)
    found = plain.search(query, 150)
    without = [hit for hit in found if _article(hit, asked) != asked.article]
    for hits, taken_out in ((found, False), (without, True)):
        if not hits or (taken_out and not asked.spans):
            continue
        read = _read(index, query, hits)
        answer = extraction.compose(query, read[:10], index.sentence_words.terms, index.around)
        if answer is None:
            continue
        signs = confidence.of_texts(asked.question, read, answer, index.passage_words)
        citations = answer.statements[0].citations
        right = not taken_out and any(
            c.passage.source == asked.document and s < c.end and c.start < e
            for c in citations
            for s, e in asked.spans
        )
        yield Row(
            asked.set + (" taken out" if taken_out else ""), asked.article, asked.question, False,
            signs, right, bool(asked.spans) and not taken_out, read[0].confidence,
            _ranked(hits[:10], read, asked),
        )  # fmt: skip


def _read(index: Index, query: Query, hits: Sequence[Hit]) -> tuple[Hit, ...]:
    if index.reader is None:
        return tuple(hits)
    readings = index.reader.read(query.text, [hit.passage for hit in hits[:READ]])
    return fusion.with_readings(hits, readings)


def _article(hit: Hit, asked: Asked) -> str:
    source = hit.passage.source
    if asked.set in ("squad2", "covidqa"):
        return source.split("#")[0]
    title = hit.passage.title
    return title.split(": ")[0] if asked.set == "selqa" else title


def _ranked(
    hits: Sequence[Hit], read: Sequence[Hit], asked: Asked
) -> tuple[tuple[float, float, bool], ...]:
    """What ``Row.ranked`` holds."""
    readings = {hit.passage.id: hit.reading for hit in read if hit.reading is not None}
    everything = [0.0, *(s for reading in readings.values() for s in reading.sentences)]
    whole = float(np.logaddexp.reduce(everything))
    ranked = []
    for hit in hits:
        reading = readings.get(hit.passage.id)
        for number, sentence in enumerate(hit.passage.sentences):
            likely = reading.sentences[number] - whole if reading else fusion.LEAST_LOG
            answers = hit.passage.source == asked.document and any(
                s < sentence.end and sentence.start < e for s, e in asked.spans
            )
            score = hit.sentence_scores[number]
            ranked.append((score, max(fusion.LEAST_LOG, likely), answers))
    return tuple(ranked)


def fitted(rows: Sequence[Row]) -> tuple[dict[str, Any], np.ndarray[Any, Any]]:
    """A model of all rows, and each row's confidence from models that saw none of its group."""
    names = sorted({name for row in rows for name in row.signs})
    table = np.array([[row.signs.get(name, 0.0) for name in names] for row in rows])
    right = np.array([row.right for row in rows])
    weights = _weights(rows)
    sure = np.zeros(len(rows))
    groups = [row.group for row in rows]
    for train, test in GroupKFold(10).split(table, right, groups):
        model, scaler = _model(table[train], right[train], weights[train])
        sure[test] = model.predict_proba(scaler.transform(table[test]))[:, 1]
    model, scaler = _model(table, right, weights)
    scale = np.where(scaler.scale_ > 0, scaler.scale_, 1.0)
    plain = model.coef_[0] / scale
    intercept = float(model.intercept_[0] - (plain * scaler.mean_).sum())
    chosen = {
        name: round(float(w), 5) for name, w in zip(names, plain, strict=True) if abs(w) > 1e-6
    }
    return {"weights": chosen, "intercept": round(intercept, 5)}, sure


def _model(table: Any, right: Any, weights: Any) -> tuple[LogisticRegression, StandardScaler]:
    scaler = StandardScaler().fit(table, sample_weight=weights)
    model = LogisticRegression(C=STRENGTH, max_iter=2000)
    return model.fit(scaler.transform(table), right, sample_weight=weights), scaler


def _weights(rows: Sequence[Row]) -> np.ndarray[Any, Any]:
    """Own questions and public ones weigh the same in sum, each public set as much as another."""
    sizes: dict[str, int] = {}
    for row in rows:
        sizes[row.set] = sizes.get(row.set, 0) + 1
    ours = sum(size for name, size in sizes.items() if name.startswith(("own", "indicators")))
    others = len([name for name in sizes if not name.startswith(("own", "indicators"))])
    return np.array(
        [
            1.0
            if row.set.startswith(("own", "indicators"))
            else PUBLIC_SHARE * ours / others / sizes[row.set]
            for row in rows
        ]
    )


PUBLIC_SHARE = 1.0


def thresholds(sure: Any, right: Any, asked: int) -> list[tuple[float, float]]:
    """For each risk that can be kept to, the least confidence that keeps to it.

    Thresholds are tried from the surest answers on, and the first that cannot be trusted ends the
    search (fixed sequence testing), so that trying many does not spoil the certainty.
    """
    order = np.argsort(-sure)
    sure, wrong = sure[order], np.cumsum(~right[order])
    found = []
    for risk in RISKS:
        best = None
        for given in range(int(FIRST_COVERAGE * asked), len(sure) + 1):
            bound = binomtest(int(wrong[given - 1]), given).proportion_ci(
                2 * CERTAINTY - 1, method="exact"
            )
            if bound.high > risk:
                break
            best = float(sure[given - 1])
        if best is not None:
            found.append((risk, round(best, 5)))
    return found


def report(rows: Sequence[Row], sure: Any, name: str) -> None:
    """Print how well the confidence tells right from wrong."""
    right = np.array([row.right for row in rows])
    auc = roc_auc_score(right, sure)
    print(
        f"{name}: {len(rows)} answers, {right.mean():.3f} right, AUROC {auc:.3f}, "
        f"Brier {brier_score_loss(right, sure):.3f}"
    )


def ranked_and_told(rows: Sequence[Row], name: str, sure: dict[tuple[str, str], float]) -> None:
    """Print where the sentence that answers ranks, and how answerable questions are told from
    the same with their article taken out: by the retrieval alone, and by all signs.
    """
    asked = [row for row in rows if row.set == name and row.answerable]
    told = [row for row in rows if row.set == f"{name} taken out"] + asked
    labels = [row.answerable for row in told]
    ways = {
        "retrieval alone": [row.retrieval for row in told],
        "with all signs": [sure[row.set, row.question] for row in told],
    }
    for way, score in ways.items():
        print(f"{name} ({len(asked)}): AUROC {roc_auc_score(labels, score):.3f} {way}")
    for weight in WEIGHTS:
        places = np.array([row.rank(weight) for row in asked])
        first, three = (places == 1).mean(), ((places >= 1) & (places <= 3)).mean()
        print(f"  reader's weight {weight}: first {first:.3f}, among three {three:.3f}")


def main(
    bench: Annotated[Path, typer.Argument(metavar="BENCH")],
    work: Annotated[Path, typer.Option(metavar="DIR")] = Path(".innoqa/reader"),
    index: Annotated[Path, typer.Option(metavar="DIR")] = Path(".innoqa/index"),
    most: Annotated[int, typer.Option(help="Questions of a public set.")] = 300,
) -> None:
    """Collect, fit, report, write."""
    mined_once(bench, work)
    out = {}
    for reads in (True, False):
        settings = replace(Settings(), index=index, reader=reads, risk=ANY_RISK)
        rows = [*own(settings), *indicators(settings, work), *public(bench, work, settings, most)]
        out["read" if reads else "unread"] = calibrated(rows)
    calibration_file.FITTED.write_text(json.dumps(out, indent=1) + "\n", "utf-8")


def calibrated(rows: Sequence[Row]) -> dict[str, Any]:
    """Both models and the thresholds; figures are printed."""
    answers = [row for row in rows if row.signs]
    parts: dict[str, Any] = {}
    sure: dict[tuple[str, str], float] = {}
    for name, of_tables in (("texts", False), ("tables", True)):
        some = [row for row in answers if row.is_computed is of_tables]
        parts[name], own_sure = fitted(some)
        report(some, own_sure, name)
        for group in dict.fromkeys(row.set for row in some):
            picked = [n for n, row in enumerate(some) if row.set == group]
            rights = np.array([some[n].right for n in picked])
            print(
                f"  {group}: {len(picked)}, right {rights.mean():.2f}, mean confidence "
                f"{own_sure[picked].mean():.2f}"
            )
        sure |= {(r.set, r.question): s for r, s in zip(some, own_sure, strict=True)}
    for set_name in SETS:
        ranked_and_told(rows, set_name, sure)
    ours = [row for row in rows if row.set.startswith("own")]
    given = [row for row in ours if row.signs]
    confidences = np.array([sure[row.set, row.question] for row in given])
    rights = np.array([row.right for row in given])
    kept = thresholds(confidences, rights, len(ours))
    print("thresholds", kept)
    return {**parts, "thresholds": kept, "certainty": CERTAINTY, "questions": len(ours)}


if __name__ == "__main__":
    typer.run(main)
