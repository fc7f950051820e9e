"""The card of an adapter: what it is, what it was taught, and what was proved about it."""

import json
from collections.abc import Iterator

from lorewright.records import Finding, ProofVerdict, SetFinding
from lorewright.release import licences
from lorewright.release.chain import FOLDER
from lorewright.release.data_card import limits, sections_table, sources_table
from lorewright.release.facts import ReleaseFacts
from lorewright.release.front_matter import front_matter
from lorewright.release.markdown import NONE, counted, share, table, words
from lorewright.release.rated import rated_section

_HOW_TO_TRUST = (
    "It needs this folder and the core of Lorewright, no network. Ask whoever gave you the folder "
    "for the key by another way than the folder itself."
)


def adapter_card(facts: ReleaseFacts, *, keyid: str) -> str:
    """The card as Markdown, with the block on top that model hubs read."""
    parts = [
        f"# {words(facts.name)}, version {words(facts.version)}",
        _opening(facts),
        "## How it was tested",
        _proof(facts),
        *(["## How it was rated", rated_section(*_rated(facts))] if facts.rated else []),
        "## What it was taught",
        _taught(facts),
        sources_table(facts.data.sources),
        sections_table(facts.data.sections),
        "## What it was not shown to know",
        "\n".join(f"- {one}" for one in _not_shown(facts)),
        "## How it was trained",
        _training(facts),
        "## How to load it",
        _loading(facts),
        "## How to check it",
        _checking(facts, keyid),
        "## Licences",
        _licences(facts),
    ]
    return _front_matter(facts) + "\n\n".join(parts) + "\n"


def _opening(facts: ReleaseFacts) -> str:
    base = facts.base
    made = "made on the spot" if base.origin == "pocket" else "brought from outside"
    said = (
        f"**{words(facts.headline)}**"
        if facts.headline
        else "**Unproven: nothing was tested about this adapter, so nothing is claimed for it.**"
    )
    what = "The base" if facts.adapter.is_whole else "A LoRA adapter for"
    return (
        f"{what} {words(base.name)} ({base.architecture}, {base.parameters:,} "
        f"parameters, {made}), trained on {counted(facts.data.taught, 'example')} of the "
        f"dataset {words(facts.data.record.name)}.\n\n{said}"
    )


def _proof(facts: ReleaseFacts) -> str:
    verdict = facts.verdict
    if verdict is None:
        return "It was not. This release is unproven."
    findings = [
        f"- **{split}: {words(short)}.** {words(sentence)}"
        for split, short, sentence in facts.findings
    ]
    rows = [
        [
            one.split.value,
            f"{one.arm} - {one.against}",
            f"{one.items:,}",
            f"{one.mean_difference:+}",
            f"{one.low:+} to {one.high:+}",
            f"{one.p_value}",
            f"{one.effect_size}",
        ]
        for one in verdict.comparisons
    ]
    numbers = table(
        ["set", "arms", "items", "mean difference", "95 % interval", "p", "effect size d"], rows
    )
    about = (
        "Differences are nats per token of the reference answer, paired by item; p is that of a "
        f"sign-flip test with at most {verdict.permutations:,} patterns. The control was trained "
        "on the same answers, dealt out to other questions."
    )
    return "\n\n".join(["\n".join(findings), numbers, about])


def _rated(facts: ReleaseFacts) -> tuple[ProofVerdict, str]:
    assert facts.rated is not None
    proof, lock = facts.rated
    return proof, lock.sha256


def _taught(facts: ReleaseFacts) -> str:
    data = facts.data
    return (
        f"{counted(data.accepted, 'example')} were accepted of "
        f"{counted(data.requested, 'proposal')}; {share(data.covered, data.characters)} of the "
        "content of its sources stands in the evidence of some example. [The card of the "
        "dataset](dataset-card.md) has every gate and every reason."
    )


def _not_shown(facts: ReleaseFacts) -> Iterator[str]:
    if facts.verdict is None:
        yield "Anything: it was not tested."
    else:
        for found in facts.verdict.findings:
            if found.finding is not Finding.LEARNED_CONTENT:
                yield _gap(found)
    if facts.base.origin == "pocket":
        yield (
            "How to advise: the base is a pocket one, made on the spot. It proves the machinery "
            "and makes no good advisor."
        )
    held_out = [one for one in facts.data.sections if one.use != "taught"]
    if held_out:
        named = "; ".join(words(one.heading) for one in held_out)
        yield f"{counted(len(held_out), 'section')} that it never learnt from: {named}."
    bare = [one for one in facts.data.sections if one.use == "taught" and not one.covered]
    if bare:
        named = "; ".join(words(one.heading) for one in bare)
        yield f"{counted(len(bare), 'taught section')} of which no example cites a word: {named}."
    yield from limits(facts.data)


