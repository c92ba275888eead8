"""Words for times -> ``Period``."""

from innoqa.periods.reading import period_of, read_period
from innoqa.periods.running_text import PeriodMention, mentions

__all__ = ["PeriodMention", "mentions", "period_of", "read_period"]
