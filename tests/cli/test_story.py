"""The story from ingest to report, as the commands tell it."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from cli.program import SAMPLE, done, lorewright, told
from cli.story import FORMATS, NAMES, PLANTED, Story, names_of

pytestmark = [pytest.mark.usefixtures("story"), pytest.mark.slow]

SUM = re.compile(
    r"^([\d,]+) .+ requested = ([\d,]+) accepted \+ ([\d,]+) rejected \+ ([\d,]+) failed$",
    re.MULTILINE,
)


def sum_in(text: str) -> list[int]:
    found = SUM.search(text)
    assert found is not None, text
    return [int(number.replace(",", "")) for number in found.groups()]


@pytest.mark.parametrize("verb", ["ingest", "analyze", "generate", "curate", "train", "evaluate"])
def test_every_step_says_what_became_of_all_that_was_requested(
    verb: str, story_once: Story
) -> None:
    requested, accepted, rejected, failed = sum_in(story_once.said[verb].out)

    assert requested == accepted + rejected + failed
    assert accepted > 0
    assert failed == 0


def test_what_is_said_is_what_is_kept(story: Story) -> None:
    counts = told("status")["counts"]
    _, accepted, rejected, _ = sum_in(story.said["generate"].out)

    assert sum_in(story.said["ingest"].out)[1] == counts["document"] == counts["source"] == 2
    assert (accepted, rejected) == (counts["example"], counts["rejection"])
    assert sum_in(story.said["curate"].out)[0] == counts["example"]
    assert sum_in(story.said["train"].out)[1] == counts["adapter"] == 2
    assert story.said["analyze"].out.startswith(f"{counts['chunk']} chunks from 2 documents")


def test_results_go_to_stdout_and_the_rest_to_stderr(story_once: Story) -> None:
    for verb, said in story_once.said.items():
        assert said.out, verb
        assert "next:" not in said.out
    assert "made a workspace" in story_once.said["ingest"].err
    assert "next: lorewright analyze" in story_once.said["ingest"].err
    assert "step 15 of 15" in story_once.said["train"].err


def test_told_again_the_story_does_nothing_twice() -> None:
    before = told("status")["counts"]
    for verb in (("ingest", str(SAMPLE)), ("analyze",), ("generate",)):
        again = told(*verb)
        assert again["done_before"] == again["pieces"] > 0
    root = told("curate")["root"]
    assert root == told("curate")["root"]
    assert told("train")["tuned"] in names_of("adapter")
    assert told("evaluate")["verdict"] == names_of("verdict")[0]
    assert told("status")["counts"] == before


def test_a_finished_story_says_so() -> None:
    assert told("status")["next"] is None
    assert done("status").out.endswith("the story is told to its end\n")


def test_the_workspace_is_intact() -> None:
    said = done("verify")

    assert said.out.endswith("intact: everything is as it was kept\n")
    assert "checking blobs" in said.err
    assert told("verify")["problems"] == []


def test_an_altered_file_is_named_and_ends_with_1(story: Story) -> None:
    report = next((story.workspace / "reports").iterdir())
    report.write_text(report.read_text(encoding="utf-8") + "more", encoding="utf-8")

    said = lorewright("verify", "--json")

    assert said.code == 1
    assert report.name in said.told["problems"][0]["thing"]
    assert lorewright("verify").out.splitlines()[-1] == (
        "not intact: 1 things are altered or missing"
    )


def test_a_trace_shows_sentence_section_document_and_file(story: Story) -> None:
    lines = Path(story.workspace / "exports").rglob("train.alpaca.lineage.jsonl")
    origin = json.loads(next(lines).read_text(encoding="utf-8").splitlines()[0])

    said = done("trace", origin["example"])
    tree = told("trace", origin["example"])["tree"]

    sentence = tree["sentences"][0]
    assert sentence["file"] in {SAMPLE.name, PLANTED.file_name}
    assert sentence["start"] == origin["evidence"][0]["start"]
    assert " ".join(sentence["quote"].split()) in said.out
    assert f"section  {sentence['section']}" in said.out
    assert f"file     {sentence['file']}" in said.out
    assert f"characters {sentence['start']}-{sentence['end']}" in said.out
    kinds = {line.split(":")[0].strip("│├└─ ") for line in said.out.splitlines()}
    assert {"example", "chunk", "document", "source", "recipe"} <= kinds


def test_the_quote_of_a_trace_stands_in_the_file() -> None:
    text = SAMPLE.read_text(encoding="utf-8") + PLANTED.text
    squeezed = " ".join(text.split())

    for name in names_of("example")[:20]:
        for sentence in told("trace", name)["tree"]["sentences"]:
            assert " ".join(sentence["quote"].split()) in squeezed


def test_a_verdict_traces_back_to_both_files() -> None:
    shown = done("trace", names_of("verdict")[0]).out

    assert SAMPLE.name in shown
    assert PLANTED.file_name in shown
    assert "settings of train, permuted-control" in shown


def test_the_first_digits_of_a_name_are_enough_when_only_one_fits() -> None:
    whole = names_of("verdict")[0]

    assert told("trace", whole[: len("verdict:") + 4])["tree"]["ref"] == whole


@pytest.mark.parametrize("name", FORMATS)
def test_every_format_holds_every_member_with_its_lineage(name: str) -> None:
    splits = dict(
        zip(
            NAMES,
            (told("curate")["splits"][one] for one in NAMES),
            strict=True,
        )
    )
    files = told("export", "--format", name, *(f"--split={one}" for one in NAMES))["files"]

    assert {file["split"]: file["members"] for file in files} == splits
    for file in files:
        assert file["members"] == file["written"] + len(file["refused"]) + file["erased"]
        lines = Path(file["path"]).read_text(encoding="utf-8").splitlines()
        origins = Path(file["lineage"]).read_text(encoding="utf-8").splitlines()
        assert len(lines) == len(origins) == file["written"]
        assert all(json.loads(line) for line in lines)
        assert all(json.loads(line)["evidence"] for line in origins)


def test_an_export_is_the_same_bytes_every_time() -> None:
    def bytes_of(files: list[dict[str, Any]]) -> list[bytes]:
        return [Path(file["path"]).read_bytes() for file in files]

    first = bytes_of(told("export", "--format", "mistral")["files"])

    assert first == bytes_of(told("export", "--format", "mistral", "--out", "x")["files"])


def test_a_dataset_keeps_its_name_when_another_is_frozen() -> None:
    whole = told("curate")["dataset"]
    fewer = told("curate", "--name", "fewer", settings={"LOREWRIGHT_CURATION__SEED": "9"})

    assert told("export", "dataset")["dataset"] == whole
    assert told("export")["dataset"] == told("export", "fewer")["dataset"] == fewer["dataset"]


def test_a_diff_shows_what_moved() -> None:
    old = told("curate")["dataset"]
    new = told("curate", "--name", "other", settings={"LOREWRIGHT_CURATION__SEED": "9"})["dataset"]

    there, back = told("diff", old, new)["changes"], told("diff", new, old)["changes"]

    assert there
    assert {(one["split"], one["example"], one["added"]) for one in there} == {
        (one["split"], one["example"], not one["added"]) for one in back
    }
    assert told("diff", old, old)["changes"] == []
    assert done("diff", old, old).out == "0 added, 0 taken out\n"


def test_the_report_is_one_file_that_the_command_names() -> None:
    path = Path(told("report", "--out", "page.html")["path"])

    assert path.name == "page.html"
    assert PLANTED.word in path.read_text(encoding="utf-8")


def test_a_dataset_may_be_called_like_a_kind() -> None:
    tuned = told("train")["tuned"]
    told("curate", "--name", "adapter")
    told("curate", "--name", "verdict")
    told("curate")

    assert told("train")["tuned"] == tuned
    assert told("evaluate")["verdict"] == names_of("verdict")[0]


def test_an_estimate_trains_nothing() -> None:
    said = told("train", "--estimate", "--no-calibrate", "--epochs", "7")

    assert said["examples"] == told("curate")["splits"]
    assert told("status")["counts"]["adapter"] == 2
