"""Questions after others: what they are read as, and that those that stand alone are left alone."""

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from innoqa.domain import (
    Answer,
    Cell,
    Computation,
    Conversation,
    Observation,
    Period,
    Query,
    Statement,
    Turn,
    Unit,
)
from innoqa.follow_ups import Known, exchanges, resolve, told

pytest_plugins = ["tests.answering_fixtures"]

KNOWN = Known(
    places=frozenset(
        (
            "Beijing", "Shenzhen", "Haidian", "Zhongguancun", "Zhongguancun Science City",
            "Huairou Science City", "Future Science City", "Yizhuang (BDA)", "Inno Way",
        )
    ),
    indicators=frozenset(
        (
            "R&D intensity", "Unicorns", "Area", "GDP", "Industrial output", "Patents granted",
            "Patent applications", "Invention patent applications",
        )
    ),
)  # fmt: skip


def figure(question: str, indicator: str, entity: str, year: int = 2020) -> Turn:
    """A turn whose reply was read from a cell."""
    seen = Observation(
        indicator=indicator,
        entity=entity,
        period=Period(str(year), "year"),
        value=Decimal(7),
        printed="7",
        unit=Unit(""),
        qualifier="exact",
        source="",
        cell=Cell("t", 1, entity, None),
    )
    computation = Computation("lookup", "", "", Decimal(7), Unit(""), (seen,))
    said = (Statement(f"7 in {year}: {indicator}, {entity}.", ()),)
    return Turn(question, Query(question), (), Answer(said, 0.9, computation), "computed", 1.0)


def told_in(*statements: str, question: str) -> Conversation:
    """A conversation of one turn, with the statements of its reply."""
    said = tuple(Statement(text, ()) for text in statements)
    turn = Turn(question, Query(question), (), Answer(said, 0.9), "extractive", 1.0)
    return Conversation((turn,))


INTENSITY = figure("What was Beijing's R&D intensity in 2018?", "R&D intensity", "Beijing")
UNICORNS = figure("How many unicorns does Beijing have?", "Unicorns (Hurun)", "Beijing")
AREA = figure("How large is Huairou Science City?", "Area", "Huairou Science City")
GRANTED = figure(
    "How many patents were granted in Beijing in 2019?", "Patents granted", "Beijing"
)  # fmt: skip
OUTPUT = figure("What was the GDP of Yizhuang in 2019?", "GDP", "Yizhuang (BDA)")


def test_the_first_question_stands_alone() -> None:
    assert resolve("And in 2020?", Conversation()) == Query("And in 2020?")


@pytest.mark.parametrize(
    ("before", "question", "query"),
    [
        (INTENSITY, "And in 2020?", "What was Beijing's R&D intensity in 2020?"),
        (INTENSITY, "since 2015?", "What was Beijing's R&D intensity since 2015?"),
        (INTENSITY, "from 2015 to 2020", "What was Beijing's R&D intensity from 2015 to 2020?"),
        (INTENSITY, "and the year after", "What was Beijing's R&D intensity in 2019?"),
        (INTENSITY, "two years earlier?", "What was Beijing's R&D intensity in 2016?"),
        (INTENSITY, "What about now?", "What was Beijing's R&D intensity?"),
        (INTENSITY, "And Shenzhen?", "What was Shenzhen's R&D intensity in 2018?"),
        (INTENSITY, "how about shenzhen then", "What was shenzhen's R&D intensity in 2018?"),
        (INTENSITY, "And Shenzhen in 2020?", "What was Shenzhen's R&D intensity in 2020?"),
        (UNICORNS, "And in 2020?", "How many unicorns does Beijing have in 2020?"),
        (UNICORNS, "How about Zhongguancun?", "How many unicorns does Zhongguancun have?"),
        (UNICORNS, "and Chaoyang", "How many unicorns does Chaoyang have?"),
        (UNICORNS, "How many in Haidian?", "How many unicorns does Haidian have?"),
        (AREA, "And Future Science City?", "How large is Future Science City?"),
        (AREA, "in 2010?", "How large is Huairou Science City in 2010?"),
    ],
)
def test_a_time_or_place_alone_takes_the_place_of_the_last_one(
    before: Turn, question: str, query: str
) -> None:
    asked = resolve(question, Conversation((before,)), KNOWN)
    assert asked == Query(query, "follow-up")


