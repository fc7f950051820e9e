"""One job on several devices: what is shared gives what one process gives."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from decimal import Decimal
from itertools import islice
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lorewright.errors import BadSettings, Incomplete, TrainingFailed
from lorewright.inference import Sample, library
from lorewright.records import Turn
from lorewright.settings import TrainingSettings
from lorewright.train import (
    Base,
    Child,
    Device,
    Lessons,
    Line,
    cancel,
    choose,
    describe,
    finish,
    follow,
    known_bases,
    known_recipes,
    plan_for,
    prepare,
    result_of,
    start,
)
from lorewright.train.checkpoints import kept_checkpoints
from lorewright.train.claim import holder
from lorewright.train.events import Event, read_events
from lorewright.train.several import ALONE, ended_by, share_of, torchrun_arguments
from lorewright.train.several.leading import Ended, LastWords, is_lost, write_last_words
from lorewright.train.share import Share
from lorewright.train.sharing import share_out
from lorewright.train.spec import Plan, read_spec

HERE = Path(__file__).parent
STEPS = 48
QUIET = {**os.environ, "OMP_NUM_THREADS": "1", "PYTHONWARNINGS": "ignore"}


@pytest.fixture(scope="module")
def shared_steps(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What two processes saw that did the same steps alone, shared and in parts."""
    out = tmp_path_factory.mktemp("shared") / "found.json"
    arguments = ["--standalone", "--local-addr", "127.0.0.1", "--nproc-per-node", "2"]
    done = subprocess.run(
        [sys.executable, "-m", "torch.distributed.run", *arguments, HERE / "shared_steps.py", out],
        env=QUIET,
        capture_output=True,
        text=True,
        timeout=280,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-4000:]
    found: dict[str, Any] = json.loads(out.read_text(encoding="utf-8"))
    return found


@pytest.mark.slow
@pytest.mark.parametrize(
    "case", ["lora", "lora in parts", "dora in parts", "adalora", "full in parts"]
)
def test_shared_steps_have_the_losses_of_one_process(
    shared_steps: dict[str, Any], case: str
) -> None:
    found = shared_steps[case]

    assert found["packing"] == "tree"
    assert len(found["alone"]) == 4
    for alone, shared in zip(found["alone"], found["shared"], strict=True):
        assert shared[:2] == pytest.approx(alone[:2], rel=1e-5)
    for alone, shared in found["held out"]:
        assert shared == pytest.approx(alone, rel=1e-5)
    assert max(found["weights apart"]) < 1e-4
    if "parts" not in case:  # in parts, some go through it again for nothing
        assert all(
            shared[2] >= alone[2]
            for alone, shared in zip(found["alone"], found["shared"], strict=True)
        )


@pytest.mark.slow
@pytest.mark.parametrize("case", ["lora", "lora in parts", "full in parts"])
def test_a_checkpoint_of_any_number_of_processes_is_gone_on_with_by_any_other(
    shared_steps: dict[str, Any], case: str
) -> None:
    found = shared_steps[case]

    for gone_on in found["gone on"]:
        for alone, other in zip(found["alone"][2:], gone_on, strict=True):
            assert other[:2] == pytest.approx(alone[:2], rel=1e-5)


@pytest.mark.slow
def test_what_is_written_of_a_network_in_parts_is_whole(shared_steps: dict[str, Any]) -> None:
    whole, parts = shared_steps["lora"]["written"], shared_steps["lora in parts"]["written"]

    assert parts.keys() == whole.keys()
    assert list(parts.values()) == pytest.approx(list(whole.values()), rel=1e-4)
    assert "model.embed_tokens.weight" in shared_steps["full in parts"]["written"]


@pytest.mark.slow
def test_what_all_must_know_is_the_same_in_each(shared_steps: dict[str, Any]) -> None:
    assert shared_steps["any"] == {"one": True, "none": False, "sums": [2.0, 1.0]}


def a_line(number: int) -> Line:
    question = Turn(role="user", text=f"What about {number}?")
    answer = Turn(role="assistant", text=f"Keep {number} months of rent aside, and rest.")
    return Line(name=f"example:{number}", turns=(question, answer))


