"""The words that tie a question to what was said before it."""

import re

from innoqa.attribution.function_words import FUNCTION_WORDS as CLAIMLESS

OPENING = re.compile(
    r"\s*(?:(?:and|but|so|or|ok(?:ay)?|also|then|well|right|great|thanks?|thank you|hmm?"
    r"|interesting|sure|yes|now)\b[\s,.!]*)*(?:(?:what|how) about\b|and\b)?\s*",
    re.IGNORECASE,
)
"""What leads up to a question without asking anything."""

GOES_ON = re.compile(
    r"\s*(?:(?:ok(?:ay)?|well|great|thanks?|hmm?|interesting|sure|yes)\b[\s,.!]*)*"
    r"(?:and|but|so|or|what about|how about|then)\b",
    re.IGNORECASE,
)

SINGULAR = frozenset("it its".split())
PLURAL = frozenset("they them their theirs these those both".split())
PERSONS = frozenset("he him his she her hers".split())
POSSESSIVE = frozenset("its their his her whose hers theirs".split())
POINTING = frozenset("this that these those".split())
PRONOUNS = SINGULAR | PLURAL | PERSONS

EXPLETIVE = re.compile(
    r"\b(?:(?:is|was|does|would|will|can|could|if|when|has|did|do|how \w+ (?:is|was|does))\s+)?it"
    r"(?:\s*['’]s|\s+(?:is|was|takes?|took|would be|will be|comes|costs?|makes sense))?"
    r"\s+(?:(?:a|an|the|so|too|very|really|still|also|ever|always|more|most)\s+)?"
    r"(?:possible|impossible|free|true|necessary|legal|illegal|important|better|best|good|bad|safe"
    r"|common|normal|easy|hard|difficult|likely|worth|wise|ok|okay|time|mean|matter|cost|take"
    r"|required|recommended|considered|seem\w*|rain\w*|snow\w*|bad idea|good idea)\b"
    r"(?:\s+(?:for (?:\w+ ){1,3})?(?:to|that|if|whether|when|\w+ing)\b|\s+long\b)"
    r"|\bit\s+takes?\b|\bmake(?:s)? it (?:easier|harder|possible)\b|\bwhen it comes to\b",
    re.IGNORECASE,
)
"""An "it" that stands for nothing said before."""

RELATIVE_BEFORE = re.compile(
    r"\b(?:say|said|says|think|thinks|believe|know|mean|means|true|so|such|fact|claim|claims|sure"
    r"|likely|possible|shows?|showed|find|found|thing|things|something|anything|everything|all"
    r"|someone|people|one|those)\s+\Z",
    re.IGNORECASE,
)

THERE = re.compile(r"\bthere(?=\s*(?:[?.!,;]|$))", re.IGNORECASE)

OTHERS = re.compile(
    r"\b(?:else|other|others|another|similar|same|instead|alternatives?|the rest|any more"
    r"|anything more|what more|more about (?:it|that))\b",
    re.IGNORECASE,
)

BARE = re.compile(
    r"\W*(?:(?:but|and|so|ok(?:ay)?|hmm?|interesting)\W+)?"
    r"(?P<ask>why(?: not| so| is that| was that| is this)?|how(?: so| come)?"
    r"|when(?: was that)?|where(?: is that| was that)?|who(?: else)?|which(?: ones?)?|since when"
    r"|how (?:much|many)|in what way|by how much|by whom|with whom|from where|for what|what for"
    r"|what else|like what|for example|(?:tell me|say) more|more|more details?|go on|explain"
    r"|can you explain|elaborate|really)"
    r"\W*\Z",
    re.IGNORECASE,
)

PLACES = {
    word: place
    for place, several in enumerate(
        ("first 1st former", "second 2nd", "third 3rd", "fourth 4th", "fifth 5th", "sixth",
         "seventh", "eighth")
    )
    for word in several.split()
} | {"last": -1, "latter": -1}  # fmt: skip

CORRECTION = re.compile(
    r"\W*(?:(?:no+|nope|sorry|oh|actually|wait|pardon)\b[\s,.:;!–-]*)*"
    r"(?P<mean>(?:i (?:actually |really )?(?:meant?|was asking|asked|wanted)"
    r"|i['’]m (?:asking|talking)|make (?:it|that)|rather"
    r"|that['’]s not what i (?:asked|meant))(?: about| for| to ask)?\b"
    r"[\s,:;.–-]*)?",
    re.IGNORECASE,
)
DENIES = re.compile(r"\W*(?:no+|nope|sorry|actually|wait)\b", re.IGNORECASE)
NOT_BUT = re.compile(
    r"\W*(?:(?:no+|sorry|i (?:mean|meant))\b[\s,.–-]*)*not\s+(?!only\b)(?P<old>[^,;.–]+?)\s*"
    r"(?:[,;.–]|\bbut\b)+\s*(?:but |rather |i (?:mean|meant) )?(?P<new>[^?]+)\W*\Z"
    r"|(?P<new2>[^,;?]+?)\s*[,;]\s*not\s+(?P<old2>[^?]+?)\W*\Z",
    re.IGNORECASE,
)

