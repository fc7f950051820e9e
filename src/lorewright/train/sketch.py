"""The attribution sketch: what every example pulled at, early in training.

Late in training what was learnt pulls no more, so which example taught what can only be seen
early. At three early steps the gradient of every example over the adapter is projected onto a
thousand numbers and brought to length one. The inner product of two sketches says how far two
examples pull the same way. How well that finds the examples behind an answer is not measured
by this file's being there.

What is written belongs to the state of the network before a step, which a run that was killed
comes by again bit by bit; so it does not matter when a sketch was written.
"""

import json
import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Any, NamedTuple

from lorewright.errors import Unreadable
from lorewright.inference import Sample, library
from lorewright.train.checkpoints import flush, flush_folder
from lorewright.train.example_gradients import example_gradients, lora_layers
from lorewright.train.projection import Projection
from lorewright.train.spec import Spec

SKETCH_FILE = "sketch.safetensors"
WIDTH = 1024
"""Numbers for each example and step; in 16 bits 2 KiB."""
EARLY = (0.12, 0.27, 0.5)
"""Where in a run the three steps are, as shares of all. In a trial of 260 steps with known
sources, steps 30, 70 and 130 told them apart and the last one did not."""
PASS_TOKENS = 2048
"""Tokens, padding included, that go through the network at once."""
EPOCHS_PER_STEP = 1.3
"""What sketching at one step costs at most, in epochs of training on the same examples."""
FORMAT = 1
Beat = Callable[[], None]
"""Is called after every pass, since all of them take a while; what it raises ends them."""


class SketchPlan(NamedTuple):
    """Which examples are sketched, when and how."""

    steps: tuple[int, ...]
    """Steps done before each sketch."""
    taken: tuple[str, ...]
    """Names of examples, in their order in the training file."""
    of: int
    """Examples there are."""
    seed: int
    width: int = WIDTH


@dataclass(frozen=True, slots=True)
class Sketch:
    """What `sketch.safetensors` holds."""

    examples: tuple[str, ...]
    """The rows."""
    of: int
    """Examples there were to choose from."""
    seed: int
    """Of the projection and of the choice."""
    vectors: dict[int, Any]
    """{step: `[examples, width]` of length one in 32 bits}."""