def a_job(folder: Path, base: Path, **settings: Any) -> Path:
    chosen = TrainingSettings(
        base="outside",
        epochs=STEPS // 3,
        batch=2,
        threads=1,
        rank=4,
        learning_rate=Decimal("0.001"),
    ).model_copy(update=settings)
    lines = [a_line(number) for number in range(7)]
    lessons = Lessons("tuned", lines[:6], lines[6:])
    prepare(folder, lessons, base=describe(base, name="tiny"), settings=chosen)
    return folder


def until_step(child: Child, step: int) -> None:
    found = (event for _, event in follow([child], poll_s=0.02) if (event.step or 0) >= step)
    assert list(islice(found, 1))


def process_of_rank(leader: int, rank: int) -> int:
    children = Path(f"/proc/{leader}/task/{leader}/children").read_text(encoding="ascii").split()
    for child in map(int, children):
        if f"RANK={rank}\0" in Path(f"/proc/{child}/environ").read_text(encoding="utf-8"):
            return child
    raise AssertionError(f"no process of rank {rank}")


def is_running(process: int) -> bool:
    try:
        return "(zombie)" not in Path(f"/proc/{process}/status").read_text(encoding="ascii")
    except FileNotFoundError:
        return False


def losses_of(job: Path) -> list[float]:
    lines = (job / "history.jsonl").read_text(encoding="utf-8").splitlines()
    return [json.loads(line)["loss"] for line in lines]


def stopped(job: Path) -> int:
    """Start it and stop it after its first step; how many steps are kept."""
    child = start(job)
    until_step(child, 1)
    assert child.process is not None
    assert holder(job) == child.process.pid
    assert cancel(job)
    assert child.process.wait() == Incomplete.exit_code
    with pytest.raises(Incomplete, match="stopped"):
        result_of(job)
    return kept_checkpoints(job / "checkpoints")[-1].step


def killed(job: Path, *, rank: int, step: int) -> str:
    """Start it and kill one of its processes at `step`; what the job says of it."""
    child = start(job)
    until_step(child, step)
    assert child.process is not None
    ranks = [process_of_rank(child.process.pid, one) for one in (0, 1)]
    os.kill(ranks[rank], signal.SIGKILL)
    child.process.wait()
    assert holder(job) is None
    assert not any(map(is_running, ranks))
    with pytest.raises(TrainingFailed) as caught:
        result_of(job)
    return caught.value.sentence


@pytest.mark.slow
@pytest.mark.skipif(not Path("/proc/self").exists(), reason="finds processes through /proc")
def test_a_job_of_two_processes_is_stopped_killed_and_ends_like_that_of_one(
    a_base: Callable[[str], Path], tmp_path: Path
) -> None:
    alone = a_job(tmp_path / "alone", a_base("llama"))
    together = a_job(tmp_path / "together", a_base("llama"), devices=2)

    kept = stopped(together)
    assert kept < STEPS
    notes = [event.note or "" for event in read_events(together / "events.jsonl")[0]]
    assert any("2 processes, as training.devices says; each holds" in note for note in notes)

    a_job(together, a_base("llama"), devices=2, sharding="full")
    assert killed(together, rank=1, step=kept + 1) == "rank 1 of 2 was ended by SIGKILL"

    results = finish([together, alone])
    assert losses_of(together) == pytest.approx(losses_of(alone), rel=1e-4)
    held_out = [float(result.held_out_loss or 0) for result in results]
    assert held_out[0] == pytest.approx(held_out[1], rel=1e-4)
    load = library("safetensors.torch").load_file
    one, other = (load(job / "result" / "adapter_model.safetensors") for job in (alone, together))
    assert one.keys() == other.keys()
    assert max(float((one[name] - other[name]).abs().max()) for name in one) < 1e-3
    how = json.loads((together / "result" / "training.json").read_text(encoding="utf-8"))
    assert how["devices"] == 2


