"""Measure ranking and speed against the usual parts: ``make bench``.

Everything that is compared runs in this one process, turn by turn, so that the ratios hold on a
machine whose speed drifts. ``--squad DIR`` ranks on SQuAD 2.0 articles as well: DIR holds
documents.jsonl (doc_id, title, paragraphs) and questions.jsonl (question, doc_id, paragraph,
answers with start and end, is_impossible); further ``*documents.jsonl`` beside or above it are
distractors.
"""

import json
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from time import perf_counter
from typing import Annotated

import numpy as np
import typer

from innoqa import bootstrap, fusion
from innoqa.adapters import embedder, ir_metrics, question_files
from innoqa.answering import Assistant
from innoqa.domain import Passage, Query
from innoqa.searching import CANDIDATES, Index
from innoqa.settings import Settings

ROOT = Path(__file__).parents[1]


@dataclass(frozen=True, slots=True)
class Asked:
    """A question and what in the index answers it: (source, start, end) spans of documents."""

    question: str
    spans: tuple[tuple[str, int, int], ...]

    def answered_by(self, source: str, start: int, end: int) -> bool:
        """Whether a span of a document holds one of the answers, or lies in it."""
        return any(
            source == s and ((start <= a and b <= end) or (a <= start and end <= b))
            for s, a, b in self.spans
        )


def main(
    index: Annotated[Path, typer.Option(metavar="DIR")] = Path(".innoqa/index"),
    squad: Annotated[Path | None, typer.Option(metavar="DIR")] = None,
    runs: Annotated[int, typer.Option(help="Repetitions of each timed comparison.")] = 3,
) -> None:
    """Print every comparison."""
    settings = replace(Settings.from_environment(), index=index)
    assistant = bootstrap.open_assistant(settings)
    print("\n## Ranking: the corpus's own questions\n")
    rank(assistant, list(own_questions(assistant)))
    print("\n## A question, once loaded\n")
    latency(assistant)
    print("\n## The reader\n")
    reading(assistant, bootstrap.open_assistant(replace(settings, reader=False)), runs)
    print("\n## A question from cold\n")
    cold(settings, runs)
    with tempfile.TemporaryDirectory() as folder:
        documents = ROOT / "corpus"
        if squad is not None:
            documents = Path(folder) / "squad.jsonl"
            questions = squad_questions(squad, documents)
        print("\n## Ingest\n")
        ingest_speed(documents, Path(folder), settings, runs)
        if squad is not None:
            print("\n## Ranking: SQuAD 2.0\n")
            rank(
                bootstrap.open_assistant(replace(settings, index=Path(folder) / "ours-0")),
                questions,
            )


def rank(assistant: Assistant, questions: Sequence[Asked]) -> None:
    """Passages by each part alone, by plain fusion, and as shipped; then sentences as shipped."""
    rankings: dict[str, Callable[[Index, str], list[Passage]]] = {
        "MiniLM alone": by_meaning,
        "BM25 alone": by_words,
        "plain fusion (RRF)": by_plain_fusion,
        "InnoQA": lambda index, question: [h.passage for h in index.search(Query(question), 10)],
    }
    print("| passages | Success@1 | Success@5 | nDCG@10 | R@5 |\n|---|---|---|---|---|")
    with assistant.open_index() as index:
        for name, ranking in rankings.items():
            judged = [_judged(asked, ranking(index, asked.question)) for asked in questions]
            qrels = {str(n): ["right"] for n in range(len(judged))}
            values = ir_metrics.per_query(qrels, {str(n): run for n, run in enumerate(judged)})
            cells = [f"{statistics.fmean(v.values()):.3f}" for v in values.values()]
            print(f"| {name} | {' | '.join(cells)} |")
        first = third = 0
        for asked in questions:
            hits = index.search(Query(asked.question), 10)
            ranked = sorted(
                (
                    (-score, hit.passage.source, sentence.start, sentence.end)
                    for hit in hits
                    for score, sentence in zip(
                        hit.sentence_scores, hit.passage.sentences, strict=True
                    )
                )
            )
            right = [asked.answered_by(*span) for _, *span in ranked[:3]]
            first, third = first + any(right[:1]), third + any(right)
    count = len(questions)
    print(f"\nSentence that answers: first {first / count:.3f}, within three {third / count:.3f}")
    print(f"({count} questions)")


def by_meaning(index: Index, question: str) -> list[Passage]:
    """Passages by the embedder alone."""
    nearest = index.dense.nearest(index.encoder.encode(question), 10)
    rows = index.catalog.rows(nearest)
    return index.catalog.passages([rows[name] for name in nearest])


def by_words(index: Index, question: str) -> list[Passage]:
    """Passages by BM25 alone."""
    rows = fusion.top_positive(index.passage_words.scores(question), 10)
    return index.catalog.passages(rows.tolist())


def by_plain_fusion(index: Index, question: str) -> list[Passage]:
    """Passages by reciprocal rank fusion of the two."""
    nearest = index.dense.nearest(index.encoder.encode(question), CANDIDATES)
    near = index.catalog.rows(nearest)
    words = fusion.top_positive(index.passage_words.scores(question), CANDIDATES)
    ranked = [[near[name] for name in nearest], words.tolist()]
    return index.catalog.passages(fusion.reciprocal_rank_fusion(ranked, 10).tolist())


def own_questions(assistant: Assistant) -> Iterator[Asked]:
    """The answerable questions of ``eval/questions.yaml`` with the spans of their gold quotes."""
    texts = assistant.texts()
    questions, _ = question_files.read_questions(ROOT / "eval" / "questions.yaml")
    for question in questions:
        if question.answerable:
            starts = [(g, texts[g.source].find(g.quote)) for g in question.golds]
            spans = tuple((g.source, at, at + len(g.quote)) for g, at in starts)
            yield Asked(question.question, spans)


