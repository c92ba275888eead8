"""InnoQA: ask a case study and get answers that prove themselves."""

from os import PathLike
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from innoqa.answering import Assistant


def open_assistant(index: str | PathLike[str] | None = None) -> "Assistant":
    """The assistant over an index folder; without one, over that of the settings.

    The other settings are those of the environment. Raises as ``bootstrap.open_assistant``.
    """
    from dataclasses import replace
    from pathlib import Path

    from innoqa import bootstrap
    from innoqa.settings import Settings

    settings = Settings.from_environment()
    return bootstrap.open_assistant(replace(settings, index=Path(index)) if index else settings)
