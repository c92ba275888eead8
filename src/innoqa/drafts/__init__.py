"""What a chat model wrote -> plain sentences -> the spans that each is proved by.

text -> sentences with markers -> candidate spans -> attribution -> Draft | Withheld
"""

from innoqa.drafts.proving import proved
from innoqa.drafts.sentences import Boundaries, Written, sentences
from innoqa.prompts import DECLINED

__all__ = ["Boundaries", "Written", "declines", "proved", "sentences"]


def declines(text: str) -> bool:
    """Whether a model says that the sources do not answer."""
    return DECLINED.casefold() in text.casefold()
