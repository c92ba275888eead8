"""Collections on a Chroma server: one for each generation, bound to it by a record in its folder.

The record is there before the collection, so that whoever is killed leaves nothing on the server
that the next ingest does not find. A record knows its own file: where a folder was copied, the
collection stays the original's, and is never deleted by the copy.
"""

import json
import os
import re
import ssl
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, ExitStack, closing, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from innoqa.adapters.chroma_index.places import FOLDER, HNSW, Opened
from innoqa.errors import IndexBroken, InnoqaError, SettingError, VectorServerError

if TYPE_CHECKING:
    import httpx
    from chromadb.api.fastapi import FastAPI

_RECORD = "server.json"
_VERSION = "1."
_WRITING = 10
"""How many times as long writing may take as asking."""
_STRANGE = 2.0
"""Seconds for a server that is not, or no longer, the one that is set."""


@dataclass(frozen=True, slots=True)
class Record:
    """Which collection of which server is a generation's; ``passages`` once it is complete.

    ``is_own`` tells whether the collection was made for this very folder, not for one it is a copy
    of.
    """

    address: str
    collection: str
    passages: int | None
    is_own: bool


def record_in(folder: Path) -> Record | None:
    """The record in the Chroma folder of a generation; None where its vectors are in the folder."""
    path = folder / _RECORD
    try:
        lines = path.read_text("utf-8").splitlines()
    except (FileNotFoundError, NotADirectoryError):
        return None
    said: dict[str, Any] = {}
    for line in lines:
        try:
            said |= json.loads(line)
        except ValueError:  # whoever wrote it was killed
            break
    if not said:
        return None
    own = said["inode"] == path.stat().st_ino
    return Record(said["address"], said["collection"], said.get("passages"), own)


def _note(folder: Path, **said: object) -> None:
    with (folder / _RECORD).open("a", encoding="utf-8") as file:
        if not file.tell():
            said |= {"inode": os.fstat(file.fileno()).st_ino}
        file.write(json.dumps(said) + "\n")
        file.flush()
        os.fsync(file.fileno())


