"""Making ready what a job trains: base, adapter, examples and packing, as suits the device."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import chain
from pathlib import Path
from typing import Any, Literal

from lorewright.errors import BadRecord
from lorewright.inference import ChatTokenizer, Sample, library, open_weights
from lorewright.train.base_model import hashed
from lorewright.train.devices import Base, Choice, choose, detect, has_bitsandbytes
from lorewright.train.events import Event, EventLog, now
from lorewright.train.footprint import shape_of
from lorewright.train.lengths import refuse_too_long, too_long
from lorewright.train.lines import Line, read_lines
from lorewright.train.lora import LoraTraining, with_adapter
from lorewright.train.methods import save_memory
from lorewright.train.packing import choose_packing
from lorewright.train.several import Ranks, shard
from lorewright.train.sharing import Sharing, share_out
from lorewright.train.spec import TRAIN_FILE, VALID_FILE, Spec


def loaded(jobdir: Path, spec: Spec, log: EventLog, ranks: Ranks) -> tuple[LoraTraining, Choice]:
    """The training of a job before its first step, and what was chosen for the device.

    Whatever was chosen is told with its reason.

    Raises:
        BadRecord: when a file of the base or the job is not what it was.
        LorewrightError: when base, examples and device do not go together.
    """
    torch = library("torch")
    torch.set_num_threads(spec.plan.threads)
    torch.use_deterministic_algorithms(mode=True, warn_only=torch.cuda.is_available())
    folder = _checked_base(spec) if ranks.is_first else Path(spec.base_folder)
    train = read_lines(jobdir / TRAIN_FILE, sha256=spec.train_sha256)
    valid = read_lines(jobdir / VALID_FILE, sha256=spec.valid_sha256)
    tokenizer = ChatTokenizer.open(folder)
    samples = [_samples(tokenizer, lines) for lines in (train, valid)]
    allowed = spec.plan.max_length
    refuse_too_long(too_long(chain(*samples), allowed=allowed), allowed=allowed)
    longest = max(len(one.ids) for part in samples for one in part)
    choice, sharing = _chosen(folder, spec, ranks, longest=longest)
    for reason in choice.reasons:
        log.append(Event(phase="load", time=now(), note=reason))
    if sharing.reason is not None:
        log.append(Event(phase="load", time=now(), note=sharing.reason))
    network = _network(folder, spec, choice, sharing, ranks)
    chosen = choose_packing(
        network, samples[0], asked=spec.plan.packing, most=_at_once(spec, choice)
    )
    log.append(Event(phase="load", time=now(), packing=chosen.packing.name, reason=chosen.reason))
    is_mixed = spec.plan.method.kind == "full" and choice.precision == "bf16"
    training = LoraTraining(
        network,
        *samples,
        plan=spec.plan,
        packing=chosen.packing,
        mixed=is_mixed,
        ranks=replace(ranks, in_parts=sharing.shards > 1),
    )
    return training, choice


def _network(folder: Path, spec: Spec, choice: Choice, sharing: Sharing, ranks: Ranks) -> Any:
    """The base with what is trained on it.

    One that is held in parts is read by one process after another, so that it is in the memory
    of the machine once.
    """
    if sharing.shards == 1:
        return _whole_network(folder, spec, choice, device=choice.device.kind)
    network: Any = None
    for turn in range(ranks.size):
        if turn == ranks.rank:
            network = _whole_network(folder, spec, choice, device="cpu")
            shard(network, ranks, device=choice.device.kind)
        ranks.wait()
    return network


def _whole_network(
    folder: Path, spec: Spec, choice: Choice, *, device: Literal["cpu", "mps", "cuda"]
) -> Any:
    weights = open_weights(
        folder,
        device=device,
        # A base that is trained itself keeps 32 bits, since steps are small.
        precision="fp32" if spec.plan.method.kind == "full" else choice.precision,
        four_bits=choice.quantisation == "nf4",
    )
    network = with_adapter(weights, spec.plan)
    if choice.checkpointing or spec.memory.gradient_checkpointing:
        save_memory(network)
    return network


def _at_once(spec: Spec, choice: Choice) -> int:
    """Tokens that may go through the network at once: what fits, or less once that was tried."""
    tried = spec.memory.pass_tokens
    return choice.pass_tokens if tried is None else min(tried, choice.pass_tokens)


def _chosen(folder: Path, spec: Spec, ranks: Ranks, *, longest: int) -> tuple[Choice, Sharing]:
    base, device, four_bits = Base(shape_of(folder), longest), detect(), has_bitsandbytes()
    share = spec.share.model_copy(update={"devices": ranks.size})
    sharing = share_out(share, device, base, spec.plan, has_bitsandbytes=four_bits)
    choice = choose(device, base, spec.plan, has_bitsandbytes=four_bits, shards=sharing.shards)
    return choice, sharing


def _checked_base(spec: Spec) -> Path:
    folder = Path(spec.base_folder)
    for file in spec.base_files:
        path = folder / file.path
        if not path.is_file() or hashed(path, name=file.path) != file:
            raise BadRecord(
                "a file of the base model is missing or has changed since the job was prepared",
                where=str(path),
                hint="put the file back, or train again from the beginning",
            )
    return folder


def _samples(tokenizer: ChatTokenizer, lines: Sequence[Line]) -> list[Sample]:
    return [sample for line in lines for sample in tokenizer.samples(line.name, line.turns)]
