"""E-mails as mail programs write them, and as they come damaged."""

import base64
import contextlib
import random
from email.message import EmailMessage
from email.policy import SMTP

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from innoqa.adapters.email_message import attachments, messages, read_email
from innoqa.adapters.encodings import decoded
from innoqa.adapters.web_page import read_web_page
from innoqa.errors import DocumentError
from innoqa.metadata import Metadata

HEAD = (
    "Subject: Figures\r\nFrom: Kari Nordmann <kari@fjord.no>\r\nTo: Ola <ola@example.org>\r\n"
    "Date: Fri, 17 May 2024 09:12:00 +0200\r\nMIME-Version: 1.0\r\n"
)
ENVELOPE = (
    "# Figures\n\nFrom: Kari Nordmann \\<kari@fjord.no>; To: Ola \\<ola@example.org>; "
    "Date: 2024-05-17 09:12\n\n"
)


def page(raw):
    return read_web_page(raw, decoded)


def read(raw):
    """The mail's Markdown below its subject and its line of names."""
    made = read_email(raw if isinstance(raw, bytes) else raw.encode(), page, decoded)
    assert made.markdown.startswith(ENVELOPE)
    return made.markdown.removeprefix(ENVELOPE).rstrip()


def attached(raw):
    return list(attachments(raw if isinstance(raw, bytes) else raw.encode(), decoded))


def plain(text, kind="text/plain; charset=utf-8"):
    return f"{HEAD}Content-Type: {kind}\r\n\r\n{text}"


def mail(text="Hello.", subject="Figures"):
    message = EmailMessage()
    message["Subject"], message["From"] = subject, "Kari Nordmann <kari@fjord.no>"
    message["To"], message["Date"] = "Ola <ola@example.org>", "Fri, 17 May 2024 09:12:00 +0200"
    message.set_content(text)
    return message


def test_what_a_mail_says_of_itself_is_read():
    raw = (
        "Subject: =?utf-8?Q?Caf=C3=A9?=\r\n =?utf-8?B?IOS4rQ==?= and =?gb2312?B?1tA=?=\r\n"
        'From: "=?utf-8?Q?Nordmann=2C_K=C3=A5ri?=" <kari@fjord.no>\r\nTo: a@b.no, C D <c@d.no>\r\n'
        "Cc: =?iso-8859-1?Q?=D8stby?= <e@f.no>\r\nDate: 17 May 2024 09:12 GMT\r\n"
        "Content-Language: nb-NO, en\r\n\r\nHello."
    )
    made = read_email(raw.encode(), page, decoded)
    assert made.metadata == Metadata("Café 中 and 中", ("Nordmann, Kåri",), "2024-05-17", "nb-NO")
    assert made.markdown == (
        "# Café 中 and 中\n\nFrom: Nordmann, Kåri \\<kari@fjord.no>; To: a@b.no, C D \\<c@d.no>; "
        "Cc: Østby \\<e@f.no>; Date: 2024-05-17 09:12\n\nHello.\n\n"
    )


def test_headers_in_bytes_beyond_ascii_are_read():
    head = "Subject: 发展 =?utf-8?Q?=C3=A9?=\nFrom: 王伟 <w@x.cn>\n\n".encode("gb18030")
    made = read_email(head + "发展很快。".encode("gb18030"), page, decoded)
    assert made.metadata == Metadata("发展 é", ("王伟",))
    assert made.markdown.endswith("发展很快。\n\n")


def test_a_long_list_of_people_is_cut_to_the_first_of_them():
    raw = "From: a@b.no\nTo: " + ", ".join(f"p{n}@b.no" for n in range(50)) + "\n\nHello."
    assert "p19@b.no and 30 others" in read_email(raw.encode(), page, decoded).markdown


