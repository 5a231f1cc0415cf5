"""
What was learnt, on threads of writers and sources that were left out: `make bench-learnt`, others' texts in `ROWS=DIR`.

Each thread is judged by models that were fitted without anything of its writer, or source; the ordinary messages, which
have no writers, by models without an eighth of them. One standard error stands behind each figure. `EVIDENCE=N` prints
N pieces of evidence drawn at random, as such models would show them.
"""

import argparse
import math
import random
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from bot.escalations.detection.classifier import ModelFigures
from bot.escalations.detection.criteria import shown_words
from bot.escalations.detection.labelled import FRAMES_TUNED_ON, ORDINARY, SALES, others, ours
from bot.escalations.detection.train import Fit, Stack, stacked

Bools = NDArray[np.bool_]
# a made-up week of 40 reps: threads that need the manager, threads that only look like it, and all the rest
WEEK = {"needed": 25, "near misses": 75, "ordinary": 2_400}


def _share(right: int, of: int) -> str:
    if not of:
        return "–"
    share = right / of
    return f"{share:.3f} ±{math.sqrt(share * (1 - share) / of):.3f}"


def _is(fit: Fit, **wanted: object) -> Bools:
    return np.array([all(getattr(one.one, key) == value for key, value in wanted.items()) for one in fit.readings])


def groups(fit: Fit) -> dict[str, Bools]:
    """The rows of each line of the table: only such as no frame was tuned on."""
    fair = np.array([not one.one.file.startswith(FRAMES_TUNED_ON) for one in fit.readings]) & ~_is(fit, hand="examples")
    foreign = np.array([one.one.hand[:1] in "ge" and one.one.hand[1:].isdigit() for one in fit.readings])
    late = np.array([one.one.hand in LATE for one in fit.readings])
    return {
        "sales threads, our hands": _is(fit, style="sales", file="escalation_hands.jsonl") & ~foreign,
        "of them the last seven hands": _is(fit, style="sales") & late,
        "sales threads, another hand's": _is(fit, file=SALES),
        "sales threads, twins": _is(fit, style="sales", file="escalation_twins.jsonl"),
        "posts, reviews, mails, our hands": _is(fit, style="posts") & ~foreign,
        "real complaints (cfpb)": _is(fit, hand="cfpb") & fair,
        "real issue threads": _is(fit, hand="github-incivility") & fair,
        "in the style of real texts, twins": _is(fit, style="real", file="escalation_twins.jsonl"),
        "German and Spanish, our hands": foreign,
    }


LATE = frozenset({"h37", "h38", "h39", "h40", "h41", "h42", "h43"})


def report(fit: Fit, stack: Stack) -> Iterable[str]:
    """The table for both thresholds, and the week."""
    ordinary = _is(fit, file=ORDINARY)
    for name, threshold in stack.thresholds.items():
        paged = stack.left_out >= threshold
        yield f"{name} (from {threshold:.2f} on)"
        for group, rows in groups(fit).items():
            if not rows.any():
                continue
            right = int((paged & fit.pages & rows).sum())
            precision = _share(right, int((paged & rows).sum()))
            recall = _share(right, int((fit.pages & rows).sum()))
            silent = _share(int((paged & ~fit.pages & rows).sum()), int((~fit.pages & rows).sum()))
            yield f"  {group:34} {int(rows.sum()):5}  precision {precision}  recall {recall}  silent paged {silent}"
        if ordinary.any():
            yield f"  ordinary messages: {int((paged & ordinary).sum())} false pages in {int(ordinary.sum())}"
        yield f"  {_week(fit, paged, ordinary)}"


def _week(fit: Fit, paged: Bools, ordinary: Bools) -> str:
    rows = groups(fit)["sales threads, our hands"] | groups(fit)["sales threads, another hand's"]
    found = (paged & fit.pages & rows).sum() / max(1, (fit.pages & rows).sum())
    near = (paged & ~fit.pages & rows).sum() / max(1, (~fit.pages & rows).sum())
    quiet = (paged & ordinary).sum() / max(1, ordinary.sum())
    needed, missed = WEEK["needed"] * found, WEEK["needed"] * (1 - found)
    wrong = WEEK["near misses"] * near + WEEK["ordinary"] * quiet
    return (
        f"a week of 40 reps: {needed:.0f} pages that are needed, {wrong:.0f} that are not, {missed:.0f} threads missed"
    )


