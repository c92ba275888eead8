"""Characters of a draft made harmless: nothing unseen, nothing that only looks like another."""

import html
import re
import unicodedata
from functools import lru_cache

MARK, MARK_END = "\ue000", "\ue001"
"""What markers stand between once they are read; in a draft itself no such sign is left."""

_UNSEEN = frozenset(("Cc", "Cf", "Co", "Cs", "Cn"))
_OVERLAID = range(0x300, 0x370)
_KNOWN = {sign: sign for sign in "\n\t⁰¹²³⁴⁵⁶⁷⁸⁹〇"} | {
    "［": "[", "］": "]", "【": "[", "】": "]", "\u3000": " ", "\u2028": "\n", "\u2029": "\n",
}  # fmt: skip
_ALIKE = str.maketrans(
    "АВЕЅІЈКМНОРСТУХаеѕіјорсухһԁԛԝΑΒΕΖΗΙΚΜΝΟΡΤΥΧανορτυχ",
    "ABESIJKMHOPCTYXaesijopcyxhdqwABEZHIKMNOPTYXavoptux",
)
_MIXED = re.compile(r"[^\W\d_]+")
_LATIN = re.compile(r"[A-Za-z]")


def clean(text: str) -> str:
    r"""A draft without signs that are not seen; digits as 0 to 9, look-alikes in Latin letters.

    >>> clean("R&amp;D\u200b grew \uff112%, n\u043et 3")
    'R&D grew 12%, not 3'
    """
    plain = unicodedata.normalize("NFC", html.unescape(text).replace("\r\n", "\n"))
    plain = "".join(map(_sign, plain.replace("\r", "\n")))
    return plain if plain.isascii() else _MIXED.sub(_in_latin, plain)


@lru_cache(maxsize=4096)
def _sign(sign: str) -> str:
    category = unicodedata.category(sign)
    if sign in _KNOWN:
        return _KNOWN[sign]
    if category in _UNSEEN or ord(sign) in _OVERLAID:
        return ""
    if category.startswith("Z"):
        return " "
    if category == "Nd":
        return str(unicodedata.digit(sign))
    if category.startswith("N") or "Ａ" <= sign <= "ｚ":
        return unicodedata.normalize("NFKC", sign).replace("⁄", "/")
    return sign


def _in_latin(match: re.Match[str]) -> str:
    word = match[0]
    return word.translate(_ALIKE) if _LATIN.search(word) else word