def test_lines_that_only_a_limit_of_width_parted_are_joined_and_others_kept():
    text = (
        "Dear Ola,\n\nthe number of firms rose to 2,412 in the first quarter of this year, which\n"
        "is more than we thought.\n\nKey points:\n- firms: 2,412\n- jobs: 31,000, of which more "
        "than four thousand are in\n  research\n1. land\n\nBest,\nKari\n-- \nHead of Analysis"
    )
    assert read(plain(text)).split("\n") == [
        "Dear Ola,",
        "",
        "the number of firms rose to 2,412 in the first quarter of this year, which is more than "
        "we thought.",
        "",
        "Key points:",
        "",
        "- firms: 2,412",
        "- jobs: 31,000, of which more than four thousand are in research",
        "1. land",
        "",
        "Best,",
        "",
        "Kari",
        "",
        "Head of Analysis",
    ]


def test_flowing_lines_are_joined_as_they_were_meant():
    text = "Short \nlines \nflow.\nNot this.\n> Quoted \n> too.\n-- \nKari"
    assert read(plain(text, "text/plain; format=flowed")) == (
        "Short lines flow.\n\nNot this.\n\n\\> Quoted too.\n\nKari"
    )
    chinese = plain("发展 \n很快。", "text/plain; charset=utf-8; format=flowed; delsp=yes")
    assert read(chinese) == "发展很快。"


def test_a_mail_that_is_quoted_at_the_end_stands_under_the_line_that_tells_whose_it_is():
    text = (
        "Yes, 400.\n\nOn Thu, 16 May 2024 at 10:00, Ola Hansen <ola@example.org>\nwrote:\n\n"
        "> How many firms?\n>\n> On Wed Per asked:\n>> All firms, please.\n"
    )
    assert read(plain(text)) == (
        "Yes, 400.\n\n## On Thu, 16 May 2024 at 10:00, Ola Hansen \\<ola@example.org> wrote\n\n"
        "How many firms?\n\n## On Wed Per asked\n\nAll firms, please."
    )


def test_quotes_between_answers_keep_their_sign_and_rules_with_words_are_headings():
    text = (
        "> How many firms?\nIt is 400.\n\n> And jobs?\n4,000.\n\n-----Original Message-----\nAll."
    )
    assert read(plain(text)) == (
        "\\> How many firms?\n\nIt is 400.\n\n\\> And jobs?\n\n4,000.\n\n"
        "## Original Message\n\nAll."
    )


TABLE = """<html><body><p>Dear Ola,</p><p>these are the figures of the quarter.</p><table>
<tr><th>Quarter</th><th>Firms</th></tr><tr><td>Q1 2024</td><td>2,412</td></tr></table></body>
</html>"""


def test_the_web_page_among_the_forms_is_read_for_its_tables():
    message = mail("Dear Ola,\n\nthese are the figures of the quarter.\n\nQ1 2024: 2,412\n")
    message.add_alternative(TABLE, subtype="html")
    assert read(message.as_bytes(policy=SMTP)) == (
        "Dear Ola,\n\nthese are the figures of the quarter.\n\n"
        "| Quarter | Firms |\n| --- | --- |\n| Q1 2024 | 2,412 |"
    )


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("<html><body></body></html>", "Dear Ola, all is said here."),
        ("<html><body><form>Dear Ola, all is said here.</form></body></html>", ""),
    ],
)
def test_no_words_are_lost_where_a_form_has_none_or_is_not_read_well(html, text):
    message = mail(text)
    message.add_alternative(html, subtype="html")
    assert read(message.as_bytes(policy=SMTP)) == "Dear Ola, all is said here."


def test_the_encoding_that_a_mail_tells_counts_for_its_page_and_wrong_ones_are_found_out():
    told = '<html><head><meta charset="utf-8"></head><body><p>Größe und Straße.</p></body></html>'
    head = f"{HEAD}Content-Type: text/html; charset=iso-8859-1\r\n\r\n".encode()
    assert read(head + told.encode("latin-1")) == "Größe und Straße."
    for charset in ("utf-8", "us-ascii", "x-unknown", "gb2312"):
        raw = plain("", f"text/plain; charset={charset}").encode() + "这个科技园发展很快。".encode(
            "gbk"
        )
        assert read(raw) == "这个科技园发展很快。"


