"""One sign for each meaning: full-width digits, special spaces, dashes and quotes."""

_REPLACED = {
    **{0xFEE0 + code: chr(code) for code in range(0x21, 0x7F)},  # full-width ASCII
    **dict.fromkeys(map(ord, "\u00a0\u2007\u2009\u202f\u3000"), " "),
    **dict.fromkeys(map(ord, "\u2010\u2011\u2012\u2212"), "-"),
    **dict.fromkeys(map(ord, "\u2014\u2015"), "–"),
    **dict.fromkeys(map(ord, "\u2018\u2019"), "'"),
}


def unified(text: str) -> str:
    """The text, character by character, with one sign for each meaning, so that offsets stay."""
    return text.translate(_REPLACED)
