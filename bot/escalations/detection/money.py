"""Amounts of money in a text."""

import re

_MONEY = re.compile(
    r"(?P<sign>[$€£]|\b(?:USD|EUR|GBP|CHF)\b)?\s?(?P<number>\d{1,3}(?:[,.' ]\d{3})+|\d+(?:\.\d+)?)\s?(?P<times>k|K|m|M|mm|mio|million|thousand|grand|mn)?\b"
    r"(?P<after>\s?(?:[$€£]|usd|eur|gbp|chf|dollars?|euros?|pounds|quid|bucks)\b)?(?P<what>(?:\s?/\s?|\s+(?:in |of |a |per )?)(?:arr|acv|tcv|mrr|year|account|deal|contract|renewal|opportunity|opp|customer|client|pipeline|revenue|over|logo|book)\b)?",
    re.I,
)
_TIMES = {"k": 1e3, "thousand": 1e3, "grand": 1e3, "m": 1e6, "mm": 1e6, "mio": 1e6, "mn": 1e6, "million": 1e6}


def amounts(text: str) -> list[tuple[str, float]]:
    """Amounts of money in *text*: the words, and how much. A bare number is none."""
    found = []
    for one in _MONEY.finditer(text):
        if not (one["sign"] or one["after"] or one["what"] or (one["times"] or "").lower() in ("million", "grand")):
            continue
        number = one["number"]
        digits = re.sub(r"[,.' ](?=\d{3}(?!\d))", "", number)
        try:
            amount = float(digits.replace(",", ".")) * _TIMES.get((one["times"] or "").lower(), 1)
        except ValueError:
            continue
        found.append((one[0].strip(), amount))
    return found
