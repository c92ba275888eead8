"""How questions and sentences go in Chinese: what the English patterns elsewhere are for English.

Both ways of writing are meant; no list here knows a corpus.
"""

import re
from collections.abc import Mapping

ASKS: Mapping[str, re.Pattern[str]] = {
    "share": re.compile(
        r"百分之[几幾]|(?:比例|比重|占比|份[额額]|[^效速功]率)\w{0,4}多少|[占佔](?!地)[^，,。]*(?:多少|几成)"
    ),
    "number": re.compile(
        r"多少|[几幾](?:[个個家所座人名项項条條种種位万萬亿億倍]|公里|平方)|多[大高长長远遠久深重快宽寬]"
    ),
    "date": re.compile(r"[什甚][么麼][时時][候间間]|何[时時]|哪一?[年天日月]|[几幾][月号號]"),
    "place": re.compile(
        r"哪[里儿裡裏兒]|何[处處地]|什[么麼]地方"
        r"|哪[一个個座]*(?:[国國]家|城市|地[区區]|[区區]|省|市|[镇鎮]|[县縣])"
    ),
    "person": re.compile(r"[谁誰]|哪一?位"),
    "reason": re.compile(r"[为為]什[么麼]|[为為]何|怎[么样麼樣]|如何|什[么麼]原因|原因是什[么麼]"),
    "definition": re.compile(r"^什[么麼](?:是|叫)|^[^的，,]{2,16}是(?:什[么麼]|何物)\W*$"),
}
"""What a question asks for, by its kind, the surest kinds first."""

_NUMERAL = "[一二三四五六七八九十百千万萬亿億两兩半]"
HOLDS: Mapping[str, re.Pattern[str]] = {
    "share": re.compile(rf"[%％]|百分之|分之{_NUMERAL}|{_NUMERAL}成|一半"),
    "number": re.compile(
        rf"\d|{_NUMERAL}+[多余餘几幾]?(?:[个個家所座人名项項条條种種位倍成年]|公里|平方)"
    ),
    "date": re.compile(r"\d\s*(?:年|月|日)|[一二三四五六七八九〇零]{2,4}年|世[纪紀]|年代"),
    "place": re.compile(r"位[于於]|地[处處]|坐落|所在地|在\w{1,12}[省市区區县縣镇鎮国國]"),
}
"""What a sentence holds that has a thing of the kind."""

DEFINED = re.compile(
    r"^(?:[请請][问問])?\W*(?:什[么麼](?:是|叫做?)(?P<after>[^？?，,]+)|(?P<before>[^？?，,]+?)是(?:什[么麼]|何物))"
)
LISTED = re.compile(r"哪些|哪[几幾]|列出|列[举舉]|分[别別](?:是|有|[为為])|有什[么麼]")
"""Several things are asked for."""

REFERS_BACK = re.compile(
    r"(?:[它他她其]|[这這那该該此](?!里|裡)|同[时時]|因此|但是?|然而|不[过過]|所以|于是|另外|其中|例如"
    r"|比如|相反|而且|[两兩]者|前者|后者|後者|上述)"
)
"""A sentence that begins so is understood by the one before it."""

OPINION = re.compile(
    r"[应應][该該当當]|是否[应應]|你(?:[认認][为為]|[觉覺]得)|建[议議]你?|更好|最好|值不?值得|未[来來]"
    r"|[将將][来來]|[预預][测測]|[会會]不[会會]"
)
INSTRUCTION = re.compile(
    r"(?:忽略|无视|無視|忘[记記掉])[^，。]{0,8}(?:指令|指示|提示|[规規][则則])|系[统統]提示[词詞]"
)
ELLIPTIC = re.compile(r"呢\W*$")
"""A question that says only what is other than in the last one: "What about ...?"."""

COUNTED = re.compile(
    r"(?:多少|[几幾])(?:[个個家所座人名项項条條种種位台臺间間]|平方公里|公[顷頃])?(?P<what>\w*)"
)
ASKING = re.compile(
    r"主要|重要|[关關][键鍵]|具[体體]|不同|情[况況]|方面|概[况況]|[简簡][单單]|作用|影[响響]"
    r"|原因|哪些|哪[个個]|[请請][问問]|[种種][类類]"
)
"""Words that say how a question is to be answered, and which need not stand in its answer."""
