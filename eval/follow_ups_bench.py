"""Measure follow-ups on public conversations: ``python eval/follow_ups_bench.py BENCH``.

BENCH/followups holds questions asked in conversations (MTRAG) with the passages that answer; they
are searched for by the last turn alone, by all turns joined, by the released rewrites and by the
queries that ``follow_ups`` makes, with BM25 and, with ``--indexes DIR``, with the retrieval that
ships, but for its reader (an index for each domain is made in DIR once, which takes long).
BENCH/rewrites holds questions beside what people rewrote them to (CAsT, CANARD): how many of the
content words that a rewrite adds do our queries add, how many of those that they add are in it, and
how many of the questions that need no rewriting are left alone. ``--half`` keeps every other
conversation, ``--domain`` the passages of some domains.
"""

import gzip
import json
import statistics
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Annotated, Any
from zlib import crc32

import bm25s
import ir_measures
import numpy as np
import typer
from ir_measures import R, nDCG

from innoqa import bootstrap, follow_ups
from innoqa.adapters.bm25s_index import Lexicon
from innoqa.domain import Query
from innoqa.indexing import Progress
from innoqa.metrics.resampling import interval
from innoqa.settings import Settings

FOUND = 5
DEEP = 20
"""How many passages are looked at, before those with equal texts are taken together."""

MEASURES = (R @ FOUND, nDCG @ FOUND)
LAST, REWRITE, OURS = "last turn alone", "released rewrites", "follow_ups"
Search = Callable[[str, str], list[str]]
"""(domain, query) -> ids of passages, best first."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A question of a conversation: what went before it, and what it was rewritten to."""

    id: str
    conversation: str
    history: tuple[tuple[str, str], ...]
    question: str
    rewrite: str
    domain: str = ""
    relevant: frozenset[str] = frozenset()
    stands_alone: bool = False

    @property
    def query(self) -> Query:
        """What our resolution makes of it."""
        return follow_ups.resolve(self.question, follow_ups.told(self.history))


def main(
    bench: Annotated[Path, typer.Argument(metavar="BENCH")],
    indexes: Annotated[Path | None, typer.Option(metavar="DIR")] = None,
    half: Annotated[int | None, typer.Option(help="0 or 1: one half of the conversations.")] = None,
    domain: Annotated[list[str] | None, typer.Option(help="Its passages alone.")] = None,
    show: Annotated[int, typer.Option(help="How many queries of each set are shown.")] = 0,
) -> None:
    """Print every comparison."""
    passages = read_passages(bench / "followups" / "corpus" / "passages_reduced.jsonl.gz")
    passages = {p: one for p, one in passages.items() if not domain or one["domain"] in domain}
    searches: dict[str, Search] = {"BM25": bm25(passages)}
    if indexes is not None:
        searches["fused retrieval"] = shipped(passages, indexes)
    for name in ("mtrag", "mtrag_un"):
        file = bench / "followups" / name / "dev" / "conversations.jsonl"
        asked = [one for one in read(file, half) if one.relevant & passages.keys() and one.history]
        print(f"\n## {name}: {len(asked)} questions after the first of their conversation")
        for kind, search in searches.items():
            print(f"\n{kind}:\n")
            compare(asked, search, passages)
        examples(asked, show)
    for name in ("cast", "canard"):
        asked = list(read(bench / "rewrites" / name / "dev" / "conversations.jsonl", half))
        print(f"\n## {name}\n")
        words([one for one in asked if one.history])
        examples(asked, show)


def read_passages(file: Path) -> dict[str, dict[str, str]]:
    """The passages by id, with domain, title and text."""
    with gzip.open(file, "rt", encoding="utf-8") as lines:
        return {entry["pid"]: entry for entry in map(json.loads, lines)}


def read(file: Path, half: int | None) -> Iterator[Asked]:
    """The questions of a set, or of one half of its conversations."""
    for line in file.read_text("utf-8").splitlines():
        entry: dict[str, Any] = json.loads(line)
        if half is not None and crc32(entry["conv_id"].encode()) % 2 != half:
            continue
        yield Asked(
            id=entry["id"],
            conversation=entry["conv_id"],
            history=tuple((said["role"], said["text"]) for said in entry["history"]),
            question=entry["question"],
            rewrite=entry.get("rewrite") or "",
            domain=entry.get("domain", ""),
            relevant=frozenset(entry.get("relevant_ids", ())),
            stands_alone=entry.get("needs_context") is False,
        )


def bm25(passages: Mapping[str, Mapping[str, str]]) -> Search:
    """BM25 over titles and texts, an index for each domain."""
    lexicon = Lexicon()
    domains: dict[str, list[str]] = {}
    for pid, entry in passages.items():
        domains.setdefault(entry["domain"], []).append(pid)
    built: dict[str, Any] = {}
    for domain, ids in domains.items():
        texts = (f"{passages[pid]['title']}\n{passages[pid]['text']}" for pid in ids)
        built[domain] = bm25s.BM25(k1=1.2, b=0.75, method="lucene")
        built[domain].index([lexicon.terms(text) for text in texts], show_progress=False)

    def search(domain: str, query: str) -> list[str]:
        index = built[domain]
        known = [t for t in dict.fromkeys(lexicon.terms(query)) if t in index.vocab_dict]
        if not known:
            return []
        scores = index.get_scores(known)
        return [domains[domain][n] for n in np.argsort(-scores, kind="stable")[:DEEP]]

    return search


