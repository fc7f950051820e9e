"""A base model made ready for a method: what of it is trained, and at which rate."""

from collections.abc import Mapping
from typing import Any

from lorewright.errors import UsageError
from lorewright.inference import library, quiet_library
from lorewright.train.methods.method import Method, Width

_UNSCHEDULED = 1 << 30
"""Steps of AdaLoRA before anybody knows how many there are; `AdaLora` sets the true number."""


def adapted(network: Any, method: Method, width: Width, *, seed: int) -> Any:
    """Put onto `network` what `method` trains; nothing else of it can be trained then.

    Trained weights are 32 bits wide whatever the base's are: a step is often smaller than
    the distance between two neighbours of 16 bits.

    Args:
        network: a base model, which is changed.
        method: how it is trained.
        width: of the adapter.
        seed: decides the first weights.

    Returns:
        The network with its adapter; for full training `network` itself.

    Raises:
        UsageError: when an adapter does not fit the base.
    """
    library("torch").manual_seed(seed)
    if method.kind == "full":
        return network.float().requires_grad_(requires_grad=True)
    _check_width(network, method, width)
    try:
        with quiet_library():
            found = library("peft").get_peft_model(network, _config(method, width))
    except ValueError as error:
        raise UsageError(
            f"the base takes no adapter of the method {method.name}: {error}",
            hint="see target_modules of the recipe, and `lorewright train --methods`",
        ) from error
    for weights in found.parameters():
        if weights.requires_grad:
            weights.data = weights.data.float()
    return found


def groups(named: Mapping[str, Any], method: Method, *, rate: float) -> list[dict[str, Any]]:
    """The trained weights in groups for the optimizer, each with its `factor` of the rate.

    LoRA+: Hayou et al. 2024, arXiv 2402.12354.
    """
    ratio = float(method.optimizer.loraplus_lr_ratio)
    if ratio == 1.0:
        return [{"params": list(named.values()), "lr": rate, "factor": 1.0}]
    fast = [weights for name, weights in named.items() if ".lora_B." in name]
    slow = [weights for name, weights in named.items() if ".lora_B." not in name]
    return [
        {"params": slow, "lr": rate, "factor": 1.0},
        {"params": fast, "lr": rate * ratio, "factor": ratio},
    ]


def save_memory(network: Any) -> None:
    """Keep only what goes into each layer, and compute the rest anew for the gradient."""
    with quiet_library():
        network.gradient_checkpointing_enable(
            gradient_checkpointing_kwargs={"use_reentrant": False, "preserve_rng_state": True}
        )


def _config(method: Method, width: Width) -> Any:
    peft, settings = library("peft"), method.peft
    modules = settings.target_modules
    shared = {
        "task_type": "CAUSAL_LM",
        "lora_alpha": width.alpha,
        "lora_dropout": float(width.dropout),
        "target_modules": modules if isinstance(modules, str) else list(modules),
        "bias": "none",
    }
    if method.adalora is not None:
        return peft.AdaLoraConfig(
            init_r=method.adalora.first_rank(width.rank),
            target_r=width.rank,
            total_step=_UNSCHEDULED,
            orth_reg_weight=float(method.adalora.orthogonality),
            **shared,
        )
    first = settings.init_lora_weights
    return peft.LoraConfig(
        r=width.rank,
        use_rslora=settings.use_rslora,
        use_dora=settings.use_dora,
        init_lora_weights=True if first == "default" else first,
        **shared,
    )


def _check_width(network: Any, method: Method, width: Width) -> None:
    """PiSSA takes whole directions out of the base; there are no more than its narrow side has."""
    if not method.peft.begins_in_the_base:
        return
    linear, head = library("torch").nn.Linear, network.get_output_embeddings()
    narrowest = min(
        (
            min(one.weight.shape)
            for one in network.modules()
            if isinstance(one, linear) and one is not head
        ),
        default=0,
    )
    if width.rank > narrowest:
        raise UsageError(
            f"rank {width.rank} is more than the narrowest layer of the base has, {narrowest}",
            where="training.rank",
            hint=f"set a rank of at most {narrowest}",
        )
