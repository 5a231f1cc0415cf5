"""
The lexical index, built ahead: building takes a second and a hundred megabytes, reading it back neither.

There is a shipped file for the shipped playbooks, beside this one, and one in the user's cache folder for edited ones.
A file that is not of exactly these phrases, or damaged, is as good as none: then they are learnt.
`make learn` renews the shipped file and the shipped vectors; tests fail when either is stale.
"""

import hashlib
import json
import logging
import sys
import zipfile
import zlib
from array import array
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from bot.cache import cache_folder, replacing
from bot.tactics.search.lexical import VERSION, Lexical, Lexicon, learn

logger = logging.getLogger(__name__)

SHIPPED = Path(__file__).with_name("lexical.zip")
_ARRAYS = {
    "checks": "I",
    "slots": "I",
    "rarity": "f",
    "odds": "f",
    "ends": "I",
    "numbers": "H",
    "gains": "f",
    "widths": "I",
    "wide": "B",
    "class_terms": "d",
}
_FIXED_DATE = (2020, 1, 1, 0, 0, 0)  # so that the same content gives the same bytes


def lexical(phrases: Sequence[tuple[str, int]], off_topic: Sequence[str], classes: int) -> Lexical:
    """The lexical half for these phrases: from a file where there is one of exactly them, else learnt and kept."""
    wanted = fingerprint(phrases, off_topic, classes)
    own = cache_folder() / "lexical.zip"
    lexicon = read(SHIPPED, wanted) or read(own, wanted)
    if lexicon is None:
        lexicon = learn(phrases, off_topic, classes)
        try:
            write(own, wanted, lexicon)
        except OSError:
            logger.warning("what was learnt could not be kept in the cache folder; only time is lost")
    return Lexical(lexicon)


def fingerprint(phrases: Sequence[tuple[str, int]], off_topic: Sequence[str], classes: int) -> str:
    """Differs wherever what is learnt would."""
    digest = hashlib.blake2b(f"{VERSION} {sys.byteorder} {classes}".encode(), digest_size=16)
    for text, number in phrases:
        digest.update(f"{number}\0{text}\n".encode())
    for text in off_topic:
        digest.update(f"-\0{text}\n".encode())
    return digest.hexdigest()


def write(path: Path, print_: str, lexicon: Lexicon) -> None:
    """Write *lexicon* to *path* under its fingerprint, whole or not at all."""
    about = {"fingerprint": print_, "common": lexicon.common}
    with replacing(path) as part, zipfile.ZipFile(part, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(zipfile.ZipInfo("about", _FIXED_DATE), json.dumps(about), zipfile.ZIP_DEFLATED)
        for name in _ARRAYS:
            archive.writestr(zipfile.ZipInfo(name, _FIXED_DATE), getattr(lexicon, name).tobytes(), zipfile.ZIP_DEFLATED)


def read(path: Path, print_: str) -> Lexicon | None:
    """What was learnt of the phrases of that fingerprint; None if *path* does not hold it."""
    try:
        with zipfile.ZipFile(path) as archive:
            about = json.loads(archive.read("about"))
            if about["fingerprint"] != print_:
                return None
            arrays: dict[str, Any] = {name: array(kind) for name, kind in _ARRAYS.items()}
            for name, values in arrays.items():
                values.frombytes(archive.read(name))
            return Lexicon(common=about["common"], **arrays)
    except (FileNotFoundError, NotADirectoryError):
        return None
    except (OSError, ValueError, KeyError, TypeError, EOFError, zlib.error, zipfile.BadZipFile):
        logger.warning("the cache %s is damaged; what it held is learnt again", path.name)
        return None
