"""Sketches keep inner products of gradients, come again bit by bit, and can be left out."""

import shutil
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lorewright.errors import TrainingFailed, Unreadable
from lorewright.inference import ChatTokenizer, Sample, answer_logits, library, open_weights
from lorewright.train import Lessons, describe, prepare, read_sketch, sketch_epochs
from lorewright.train.example_gradients import example_gradients, lora_layers
from lorewright.train.held_out import HELD_OUT_FILE
from lorewright.train.projection import Projection
from lorewright.train.result import HOW_FILE, RESULT_FOLDER, read_result
from lorewright.train.run import main
from lorewright.train.sketch import SKETCH_FILE, Sketcher, sketch_plan
from train.conftest import HELD_OUT, LINES, SETTINGS, a_line
from train.made_adapters import moved_network

MORE = [
    a_line(f"{question} Number {number}?", f"{answer} And {number} more.")
    for number in range(5)
    for question, answer in (
        ("How often", "Rebalance once a year."),
        ("How much", "Keep six months of rent aside."),
        ("When", "Ask before you advise."),
        ("What then", "Write down what the client said."),
    )
]


def samples_for(base: Path, lines: list[Any]) -> list[Sample]:
    tokenizer = ChatTokenizer.open(base)
    return [sample for line in lines for sample in tokenizer.samples(line.name, line.turns)]


def exact_gradients(network: Any, sample: Sample) -> dict[str, Any]:
    """Of one example alone, as a plain backward pass gives it."""
    torch = library("torch")
    logits, targets, _ = answer_logits(network, [sample])
    torch.nn.functional.cross_entropy(logits, targets, reduction="sum").backward()
    found = {
        name.removesuffix(".weight"): weights.grad.clone()
        for name, weights in network.named_parameters()
        if weights.requires_grad
    }
    network.zero_grad(set_to_none=True)
    return found


def exact_gradient(network: Any, sample: Sample) -> Any:
    """All of it as one vector."""
    found = exact_gradients(network, sample)
    return library("torch").cat([one.flatten() for one in found.values()])


def sketched(folder: Path, network: Any, samples: list[Sample], **plan: Any) -> Any:
    """The vectors of one sketch before the first step."""
    chosen = sketch_plan([sample.name for sample in samples], steps=1, seed=7, **plan)
    sketcher = Sketcher(folder, network, samples, chosen, spec="a" * 64)
    sketcher(0)
    (folder / "result").mkdir()
    sketcher.finish(folder / "result")
    return read_sketch(folder / "result" / SKETCH_FILE)


def test_the_gradient_of_every_example_of_a_batch_is_that_of_the_example_alone(
    a_base: Callable[[str], Path],
) -> None:
    torch, base = library("torch"), a_base("llama")
    network, samples = moved_network(base).train(), samples_for(base, LINES)
    found: dict[str, Any] = {}

    example_gradients(network, samples, take=lambda name, value: found.update({name: value}))

    assert found.keys() == lora_layers(network).keys()
    for row, sample in enumerate(samples):
        for name, wanted in exact_gradients(network, sample).items():
            # The long side comes last, so a matrix that is higher than wide lies on its side.
            one = found[name][row]
            lying = wanted if wanted.shape == one.shape else wanted.T
            torch.testing.assert_close(one, lying, rtol=1e-3, atol=1e-4)
    assert network.training
    assert all(weights.grad is None for weights in network.parameters())


@pytest.mark.parametrize("family", ["llama", "qwen2"])
def test_neighbours_by_sketch_are_neighbours_by_gradient(
    a_base: Callable[[str], Path], tmp_path: Path, family: str
) -> None:
    torch, base = library("torch"), a_base(family)
    network, samples = moved_network(base), samples_for(base, MORE)

    vectors = sketched(tmp_path, network, samples).vectors[0]

    exact = torch.stack([exact_gradient(network.eval(), sample) for sample in samples])
    exact = torch.nn.functional.normalize(exact, dim=1)
    pairs = torch.triu_indices(len(samples), len(samples), offset=1)
    wanted, found = (exact @ exact.T)[tuple(pairs)], (vectors @ vectors.T)[tuple(pairs)]
    ranks = torch.stack([wanted, found]).argsort(dim=1).argsort(dim=1).double()
    assert torch.corrcoef(ranks)[0, 1] > 0.9
    assert (wanted - found).abs().max() < 0.2
    nearest = (exact @ exact.T - 2 * torch.eye(len(samples))).argmax(dim=1)
    similar = (vectors @ vectors.T - 2 * torch.eye(len(samples))).topk(3, dim=1).indices
    agreeing = sum(
        one in some for one, some in zip(nearest.tolist(), similar.tolist(), strict=True)
    )
    assert agreeing >= 0.9 * len(samples)


