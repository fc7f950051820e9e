"""What is held out and trained on is found, with both of its places."""

from hypothesis import given
from hypothesis import strategies as st

from lorewright.measures import Held, Taught, groundedness, leakage
from lorewright.similarity import Overlaps

RUN = "when the market drops you keep your monthly payment and buy more shares each time"
OTHER = "my sister and I cannot agree on who looks after our father in the winter"


def rules(held: Held, *trained: Held, likeness: bool = False) -> list[tuple[str, str]]:
    return [
        (leak.rule, leak.trained)
        for leak in leakage([held], trained, compare_likeness=likeness)
        if leak.held_out == held.name
    ]


def test_what_was_written_apart_does_not_leak() -> None:
    held = Held("scenario 1", (OTHER,), ("scenario:1",))

    assert leakage([held], [Held("line 1", (RUN,), ("scenario:2",))]) == ()
    assert leakage([], [Held("line 1", (RUN,))]) == ()
    assert leakage([held], []) == ()


def test_a_run_of_thirteen_words_leaks_and_one_of_twelve_does_not() -> None:
    filler = " ".join(f"filler{at}" for at in range(60))
    thirteen, twelve = (" ".join(RUN.split()[:count]) for count in (13, 12))

    found = rules(Held("s", (f"{filler} {thirteen}",)), Held("t", (f"so {thirteen} it was",)))

    assert found == [("long-run", "t")]
    assert rules(Held("s", (f"{filler} {twelve}",)), Held("t", (f"so {twelve} it was",))) == []


def test_the_place_is_where_most_of_it_stands() -> None:
    stock = " ".join(RUN.split()[:8])
    held = Held("s", (RUN,))

    found = dict(rules(held, Held("stock", (stock,)), Held("whole", (RUN,))))

    assert found["contained"] == "whole"
    assert found["long-run"] == "whole"


def test_stock_phrases_up_to_a_fifth_of_the_runs_are_no_leak() -> None:
    words = [f"w{at}" for at in range(17)]  # ten runs of eight
    held = Held("s", (" ".join(words),))

    two_of_ten = Held("t", (" ".join(words[:9]),))
    three_of_ten = Held("t", (" ".join(words[:10]),))

    assert rules(held, two_of_ten) == []
    assert rules(held, three_of_ten) == [("contained", "t")]


def test_the_same_scenario_or_source_leaks_whatever_is_said() -> None:
    held = Held("s", (OTHER,), ("scenario:7", "source:ab"))

    found = leakage([held], [Held("t", (RUN,), ("source:ab",)), Held("u", (RUN,), ("scenario:7",))])

    assert [(leak.rule, leak.trained, leak.detail) for leak in found] == [
        ("same-group", "u", "both belong to scenario:7"),
        ("same-group", "t", "both belong to source:ab"),
    ]


def test_a_part_that_is_nearly_the_same_is_alike() -> None:
    held = Held("s", ("unrelated words", RUN))
    nearly = RUN.replace("keep", "KEEPS").replace("buy", "buys")

    found = leakage([held], [Held("far", (OTHER,)), Held("near", ("first", nearly))])

    assert [leak.trained for leak in found if leak.rule == "alike"] == ["near"]


def test_one_leak_of_a_hundred_is_found_among_many_that_are_trained_on() -> None:
    held = [
        Held(f"s{at}", (f"question {at} about matter{at * 7} in town{at}",)) for at in range(99)
    ]
    planted = Held("planted", (RUN,))
    trained = (
        Held(f"t{at}", (RUN if at == 700 else f"line {at} of thing{at} and such{at * 3}",))
        for at in range(1_200)
    )

    found = leakage([*held, planted], trained)

    assert {leak.held_out for leak in found} == {"planted"}
    assert {leak.trained for leak in found} == {"t700"}
    assert {leak.rule for leak in found} == {"long-run", "contained", "alike"}


@given(st.lists(st.text("ab ", max_size=20), max_size=5), st.text("ab ", max_size=20))
def test_the_main_reader_held_no_fewer_than_the_first(read: list[str], watched: str) -> None:
    overlaps = Overlaps([[watched]], 2)
    for at, text in enumerate(read):
        overlaps.read(text, label=str(at))

    main, first = overlaps.main_reader(0), overlaps.first_reader(0)

    assert (main is None) == (first is None) == (overlaps.containment(0) == 0)
    assert main is None or first is None or int(main) >= int(first)


def test_a_sentence_is_grounded_when_its_words_stand_in_one_passage() -> None:
    passage = "The inlet valve is oiled every winter by the crew."
    taught = Taught(
        "one",
        "Oil the inlet valve every winter. Sell the boiler now. You will.",
        (passage, "Sell it."),
    )

    found = groundedness([taught])

    assert (found.sentences, found.grounded, found.skipped) == (2, 1, 1)
    assert [(one.name, one.sentence) for one in found.loose] == [("one", "Sell the boiler now.")]
    assert found.share == 0.5


def test_numbers_and_addresses_must_be_traceable() -> None:
    passage = "It costs $1,500 for 3 years, see https://example.org/a."
    taught = Taught(
        "one",
        "1. It costs 1500 dollars.\n2. Pay 7% at www.example.net/x, or https://example.org/a",
        (passage,),
    )

    assert groundedness([taught]).untraced == (("one", "7%"), ("one", "www.example.net/x"))


def test_nothing_taught_is_neither_grounded_nor_loose() -> None:
    assert groundedness([]).share is None
    assert groundedness([Taught("one", "It is so.", ())]).share is None
    assert groundedness([Taught("one", "Pumps leak.", ())]).share == 0
