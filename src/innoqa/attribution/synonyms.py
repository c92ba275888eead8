"""Words that tell the same in other words, as those do who retell a text."""

from collections.abc import Mapping
from functools import lru_cache

from innoqa.words import stem

_GROUPS = (
    "begin began begun start launch open initiate inaugurate",
    "end finish close shut conclude complete",
    "rise grow increase climb growth expand",
    "fall drop decline decrease shrink",
    "enlarge expand extend widen broaden",
    "found establish create set form institute",
    "build construct construction building erect",
    "get obtain receive gain acquire secure attain win",
    "have hold own possess",
    "host house home accommodate",
    "lie locate situate stand find",
    "include comprise contain cover consist encompass",
    "give provide offer grant supply",
    "show find reveal demonstrate conclude report observe",
    "say state write note report announce declare argue mention",
    "propose suggest recommend",
    "approve endorse back approval endorsement consent",
    "aim goal purpose target objective",
    "plan intend schedule foresee",
    "need require demand call ask want",
    "allow permit let enable",
    "move relocate transfer shift",
    "change develop evolve become transform",
    "turn convert transform translate",
    "speed accelerate hasten quicken",
    "divide split separate part",
    "name call designate label term",
    "name list mention identify cite",
    "count number tally total figure",
    "amount sum total reach come",
    "earn make generate bring yield produce take",
    "cost price expense costed",
    "buy purchase acquire",
    "sell sale sold export",
    "shop store retail",
    "resident inhabitant people",
    "firm company enterprise business",
    "town municipality",
    "district borough area zone",
    "field sector domain branch",
    "role part function task",
    "centre center hub heart",
    "east eastern",
    "west western",
    "north northern",
    "south southern",
    "main principal chief major key central",
    "big large great major",
    "close near nearby neighbour neighbouring adjacent surround surrounding",
    "yearly annual",
    "worldwide global international",
    "nationwide national country",
    "early first initial",
    "late last final",
    "former previous earlier once",
    "different varied various diverse",
    "similar alike comparable same",
    "fast quick rapid",
    "merge combine join unite fold",
    "release publish issue",
    "share percentage proportion percent",
    "condition requirement criterion standard",
    "obstacle barrier hindrance challenge problem",
    "reason cause explain explanation",
    "disagree differ difference conflict contradict diverge",
    "about approximately roughly around",
    "together jointly combined",
    "staff employee worker personnel",
    "scientist scholar researcher academic",
    "work labour job",
    "driver force drive",
    "lead head run govern manage",
    "run operate operation",
    "put place",
    "money fund funding finance capital",
    "law rule regulation policy",
    "separate apart separately",
    "exempt free spare",
    "account report",
    "limit limited",
    "spread distribute distribution",
    "use utilise employ apply",
    "help assist aid support",
    "keep remain stay retain",
    "happen occur take",
    "go flow pass",
    "leave depart outflow exit",
    "measure gauge judge assess evaluate",
    "overtake pass surpass exceed",
    "site location place",
    "step stage phase",
)
_OF: Mapping[str, frozenset[int]] = {
    word: frozenset(n for n, group in enumerate(_GROUPS) if word in map(stem, group.split()))
    for word in {stem(word) for group in _GROUPS for word in group.split()}
}
_ENDINGS = ("ing", "ed", "ion", "ment", "s")


@lru_cache(maxsize=16384)
def groups(word: str) -> frozenset[int]:
    """The groups that a stem, or the verb that it is a form of, belongs to."""
    for ending in ("", *_ENDINGS):
        root = word.removesuffix(ending)
        for form in (root, f"{root}e", root[:-1] if root[-2:-1] == root[-1:] else root):
            if (root != word or not ending) and form in _OF:
                return _OF[form]
    return frozenset()
