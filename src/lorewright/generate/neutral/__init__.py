"""The neutral counterpart of a conversation: the same facts without the feeling.

A tuned model that comforts better than its base may have learnt to comfort, or only the facts
and the format. The control has the same scenarios and facts and no empathy; an adapter trained
on it tells the two apart.
"""

from lorewright.generate.neutral.drafts import NeutralDraft
from lorewright.generate.neutral.likeness import Likeness, likeness_of
from lorewright.generate.neutral.offline import EXTRACTIVE, offline_control
from lorewright.generate.neutral.speech import Speech, speech_of
from lorewright.generate.neutral.writing import PROMPT, neutral_prompt, write_control

__all__ = [
    "EXTRACTIVE",
    "PROMPT",
    "Likeness",
    "NeutralDraft",
    "Speech",
    "likeness_of",
    "neutral_prompt",
    "offline_control",
    "speech_of",
    "write_control",
]
