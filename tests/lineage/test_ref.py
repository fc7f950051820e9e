"""A name is kind:sha256, wherever it is stored or sent."""

import copy
import json
import pickle

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel, ValidationError

from lorewright.errors import BadRef
from lorewright.lineage import Ref

ID = "0123456789abcdef" * 4

names = st.builds(
    Ref,
    st.from_regex(r"[a-z][a-z_]{0,20}", fullmatch=True),
    st.text("0123456789abcdef", min_size=64, max_size=64),
)


class Holder(BaseModel):
    ref: Ref
    several: tuple[Ref, ...] = ()


@given(names)
def test_a_name_can_be_read_back(ref: Ref) -> None:
    assert Ref.parse(str(ref)) == ref == Ref(ref.kind, ref.id)


@given(names)
def test_a_name_survives_pickling_and_copying(ref: Ref) -> None:
    for same in (pickle.loads(pickle.dumps(ref)), copy.copy(ref), copy.deepcopy(ref)):
        assert same == ref
        assert type(same) is Ref


def test_the_parts_of_a_name() -> None:
    ref = Ref("base_model", ID)

    assert (ref.kind, ref.id, ref.short) == ("base_model", ID, "base_model:0123456789ab")
    assert json.dumps(ref) == f'"base_model:{ID}"'


@pytest.mark.parametrize(
    "text",
    ["", "chunk", "chunk:", f":{ID}", f"Chunk:{ID}", f"1chunk:{ID}", f"chunk:{ID[1:]}",
     f"chunk:{ID}0", f"chunk:{ID.upper()}", f"chunk:{ID}\n", f" chunk:{ID}",
     f"chunk:{'٣' * 64}", f"a:b:{ID}"],
)  # fmt: skip
def test_what_is_no_name_is_refused_and_shown(text: str) -> None:
    with pytest.raises(BadRef) as caught:
        Ref.parse(text)

    assert repr(text[:100]) in caught.value.sentence
    assert "64 hexadecimal digits" in (caught.value.hint or "")


def test_a_record_can_hold_names() -> None:
    ref = Ref("chunk", ID)

    held = Holder.model_validate({"ref": str(ref), "several": [ref, str(ref)]})

    assert type(held.ref) is Ref
    assert held.several == (ref, ref)
    assert Holder.model_validate_json(held.model_dump_json()) == held


@pytest.mark.parametrize("wrong", ["nowhere", 7, None, b"chunk"])
def test_a_record_refuses_what_is_no_name(wrong: object) -> None:
    with pytest.raises(ValidationError):
        Holder.model_validate({"ref": wrong})
