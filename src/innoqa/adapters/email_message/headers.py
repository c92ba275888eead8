"""The headers of a mail: encoded words, bytes beyond ASCII, people.

Encoded words (RFC 2047) are read here, since the standard library's function for them does not
take words that hold bytes beyond ASCII besides.
"""

import base64
import binascii
import itertools
import quopri
import re
from collections.abc import Callable, Iterable
from email.message import Message
from email.utils import getaddresses

from innoqa.errors import DocumentError
from innoqa.markup import one_line

Decode = Callable[[bytes, str], str]

_LONGEST = 20_000  # characters of a header that are looked at
_WORD = re.compile(r"=\?([\w.:-]{1,40})(?:\*[\w-]{0,20})?\?([bqBQ])\?([^?]*)\?=")
_WORDS = re.compile(r"(?:=\?[\w.:-]{1,40}(?:\*[\w-]{0,20})?\?[bqBQ]\?[^?]*\?=\s*)+")


def header(message: Message, name: str, decode: Decode) -> str:
    """The words of a header on one line; "" where it is missing."""
    return decoded_words(_raw(message, name), decode)


def people(message: Message, names: Iterable[str], decode: Decode) -> list[tuple[str, str]]:
    """(name, address) of each of the people in some headers, either "" where it is not told."""
    given = [raw for name in names if (raw := _raw(message, name))]
    # Names are decoded after they were told apart, since a comma in one is no end of it.
    found = [
        (decoded_words(name, decode).strip("'\" "), decoded_words(address, decode))
        for name, address in _apart(given)
    ]
    return [
        (name if name != address else "", address) for name, address in found if name or address
    ]


def decoded_words(raw: str, decode: Decode) -> str:
    """Words on one line that may hold bytes (as surrogates) and encoded words.

    "=?utf-8?Q?Caf=C3=A9?=" are those.
    """
    parts: list[str] = []
    end = 0
    for run in _WORDS.finditer(raw):
        parts += (_text(_bytes(raw[end : run.start()]), "", decode), _run(run[0], decode))
        end = run.end()
        parts.append(" " if run[0][-1].isspace() else "")
    parts.append(_text(_bytes(raw[end:]), "", decode))
    return one_line("".join(parts))


def _run(words: str, decode: Decode) -> str:
    """Encoded words that follow each other; a character may begin in one and end in the next."""
    found = [(w[1].lower(), w[2].lower(), w[3]) for w in _WORD.finditer(words)]
    return "".join(
        _text(b"".join(_unwrapped(form, content) for _, form, content in same), charset, decode)
        for charset, same in itertools.groupby(found, key=lambda word: word[0])
    )


def _unwrapped(form: str, content: str) -> bytes:
    raw = _bytes(content)
    if form == "q":
        return quopri.decodestring(raw, header=True)
    try:
        return base64.b64decode(raw + b"=" * (-len(raw) % 4))
    except (binascii.Error, ValueError):
        return raw


def _apart(given: list[str]) -> list[tuple[str, str]]:
    try:
        return getaddresses(given)
    except (ValueError, TypeError, IndexError, RecursionError):
        return []


def _raw(message: Message, name: str) -> str:
    found = next((str(value) for key, value in message.raw_items() if key.lower() == name), "")
    return one_line(found[:_LONGEST])


def _bytes(words: str) -> bytes:
    return words.encode("utf-8", "surrogateescape")


def _text(content: bytes, told: str, decode: Decode) -> str:
    try:
        return decode(content, told).replace("\0", "")
    except DocumentError:
        return content.decode("ascii", "replace").replace("\0", "")
