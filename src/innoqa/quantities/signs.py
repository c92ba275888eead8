"""One sign for each meaning: full-width digits, special spaces, minus signs, dashes and quotes."""

_REPLACED = {
    **{0xFEE0 + code: chr(code) for code in range(0x21, 0x7F)},  # full-width ASCII
    **dict.fromkeys(map(ord, "\u2007\u2008\u2009\u200a\u202f"), "\u00a0"),
    **dict.fromkeys(map(ord, "\u2212\u2010\u2011\u2012\ufe63"), "-"),
    **dict.fromkeys(map(ord, "\u2014\u2015"), "\u2013"),
    **dict.fromkeys(map(ord, "\u2018\u2019\u02bc\u2032`"), "'"),
    **dict.fromkeys(map(ord, "\uff5e\u301c\u223c\u2248"), "~"),
    0x3000: " ",
    0xFFE5: "¥",
    0xFFE1: "£",
}


def unified(text: str) -> str:
    """The text, character by character, with one sign for each meaning, so that offsets stay.

    Dashes become en dashes, and the spaces that hold the digits of a number together no-break ones.
    """
    return text.translate(_REPLACED)


def one_line(text: str) -> str:
    r"""The same on one line, each run of white space one ordinary space.

    >>> one_line("１\u202f234\n−5")
    '1 234 -5'
    """
    return " ".join(unified(text).split())