@pytest.mark.parametrize(
    ("before", "question", "query"),
    [
        (UNICORNS, "And patents granted?", "How many patents granted does Beijing have?"),
        (GRANTED, "and applications?", "What were the patent applications of Beijing in 2019?"),
        (OUTPUT, "its industrial output?", "What was the industrial output of Yizhuang in 2019?"),
        (INTENSITY, "What about the GDP?", "What was Beijing's GDP in 2018?"),
    ],
)  # fmt: skip
def test_an_indicator_alone_takes_the_place_of_the_last_one(
    before: Turn, question: str, query: str
) -> None:
    asked = resolve(question, Conversation((before,)), KNOWN)
    assert asked == Query(query, "follow-up")


@pytest.mark.parametrize(
    ("before", "question", "query"),
    [
        (INTENSITY, "When was it highest?", "When was the R&D intensity of Beijing highest?"),
        (UNICORNS, "How did they change?", "How did the unicorns of Beijing change?"),
        (INTENSITY, "Show me the trend", "Show me the trend (R&D intensity of Beijing)?"),
        (
            INTENSITY,
            "Which year was the highest?",
            "Which year was the highest (R&D intensity of Beijing)?",
        ),
        (AREA, "And how many people work there?",
         "And how many people work in Huairou Science City?"),
        (AREA, "When was it approved?", "When was Huairou Science City approved?"),
    ],
)  # fmt: skip
def test_it_is_the_figure_where_it_moves_and_else_what_has_it(
    before: Turn, question: str, query: str
) -> None:
    asked = resolve(question, Conversation((before,)), KNOWN)
    assert asked == Query(query, "follow-up")


@pytest.mark.parametrize(
    ("before", "question", "query"),
    [
        (UNICORNS, "not Beijing, Shenzhen", "How many unicorns does Shenzhen have?"),
        (UNICORNS, "Shenzhen, not Beijing", "How many unicorns does Shenzhen have?"),
        (UNICORNS, "No, not Beijing but Haidian", "How many unicorns does Haidian have?"),
        (INTENSITY, "I mean in 2019", "What was Beijing's R&D intensity in 2019?"),
        (INTENSITY, "no, 2019", "What was Beijing's R&D intensity in 2019?"),
        (INTENSITY, "Sorry, I meant Shenzhen", "What was Shenzhen's R&D intensity in 2018?"),
        (INTENSITY, "i meant the GDP", "What was Beijing's GDP in 2018?"),
        (
            figure("How large is Zhongguancun?", "Area", "Zhongguancun"),
            "no, I meant the science city",
            "How large is Zhongguancun Science City?",
        ),
        (INTENSITY, "I meant how many unicorns it has", "How many unicorns it has?"),
    ],
)
def test_a_correction_asks_the_last_question_with_what_was_meant(
    before: Turn, question: str, query: str
) -> None:
    asked = resolve(question, Conversation((before,)), KNOWN)
    assert asked == Query(query, "correction")


PROSE = (
    ("What is the Torch Program for?", "When did it start?", "When did the Torch Program start?"),
    ("What is the Torch Program for?", "and the 863 Program?", "What is the 863 Program for?"),
    ("When did the park open?", "Why?", "Why did the park open?"),
    ("When was Zhongguancun founded?", "By whom?", "By whom was Zhongguancun founded?"),
    ("How many unicorns does Beijing have?", "Why?", "Why does Beijing have so many unicorns?"),
    ("What did Zhao and Richards find?", "And Chen and Kenney?", "What did Chen and Kenney find?"),
    ("Who was Chen Chunxian?", "What did he do?", "What did Chen Chunxian do?"),
    ("What is TusPark?", "Who are its tenants?", "Who are TusPark’s tenants?"),
    ("Tell me about the characteristic towns.", "Where do they lie?",
     "Where do the characteristic towns lie?"),
    ("What was the Milgram experiment?", "Was the experiment ethical?",
     "Was the Milgram experiment ethical?"),
    ("What is Inno Way?", "Are there other ones?", "Are there other ones (Inno Way)?"),
    ("What are the causes of depression?", "What are the symptoms?",
     "What are the symptoms of depression?"),
)  # fmt: skip


