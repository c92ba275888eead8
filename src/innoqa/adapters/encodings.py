"""The text of bytes whose encoding nobody tells, by charset-normalizer where Unicode does not fit.

The library tells scripts apart, but not the encodings of the Latin one. Of those we take the one
in which the letters beyond ASCII are best those of a single language: Windows-1250 makes a Czech
text of its bytes, Windows-1252 a text that no language writes.
"""

import codecs
import re
from collections import Counter
from collections.abc import Iterable

from innoqa.errors import DocumentError

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),  # before UTF-16, whose mark it begins with
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_LATIN = ("cp1252", "cp1254", "cp1250", "iso8859_2")
_OTHER_ALPHABETS = ("cp1251", "koi8_r", "cp1253", "cp1255", "cp1256", "cp874", "iso8859_5", "cp866")
_EAST_ASIAN = ("gb18030", "big5", "cp932", "euc_jp", "cp949")
_USUAL = (*_EAST_ASIAN, "cp1251", "cp1252", *_OTHER_ALPHABETS[1:], *_LATIN[1:])
_CENTRAL = ("óąćęłńśźż", "áéíóúýčďěňřšťůž", "áéíóöúüőű", "áäéíóôúýčďľĺňŕšťž", "âîăşţ", "ćčđšž")
_ALPHABETS = {
    "cp1252": ("àâæçèéêëîïôœùûüÿ", "äöüß", "áéíñóúü", "àèéìíòóùú", "àáâãçéêíóôõúü", "äåéöüæø",
               "àáâäçèéêëïíóôöúûü", "áæéíðóöúýþ", "àçèéíïòóúü·"),
    "cp1254": ("âçîöûüğıİş",),
    "cp1250": _CENTRAL,
    "iso8859_2": _CENTRAL,
}  # fmt: skip
_MEANT = {  # what is told: what browsers take it for
    "iso8859-1": "cp1252", "gb2312": "gb18030", "gbk": "gb18030",
    "shift_jis": "cp932", "euc_kr": "cp949", "big5": "big5hkscs", "iso8859-9": "cp1254",
    "tis-620": "cp874",
}  # fmt: skip
_SIGNS = "\xa0“”„‘’‚«»–—…•°§€£©®²³½×¿¡"
_SAMPLE = 32_768  # bytes that are judged
_SWITCHING = (("iso2022_jp_2",), ("iso2022_kr",))
_NO_TEXT = re.compile("[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f\ufffd\ufffe\uffff]")
_HIGH = re.compile(rb"[\x80-\xff]+")
_WRITTEN = re.compile(
    "[\\s!-~\xa0-\u024f\u0370-\u058f\u05d0-\u06ff\u0e00-\u0e5b\u2010-\u203a\u3000-\u30ff"
    "\u4e00-\u9fff\uac00-\ud7a3\uff01-\uffee]"
)


def decoded(raw: bytes, told: str = "") -> str:
    r"""The text of a file, its line ends as "\n". Raises DocumentError where it is none.

    ``told`` is the encoding that a page or a mail tells ("gb2312"); it counts unless the bytes say
    otherwise.

    >>> decoded("Caf\xe9\r\n".encode("utf-16")), decoded(b"Zeitgem\xe4\xdfe Stra\xdfen")
    ('Café\n', 'Zeitgemäße Straßen')
    >>> decoded(b"\xd6\xd0", "gb2312"), decoded("中".encode(), "gb2312")
    ('中', '中')
    """
    text = _text(raw, told)
    if 50 * len(_NO_TEXT.findall(text[:_SAMPLE])) > min(len(text), _SAMPLE):
        raise DocumentError("is not a text: it holds binary data")
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _text(raw: bytes, told: str) -> str:
    for mark, encoding in _MARKS:
        if raw.startswith(mark):
            return raw[len(mark) :].decode(encoding, "replace")
    if b"\0" in raw and (wide := _wide(raw)):
        return wide
    if b"\x1b$" in raw and (switching := _first(raw, _SWITCHING[b"\x1b$)C" in raw])):
        return switching
    raw = raw.rstrip(b"\0\x1a")  # what old programs fill the end of a file with
    if b"\0" in raw:
        raise DocumentError("is not a text: it holds binary data")
    return _first(raw, ("utf-8",)) or _as_told(raw, told) or _utf8(raw) or _legacy(raw)


