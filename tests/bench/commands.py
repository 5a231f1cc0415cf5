"""
`/toughcustomer` end to end over HTTP with signed requests, beside an empty Bolt listener in the same run.

`python -m tests.bench.commands` measures at 1, 10, 50 and 500 in flight, in rounds that alternate so that a machine's
moods fall on all alike. Latency is from the first byte sent to the last one received; the answers that come after the
acknowledgement are waited for, too, so that none of them falls into another's round. By words and meaning a second
process burns one core.
"""

import http.client
import json
import subprocess
import sys
import tempfile
import threading
import time
import urllib.parse
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median

from bot.config import shipped_manifest
from bot.demo_seed import HARBOUR_SALES
from bot.emulator.dispatch import signed
from bot.emulator.manifest import read_manifest
from bot.emulator.workspace import Workspace
from tests.bench.figures import note, one_core_burnt, rss_mb
from tests.bench.search import percentile
from tests.tactics.rows import read
from tests.wire import Wire, eventually

IN_FLIGHT = (1, 10, 50, 500)
REQUESTS = {1: 100, 10: 300, 50: 600, 500: 1000}
BARS = {1: 0.25, 10: 1.0, 50: 1.0, 500: 1.0}  # the median, of an empty listener's
ROUNDS = 3
SEMANTIC_IN_FLIGHT = (1, 10, 50, 200)
SEMANTIC_REQUESTS = 200


@dataclass
class Result:
    """
    What came back.

    *times* are those of the acknowledgements in ms; *answers* the first lines by situation, from the acknowledgement or
    the response_url; *cards* the seconds until each card that came by the latter.
    """

    times: list[float] = field(default_factory=list)
    answers: dict[str, str] = field(default_factory=dict)
    lost: list[str] = field(default_factory=list)
    cards: list[float] = field(default_factory=list)


def load(workspace: Workspace, port: int, texts: list[str], in_flight: int, *, whole: bool = False) -> Result:
    """Send each of *texts* once, *in_flight* at a time; with *whole* wait for answers that come after the ack, too."""
    result = Result()
    waiting: dict[str, tuple[str, float]] = {}
    template = Wire(workspace, "").command_payload("")
    earlier = len(workspace.traffic.calls("response_url"))
    pending = list(reversed(texts))
    turn = threading.Lock()

    def send() -> None:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
        while True:
            with turn:
                if not pending:
                    return
                text = pending.pop()
            token = workspace.hooks.new_hook("U0MIA", "C0DEALS", workspace.state.now_s)
            payload = {**template, "text": text, "response_url": f"{workspace.page_url}response/{token}"}
            body = urllib.parse.urlencode(payload)
            form = {"Content-Type": "application/x-www-form-urlencoded"}
            headers = {**signed(workspace.tokens.signing_secret, body), **form}
            started = time.monotonic()
            connection.request("POST", "/slack/events", body, headers)
            answer = connection.getresponse()
            raw = answer.read()
            took = (time.monotonic() - started) * 1000
            with turn:
                result.times.append(took)
                if answer.status != 200:
                    result.lost.append(text)
                elif raw.startswith(b"{"):
                    result.answers[text] = json.loads(raw)["text"]
                else:
                    waiting[urllib.parse.urlsplit(payload["response_url"]).path] = (text, started)

    threads = [threading.Thread(target=send) for _ in range(in_flight)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if whole and waiting:
        eventually(lambda: len(workspace.traffic.calls("response_url")) - earlier >= len(waiting), within=30)
        for call in workspace.traffic.calls("response_url")[earlier:]:
            text, started = waiting.pop(call.address)
            result.answers[text] = call.sent["text"]
            result.cards.append(call.at - started)
        result.lost += [text for text, _ in waiting.values()]
    return result


def main() -> None:
    texts = [row.text for row in read() if row.primary]
    workspace = Workspace(read_manifest(shipped_manifest()), seed=HARBOUR_SALES).start()
    processes: dict[str, subprocess.Popen[str]] = {}
    with tempfile.TemporaryDirectory() as folder:
        try:
            ports = {}
            for kind in ("empty", "words", "semantic"):
                own = Path(folder) / kind
                own.mkdir()
                tokens = (workspace.tokens.bot, workspace.tokens.signing_secret)
                command = [sys.executable, "-m", "tests.bench.serve", kind, workspace.api_url, str(own), *tokens]
                processes[kind] = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
                ports[kind] = int(processes[kind].stdout.readline())  # type: ignore[union-attr]
                load(workspace, ports[kind], texts[:20], 2)
            print("| in flight | empty listener: median, p99 | words alone: median, p99 | ratio of medians |")
            print("|---|---|---|---|")
            for in_flight in IN_FLIGHT:
                times: dict[str, list[float]] = {"empty": [], "words": []}
                share = [texts[n % len(texts)] for n in range(REQUESTS[in_flight])]
                for _ in range(ROUNDS):
                    for kind in times:
                        times[kind] += load(workspace, ports[kind], share, in_flight, whole=kind != "empty").times
                shown = {k: f"{median(v):.1f}, {percentile(v, 0.99):.1f} ms" for k, v in times.items()}
                ratio = median(times["words"]) / median(times["empty"])
                print(f"| {in_flight} | {shown['empty']} | {shown['words']} | {ratio:.2f} |", flush=True)
                note(f"by words, {in_flight} in flight, median / empty listener", ratio, BARS[in_flight])
                if in_flight == 50:
                    last = percentile(times["words"], 0.99) / percentile(times["empty"], 0.99)
                    note("by words, 50 in flight, p99 / empty listener", last, 1.5)
                    note("memory of the whole bot, words, MB", rss_mb(processes["words"].pid), 95)
            with one_core_burnt(really=True):
                semantic(workspace, ports["semantic"], texts[:SEMANTIC_REQUESTS])
            note("memory of the whole bot, words, after 500 in flight, MB", rss_mb(processes["words"].pid))
            note("memory of the whole bot, words and meaning, MB", rss_mb(processes["semantic"].pid), 150)
        finally:
            for process in processes.values():
                process.kill()
                process.wait()
            workspace.stop()


def semantic(workspace: Workspace, port: int, texts: list[str]) -> None:
    """Words and meaning, one core burnt: none lost, every answer as at 1 in flight, every ack and card soon."""
    alone: dict[str, str] = {}
    print("\n| in flight | words and meaning, ack: median, p99, longest | longest until a card | lost | unlike at 1 |")
    print("|---|---|---|---|---|")
    for in_flight in SEMANTIC_IN_FLIGHT:
        result = load(workspace, port, texts, in_flight, whole=True)
        alone = alone or result.answers
        others = sum(result.answers.get(text) != answer for text, answer in alone.items())
        times = result.times
        card = max([*result.cards, max(times) / 1000])
        print(
            f"| {in_flight} | {median(times):.0f}, {percentile(times, 0.99):.0f}, {max(times):.0f} ms "
            f"| {card:.2f} s | {len(result.lost)} | {others} |",
            flush=True,
        )
    where = f"with meaning, {in_flight} in flight, one core burnt"
    note(f"{where}: lost", len(result.lost), 0)
    note(f"{where}: unlike at 1", others, 0)
    note(f"{where}: longest ack, s", max(times) / 1000, 0.7)
    note(f"{where}: longest card, s", card, 4.0)


if __name__ == "__main__":
    main()
