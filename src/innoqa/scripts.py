"""Scripts that set no blanks between words (Han, kana, Thai and its neighbours), and what to mind.

A text in one of them cannot be parted at blanks, and a line of it goes on in the next one without.
"""

import re

HAN = r"々〇㐀-䶿一-鿿豈-﫿\U00020000-\U0003ffff"
KANA = r"ぁ-ゖゝゞァ-ヺー-ヿㇰ-ㇿ"
HANGUL = r"ᄀ-ᇿ㄰-㆏가-힣"
SOUTHEAST_ASIAN = r"\u0e00-\u0e4f\u0e80-\u0ecf\u0edc-\u0edf\u1000-\u103f\u1050-\u108f\u1780-\u17d3"
UNSPACED = HAN + KANA + SOUTHEAST_ASIAN
"""Insides of character classes."""

_WIDE = rf"{HAN}{KANA}、-〃〈-】〔-〟！-／：-＠［-｀｛-･"
_WRAPPED = re.compile(
    rf"(?<=[{_WIDE}‘’“”…—])[^\S\n]*\n\s*(?=[{_WIDE}])|(?<=[{_WIDE}])[^\S\n]*\n\s*(?=[‘“…—])"
)
_BLANK_AT_MARK = re.compile(
    r"(?<=\S) +(?=[、。，．；：！？）】》」』])|(?<=[、。，；：！？（【《「『]) +"
)
_UNSPACED = re.compile(f"[{UNSPACED}]")
_SEAM = re.compile(rf"(?<=[{UNSPACED}])(?=[A-Za-z0-9])|(?<=[A-Za-z0-9])(?=[{UNSPACED}])")
_LETTER = re.compile(r"[^\W\d_]")
_LATIN = re.compile(r"[A-Za-zÀ-ɏḀ-ỿ]")
_LANGUAGES = (
    ("zh", re.compile(f"[{HAN}]")),
    ("ja", re.compile(f"[{KANA}]")),
    ("ko", re.compile(f"[{HANGUL}]")),
    ("ru", re.compile("[Ѐ-ӿ]")),
    ("ar", re.compile("[؀-ۿݐ-ݿ]")),
    ("el", re.compile("[Ͱ-Ͽἀ-῿]")),
    ("he", re.compile("[֐-׿]")),
    ("hi", re.compile("[ऀ-ॿ]")),
    ("hy", re.compile("[԰-֏]")),
    ("th", re.compile("[฀-๿]")),
    ("lo", re.compile("[຀-໿]")),
    ("my", re.compile("[က-႟]")),
    ("km", re.compile("[ក-៿]")),
)


def language(text: str) -> str:
    """A language that is written in the script of most letters of a text; "en" for Latin letters.

    >>> [language(text) for text in ("Bonn", "首都北京 (PRC)", "東京はどこ", "Москва")]
    ['en', 'zh', 'ja', 'ru']
    """
    if text.isascii():
        return "en"
    counts = {name: len(signs.findall(text)) for name, signs in _LANGUAGES}
    if counts["ja"]:
        counts["ja"] += counts.pop("zh")
    most = max(counts, key=lambda name: counts[name])
    return most if counts[most] > len(_LATIN.findall(text)) else "en"


def is_latin(text: str) -> bool:
    """Whether a text is mostly in Latin letters, or has no letters at all."""
    return language(text) == "en"


def is_unspaced(text: str) -> bool:
    """Whether at least half of a text's letters are of a script without blanks between words.

    >>> is_unspaced("中关村的 IT 企业"), is_unspaced("The district 北京")
    (True, False)
    """
    if text.isascii():
        return False
    unspaced = len(_UNSPACED.findall(text))
    return unspaced > 0 and 2 * unspaced >= len(_LETTER.findall(text))


def word_count(text: str) -> float:
    """How many words a text has, two signs of a script without blanks being about one.

    >>> word_count("Two words"), word_count("中关村的 IT 企业")
    (2, 4.0)
    """
    if text.isascii():
        return len(text.split())
    signs = len(_UNSPACED.findall(text))
    return signs / 2 + len(_UNSPACED.sub("", text).split()) if signs else len(text.split())


def parted(text: str) -> str:
    """A text with a blank wherever a script without blanks meets Latin letters or digits.

    >>> parted("2023年WISTA公司有28家")
    '2023 年 WISTA 公司有 28 家'
    """
    return text if text.isascii() else _SEAM.sub(" ", text)


def one_line(text: str) -> str:
    r"""A text with its runs of white space as one blank each, and none where Chinese lines meet.

    >>> one_line("中关村是科技\n园区 。\n It  grew")
    '中关村是科技园区。It grew'
    """
    if text.isascii():
        return " ".join(text.split())
    return _BLANK_AT_MARK.sub("", " ".join(_WRAPPED.sub("", text).split()))