def test_duplicates_have_equal_sketches_in_whatever_company(
    a_base: Callable[[str], Path], tmp_path: Path
) -> None:
    base = a_base("llama")
    twins = [
        line.model_copy(update={"name": f"example:twin {number}"})
        for number, line in enumerate(LINES[:2])
    ]
    samples = samples_for(base, [twins[0], *MORE, *LINES, twins[1]])

    found = sketched(tmp_path, moved_network(base), samples)

    rows = dict(zip(found.examples, found.vectors[0], strict=True))
    for twin, line in zip(twins, LINES[:2], strict=True):
        assert rows[twin.name].equal(rows[line.name])
        assert rows[twin.name].norm().item() == pytest.approx(1, abs=1e-5)


@given(
    short=st.integers(1, 16),
    long=st.integers(1, 300),
    seed=st.integers(0, 2**31),
    name=st.text(max_size=20),
)
@settings(max_examples=30, deadline=None)
def test_a_projection_follows_from_seed_and_name_alone(
    short: int, long: int, seed: int, name: str
) -> None:
    torch = library("torch")
    gradients = torch.arange(2.0 * short * long).reshape(2, short, long).sin()

    first = Projection(width=64, seed=seed).of(name, gradients)
    second = Projection(width=64, seed=seed)
    second.of("another", gradients)

    assert first.shape == (2, 64)
    assert first.equal(second.of(name, gradients))
    assert not first.equal(Projection(width=64, seed=seed + 1).of(name + "x", gradients * 2))


def test_projected_inner_products_are_right_on_average() -> None:
    torch = library("torch")
    random = torch.Generator().manual_seed(1)
    gradients = torch.randn((2, 8, 200), generator=random)
    gradients[1] += gradients[0]
    wanted = (gradients[0] * gradients[1]).sum().item()

    found = [
        torch.dot(*Projection(width=256, seed=seed).of("a matrix", gradients)).item()
        for seed in range(200)
    ]

    assert sum(found) / len(found) == pytest.approx(wanted, rel=0.05)


