"""What a chat model is shown."""

from dataclasses import replace

from innoqa import prompts
from innoqa.citing import Draft, Span, cell_span, numbered
from innoqa.domain import (
    Answer,
    Cell,
    Hit,
    Observation,
    Passage,
    Period,
    Query,
    Sentence,
    Unit,
    Withheld,
)

QUERY = Query("When did Harbour Street open?")


def passage(name: str, text: str, cell: Cell | None = None) -> Passage:
    ends = [n + 1 for n, sign in enumerate(text) if sign == "."] or [len(text)]
    starts = [0, *(end + 1 for end in ends[:-1])]
    sentences = tuple(
        Sentence(start, end, text[start:end]) for start, end in zip(starts, ends, strict=True)
    )
    return Passage(
        name, "d", "guide.md", "Guide", ("Streets",), text, 0, len(text), sentences, cell=cell
    )


def hit(one: Passage) -> Hit:
    return Hit(one, 1.0, (1.0,) * len(one.sentences), 0.9)


STREET = passage("p1", "Harbour Street opened in 2011. It has nine floors.")
TOWER = passage("p2", "The Glass Tower opened in 2015.")


def answer_from(one: Passage) -> Answer:
    sentence = one.sentences[0]
    draft = Draft(sentence.text, (Span(one, sentence.start, sentence.end),))
    return Answer(numbered([draft]), 0.9)


def test_passages_are_numbered_the_cited_ones_first():
    shown = prompts.materials(answer_from(TOWER), [hit(STREET), hit(TOWER)], QUERY, 4000)
    assert [(one.number, one.text) for one in shown] == [(1, TOWER.words), (2, STREET.words)]
    assert [(s.start, s.end) for s in shown[1].spans] == [(0, 30), (31, 50)]
    text = prompts.prompt(QUERY, shown).said[0]
    assert f"[1] Guide > Streets\n{TOWER.words}" in text
    assert text.endswith(f"Question: {QUERY.text}")


def test_what_was_computed_comes_first_with_all_of_its_cells_and_its_row_not_again():
    cell = Cell("Tenants", 1, "Glass Tower", "2015", 0, 1)
    row = passage("p3", "Glass Tower: 120 tenants in 2015.", cell)
    seen = Observation(
        "tenants", "Glass Tower", Period("2015", "year"), None, "120", Unit(""), "", "", cell
    )
    computed = Answer(numbered([Draft("It housed 120 tenants.", (cell_span(row, seen),))]), 0.9)
    shown = prompts.materials(computed, [hit(row), hit(STREET)], QUERY, 4000)
    assert [(one.is_computed, one.text) for one in shown] == [
        (True, "It housed 120 tenants."),
        (False, STREET.words),
    ]
    assert shown[0].spans == (cell_span(row, seen),)
    assert "[1, computed]" in prompts.prompt(QUERY, shown).said[0]


def test_passages_beyond_the_budget_are_left_out_whole_and_the_first_never():
    hits = [hit(passage(f"p{n}", f"Street {n} opened in {1900 + n}.")) for n in range(50)]
    first = answer_from(hits[0].passage)
    rules = prompts.prompt(QUERY, ()).tokens
    few = prompts.materials(first, hits, QUERY, rules + 100)
    assert 1 < len(few) < 50
    assert prompts.prompt(QUERY, few).tokens <= rules + 100
    assert all(one.text in hits[n].passage.text for n, one in enumerate(few))
    assert [one.text for one in prompts.materials(first, hits, QUERY, 0)] == [few[0].text]


def test_a_second_prompt_says_what_failed_after_what_was_written():
    first = prompts.prompt(QUERY, prompts.materials(answer_from(STREET), [], QUERY, 4000))
    again = prompts.once_more(first, "It opened in 2012 [1].", [Withheld("It opened.", "2012")])
    assert again.said[:2] == (*first.said, "It opened in 2012 [1].")
    assert "- It opened. (2012)" in again.said[2]
    assert again.tokens > first.tokens


def test_items_of_a_list_do_not_run_into_one_another():
    text = "The board has three goals:\n- cheap floors\n- open doors.\n- short ways"
    parts = ("The board has three goals:", "cheap floors", "open doors.", "short ways")
    sentences = tuple(
        Sentence(text.index(part), text.index(part) + len(part), part) for part in parts
    )
    goals = replace(passage("p1", text), sentences=sentences)
    (shown,) = prompts.materials(answer_from(goals), [hit(goals)], QUERY, 4000)
    assert shown.text == "The board has three goals: cheap floors; open doors. short ways"


def test_tokens_are_never_too_few():
    assert prompts.tokens("innovation districts " * 100) >= 300
    assert prompts.tokens("创新" * 100) >= 200
