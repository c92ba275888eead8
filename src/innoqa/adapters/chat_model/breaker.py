"""Does not ask a chat model that failed again and again, until some time has passed."""

import math
from collections.abc import Callable
from dataclasses import dataclass, field
from threading import Lock
from time import monotonic

from innoqa.errors import ChatModelError

FAILURES = 3
"""After so many failures in a row a model is not asked for a while."""

PAUSE, LONGEST = 30.0, 300.0
"""Seconds until it is asked again: at first, and at most. Each failure more doubles them."""


@dataclass(slots=True)
class Breaker:
    """Counts failures in a row; threads may share it. ``clock`` gives seconds."""

    clock: Callable[[], float] = monotonic
    _lock: Lock = field(default_factory=Lock, repr=False)
    _failures: int = 0
    _again: float = 0.0
    _why: str = ""
    _is_tried: bool = False

    def admit(self) -> None:
        """Let a question pass; one alone where the time of a pause is over.

        Each question that passed must be told of by one of ``succeeded``, ``failed`` and ``left``.
        Raises ChatModelError while the model is not to be asked.
        """
        with self._lock:
            if self._failures < FAILURES:
                return
            left = self._again - self.clock()
            if left <= 0 and not self._is_tried:
                self._is_tried = True
                return
            when = f"again in {math.ceil(left)} s" if left > 0 else "once more just now"
            why = self._why.rstrip(".")
            raise ChatModelError(
                f"has failed {self._failures} times in a row; it is asked {when} (it {why})."
            )

    def succeeded(self) -> None:
        """The model answered."""
        with self._lock:
            self._failures, self._is_tried = 0, False

    def failed(self, why: str) -> None:
        """The model failed."""
        with self._lock:
            self._failures += 1
            self._why, self._is_tried = why, False
            doubled = PAUSE * 2 ** min(16, max(0, self._failures - FAILURES))
            self._again = self.clock() + min(LONGEST, doubled)

    def left(self) -> None:
        """Nobody waited for whether it would answer."""
        with self._lock:
            self._is_tried = False
