"""An invented harbour town in sentences, wordings of them, and faults to plant in statements."""

import random
import re
from collections.abc import Callable, Mapping

SENTENCES: Mapping[str, str] = {
    "yard": "The council of Velmar bought the disused yard in March 1996 for 1.2 million crowns.",
    "firms": "In 2019 the Tideway quarter had more than 340 firms, 45% of them in marine robotics,"
             " according to the Harbour Gazette.",
    "rents": "Rents in the Tideway quarter rose from 12.50 to 14 crowns per square metre between"
             " 2015 and 2019.",
    "lab": "The Osk Laboratory of the University of Velmar employs 310 chemists and has not moved"
           " since Mira Holt founded it in 1987.",
    "plan": "The plan of 2021 is to add 25,000 square metres of floor space by 2030, a third of"
            " it for start-ups.",
    "rank": "Velmar ranked 3rd among the port towns of Norland in 2022, ahead of Skelling.",
    "tram": "The tram, opened on 3 May 2011, carries about 18,000 people a day, twice as many as"
            " the ferry.",
    "loss": "Two of the nine dry docks were closed before the quarter opened.",
    "tax": "Firms that export more than half of their output pay no local tax for their first five"
           " years.",
    "trade": "Exports of the quarter fell by 4.5% in 2020, to 2.3 billion crowns.",
    "board": "The Velmar Innovation Board, led by Jonas Ek, publishes what every tenant pays.",
    "study": "A study of the Ministry of Trade finds that small firms grew faster than large ones.",
}  # fmt: skip

FAITHFUL: tuple[tuple[str, str], ...] = (
    ("yard", "Velmar's council paid 1.2 million crowns for the disused yard in March 1996."),
    ("yard", "The yard cost 1,200,000 crowns when the council bought it in 1996."),
    ("firms", "According to the Harbour Gazette, over 340 firms were in the quarter in 2019."),
    ("firms", "45 percent of the firms in the Tideway quarter worked in marine robotics in 2019."),
    ("rents", "Between 2015 and 2019 rents rose from 12.5 to 14 crowns per square metre."),
    ("lab", "Mira Holt founded the Osk Laboratory in 1987; it employs 310 chemists."),
    ("lab", "Since 1987 the Osk Laboratory has not moved."),
    ("plan", "The 2021 plan is to add 25,000 m² of floor space by 2030."),
    ("rank", "In 2022 Velmar was third among Norland's port towns."),
    ("tram", "About 18,000 people use the tram each day, twice as many as the ferry."),
    ("tram", "The tram opened in May 2011."),
    ("loss", "Before the quarter opened, two of nine dry docks were closed."),
    ("tax", "Firms exporting more than half of their output pay no local tax for five years."),
    ("trade", "The quarter's exports came to 2.3 billion crowns in 2020, down by 4.5%."),
    ("board", "What every tenant pays is published by the Velmar Innovation Board."),
    ("study", "Small firms grew faster than large ones, a study of the Ministry of Trade finds."),
)

