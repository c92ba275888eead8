"""What a mail is made of: its bodies, each in one or several forms, and what is attached to it."""

import mimetypes
import re
from collections.abc import Callable, Iterator
from email import message_from_bytes
from email.errors import MessageError
from email.message import Message
from email.policy import compat32
from functools import partial
from typing import Any

from innoqa.adapters.email_message.headers import Decode, decoded_words, header
from innoqa.adapters.email_message.plain import unflowed, unsigned
from innoqa.errors import DocumentError

_MOST_PARTS = 5_000
_HEADER = re.compile(rb"(?:[!-9;-~]+[ \t]*:|From \S)")  # the second begins a mail of a mailbox
_SIGNATURES = frozenset({"application/pgp-signature", "application/pkcs7-signature",
                         "application/x-pkcs7-signature", "application/pgp-keys"})  # fmt: skip
_SEALED = frozenset({"application/pkcs7-mime", "application/x-pkcs7-mime"})
_NO_DOCUMENTS = ("image", "audio", "video", "font")
_NO_DOCUMENT_TYPES = frozenset({"text/calendar", "text/vcard", "text/x-vcard", "text/css",
                                "message/delivery-status", "text/rfc822-headers",
                                "application/pgp-encrypted", "application/ms-tnef"})  # fmt: skip
_NO_DOCUMENT_ENDINGS = (".ics", ".vcf", ".asc", ".sig", ".p7s", ".p7m", ".p7c")
_SEPARATORS = re.compile(r"[\x00-\x1f\x7f/\\:*?\"<>|\s]+")
# What the parser lets out of its hands on damaged mails.
_FAULTS = (MessageError, ValueError, TypeError, AttributeError, LookupError)


def opened(raw: bytes) -> Message:
    """The mail that the bytes of a file are. Raises DocumentError where they are none."""
    raw = raw.removeprefix(b"\xef\xbb\xbf").lstrip(b"\r\n")
    if not _HEADER.match(raw):
        raise DocumentError("is no e-mail, or a damaged one (it does not begin with headers)")
    try:
        return message_from_bytes(raw, policy=compat32)
    except RecursionError:
        raise DocumentError("holds mails too deep in one another") from None
    except _FAULTS as error:
        raise DocumentError(f"is a damaged e-mail ({error})") from None


class Parts:
    """The parts of a mail, told apart. Raises DocumentError where they are encrypted.

    ``bodies`` are what is read as the mail's own text, each as the forms among which to choose.
    """

    def __init__(self, message: Message, decode: Decode) -> None:
        self.decode = decode
        self.bodies: list[list[Message]] = []
        self._attached: list[Message] = []
        self._left = _MOST_PARTS
        sender = header(message, "from", decode)
        root = _type(message) in ("multipart/related", "text/html")
        sent = any(message[name] for name in ("to", "cc", "received", "delivered-to"))
        saved = bool(message["snapshot-content-location"]) or "saved by" in sender.lower()
        related = _type(message) == "multipart/related" and not sent
        self.is_page = (root and saved) or related
        self.pages = (
            [p for p in _leaves(message) if _type(p) == "text/html"] if self.is_page else []
        )
        self._tell_apart(message)

    @property
    def attaches(self) -> bool:
        """Whether anything is attached."""
        return bool(self._attached)

    def text(self, part: Message) -> str:
        """The words of a part; "" where they are none."""
        try:
            return self.decode(_content(part), _charset(part))
        except DocumentError:
            return ""

    def plain(self, part: Message) -> str:
        """The words of a part in plain text, as they were before they were put in lines."""
        words = unsigned(self.text(part))
        flow, delete = (
            str(_fault_free(partial(part.get_param, name)) or "").lower()
            for name in ("format", "delsp")
        )
        return unflowed(words, delete == "yes") if flow == "flowed" else words

    def page(self, part: Message) -> bytes:
        """A part in HTML, in UTF-8 with a mark where the mail tells its encoding."""
        if not _charset(part):
            return _content(part)
        return f"\ufeff{self.text(part)}".encode("utf-8", "replace")

    def attached(self) -> Iterator[tuple[Message, bytes]]:
        """Each part that is attached, with its content."""
        for part in self._attached:
            if _type(part) == "message/rfc822":
                content = b"".join(map(_whole, _children(part)[:1]))
            else:
                content = _content(part)
            if content:
                yield part, content

    def _tell_apart(self, part: Message) -> None:
        self._left -= 1
        if self._left < 0:
            raise DocumentError(f"has more than {_MOST_PARTS:,} parts")
        kind = _type(part)
        if kind == "multipart/encrypted" or kind in _SEALED:
            raise DocumentError("is encrypted or sealed (PGP or S/MIME); save it decrypted")
        if kind == "message/rfc822":
            self._attached.append(part)
        elif part.is_multipart():
            self._tell_apart_children(part, kind)
        elif _is_body(part, kind):
            self.bodies.append([part])
        elif _is_document(part, kind):
            self._attached.append(part)

    def _tell_apart_children(self, part: Message, kind: str) -> None:
        children = [p for p in _children(part) if _type(p) not in _SIGNATURES]
        if kind == "multipart/alternative":
            forms = [p for child in children for p in _forms(child)]
            if forms:
                self.bodies.append(forms)
            in_forms = set(map(id, forms))
            rest = [p for child in children for p in _leaves(child) if id(p) not in in_forms]
            self._attached += [p for p in rest if _is_document(p, _type(p)) and _named(p)]
        elif kind == "multipart/related":
            for number, child in enumerate(children):
                if number == 0 or _is_attached(child):
                    self._tell_apart(child)
        else:
            for child in children:
                self._tell_apart(child)


