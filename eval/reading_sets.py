"""Public question sets, read into documents and questions with the places that answer."""

import json
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

FOLDS = 4
HELD_OUT = 0
"""The fold that the shipped reader has not seen, and is measured on."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A question of a set: its article, where in a document it is answered ((start, end) spans,
    none where it is not), and whether the spans are short answers or whole sentences.
    """

    set: str
    article: str
    question: str
    document: str
    spans: tuple[tuple[int, int], ...]
    short: bool
    answers: tuple[str, ...] = ()

    @property
    def fold(self) -> int:
        """The fold that its article was dealt into."""
        return zlib.crc32(self.article.encode()) % FOLDS


Documents = dict[str, tuple[str, str]]
"""Title and text of each document, by its id."""


def squad(folder: Path) -> tuple[Documents, list[Asked]]:
    """SQuAD 2.0: short answers, and questions that their paragraph does not answer."""
    documents = {}
    for path in (folder / "dev" / "documents.jsonl", folder / "extra_documents.jsonl"):
        for article in _lines(path):
            for number, text in enumerate(article["paragraphs"]):
                documents[f"{article['doc_id']}#{number}"] = (article["title"], text)
    asked = [
        Asked(
            "squad2",
            line["doc_id"],
            line["question"],
            f"{line['doc_id']}#{line['paragraph']}",
            () if line["is_impossible"] else _spans(line["answers"]),
            short=True,
        )
        for line in _lines(folder / "dev" / "questions_all.jsonl")
    ]
    return documents, asked


def covidqa(folder: Path) -> tuple[Documents, list[Asked]]:
    """COVID-QA: short and long spans in whole papers."""
    documents = {
        f"{paper['doc_id']}#{number}": (paper["title"], text)
        for paper in _lines(folder / "documents.jsonl")
        for number, text in enumerate(paper["paragraphs"])
    }
    asked = [
        Asked(
            "covidqa",
            line["doc_id"],
            line["question"],
            f"{line['doc_id']}#{line['paragraph']}",
            _spans(line["answers"]),
            short=True,
        )
        for line in _lines(folder / "dev" / "questions.jsonl")
    ]
    return documents, asked


def clapnq(folder: Path) -> tuple[Documents, list[Asked]]:
    """CLAPnq: the sentences that support a long answer, and questions without one."""
    documents, sentences = {}, {}
    for passage in _lines(folder / "passages.jsonl"):
        text = " ".join(passage["sentences"])
        documents[passage["pid"]] = (passage["title"], text)
        sentences[passage["pid"]] = places(passage["sentences"])
    asked = []
    for line in _lines(folder / "dev" / "questions.jsonl"):
        found = sentences[line["passage_id"]]
        chosen = sorted({n for a in line["answers"] for n in a["selected_sentences"]})
        spans = tuple(found[n] for n in chosen) if line["answerable"] else ()
        title = documents[line["passage_id"]][0]
        asked.append(
            Asked("clapnq", title, line["question"], line["passage_id"], spans, short=False)
        )
    return documents, asked


def selqa(folder: Path) -> tuple[Documents, list[Asked]]:
    """SelQA: the sentences of a section that answer."""
    documents: Documents = {}
    asked = []
    for path in sorted(folder.glob("*.json")):
        for entry in json.loads(path.read_text("utf-8")):
            text = " ".join(entry["candidates"])
            name = f"selqa/{zlib.crc32(text.encode()):08x}"
            documents[name] = (f"{entry['article']}: {entry['section']}", text)
            found = places(entry["candidates"])
            spans = tuple(found[n] for n in entry["answers"])
            asked.append(
                Asked("selqa", entry["article"], entry["question"], name, spans, short=False)
            )
    return documents, asked


def qed(folder: Path) -> tuple[Documents, list[Asked]]:
    """QED: short answers to questions that people typed."""
    documents, asked = {}, []
    for line in _lines(folder / "qed_dev.jsonl"):
        name = f"qed/{line['example_id']}"
        documents[name] = (line["title_text"], line["paragraph_text"])
        spans = tuple(
            (part["start"], part["end"]) for a in line["original_nq_answers"] for part in a
        )
        asked.append(
            Asked(
                "qed",
                line["title_text"],
                line["question_text"],
                name,
                spans,
                short=True,
                answers=tuple(part["string"] for a in line["original_nq_answers"] for part in a),
            )
        )
    return documents, asked


SETS = {"squad2": squad, "covidqa": covidqa, "clapnq": clapnq, "selqa": selqa, "qed": qed}


def places(texts: Sequence[str]) -> list[tuple[int, int]]:
    """Where each text begins and ends once they are joined by blanks."""
    found, at = [], 0
    for text in texts:
        found.append((at, at + len(text)))
        at += len(text) + 1
    return found


def _spans(answers: Sequence[dict[str, Any]]) -> tuple[tuple[int, int], ...]:
    return tuple((a["start"], a["end"]) for a in answers)


def _lines(path: Path) -> Iterator[Any]:
    with path.open(encoding="utf-8") as file:
        yield from map(json.loads, file)
