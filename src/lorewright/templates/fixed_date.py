"""Chat templates that write today's date are always told the same one.

With the real date a base model would be trained, measured and served with other words every
day, and the same data would make another adapter tomorrow.
"""

from datetime import datetime

TEMPLATE_DATE = datetime(2024, 7, 26)  # noqa: DTZ001 - a date that is written, not a moment
"""The one that Llama 3.1 and 3.2 write by themselves where nobody tells them a date."""

_DIRECTIVES = ("-d", "-m", *"aAbBdDeFHIjmMpSuUVwWyYZ", "%")
"""What may stand behind a `%`; the per cent sign itself is put in last."""


def asks_the_date(template: str) -> bool:
    """Whether `template` calls `strftime_now`, as transformers offers it."""
    return "strftime_now" in template


def with_fixed_date(template: str) -> str:
    """The same template, in which `strftime_now` gives `TEMPLATE_DATE`.

    The macro in front of it writes nothing: the line break behind it is left out by
    `trim_blocks`, which is set wherever chat templates are rendered.
    """
    if not asks_the_date(template):
        return template
    told = "".join(
        f' | replace("%{one}", "{TEMPLATE_DATE.strftime(f"%{one}")}")' for one in _DIRECTIVES
    )
    return (
        f"{{%- macro strftime_now(format) -%}}{{{{ format{told} }}}}{{%- endmacro %}}\n{template}"
    )
