"""Words for times -> ``Period``."""

from innoqa.periods.reading import PeriodMention, mentions, period_of, read_period

__all__ = ["PeriodMention", "mentions", "period_of", "read_period"]
