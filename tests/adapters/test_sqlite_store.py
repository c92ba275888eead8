"""The truth in SQLite: what was put in comes out, all or nothing."""

import sqlite3
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import replace
from datetime import date
from decimal import Decimal

import numpy as np
import pytest

from innoqa.adapters.sqlite_store import SCHEMA_VERSION, Catalog, SqliteStore
from innoqa.domain import (
    Block,
    Cell,
    Corpus,
    Document,
    Footnote,
    ListPlace,
    Observation,
    Passage,
    Period,
    Section,
    Sentence,
    Table,
    TableRow,
    Unit,
)
from innoqa.errors import IndexBroken, IndexMismatch

CELL = Cell("Figures", 1, "Oslo, 2018", "value")
OBSERVATION = Observation(
    indicator="Firms",
    entity="Oslo",
    period=Period("2018", "year", date(2018, 1, 1), date(2018, 12, 31)),
    value=Decimal("1.50"),
    printed="1.50",
    unit=Unit("1,000 firms", "firms", Decimal(1000)),
    qualifier="about",
    source="SSB",
    cell=CELL,
    upper=Decimal(2),
)


@pytest.fixture
def store(tmp_path):
    with closing(SqliteStore(tmp_path / "index" / "innoqa.sqlite")) as store:
        yield store


def document(name, root="docs"):
    return Document(
        id=f"{root}-{name}",
        source=f"{name}.md",
        title=f"Title of {name} é😀",
        media_type="markdown",
        text=f"{name} is a town. It grew.",
        sections=(Section(("Towns",), (Block(0, 5, ListPlace(1, 0)),)),),
        tables=(Table("Figures", (), ("a",), (TableRow(("1",), 0, 1),)),),
        footnotes=(Footnote("1", "SSB"),),
    )


def passages(of, count=3):
    return [
        Passage(
            id=f"{of.id}-{number:05d}",
            document_id=of.id,
            source=of.source,
            title=of.title,
            heading=("Towns",),
            text=of.text[:5],
            start=0,
            end=5,
            sentences=(Sentence(0, 5, "It grew.", ("SSB",), ListPlace(1, 2)),),
            cell=CELL,
            observations=(OBSERVATION,),
        )
        for number in range(count)
    ]


def vectors(passage):
    rng = np.random.default_rng(sum(passage.id.encode()))
    return (
        rng.standard_normal((1 + len(passage.sentences), 4)).astype(np.float16).astype(np.float32)
    )


def put(store, name, root="docs", count=3):
    """A document with its passages and their vectors."""
    if root not in store.roots():
        store.put_root(root, Corpus(root.title()))
    whole = document(name, root)
    keyed = [(passage.id.encode(), passage) for passage in passages(whole, count)]
    store.put_vectors({key: vectors(passage) for key, passage in keyed})
    store.put_documents(root, [(f"hash of {name}", whole, keyed)], [])
    return whole


def test_a_new_store_is_empty(store):
    assert store.fingerprint() == ""
    assert store.roots() == store.corpora() == ()
    assert store.counts() == (0, 0, 0)


def test_passages_come_back_as_they_were_put_with_their_vectors(store):
    whole = put(store, "oslo")
    found = list(store.passages())
    assert [passage for passage, _, _ in found] == passages(whole)
    for passage, _, matrix in found:
        assert matrix.dtype == np.float32
        np.testing.assert_array_equal(matrix, vectors(passage))


def test_what_was_put_is_there_when_the_file_is_opened_again(tmp_path):
    with closing(SqliteStore(tmp_path / "a.sqlite")) as store:
        put(store, "oslo")
        store.put_fingerprint("f")
        state = store.state()
    with closing(SqliteStore(tmp_path / "a.sqlite")) as store:
        assert (store.fingerprint(), store.counts(), store.state()) == ("f", (1, 3, 3), state)
        assert store.content_hashes("docs") == {"oslo.md": "hash of oslo"}


def test_roots_keep_the_order_of_their_first_ingest_and_take_new_descriptions(store):
    put(store, "b", root="zoo")
    put(store, "a", root="art")
    store.put_root("zoo", Corpus("New zoo", "More.", ("Why?",)))
    assert store.roots() == ("zoo", "art")
    assert store.corpora() == (Corpus("New zoo", "More.", ("Why?",)), Corpus("Art"))


def test_a_root_without_documents_is_no_longer_described(store):
    put(store, "a", root="art")
    put(store, "b", root="zoo")
    store.put_documents("art", [], ["a.md"])
    assert store.corpora() == (Corpus("Zoo"),)


def test_a_document_of_the_same_source_is_replaced_with_its_passages(store):
    put(store, "oslo", count=5)
    changed = replace(document("oslo"), id="other")
    store.put_vectors({b"k": np.ones((2, 4), np.float32)})
    store.put_documents("docs", [("new", changed, [(b"k", passages(changed, 1)[0])])], [])
    assert store.counts() == (1, 1, 1)
    assert [passage.document_id for passage, _, _ in store.passages()] == ["other"]


def test_the_same_source_in_two_roots_is_two_documents(store):
    put(store, "oslo", root="art")
    put(store, "oslo", root="zoo")
    store.put_documents("zoo", [], ["oslo.md"])
    assert store.counts() == (1, 3, 3)
    assert store.content_hashes("zoo") == {}


def test_a_change_that_fails_halfway_leaves_everything_as_it_was(store):
    put(store, "oslo")
    before = store.state()
    whole = document("bergen")
    twice = [(b"k", passages(whole)[0])] * 2
    with pytest.raises(sqlite3.IntegrityError):
        store.put_documents("docs", [("h", whole, twice)], ["oslo.md"])
    assert store.state() == before
    assert store.counts() == (1, 3, 3)


