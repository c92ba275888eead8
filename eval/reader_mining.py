"""Question sets -> every question with the passages that InnoQA finds for it."""

import json
import pickle
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from reading_sets import SETS, Asked, places

from innoqa import bootstrap
from innoqa.domain import Passage, Query
from innoqa.settings import Settings

FOUND = 10
"""Passages found for a question."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A passage found for a question: its text, and the answers in it.

    ``sentences`` are numbers of sentences that answer; ``spans`` (start, end) in the words of the
    passage. ``scores`` and ``confidence`` are the retrieval's.
    """

    heading: str
    texts: tuple[str, ...]
    sentences: frozenset[int]
    spans: tuple[tuple[int, int], ...]
    scores: tuple[float, ...]
    confidence: float
    own: bool
    doubtful: bool


@dataclass(frozen=True, slots=True)
class Example:
    """A question with what was found for it, best first; the passage that answers may lack."""

    asked: Asked
    found: tuple[Candidate, ...]


def mined(bench: Path, work: Path) -> list[Example]:
    """Every question of every set with the passages that InnoQA finds for it."""
    examples = []
    for name, read in SETS.items():
        documents, asked = read(bench / name)
        folder = work / name
        folder.mkdir(parents=True, exist_ok=True)
        with (folder / "documents.jsonl").open("w", encoding="utf-8") as out:
            for identifier, (title, text) in documents.items():
                out.write(json.dumps({"_id": identifier, "title": title, "text": text}) + "\n")
        settings = replace(Settings(), index=folder / "index")
        bootstrap.ingest([folder / "documents.jsonl"], settings, lambda *_: None)
        examples += _searched(settings, asked)
        print(f"{name}: {len(documents)} documents, {len(asked)} questions", flush=True)
    return examples


def _searched(settings: Settings, asked: Sequence[Asked]) -> Iterator[Example]:
    assistant = bootstrap.open_assistant(settings)
    with assistant.open_index() as index:
        passages = index.catalog.passages(list(range(len(index.vectors.edges) - 1)))
        by_source: dict[str, list[Passage]] = {}
        for passage in passages:
            by_source.setdefault(passage.source, []).append(passage)
        for one in asked:
            hits = index.search(Query(one.question), FOUND)
            found = [_candidate(one, h.passage, h.sentence_scores, h.confidence) for h in hits]
            if one.spans and not any(c.sentences for c in found):
                gold = [_candidate(one, p, (), 0.0) for p in by_source[one.document]]
                found += [c for c in gold if c.sentences][:1]
            elif not one.spans:
                known = {h.passage.id for h in hits}
                found += [
                    _candidate(one, p, (), 0.0)
                    for p in by_source[one.document]
                    if p.id not in known
                ][:1]
            yield Example(one, tuple(found))


def _candidate(
    asked: Asked, passage: Passage, scores: tuple[float, ...], confidence: float
) -> Candidate:
    texts = tuple(sentence.text for sentence in passage.sentences)
    where = places(texts)
    words = " ".join(texts)
    own = passage.source == asked.document
    sentences: set[int] = set()
    spans: list[tuple[int, int]] = []
    for start, end in asked.spans if own else ():
        for number, sentence in enumerate(passage.sentences):
            shared = min(end, sentence.end) - max(start, sentence.start)
            least = 1 if asked.short else 0.5 * min(end - start, sentence.end - sentence.start)
            if shared < least:
                continue
            sentences.add(number)
            if asked.short:
                answer = passage.text[max(start - passage.start, 0) : end - passage.start].strip()
                at = words.find(answer, where[number][0])
                if answer and 0 <= at < where[number][1]:
                    spans.append((at, at + len(answer)))
    doubtful = not own and any(a.casefold() in words.casefold() for a in asked.answers)
    return Candidate(
        heading=passage.heading_path,
        texts=texts,
        sentences=frozenset(sentences),
        spans=tuple(dict.fromkeys(spans)),
        scores=tuple(scores),
        confidence=confidence,
        own=own,
        doubtful=doubtful,
    )


def mined_once(bench: Path, work: Path) -> list[Example]:
    """What was mined before, where it was."""
    path = work / "examples.pickle"
    if path.is_file():
        with path.open("rb") as file:
            kept: list[Example] = pickle.load(file)  # our own file
            return kept
    examples = mined(bench, work)
    with path.open("wb") as file:
        pickle.dump(examples, file)
    return examples
