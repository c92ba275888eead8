"""A chat model that writes what a test tells it to."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from innoqa.errors import ChatModelError
from innoqa.prompts import Prompt


@dataclass
class Scripted:
    """A model that writes what it is told to, one text for each prompt."""

    texts: list[str]
    fails: str = ""
    name: str = "test:scripted"
    place: str = ""
    tokens: int = 4096
    seconds: float = 5.0
    prompts: list[Prompt] = field(default_factory=list)
    is_closed: bool = False

    def write(self, prompt: Prompt, seconds: float) -> Iterator[str]:
        assert 0 <= seconds <= self.seconds
        self.prompts.append(prompt)
        text = self.texts[min(len(self.prompts), len(self.texts)) - 1]
        try:
            for start in range(0, len(text), 7):
                yield text[start : start + 7]
                yield ""
            if self.fails:
                raise ChatModelError(self.fails)
        finally:
            self.is_closed = True
