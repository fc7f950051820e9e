"""`lorewright convert`: an adapter of any kind as a plain LoRA adapter."""

import click

from lorewright.cli.face import Face, face_command
from lorewright.flows.converting import Converted, convert_adapter

_SHOWN = 5
"""Layers that are named, those that lost most."""


@click.command()
@click.argument("adapter", required=False)
@click.option(
    "--rank", type=click.IntRange(1), default=32, show_default=True, help="Of the result."
)
@click.option("--base", help="The folder of a base model that lies outside the workspace.")
@face_command
def convert(face: Face, adapter: str | None, rank: int, base: str | None) -> None:
    """Make a plain LoRA adapter of ADAPTER (the newest by default), and say what is lost.

    Some methods leave adapters that few programs serve: DoRA, AdaLoRA. What they add to every
    layer is brought to the nearest matrix of the wanted rank. The result is an adapter of its
    own, about which nothing is proved yet.

    \b
    Examples:
      lorewright convert
      lorewright convert --rank 64
    """
    settings = face.settings
    if base is not None:
        chosen = settings.training.model_copy(update={"base": base})
        settings = settings.model_copy(update={"training": chosen})
    with face.store() as store:
        _show(face, convert_adapter(store, settings, name=adapter, rank=rank))
    face.note("next: lorewright evaluate")


def _show(face: Face, found: Converted) -> None:
    lost = found.lost
    face.say(
        f"{found.source.ref.short} as a plain adapter of rank {lost['rank']}: "
        f"{found.adapter.ref.short}"
    )
    face.say(f"lost in the weights: {lost['overall']:.2%} of what the adapter adds")
    worst = sorted(lost["layers"].items(), key=lambda layer: -layer[1])[:_SHOWN]
    for name, share in worst:
        face.say(f"  {share:8.2%}  {name}")
    answers = lost["answers"]
    if answers is None:
        face.say("nothing was held out or taught to compare their answers on")
    else:
        face.say(
            f"lost in the answers: {answers['mean_kl']:.6f} nats per token on average over "
            f"{answers['tokens']:,.0f} tokens, {answers['greatest_kl']:.4f} at most; the same "
            f"likeliest token for {answers['same_likeliest']:.1%}"
        )
    face.result("convert", adapter=found.adapter.ref, source=found.source.ref, **lost)
