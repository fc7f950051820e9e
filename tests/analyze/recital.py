"""Good answers about any chunk, recited from its own words, and a way to spoil them."""

import json
import re
from collections.abc import Callable, Mapping
from typing import Any

from lorewright.analyze import load_categories
from lorewright.analyze.teaching import CATEGORISE, TEMPLATES, Teacher
from lorewright.llms import Purpose, Request, load_prompt
from lorewright.records import Prompt
from scripted import ScriptedAsker

_FENCED = re.compile(r"<<<source (\w{16})\n(.*?)\nsource \1>>>", re.DOTALL)

Spoil = Mapping[str, Mapping[str, Any]]
"""By the key of a template, fields and what stands in the place of the good answer."""


def all_prompts() -> dict[str, Prompt]:
    names = [*(one.prompt for one in TEMPLATES), f"analyze/{CATEGORISE}"]
    return {name: load_prompt(name) for name in names}


def a_teacher(spoil: Spoil | None = None, **more: Any) -> Teacher:
    """A teacher that recites."""
    return Teacher(ScriptedAsker(recite(spoil)), all_prompts(), **more)


def recite(spoil: Spoil | None = None) -> Callable[[Request, Purpose], str]:
    """Answers that are right but for what `spoil` says."""
    said = spoil or {}

    def answer(request: Request, purpose: Purpose) -> str:
        key = purpose.name.partition("/")[2]
        good = _ANSWERS[key](passage_in(request))
        return json.dumps({**good, **said.get(key, {})})

    return answer


def passage_in(request: Request) -> str:
    """The words that were asked about: the last that stand fenced."""
    material = "\n".join(one.text for one in request.messages if one.ends_prefix)
    return _FENCED.findall(material)[-1][1]


def said(value: Any, *quotes: str) -> dict[str, Any]:
    return {"value": value, "quotes": list(quotes)}


def _sentence(passage: str) -> str:
    """The longest line of a passage: something that can be quoted."""
    return max(passage.splitlines(), key=len).strip()


def _content(passage: str) -> dict[str, Any]:
    line = _sentence(passage)
    terms = list(dict.fromkeys(re.findall(r"[^\W\d_]{3,}", passage)))
    return {
        "chunk_summary_1s": said("It says what it says.", line),
        "key_terms": terms[:5] if len(terms) > 2 else None,
        "audience": said("people who own a pump", line),
        "intent": said("educate", line),
        "tone_voice_tags": said(["plain", "calm"], line),
        "brand_persona_tags": said(["craftsman", "teacher"], line),
        "domain_tags": said(["plumbing"], line),
    }


def _task(passage: str) -> dict[str, Any]:
    lines = [one for one in passage.splitlines() if one.strip()]
    first = lines[0]
    return {
        "task_name": said("prime a pump", first),
        "preconditions": said(None),
        "inputs": said("water and oil", lines[-1]),
        "steps_json": [{"step": one, "details": "", "quote": one} for one in lines[1:]],
        "expected_output": said("no air comes out", lines[-1]),
        "warnings_failure_modes": said(None),
    }


def _argument(passage: str) -> dict[str, Any]:
    line = _sentence(passage)
    return {
        "claim": said("Oil is worth its price.", line),
        "evidence_snippets": [line],
        "reasoning_sketch": said("Leaks cost more than oil.", line),
        "citations": None,
        "factual_confidence_0_1": said(0.625, line),
    }


def _scenario(passage: str) -> dict[str, Any]:
    line = _sentence(passage)
    return {
        "scenario_type": said("anecdote", line),
        "problem_context": said("a pump leaked", line),
        "solution_action": said("it was oiled", line),
        "outcome_metrics": said(None),
        "style_notes": said("short sentences", line),
    }


def _training(passage: str) -> dict[str, Any]:
    line = _sentence(passage)
    return {
        "prompt_candidate": "What keeps a pump from leaking?",
        "target_answer": said("Oil it.", line),
        "style_directives": "short and plain",
        "complex_prompt": "What if there is no oil in the house?",
        "contextual_answer": said("Then close the valve.", line),
        "follow_up_questions": ["How often?", "Which oil?", "Who does it?"],
        "difficulty_level": "Beginner",
        "prerequisite_knowledge": None,
        "augmentation_notes": "ask as the owner would",
    }


def _risk(passage: str) -> dict[str, Any]:
    return {
        "safety_tags": said(["machines"], _sentence(passage)),
        "coverage_tag": "core",
        "novelty_tag": "common",
        "ip_sensitivity": "Public",
        "pii_flag": said(False),
        "compliance_flags": said([]),
    }


def _belonging(excerpts: str) -> dict[str, Any]:
    catalogue = load_categories(None)
    line = _sentence(excerpts)
    nothing = {tag.key: chosen([]) for tag in catalogue.tag}
    return {
        **nothing,
        "belonging": 4,
        "category": chosen(["training_materials"], line),
        catalogue.tag[0].key: chosen([catalogue.tag[0].values[0]], line),
    }


def chosen(values: list[str], *quotes: str) -> dict[str, Any]:
    return {"chosen": values, "quotes": list(quotes)}


_ANSWERS: Mapping[str, Callable[[str], dict[str, Any]]] = {
    "content_analysis": _content,
    "task_extraction": _task,
    "cer_analysis": _argument,
    "scenario_extraction": _scenario,
    "training_pair_generation": _training,
    "risk_assessment": _risk,
    CATEGORISE: _belonging,
}