def _as_told(raw: bytes, told: str) -> str:
    """The text in the encoding that is told, a few bad bytes of it replaced; "" where it is not."""
    try:
        encoding = codecs.lookup(told).name
        text = raw.decode(_MEANT.get(encoding, encoding), "replace")
    except (LookupError, ValueError):
        return ""
    beyond = len(text) - len(text.encode("ascii", "ignore"))
    return text if 50 * text.count("\ufffd") <= beyond else ""


def _wide(raw: bytes) -> str:
    """The text of UTF-16 without a mark, or "" where it is none."""
    even = raw[: len(raw) // 2 * 2]
    for encoding in ("utf-16-le", "utf-16-be"):
        text = _first(even, (encoding,))
        judged = text[:_SAMPLE]
        if judged and "\0" not in text and len(_WRITTEN.findall(judged)) >= 0.98 * len(judged):
            return text
    return ""


def _utf8(raw: bytes) -> str:
    """The text of UTF-8 with a few bad bytes, those replaced; "" where it is another encoding's."""
    text = raw.decode("utf-8", "replace")
    bad = text.count("\ufffd") - raw.count("\ufffd".encode())
    good = len(text) - len(text.encode("ascii", "ignore")) - text.count("\ufffd")
    return text if good > 4 * bad else ""


def _legacy(raw: bytes) -> str:
    from charset_normalizer import from_bytes  # a tenth of a second that Unicode does not need

    sample = _telling(raw)
    possible = [name for name in _possible(sample) if _fits(raw, name)]
    if possible:
        found = from_bytes(
            sample,
            threshold=0.4,
            cp_isolation=possible,
            enable_fallback=False,
            preemptive_behaviour=False,
        )
        if best := _best([(m.encoding, m.chaos, m.coherence) for m in found]):
            return raw.decode(best)
    if 2 * sum(map(len, _HIGH.findall(sample))) > len(sample):
        raise DocumentError("is not a text: it is in no known encoding; save it as UTF-8")
    return raw.decode(max(_LATIN, key=lambda name: _native(sample, name)), "replace")


def _telling(raw: bytes) -> bytes:
    """The lines that hold more than ASCII, as many as need be judged."""
    sample, length = [], 0
    for line in raw.splitlines():
        if not line.isascii():
            sample.append(line)
            length += len(line)
        if length > _SAMPLE:
            break
    joined = b"\n".join(sample)
    cut = max(joined.rfind(b" ", 0, _SAMPLE), joined.rfind(b"\n", 0, _SAMPLE))
    return joined[:cut] if length > _SAMPLE and cut > 0 else joined


def _possible(sample: bytes) -> tuple[str, ...]:
    """The encodings whose letters could lie among ASCII as these bytes do."""
    runs = _HIGH.findall(sample)
    high = sum(map(len, runs))
    if 2 * high > len(sample.replace(b" ", b"")):
        return (*_EAST_ASIAN, *_OTHER_ALPHABETS)
    if 10 * sum(len(run) == 1 for run in runs) > 9 * len(runs):
        return _LATIN
    return _USUAL


def _fits(raw: bytes, encoding: str) -> bool:
    """Whether the encoding holds for all bytes, and they are not what another's often look like."""
    text = _first(raw, (encoding,))[:_SAMPLE]
    narrow = sum("\uff61" <= sign <= "\uff9f" for sign in text)
    return bool(text) and 2 * narrow <= sum(sign > "\x7f" for sign in text)


def _best(matches: list[tuple[str, float, float]]) -> str:
    """The encoding of the (encoding, mess, coherence) found; "" where that is a Latin one."""
    least = min((mess for _, mess, _ in matches), default=0.0)
    near = {name: coherence for name, mess, coherence in matches if mess <= least + 0.02}
    most = max(near.values(), default=0.0)
    usual = sorted((name for name in near if near[name] >= most - 0.1), key=_USUAL.index)
    if not usual or usual[0] in _LATIN:
        return ""
    return usual[0] if usual[0] in _EAST_ASIAN else max(usual, key=near.__getitem__)


def _native(sample: bytes, encoding: str) -> int:
    """How many letters beyond ASCII belong to the one language that has most of them."""
    beyond = Counter(sign for sign in sample.decode(encoding, "replace").lower() if sign > "\x7f")
    signs = sum(beyond[sign] for sign in _SIGNS)
    return signs + max(sum(beyond[a] for a in alphabet) for alphabet in _ALPHABETS[encoding])


def _first(raw: bytes, encodings: Iterable[str]) -> str:
    """The text in the first encoding that holds for all bytes; "" where none does."""
    for encoding in encodings:
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    return ""
