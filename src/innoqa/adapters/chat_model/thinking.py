"""What a model thinks aloud before its answer, between tags, is not part of the answer."""

import re
from dataclasses import dataclass

_TAGS = ("think", "thinking", "reasoning")
_OPENED = re.compile(rf"\s*<({'|'.join(_TAGS)})>")
_MAY_OPEN = {f"<{tag}>"[:end] for tag in _TAGS for end in range(len(tag) + 2)}


@dataclass(slots=True)
class Aloud:
    """Reads a reply piece by piece; what is thought at its beginning is left out.

    >>> reply = Aloud()
    >>> [reply.said(piece) for piece in ("<th", "ink>Hm.</th", "ink>In 2011", " [1].")]
    ['', '', 'In 2011', ' [1].']
    """

    held: str = ""
    is_over: bool = False

    def said(self, piece: str) -> str:
        """What of the reply is certainly said, now that a piece more of it is known."""
        if self.is_over:
            return piece
        self.held += piece
        opened = _OPENED.match(self.held)
        if opened:
            _, closed, after = self.held.partition(f"</{opened[1]}>")
            if not closed:
                return ""
            self.held = after
        elif self.held.strip() in _MAY_OPEN:
            return ""
        self.is_over = True
        return self.held

    def rest(self) -> str:
        """What was held back, at the end of the reply; nothing of what is only thought."""
        return "" if self.is_over or _OPENED.match(self.held) else self.held
