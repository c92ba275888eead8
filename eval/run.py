"""Ask the fixed questions and report: ``python eval/run.py``, the same as ``innoqa eval``."""

import sys

from innoqa.cli import main

if __name__ == "__main__":
    sys.argv.insert(1, "eval")
    main()
