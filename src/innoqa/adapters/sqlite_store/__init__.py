"""An index in SQLite: its truth, which an ingest changes, and the catalog that questions read."""

from innoqa.adapters.sqlite_store.catalog import Catalog
from innoqa.adapters.sqlite_store.truth import SCHEMA_VERSION, SqliteStore

__all__ = ["SCHEMA_VERSION", "Catalog", "SqliteStore"]
