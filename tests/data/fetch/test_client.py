"""How long a client waits where a service takes longer than others."""

from __future__ import annotations

from dataclasses import replace

import pytest

from rebalancing.data.fetch import services
from rebalancing.data.fetch.address import Address
from rebalancing.data.fetch.client import Client
from rebalancing.data.fetch.connection import Patience

ADDRESS = Address("http://127.0.0.1:1", "REBALANCING_X_URL", None)


def silence(client: Client) -> float | None:
    with client:
        return client.patience.silence


def test_a_slow_service_may_be_silent_longer() -> None:
    assert silence(Client("x", ADDRESS)) == Patience().silence
    assert silence(Client("x", ADDRESS, silence=300.0)) == 300.0


def test_a_stated_patience_holds_for_all() -> None:
    stated = replace(Patience(), silence=0.5)
    assert silence(Client("x", ADDRESS, silence=300.0, patience=stated)) == 0.5


@pytest.mark.parametrize("service", services.SERVICES, ids=lambda service: service.name)
def test_silence_is_shorter_than_an_answer_may_take(service: services.Service) -> None:
    assert (service.silence or 0) < Patience().whole_answer
