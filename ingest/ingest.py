"""Ingest documents and tables: ``python ingest/ingest.py PATH...``, as ``innoqa ingest`` does."""

import sys

from innoqa.cli import main

if __name__ == "__main__":
    sys.argv.insert(1, "ingest")
    main()