def _gap(found: SetFinding) -> str:
    what = {
        "recall": "The taught facts, asked in new words",
        "transfer": "Sections that nothing was trained on",
    }.get(found.split.value, found.split.value)
    return f"{what}: {words(found.sentence)}"


def _training(facts: ReleaseFacts) -> str:
    adapter = facts.adapter
    held_out = "none" if adapter.held_out_loss is None else f"{adapter.held_out_loss}"
    rows = [
        ["steps", f"{adapter.steps:,}"],
        ["tokens that carried loss", f"{adapter.loss_tokens:,}"],
        ["loss, last tenth of the steps", f"{adapter.train_loss} nats per token"],
        ["held-out loss after the last step", held_out],
    ]
    if facts.recipe:
        rows += [
            [words(name.replace("_", " ")), words(str(value))]
            for name, value in sorted(facts.recipe.settings.items())
        ]
    history = table(
        ["step", "loss", "held-out loss"],
        [[f"{one.step:,}", one.loss, one.held_out or NONE] for one in facts.losses],
    )
    return "\n\n".join([table(["setting", "value"], rows), history])


def _loading(facts: ReleaseFacts) -> str:
    if facts.base.origin == "pocket":
        where = (
            "The base is a pocket model that was made from the same dataset; its files stay in "
            f"the workspace, as `{facts.base.ref}`."
        )
        base = "path/to/the/pocket/base"
    else:
        where = "The base must be the one whose hashes the manifest lists."
        base = facts.base.name
    if facts.adapter.is_whole:
        return "\n".join(
            [
                "These are whole weights; the tokenizer is that of the base.",
                "",
                "```python",
                "from transformers import AutoModelForCausalLM",
                "",
                f"tuned = AutoModelForCausalLM.from_pretrained({json.dumps(FOLDER)})",
                "```",
            ]
        )
    return "\n".join(
        [
            where,
            "",
            "```python",
            "from peft import PeftModel",
            "from transformers import AutoModelForCausalLM",
            "",
            f"base = AutoModelForCausalLM.from_pretrained({json.dumps(base)})",
            f"tuned = PeftModel.from_pretrained(base, {json.dumps(FOLDER)})",
            "```",
        ]
    )


def _checking(facts: ReleaseFacts, keyid: str) -> str:
    return "\n".join(
        [
            "```console",
            f"$ lorewright verify . --key {keyid}",
            "```",
            "",
            _HOW_TO_TRUST,
            "",
            table(
                ["what", "name"],
                [
                    ["adapter", f"`{facts.adapter.ref}`"],
                    ["base", f"`{facts.base.ref}`"],
                    ["dataset", f"`{facts.data.record.ref}`"],
                    ["root of the dataset", f"`{facts.data.record.root}`"],
                    ["verdict", f"`{facts.verdict.ref}`" if facts.verdict else "none"],
                    ["signer", f"`{keyid}`"],
                ],
            ),
        ]
    )


def _licences(facts: ReleaseFacts) -> str:
    unknown = facts.data.without_licence
    said = "[NOTICE](NOTICE) lists the licence of every source."
    if unknown:
        named = ", ".join(words(one.file_name) for one in unknown)
        said += f" Nobody said under which licence these stand: {named}."
    if facts.base.origin == "outside":
        said += f" The licence of {words(facts.base.name)} holds for its use as well."
    return said


def _front_matter(facts: ReleaseFacts) -> str:
    is_whole = facts.adapter.is_whole
    return front_matter(
        {
            "library_name": "transformers" if is_whole else "peft",
            "base_model": facts.base.name,
            "base_model_relation": "finetune" if is_whole else "adapter",
            "pipeline_tag": "text-generation",
            "datasets": [facts.data.record.name],
            **licences.of_all((one.licence for one in facts.data.sources), link="NOTICE"),
            "language": list(facts.data.languages),
            "tags": [
                *([] if is_whole else ["lora"]),
                "lorewright",
                *([] if facts.verdict else ["unproven"]),
            ],
        }
    )
