"""Whether a chat widget works: which sites may show it, and where it was seen."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.utils import timezone

from relasi.channels.chat import widget
from relasi.channels.interface import Finding, Health
from relasi.channels.models import Account
from relasi.lib.wording import mark as _

LATELY = timedelta(days=7)
SITES, PAGES = _("Sites"), _("Pages")


def check(account: Account) -> Health:
    return Health((_sites(account), _pages(account, timezone.now())))


def _sites(account: Account) -> Finding:
    origins = widget.setting(account, "origins") or []
    if not origins:
        return Finding(
            state="broken", what=SITES, words=_("No site may show the chat."),
            todo=_("Name the sites that may show it, one a line, as https://www.example.com."),
        )  # fmt: skip
    return Finding(
        state="good", what=SITES, words=_("These sites may show it: %(sites)s."),
        values={"sites": ", ".join(origins)},
    )  # fmt: skip


def _pages(account: Account, now: datetime) -> Finding:
    pages = account.cursor.get("pages", {})
    lately = sorted(
        page for page, text in pages.items() if (at := widget.seen_at(text)) and now - at < LATELY
    )
    if lately:
        return Finding(
            state="good", what=PAGES, words=_("Seen in the last seven days on: %(pages)s."),
            values={"pages": ", ".join(lately)},
        )  # fmt: skip
    return Finding(
        state="warning", what=PAGES,
        words=_("It was seen before, but not in the last seven days.") if pages
        else _("It was not seen on any page yet."),
        todo=_("Copy the line into the pages of your site, just before </body>, and open one of them."),
    )  # fmt: skip
