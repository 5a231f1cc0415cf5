"""The table of what is asked about dates, in `docs/dates.md`: `make docs-dates` writes it anew from the rules."""

import re
from pathlib import Path

from bot.followups.dates.questions import QUESTIONS

PAGE = Path(__file__).resolve().parents[2] / "docs" / "dates.md"
HEAD = "| what is asked about | for example | the question |\n|---|---|---|\n"


def table() -> str:
    """The table, in Markdown."""
    rows = []
    for one in QUESTIONS.values():
        asks = re.sub(r"\{(\w+)\}", "…", one.asks)
        place = "" if one.zone == "Europe/Berlin" else f" ({one.zone})"
        rows.append(f"| {one.why} | `{one.example}`{place} | {asks} |")
    return HEAD + "\n".join(rows) + "\n"


def main() -> None:
    page = PAGE.read_text(encoding="utf-8")
    PAGE.write_text(re.sub(re.escape(HEAD) + r"(?:\|.*\n)*", lambda found: table(), page), encoding="utf-8")


if __name__ == "__main__":
    main()
