"""Training by ssh, with a server on this machine in the place of a rented one."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Generator
from pathlib import Path

import pytest

import lorewright
from deadline import deadline
from lorewright.errors import (
    BadRecord,
    BadSettings,
    Busy,
    OutsideError,
    Refused,
    StorageError,
    UsageError,
)
from lorewright.train import Event, is_finished, result_of
from lorewright.train.claim import holder
from lorewright.train.events import read_events
from lorewright.train.executors import Local, Look, Machine, Place, Ssh, Unreachable
from lorewright.train.spec import read_spec, write_spec
from own_sshd import MISSING, SSHD, OwnSshd

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(SSHD is None or shutil.which("ssh") is None, reason=MISSING),
]


@pytest.fixture
def sshd(tmp_path: Path) -> Generator[OwnSshd]:
    folder = tmp_path / "sshd"
    folder.mkdir()
    server = OwnSshd.start(folder)
    yield server
    if server.process.poll() is None:
        server.kill()


@pytest.fixture
def machine(sshd: OwnSshd, tmp_path: Path) -> Generator[Machine]:
    """A rented machine; what still runs on it afterwards is ended."""
    there = tmp_path / "there"
    yield Machine("rented", python=sys.executable, folder=str(there), config=sshd.config)
    for jobdir in there.glob("jobs/*"):
        process = holder(jobdir)
        if process is not None:
            os.killpg(process, signal.SIGKILL)


def there_of(machine: Machine, place: Place) -> Path:
    return Path(machine.folder) / "jobs" / place.job


def adapter_of(job: Path) -> bytes:
    return (job / "result" / "adapter_model.safetensors").read_bytes()


def watched(ssh: Ssh, place: Place) -> tuple[Look, list[Event]]:
    """The last look at a job and all that it said."""
    first = ssh.poll(place)
    with deadline(120):
        while holder(Path(place.folder) / "jobs" / place.job) is not None:
            time.sleep(0.05)
    # Through JSON, as a row of a table keeps it for another process.
    last = ssh.poll(Place.model_validate_json(first.place.model_dump_json()))
    assert last.is_alive is False
    return last, [*first.events, *last.events]


def hold_at(jobdir: Path, step: int) -> int:
    """Freeze the process of a job after so many steps; the clock then does not matter."""
    with deadline(120):
        while True:
            events, _ = read_events(jobdir / "events.jsonl")
            if any((event.step or 0) >= step for event in events):
                break
            time.sleep(0.02)
        process = holder(jobdir)
        assert process is not None
        os.kill(process, signal.SIGSTOP)
        return process


def replace_ssh(folder: Path, script: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Put a program of ours in the place of ssh; `$SSH` is the real one."""
    folder.mkdir()
    (folder / "ssh").write_text(f"#!/bin/bash\nSSH={shutil.which('ssh')}\n{script}\n")
    (folder / "ssh").chmod(0o755)
    monkeypatch.setenv("PATH", f"{folder}:{os.environ['PATH']}")


def test_a_job_trained_elsewhere_is_the_job_trained_here(
    prepared: Path, machine: Machine, finished: tuple[Path, Path]
) -> None:
    ssh = Ssh(machine)

    place = ssh.submit(prepared)
    look, said = watched(ssh, place)
    back = ssh.fetch(look.place)

    assert (look.is_whole, look.trouble, look.unreachable_since) == (True, None, None)
    assert [said[0].phase, said[-1].phase] == ["load", "done"]
    assert [event.step for event in said if event.phase == "train"] == list(range(61))
    assert read_events(prepared / "events.jsonl")[0] == said
    assert back.is_whole
    assert adapter_of(prepared) == adapter_of(finished[0])
    assert result_of(prepared) == result_of(finished[0])
    assert str(prepared) not in (there_of(machine, place) / "spec.json").read_text()
    with pytest.raises(UsageError, match="finished"):
        ssh.submit(prepared)

    ssh.remove(place)
    assert not list((Path(machine.folder) / "jobs").iterdir())
    assert ssh.fetch(place).is_whole