def criteria_table(fit: Fit, stack: Stack) -> Iterable[str]:
    """Precision and recall of each criterion on the pages of our hands and the other sales hand."""
    rows = np.array([one.one.file in ("escalation_hands.jsonl", SALES) for one in fit.readings])
    for column, name in enumerate(fit.names):
        holds = np.array([name in one.one.criteria for one in fit.readings]) & rows
        found = (stack.criteria_left_out[:, column] >= 0) & rows
        right = int((holds & found).sum())
        yield f"  {name:22} precision {_share(right, int(found.sum()))}  recall {_share(right, int(holds.sum()))}"


def evidence(fit: Fit, figures: Sequence[ModelFigures], stack: Stack) -> list[tuple[str, str, str, str]]:
    """For each criterion that a page shows rightly: its id, the words shown, the labelled ones, and the thread."""
    found = []
    paged = stack.left_out >= stack.thresholds["usual"]
    for number, one in enumerate(fit.readings):
        if not paged[number] or one.one.file.startswith(FRAMES_TUNED_ON):
            continue
        for column, name in enumerate(fit.names):
            if name in one.one.criteria and stack.criteria_left_out[number, column] >= 0 and one.one.evidence.get(name):
                best = int(np.argmax(figures[number].table[:, column]))
                words = shown_words(one.one.said, one.read, one.clauses[best])
                thread = " / ".join(f"{said.role}: {said.text}" for said in one.one.said)
                found.append((name, words, one.one.evidence[name], thread))
    return found


def learning_curve(fit: Fit, shares: Sequence[float] = (0.0, 0.25, 0.5, 1.0)) -> Iterable[str]:
    """How well the model of messages ranks another hand's sales threads, by the share of our hands it learnt from."""
    from sklearn.metrics import average_precision_score

    hands = sorted({one.one.hand for one in fit.readings if one.one.file == "escalation_hands.jsonl"})
    random.Random(1).shuffle(hands)
    test = _is(fit, file=SALES)
    if not test.any():
        return
    ours_ = np.array([one.one.file == "escalation_hands.jsonl" for one in fit.readings])
    for share in shares:
        chosen = set(hands[: round(share * len(hands))])
        inside = ~test & (~ours_ | np.array([one.one.hand in chosen for one in fit.readings]))
        odds = fit.messages_of(inside)
        value = average_precision_score(fit.pages[test], odds[test])
        count = int((inside & ours_).sum())
        yield f"  {share:4.0%} of our hands, {count:5} threads: average precision {value:.3f} on another hand's sales"


def main() -> None:
    asked = argparse.ArgumentParser()
    asked.add_argument("rows", nargs="?", type=Path)
    asked.add_argument("--evidence", type=int, default=0)
    given = asked.parse_args()
    fit = Fit([*ours(), *(others(given.rows) if given.rows else ())])
    figures = fit.left_out()
    stack = stacked(fit, figures)
    for line in report(fit, stack):
        sys.stdout.write(line + "\n")
    sys.stdout.write("criteria, on our hands and another's\n" + "\n".join(criteria_table(fit, stack)) + "\n")
    shown = evidence(fit, figures, stack)
    alike = sum(bool(set(words.lower().split()) & set(label.lower().split())) for _, words, label, _ in shown)
    sys.stdout.write(f"evidence: shares a word with the labelled one {_share(alike, len(shown))} of {len(shown)}\n")
    sys.stdout.write("learning curve\n" + "\n".join(learning_curve(fit)) + "\n")
    for name, words, _, thread in random.Random(7).sample(shown, min(given.evidence, len(shown))):
        sys.stdout.write(f"{name} | {words} | {thread[:600]}\n".replace("\n", " ⏎ ") + "\n")
    if not given.rows:
        sys.stdout.write("Judged on what we wrote alone: give the folder with others' texts for the rest.\n")


if __name__ == "__main__":
    main()
