"""What a worker on another machine does: documents prepared and embedded as they are here."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial

from innoqa import reading
from innoqa.adapters import embedder, ray_workers, worker_pool
from innoqa.errors import ModelError
from innoqa.indexing import embedded_text, vector_key
from innoqa.indexing.origins import Failed, Order, Prepared

MOST_NUMBERS = 1 << 27
"""Numbers, of 4 bytes, in the vectors that come with a share; the others are made where it goes."""

STARTING_SECONDS = 300
"""What workers may take to begin, beside the time for each document of a share."""

AT_ONCE = 64
"""Passages that are embedded at a time."""


@dataclass(frozen=True, slots=True)
class Terms:
    """What makes the work elsewhere that of here.

    ``embedder`` is what ``embedder.describe`` tells of the model; vectors of the ``known`` keys are
    not made.
    """

    how: reading.Recipe
    limits: worker_pool.Limits
    embedder: str
    dtype: str
    known: frozenset[bytes] = frozenset()


def ray_pool(address: str, terms: Terms) -> ray_workers.RayWorkers:
    """The workers of a Ray cluster. Raises SettingError for one that cannot be."""
    patience = STARTING_SECONDS + ray_workers.MOST * terms.limits.seconds
    return ray_workers.RayWorkers(address, partial(Work, terms), patience)


class Work:
    """Prepares documents in a child process, within limits, and embeds them in this one."""

    def __init__(self, terms: Terms) -> None:
        """Raise ModelError where this machine has another model than the one who asks."""
        model = embedder.find_model(terms.how.embedder)
        if (found := embedder.describe(model, terms.dtype)) != terms.embedder:
            raise ModelError(
                f"A worker embeds with {found}, and not with {terms.embedder}. Install the same "
                "InnoQA and model on each machine of the cluster."
            )
        self._terms = terms
        self._workers = reading.some_workers(terms.how, terms.limits, 1)
        self._tools = reading.text_tools(model)
        self._embedder = embedder.PassageEmbedder(model, terms.dtype)

    def __call__(self, orders: Sequence[Order]) -> list[Prepared | Failed]:
        """The outcome of each order; what passes ``MOST_NUMBERS`` comes without its vectors."""
        left = MOST_NUMBERS
        outcomes: list[Prepared | Failed] = []
        for _, outcome in self._workers.all(orders):
            if isinstance(outcome, Failed):
                outcomes.append(outcome)
                continue
            embedded = self._embedded(outcome, left)
            left -= sum(vectors.size for vectors in embedded.vectors.values())
            outcomes.append(embedded)
        return outcomes

    def _embedded(self, ready: Prepared, most: int) -> Prepared:
        terms = self._terms
        texts = [embedded_text(one, self._tools, terms.how.size) for one in ready.passages]
        missing = {
            key: text
            for text in texts
            if (key := vector_key(terms.embedder, text)) not in terms.known
        }
        keys, vectors = list(missing), dict(ready.vectors)
        for first in range(0, len(keys), AT_ONCE):
            if most <= 0:
                break
            some = keys[first : first + AT_ONCE]
            made = self._embedder.embed([missing[key] for key in some])
            vectors.update(zip(some, made, strict=True))
            most -= sum(one.size for one in made)
        return replace(ready, vectors=vectors)
