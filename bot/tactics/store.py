"""The thumbs: which card helped, which did not, and the words that people gave us for learning."""

from dataclasses import dataclass
from datetime import datetime

from bot.storage.database import Database


@dataclass(frozen=True, slots=True)
class Thumbs:
    """How a card did: how many times it helped, and how many times not."""

    card_id: str
    helped: int
    did_not: int


class ThumbStore:
    """Rows of `thumbs`. *answer* is the random token of one answer, so that a second thought replaces the first."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def set(self, team_id: str, answer: str, card_id: str, *, helped: bool, example: str, at: datetime) -> None:
        """Record a thumb; *example* is the example phrase that had matched. Raises StorageUnavailable."""
        self._database.execute(
            """
            INSERT INTO thumbs (team_id, answer, card_id, helped, example, created_at)
            VALUES (:team_id, :answer, :card_id, :helped, :example, :at)
            ON CONFLICT (team_id, answer, card_id) DO UPDATE SET helped = :helped, created_at = :at
            """,
            {
                "team_id": team_id,
                "answer": answer,
                "card_id": card_id,
                "helped": int(helped),
                "example": example,
                "at": at.isoformat(),
            },
        )

    def set_words(self, team_id: str, answer: str, card_id: str, words: str | None) -> bool:
        """Keep *words* with that thumb, or forget them with None. False if there is no such thumb."""
        changed = self._database.execute(
            "UPDATE thumbs SET words = :words WHERE team_id = :team_id AND answer = :answer AND card_id = :card_id",
            {"words": words, "team_id": team_id, "answer": answer, "card_id": card_id},
        )
        return changed == 1

    def has_words(self, team_id: str, answer: str, card_id: str) -> bool:
        """Whether words are kept with that thumb."""
        rows = self._database.rows(
            """
            SELECT 1 FROM thumbs
            WHERE team_id = :team_id AND answer = :answer AND card_id = :card_id AND words IS NOT NULL
            """,
            {"team_id": team_id, "answer": answer, "card_id": card_id},
        )
        return bool(rows)

    def by_card(self) -> list[Thumbs]:
        """How each card did, over all teams, the most used first."""
        rows = self._database.rows(
            """
            SELECT card_id, SUM(helped) AS helped, SUM(1 - helped) AS did_not FROM thumbs
            GROUP BY card_id ORDER BY COUNT(*) DESC, card_id
            """
        )
        return [Thumbs(row["card_id"], row["helped"], row["did_not"]) for row in rows]
