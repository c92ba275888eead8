"""Words that belong to a web page and not to its subject: sign-up forms, menus, teasers.

A page saved as text, and now and then one whose main text was extracted, still carries them.
Patterns name the furniture of the web in general; a tail that starts with one goes as a whole.
"""

import re
from dataclasses import replace

from innoqa.domain import Block, Document, Section
from innoqa.scripts import word_count

_FURNITURE = re.compile(
    r"""^(?:\S+\s+){0,6}newsletters?\W*$ | \b(?:join|our|free)\s+(?:\w+\s+)?newsletter
    | \bsubscri(?:be|bing|ption)\b.*\b(?:e-?mail|updates|inbox|today|now)\b
    | ^(?:subscribe|sign\s?up|log\s?in|sign\s?in|register|contact\s+us|about\s+us|share|menu|home
        |learn\s+more|read\s+more|load\s+more|show\s+more|see\s+all|back\s+to\s+top|download
        |get\s+in\s+touch|book\s+a\s+demo|next|previous|skip\s+to\s+\w+(?:\s+content)?)\W*$
    | (?:no|never|not|don['’]t)\s+(?:send\s+(?:you\s+)?)?spam\b
    | your\s+(?:submission|message|request)\s+(?:has\s+been|was)\s+(?:received|sent)
    | something\s+went\s+wrong\s+while\s+submitting
    | (?:check\s+out|you\s+(?:may|might)\s+also\s+like|related|other|more|latest|popular|recent)
        \W+(?:our\s+|other\s+|more\s+|latest\s+)*
        (?:articles?|posts?|stories|news|reads?|case\s+studies)\W*$
    | (?:this\s+(?:site|website)|we)\s+uses?\s+cookies | accept\s+(?:all\s+)?cookies
    | cookie\s+(?:policy|settings|preferences) | ^privacy\s+policy\W*$
    | ^terms\s+(?:of|and)\b.{0,30}$
    | all\s+rights\s+reserved | ^(?:©|\(c\)|copyright)\s | ^follow\s+us\b | ^share\s+(?:on|this)\b
    | enable\s+javascript
    | ^(?:登[录錄]|注册|註冊|首[页頁]|[关關]于我[们們]|[联聯][系繫]我[们們]|返回[顶頂]部|分享到?
        |下[载載]|上一[篇页頁]|下一[篇页頁]|更多|[阅閱][读讀]更多|相[关關](?:[阅閱][读讀]|文章|新[闻聞]))[\W]*$
    | ^[上下]一篇[：:] | [扫掃]一[扫掃] | [关關]注.{0,8}公[众眾][号號] | 版[权權]所有
    | ICP[备備]""",
    re.IGNORECASE | re.VERBOSE,
)
_LONGEST = 40  # words; a longer block is prose, whatever it says and whatever stands above it
_TEASER_WORDS = 12  # a block as short as this, after the furniture began, belongs to it
_MENU_WORDS = 6
_TAIL_SHARE = 0.5  # furniture that starts in the first half of a page does not end the text


def without_furniture(document: Document) -> Document:
    """The document without the blocks (and headings) that are web furniture; offsets stay."""
    pairs = [(s.heading, b) for s in document.sections for b in s.blocks]
    kept: list[tuple[tuple[str, ...], Block]] = []
    ended = False
    for heading, block in pairs:
        words = document.text[block.start : block.end]
        late = block.start > _TAIL_SHARE * len(document.text)
        short = word_count(words) <= _LONGEST
        furniture = is_furniture(words) or (short and any(map(is_furniture, heading)))
        ended = (ended and word_count(words) <= _TEASER_WORDS) or (furniture and late)
        if not (ended or furniture or _is_menu(words)):
            kept.append((heading, block))
    sections: list[Section] = []
    for heading, block in kept:
        if sections and sections[-1].heading == heading:
            sections[-1] = Section(heading, (*sections[-1].blocks, block))
        else:
            sections.append(Section(heading, (block,)))
    return replace(document, sections=tuple(sections))


def is_furniture(words: str) -> bool:
    """Whether a block reads as web furniture; only short blocks can."""
    lines = [line.strip() for line in words.splitlines()]
    return word_count(words) <= _LONGEST and any(_FURNITURE.search(line) for line in lines)


def _is_menu(words: str) -> bool:
    """Several short lines without a full stop or a figure: link texts or captions, no sentence."""
    lines = [line.strip() for line in words.splitlines() if line.strip()]
    return len(lines) > 1 and all(
        word_count(line) <= _MENU_WORDS and not re.search(r"[\d.!?;:,。！？；：，、]", line)
        for line in lines
    )