def test_documents_that_are_attached_are_given_with_their_names():
    message = mail()
    word = {"maintype": "application", "subtype": "msword"}
    message.add_attachment(b"one", filename="Größe.doc", **word)
    message.add_attachment(b"two", filename="größe.doc", **word)
    message.add_attachment(b"three", filename="../a/.b\x07.doc", **word)
    message.add_attachment(b"four", maintype="application", subtype="pdf")
    message.add_attachment("five", filename="notes.txt")
    message.add_attachment(b"png", maintype="image", subtype="png", filename="logo.png")
    message.add_attachment(b"sig", maintype="application", subtype="pkcs7-signature")
    message.add_attachment("BEGIN:VCARD", subtype="vcard", filename="kari.vcf")
    message.add_attachment(mail("Inner.", "Re: a/b"))
    raw = message.as_bytes(policy=SMTP)
    assert read(raw) == "Hello."
    found = attached(raw)
    assert [name for name, _ in found] == [
        "Größe.doc", "größe-2.doc", "a .b .doc", "attachment 4.pdf", "notes.txt", "Re a b.eml",
    ]  # fmt: skip
    assert [content for _, content in found[:4]] == [b"one", b"two", b"three", b"four"]
    inner = read_email(found[-1][1], page, decoded)
    assert inner.markdown.endswith("Inner.\n\n")


def test_a_mail_of_which_everything_is_attached_is_told():
    raw = b'From: a@b.no\nContent-Type: application/pdf; name="a.pdf"\n\n%PDF'
    with pytest.raises(DocumentError, match=r"^has no text; what is attached is read by itself$"):
        read_email(raw, page, decoded)
    assert attached(raw) == [("a.pdf", b"%PDF")]


PROSE = "Oslo has grown a great deal in these years, and the docks have become a town."


def saved(*parts, head="From: <Saved by Blink>\r\nSnapshot-Content-Location: http://x/\r\n"):
    lines = "".join(
        f"--b\r\nContent-Type: {kind}\r\nContent-Transfer-Encoding: base64\r\n\r\n"
        f"{base64.b64encode(content).decode()}\r\n"
        for kind, content in parts
    )
    kind = 'multipart/related; type="text/html"; boundary="b"'
    return (
        f"{head}Subject: =?utf-8?Q?Fjord?=\r\nContent-Type: {kind}\r\n\r\n{lines}--b--\r\n".encode()
    )


def test_a_page_saved_as_mhtml_is_read_as_the_page():
    html = f"<html><body><h1>Fjord City</h1><p>{PROSE}</p><h2>A</h2><p>{PROSE}</p></body></html>"
    raw = saved(("text/html", html.encode()), ("image/png", b"png"), ("text/css", b"a{}"))
    made = read_email(raw, page, decoded)
    assert made.markdown == f"# Fjord City\n\n{PROSE}\n\n## A\n\n{PROSE}"
    assert made.metadata.title == "Fjord City"
    assert attached(raw) == []


