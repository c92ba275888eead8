"""Measure what the proof makes of drafts: ``make drafts``, or with ``-v`` for every miss.

``drafts.jsonl`` holds sentences as chat models write them over sources of the corpus: sound ones,
and faulty ones with what is wrong with them (``kind``). Sources are named by words that stand in
them, and numbered from 1 in the order given; where ``computed`` is true, what the tables answer to
the question comes before them. ``right`` are words of the sentence that a wrong marker should have
pointed at.

What was learnt from is no measure of what comes: ``later-drafts.jsonl`` was written when the proof
stood, and nothing was changed for it.
"""

import argparse
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from innoqa import drafts, reading, table_questions
from innoqa.adapters.embedder import find_model
from innoqa.adapters.sentences import sentence_boundaries
from innoqa.citing import Draft, Span, cell_span
from innoqa.domain import Computation, IndexedTable, Passage, Withheld
from innoqa.indexing.origins import Failed, Order, Origin
from innoqa.metrics.resampling import share_interval
from innoqa.prompts import Material
from innoqa.settings import Settings

ROOT = Path(__file__).parents[1]
SET, LATER = ROOT / "eval" / "drafts.jsonl", ROOT / "eval" / "later-drafts.jsonl"
SOUND = "sound"
SPLITS = ("development", "test")


@dataclass(frozen=True, slots=True)
class Case:
    """A draft with what was shown for it. ``kind`` is "sound", or what is wrong with it."""

    id: str
    split: str
    kind: str
    question: str
    shown: tuple[tuple[str, str], ...]
    text: str
    computed: bool = False
    right: str = ""


@dataclass(frozen=True, slots=True)
class Judged:
    """What the proof made of a case: whether it was judged right, and why something was left out.

    A faulty draft is judged right where a sentence is withheld, or, where only its marker is wrong,
    the right sentence cited in the end; a sound one where nothing is withheld.
    """

    case: Case
    found: tuple[Draft | Withheld, ...]

    @property
    def withheld(self) -> tuple[Withheld, ...]:
        """What was left out."""
        return tuple(one for one in self.found if isinstance(one, Withheld))

    @property
    def is_right(self) -> bool:
        """Whether a fault was caught, or a sound draft kept."""
        if self.case.kind == SOUND:
            return not self.withheld
        return bool(self.withheld) or (bool(self.case.right) and self._is_moved)

    @property
    def _is_moved(self) -> bool:
        spans = [span for one in self.found if isinstance(one, Draft) for span in one.spans]
        return all(self.case.right in words_of(span) for span in spans)


class Shown:
    """The passages and tables of a folder, read as an ingest reads them but not embedded."""

    def __init__(self, folder: Path) -> None:
        prepare = reading.preparer(reading.recipe(Settings(), find_model(""))).prepared
        self.passages: list[Passage] = []
        self.tables: list[IndexedTable] = []
        for origin in reading.file_reader(200).origins(folder):
            found = prepare(Order(origin.source, origin)) if isinstance(origin, Origin) else origin
            if not isinstance(origin, Origin) or isinstance(found, Failed):
                raise SystemExit(f"{origin.source} cannot be read.")
            self.passages += found.passages
            for number, table in enumerate(found.document.tables):
                rows = [p for p in found.passages if p.cell and p.cell.table_number == number]
                name, title = found.document.id, found.document.title
                self.tables.append(IndexedTable(name, title, number, table, tuple(rows)))

    def materials(self, case: Case) -> tuple[list[Material], Computation | None]:
        """What a chat model was shown, by number, and what was computed."""
        found: list[Material] = []
        computation = None
        if case.computed:
            reply = table_questions.answer(case.question, self.tables)
            if not isinstance(reply, table_questions.Computed):
                raise SystemExit(f"{case.id}: nothing is computed for {case.question!r}.")
            computation = reply.computation
            for told in reply.told:
                spans = tuple(cell_span(*cell) for cell in told.cells)
                found.append(Material(len(found) + 1, "", told.text, spans, is_computed=True))
        for source, quote in case.shown:
            passage = self._passage(case, source, quote)
            spans = tuple(Span(passage, s.start, s.end, s.references) for s in passage.sentences)
            found.append(Material(len(found) + 1, passage.heading_path, passage.words, spans))
        return found, computation

    def _passage(self, case: Case, source: str, quote: str) -> Passage:
        held = [p for p in self.passages if p.source == source and quote in p.text]
        if len(held) != 1:
            raise SystemExit(f"{case.id}: {len(held)} passages of {source} have {quote!r}.")
        return held[0]

    def judged(self, case: Case) -> Judged:
        """What the proof makes of a case."""
        shown, computation = self.materials(case)
        written, _ = drafts.sentences(case.text, sentence_boundaries, whole=True)
        return Judged(case, tuple(drafts.proved(one, shown, computation) for one in written))


def words_of(span: Span) -> str:
    """The sentences of a span as they read."""
    return " ".join(s.text for s in span.passage.sentences if span.start <= s.start < span.end)


def cases(path: Path = SET) -> list[Case]:
    """The drafts of a file."""
    found = []
    for line in path.read_text("utf-8").splitlines():
        fields: dict[str, Any] = json.loads(line)
        shown = tuple((one["source"], one["quote"]) for one in fields.pop("shown"))
        found.append(Case(shown=shown, **fields))
    return found


def shares(judged: Sequence[Judged]) -> Iterator[tuple[str, int, int]]:
    """How many of how many drafts are judged right: of each kind, of all faulty, of all sound."""
    faulty = [one for one in judged if one.case.kind != SOUND]
    for kind in dict.fromkeys(one.case.kind for one in faulty):
        of_kind = [one for one in faulty if one.case.kind == kind]
        yield kind, sum(one.is_right for one in of_kind), len(of_kind)
    for name, group in (("all faults", faulty), (SOUND, [o for o in judged if o not in faulty])):
        yield name, sum(one.is_right for one in group), len(group)


def main() -> None:
    """Judge every draft and print what was caught and what was lost."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("-v", "--verbose", action="store_true", help="list what is judged wrong")
    given = parser.parse_args()
    shown = Shown(ROOT / "corpus")
    judged = [shown.judged(case) for case in (*cases(), *cases(LATER))]
    for split in dict.fromkeys(one.case.split for one in judged):
        print(f"\n{split}")
        for name, hits, of in shares([one for one in judged if one.case.split == split]):
            low, high = share_interval(hits, of)
            said = "kept" if name == SOUND else "caught"
            print(f"  {name:<12} {hits:3} of {of:3} {said:<6} ({low:6.1%} to {high:6.1%})")
    for one in judged if given.verbose else ():
        if not one.is_right:
            print(f"\n{one.case.id} [{one.case.kind}] {one.case.text}")
            for withheld in one.withheld:
                print(f"    withheld: {withheld.why}")


if __name__ == "__main__":
    main()