@pytest.mark.parametrize(("before", "question", "query"), PROSE)
def test_what_a_question_leaves_open_is_what_the_last_one_was_about(
    before: str, question: str, query: str
) -> None:
    conversation = told([("user", before), ("assistant", "I do not know.")])
    assert resolve(question, conversation) == Query(query, "follow-up")


STRATEGIES = told_in(
    "The case study names four strategies:",
    "Government-led initiatives: the state founded parks.",
    "Market-led development: growth came from below.",
    "Integration of universities: they founded companies.",
    "Diversified spaces: towns and buildings.",
    question="What are the four strategies behind the districts?",
)


@pytest.mark.parametrize(
    ("question", "query"),
    [
        ("Tell me more about the second one", "Tell me more about Market-led development"),
        ("What does the last of them mean?", "What does Diversified spaces mean?"),
        ("And the first?", "Tell me more about Government-led initiatives"),
        ("Who came up with the third strategy?", "Who came up with Integration of universities?"),
    ],
)
def test_an_ordinal_is_what_the_last_list_has_there(question: str, query: str) -> None:
    assert resolve(question, STRATEGIES) == Query(query, "follow-up")


def test_a_list_is_remembered_while_it_is_looked_at_one_by_one() -> None:
    first = resolve("Tell me more about the first one", STRATEGIES)
    turn = Turn("", first, (), Answer((Statement("The state led.", ()),), 0.9), "", 1.0)
    after = STRATEGIES.with_turn(turn)
    assert resolve("And the second one?", after).text == "Tell me more about Market-led development"
    assert resolve("Which of them came first?", after).text == (
        "Which of the four strategies came first?"
    )


def test_an_ordinal_that_is_not_in_the_list_is_left_alone() -> None:
    asked = resolve("Tell me more about the fifth one", STRATEGIES)
    assert "Diversified" not in asked.text


def test_a_sentence_that_lists_names_is_a_list() -> None:
    listed = told_in(
        "The science cities are Zhongguancun, Huairou and Changping.",
        question="Which science cities are there?",
    )
    asked = resolve("How large is the second one?", listed)
    assert asked == Query("How large is Huairou?", "follow-up")


def test_them_are_both_that_were_asked_about() -> None:
    second = resolve("And Future Science City?", Conversation((AREA,)), KNOWN)
    turn = Turn("", second, (), figure("", "Area", "Future Science City").reply, "", 1.0)
    asked = resolve("Which of them is larger?", Conversation((AREA, turn)), KNOWN)
    assert asked.text == "Which of Huairou Science City and Future Science City is larger?"


def test_which_is_larger_names_both_that_were_asked_about() -> None:
    second = resolve("And Future Science City?", Conversation((AREA,)), KNOWN)
    turn = Turn("", second, (), figure("", "Area", "Future Science City").reply, "", 1.0)
    asked = resolve("Which is larger?", Conversation((AREA, turn)), KNOWN)
    assert asked.text == "Which is larger, Huairou Science City or Future Science City?"
    more = resolve("Which has more?", Conversation((AREA, turn)), KNOWN)
    assert more.text == "Which has more area, Huairou Science City or Future Science City?"
    alone = resolve("Which is larger?", Conversation((AREA,)), KNOWN)
    assert " or " not in alone.text


def test_that_is_the_figure_of_its_year_where_it_is_compared_with_another() -> None:
    turn = figure("What was the R&D intensity of Beijing in 2022?", "R&D intensity", "Beijing")
    asked = resolve("How does that compare with 2018?", Conversation((turn,)), KNOWN)
    assert asked.text == "How does the R&D intensity of Beijing in 2022 compare with 2018?"


def test_the_second_of_a_ranking_is_asked_for_as_such() -> None:
    park = figure("Which park has the highest revenue?", "Revenue", "Haidian Park")
    asked = resolve("And the second?", Conversation((park,)), KNOWN)
    assert asked.text == "Which park has the second highest revenue?"