def test_the_pages_in_the_frames_of_a_saved_page_are_read_one_after_the_other():
    frames = b"<html><frameset><frame src='a'><frame src='b'></frameset></html>"
    inner = [f"<html><body><p>{PROSE} {n}</p></body></html>".encode() for n in (1, 2)]
    raw = saved(*(("text/html", content) for content in (frames, *inner)), head="")
    assert read_email(raw, page, decoded).markdown == f"{PROSE} 1\n\n{PROSE} 2"
    with pytest.raises(DocumentError, match=r"^only frames other pages"):
        read_email(saved(("text/html", frames)), page, decoded)


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        (b"", "is no e-mail"),
        (b"\x89PNG\r\n\x1a\n", "is no e-mail"),
        (b"Hello there\n\nSubject: x", "is no e-mail"),
        (b"From: a@b.no\n\n", "has no text"),
        (plain("x", "multipart/encrypted; boundary=b").encode(), "is encrypted"),
        (plain("x", "application/pkcs7-mime; smime-type=enveloped-data").encode(), "is encrypted"),
        (plain("-----BEGIN PGP MESSAGE-----\n\nhQEM").encode(), "is encrypted (PGP)"),
    ],
)
def test_what_is_no_mail_that_can_be_read_is_told(raw, reason):
    with pytest.raises(DocumentError) as told:
        read_email(raw, page, decoded)
    assert str(told.value).startswith(reason)


def test_a_signed_mail_is_read_without_its_signature():
    signed = (
        "-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA256\n\nIt is 400.\n"
        "-----BEGIN PGP SIGNATURE-----\n\niQEz\n-----END PGP SIGNATURE-----\n"
    )
    assert read(plain(signed)) == "It is 400."


def test_parts_without_end_or_boundary_in_one_another_and_long_headers_are_no_hindrance():
    open_ended = f"{HEAD}Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\nIt is 400.\r\n"
    assert read(open_ended) == "It is 400."
    assert read(plain("It is 400.", "multipart/mixed")) == "It is 400."
    deep = HEAD + "".join(
        f"Content-Type: multipart/mixed; boundary=b{n}\r\n\r\n--b{n}\r\n" for n in range(1500)
    )
    with pytest.raises(DocumentError, match=r"^holds mails too deep in one another$"):
        read_email(deep.encode(), page, decoded)
    huge = f"{HEAD}Cc: {'a@b.no, ' * 100_000}\r\nX: {'=?utf-8?Q?' * 50_000}\r\n\r\nIt is 400."
    assert read_email(huge.encode(), page, decoded).markdown.endswith("It is 400.\n\n")
    quotes = "".join(f"{'>' * n} All.\n" for n in range(1, 300))
    assert "All." in read(plain(quotes))


def test_the_mails_of_a_mailbox_are_told_apart():
    raw = (
        b"From a@b.no Fri May 17 09:12:00 2024\nSubject: One\n\nFirst.\n>From here on.\nFrom me."
        b"\n\nFrom MAILER Fri May 17 09:12:00 2024\r\nSubject: Two\r\n\r\nSecond.\r\n"
    )
    assert list(messages(raw)) == [
        b"Subject: One\n\nFirst.\nFrom here on.\nFrom me.\n\n",
        b"Subject: Two\r\n\r\nSecond.\r\n",
    ]
    assert list(messages(b"Subject: One\n\nFirst.")) == []


def seed():
    message = mail("Dear Ola,\n\n> How?\nSo:\n- a\n- b\n")
    message.add_alternative(TABLE, subtype="html")
    message.add_attachment(b"one", maintype="application", subtype="pdf", filename="Größe.pdf")
    message.add_attachment(mail("Inner."))
    return message.as_bytes(policy=SMTP)


def test_damage_anywhere_gives_a_text_or_a_clear_error():
    chance = random.Random(4)
    for _ in range(40):
        raw = bytearray(seed())
        for _ in range(chance.choice([1, 5, 50])):
            raw[chance.randrange(len(raw))] = chance.randrange(256)
        with contextlib.suppress(DocumentError):
            assert read_email(bytes(raw), page, decoded).markdown
        assert all(name and isinstance(content, bytes) for name, content in attached(bytes(raw)))


@given(st.text(max_size=80))
@settings(max_examples=30, deadline=None)
def test_any_words_in_a_header_are_read(words):
    raw = f"Subject: {words}\nFrom: {words}\nDate: {words}\nContent-Type: {words}\n\nIt is 400."
    with contextlib.suppress(DocumentError):
        assert read_email(raw.encode(), page, decoded).markdown
