"""`make learn`: what the search has learnt of the shipped playbooks, learnt anew and written beside it."""

import sys

from bot.config import shipped_playbooks
from bot.tactics.playbook.loader import load
from bot.tactics.search import build, fits, vectors
from bot.tactics.search.lexical import learn
from bot.tactics.search.models import E5
from bot.tactics.search.phrases import all_phrases, labelled_phrases


def renew_shipped() -> str:
    """Learn the shipped playbooks anew and write the shipped files. Returns what was done, in words."""
    playbook, embedder = load(shipped_playbooks()), E5()
    phrases, classes = labelled_phrases(playbook), len(playbook.cards)
    wanted = build.fingerprint(phrases, playbook.off_topic, classes)
    lexicon = learn(phrases, playbook.off_topic, classes)
    build.write(build.SHIPPED, wanted, lexicon)
    labelled = all_phrases(playbook)
    embedded, kept = vectors.renew_shipped(labelled, embedder)
    labels = list(labelled.values())
    print_ = fits.fingerprint(list(labelled), labels, classes, embedder.model)
    fits.write(fits.SHIPPED, print_, fits.fitted(kept, lexicon, list(labelled), labels, classes))
    return f"{len(phrases)} phrases of {classes} cards; {embedded} of them newly embedded\n"


if __name__ == "__main__":
    sys.stdout.write(renew_shipped())