def test_vectors_are_missing_until_they_are_put_and_dropped_when_no_passage_needs_them(store):
    put(store, "oslo")
    used = {passage.id.encode() for passage in passages(document("oslo"))}
    keys = [*used, *(f"k{number}".encode() for number in range(1200))]
    assert store.missing_vectors(keys) == set(keys) - used
    store.put_vectors({key: np.ones((1, 4), np.float32) for key in keys[3:]})
    assert store.missing_vectors(keys) == set()
    store.drop_unused_vectors()
    assert store.missing_vectors(keys) == set(keys) - used


def test_the_state_follows_documents_descriptions_and_fingerprint_and_nothing_else(store):
    states = [store.state()]

    def changed(value):
        states.append(store.state())
        return states[-1] not in states[:-1]

    assert changed(store.put_fingerprint("f"))
    assert changed(put(store, "oslo"))
    assert changed(store.put_root("docs", Corpus("Other title")))
    store.put_vectors({b"unused": np.ones((1, 4), np.float32)})
    assert store.state() == states[-1]
    assert changed(store.put_documents("docs", [], ["oslo.md"]))


def test_a_file_of_a_later_schema_is_refused(tmp_path):
    path = tmp_path / "a.sqlite"
    with closing(sqlite3.connect(path)) as connection:
        connection.execute(f"PRAGMA user_version = {SCHEMA_VERSION + 1}")
    with pytest.raises(IndexMismatch, match="a later InnoQA wrote"):
        SqliteStore(path)


def test_a_file_that_is_no_database_is_told(tmp_path):
    (tmp_path / "a.sqlite").write_text("This is not a database. " * 100)
    with pytest.raises(IndexBroken, match=r"a\.sqlite is not a database that can be read"):
        SqliteStore(tmp_path / "a.sqlite")


def test_several_who_open_a_new_file_at_once_all_find_it_ready(tmp_path):
    def open_and_count(number):
        with closing(SqliteStore(tmp_path / f"{number // 8}.sqlite")) as store:
            return store.counts()

    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(open_and_count, range(32))) == [(0, 0, 0)] * 32


@pytest.fixture
def catalog(store, tmp_path):
    put(store, "oslo")
    put(store, "bergen", count=2)
    put(store, "asker", root="more", count=1)
    list(Catalog.write(tmp_path / "catalog.sqlite", store))
    with closing(Catalog(tmp_path / "catalog.sqlite")) as catalog:
        yield catalog


IDS = ["docs-bergen-00000", "docs-bergen-00001", "docs-oslo-00000", "docs-oslo-00001",
       "docs-oslo-00002", "more-asker-00000"]  # fmt: skip


def test_rows_follow_roots_then_sources_then_reading_order(catalog):
    assert catalog.rows([*IDS, "unknown"]) == {name: row for row, name in enumerate(IDS)}


def test_passages_come_in_the_order_asked_for(catalog):
    assert [p.id for p in catalog.passages([4, 0, 4])] == [IDS[4], IDS[0], IDS[4]]
    assert catalog.passages(np.array([2])) == passages(document("oslo"))[:1]
    assert catalog.passages([]) == []


def test_a_row_that_is_not_there_means_a_broken_index(catalog):
    with pytest.raises(IndexBroken, match="lacks passages"):
        catalog.passages([0, 99])


def test_the_surroundings_of_a_passage_stay_in_its_document(catalog):
    assert [p.id for p in catalog.around("docs-oslo-00001", 1)] == IDS[2:5]
    assert [p.id for p in catalog.around("docs-oslo-00000", 8)] == IDS[2:5]
    assert [p.id for p in catalog.around("docs-oslo-00002", 0)] == IDS[4:5]


def test_documents_and_titles_can_be_asked_for(catalog):
    assert catalog.document("docs-oslo") == document("oslo")
    assert catalog.document("unknown") is None
    assert [d.id for d in catalog.documents()] == ["docs-bergen", "docs-oslo", "more-asker"]
    assert catalog.titles(2) == ("Title of asker é😀", "Title of bergen é😀")


def test_a_catalog_can_be_read_by_many_threads_and_not_written(catalog):
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(lambda row: catalog.passages([row % 6])[0].id, range(200)))
    assert found == [IDS[row % 6] for row in range(200)]
    with pytest.raises(sqlite3.OperationalError, match="readonly"):
        catalog._connection.execute("DELETE FROM passages")


def test_a_file_of_the_first_schema_is_brought_up_to_this_one_with_all_that_is_in_it(tmp_path):
    with closing(SqliteStore(tmp_path / "a.sqlite")) as store:
        put(store, "oslo")
    with closing(sqlite3.connect(tmp_path / "a.sqlite")) as connection:
        connection.execute("ALTER TABLE passages DROP COLUMN observations")
        connection.execute("PRAGMA user_version = 1")
        connection.commit()
    with closing(SqliteStore(tmp_path / "a.sqlite", to_read=True)) as copy:
        assert copy.counts() == (1, 3, 3)
    with closing(sqlite3.connect(tmp_path / "a.sqlite")) as connection:
        assert connection.execute("PRAGMA user_version").fetchone() == (1,)
    with closing(SqliteStore(tmp_path / "a.sqlite")) as store:
        assert store.counts() == (1, 3, 3)


def test_what_is_opened_to_read_makes_no_file(tmp_path):
    with closing(SqliteStore(tmp_path / "none" / "a.sqlite", to_read=True)) as store:
        assert store.counts() == (0, 0, 0)
    assert list(tmp_path.iterdir()) == []
