"""From a trained adapter to a folder that a stranger can check."""

import json
import shutil
from pathlib import Path

import pytest

from cli.program import done, lorewright, told
from cli.story import Story, source_called
from lorewright.inference import library
from lorewright.release import SigningKey
from made_up import files_in

pytestmark = pytest.mark.usefixtures("story", "keys_at")


@pytest.fixture
def keys_at(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    return tmp_path / "config" / "lorewright" / "keys"


def test_a_release_is_made_and_verified_far_from_its_workspace(
    story: Story, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    said = told("release")
    away = tmp_path / "away"
    shutil.copytree(said["folder"], away / "coach")
    monkeypatch.delenv("LOREWRIGHT_WORKSPACE")
    monkeypatch.chdir(away)

    shown = done("verify", "coach")

    assert shown.out.splitlines()[-1] == f"intact; signer {said['signer']} known to you as you"
    assert told("verify", "coach")["examples"] > 0
    assert "lorewright.verify/1" in done("verify", "coach", "--json").out


def test_a_stranger_is_told_that_the_signer_is_not_known(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    said = told("release")
    folder, signer = said["folder"], said["signer"]
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "of somebody else"))

    assert done("verify", folder).out.endswith(f"intact; signer {signer} not known to you\n")
    shutil.copyfile(Path(folder) / "key.pub", tmp_path / "ada.pub")
    assert told("verify", folder, "--key", str(tmp_path / "ada.pub"))["accepted"]
    assert told("verify", folder, "--key", signer)["accepted"]
    done("key", "--trust", str(tmp_path / "ada.pub"), "--name", "Ada")
    assert done("verify", folder, "--key", "Ada").out.endswith("known to you as Ada\n")


def test_another_signer_than_the_one_asked_for_is_refused() -> None:
    folder = told("release")["folder"]
    other = SigningKey.new().public.keyid

    said = lorewright("verify", folder, "--key", other, "--json")

    assert said.code == 1
    assert (said.told["intact"], said.told["accepted"]) == (True, False)
    assert (
        f"refused: the signer should be {other}" in lorewright("verify", folder, "--key", other).out
    )


def test_a_changed_byte_is_refused_with_1_and_named() -> None:
    folder = Path(told("release")["folder"])
    weights = folder / "adapter" / "adapter_model.safetensors"
    content = bytearray(weights.read_bytes())
    content[-1] ^= 1
    weights.write_bytes(content)

    said = lorewright("verify", str(folder))

    assert said.code == 1
    assert "altered: adapter/adapter_model.safetensors: its bytes have another hash" in said.out
    assert said.out.endswith("not intact: 1 file altered, missing or extra\n")
    problems = lorewright("verify", str(folder), "--json").told["problems"]
    assert [one["file"] for one in problems] == ["adapter/adapter_model.safetensors"]


def test_the_release_can_be_traced_listed_and_counted(story: Story) -> None:
    name = told("release")["release"]

    tree = told("trace", name)["tree"]

    assert tree["ref"] == name
    assert {parent["ref"].split(":")[0] for parent in tree["parents"]} == {
        "adapter", "dataset", "verdict"
    }  # fmt: skip
    assert told("list", "release")["records"][0]["name"] == name
    assert told("status")["counts"]["release"] == 1
    assert told("verify")["intact"]


def test_a_workspace_is_not_taken_for_a_release(story: Story) -> None:
    said = lorewright("verify", str(story.workspace))

    assert said.code == 2
    assert "this is a workspace, not a release" in said.err
    assert lorewright("verify", "--key", "you").code == 2
    assert lorewright("verify", str(story.workspace / "nowhere")).code == 2


def test_a_gate_says_no_with_1(story: Story) -> None:
    findings = told("evaluate")["findings"]
    better = any(one["finding"] == "learned-content" for one in findings)

    said = lorewright("release", "--require", "better")

    assert said.code == (0 if better else 1)
    assert better or "required to be better" in said.err


def test_words_are_handed_out_only_under_a_known_licence(story: Story) -> None:
    refused = lorewright("card")
    assert refused.code == 1
    assert "lorewright licence source:" in refused.err
    for source in (row["name"] for row in told("list", "source")["records"]):
        done("licence", source, "CC-BY-4.0", "--why", "the publisher wrote to us")

    card = told("card")
    released = told("release", "--with-data")

    assert card["requested"] == card["accepted"] + card["rejected"] + card["failed"]
    assert card["requested"] == sum(
        told("status")["counts"][kind] for kind in ("example", "rejection")
    )
    assert (Path(card["folder"]) / "croissant.json").is_file()
    assert "data/train.jsonl" in {one["path"] for one in released["files"]}


def test_the_covered_share_is_that_of_the_report(story: Story) -> None:
    card = told("card", "--allow-unknown-licence")

    page = next((story.workspace / "reports").iterdir()).read_text(encoding="utf-8")

    assert f"{card['accepted']:,}" in page
    assert 0 < card["covered"] < card["characters"]


def test_erasing_takes_the_release_with_it(story: Story) -> None:
    folder = Path(told("release")["folder"])

    gone = told("erase", source_called("handbook.md"), "--why", "asked to", "--yes")

    assert not folder.exists()
    assert any(name.startswith("release:") for name in gone["erased"])
    assert told("verify")["intact"]
    assert told("status")["counts"].get("release", 0) == 0


def test_keys_are_shown_and_forgotten(tmp_path: Path, keys_at: Path) -> None:
    assert "you have no key yet" in done("key").out
    own = told("release")["signer"]
    ada = tmp_path / "ada.pub"
    ada.write_bytes(SigningKey.new().public.as_pem())

    done("key", "--trust", str(ada), "--name", "Ada")
    assert [one["name"] for one in told("key")["signers"]] == ["you", "Ada"]
    assert told("key")["signers"][0]["keyid"] == own
    done("key", "--forget", "Ada")

    assert [one["name"] for one in told("key")["signers"]] == ["you"]
    assert lorewright("key", "--forget", "Ada").code == 2
    assert lorewright("key", "--trust", str(ada)).code == 2
    assert json.loads((keys_at / "signers.json").read_text(encoding="utf-8")) == {"signers": []}


def test_no_key_is_made_for_a_release_that_is_refused(keys_at: Path) -> None:
    assert lorewright("release", "--version", "no good").code == 2
    assert lorewright("release", "--with-data").code == 1

    assert not keys_at.exists()


def test_the_private_key_is_in_no_file_of_the_workspace(story: Story, keys_at: Path) -> None:
    done("release")
    secret = (keys_at / "signing.pem").read_bytes().splitlines()[1]

    assert not any(secret in content for content in files_in(story.workspace).values())


def test_peft_reads_the_adapter_of_a_release() -> None:
    folder = Path(told("release")["folder"])

    config = library("peft").PeftConfig.from_pretrained(str(folder / "adapter"))
    weights = library("safetensors.torch").load_file(folder / "adapter/adapter_model.safetensors")

    assert config.peft_type == "LORA"
    assert config.base_model_name_or_path == "pocket"
    assert weights
    assert all("lora" in name for name in weights)
