"""Everything that can go wrong, as one tree.

    InnoqaError
    ├── SettingError      a setting that cannot be used
    ├── ModelError        an embedder that is missing, altered or not usable
    ├── DocumentError     a document that cannot be read
    ├── NothingToIngest   no document in what was given
    ├── IndexMissing      no index where one was expected
    ├── IndexMismatch     an index built with another embedder or schema
    ├── IndexBusy         another ingest holds the index
    ├── IndexBroken       an index whose files do not agree
    ├── IndexUnwritable   an index folder that cannot be written
    ├── MemoryShort       too little memory on this machine
    ├── VectorServerError a Chroma server that cannot be asked
    ├── ClusterError      a Ray cluster that cannot do its work
    ├── ChatModelError    a chat model that cannot be asked, or does not answer
    ├── ConversationsError  kept conversations that cannot be read or written
    └── QuestionError     a question or batch line that cannot be answered

Each message says what happened, to which file or setting, and what to do.
"""


class InnoqaError(Exception):
    """Base of every error that InnoQA raises on purpose."""


class SettingError(InnoqaError):
    """A setting has a value that cannot be used."""


class ModelError(InnoqaError):
    """The embedder is missing, altered or not usable."""


class DocumentError(InnoqaError):
    """A document cannot be read."""


class NothingToIngest(InnoqaError):
    """The paths that were given hold no document that InnoQA reads."""


class IndexMissing(InnoqaError):
    """There is no published index in the index folder."""


class IndexMismatch(InnoqaError):
    """The index was built with another embedder or schema than the one in use."""


class IndexBusy(InnoqaError):
    """Another process is writing the index."""


class IndexBroken(InnoqaError):
    """The files of the index do not agree with one another."""


class IndexUnwritable(InnoqaError):
    """The index folder cannot be written: its disk is full or read-only, or others own it."""


class MemoryShort(InnoqaError):
    """Too little memory is left on the machine for what was asked of it."""


class VectorServerError(InnoqaError):
    """The Chroma server that keeps an index's vectors is down, too slow, or refuses."""


class ClusterError(InnoqaError):
    """The Ray cluster that was given documents to prepare cannot do so."""


class ChatModelError(InnoqaError):
    """The chat model that is to write answers cannot be asked, or does not answer as it should.

    The message goes on after the model's name: "is not reachable at ...; start it, or ...".
    """


class ConversationsError(InnoqaError):
    """The file of kept conversations cannot be read or written."""


class QuestionError(InnoqaError):
    """A question, or a line of a batch file, cannot be answered as it stands."""
