"""The logits of some tokens are those that the whole batch would have."""

from pathlib import Path

import pytest
import torch

from lorewright.inference import logits_at, open_weights


def test_chosen_tokens_have_the_logits_they_have_anyway(pocket: Path) -> None:
    network = open_weights(pocket)
    ids = torch.arange(10, 34).reshape(2, 12)
    rows, columns = torch.tensor([0, 1, 1, 1]), torch.tensor([3, 0, 11, 11])

    with torch.no_grad():
        whole = network(input_ids=ids).logits
        found = logits_at(network, rows, columns, input_ids=ids)
        again = network(input_ids=ids).logits

    torch.testing.assert_close(found, whole[rows, columns])
    torch.testing.assert_close(again, whole)


def test_a_network_that_fails_is_left_as_it_was(pocket: Path) -> None:
    network = open_weights(pocket)

    with pytest.raises(IndexError):
        logits_at(network, torch.tensor([5]), torch.tensor([0]), input_ids=torch.tensor([[3, 4]]))

    assert network(input_ids=torch.tensor([[3, 4]])).logits.shape[:2] == (1, 2)
