"""Ingest documents and tables: ``python ingest/ingest.py PATH...``, the same as ``innoqa ingest``."""

import sys

from innoqa.cli import main

if __name__ == "__main__":
    sys.argv.insert(1, "ingest")
    main()
