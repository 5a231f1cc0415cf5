"""A share of the simulation that `make simulate` runs whole, and its own test: delivery broken on purpose is caught."""

import logging
from collections.abc import Iterator

import pytest

from tests.delivery.mutants import parts
from tests.delivery.simulate import Combination, combinations, picked, run
from tests.delivery.simulated_slack import HISTORY, OPEN, POST, TROUBLES

SEED, SHARE = 2027, 250


@pytest.fixture(autouse=True)
def _quiet() -> Iterator[None]:
    logging.disable(logging.CRITICAL)
    yield
    logging.disable(logging.NOTSET)


def number_of(name: str) -> int:
    return [one.name for one in TROUBLES].index(name)


def test_there_are_more_than_ten_thousand_combinations() -> None:
    assert len(set(combinations())) > 10_000


def test_whatever_goes_wrong_and_wherever_it_dies_all_arrive_once_in_order_or_somebody_is_told() -> None:
    assert [line for one in picked(SEED, SHARE) for line in run(one, SEED)] == []


def test_a_message_claimed_by_a_process_that_died_as_the_clock_was_set_back_does_not_wait_for_an_hour() -> None:
    late = number_of("a hang, and the deed after it")
    assert run(Combination("after_claim", late, POST, 1, "back", 3), 1) == []


@pytest.mark.parametrize(
    ("mutant", "one"),
    [
        ("never looks", Combination("", number_of("cut with the deed"), POST, 1, "steady", 1)),
        ("settles at once", Combination("", number_of("a hang, and the deed after it"), POST, 1, "steady", 1)),
        ("forgets the claimed", Combination("after_claim", 0, HISTORY, 4, "steady", 1)),
    ],
)
def test_the_simulation_catches_delivery_that_is_broken_on_purpose(mutant: str, one: Combination) -> None:
    assert run(one, SEED) == []
    assert run(one, SEED, parts(mutant)) != []


def test_what_is_marked_before_the_machine_sleeps_and_leaves_after_it_is_looked_for_where_it_is() -> None:
    assert run(Combination("after_post", 10, OPEN, 1, "suspended", 1), 1795924457) == []