RELATIONAL = frozenset(
    "use effect cause benefit difference advantage disadvantage member symptom treatment type"
    " example characteristic history origin importance purpose role impact criticism alternative"
    " cost price side risk consequence result outcome feature variant version theme character"
    " author founder inventor capital population size weight height length age cure sign stage"
    " step part component rule law requirement qualification method goal objective function"
    " meaning definition significance influence reason response reaction relationship connection"
    " link lyric plot sale award title name location date budget success failure competitor"
    " rival supporter opponent leader owner headquarters area value rank share growth trend"
    " total average number amount rate complication diagnosis prognosis prevention trail"
    " ingredient recipe variety breed habitat diet lifespan predator prey legacy symbolism"
    " solution problem issue challenge limit limitation weakness strength pro con drawback"
    " controversy evidence theory coverage option kind process procedure deadline fee fund"
    " funding source evolution development structure composition"
    " variation remain period aim".split()
)
"""Nouns that are of something: without it, a question leaves to the conversation what it is."""

GENERIC = RELATIONAL | frozenset(
    "thing way kind sort lot bit time year day people person man woman place area case fact"
    " idea information detail article question answer topic anything something everything"
    " nothing someone anyone most more best good bad new old main major important popular common"
    " famous top big large small high low long short early late current recent other same"
    " different unique special available ethical free higher lower similar first second third"
    " last next such many much several certain specific particular".split()
)

_VERBS = (
    "fail succeed lack rely conclude mention argue cite predict propose rank finance pay introduce"
    " replace rename abolish attract relocate emerge shape drive collapse profit oppose approve "
    "be have do go get make take give say tell show know think see find come want need use work"
    " call try ask feel become leave put mean keep let begin start seem help talk turn happen"
    " provide offer move live believe bring write sit stand lose pay meet include continue set"
    " learn change lead understand watch follow stop create speak read spend grow open walk win"
    " teach remember consider appear buy serve die send build stay fall cut reach kill raise"
    " pass sell decide return explain hope develop carry break receive agree support hit produce"
    " eat cover catch draw choose cause play run hold describe list compare affect differ relate"
    " name discuss recommend suggest apply file qualify register visit travel handle prevent"
    " treat cure protect avoid reduce increase decrease improve lower rise drop earn own hire"
    " invent discover found establish launch release publish perform record sing act star direct"
    " graduate marry born retire resign attend join form split reunite sign score defeat beat"
    " fight attack invade conquer rule occupy sleep drink cook bake fly swim survive evolve"
    " adapt reproduce spread exist remain lie located locate situate occur result depend consist"
    " contain allow enable require involve base regard refer originate derive deduct borrow lend"
    " invest save afford report withhold claim owe enroll renew submit download install"
    " configure deploy update upgrade delete remove add connect access manage monitor scale"
    " integrate test train award grant fund house employ host compete dominate influence inspire"
    " collaborate contribute face look like suffer enter acquire shoot compose paint design"
)


def _forms(verb: str) -> tuple[str, ...]:
    e = verb[:-1] if verb.endswith("e") else verb
    y = verb[:-1] + "i" if verb.endswith("y") and verb[-2] not in "aeiou" else e
    return (verb, verb + "s", verb + "es", y + "es", y + "ed", e + "ing")


IRREGULAR = frozenset(
    "became become went gone got gotten made took taken gave given said told knew known thought"
    " saw seen found came felt left kept began begun meant brought wrote written sat stood lost"
    " paid met led understood spoke spoken spent grew grown won taught bought sent built fell"
    " fallen sold broke broken hit ate eaten caught drew drawn chose chosen ran held sang sung"
    " fought flew flown swam rose risen did done been was were had has is are born died lay lain"
    " set shown bred gets getting putting letting running beginning"
    " stopping winning planning".split()
)
VERBS = frozenset(form for verb in _VERBS.split() for form in _forms(verb)) | IRREGULAR

ASKING = frozenset(
    "outside inside behind amid despite via apart besides except regarding concerning beyond near"
    " what which who whom whose when where why how please tell me us give list name describe"
    " explain show define discuss about can could would should will may might must do does did"
    " is are was were has have had you i we your my our let lets don't doesn't isn't aren't"
    " wasn't weren't didn't can't couldn't won't wouldn't what's who's where's how's that's it's"
    " there's i'm i'd i've you're like ok okay thanks thank hi hello yes no not many much far"
    " often long actually really exactly just also still currently now today ever never then"
    " else too yet again recently usually typically generally mainly mostly better best good bad"
    " vs versus per than wow amazing nice cool great sure well interesting sounds hey hmm oh"
    " sorry".split()
)

FUNCTION = CLAIMLESS | ASKING | PRONOUNS | POINTING