def _is_attached(part: Message) -> bool:
    """Whether a part says that it is no part of the words."""
    return (_fault_free(part.get_content_disposition) or "") == "attachment"


def file_name(part: Message, decode: Decode, number: int) -> str:
    """The name under which a part is attached, fit to be one; made up where there is none."""
    kind = _type(part)
    if kind == "message/rfc822":
        mail = next(iter(_children(part)), part)
        given, ending = header(mail, "subject", decode), ".eml"
    else:
        given = decoded_words(_named(part), decode)
        ending = "" if given else mimetypes.guess_extension(kind) or ""
    name = _SEPARATORS.sub(" ", given).strip(" .~$")[-150:].strip()
    return f"{name or f'attachment {number}'}{ending}"


def _forms(part: Message) -> Iterator[Message]:
    """The texts among which a mail program chooses, in a child of an alternative."""
    if part.is_multipart():
        children = _children(part)
        chosen = children[:1] if _type(part) == "multipart/related" else children
        for child in chosen:
            yield from _forms(child)
    elif _is_body(part, _type(part)):
        yield part


def _is_body(part: Message, kind: str) -> bool:
    if _is_attached(part) or _named(part):
        return False
    return kind in ("text/plain", "text/html", "text/markdown", "text/enriched") or (
        kind.startswith("multipart/")  # without the boundary that would tell its parts apart
    )


def _is_document(part: Message, kind: str) -> bool:
    name = _named(part).lower()
    if kind in _SIGNATURES or kind in _NO_DOCUMENT_TYPES or name.endswith(_NO_DOCUMENT_ENDINGS):
        return False
    return kind.partition("/")[0] not in _NO_DOCUMENTS


def _leaves(part: Message) -> Iterator[Message]:
    for child in _children(part):
        yield from _leaves(child)
    if not part.is_multipart():
        yield part


def _children(part: Message) -> list[Message]:
    payload = part.get_payload() if part.is_multipart() else []
    return [child for child in payload if isinstance(child, Message)]


def _named(part: Message) -> str:
    return str(_fault_free(part.get_filename) or "")


def _type(part: Message) -> str:
    return str(_fault_free(part.get_content_type) or "text/plain")


def _charset(part: Message) -> str:
    return str(_fault_free(part.get_content_charset) or "")


def _content(part: Message) -> bytes:
    content = _fault_free(lambda: part.get_payload(decode=True))
    return content if isinstance(content, bytes) else b""


def _whole(mail: Message) -> bytes:
    return bytes(_fault_free(mail.as_bytes) or b"")


def _fault_free(ask: Callable[[], Any]) -> Any:
    """What the parser answers; None where the part is too damaged for it."""
    try:
        return ask()
    except (*_FAULTS, RecursionError):
        return None
