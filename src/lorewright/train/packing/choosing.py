"""Which packing a job uses, decided by what is known of the network and by a look at it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from lorewright.inference import Sample, library
from lorewright.train.packing.checking import difference
from lorewright.train.packing.padded import LIMIT as PADDED_LIMIT
from lorewright.train.packing.padded import PaddedPacking
from lorewright.train.packing.passes import Packing
from lorewright.train.packing.plain import PlainPacking
from lorewright.train.packing.tree import TreePacking

KNOWN = frozenset(
    {
        "LlamaForCausalLM",
        "MistralForCausalLM",
        "Phi3ForCausalLM",
        "PhiForCausalLM",
        "Qwen2ForCausalLM",
    }
)
"""Architectures whose trees were compared with samples alone, for random trees and labels."""
MASKED = frozenset({"eager", "sdpa"})
"""Forms of attention that take any mask."""
LIMITS = {"cpu": 1536}
"""Tokens of a tree or row, by the kind of device."""
LIMIT_ELSEWHERE = 4096
BOUND = 1e-5
"""The largest relative difference of gradients in 32 bits: what rounding makes of another order
of adding up."""
COARSE_BOUND = 0.05
"""In 16 bits, whose numbers are 65,536 times as coarse; a sample that sees another's tokens
differs by far more than that."""


@dataclass(frozen=True, slots=True)
class Chosen:
    """The packing of a job."""

    packing: Packing
    reason: str | None = None
    """Why it is not the one that was asked for, as a person reads it; None when it is."""


def choose_packing(
    network: Any,
    samples: Sequence[Sample],
    *,
    asked: Literal["auto", "tree", "plain", "padded"] = "auto",
    most: int | None = None,
) -> Chosen:
    """Take the packing that has least to read and is exact on this network.

    `auto` tries the tree, which becomes padding by itself where nothing is shared, then plain
    rows, and pads when neither can be trusted. A packing
    that is asked for by name is tried first, on an unknown architecture too, but it is taken
    only when its gradients on two examples with a shared beginning are those of padding.
    The choice depends on network and samples alone, and changes neither.

    Args:
        network: a base model with whatever is trained on it.
        samples: what will be trained on; at least one.
        asked: the operator's choice.
        most: tokens that may go through the network at once; None takes what suits the device.
    """
    padded = PaddedPacking(_at_most(PADDED_LIMIT, most))
    if asked == "padded":
        return Chosen(padded)
    longest = max(len(sample.ids) for sample in samples)
    hindrance = _by_dropout(network) or _by_positions(network.config, longest)
    if hindrance is not None:
        return Chosen(padded, f"packed examples would not be exact: {hindrance}")
    reasons: list[str] = []
    for packing in _candidates(network, asked, most):
        objection = None
        if packing.name == "tree":
            objection = _by_attention(network, longest)
            if objection is None and asked != "tree":
                objection = _by_architecture(network)
        objection = objection or _by_gradients(network, samples, packing)
        if objection is None:
            return Chosen(packing, "; ".join(reasons) or None)
        reasons.append(f"{packing.name} packing would not be exact: {objection}")
    return Chosen(padded, "; ".join(reasons))


def _candidates(network: Any, asked: str, most: int | None) -> Iterator[Packing]:
    limit = _at_most(LIMITS.get(network.device.type, LIMIT_ELSEWHERE), most)
    if asked != "plain":
        yield TreePacking(limit, pair_cost=_pair_cost(network.config))
    yield PlainPacking(limit)


def _at_most(limit: int, most: int | None) -> int:
    return limit if most is None else min(limit, most)


def _pair_cost(config: Any) -> float:
    """The work of attention for a pair of tokens, where that of a token in all else is 1.

    A block multiplies a token with about 4 hidden² + 3 hidden · intermediate weights, and
    looks at another token through 2 · hidden of its numbers.
    """
    inner = getattr(config, "intermediate_size", None) or 4 * config.hidden_size
    return 2 / (4 * config.hidden_size + 3 * inner)


def _by_dropout(network: Any) -> str | None:
    layers = [float(one.p) for one in _dropouts(network)]
    attention = float(getattr(network.config, "attention_dropout", 0.0) or 0.0)
    if max([attention, *layers]) > 0:
        return "with dropout they are so on average only"
    return None


def _dropouts(network: Any) -> list[Any]:
    kind = library("torch").nn.Dropout
    return [part for part in network.modules() if isinstance(part, kind)]


def _by_positions(config: Any, longest: int) -> str | None:
    """Some networks read the positions of a pass by its longest sample."""
    rope: dict[str, Any] = getattr(config, "rope_parameters", None) or {}
    if rope.get("rope_type") not in {"dynamic", "longrope"}:
        return None
    begins = rope.get("original_max_position_embeddings") or config.max_position_embeddings
    if longest > begins:
        return f"positions change their meaning in passes of more than {begins} tokens"
    return None


def _by_attention(network: Any, longest: int) -> str | None:
    form = network.config._attn_implementation  # noqa: SLF001 - told nowhere else
    if form not in MASKED:
        return f"attention of the form {form} takes no mask of our own"
    window = getattr(network.config, "sliding_window", None)
    if window is not None and longest > window:
        return f"attention looks back {window} tokens only, and an example has {longest}"
    return None


def _by_architecture(network: Any) -> str | None:
    found = [name for name in network.config.architectures or () if name not in KNOWN]
    if found or not network.config.architectures:
        return f"trees were not tried on {', '.join(found) or 'a network without a name'}"
    return None


def _by_gradients(network: Any, samples: Sequence[Sample], packing: Packing) -> str | None:
    bound = BOUND if network.dtype.itemsize >= 4 else COARSE_BOUND
    try:
        found = difference(network, samples, packing, reference=PaddedPacking())
    except (TypeError, ValueError, RuntimeError) as error:
        return f"the network refuses it ({type(error).__name__}: {error})"
    # Written so that a difference that is not a number fails as well.
    return None if found <= bound else f"its gradients differ from those of padding by {found:.1e}"
