"""How long the criteria take for one message, and for 40,000 characters: a part of `make bench`."""

import time
from collections.abc import Sequence

from bot.config import shipped_playbooks
from bot.escalations.detection.sentences import Role, Utterance
from bot.escalations.playbook import load
from tests.bench.criteria import SETS, threads
from tests.bench.figures import note
from tests.bench.search import percentile


def main() -> None:
    criteria = load(shipped_playbooks()).criteria

    def took_ms(thread: Sequence[Utterance]) -> float:
        began = time.perf_counter()
        criteria.read(thread)
        return (time.perf_counter() - began) * 1000

    # each thread as it grows: what was read before is remembered, as it is in the bot
    growing = [thread.said[: n + 1] for path in SETS for thread in threads(path)[:300] for n in range(len(thread.said))]
    times = [took_ms(said) for said in growing]
    print(f"one message of {len(times)}: p50 {percentile(times, 0.5):.2f} ms, p99 {percentile(times, 0.99):.2f} ms")
    note("one message against the criteria, p99, ms", percentile(times, 0.99), 3.0)
    sentence = "they may cancel the contract or not, we wait for the invoice number {} again. "
    long = [
        [Utterance("mia", Role.REP, "".join(sentence.format(one * 1000 + n) for n in range(520))[:40_000])]
        for one in range(20)
    ]
    longest = percentile([took_ms(said) for said in long], 0.5)
    print(f"40,000 characters: median {longest:.1f} ms")
    note("40,000 characters against the criteria, ms", longest, 25.0)


if __name__ == "__main__":
    main()
