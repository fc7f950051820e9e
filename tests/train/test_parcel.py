"""Files on their way: whole or refused."""

import io
import tarfile
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lorewright.errors import BadRecord, LorewrightError
from lorewright.train import result_of
from lorewright.train.executors import parcel
from lorewright.train.executors.landing import (
    checkpoints_in,
    fetched,
    land_checkpoint,
    land_result,
    result_files,
)
from lorewright.train.executors.mirror import Said, catch_up


def a_parcel(folder: Path, **files: bytes) -> bytes:
    stream, paths = io.BytesIO(), dict[str, Path]()
    for name, body in files.items():
        paths[name.replace("__", "/")] = folder / name
        (folder / name).write_bytes(body)
    parcel.pack(stream, paths)
    return stream.getvalue()


def test_what_is_packed_arrives(tmp_path: Path) -> None:
    (tmp_path / "to").mkdir()
    body = a_parcel(tmp_path, a=b"one", b__c=b"", big=b"\0" * 100_000)

    arrived = parcel.unpack(io.BytesIO(body), tmp_path / "to")

    found = {file.path: (tmp_path / "to" / file.path).read_bytes() for file in arrived}
    assert found == {"a": b"one", "b/c": b"", "big": b"\0" * 100_000}


@given(cut=st.floats(0, 0.999), place=st.floats(0, 0.999), bit=st.integers(0, 7))
def test_a_parcel_that_is_cut_or_altered_is_refused_or_harmless(
    tmp_path_factory: pytest.TempPathFactory, cut: float, place: float, bit: int
) -> None:
    folder = tmp_path_factory.mktemp("parcel")
    body = a_parcel(folder, a=b"one" * 700, b=b"two")
    altered = bytearray(body)
    altered[int(place * len(body))] ^= 1 << bit
    content = body.rindex(b"]") + 1  # beyond the list only padding follows

    for number, wrong in enumerate((body[: int(cut * content)], bytes(altered))):
        to = folder / str(number)
        to.mkdir()
        try:
            arrived = parcel.unpack(io.BytesIO(wrong), to)
        except LorewrightError:
            continue
        assert number == 1
        assert (to / "a").read_bytes() == b"one" * 700
        assert {file.path for file in arrived} == {"a", "b"}


def a_tar(*members: tarfile.TarInfo) -> io.BytesIO:
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w|") as tar:
        for member in members:
            tar.addfile(member, io.BytesIO(b"x" * member.size))
    return io.BytesIO(stream.getvalue())


def a_member(name: str, *, kind: bytes = tarfile.REGTYPE, link: str = "") -> tarfile.TarInfo:
    member = tarfile.TarInfo(name)
    member.type, member.linkname = kind, link
    member.size = 1 if kind == tarfile.REGTYPE else 0
    return member


@pytest.mark.parametrize(
    "member",
    [
        a_member("../out"),
        a_member("/out"),
        a_member("a/../../out"),
        a_member("link", kind=tarfile.SYMTYPE, link="/etc/passwd"),
        a_member("link", kind=tarfile.LNKTYPE, link="../out"),
        a_member("pipe", kind=tarfile.FIFOTYPE),
        a_member("device", kind=tarfile.CHRTYPE),
    ],
    ids=lambda member: f"{member.name}-{member.type}",
)
def test_nothing_but_plain_files_below_the_folder_is_taken(
    member: tarfile.TarInfo, tmp_path: Path
) -> None:
    (tmp_path / "to").mkdir()

    with pytest.raises(BadRecord, match="no plain file"):
        parcel.unpack(a_tar(member), tmp_path / "to")

    assert not (tmp_path / "out").exists()
    assert not list((tmp_path / "to").iterdir())


def test_a_file_that_the_list_does_not_name_is_refused(tmp_path: Path) -> None:
    listed = a_member(parcel.LIST)
    listed.size = 0
    (tmp_path / "to").mkdir()

    with pytest.raises(BadRecord, match="list"):
        parcel.unpack(a_tar(a_member("a"), listed), tmp_path / "to")
    with pytest.raises(BadRecord, match="larger than"):
        parcel.unpack(io.BytesIO(a_parcel(tmp_path, a=b"12345")), tmp_path / "to", most_bytes=3)


def whole_lines(said: bytes, since: int, most: int = 9) -> Said:
    part = said[since : since + most]
    lines = part[: part.rfind(b"\n") + 1]
    return Said(lines, since, is_all=since + len(lines) == len(said))


@given(
    lines=st.lists(st.integers(0, 10**6), max_size=20),
    steps=st.lists(st.integers(0, 20), max_size=5),
)
def test_every_line_said_elsewhere_is_taken_over_once(
    tmp_path_factory: pytest.TempPathFactory, lines: list[int], steps: list[int]
) -> None:
    folder = tmp_path_factory.mktemp("mirror")
    (folder / "events.jsonl").write_bytes(b'{"torn')
    body = b"".join(b"%d\n" % line for line in lines)
    for upto in [*sorted(steps), 20]:
        said = b"".join(b"%d\n" % line for line in lines[:upto])
        for _ in range(2):
            catch_up(folder, "there", lambda since, said=said: whole_lines(said, since))

    written = (folder / "events.jsonl").read_bytes()
    assert written == b'{"torn' + (b"\n" + body if body else b"")


def test_a_result_of_another_job_does_not_land(
    prepared: Path, finished: tuple[Path, Path], tmp_path: Path
) -> None:
    def receive_from(jobdir: Path) -> Callable[[Path], None]:
        def receive(folder: Path) -> None:
            stream = io.BytesIO()
            parcel.pack(stream, result_files(jobdir))
            parcel.unpack(io.BytesIO(stream.getvalue()), folder)

        return receive

    with pytest.raises(BadRecord, match="another job's"):
        land_result(prepared, receive_from(finished[1]))
    assert not fetched(prepared).is_whole

    land_result(prepared, receive_from(finished[0]))
    assert fetched(prepared).is_whole
    assert result_of(prepared) == result_of(finished[0])
    assert [path.name for path in prepared.glob(".*")] == []
    with pytest.raises(BadRecord, match="not finished"):
        result_files(tmp_path)


def test_checkpoints_that_come_back_push_out_the_oldest(prepared: Path) -> None:
    for step in (1, 2, 3):
        land_checkpoint(
            prepared, f"step-{step:09d}", lambda folder: (folder / "state.json").write_text("{}")
        )

    assert checkpoints_in(prepared) == ["step-000000002", "step-000000003"]
    assert fetched(prepared).checkpoint == "step-000000003"