STANDING_ALONE = (
    "How many unicorns does Shenzhen have?",
    "What is the Torch Program?",
    "What are the four strategies behind Beijing's innovation districts?",
    "Is it possible to measure innovation?",
    "How long does it take to build a science park?",
    "Who founded the first private technology company in Zhongguancun?",
    "What does Tsinghua say about its science park?",
    "Which district has the most companies that went public?",
    "If a company fails, does it lose its licence?",
    "Are there any science parks in Changping?",
    "What was the area of Yizhuang in 2010?",
    "Not only universities but also companies do research: who pays for the research?",
    "Why did Zhongguancun grow?",
    "How do planners think that districts should grow?",
    "When were the parks of Haidian and Fengtai opened?",
    "No district of Beijing has a harbour, or does Tongzhou have a harbour?",
)


@pytest.mark.parametrize("question", STANDING_ALONE)
@pytest.mark.parametrize("before", [INTENSITY, UNICORNS, STRATEGIES.turns[0]])
def test_a_question_that_stands_alone_is_left_alone(before: Turn, question: str) -> None:
    assert resolve(question, Conversation((before,)), KNOWN) == Query(question)


def test_a_new_topic_carries_nothing_over() -> None:
    conversation = Conversation((INTENSITY, STRATEGIES.turns[0]))
    topic = "What is the High Energy Photon Source?"
    asked = resolve(topic, conversation, KNOWN)
    assert asked == Query(topic)
    turn = Turn(topic, asked, (), Answer((Statement("A light source.", ()),), 0.9), "", 1.0)
    after = resolve("What did it cost?", conversation.with_turn(turn), KNOWN)
    assert after.text == "What did the High Energy Photon Source cost?"


def test_replies_without_a_question_before_them_are_passed_over() -> None:
    messages = [("assistant", "Hello."), ("user", "Who?"), ("user", "Why?"), ("agent", "So.")]
    assert list(exchanges(messages)) == [("Who?", []), ("Why?", ["So."])]


MESSAGES = st.lists(st.tuples(st.sampled_from(("user", "assistant")), st.text()), max_size=6)


@given(MESSAGES, st.text(min_size=1))
def test_whatever_was_said_a_question_is_read_as_something(
    messages: list[tuple[str, str]], question: str
) -> None:
    asked = resolve(question, told(messages), KNOWN)
    assert asked.text
    assert (asked.kind == "stand-alone") == (asked.text == question)


class TestAssistant:
    """Over an index."""

    def test_a_follow_up_is_answered_as_the_question_that_it_stands_for(self, library: Any) -> None:
        ask = library.assistant.answer
        first = ask("How much was the R&D expenditure of Arnholm in 2022?")
        again = ask("And in 2021?", Conversation((first,)))
        alone = ask("How much was the R&D expenditure of Arnholm in 2021?")
        assert again.query == Query(alone.question, "follow-up")
        assert again.reply == alone.reply != first.reply
        assert again.question == "And in 2021?"

    def test_a_reading_that_was_edited_is_what_is_answered(self, library: Any) -> None:
        ask = library.assistant.answer
        first = ask("When did Harbour Street open?")
        edited = ask("Why?", Conversation((first,)), read_as="What is Harbour Street?")
        assert edited.query == Query("What is Harbour Street?", "edited")
        assert edited.question == "Why?"
        assert edited.reply == ask("What is Harbour Street?").reply

    def test_a_conversation_of_messages_has_the_replies_that_were_told(self, library: Any) -> None:
        assistant = library.assistant
        asked = ("user", "How much was the R&D expenditure of Arnholm in 2022?")
        heard = ("assistant", "It was 9 billion crowns.")
        told_so = assistant.conversation([asked, heard, ("user", " ?! ")]).turns
        real = assistant.answer(asked[1])
        assert [s.text for s in told_so[0].reply.statements] == [heard[1]]
        assert told_so[0].reply.computation == real.reply.computation
        assert len(told_so) == 1
        assert assistant.conversation([asked]).turns[0].reply == real.reply
