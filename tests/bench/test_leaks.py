"""The leakage check against paraphrases: what is moved is found, and strangers are not."""

import sys
from pathlib import Path
from random import Random

import pytest

ROOT = Path(__file__).parents[2]
TEXT = (
    "A client who is tired may ask for more rest, but rest is only one thing. Before a session, "
    "find what the week demands; then talk about the goal, and keep it small."
)


@pytest.fixture(autouse=True)
def _bench_can_be_imported(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "path", [str(ROOT / "bench"), *sys.path])


def test_what_is_said_in_the_same_words_is_always_found() -> None:
    from leaks import of_kind, paragraphs
    from paraphrases import verbatim

    texts = paragraphs()[:12]
    found = of_kind("same", verbatim, texts)

    assert found.caught == found.texts == 12
    assert found.kept_words == 1.0


def test_the_more_is_said_anew_the_fewer_words_are_kept() -> None:
    from paraphrases import loosened, reworded

    shares = [reworded(share)(TEXT, Random(1)) for share in (0.0, 0.5, 1.0)]

    assert shares[0] == TEXT
    assert len(set(shares)) == 3
    assert loosened(1.0)(TEXT, Random(1)) != shares[2]


def test_moving_sentences_loses_none_of_their_words() -> None:
    from paraphrases import reordered, turned

    for paraphrase in (reordered, turned):
        said = paraphrase(TEXT, Random(2))
        assert sorted(said.split()) == sorted(TEXT.split())


def test_paragraphs_that_have_no_paraphrase_are_no_leaks() -> None:
    from leaks import of_strangers, paragraphs

    assert of_strangers(paragraphs()[:20]).caught == 0


def test_every_row_has_a_cell_for_each_rule() -> None:
    from leaks import RULES, of_kind, paragraphs
    from paraphrases import reordered

    row = of_kind("moved", reordered, paragraphs()[:6]).shown()

    assert len(row) == 3 + len(RULES)
    assert row[2] == "100%"
