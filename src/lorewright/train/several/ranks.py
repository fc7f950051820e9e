"""The processes that work on one job, each known by its rank.

Whatever all of them must agree on goes through `Ranks`: when one stops, all stop at the same
step, and sums are the same numbers in each. A process that works alone is a rank, too; then
nothing is sent and no library is loaded.
"""

import os
import threading
import time
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from lorewright.inference import library

TIMEOUT_S = 1800.0
"""How long one waits for the others before it gives up. Writing a checkpoint or measuring
held-out loss must fit; a process that died is noticed at once, by torchrun."""
LOOK_AT_PARENT_S = 0.2
LOST_EXIT_CODE = 4
_LOOPBACK = Path("/sys/class/net/lo")


@dataclass(frozen=True, slots=True)
class Ranks:
    """This process among those that work on its job."""

    rank: int = 0
    size: int = 1
    in_parts: bool = False
    """Whether each holds a part of the network, so that every pass through it is one of all."""

    @property
    def is_first(self) -> bool:
        """Whether this is the one that speaks and writes for all."""
        return self.rank == 0

    def sums(self, *values: float) -> tuple[float, ...]:
        """Each of `values` added up over all processes."""
        if self.size == 1:
            return values
        torch, dist = library("torch"), library("torch.distributed")
        numbers = torch.tensor(values, dtype=torch.float64)
        dist.all_reduce(numbers)
        return tuple(numbers.tolist())

    def most(self, value: int) -> int:
        """The largest `value` of all processes."""
        if self.size == 1:
            return value
        torch, dist = library("torch"), library("torch.distributed")
        number = torch.tensor(value, dtype=torch.int64)
        dist.all_reduce(number, op=dist.ReduceOp.MAX)
        return int(number)

    def any(self, *, flag: bool) -> bool:
        """Whether `flag` is true in any process; the answer is the same in all."""
        return bool(self.most(int(flag)))

    def wait(self) -> None:
        """Wait until all are here."""
        self.most(0)

    def add_gradients(self, weights: Iterable[Any]) -> None:
        """Add up the gradients of `weights` over all processes, in one message for each width.

        A process that had nothing to read has gradients of zero.
        """
        if self.size == 1:
            return
        torch, dist = library("torch"), library("torch.distributed")
        by_kind: dict[Any, list[Any]] = {}
        for one in weights:
            if one.grad is None:
                one.grad = torch.zeros_like(one)
            by_kind.setdefault(one.grad.dtype, []).append(one.grad)
        for gradients in by_kind.values():
            flat = torch.cat([gradient.flatten() for gradient in gradients])
            dist.all_reduce(flat)
            sizes = [gradient.numel() for gradient in gradients]
            for gradient, part in zip(gradients, flat.split(sizes), strict=True):
                gradient.copy_(part.view_as(gradient))


ALONE = Ranks()


def join(*, timeout_s: float = TIMEOUT_S) -> Ranks:
    """Meet the others that torchrun started; each process takes the device of its number.

    Messages about the run itself go through gloo on the processor, so that they wait for no
    GPU; gradients of GPUs go through NCCL.
    """
    torch, dist = library("torch"), library("torch.distributed")
    backend = "gloo"
    if torch.cuda.is_available():
        torch.cuda.set_device(int(os.environ["LOCAL_RANK"]))
        backend = "cpu:gloo,cuda:nccl"
    dist.init_process_group(backend, timeout=timedelta(seconds=timeout_s))
    return Ranks(dist.get_rank(), dist.get_world_size())


def leave() -> None:
    """Part from the others."""
    dist = library("torch.distributed")
    if dist.is_initialized():
        dist.destroy_process_group()


def end_with_parent() -> None:
    """Let this process end as soon as the one that started it has.

    It lives in a session of its own, so that nobody else would end it; and the lock of the job
    is free then, so that another may begin to write.
    """
    parent = os.getppid()

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(LOOK_AT_PARENT_S)
        os._exit(LOST_EXIT_CODE)

    threading.Thread(target=watch, name="end-with-parent", daemon=True).start()


def loopback() -> dict[str, str]:
    """What keeps the messages of processes of one machine on it, where the system has it."""
    names = ("GLOO_SOCKET_IFNAME", "NCCL_SOCKET_IFNAME")
    if not _LOOPBACK.exists():
        return {}
    return {name: os.environ.get(name, "lo") for name in names}
