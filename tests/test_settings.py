"""Settings come from the environment, and one that cannot be used is told."""

from pathlib import Path

import pytest

from innoqa.errors import SettingError
from innoqa.settings import Settings


def test_an_empty_environment_gives_the_defaults():
    assert Settings.from_environment({}) == Settings()
    assert Settings.from_environment({"INNOQA_SOURCES": "  "}) == Settings()


def test_each_setting_is_read_in_its_own_type():
    settings = Settings.from_environment(
        {
            "INNOQA_INDEX": "elsewhere/index",
            "INNOQA_EMBEDDER": "models/mine",
            "INNOQA_DTYPE": "float32",
            "INNOQA_PASSAGE_TOKENS": " 96 ",
            "INNOQA_SOURCES": "3",
            "INNOQA_READER": "No",
            "INNOQA_RISK": "0.1",
            "INNOQA_CONVERSATIONS": "kept/chats.sqlite",
            "INNOQA_READ_SECONDS": "60",
            "INNOQA_CHROMA": "https://vectors.example/chroma",
            "INNOQA_CHROMA_TOKEN": "s3cret",
            "INNOQA_CHROMA_CA": "ca.pem",
            "HOME": "/not/ours",
        }
    )
    assert settings == Settings(
        Path("elsewhere/index"),
        "models/mine",
        "float32",
        96,
        3,
        False,
        0.1,
        Path("kept/chats.sqlite"),
        read_seconds=60,
        chroma="https://vectors.example/chroma",
        chroma_token="s3cret",
        chroma_ca="ca.pem",
    )


def test_the_process_environment_is_read_where_no_other_is_given(monkeypatch):
    monkeypatch.setenv("INNOQA_SOURCES", "7")
    assert Settings.from_environment().sources == 7


def test_a_misspelt_setting_is_refused_with_the_list_of_settings():
    with pytest.raises(SettingError, match=r"INNOQA_SOURCE is not a setting.*INNOQA_SOURCES"):
        Settings.from_environment({"INNOQA_SOURCE": "3"})


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("INNOQA_SOURCES", "many", "INNOQA_SOURCES is 'many'; it must be a whole number"),
        ("INNOQA_SOURCES", "0", "INNOQA_SOURCES is 0; it must lie between 1 and 50"),
        ("INNOQA_SOURCES", "51", "between 1 and 50"),
        ("INNOQA_PASSAGE_TOKENS", "31", "INNOQA_PASSAGE_TOKENS is 31"),
        ("INNOQA_SOURCES", "1.5", "INNOQA_SOURCES is '1.5'"),
        ("INNOQA_DTYPE", "int8", "INNOQA_DTYPE is 'int8'; it must be auto, float32 or bfloat16"),
    ],
)
def test_a_value_that_cannot_be_used_is_refused_by_the_name_of_its_setting(name, text, message):
    with pytest.raises(SettingError, match=message):
        Settings.from_environment({name: text})


@pytest.mark.parametrize("sources", [1, 50])
def test_the_ends_of_a_range_belong_to_it(sources):
    assert Settings(sources=sources).sources == sources


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("READER", "maybe", "it must be yes or no"),
        ("RISK", "some", "it must be a number"),
        ("RISK", "0", "it must lie between 0 and 1"),
        ("RISK", "5", "it must lie between 0 and 1"),
        ("RISK", "nan", "it must lie between 0 and 1"),
    ],
)
def test_a_reader_or_risk_that_cannot_be_used_is_told_by_name(name, value, message):
    with pytest.raises(SettingError, match=rf"INNOQA_{name} is .*{message}"):
        Settings.from_environment({f"INNOQA_{name}": value})


@pytest.mark.parametrize(
    "address",
    ["http://localhost:8000", "https://vectors.example", "http://[::1]:8000/chroma/"],
)
def test_a_chroma_server_is_named_by_its_address(address):
    assert Settings(chroma=address).chroma == address


@pytest.mark.parametrize(
    "address",
    ["localhost:8000", "localhost", "ftp://host", "http://", "http://host:x", "http://host:0"],
)
def test_what_is_no_address_of_a_server_is_told(address):
    with pytest.raises(SettingError, match=r"INNOQA_CHROMA must be an address such as http://"):
        Settings(chroma=address)


@pytest.mark.parametrize("secret", ["http://me:s3cret@host", "http://host?token=s3cret"])
def test_a_secret_does_not_belong_into_an_address_and_is_not_repeated(secret):
    with pytest.raises(SettingError, match=r"belongs into INNOQA_CHROMA_TOKEN") as raised:
        Settings(chroma=secret)
    assert "s3cret" not in str(raised.value)
    with pytest.raises(SettingError, match=r"MODEL_URL .* such as OPENAI_API_KEY") as raised:
        Settings(model="openai:test", model_url=secret)
    assert "s3cret" not in str(raised.value)


@pytest.mark.parametrize("model", ["llama3.2", "ollama:", "Ollama llama", ":llama", "ollama:a b"])
def test_a_chat_model_is_named_with_its_provider(model):
    with pytest.raises(SettingError, match=r"INNOQA_MODEL is .* must be PROVIDER:NAME"):
        Settings(model=model)


def test_what_becomes_of_unproved_sentences_is_one_of_two():
    assert Settings(unproved="struck").unproved == "struck"
    with pytest.raises(SettingError, match=r"INNOQA_UNPROVED .* out or struck"):
        Settings(unproved="shown")


def test_a_token_is_never_shown():
    assert "s3cret" not in repr(Settings(chroma_token="s3cret"))
    with pytest.raises(SettingError, match=r"INNOQA_CHROMA_TOKEN has signs") as raised:
        Settings(chroma_token="s3cret\nvon")
    assert "s3cret" not in str(raised.value)
