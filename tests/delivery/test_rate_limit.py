"""How fast posts may leave, in numbers."""

import pytest

from bot.delivery.rate_limit import POST_EVERY_S, SLOWEST, RateLimiter


def test_a_channel_rests_a_second_after_each_post_and_others_do_not_wait_for_it() -> None:
    pace = RateLimiter()
    pace.begin("A", 10.0)
    assert pace.ready([("A", False), ("B", False)], 10.0) == ["B"]
    pace.end("A", 10.2, posted=True)

    assert pace.ready([("A", False)], 10.2 + POST_EVERY_S - 0.001) == []
    assert pace.ready([("A", False)], 10.2 + POST_EVERY_S) == ["A"]


def test_the_channel_served_longest_ago_comes_first_and_urgent_before_all() -> None:
    pace = RateLimiter()
    for at, place in enumerate("ABC", 10):
        pace.begin(place, float(at))
        pace.end(place, float(at), posted=True)

    assert pace.ready([("C", False), ("A", False), ("B", False)], 20.0) == ["A", "B", "C"]
    assert pace.ready([("C", True), ("A", False), ("B", False)], 20.0) == ["C", "A", "B"]


def posted(pace: RateLimiter, since: float, until: float, a_second: float) -> None:
    """Posts to ever other channels, all of them taken."""
    for number in range(int((until - since) * a_second)):
        at = since + number / a_second
        pace.begin(f"C{at}", at)
        pace.end(f"C{at}", at, posted=True)


def test_a_refusal_closes_the_gate_for_all_and_halves_the_rate() -> None:
    pace = RateLimiter()
    posted(pace, 5.0, 10.0, 40)
    pace.slow_down("A", 10.0, 3.0)

    assert not pace.gate_is_open(12.9)
    assert pace.gate_is_open(13.0)
    assert pace.rate == pytest.approx(20.0, rel=0.02)  # we had posted forty a second


def test_what_was_under_way_when_it_was_refused_slows_it_down_no_further() -> None:
    pace = RateLimiter()
    posted(pace, 5.0, 10.0, 40)
    for number in range(100):
        pace.slow_down(f"C{number}", 10.0 + number / 1000, 1.0, began=9.9)

    assert pace.rate == pytest.approx(20.0, rel=0.02)


def test_after_many_refusals_it_is_nearly_as_fast_as_before_within_half_a_minute_and_then_goes_on_slowly() -> None:
    pace = RateLimiter()
    posted(pace, 5.0, 10.0, 20)
    for wave in range(20):
        pace.slow_down("A", 10.0 + wave, 1.0, began=10.0 + wave)
    assert pace.rate == SLOWEST

    posted(pace, 30.0, 42.0, 4)
    assert 17.9 < pace.rate < 19.0
    posted(pace, 42.0, 60.0, 4)
    assert 20.0 < pace.rate < 23.0


def test_after_a_minute_without_a_refusal_nothing_holds_it_back() -> None:
    pace = RateLimiter()
    pace.slow_down("A", 10.0, 1.0)
    posted(pace, 70.0, 72.0, 2)

    assert pace.may_begin(72.0) > 10_000


def test_refusals_never_stop_it_altogether() -> None:
    pace = RateLimiter()
    for wave in range(20):
        pace.slow_down("A", 10.0 + 30 * wave, 1.0)

    assert pace.rate == SLOWEST


def test_what_surely_did_not_arrive_costs_the_channel_no_rest() -> None:
    pace = RateLimiter()
    pace.begin("A", 10.0)
    pace.end("A", 10.1, posted=False)

    assert pace.ready([("A", False)], 10.1) == ["A"]


def test_the_next_time_is_that_of_the_first_channel_or_of_the_gate() -> None:
    pace = RateLimiter()
    for place, at in (("A", 10.0), ("B", 10.5)):
        pace.begin(place, at)
        pace.end(place, at, posted=True)

    assert pace.next_at(["A", "B"], 10.6) == 10.0 + POST_EVERY_S
    pace.slow_down("C", 10.6, 5.0)
    assert pace.next_at(["A", "B"], 10.6) == 15.6
    pace.begin("A", 16.0)
    assert pace.next_at(["A"], 16.0) is None
