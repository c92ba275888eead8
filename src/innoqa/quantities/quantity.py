"""What a cell or a phrase states: a number, its unit and how exact it is."""

from dataclasses import dataclass
from decimal import Decimal

from innoqa.domain import Unit


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number with the unit that stood beside it ("%", "$", "million yuan").

    ``value`` counts in ``unit`` as printed: "5.2 million" is 5.2. It is None where ``qualifier``
    is "missing" or "not applicable". Other qualifiers are "", "about", "almost", "more than",
    "less than", "at least", "at most", "preliminary", "estimated", "forecast", "target" and
    "revised"; two are joined by ", ". ``upper`` is the other end of a printed range.
    """

    value: Decimal | None
    unit: Unit
    qualifier: str = ""
    upper: Decimal | None = None