def test_a_process_ends_with_the_one_that_started_it(tmp_path: Path) -> None:
    """Killed without a word, the leader leaves nobody behind who would go on writing."""
    inner = (
        "import os, time; from lorewright.train.several.ranks import end_with_parent;"
        f"end_with_parent(); open({str(tmp_path / 'pid')!r}, 'w').write(str(os.getpid()) + '\\n');"
        "time.sleep(120)"
    )
    outer = (
        f"import subprocess, sys; "
        f"subprocess.run([sys.executable, '-c', {inner!r}], start_new_session=True, check=False)"
    )
    process = subprocess.Popen([sys.executable, "-c", outer])
    pid = tmp_path / "pid"
    while not (pid.exists() and pid.read_text(encoding="ascii").endswith("\n")):
        assert process.poll() is None
        time.sleep(0.05)
    grandchild = int(pid.read_text(encoding="ascii"))
    assert is_running(grandchild)

    process.kill()
    process.wait()

    give_up = time.monotonic() + 60
    while is_running(grandchild) and time.monotonic() < give_up:
        time.sleep(0.05)
    assert not is_running(grandchild)


def an_error(sentence: str, kind: str = "TrainingFailed", where: str | None = None) -> Event:
    return Event(phase="error", time=1.0, kind=kind, sentence=sentence, where=where)


def test_an_error_of_its_own_counts_more_than_a_lost_other(tmp_path: Path) -> None:
    lost = LastWords(event=an_error("Connection closed by peer"), is_lost=True)
    own = LastWords(event=an_error("memory ran out at step 3", "OutOfMemory", "here"))
    write_last_words(tmp_path, 0, lost)
    write_last_words(tmp_path, 1, own)

    event = ended_by(tmp_path, Ended({0: 4, 1: 4}), processes=2)

    assert (event.kind, event.sentence) == ("OutOfMemory", "memory ran out at step 3")
    assert event.where == "rank 1 of 2: here"


def test_a_killed_process_is_named_with_its_last_words(tmp_path: Path) -> None:
    lost = LastWords(event=an_error("Connection closed by peer"), is_lost=True)
    write_last_words(tmp_path, 0, lost)
    (tmp_path / "log-1.txt").write_text("one\nthe very last\n", encoding="utf-8")

    event = ended_by(tmp_path, Ended({1: -signal.SIGKILL, 0: 4}), processes=2)

    assert event.sentence == "rank 1 of 2 was ended by SIGKILL"
    assert (event.where or "").endswith("log-1.txt | one | the very last")


def test_processes_that_lost_each_other_say_so(tmp_path: Path) -> None:
    for rank in (0, 1):
        lost = LastWords(event=an_error("Timed out waiting"), is_lost=True)
        write_last_words(tmp_path, rank, lost)

    event = ended_by(tmp_path, Ended({0: 4, 1: 4}), processes=2)

    assert event.sentence == "the 2 processes of the job lost each other (said by rank 0, 1)"


def test_only_errors_about_the_others_are_lost_ones() -> None:
    assert is_lost(RuntimeError("[gloo/transport/tcp/pair.cc:553] Connection closed by peer"))
    assert is_lost(library("torch.distributed").DistBackendError("NCCL error"))
    assert not is_lost(RuntimeError("shape '[2, 3]' is invalid for input of size 5"))


def test_torchrun_meets_on_this_machine_and_begins_nothing_again() -> None:
    run = library("torch.distributed.run")

    arguments = run.parse_args(torchrun_arguments(Path("/jobs/one"), 3))

    assert (arguments.standalone, arguments.local_addr) == (True, "127.0.0.1")
    assert (arguments.nproc_per_node, arguments.max_restarts) == ("3", 0)
    assert (arguments.training_script, arguments.training_script_args) == (
        "lorewright.train.rank",
        ["/jobs/one"],
    )


@given(st.lists(st.tuples(st.integers(0, 5), st.integers(1, 40)), max_size=24), st.integers(1, 5))
def test_every_sample_is_read_once_and_families_stay_together(
    drawn: list[tuple[int, int]], size: int
) -> None:
    samples = [
        Sample(str(at), (7,) * tokens, (True,) * tokens) for at, (_, tokens) in enumerate(drawn)
    ]
    families = [family for family, _ in drawn]

    shares = [share_of(samples, families, rank=rank, size=size) for rank in range(size)]

    names = [one.name for share in shares for one in share]
    assert sorted(names) == sorted(one.name for one in samples)
    owners = {
        family: {
            rank
            for rank, share in enumerate(shares)
            for one in share
            if families[int(one.name)] == family
        }
        for family in families
    }
    assert all(len(ranks) == 1 for ranks in owners.values())


