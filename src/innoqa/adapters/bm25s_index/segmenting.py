"""Text in scripts without blanks between words -> terms, by jieba-rs and OpenCC; else bigrams.

Both are loaded with the first text that needs them.
"""

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from itertools import pairwise
from typing import Any

from innoqa.scripts import HAN, HANGUL, KANA, SOUTHEAST_ASIAN

_UNITS = re.compile(
    rf"(?P<han>[{HAN}]+)"
    rf"|(?P<other>[ぁ-ゖゝゞ]+|[ァ-ヺー-ヿㇰ-ㇿ]+|[{HANGUL}]+|[{SOUTHEAST_ASIAN}]+)"
    rf"|[^{HAN}{KANA}{HANGUL}{SOUTHEAST_ASIAN}]+"
)
_ANY = re.compile(f"[{HAN}{KANA}{HANGUL}{SOUTHEAST_ASIAN}]")
_HIRAGANA = re.compile("[ぁ-ゖゝゞ]")
_COMPATIBLE = re.compile("[㌀-㏿豈-﫿＀-￯]+")
"""Full-width letters and digits, half-width kana, ㎡ and the like."""

_STOPWORDS = frozenset(
    "的 地 得 了 着 过 是 在 和 与 与其 及 以及 及其 或 或者 还是 而 而且 并 并且 但 但是 也 都"
    " 就 还 又 再 才 只 很 更 最 太 非常 十分 有 没有 有没有 没 不 无 非 为 对 对于 关于 从 自 到"
    " 至 由 由于 于 以 用 把 被 将 让 使 向 往 跟 同 给 比 按 按照 因 因为 所以 因此 如果 若 虽"
    " 虽然 则 即 即使 且 之 其 其中 所 所有 者 等 等等 个 这 那 该 此 某 各 每 这个 那个 这些 那些"
    " 这里 那里 这样 那样 它 他 她 我 你 您 它们 他们 她们 我们 你们 咱们 它的 他的 自己 一个 一种"
    " 一些 一下 能 能够 可 可以 会 要 想 应 应该 应当 请 请问 告诉 列出 列举 介绍 说明 解释 描述"
    " 谈谈 说说 吗 呢 吧 啊 呀 嘛 么 什么 什么样 什么时候 什麽 甚么 谁 哪 哪个 哪些 哪里 哪儿 哪年"
    " 哪一年 哪一个 何 何时 何处 何地 为何 为什么 如何 怎么 怎么样 怎样 怎么办 几 几个 多少 多大"
    " 多高 多长 多久 多远 是否 是不是 能否 可否 有多少 分别 年 月 日 叫 叫做 称为 总共 一共 究竟"
    " 到底".split()
)
_STOP_PAIRS = frozenset(
    "です ます でし した まし して する ある いる から まで この その とは では には れる など どこ"
    " なに いつ だれ なぜ どの いく くつ くら らい すか りま"
    " 얼마 무엇 언제 어디 누구 인가 입니 니까 는가 가요 나요".split()
)


def plain(text: str) -> str:
    """A text with full-width signs and the like as their plain forms."""
    if text.isascii():
        return text
    return _COMPATIBLE.sub(lambda match: unicodedata.normalize("NFKC", match[0]), text)


def is_segmented(word: str) -> bool:
    """Whether a word holds signs of a script that ``segmented`` parts."""
    return not word.isascii() and _ANY.search(word) is not None


def segmented(word: str) -> tuple[list[str], list[str]]:
    """The terms of a word with such signs, and those of them that are no stop words.

    They follow one another without overlap: simplified Han words, longer ones in the parts that are
    words; signs that the dictionary has no word for, and other scripts, as pairs of neighbours.
    """
    terms: list[str] = []
    for match in _UNITS.finditer(word):
        if match["han"]:
            terms += _han(match[0])
        else:
            terms += _pairs(match[0]) if match["other"] else [match[0]]
    return terms, [term for term in terms if _tells(term)]


def _tells(term: str) -> bool:
    particle = len(term) == 1 and _HIRAGANA.match(term)
    return not particle and term not in _STOPWORDS and term not in _STOP_PAIRS


def _han(run: str) -> Iterator[str]:
    jieba, simplified = _tools()
    strangers = ""
    for word in jieba.cut(simplified(run), False):
        if len(word) == 1 and word not in _STOPWORDS:
            strangers += word
            continue
        if strangers:
            yield from _pairs(strangers)
            strangers = ""
        yield from _parts(word)
    if strangers:
        yield from _pairs(strangers)


@lru_cache(maxsize=8192)
def _parts(word: str) -> tuple[str, ...]:
    """A word of three signs and more as the words of two in it, the first ones where they overlap.

    So a district is found with and without "district" behind its name.
    """
    if len(word) < 3 or word in _STOPWORDS:
        return (word,)
    jieba, _ = _tools()
    best: list[tuple[int, tuple[str, ...]]] = [(0, ())]
    for end in range(1, len(word) + 1):
        covered, parts = best[end - 1]
        found = (covered, (*parts, word[end - 1]))
        if end > 1 and jieba.has_word(word[end - 2 : end]):
            covered, parts = best[end - 2]
            if covered + 2 > found[0]:
                found = (covered + 2, (*parts, word[end - 2 : end]))
        best.append(found)
    covered, parts = best[-1]
    return parts if 2 * covered > len(word) else (word,)


def _pairs(run: str) -> list[str]:
    return ["".join(pair) for pair in pairwise(run)] or [run]


@lru_cache(maxsize=1)
def _tools() -> tuple[Any, Any]:
    import opencc
    import rjieba

    return rjieba, opencc.OpenCC("t2s").convert