WRONG: tuple[tuple[str, str, str], ...] = (
    ("yard", "number", "The council bought the yard for 1.4 million crowns."),
    ("yard", "number", "The council bought the yard for 1.2 billion crowns."),
    ("yard", "number", "The council bought the yard for 1.2 million euros."),
    ("yard", "date", "The council bought the yard in March 1997."),
    ("yard", "date", "The council bought the yard in April 1996."),
    ("yard", "name", "The council of Skelling bought the disused yard in 1996."),
    ("yard", "word", "The council of Velmar bought the yard, which fishermen had wanted to keep."),
    ("firms", "number", "In 2019 the quarter had less than 340 firms."),
    ("firms", "number", "45 percentage points of the firms were in marine robotics."),
    ("firms", "number", "In 2019 the Tideway quarter had more than 340 laboratories."),
    ("firms", "name", "In 2019 the quarter had more than 340 firms, according to Norland Radio."),
    ("rents", "word", "Rents in the Tideway quarter fell from 12.50 to 14 crowns."),
    ("rents", "number", "Rents rose from 12.50 to 15 crowns per square metre."),
    ("lab", "number", "The Osk Laboratory has moved twice and employs 310 chemists since 1987."),
    ("lab", "word", "The Osk Laboratory was not founded by Mira Holt in 1987."),
    ("lab", "name", "Ada Holt founded the Osk Laboratory in 1987."),
    ("lab", "number", "The Osk Laboratory employs 31 chemists."),
    ("plan", "number", "The plan is to add 25,000 hectares of floor space by 2030."),
    ("plan", "date", "The plan is to add 25,000 square metres of floor space by 2035."),
    ("plan", "number", "Two thirds of the floor space are for start-ups."),
    ("rank", "number", "Velmar ranked 2nd among the port towns of Norland in 2022."),
    ("rank", "number", "Velmar was fourth among the port towns of Norland in 2022."),
    ("tram", "date", "The tram opened on 13 May 2011."),
    ("tram", "number", "The tram carries about 18,000 people a day, half as many as the ferry."),
    ("loss", "number", "Three of the nine dry docks were closed before the quarter opened."),
    ("loss", "word", "Two of the nine dry docks were closed after the quarter opened."),
    ("tax", "negation", "Firms that export more than half of their output pay local tax for their"
                        " first five years."),
    ("tax", "number", "Firms pay no local tax for their first six years."),
    ("trade", "word", "Exports of the quarter rose by 4.5% in 2020."),
    ("trade", "number", "Exports fell by 4.5% in 2020, to 2.3 million crowns."),
    ("board", "name", "The Velmar Innovation Board, led by Ina Ek, publishes what tenants pay."),
    ("board", "word", "The Velmar Innovation Board never publishes what every tenant pays."),
    ("study", "word", "Small firms grew slower than large ones."),
    ("study", "quote", "The study says that “small firms always win in the end”."),
)  # fmt: skip

QUESTIONS = (
    "How much did Norhaven spend on R&D in 2018?",
    "What was Norhaven's R&D expenditure in 2020?",
    "What is the R&D expenditure target of Norhaven for 2025?",
    "By how much did R&D expenditure in Norhaven rise from 2015 to 2021?",
    "By what percentage did R&D expenditure in Norhaven grow between 2018 and 2020?",
    "Compound annual growth of R&D expenditure in Norhaven from 2015 to 2020",
    "Did R&D intensity in Norhaven go up between 2019 and 2021?",
    "R&D expenditure of Norhaven year by year since 2018",
    "In which year was Norhaven's R&D expenditure highest?",
    "When did R&D expenditure in Norhaven first exceed 65 million euro?",
    "In how many years was Norhaven's R&D expenditure above 75 million euro?",
    "What was the mean R&D expenditure of Norhaven from 2018 to 2020?",
    "How many start-ups were there in Norhaven at the end of 2022?",
    "What share of patent applications in Norhaven in 2021 were patents granted?",
    "How many patents were granted in Norhaven in 2021?",
    "What was Norhaven's revenue in the first half of 2022?",
    "How did Norhaven's revenue change from the first half of 2021 to the first half of 2022?",
    "Which park had the most tenants in 2021?",
    "Rank the parks by floor space in 2020",
    "How many tenants did the parks have together in 2019?",
    "Does Dock Park or Hill Park have more tenants in 2021?",
    "How many tenants did Lock Park have in 2020?",
    "Which parks had more than 50 tenants in 2021?",
    "What was the floor space of Hill Park in 2021?",
    "Was the number of tenants in Hill Park above 50 in 2021?",
)

_NAMES = ("Norhaven", "Dock Park", "Hill Park", "Lock Park", "Velmar", "Tideway", "Mira Holt",
          "Osk Laboratory", "Skelling", "Harbour Gazette", "Jonas Ek", "Norland",
          "Ministry of Trade")  # fmt: skip
_OTHERS = ("Brenholm", "Quay Park", "Ulla Nor", "Sandvik Institute")
_UNITS = (("million euro", "million crowns"), ("million crowns", "million euro"),
          ("percentage points", "%"), ("%", " percentage points"), ("m²", "hectares"),
          ("square metres", "hectares"), ("companies", "patents"), ("patents", "companies"),
          ("firms", "docks"), ("chemists", "trams"), ("crowns per", "dollars per"),
          ("billion crowns", "billion dollars"))  # fmt: skip
