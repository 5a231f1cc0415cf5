"""Jobs that fail again and again, or do not come back, are noticed."""

import threading
from datetime import timedelta

from bot.periodic import PeriodicJobs
from tests.wire import eventually

OFTEN = timedelta(milliseconds=5)


def test_a_job_that_fails_three_times_in_a_row_is_told_until_it_succeeds() -> None:
    works = threading.Event()

    def look() -> None:
        if not works.is_set():
            raise ValueError

    jobs = PeriodicJobs()
    jobs.every(OFTEN, "playbooks", look)
    jobs.start()
    assert eventually(lambda: "playbooks failed" in str(jobs.what_fails()))
    assert int(str(jobs.what_fails()).split()[2]) >= 3
    assert jobs.what_has_stopped() is None
    works.set()
    assert eventually(lambda: jobs.what_fails() is None)
    jobs.stop(1.0)


def test_a_job_that_does_not_come_back_is_told_after_a_minute() -> None:
    at, began, let_go = [0.0], threading.Event(), threading.Event()
    jobs = PeriodicJobs(monotonic=lambda: at[0])
    jobs.every(OFTEN, "retention", lambda: (began.set(), let_go.wait()))
    jobs.start()
    assert began.wait(10)
    at[0] = 60.0
    assert jobs.what_fails() is None
    at[0] = 61.0
    assert jobs.what_fails() == "retention runs for 61 s"
    assert jobs.what_has_stopped() is None  # it lives: nobody need start the bot again because of it
    let_go.set()
    jobs.stop(1.0)
