"""Words that carry no claim of their own."""

from innoqa.words import stem

_FUNCTION_WORDS = (
    "a an the this that these those it its they their them he his him she her we our us you your i"
    " there here who whom whose which what when where why how and or but nor so yet if than then as"
    " at by for from in into of off on onto out over per through to toward towards under until up"
    " upon with within between among during after before since about against along around across"
    " beside not no never without none neither cannot be is are was were been being am do does did"
    " done doing have has had having will would shall should can could may might must also too very"
    " such same other another each every all both any some many much more most few several own only"
    " just even still already however therefore thus while although though because whether either"
    " one ones s t"
)
_TELLING_WORDS = (
    "according report say state give name tell show note carry find found table frequent figure"
    " value number place period order follow total average mean median sum share difference"
    " compound exact source differ limit pass hold held early year part whole yes equal unchanged"
    " better worse probably set together step way cell row count list highest lowest greatest"
    " smallest compare base read amount come stand include case study document text up down"
)
_LIGHT_WORDS = (
    "come came amount reach stand stood make take took get got put go went become became keep lie"
    " lay see saw down up total together example instance year time slightly roughly exactly third"
    " quarter half twice"
)
FUNCTION_WORDS = frozenset(map(stem, _FUNCTION_WORDS.split()))
"""Stems of words that any sentence may have."""

TELLING_WORDS = frozenset(map(stem, _TELLING_WORDS.split()))
"""Stems of words with which figures and sources are told of; what they claim is checked apart."""

LIGHT_WORDS = frozenset(map(stem, _LIGHT_WORDS.split()))
"""Stems of words that say little beside the number or name that they bring in."""
