"""What the codes of the Messenger Platform mean for a message (Meta, “Error codes”); inner codes go first."""

from __future__ import annotations

from relasi.channels.graph import Meaning
from relasi.lib.wording import mark as _

CLOSED = Meaning(
    "refused",
    _(
        "More than 24 hours have passed since the customer wrote (7 days for an answer by a person). "
        "Wait for a message."
    ),
)
GONE = Meaning(
    "refused", _("The customer has blocked the page or left. Use another channel."), bounce="policy"
)
WINDOW = {2018278, 2534022}
WORDS: dict[int, Meaning] = {
    2018278: CLOSED,
    2534022: CLOSED,
    551: GONE,
    1545041: GONE,
    2018108: GONE,
    2018001: Meaning("refused", _("The page knows no such customer. Only who wrote first can be answered.")),
    2534014: Meaning("refused", _("The page knows no such customer. Only who wrote first can be answered.")),
    2018300: Meaning(
        "refused", _("The app may not answer after 24 hours. Ask Meta for the feature “Human Agent”.")
    ),
    2018047: Meaning("refused", _("Meta did not take the file. Check its kind and size.")),
    2018109: Meaning("refused", _("The file is too large for Meta.")),
}
