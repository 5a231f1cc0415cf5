"""
What learning costs, kept: the fitted lexical half, next to the sentence vectors of `vectors.py`.

Both have a shipped file beside this one, for the shipped playbooks, and one in the user's cache folder for edited ones.
A file that is not of exactly these phrases, or damaged, is as good as none: what it would hold is learnt again.
`python -m bot.tactics.learnt` renews the shipped files, and a test fails when they are stale.
"""

import hashlib
import json
import logging
import os
import sys
import tempfile
import zipfile
from array import array
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

from bot.tactics.lexical import VERSION, Lexical, Lexicon

logger = logging.getLogger(__name__)

SHIPPED = Path(__file__).with_name("lexical.zip")
_ARRAYS = (("ends", "I"), ("numbers", "H"), ("gains", "f"), ("seen", "I"), ("off_counts", "I"), ("class_terms", "d"))
_FIXED_DATE = (2020, 1, 1, 0, 0, 0)  # so that the same content gives the same bytes


def lexical(phrases: Sequence[tuple[str, int]], off_topic: Sequence[str], classes: int) -> Lexical:
    """A fitted `Lexical`, from a cache where there is one of exactly these phrases."""
    print_ = fingerprint(phrases, off_topic, classes)
    own = cache_folder() / "lexical.zip"
    for path in (SHIPPED, own):
        lexicon = _read(path, print_)
        if lexicon is not None:
            return Lexical(lexicon)
    fitted = Lexical.learn(phrases, off_topic, classes)
    try:
        write(own, print_, fitted.lexicon)
    except OSError:
        logger.warning("what was learnt could not be kept in the cache folder; only time is lost")
    return fitted


def fingerprint(phrases: Sequence[tuple[str, int]], off_topic: Sequence[str], classes: int) -> str:
    """Differs wherever the fitted model would."""
    digest = hashlib.blake2b(f"{VERSION} {sys.byteorder} {classes}".encode(), digest_size=16)
    for text, number in phrases:
        digest.update(f"{number}\0{text}\n".encode())
    for text in off_topic:
        digest.update(f"-\0{text}\n".encode())
    return digest.hexdigest()


def cache_folder() -> Path:
    """Where a team's own learning is kept, by the XDG convention."""
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "toughcustomer"


@contextmanager
def replacing(path: Path) -> Iterator[IO[bytes]]:
    """A file to write to, which takes the place of *path* when all went well."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=path.parent, suffix=".part", delete=False) as part:
        try:
            yield part
            part.flush()
            Path(part.name).chmod(0o644)
            Path(part.name).replace(path)
        except BaseException:
            Path(part.name).unlink(missing_ok=True)
            raise


def write(path: Path, print_: str, lexicon: Lexicon) -> None:
    """Write *lexicon* to *path*, whole or not at all."""
    texts = {
        "fingerprint": print_,
        "features": json.dumps(lexicon.features),
        "off_topic": json.dumps(lexicon.off_topic),
        "sizes": f"{lexicon.phrases} {lexicon.off_topics}",
    }
    with replacing(path) as part, zipfile.ZipFile(part, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in texts.items():
            archive.writestr(zipfile.ZipInfo(name, _FIXED_DATE), text.encode(), zipfile.ZIP_DEFLATED)
        for name, _ in _ARRAYS:
            archive.writestr(zipfile.ZipInfo(name, _FIXED_DATE), getattr(lexicon, name).tobytes(), zipfile.ZIP_DEFLATED)


def _read(path: Path, print_: str) -> Lexicon | None:
    try:
        with zipfile.ZipFile(path) as archive:
            if archive.read("fingerprint").decode() != print_:
                return None
            arrays: dict[str, Any] = {}
            for name, kind in _ARRAYS:
                arrays[name] = array(kind)
                arrays[name].frombytes(archive.read(name))
            sizes = archive.read("sizes").decode().split()
            return Lexicon(
                features=json.loads(archive.read("features")),
                off_topic=json.loads(archive.read("off_topic")),
                phrases=int(sizes[0]),
                off_topics=int(sizes[1]),
                **arrays,
            )
    except (FileNotFoundError, NotADirectoryError):
        return None
    except (OSError, ValueError, KeyError, IndexError, zipfile.BadZipFile):
        logger.warning("the cache %s is damaged; what it held is learnt again", path.name)
        return None


def renew_shipped() -> str:
    """Learn the shipped playbooks anew and write both shipped files. Returns what was done, in words."""
    from bot.config import shipped_playbooks
    from bot.tactics import vectors
    from bot.tactics.loader import load
    from bot.tactics.phrases import all_phrases, labelled_phrases

    playbook = load(shipped_playbooks())
    learnt = labelled_phrases(playbook)
    fitted = Lexical.learn(learnt, playbook.off_topic, len(playbook.cards))
    write(SHIPPED, fingerprint(learnt, playbook.off_topic, len(playbook.cards)), fitted.lexicon)
    embedded = vectors.renew_shipped(all_phrases(playbook))
    return f"{len(learnt)} phrases of {len(playbook.cards)} cards; {embedded} of them newly embedded\n"


if __name__ == "__main__":
    sys.stdout.write(renew_shipped())
