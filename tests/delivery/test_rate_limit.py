"""How fast posts may leave, in numbers."""

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


def test_a_refusal_closes_the_gate_for_all_and_halves_the_rate_which_then_recovers_slowly() -> None:
    pace = RateLimiter()
    for number in range(200):
        pace.begin(f"C{number}", 5.0 + number / 40)
    pace.slow_down("A", 10.0, 3.0)

    assert not pace.gate_is_open(12.9)
    assert pace.gate_is_open(13.0)
    assert pace.rate == 20.0  # we had posted forty a second
    for _ in range(100):
        pace.end("B", 20.0, posted=True)
    assert 24.9 < pace.rate < 25.1


def test_refusals_never_stop_it_altogether() -> None:
    pace = RateLimiter()
    for _ in range(20):
        pace.slow_down("A", 10.0, 1.0)

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