def test_who_works_alone_asks_nobody() -> None:
    assert ALONE.is_first
    assert ALONE.sums(1.5, 2.0) == (1.5, 2.0)
    assert ALONE.any(flag=True)
    assert not ALONE.any(flag=False)


KNOWN = {one.title: one.shape for one in known_bases()}
LLAMA_70B, LLAMA_8B = KNOWN["Llama 3.1 70B"], KNOWN["Llama 3.1 8B"]
GPUS = Device("cuda", "a GPU", 80_000_000_000, is_fast_at_bf16=True, count=4)
CPU = Device("cpu", "4 cores", 16_000_000_000, is_fast_at_bf16=False)


def a_plan(method: str = "lora", **settings: Any) -> Plan:
    chosen = TrainingSettings(base="outside", method=method).model_copy(update=settings)
    return plan_for(chosen, examples=100, is_pocket=False, max_length=None)


def test_a_base_that_fits_one_gpu_is_left_to_one_process() -> None:
    assert share_out(Share(), GPUS, Base(LLAMA_8B), a_plan()) == (1, "none", None)
    assert share_out(Share(), CPU, Base(LLAMA_70B), a_plan()) == (1, "none", None)


def test_a_base_that_fits_no_single_gpu_is_held_in_parts_on_all() -> None:
    plan = a_plan(quantisation="none")

    found = share_out(Share(), GPUS, Base(LLAMA_70B), plan)

    assert found[:2] == (4, "full")
    assert found.reason is not None
    assert "held in 4 parts (FSDP2): it fits no single device" in found.reason


def test_sketches_are_left_to_one_process() -> None:
    plan = a_plan(quantisation="none", sketch=True)

    assert share_out(Share(), GPUS, Base(LLAMA_70B), plan) == (1, "none", None)


def test_processes_that_are_asked_for_copy_what_fits() -> None:
    found = share_out(Share(devices=2), GPUS, Base(LLAMA_8B), a_plan())

    assert found[:2] == (2, "none")
    assert "each holds the whole base" in (found.reason or "")
    assert share_out(Share(devices=2), CPU, Base(LLAMA_8B), a_plan())[:2] == (2, "none")


def test_more_devices_than_there_are_is_an_error() -> None:
    with pytest.raises(BadSettings, match="asks for 8 devices, and this process sees 4"):
        share_out(Share(devices=8), GPUS, Base(LLAMA_8B), a_plan())


def test_in_parts_each_device_needs_less() -> None:
    plan = a_plan(quantisation="none")
    need = [
        share_out(Share(devices=1), GPUS, Base(LLAMA_70B), plan),
        share_out(Share(devices=4, sharding="full"), GPUS, Base(LLAMA_70B), plan),
    ]
    alone, parts = (choose(GPUS, Base(LLAMA_70B), plan, shards=one.shards) for one in need)

    assert alone.need.weights / 4 < parts.need.weights < alone.need.weights / 3
    assert parts.need.trained == -(-alone.need.trained // 4)
    assert not alone.fits
    assert parts.fits


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"method": "qlora", "sharding": "full"}, "weights of four bits"),
        ({"method": "adalora", "sharding": "full"}, "measured on whole matrices"),
        ({"method": "pissa", "sharding": "full"}, "changes the whole base"),
        ({"sketch": True, "devices": 2}, "works alone"),
    ],
)
def test_what_cannot_be_shared_is_refused_before_it_begins(
    settings: dict[str, Any], said: str, a_base: Callable[[str], Path], tmp_path: Path
) -> None:
    with pytest.raises(BadSettings, match=said):
        a_job(tmp_path / "job", a_base("llama"), **settings)


def test_a_base_that_needs_four_bits_is_not_taken_apart() -> None:
    plan = a_plan("qlora")

    assert share_out(Share(), GPUS, Base(LLAMA_70B), plan) == (1, "none", None)


def test_the_number_of_processes_is_no_part_of_what_a_job_is(
    a_base: Callable[[str], Path], tmp_path: Path
) -> None:
    first = read_spec(a_job(tmp_path / "job", a_base("llama")))

    again = read_spec(a_job(tmp_path / "job", a_base("llama"), devices=2, sharding="full"))

    assert again.fingerprint == first.fingerprint
    assert (again.share.devices, again.share.sharding) == (2, "full")
    assert known_recipes().method("lora").method == again.plan.method