def squad_questions(folder: Path, documents: Path) -> list[Asked]:
    """Write the paragraphs as a BEIR file; the answerable questions with their answers' spans."""
    with documents.open("w", encoding="utf-8") as out:
        for path in sorted({*folder.glob("*documents.jsonl"), *folder.parent.glob("*.jsonl")}):
            for article in map(json.loads, path.read_text("utf-8").splitlines()):
                for number, paragraph in enumerate(article.get("paragraphs", ())):
                    name = f"{article['doc_id']}#{number}"
                    entry = {"_id": name, "title": article["title"], "text": paragraph}
                    out.write(json.dumps(entry) + "\n")
    lines = map(json.loads, (folder / "questions.jsonl").read_text("utf-8").splitlines())
    return [
        Asked(
            line["question"],
            tuple(
                (f"{line['doc_id']}#{line['paragraph']}", answer["start"], answer["end"])
                for answer in line["answers"]
            ),
        )
        for line in lines
        if not line["is_impossible"]
    ]


def latency(assistant: Assistant) -> None:
    """p50 and p95 of ``Assistant.answer`` over the corpus's own questions."""
    questions, _ = question_files.read_questions(ROOT / "eval" / "questions.yaml")
    taken = [assistant.answer(question.question).elapsed_ms for question in questions]
    p50, p95 = np.percentile(taken[1:], [50, 95])
    print(f"p50 {p50:.1f} ms, p95 {p95:.1f} ms ({len(taken) - 1} questions)")


def reading(reads: Assistant, plain: Assistant, runs: int) -> None:
    """What the reader adds to each of the corpus's own questions: the fastest of some turns."""
    questions, _ = question_files.read_questions(ROOT / "eval" / "questions.yaml")
    pairs = []
    for question in questions:
        turns = [
            [assistant.answer(question.question).elapsed_ms for assistant in (reads, plain)]
            for _ in range(runs)
        ]
        with_reader, without = (min(side) for side in zip(*turns, strict=True))
        pairs.append((with_reader, without))
    _print_ratio("with the reader", "without", pairs, "ms a question")
    p50, p95 = np.percentile([a - b for a, b in pairs], [50, 95])
    print(f"added: p50 {p50:.1f} ms, p95 {p95:.1f} ms ({len(pairs)} questions, best of {runs})")


def cold(settings: Settings, runs: int) -> None:
    """A whole ``innoqa ask`` process beside one that only imports sentence_transformers."""
    command = Path(sys.executable).with_name("innoqa")
    ask = [str(command), "ask", "How many unicorns does Beijing have?", "--index"]
    ours = [*ask, str(settings.index)]
    theirs = [sys.executable, "-c", "import sentence_transformers"]
    pairs = [(_process(ours), _process(theirs)) for _ in range(runs + 1)][1:]
    _print_ratio("innoqa ask", "python -c 'import sentence_transformers'", pairs, "s")


def ingest_speed(documents: Path, folder: Path, settings: Settings, runs: int) -> None:
    """Ingest from files to a published index beside langchain-huggingface and langchain-chroma.

    Ours reads, cuts, embeds (passages and sentences), indexes, verifies and publishes; the other
    gets the passages ready cut and its model loaded. The query encoder, made once for an index
    folder, is made beforehand.
    """
    from langchain_chroma import Chroma
    from langchain_core.documents import Document
    from langchain_huggingface import HuggingFaceEmbeddings

    model = embedder.find_model(settings.embedder)
    theirs = HuggingFaceEmbeddings(
        model_name=str(model.folder), model_kwargs={"device": "cpu", "local_files_only": True}
    )
    pairs = []
    note = folder / "note.txt"
    note.write_text("A first note, so that the query encoder is made.\n", "utf-8")
    for number in range(runs):
        target = replace(settings, index=folder / f"ours-{number}")
        bootstrap.ingest([note], target, lambda *_: None)
        report = bootstrap.ingest([documents], target, lambda *_: None)
        texts = list(_texts(target))
        started = perf_counter()
        Chroma.from_documents(
            [Document(page_content=text) for text in texts],
            theirs,
            persist_directory=str(folder / f"theirs-{number}"),
        )
        pairs.append((len(texts) / report.seconds, len(texts) / (perf_counter() - started)))
    _print_ratio("InnoQA", "langchain", pairs, "passages/s")


def _texts(settings: Settings) -> Iterator[str]:
    assistant = bootstrap.open_assistant(settings)
    with assistant.open_index() as index:
        rows = range(len(index.vectors.edges) - 1)
        for passage in index.catalog.passages(list(rows)):
            yield f"{passage.heading_path}\n{passage.words}"


def _judged(asked: Asked, passages: Sequence[Passage]) -> list[str]:
    """A ranking for ir-measures: the first passage that answers is named right."""
    right = [asked.answered_by(p.source, p.start, p.end) for p in passages]
    first = right.index(True) if True in right else len(right)
    return ["right" if place == first else f"wrong {place}" for place in range(len(passages))]


def _process(command: Sequence[str]) -> float:
    started = perf_counter()
    subprocess.run(command, check=True, capture_output=True)
    return perf_counter() - started


def _print_ratio(one: str, other: str, pairs: Sequence[tuple[float, float]], unit: str) -> None:
    ratios = [a / b for a, b in pairs]
    first, second = (statistics.median(side) for side in zip(*pairs, strict=True))
    print(f"{one}: {first:.2f} {unit}; {other}: {second:.2f} {unit}")
    low, middle, high = min(ratios), statistics.median(ratios), max(ratios)
    print(f"ratio {middle:.2f} (median of {len(ratios)}; {low:.2f} to {high:.2f})")


if __name__ == "__main__":
    typer.run(main)
