"""The words of SmartArt diagrams, each with how deep it stands under others."""

from collections import defaultdict

from innoqa.markup import one_line
from innoqa.office.package import Element, number

_DEEPEST = 9
_SHOWN = ("node", "asst", "")


def read_diagram(root: Element) -> list[tuple[int, str]]:
    """(depth, words) of each point of a data part ("dgm:dataModel") that has words, in order."""
    words = {
        point.get("modelId", ""): one_line(" ".join(t.text or "" for t in point.iter("a:t")))
        for point in root.iter("dgm:pt")
        if point.get("type", "") in _SHOWN
    }
    under: dict[str, list[tuple[int, str]]] = defaultdict(list)
    below: set[str] = set()
    for link in root.iter("dgm:cxn"):
        child = link.get("destId", "")
        if link.get("type", "parOf") == "parOf" and child in words:
            under[link.get("srcId", "")].append((number(link.get("srcOrd")), child))
            if link.get("srcId") in words:
                below.add(child)
    tops = [p.get("modelId", "") for p in root.iter("dgm:pt") if p.get("type") == "doc"]
    roots = [child for top in tops for _, child in sorted(under[top])]
    roots += sorted(words, key=lambda name: name in below)
    found: list[tuple[int, str]] = []
    waiting = [(0, name) for name in reversed(roots)]
    seen: set[str] = set()
    while waiting:
        depth, name = waiting.pop()
        if name in seen:
            continue
        seen.add(name)
        if words[name]:
            found.append((depth, words[name]))
        deeper = min(depth + bool(words[name]), _DEEPEST)
        waiting += [(deeper, child) for _, child in sorted(under[name], reverse=True)]
    return found