_OPPOSITES = (("more than", "less than"), ("rose", "fell"), ("fell", "rose"), ("Up", "Down"),
              ("up", "down"), ("highest", "lowest"), ("above", "below"), ("higher", "lower"),
              ("ahead of", "behind"), ("before", "after"), ("faster", "slower"),
              ("largest", "smallest"), ("first", "last"))  # fmt: skip
_INVENTED = (", although the mayor had warned of floods", ", which made it a model for all Europe",
             " and its staff received free lunches",
             "; critics called it a costly failure")  # fmt: skip
_NUMBER = re.compile(
    r"(?<![\w.,-])(?<!above )[0-9][0-9,]*(?:\.[0-9]+)?(?![0-9]|(?:st|nd|rd|th)\b|\. [A-Z])"
)
_YEAR = re.compile(r"(?<![0-9,.])(?:19|20)[0-9]{2}(?![0-9,]|\.[0-9])")

Fault = Callable[[str, random.Random], str | None]


def _with(text: str, span: tuple[int, int], put: str) -> str:
    return text[: span[0]] + put + text[span[1] :]


def number(text: str, chance: random.Random) -> str | None:
    """One digit of one number is another; a limit is left, for it may still be kept."""
    found = [m for m in _NUMBER.finditer(text) if not _YEAR.fullmatch(m[0])]
    if not found:
        return None
    match = chance.choice(found)
    digits = [n for n in range(*match.span()) if text[n].isdigit()]
    place = chance.choice(digits)
    others = [d for d in "123456789" if d != text[place]]
    return _with(text, (place, place + 1), chance.choice(others))


def scale(text: str, chance: random.Random) -> str | None:
    """A million is a billion, or the other way round."""
    match = re.search(r"(?<=[0-9] )(?:million|billion)", text)
    other = "billion" if match and match[0] == "million" else "million"
    return _with(text, match.span(), other) if match else None


def _replaced(text: str, chance: random.Random, pairs: tuple[tuple[str, str], ...]) -> str | None:
    found = [
        (match.span(), put)
        for word, put in pairs
        for match in re.finditer(rf"(?<![A-Za-z]){re.escape(word)}(?![A-Za-z])", text)
    ]
    return _with(text, *chance.choice(found)) if found else None


def unit(text: str, chance: random.Random) -> str | None:
    """A number is in another unit."""
    found = [
        (match.span("unit"), put)
        for name, put in _UNITS
        for match in re.finditer(rf"(?<=[0-9]) ?(?P<unit>{re.escape(name)})(?![A-Za-z])", text)
    ]
    return _with(text, *chance.choice(found)) if found else None


def year(text: str, chance: random.Random) -> str | None:
    """A year is some years off."""
    found = list(_YEAR.finditer(text))
    if not found:
        return None
    match = chance.choice(found)
    return _with(text, match.span(), str(int(match[0]) + chance.choice((-11, -7, 7, 11))))


def name(text: str, chance: random.Random) -> str | None:
    """A name is another's."""
    here = [name for name in _NAMES if name in text]
    return text.replace(chance.choice(here), chance.choice(_OTHERS)) if here else None


def negation(text: str, chance: random.Random) -> str | None:
    """What is said is denied."""
    words = r"\b(?:is|was|were|bought|had|has|employs|carries|finds|publishes|ranked|are)\b"
    found = list(re.finditer(words, text))
    if not found:
        return None
    match = chance.choice(found)
    verb = match[0]
    is_plain = verb in ("is", "was", "were", "are", "has", "had")
    return _with(text, match.span(), f"{verb} not" if is_plain else f"never {verb}")


def comparative(text: str, chance: random.Random) -> str | None:
    """A comparative or direction is turned round."""
    return _replaced(text, chance, _OPPOSITES)


def invented(text: str, chance: random.Random) -> str | None:
    """A clause is added that nothing supports."""
    return f"{text.rstrip('.')}{chance.choice(_INVENTED)}."


FAULTS: Mapping[str, Fault] = {
    "number": number, "scale": scale, "unit": unit, "year": year, "name": name,
    "negation": negation, "comparative": comparative, "invented": invented,
}  # fmt: skip