def shipped(passages: Mapping[str, Mapping[str, str]], folder: Path) -> Search:
    """The retrieval that ships without its reader, over an index for each domain."""
    opened = {}
    for domain in sorted({entry["domain"] for entry in passages.values()}):
        settings = replace(Settings.from_environment(), index=folder / domain, reader=False)
        if not (settings.index / "current").exists():
            lines = folder / f"{domain}.jsonl"
            folder.mkdir(parents=True, exist_ok=True)
            lines.write_text("".join(_beir(e) for e in passages.values() if e["domain"] == domain))
            bootstrap.ingest([lines], settings, _silent)
        opened[domain] = bootstrap.open_assistant(settings)

    def search(domain: str, query: str) -> list[str]:
        with opened[domain].open_index() as index:
            hits = index.search(Query(query), DEEP)
        return list(dict.fromkeys(hit.passage.source for hit in hits))

    return search


def _beir(entry: Mapping[str, str]) -> str:
    line = {"_id": entry["pid"], "title": entry["title"] or "", "text": entry["text"]}
    return json.dumps(line) + "\n"


_silent: Progress = lambda _what, _done, _total: None  # noqa: E731 - a callback that tells nobody


def compare(
    asked: Sequence[Asked], search: Search, passages: Mapping[str, Mapping[str, str]]
) -> None:
    """Recall and nDCG of each way to a query, and how they differ from the last turn alone."""
    ways: dict[str, Callable[[Asked], str]] = {
        LAST: lambda one: one.question,
        "all turns joined": lambda one: " ".join((*_questions(one), one.question)),
        OURS: lambda one: one.query.text,
    }
    if all(one.rewrite for one in asked):
        ways[REWRITE] = lambda one: one.rewrite
    texts = {pid: entry["text"] for pid, entry in passages.items()}
    qrels = [
        ir_measures.Qrel(one.id, text, 1)
        for one in asked
        for text in sorted({texts[pid] for pid in one.relevant if pid in texts})
    ]
    print(f"| query | {' | '.join(f'{m} | to last turn' for m in MEASURES)} |")
    print("|---|---|---|---|---|")
    base: dict[str, dict[str, float]] = {}
    for name, way in ways.items():
        run = [
            ir_measures.ScoredDoc(one.id, text, -float(place))
            for one in asked
            for place, text in enumerate(
                dict.fromkeys(texts[pid] for pid in search(one.domain, way(one)))
            )
        ]
        values = {str(m): dict.fromkeys((one.id for one in asked), 0.0) for m in MEASURES}
        for metric in ir_measures.iter_calc(MEASURES, qrels, run):
            values[str(metric.measure)][metric.query_id] = metric.value
        base = base or values
        cells = [_cell(values[str(m)], base[str(m)]) for m in MEASURES]
        print(f"| {name} | {' | '.join(cells)} |")


def _cell(values: Mapping[str, float], base: Mapping[str, float]) -> str:
    differences = [values[one] - base[one] for one in values]
    low, high = interval(differences)
    mean = statistics.fmean(differences)
    return f"{statistics.fmean(values.values()):.3f} | {mean:+.3f} ({low:+.3f} to {high:+.3f})"


def _questions(one: Asked) -> list[str]:
    return [text for role, text in one.history if role == "user"]


def words(asked: Sequence[Asked]) -> None:
    """How far our queries add the words that the rewrites add, and leave the others alone."""
    lexicon = Lexicon()

    def added(one: Asked, text: str) -> set[str]:
        return set(lexicon.terms(text)) - set(lexicon.terms(one.question))

    dependent = [one for one in asked if not one.stands_alone]
    wanted = got = right = reachable = 0
    for one in dependent:
        theirs, ours = added(one, one.rewrite), added(one, one.query.text)
        said = set(lexicon.terms(" ".join(text for _, text in one.history)))
        wanted, got, right = wanted + len(theirs), got + len(ours), right + len(theirs & ours)
        reachable += len(theirs & said)
    alone = [one for one in asked if one.stands_alone]
    kept = sum(one.query.kind == "stand-alone" for one in alone)
    taken_up = sum(one.query.kind != "stand-alone" for one in dependent)
    print(
        f"Of {wanted} words that the rewrites of {len(dependent)} questions add, {reachable} were"
    )
    print(f"said before. Ours add {got}: recall {right / max(wanted, 1):.3f}, precision ", end="")
    print(f"{right / max(got, 1):.3f}; {taken_up} questions are taken up.")
    print(f"Left alone of {len(alone)} questions that stand alone: {kept / max(len(alone), 1):.3f}")


def examples(asked: Sequence[Asked], count: int) -> None:
    """Some queries beside the rewrites."""
    for one in asked[:: max(1, len(asked) // count)] if count else ():
        print(f"\n- {' / '.join(_questions(one)[-3:])}\n  Q {one.question}\n  R {one.rewrite}")
        print(f"  O {one.query.text} [{one.query.kind}]")


if __name__ == "__main__":
    typer.run(main)
