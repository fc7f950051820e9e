"""Time a few steps of a job's own data with the very process that would train it."""

import random
import shutil
import tempfile
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import NamedTuple

from lorewright.errors import TrainingFailed
from lorewright.settings import TrainingSettings
from lorewright.train.base_model import BaseFolder
from lorewright.train.events import EVENTS_FILE, read_events
from lorewright.train.job import Lessons, prepare, result_of, start
from lorewright.train.lines import Line
from lorewright.train.recipes import Recipes
from lorewright.train.spec import plan_for, write_spec

STEPS = 4
"""The first warms up; the others are timed."""
QUICK_BYTES = 200 * 10**6
"""Weights that are loaded in some seconds."""


class Pace(NamedTuple):
    """What a few steps took."""

    step_s: float
    """Seconds of one step."""
    tokens_per_step: float
    """Tokens of real examples in one step, without padding."""
    start_s: float
    """From the start of the process to its first step."""
    peak: int | None
    """Bytes at the fullest moment; None where the system does not say."""


def is_quick_to_measure(base: BaseFolder) -> bool:
    """Whether loading the base costs so little that it may be measured unasked."""
    return sum(file.size for file in base.files) < QUICK_BYTES


def measured_pace(
    lines: Iterable[Line],
    tokens_of: Sequence[int],
    *,
    base: BaseFolder,
    settings: TrainingSettings,
    recipes: Recipes | None = None,
) -> Pace:
    """Train `STEPS` steps on examples drawn by chance, in a folder that is thrown away.

    Args:
        lines: what would be trained on.
        tokens_of: the tokens of each of them, in their order.
        base: the base model.
        settings: as for the whole job.
        recipes: methods and presets; None for those that came along.

    Raises:
        TrainingFailed: when the steps do not run; other errors as the process met them.
    """
    folder = Path(tempfile.mkdtemp(prefix="lorewright-pace-"))
    try:
        return _measured(folder, lines, tokens_of, base=base, settings=settings, recipes=recipes)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _measured(
    folder: Path,
    lines: Iterable[Line],
    tokens_of: Sequence[int],
    *,
    base: BaseFolder,
    settings: TrainingSettings,
    recipes: Recipes | None,
) -> Pace:
    examples = len(tokens_of)
    whole = plan_for(
        settings,
        examples=examples,
        is_pocket=settings.base == "pocket",
        max_length=base.max_length,
        parameters=base.parameters,
        recipes=recipes,
    )
    chosen = _chosen(min(examples, STEPS * whole.batch), examples)
    picked = [line for at, line in enumerate(lines) if at in chosen]
    tokens = sum(tokens_of[at] for at in chosen) / max(1, -(-len(chosen) // whole.batch))
    job = folder / "job"
    lessons = Lessons("tuned", picked)
    spec = prepare(job, lessons, base=base, settings=settings, recipes=recipes)
    plan = whole.model_copy(update={"steps": STEPS})
    write_spec(job, spec.model_copy(update={"plan": plan}))
    child = start(job)
    if child.process is not None:
        child.process.wait()
    result_of(job)
    return _told(job / EVENTS_FILE, tokens)


def _chosen(count: int, examples: int) -> set[int]:
    rng = random.Random(f"pace:{examples}")  # noqa: S311 - not a secret
    return set(rng.sample(range(examples), count))


def _told(path: Path, tokens: float) -> Pace:
    """Read the time of all steps but the first from what the process said."""
    events, _ = read_events(path)
    steps = {
        event.step: event.seconds
        for event in events
        if event.phase == "train" and event.step and event.seconds is not None
    }
    begun = next((event.time for event in events if event.phase == "load"), None)
    first = next((event.time for event in events if event.phase == "train"), None)
    peak = next((event.peak_memory for event in events if event.peak_memory), None)
    warm = [seconds for step, seconds in steps.items() if step > 1]
    if not warm or begun is None or first is None:
        raise TrainingFailed("the steps that were to be timed did not run")
    return Pace(max(sum(warm) / len(warm), 1e-6), tokens, first - begun, peak)
