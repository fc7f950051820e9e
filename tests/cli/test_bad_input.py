"""Bad files: one sentence each, the others go on, the next run continues."""

import contextlib
import os
import resource
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from cli.program import QUICK, SAMPLE, Said, done, lorewright, told

pytestmark = pytest.mark.usefixtures("workspace")

GOOD = "# Soil\n\nMulch keeps the soil moist because it slows evaporation.\n"
CHINESE = "# 教练手册\n\n恢复需要时间。每天早上喝水，因为身体需要水。\n"  # noqa: RUF001 - it is no Latin letter
HEBREW = "# המדריך\n\nהאימון מתחיל בבוקר. הוא נגמר בערב, כי הגוף צריך לנוח.\n"  # noqa: RUF001 - it is no Latin letter

BAD = {
    "empty.md": (b"", "the file is empty"),
    "blank.md": (b" \n\t\n", "nothing but white space"),
    "zero.md": (b"\0\1\2\xff" * 50, "zero bytes"),
    "picture.md": (b"\x89PNG\r\n\x1a\n" + b"\0" * 50, "a PNG picture"),
}
READ = {
    "good.md": GOOD.encode(),
    "latin.txt": "Le café au lait est servi à la mère.\n".encode("latin-1"),
    "sixteen.txt": GOOD.encode("utf-16"),
    "chinese.md": CHINESE.encode(),
    "hebrew.md": HEBREW.encode(),
    "bom.md": GOOD.replace("Soil", "Loam").encode("utf-8-sig"),
    "page.html": b"<html><body><h1>Soil</h1><p>Mulch keeps it moist.</p></body></html>",
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with good and bad files."""
    made = tmp_path / "mixed"
    (made / "deeper").mkdir(parents=True)
    for name, (content, _) in BAD.items():
        (made / name).write_bytes(content)
    for name, content in READ.items():
        (made / "deeper" / name).write_bytes(content)
    return made


@pytest.mark.parametrize("name", BAD)
def test_one_bad_file_is_one_sentence(name: str, folder: Path) -> None:
    said = lorewright("ingest", str(folder / name))

    assert said.code == 4
    assert f"error: {said.err.partition('error: ')[2].splitlines()[0]}\n" in said.err
    assert BAD[name][1] in said.err
    assert f"--> {folder / name}" in said.err
    assert "hint:" in said.err
    assert said.err.count("error:") == 1
    assert "Traceback" not in said.err


def test_in_a_folder_the_good_files_go_on(folder: Path) -> None:
    said = lorewright("ingest", str(folder))

    assert said.code == 3
    assert said.out.splitlines()[1] == "11 files requested = 7 accepted + 0 rejected + 4 failed"
    for name, (_, sentence) in BAD.items():
        line = next(line for line in said.out.splitlines() if str(folder / name) in line)
        assert line.startswith("failed: ")
        assert sentence in line
    assert "4 of 11 files failed; the others are done" in said.err
    assert told("status")["counts"]["document"] == len(READ)
    assert told("verify")["intact"]


def test_under_json_a_partial_run_is_one_object(folder: Path) -> None:
    said = lorewright("ingest", str(folder), "--json", "-q")

    assert said.code == 3
    assert said.err == ""
    assert said.told["schema"] == "lorewright.ingest/1"
    assert said.told["requested"] == said.told["accepted"] + len(said.told["failed"]) == 11
    for failed in said.told["failed"]:
        assert failed["where"] in {str(folder / name) for name in BAD}
        assert failed["sentence"]
        assert failed["hint"]


def test_a_mended_file_is_done_and_the_others_are_not_done_twice(folder: Path) -> None:
    lorewright("ingest", str(folder))
    (folder / "empty.md").write_text("# Now\n\nThere is something in it.\n")

    said = lorewright("ingest", str(folder), "--json").told

    assert (said["done_before"], said["accepted"], len(said["failed"])) == (7, 8, 3)
    assert told("status")["counts"]["document"] == 8


def test_scripts_of_all_directions_are_kept_letter_by_letter(folder: Path) -> None:
    done("ingest", str(folder / "deeper" / "hebrew.md"), str(folder / "deeper" / "chinese.md"))
    done("analyze")
    said = done("generate")

    assert "rejected: language not supported" in said.out
    assert "教练手册" in done("list", "document").out
    assert "המדריך" in done("list", "document").out
    assert told("verify")["intact"]
    assert "there are no examples to curate" in lorewright("curate").err


def test_a_folder_above_is_read_like_one_below(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(folder / "deeper")

    assert lorewright("ingest", "..", "--json").told["requested"] == 11
    monkeypatch.chdir(folder)
    assert lorewright("ingest", "../mixed", "--json").told["requested"] == 11


def test_a_file_named_twice_is_read_once(folder: Path) -> None:
    good = folder / "deeper" / "good.md"

    said = told("ingest", str(good), str(good.parent / ".." / "deeper" / "good.md"), str(good))

    assert (said["documents"], said["pieces"]) == (1, 1)


def test_the_same_file_in_two_folders_is_one_document(folder: Path) -> None:
    copied = folder / "good.md"
    copied.write_bytes(READ["good.md"])

    said = told("ingest", str(copied), str(folder / "deeper" / "good.md"))

    assert (said["documents"], said["requested"], said["accepted"]) == (1, 2, 2)


def test_a_workspace_does_not_eat_itself(workspace: Path) -> None:
    (workspace / "good.md").write_text(GOOD)
    (workspace / ".hidden.md").write_text(GOOD)

    for _ in range(2):
        assert told("ingest", str(workspace))["requested"] == 1
    assert told("ingest", str(workspace.parent))["requested"] == 1


def test_a_folder_without_files_is_an_error_that_makes_no_workspace(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    empty = tmp_path / "empty"
    empty.mkdir()
    monkeypatch.delenv("LOREWRIGHT_WORKSPACE")
    monkeypatch.chdir(empty)

    said = lorewright("ingest", ".")

    assert said.code == 2
    assert "there are no files in this folder" in said.err
    assert list(empty.iterdir()) == []


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    (tmp_path / "link.md").symlink_to(tmp_path / "nowhere.md")

    for name in ("nowhere.md", "link.md"):
        said = lorewright("ingest", str(tmp_path / name))
        assert said.code == 4
        assert "there is no such file" in said.err
        assert "check the name" in said.err


def test_what_has_no_end_is_not_read(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe.md"
    os.mkfifo(pipe)

    for path in (pipe, Path("/dev/zero")):
        said = lorewright("ingest", str(path))
        assert said.code == 4
        assert "not a file that can be read to its end" in said.err


def test_a_name_that_is_no_text(tmp_path: Path) -> None:
    path = Path(os.fsdecode(os.fsencode(tmp_path) + b"/\xff.md"))
    path.write_text(GOOD)

    said = lorewright("ingest", str(path), "--json")

    assert said.code == 4
    assert said.told["failed"][0]["sentence"] == "the name of the file is not valid UTF-8"
    shown = subprocess.run(
        [sys.executable, "-m", "lorewright", "ingest", str(path)],
        capture_output=True,
        check=False,
    )
    assert shown.returncode == 4
    assert b"Traceback" not in shown.stderr


def test_a_file_that_vanishes_between_listing_and_reading(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    gone = folder / "deeper" / "good.md"
    opened: Any = Path.open

    def vanish(path: Path, *how: Any, **more: Any) -> Any:
        if path.parent == gone.parent:
            gone.unlink(missing_ok=True)
        return opened(path, *how, **more)

    monkeypatch.setattr(Path, "open", vanish)
    said = lorewright("ingest", str(folder / "deeper"))

    assert said.code == 3
    assert f"failed: {gone}: there is no such file" in said.out
    assert "7 files requested = 6 accepted + 0 rejected + 1 failed" in said.out


def test_a_file_that_shrinks_while_it_is_read_is_read_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "log.md"
    path.write_text(GOOD * 2000)
    running = threading.Event()

    def shrink() -> None:
        while not running.wait(0.001):
            path.write_text(GOOD)

    thread = threading.Thread(target=shrink)
    thread.start()
    try:
        said = lorewright("ingest", str(path))
    finally:
        running.set()
        thread.join()

    assert said.code in {0, 4}
    assert "Traceback" not in said.err
    assert told("verify")["intact"]


def test_known_words_under_another_licence_are_not_taught_twice(folder: Path) -> None:
    good = str(folder / "deeper" / "good.md")
    done("ingest", good, "--licence", "MIT")

    said = lorewright("ingest", good, "--licence", "CC0-1.0")

    assert said.code == 1
    assert "licence MIT" in said.err
    assert "lorewright licence source:" in said.err
    assert told("ingest", good)["done_before"] == 1
    assert told("status")["counts"]["source"] == 1


# ---------------------------------------------------------------- much text


SENTENCE = (
    "The coach number {0} needs rest because the week {0} of the client keeps the mind busy. "
)


def write_much(path: Path, megabytes: int) -> None:
    """A long document with a heading every four paragraphs."""
    with path.open("w", encoding="utf-8") as file:
        written = number = 0
        while written < megabytes * 1_000_000:
            number += 1
            heading = f"## Week {number}\n\n" if number % 4 == 1 else ""
            written += file.write(heading + SENTENCE.format(number) * 6 + "\n\n")


@pytest.mark.slow
def test_much_text_is_read_and_cut_within_bounds(tmp_path: Path) -> None:
    path = tmp_path / "much.md"
    write_much(path, 8)

    for words in (("ingest", str(path)), ("analyze",), ("verify",)):
        child = subprocess.run(
            [sys.executable, "-c", _MEASURED, *words, "-q"],
            capture_output=True,
            text=True,
            check=False,
        )
        assert child.returncode == 0, child
        peak_mib = int(child.stderr.split()[-1]) / 1024
        assert peak_mib < 300, words


# Not the resource module's figure, which a process inherits from the one that started it.
_MEASURED = """
import re, sys
from lorewright.cli import main
try:
    main(sys.argv[1:])
finally:
    status = open("/proc/self/status").read()
    print(re.search(r"VmHWM:\\s+(\\d+)", status)[1], file=sys.stderr)
"""


# ---------------------------------------------------------------- full disk


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system with little room."""
    place = tmp_path / "disk"
    place.mkdir()
    mounted = _mount("-t", "tmpfs", "-o", "size=2m", "tmpfs", str(place))
    if not mounted:
        pytest.skip("mounting a small file system needs rights that are not given here")
    yield place
    subprocess.run(["umount", "-l", str(place)], check=True)


def _mount(*words: str) -> bool:
    try:
        return subprocess.run(["mount", *words], capture_output=True, check=False).returncode == 0
    except FileNotFoundError:
        return False


def _is_told(said: Said) -> None:
    assert said.code == 4, said
    assert said.err.count("error: ") == 1
    assert "Traceback" not in said.err
    assert "free some space" in said.err
    assert "it continues" in said.err


def test_a_full_disk_is_told_and_with_room_the_same_command_ends_equal(
    small_disk: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    steps = (("ingest", str(SAMPLE)), ("analyze",), ("generate",), ("curate",), ("export",))
    whole = tmp_path / "whole"
    for words in steps:
        done(*words, "--workspace", str(whole))
    cramped = small_disk / "workspace"
    monkeypatch.setenv("LOREWRIGHT_WORKSPACE", str(cramped))
    filler = small_disk / "filler"

    for words in steps:
        done("status") if cramped.exists() else None
        _fill(filler)
        said = lorewright(*words)
        if said.code != 0:
            _is_told(said)
        filler.unlink()
        _mount("-o", "remount,size=64m", str(small_disk))
        done(*words)
        assert told("verify")["intact"]

    here, there = (told("status", "--workspace", str(one))["counts"] for one in (cramped, whole))
    assert here == there
    assert told("curate")["root"] == told("curate", "--workspace", str(whole))["root"]


def _fill(path: Path) -> None:
    """Take all the room that is left."""
    with contextlib.suppress(OSError), path.open("wb", buffering=0) as file:
        while True:
            file.write(b"\0" * 4096)


def test_where_files_may_not_grow_the_error_is_a_sentence(workspace: Path, tmp_path: Path) -> None:
    path = tmp_path / "much.md"
    write_much(path, 1)

    def limit() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, 200_000))

    said = subprocess.run(
        [sys.executable, "-m", "lorewright", "ingest", str(path)],
        env={**os.environ, **QUICK, "LOREWRIGHT_WORKSPACE": str(workspace)},
        preexec_fn=limit,
        capture_output=True,
        text=True,
        check=False,
    )

    assert said.returncode == 4
    assert "Traceback" not in said.stderr
    assert "error: " in said.stderr
    done("ingest", str(path))
    assert told("verify")["intact"]