@given(
    examples=st.integers(1, 60),
    steps=st.integers(1, 400),
    budget=st.none() | st.integers(1, 80),
    seed=st.integers(0, 99),
)
def test_a_plan_is_early_within_its_budget_and_repeatable(
    examples: int, steps: int, budget: int | None, seed: int
) -> None:
    names = [f"example:{number}" for number in range(examples)] * 2

    plan = sketch_plan(names, steps=steps, seed=seed, budget=budget)

    assert plan == sketch_plan(names, steps=steps, seed=seed, budget=budget)
    assert len(plan.taken) == min(examples, budget or examples)
    assert [name for name in names[:examples] if name in plan.taken] == [*plan.taken]
    assert plan.of == examples
    assert 1 <= len(plan.steps) <= 3
    assert all(0 <= step <= steps // 2 for step in plan.steps)


def test_the_cost_is_said_in_epochs() -> None:
    assert sketch_epochs(100) == pytest.approx(3.9)
    assert sketch_epochs(100, 50) == pytest.approx(1.95)
    assert sketch_epochs(100, 500) == pytest.approx(3.9)
    assert sketch_epochs(0) == 0


def test_a_base_without_an_adapter_has_nothing_to_sketch(a_base: Callable[[str], Path]) -> None:
    with pytest.raises(TrainingFailed, match="no low-rank matrices"):
        lora_layers(open_weights(a_base("llama")))


def job(folder: Path, base: Path, role: str = "tuned", **changes: Any) -> Path:
    chosen = SETTINGS.model_copy(update={"epochs": 4, **changes})
    lessons = Lessons(role, LINES, HELD_OUT)  # pyright: ignore[reportArgumentType] - one of two
    prepare(folder, lessons, base=describe(base, name="tiny"), settings=chosen)
    return folder


def run(folder: Path) -> None:
    """What the training process does, in this one: it is several tests' worth of seconds faster."""
    torch, before = library("torch"), signal.getsignal(signal.SIGTERM)
    try:
        assert main(folder) == 0
    finally:
        signal.signal(signal.SIGTERM, before)
        torch.use_deterministic_algorithms(mode=False)


@pytest.fixture(scope="module")
def jobs(a_base: Callable[[str], Path], tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """The same job with a sketch, without one, with a budget, and a control."""
    place, base = tmp_path_factory.mktemp("sketched"), a_base("llama")
    made = [
        job(place / "with", base, sketch=True),
        job(place / "without", base),
        job(place / "some", base, sketch=True, sketch_budget=2),
        job(place / "control", base, "permuted-control", sketch=True),
    ]
    for one in made:
        run(one)
    return made


def test_a_sketch_lies_beside_the_adapter_and_is_listed_with_its_hash(jobs: list[Path]) -> None:
    names: list[list[str]] = []
    for one in jobs:
        result = read_result(one)
        assert result is not None
        names.append([file.path for file in result.files])

    plain = ["adapter_config.json", "adapter_model.safetensors", HELD_OUT_FILE, HOW_FILE]
    with_sketch = sorted([*plain, SKETCH_FILE])
    assert names == [with_sketch, plain, with_sketch, plain]
    found = read_sketch(jobs[0] / RESULT_FOLDER / SKETCH_FILE)
    assert found.examples == tuple(line.name for line in LINES)
    assert sorted(found.vectors) == [1, 2, 4]
    some = read_sketch(jobs[2] / RESULT_FOLDER / SKETCH_FILE)
    assert (len(some.examples), some.of) == (2, 6)


def test_sketching_changes_nothing_about_the_adapter(jobs: list[Path]) -> None:
    adapters = [
        (one / RESULT_FOLDER / "adapter_model.safetensors").read_bytes() for one in jobs[:3]
    ]

    assert adapters[0] == adapters[1] == adapters[2]


@pytest.mark.parametrize("lost", [(), (2,), (1, 2, 4)])
def test_a_run_that_was_killed_comes_by_the_same_bytes(
    jobs: list[Path], a_base: Callable[[str], Path], tmp_path: Path, lost: tuple[int, ...]
) -> None:
    again = job(tmp_path / "again", a_base("llama"), sketch=True)
    shutil.copytree(jobs[0] / "sketch", again / "sketch")
    for step in lost:
        (again / "sketch" / f"step-{step:09d}.safetensors").unlink()
    kept = {path: path.stat().st_mtime_ns for path in (again / "sketch").glob("step-*")}

    run(again)

    ours, theirs = (one / RESULT_FOLDER / SKETCH_FILE for one in (again, jobs[0]))
    assert ours.read_bytes() == theirs.read_bytes()
    assert {path: path.stat().st_mtime_ns for path in kept} == kept


def test_a_sketch_of_another_job_in_the_folder_is_written_again(
    a_base: Callable[[str], Path], tmp_path: Path
) -> None:
    base = a_base("llama")
    network, samples = moved_network(base), samples_for(base, LINES)
    plan = sketch_plan([sample.name for sample in samples], steps=1, seed=7)
    Sketcher(tmp_path, network, samples[:1], plan, spec="b" * 64)(0)
    before = (tmp_path / "sketch" / f"step-{0:09d}.safetensors").read_bytes()

    Sketcher(tmp_path, network, samples, plan, spec="a" * 64)(0)

    assert (tmp_path / "sketch" / f"step-{0:09d}.safetensors").read_bytes() != before


def test_what_is_no_sketch_is_told(jobs: list[Path], tmp_path: Path) -> None:
    with pytest.raises(Unreadable, match="this is no sketch"):
        read_sketch(jobs[0] / RESULT_FOLDER / "adapter_model.safetensors")
    with pytest.raises(Unreadable, match="this is no sketch"):
        read_sketch(tmp_path / "nowhere")
    (tmp_path / "rubbish").write_bytes(b"rubbish")
    with pytest.raises(Unreadable, match="this is no sketch"):
        read_sketch(tmp_path / "rubbish")
