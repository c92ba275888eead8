"""The text of files whose encoding nobody tells."""

import contextlib
import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from innoqa.adapters.encodings import decoded
from innoqa.errors import DocumentError

CHINESE = (
    "2010年，这个科技园有四百家企业；十年以后增加到两千家。市政府认为，创新需要大学、资金和人才。\n"
    "高新技术产业的产值每年增长百分之十二，居民的收入也提高了。"
)
TAIWANESE = (
    "這座科學園區設立於民國六十九年，目前約有五百家廠商進駐。半導體、電腦及通訊產業最為重要。\n"
    "園區的營業額逐年增加，就業人數超過十五萬人。"
)
JAPANESE = (
    "この研究都市は1963年に計画され、今では多くの企業と大学があります。\n"
    "人口は二十万人を超え、研究者の数も年々増えています。"
)
KOREAN = (
    "이 과학 도시는 1973년에 계획되었으며, 지금은 많은 기업과 대학이 있습니다.\n"
    "인구는 이십만 명을 넘었고 연구원의 수도 해마다 늘고 있습니다."
)
RUSSIAN = (
    "В 2010 году в технопарке работало четыреста компаний, а через десять лет - две тысячи.\n"
    "Город считает, что для новых идей нужны университеты, деньги и люди."
)
FRENCH = (
    "En 2010, le technopôle comptait quatre cents sociétés ; dix ans après, deux mille.\n"
    "La mairie répète que l’innovation naît là où l’université, l’argent et les idées se mêlent."
)
GERMAN = (
    "Über vierhundert Firmen zählte der Park 2010, zehn Jahre später waren es zweitausend.\n"
    "Die Stadt führt das auf Hochschulen, Geld und große Offenheit zurück."
)
SPANISH = (
    "En 2010 había cuatrocientas compañías; diez años después, más de dos mil.\n¿Por qué creció?"
)
POLISH = (
    "W roku 2010 działało tu czterysta firm, dziesięć lat później już dwa tysiące. Dlaczego tak?"
)
CZECH = "V roce 2010 zde působilo čtyři sta firem, o deset let později už více než dva tisíce."
TURKISH = (
    "2010 yılında dört yüz şirket vardı; on yıl sonra bu sayı iki bini aştı. Çünkü şehir değişti."
)
GREEK = "Το 2010 υπήρχαν τετρακόσιες εταιρείες· δέκα χρόνια αργότερα ήταν δύο χιλιάδες."

WRITTEN = [
    *((CHINESE, e) for e in ("gb18030", "utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-32")),
    (TAIWANESE, "big5"),
    *((JAPANESE, e) for e in ("cp932", "euc_jp", "iso2022_jp")),
    *((KOREAN, e) for e in ("cp949", "iso2022_kr")),
    *((RUSSIAN, e) for e in ("cp1251", "koi8_r", "cp866", "utf-16-be")),
    (FRENCH, "cp1252"),
    (GERMAN, "cp1252"),
    (SPANISH, "cp1252"),
    *((POLISH, e) for e in ("cp1250", "iso8859_2")),
    (CZECH, "cp1250"),
    (TURKISH, "cp1254"),
    (GREEK, "cp1253"),
]


@pytest.mark.parametrize(("text", "encoding"), WRITTEN, ids=[e for _, e in WRITTEN])
@pytest.mark.parametrize("length", [60, 200, 5000])
def test_a_text_is_read_in_the_encoding_that_it_was_written_in(text, encoding, length):
    text = "\n".join([text] * (length // len(text) + 1))[:length]
    assert decoded(text.encode(encoding)) == text


def test_the_line_ends_of_every_system_are_one_sign_and_the_mark_is_no_part_of_the_text():
    assert decoded(b"\xef\xbb\xbfone\r\ntwo\rthree\n") == "one\ntwo\nthree\n"
    assert decoded("one\r\ntwo".encode("utf-16-le")) == "one\ntwo"
    assert decoded(b"") == ""


@pytest.mark.parametrize("cut", [1, 2])
def test_utf_8_that_breaks_off_within_a_character_is_still_utf_8(cut):
    raw = CHINESE.encode()[: -3 - cut]
    assert decoded(raw) == CHINESE[:-2] + "\ufffd"
    broken = GERMAN.encode().replace("ß".encode(), b"\xc3")
    assert decoded(broken) == GERMAN.replace("ß", "\ufffd")


def test_a_few_letters_among_much_ascii_are_enough():
    english = "The town had few firms in those years, and fewer still that sold abroad.\n" * 2000
    assert decoded((english + "Zürich, Malmö, Besançon").encode("cp1252")).endswith("Besançon")
    assert decoded((english + CHINESE).encode("gb18030")).endswith(CHINESE)


def test_what_old_programs_fill_a_file_with_is_left_out():
    assert decoded(b"Firms grew.\r\n\x1a\0\0\0") == "Firms grew.\n"


@pytest.mark.parametrize(
    "raw",
    [
        b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\1\0",
        b"PK\3\4\x14\0\0\0\x08\0" + bytes(range(256)),
        bytes(range(1, 32)) * 20,
        b"\xff\xfe" + bytes(range(256)) * 4,
        random.Random(1).randbytes(4000),
        random.Random(2).randbytes(4000).replace(b"\0", b""),
    ],
)
def test_binary_data_is_not_a_text(raw):
    with pytest.raises(DocumentError, match=r"^is not a text: "):
        decoded(raw)


@given(st.binary(max_size=80))
@settings(max_examples=50, deadline=None)
def test_any_bytes_are_a_text_or_a_clear_error(raw):
    with contextlib.suppress(DocumentError):
        assert "\r" not in decoded(raw)


@given(st.text(st.characters(exclude_categories=["C"]), min_size=1, max_size=60))
@settings(max_examples=50)
def test_unicode_is_read_as_it_was_written(text):
    assert decoded(text.encode("utf-8")) == text
    assert decoded(text.encode("utf-16")) == text