def sketch_plan(
    names: Sequence[str], *, steps: int, seed: int, budget: int | None = None
) -> SketchPlan:
    """Choose steps and examples.

    Args:
        names: of the examples, in their order; an example may stand there several times.
        steps: of the whole run.
        seed: decides which examples are taken when not all are.
        budget: examples at most; None takes all.
    """
    known = list(dict.fromkeys(names))
    taken = known
    if budget is not None and budget < len(known):
        chosen = random.Random(f"sketch:{seed}").sample(range(len(known)), budget)  # noqa: S311 - not a secret
        taken = [known[place] for place in sorted(chosen)]
    early = sorted({min(steps // 2, max(1, round(share * steps))) for share in EARLY})
    return SketchPlan(tuple(early), tuple(taken), len(known), seed)


def sketch_epochs(examples: int, budget: int | None = None) -> float:
    """How much longer training gets at most, in epochs over its `examples`."""
    taken = examples if budget is None else min(budget, examples)
    return len(EARLY) * EPOCHS_PER_STEP * taken / max(1, examples)


class Sketcher:
    """Writes sketches before the steps that its plan names; a `Watcher` of a training run.

    Args:
        folder: of the job; sketches lie in `sketch/` until the run is done.
        network: a base with an adapter.
        samples: of the training file.
        plan: from `sketch_plan`.
        spec: the fingerprint of the job.
        beat: is called after every pass.

    Raises:
        TrainingFailed: when the network has no low-rank matrices.
    """

    def __init__(
        self,
        folder: Path,
        network: Any,
        samples: Sequence[Sample],
        plan: SketchPlan,
        *,
        spec: str,
        beat: Beat = lambda: None,
    ) -> None:
        self._folder = folder / "sketch"
        self._network = network
        self._plan = plan
        self._spec = spec
        self._beat = beat
        places = {name: place for place, name in enumerate(plan.taken)}
        self._samples = [sample for sample in samples if sample.name in places]
        self._places = places
        lora_layers(network)  # there is nothing to sketch without
        self._projection = Projection(width=plan.width, seed=plan.seed, device=network.device)

    def __call__(self, step: int) -> None:
        """Sketch, when `step` steps are done and that is one of the plan's."""
        if step in self._plan.steps and not self._is_written(step):
            self._write(step, self._vectors())

    def finish(self, result: Path) -> None:
        """Put all sketches as one file beside the adapter in `result`."""
        tensors = {f"step-{step}": self._load(step) for step in self._plan.steps}
        facts = {
            "format": FORMAT,
            "of": self._plan.of,
            "seed": self._plan.seed,
            "width": self._plan.width,
            "steps": list(self._plan.steps),
            "examples": list(self._plan.taken),
        }
        # One entry, since several have no order that could be relied on.
        metadata = {"sketch": json.dumps(facts, sort_keys=True)}
        unfinished = self._folder / f"{SKETCH_FILE}.unfinished"
        library("safetensors.torch").save_file(tensors, unfinished, metadata=metadata)
        flush(self._folder)
        unfinished.rename(result / SKETCH_FILE)
        flush_folder(result)

    def _vectors(self) -> Any:
        """One row of length one for each example."""
        torch = library("torch")
        rows = torch.zeros((len(self._places), self._plan.width), dtype=torch.float32)
        for alike, vector in self._sketched():
            for sample in alike:
                rows[self._places[sample.name]] += vector
        return torch.nn.functional.normalize(rows, dim=1).to(torch.float16)

    def _sketched(self) -> Iterator[tuple[list[Sample], Any]]:
        """Samples that are the same, with the projected gradient of one of them.

        Computed once, what is the same has the same sketch to the last bit, in whatever
        company it would have gone through the network.
        """
        ordered = sorted(self._samples, key=_content)
        groups = [list(group) for _, group in groupby(ordered, key=_content)]
        by_first = {id(group[0]): group for group in groups}
        for batch in _passes([group[0] for group in groups]):
            sums = self._projected(batch)
            for sample, vector in zip(batch, sums, strict=True):
                yield by_first[id(sample)], vector
            self._beat()

    def _projected(self, batch: Sequence[Sample]) -> Any:
        torch = library("torch")
        sums = torch.zeros((len(batch), self._plan.width), device=self._network.device)

        def take(name: str, gradients: Any) -> None:
            sums.add_(self._projection.of(name, gradients))

        example_gradients(self._network, batch, take=take)
        return sums.cpu()

    def _write(self, step: int, vectors: Any) -> None:
        """Whole or not at all."""
        self._folder.mkdir(exist_ok=True)
        unfinished = self._folder / "unfinished"
        save = library("safetensors.torch").save_file
        save({"vectors": vectors}, unfinished, metadata={"spec": self._spec})
        flush(self._folder)
        unfinished.rename(self._place(step))
        flush_folder(self._folder)

    def _is_written(self, step: int) -> bool:
        """Whether this job wrote it; one of another job in the same folder does not count."""
        if not self._place(step).exists():
            return False
        with library("safetensors").safe_open(self._place(step), framework="pt") as file:
            metadata: dict[str, str] = file.metadata() or {}
            return metadata.get("spec") == self._spec

    def _load(self, step: int) -> Any:
        return library("safetensors.torch").load_file(self._place(step))["vectors"]

    def _place(self, step: int) -> Path:
        return self._folder / f"step-{step:09d}.safetensors"


def sketcher_for(
    jobdir: Path,
    spec: Spec,
    network: Any,
    samples: Sequence[Sample],
    *,
    steps: int,
    beat: Beat = lambda: None,
) -> Sketcher | None:
    """The sketcher of a job that asks for one; a control has none.

    Args:
        jobdir: the folder of the job.
        spec: the job.
        network: a base with an adapter.
        samples: of the training file.
        steps: of the whole run.
        beat: is called after every pass.
    """
    if not spec.plan.sketch or spec.role != "tuned":
        return None
    names = [sample.name for sample in samples]
    plan = sketch_plan(names, steps=steps, seed=spec.plan.seed, budget=spec.plan.sketch_budget)
    return Sketcher(jobdir, network, samples, plan, spec=spec.fingerprint, beat=beat)


def read_sketch(path: Path) -> Sketch:
    """Open a sketch.

    Raises:
        Unreadable: when it is none, or one of a later version.
    """
    torch, found = library("torch"), library("safetensors")
    try:
        with found.safe_open(path, framework="pt") as file:
            metadata: dict[str, str] = file.metadata() or {}
            facts: dict[str, Any] = json.loads(metadata["sketch"])
            if facts["format"] != FORMAT:
                raise Unreadable(f"the sketch is of format {facts['format']}", where=str(path))
            vectors = {
                step: torch.nn.functional.normalize(
                    file.get_tensor(f"step-{step}").to(torch.float32), dim=1
                )
                for step in facts["steps"]
            }
    except (OSError, ValueError, KeyError, found.SafetensorError) as error:
        raise Unreadable(f"this is no sketch: {error}", where=str(path)) from error
    return Sketch(tuple(facts["examples"]), facts["of"], facts["seed"], vectors)


def _passes(samples: Sequence[Sample]) -> Iterator[list[Sample]]:
    """Split `samples`, the shortest first, so that no part pads to more than `PASS_TOKENS`."""
    part: list[Sample] = []
    for sample in samples:
        if part and len(sample.ids) * (len(part) + 1) > PASS_TOKENS:
            yield part
            part = []
        part.append(sample)
    if part:
        yield part


def _content(sample: Sample) -> tuple[int, tuple[int, ...], tuple[bool, ...]]:
    """What makes two samples the same; the shortest first, so that little is padded."""
    return len(sample.ids), sample.ids, sample.labels
