"""One sign for each meaning: full-width digits, special spaces, minus signs and quotes.

Every replacement is one character for one, so offsets stay.
"""

SPECIAL_SPACES = "\u00a0\u2007\u2008\u2009\u200a\u202f"
"""Spaces that keep the digits of one number together."""

_REPLACED = {
    **{0xFEE0 + code: chr(code) for code in range(0x21, 0x7F)},  # full-width ASCII
    **dict.fromkeys(map(ord, SPECIAL_SPACES), "\u00a0"),
    **dict.fromkeys(map(ord, "\u2212\u2010\u2011\u2012\ufe63\u207b"), "-"),
    **dict.fromkeys(map(ord, "\u2013\u2014\u2015"), "\u2013"),
    **dict.fromkeys(map(ord, "\u2018\u2019\u02bc\u2032`"), "'"),
    0x3000: " ",
    0xFFE5: "¥",
    0xFFE1: "£",
    0xFF5E: "~",
    0x301C: "~",
    0x223C: "~",
    0x2248: "~",
    0x2026: "\u2026",
}


def unified(text: str) -> str:
    """The text, as long as before, with one sign for each meaning; a dash is an en dash.

    >>> unified("１\u202f234")
    '1\\xa0234'
    """
    return text.translate(_REPLACED)


def plain(text: str) -> str:
    """The same with every special space an ordinary one."""
    return unified(text).replace("\u00a0", " ")
