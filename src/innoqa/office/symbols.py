"""Signs that are set in a font of symbols, as the signs that they show."""

import re

_SYMBOL = dict(
    zip(
        range(0x41, 0x7B),
        "ΑΒΧΔΕΦΓΗΙϑΚΛΜΝΟΠΘΡΣΤΥςΩΞΨΖ[∴]⊥_‾αβχδεφγηιϕκλμνοπθρστυϖωξψζ",
        strict=True,
    )
)
_SYMBOL |= {
    0x22: "∀", 0x24: "∃", 0x27: "∋", 0x2A: "∗", 0x2D: "−", 0x40: "≅", 0x7E: "∼",
    0xA0: "€", 0xA3: "≤", 0xA5: "∞", 0xAB: "↔", 0xAC: "←", 0xAD: "↑", 0xAE: "→", 0xAF: "↓",
    0xB0: "°", 0xB1: "±", 0xB2: "″", 0xB3: "≥", 0xB4: "×", 0xB5: "∝", 0xB6: "∂", 0xB7: "•",
    0xB8: "÷", 0xB9: "≠", 0xBA: "≡", 0xBB: "≈", 0xBC: "…", 0xC5: "⊕", 0xC6: "∅", 0xC7: "∩",
    0xC8: "∪", 0xCE: "∈", 0xCF: "∉", 0xD1: "∇", 0xD2: "®", 0xD3: "©", 0xD4: "™", 0xD5: "∏",
    0xD6: "√", 0xDE: "⇒", 0xE5: "∑", 0xF2: "∫",
}  # fmt: skip
_WINGDINGS = {
    0x6C: "•", 0x6E: "■", 0x6F: "□", 0x71: "□", 0x77: "◆", 0x9F: "•", 0xA7: "▪", 0xA8: "□",
    0xDF: "←", 0xE0: "→", 0xE1: "↑", 0xE2: "↓", 0xE8: "→", 0xF0: "⇨", 0xFB: "✗", 0xFC: "✓",
    0xFD: "☒", 0xFE: "☑",
}  # fmt: skip
_PRIVATE = range(0xF000, 0xF100)
_PRIVATE_SIGN = re.compile("[\uf000-\uf0ff]")


def symbol(font: str, code: int) -> str:
    """The sign of a font at a place; "" where it is not known or is none.

    >>> symbol("Symbol", 0xF0B3), symbol("Wingdings", 0xFC), symbol("Arial", 0x2265)
    ('≥', '✓', '≥')
    """
    place = code - _PRIVATE.start if code in _PRIVATE else code
    name = font.lower()
    if name.startswith("wingdings"):
        return _WINGDINGS.get(place, "") if name == "wingdings" else ""
    if name == "symbol" and place < 0x100:
        return _SYMBOL.get(place, chr(place) if 0x20 <= place < 0x7F else "")
    sign = chr(code) if 0x20 <= code < 0xD800 or 0xF900 <= code < 0xFFFE else ""
    return sign if sign.isprintable() else ""


def shown_in(font: str, words: str) -> str:
    """Words with the signs of a font of symbols in the place of private characters."""
    return _PRIVATE_SIGN.sub(lambda found: symbol(font, ord(found[0])), words)
