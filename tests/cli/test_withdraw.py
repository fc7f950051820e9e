"""Withdrawing a source, undoing it, and correcting its licence."""

from pathlib import Path

import pytest

from cli.program import SAMPLE, done, lorewright, told
from cli.story import PLANTED, names_of, source_called

pytestmark = pytest.mark.usefixtures("story")


def test_what_rests_on_a_withdrawn_source_is_refused_until_it_is_restored() -> None:
    name = source_called(PLANTED.file_name)
    done("withdraw", name, "--why", "the author asked us to")

    for verb in ("train", "evaluate", "export", "report"):
        said = lorewright(verb)
        assert said.code == 1, said
        assert "is refused" in said.err
        assert "the author asked us to" in said.err
        assert "--undo" in said.err

    done("withdraw", name, "--why", "permission came", "--undo")
    for verb in ("train", "evaluate", "export"):
        done(verb)


def test_curate_leaves_a_withdrawn_source_out() -> None:
    before = told("curate")
    name = source_called(PLANTED.file_name)
    done("withdraw", name, "--why", "x")

    after = told("curate")

    assert 0 < after["requested"] < before["requested"]
    assert PLANTED.file_name not in done("trace", after["dataset"]).out
    files = told("export", "--split", "train")["files"]
    assert PLANTED.word not in Path(files[0]["path"]).read_text(encoding="utf-8")
    assert told("status")["withdrawn"] == [name]
    assert told("verify")["intact"]


def test_withdrawing_destroys_nothing_and_shows_in_the_trace() -> None:
    name = source_called(PLANTED.file_name)
    before = told("status")["counts"]

    said = told("withdraw", name, "--why", "the author asked us to")

    after = told("status")["counts"]
    assert {kind: after[kind] for kind in before} == before
    assert said["resting"] > 0
    shown = done("trace", name).out
    assert "! withdrawn on" in shown
    assert "the author asked us to" in shown


def test_withdrawing_twice_or_restoring_what_is_not_withdrawn_is_an_error() -> None:
    name = source_called(SAMPLE.name)

    assert lorewright("withdraw", name, "--why", "x", "--undo").code == 2
    done("withdraw", name, "--why", "first")
    said = lorewright("withdraw", name, "--why", "second")
    assert said.code == 2
    assert "was withdrawn already on" in said.err
    assert "first" in said.err


def test_with_every_source_withdrawn_the_next_step_says_what_to_do() -> None:
    for name in names_of("source"):
        done("withdraw", name, "--why", "x")

    said = lorewright("curate")

    assert said.code == 2
    assert "restore a withdrawn source" in said.err


def test_a_corrected_licence_renames_nothing() -> None:
    name = source_called(SAMPLE.name)
    root = told("curate")["root"]

    done("licence", name, "CC-BY-4.0", "--why", "printed on page 2")

    assert "licence CC-BY-4.0" in done("list", "source").out
    assert "printed on page 2" in done("trace", name).out
    assert told("curate")["root"] == root


@pytest.mark.parametrize("why", ["", "  ", "\udcff"])
@pytest.mark.parametrize(
    "words", [("withdraw", "source:0000"), ("licence", "source:0000", "MIT"), ("erase", "x")]
)
def test_a_reason_is_said_in_words(words: tuple[str, ...], why: str) -> None:
    said = lorewright(*words, "--why", why)

    assert said.code == 2
    assert "'--why'" in said.err


def test_only_sources_are_withdrawn_and_licensed() -> None:
    name = names_of("example")[0]

    for words in (("withdraw", name), ("licence", name, "MIT")):
        said = lorewright(*words, "--why", "x")
        assert said.code == 2
        assert "is not a source" in said.err