@dataclass(frozen=True, slots=True)
class Server:
    """The Chroma server that ``INNOQA_CHROMA`` names.

    ``address`` is its URL, ``authority`` a file of certificates to trust in place of the system's,
    and ``patience`` how many seconds a question may take; writing may take ten times as long.
    """

    address: str
    token: str = field(default="", repr=False)
    authority: str = ""
    patience: float = 10.0

    def create(self, folder: Path, embedder: str) -> Opened:
        """See ``Place``. Raises VectorServerError or SettingError."""
        generation = re.sub(r"[^a-zA-Z0-9-]", "-", folder.parent.name.partition(".")[0])
        name = f"innoqa-{generation}-{uuid4().hex}"
        folder.mkdir(parents=True)
        _note(folder, address=self.address, collection=name)

        def create(api: "FastAPI") -> Any:
            metadata = {"embedder": embedder}
            return api.create_collection(name, None, {"hnsw": HNSW}, metadata)

        return self._reached(folder, create, writing=True)

    def completed(self, folder: Path, passages: int) -> None:
        """See ``Place``."""
        _note(folder, passages=passages)

    def open(self, folder: Path) -> Opened:
        """See ``Place``. Raises IndexBroken, VectorServerError or SettingError."""
        return self._open(folder, writing=False)

    def reopen(self, folder: Path) -> Opened:
        """See ``Place``. Raises as ``open``."""
        return self._open(folder, writing=True)

    def _open(self, folder: Path, *, writing: bool) -> Opened:
        record = record_in(folder)
        assert record is not None
        opened = self._reached(
            folder, lambda api: api.get_collection(record.collection), writing=writing
        )
        with ExitStack() as failing:
            failing.callback(opened.close)
            with opened.told():
                count = opened.collection.count()
            if record.passages not in (None, count):
                raise self._lost(folder)
            failing.pop_all()
        return opened

    def named(self, generation: Path) -> Mapping[str, Any]:
        """See ``Place``."""
        return named(generation)

    def holds(self, generation: Path) -> bool:
        """See ``Place``. Raises VectorServerError or SettingError where it cannot be told."""
        record = record_in(generation / FOLDER)
        if record is None or not record.is_own or record.address != self.address:
            return False
        try:
            self.open(generation / FOLDER).close()
        except IndexBroken:
            return False
        return True

    def drop(self, generation: Path) -> bool:
        """See ``Place``."""
        return forget(generation, self)

    def delete(self, collection: str) -> None:
        """Delete a collection, if it is there. Raises VectorServerError or SettingError."""
        from chromadb.errors import NotFoundError

        with (
            self._told(),
            closing(self._session(self.patience)) as session,
            suppress(NotFoundError),
        ):
            self._api(session).delete_collection(collection)

    def _reached(self, folder: Path, find: "Callable[[FastAPI], Any]", *, writing: bool) -> Opened:
        """The collection that ``find`` makes or gets."""
        from chromadb.api.models.Collection import Collection

        def told() -> AbstractContextManager[None]:
            return self._told(folder)

        with ExitStack() as failing, told():
            session = self._session(self.patience * (_WRITING if writing else 1))
            failing.callback(session.close)
            api = self._api(session)
            model = find(api)
            collection = Collection(client=api, model=model, embedding_function=None)
            where = f"The collection {model.name} on {self.address}"
            opened = Opened(collection, api.get_max_batch_size(), where, session.close, told)
            failing.pop_all()
        return opened

    def _session(self, seconds: float) -> "httpx.Client":
        import httpx

        secret = {"Authorization": f"Bearer {self.token}", "X-Chroma-Token": self.token}
        return httpx.Client(
            timeout=httpx.Timeout(seconds, connect=min(seconds, self.patience)),
            headers={"Content-Type": "application/json", **(secret if self.token else {})},
            verify=self._trust(),
        )

    def _trust(self) -> "ssl.SSLContext | bool":
        if not self.authority:
            return True
        try:
            return ssl.create_default_context(cafile=self.authority)
        except OSError as error:
            raise SettingError(
                f"INNOQA_CHROMA_CA is {self.authority}, which cannot be read as certificates "
                f"({error}). Give a file in PEM format."
            ) from None

    def _api(self, session: "httpx.Client") -> "FastAPI":
        """Chroma's own client over a session of ours, since its own waits for ever.

        Raises SettingError for a server that speaks another version.
        """
        from chromadb.api.fastapi import FastAPI
        from chromadb.config import Settings, System

        settings = Settings(
            chroma_api_impl="chromadb.api.fastapi.FastAPI",
            chroma_server_host=self.address,
            chroma_server_http_port=0,  # it is in the address
            anonymized_telemetry=False,
        )
        api = System(settings).instance(FastAPI)
        api._session.close()
        api._session = session
        version = api.get_version()
        if not str(version).startswith(_VERSION):
            raise SettingError(
                f"The Chroma server {self.address} (INNOQA_CHROMA) speaks version {version}; "
                f"InnoQA needs {_VERSION}x. Run the server by the chromadb that is installed here."
            )
        return api

    def _lost(self, folder: Path) -> IndexBroken:
        return IndexBroken(
            f"The Chroma server {self.address} (INNOQA_CHROMA) has lost vectors of "
            f"{folder.parent}. Run innoqa ingest with its documents again; nothing is embedded "
            "again."
        )

    @contextmanager
    def _told(self, folder: Path | None = None) -> Iterator[None]:
        """What goes wrong with the server in our words; none of them holds what was sent."""
        import httpx
        from chromadb.errors import ChromaError, NotFoundError

        try:
            yield
        except InnoqaError:
            raise
        except NotFoundError:
            if folder is None:
                raise
            raise self._lost(folder) from None
        except httpx.TimeoutException:
            raise self._error("does not answer in time") from None
        except httpx.HTTPError as error:
            raise self._error(f"cannot be reached ({error})") from None
        except ChromaError as error:
            raise self._error(f"refuses ({type(error).__name__}: {str(error)[:200]})") from None
        except Exception as error:  # noqa: BLE001  # Chroma's client raises what it gets so
            raise self._refusal(error) from None

    def _error(self, what: str) -> VectorServerError:
        return VectorServerError(
            f"The Chroma server {self.address} (INNOQA_CHROMA) {what}. Start it or mend the "
            "setting; without the setting, vectors are kept in the index folder from the next "
            "innoqa ingest on."
        )

    def _refusal(self, error: Exception) -> InnoqaError:
        """What Chroma's client raises for a reply that is not Chroma's, by the reply's status."""
        import httpx

        cause = error.__context__
        status = cause.response.status_code if isinstance(cause, httpx.HTTPStatusError) else 0
        if status in (401, 403):
            return SettingError(
                f"The Chroma server {self.address} (INNOQA_CHROMA) lets nobody in without a token, "
                "or not with this one. Set INNOQA_CHROMA_TOKEN."
            )
        if status in (404, 405, 410) or isinstance(error, ValueError | KeyError | TypeError):
            return SettingError(
                f"INNOQA_CHROMA is {self.address}, but what answers there is no Chroma server of "
                f"version {_VERSION}x."
            )
        return self._error(
            f"answers with status {status}" if status else f"failed ({error!r:.200})"
        )


def named(generation: Path) -> Mapping[str, Any]:
    """What a manifest says of a generation's collection on a server; nothing where it has none."""
    record = record_in(generation / FOLDER)
    if record is None:
        return {}
    return {"vectors": {"server": record.address, "collection": record.collection}}


def forget(generation: Path, server: Server | None) -> bool:
    """Delete the collection that a generation has on a server, where it is its own.

    Another server than the one that is set now is asked without its token, and only once. False
    where the server that is set does not do it now.
    """
    record = record_in(generation / FOLDER)
    if record is None or not record.is_own:
        return True
    if server is None or server.address != record.address:
        with suppress(InnoqaError):
            Server(record.address, patience=_STRANGE).delete(record.collection)
        return True
    try:
        server.delete(record.collection)
    except InnoqaError:
        return False
    return True
