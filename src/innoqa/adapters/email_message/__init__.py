"""E-mails (RFC 5322), saved web pages (MHTML) and mailboxes, by the standard library's parser.

The parser's oldest policy is used: it takes headers as they come, where the newer one reads each
by a grammar, which damaged headers break and long ones slow down.
"""

import re
from collections.abc import Callable, Iterator
from datetime import datetime
from email.message import Message
from email.utils import parsedate_to_datetime

from innoqa.adapters.email_message.headers import Decode, header, people
from innoqa.adapters.email_message.parts import Parts, file_name, opened
from innoqa.adapters.email_message.plain import as_lines, as_markdown
from innoqa.errors import DocumentError
from innoqa.markup import Converted, MarkdownWriter, one_line
from innoqa.metadata import Metadata, language_tag

ReadPage = Callable[[bytes], Converted]

_MOST_NAMED = 20  # people in the line that says to whom a mail went
_FROM = re.compile(rb"^From \S[^\r\n]*\d\d:\d\d[^\r\n]*\r?\n(?=[!-9;-~]+:)", re.MULTILINE)
_QUOTED_FROM = re.compile(rb"^>(>*From )", re.MULTILINE)
_KEPT = 0.6  # of its words that a reading of HTML must keep
_WORD = re.compile(r"\w+")


def read_email(raw: bytes, html: ReadPage, decode: Decode) -> Converted:
    """The text of a mail, or of the page that an MHTML file holds, without what is attached.

    ``html`` reads a web page, ``decode`` makes a text of bytes and the name of an encoding, or "".
    Raises DocumentError, in words that go on after the name of the file, where there is no text.
    """
    message = opened(raw)
    parts = Parts(message, decode)
    if parts.is_page:
        return _page(message, parts, html, decode)
    writer = MarkdownWriter()
    subject = header(message, "subject", decode)
    authors = people(message, ("from",), decode) or people(message, ("sender",), decode)
    sent = _sent(message)
    writer.heading(subject)
    writer.paragraph(_envelope(message, sent, decode))
    read = [_body(forms, parts, html) for forms in parts.bodies]
    if not subject and not any(made.markdown.strip() for made in read):
        attached = "; what is attached is read by itself" * parts.attaches
        raise DocumentError(f"has no text{attached}")
    metadata = Metadata(
        title=subject,
        authors=tuple(name or address for name, address in authors),
        date=f"{sent:%Y-%m-%d}" if sent else "",
        language=language_tag(header(message, "content-language", decode).partition(",")[0]),
    )
    markdown = writer.text + "".join(f"{made.markdown.strip()}\n\n" for made in read)
    return Converted(markdown, metadata, gaps=tuple(gap for made in read for gap in made.gaps))


def attachments(raw: bytes, decode: Decode) -> Iterator[tuple[str, bytes]]:
    """(file name, content) of what is attached to a mail: no pictures, sounds or signatures.

    Mails in a mail are named ``<subject>.eml``. Nothing is attached to a page saved as MHTML, nor
    to what cannot be read.
    """
    try:
        parts = Parts(opened(raw), decode)
    except DocumentError:
        return
    if parts.is_page:
        return
    taken: set[str] = set()
    for part, content in parts.attached():
        name = file_name(part, decode, len(taken) + 1)
        stem, dot, ending = name.rpartition(".")
        number = 2
        while name.lower() in taken:
            name = f"{stem or ending}-{number}{dot}{ending if stem else ''}"
            number += 1
        taken.add(name.lower())
        yield name, content


def messages(raw: bytes) -> Iterator[bytes]:
    """The mails in a mailbox (mbox), in their order."""
    found = list(_FROM.finditer(raw))
    ends = [start.start() for start in found[1:]] + [len(raw)]
    for start, end in zip(found, ends, strict=False):
        yield _QUOTED_FROM.sub(rb"\1", raw[start.end() : end])


def _page(message: Message, parts: Parts, html: ReadPage, decode: Decode) -> Converted:
    """The page that an MHTML file holds: its first document, or all where that is only a frame."""
    read: list[Converted] = []
    why = "holds no web page"
    for page in parts.pages:
        try:
            read.append(html(parts.page(page)))
        except DocumentError as error:
            why = str(error)
        if read and page is parts.pages[0]:
            break
    if not read:
        raise DocumentError(why)
    first = read[0].metadata
    metadata = Metadata(
        first.title or header(message, "subject", decode), first.authors, first.date, first.language
    )
    markdown = "\n\n".join(page.markdown.strip() for page in read)
    return Converted(markdown, metadata, gaps=tuple(g for page in read for g in page.gaps))


def _envelope(message: Message, sent: datetime | None, decode: Decode) -> str:
    """Who wrote to whom, and when, on one line."""
    said = []
    for name, words in (("from", "From"), ("to", "To"), ("cc", "Cc")):
        named = [
            f"{name} <{address}>" if name and address else name or address
            for name, address in people(message, (name,), decode)
        ]
        if named:
            more = len(named) - _MOST_NAMED
            others = f" and {more} others" if more > 0 else ""
            said.append(f"{words}: {', '.join(named[:_MOST_NAMED])}{others}")
    if sent:
        said.append(f"Date: {sent:%Y-%m-%d %H:%M}")
    return "; ".join(said)


def _sent(message: Message) -> datetime | None:
    try:
        sent = parsedate_to_datetime(one_line(str(message.get("date", ""))[:100]))
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    return sent if 1970 <= sent.year < 2100 else None


def _body(forms: list[Message], parts: Parts, html: ReadPage) -> Converted:
    """The better of the forms in which one part of a mail is given.

    That is the web page, for its tables and headings, unless words of it are lost in the reading.
    """
    plain = [parts.plain(p) for p in forms if p.get_content_type() != "text/html"]
    words = max(plain, key=_length, default="")
    if words.lstrip().startswith("-----BEGIN PGP MESSAGE-----"):
        raise DocumentError("is encrypted (PGP); save it decrypted")
    for part in (p for p in forms if p.get_content_type() == "text/html"):
        lines = as_lines(parts.text(part))
        wanted = min(filter(None, (_length(words), _length(lines))), default=0)
        try:
            page = html(parts.page(part))
        except DocumentError:
            page = Converted("")
        if wanted and _length(page.markdown) >= _KEPT * wanted:
            return page
        words = words if words.strip() else lines
    return Converted(as_markdown(words))


def _length(words: str) -> int:
    return len(_WORD.findall(words))