def test_a_base_model_is_sent_once_and_half_of_one_is_not_used(
    prepared: Path, machine: Machine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ssh, bases = Ssh(machine), Path(machine.folder) / "bases"
    with monkeypatch.context() as patched:
        cut = 'case "$*" in *take-base*) head -c 20000 | $SSH "$@" ;; *) exec $SSH "$@" ;; esac'
        replace_ssh(tmp_path / "cut", cut, patched)
        with pytest.raises(BadRecord, match="cut off"):
            ssh.submit(prepared)
    assert list(bases.iterdir()) == []

    place = ssh.submit(prepared)
    assert ssh.cancel(place, patience_s=30)
    sent = {path: path.stat().st_mtime_ns for path in bases.rglob("*")}
    ssh.remove(place)
    again = ssh.submit(prepared)
    ssh.cancel(again, patience_s=30)

    assert {path: path.stat().st_mtime_ns for path in bases.rglob("*")} == sent
    ssh.remove(again, with_base=True)
    assert list(bases.iterdir()) == []


def test_a_job_outlives_its_connection_and_goes_on_after_its_process_was_killed(
    prepared: Path,
    machine: Machine,
    finished: tuple[Path, Path],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    ssh = Ssh(machine)
    place = ssh.submit(prepared)
    there = there_of(machine, place)
    process = hold_at(there, 20)
    with monkeypatch.context() as patched:
        kill = '$SSH "$@" & sleep 0.1; kill -9 $!; kill -9 $$'
        replace_ssh(tmp_path / "kill", kill, patched)
        broken = ssh.poll(place)
    assert broken.trouble == "the machine does not answer: the connection was cut"
    assert (broken.is_alive, broken.is_whole) == (None, False)
    assert broken.unreachable_since == place.heard_at

    seen = ssh.poll(broken.place)
    assert seen.is_alive
    assert [event.step for event in seen.events if event.phase == "train"][:20] == list(range(20))
    adopted = ssh.submit(prepared)
    assert holder(there) == process
    assert ssh.poll(adopted).events == ()

    os.kill(process, signal.SIGKILL)
    with deadline(20):
        while holder(there) is not None:
            time.sleep(0.01)
    assert ssh.poll(adopted).is_alive is False
    look, said = watched(ssh, ssh.submit(prepared))
    ssh.fetch(look.place)

    steps = [event.step for event in said if event.phase == "train"]
    assert (steps[0] or 0) > 12
    assert steps[-1] == 60
    assert adapter_of(prepared) == adapter_of(finished[0])


def test_a_machine_that_vanishes_takes_nothing_along(
    prepared: Path, machine: Machine, sshd: OwnSshd, finished: tuple[Path, Path]
) -> None:
    ssh = Ssh(machine)
    place = ssh.submit(prepared)
    process = hold_at(there_of(machine, place), 20)
    brought = ssh.fetch(place)
    heard = ssh.poll(place)

    sshd.kill()
    os.kill(process, signal.SIGKILL)
    lost = ssh.poll(heard.place)

    newest = int((brought.checkpoint or "").removeprefix("step-"))
    assert 18 <= newest < 60
    assert lost.is_alive is None
    assert "Connection refused" in (lost.trouble or "")
    assert lost.unreachable_since == heard.place.heard_at
    with pytest.raises(Unreachable, match="does not answer"):
        ssh.submit(prepared)
    with pytest.raises(Unreachable):
        ssh.fetch(lost.place)
    with pytest.raises(Unreachable):
        ssh.cancel(lost.place, patience_s=1)

    here = Local()
    place = here.submit(prepared)
    with deadline(120):
        while (look := here.poll(place)).is_alive:
            time.sleep(0.05)
    steps = [event.step for event in look.events if event.phase == "train"]
    assert (steps[0], steps[-1]) == (newest + 1, 60)
    assert here.fetch(place).is_whole
    assert adapter_of(prepared) == adapter_of(finished[0])


def test_what_was_begun_here_goes_on_there(
    prepared: Path, machine: Machine, finished: tuple[Path, Path]
) -> None:
    here, ssh = Local(), Ssh(machine)
    place = here.submit(prepared)
    os.kill(hold_at(prepared, 20), signal.SIGCONT)
    with pytest.raises(Busy, match="this machine"):
        ssh.submit(prepared)
    here.cancel(place, patience_s=30)

    look, said = watched(ssh, ssh.submit(prepared))
    assert next(one.step for one in said if one.step) > 20
    ssh.fetch(look.place)

    assert adapter_of(prepared) == adapter_of(finished[0])


def test_another_lorewright_is_refused(prepared: Path, machine: Machine, tmp_path: Path) -> None:
    copy = tmp_path / "copy" / "lorewright"
    shutil.copytree(Path(lorewright.__file__).parent, copy)
    with (copy / "train" / "lora.py").open("a", encoding="utf-8") as file:
        file.write("# another version\n")
    python = tmp_path / "python"
    python.write_text(f'#!/bin/sh\nPYTHONPATH={copy.parent} exec {sys.executable} "$@"\n')
    python.chmod(0o755)
    other = Machine("rented", str(python), machine.folder, machine.config)

    with pytest.raises(Refused, match="its source files differ"):
        Ssh(other).submit(prepared)

    assert not (Path(machine.folder) / "jobs").exists()


def test_a_machine_without_lorewright_says_so(prepared: Path, machine: Machine) -> None:
    without = Machine("rented", "/usr/bin/false", machine.folder, machine.config)

    with pytest.raises(OutsideError, match="cannot run Lorewright"):
        Ssh(without).submit(prepared)


def test_a_machine_whose_key_is_not_known_is_refused(prepared: Path, machine: Machine) -> None:
    stranger = Machine("stranger", machine.python, machine.folder, machine.config)

    with pytest.raises(Unreachable, match="Host key verification failed") as caught:
        Ssh(stranger).submit(prepared)

    assert "compare the key" in (caught.value.hint or "")


def test_a_key_that_is_not_accepted_is_told(
    prepared: Path, machine: Machine, sshd: OwnSshd
) -> None:
    (sshd.folder / "authorized").write_text("")

    with pytest.raises(Unreachable, match="Permission denied") as caught:
        Ssh(machine).submit(prepared)

    assert "passwords are never used" in (caught.value.hint or "")


def test_a_disk_without_room_is_told_before_anything_is_sent(
    prepared: Path, machine: Machine
) -> None:
    spec = read_spec(prepared)
    huge = spec.base_files[0].model_copy(update={"size": 10**16})
    write_spec(prepared, spec.model_copy(update={"base_files": (huge, *spec.base_files[1:])}))

    with pytest.raises(StorageError, match=r"10000000\.\d GB"):
        Ssh(machine).submit(prepared)

    assert not (Path(machine.folder) / "bases").exists()


def test_what_comes_back_altered_is_not_taken(prepared: Path, machine: Machine) -> None:
    ssh = Ssh(machine)
    look, _ = watched(ssh, ssh.submit(prepared))
    with (there_of(machine, look.place) / "result" / "adapter_config.json").open("a") as file:
        file.write(" ")

    with pytest.raises(BadRecord, match="missing or altered"):
        ssh.fetch(look.place)

    assert not is_finished(prepared)
    assert not list(prepared.glob(".arriving-*"))


@pytest.mark.parametrize(
    "host",
    ["-oProxyCommand=touch x", "", "a b", "a;b", "$(id)", "a@-b", "ssh://a", "a\nb", "a@b@c"],
)
def test_a_host_that_is_an_option_or_a_word_for_a_shell_is_refused(host: str) -> None:
    with pytest.raises(BadSettings, match="no name of a machine"):
        Machine(host)


def test_words_for_a_shell_stay_words(machine: Machine, sshd: OwnSshd, tmp_path: Path) -> None:
    folder = f"{tmp_path}/there'; touch {tmp_path}/broken; echo '$(touch {tmp_path}/broken) \"`id`"
    odd = Machine("rented", machine.python, folder, sshd.config)
    place = Place(executor="ssh", jobdir=str(tmp_path), host="rented", job="a" * 64)

    assert not Ssh(odd).cancel(place, patience_s=0)
    assert Ssh(odd).poll(place).is_alive is False
    assert not (tmp_path / "broken").exists()


def test_the_helper_answers_in_json_and_refuses_what_it_does_not_know(tmp_path: Path) -> None:
    def ask(*words: str) -> tuple[int, dict[str, object]]:
        done = subprocess.run(
            [sys.executable, "-m", "lorewright.train.executors.there", *words],
            capture_output=True,
            check=False,
        )
        return done.returncode, json.loads(done.stdout or done.stderr)

    root = {"root": str(tmp_path)}
    code, hello = ask("hello", json.dumps(root))
    assert (code, sorted(hello)) == (0, ["bases", "devices", "free_bytes", "version"])
    for words in (
        ("look", json.dumps({**root, "job": "../x"})),
        ("wave", json.dumps(root)),
        ("look", "{"),
        ("look",),
        ("pack", json.dumps({**root, "job": "a" * 64})),
    ):
        code, answer = ask(*words)
        assert code in {2, 4}
        assert "error" in answer


def test_a_job_here_can_be_polled_by_another_process(
    prepared: Path, finished: tuple[Path, Path]
) -> None:
    first, other, said = Local(), Local(), list[Event]()
    place = first.submit(prepared)
    with deadline(120):
        while (look := other.poll(place)).is_alive or look.events:
            said += look.events
            place = Place.model_validate_json(look.place.model_dump_json())
            time.sleep(0.05)

    assert said[-1].phase == "done"
    assert first.poll(place).is_whole
    assert look.is_whole
    assert other.fetch(place).checkpoint == "step-000000060"
    assert adapter_of(prepared) == adapter_of(finished[0])
