"""What stands on the first page of the settings, for whom; other apps add their cards with `register`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext_lazy as _

from relasi.administration.doors import may_see


@dataclass(frozen=True, kw_only=True)
class Card:
    """`may(user)` decides who sees it; a card whose address nobody serves is left out."""

    section: Any
    label: Any
    text: Any
    icon: str
    url_name: str
    args: tuple[Any, ...] = ()
    may: Callable[[Any], bool] = lambda _user: True

    def is_for(self, user: Any) -> bool:
        return bool(self.href) and self.may(user)

    @property
    def href(self) -> str:
        try:
            return reverse(self.url_name, args=self.args)
        except NoReverseMatch:
            return ""


_YOURS, _PEOPLE, _DATA, _RUNNING = _("Yours"), _("People and rights"), _("Data"), _("Running it")
_TALKS = _("Conversations")

_cards: list[Card] = [
    Card(
        section=_YOURS, label=_("Profile"), text=_("Name, language, time zone and theme."),
        icon="user-circle", url_name="profile",
    ),
    Card(
        section=_YOURS, label=_("Security"), text=_("Password, passkeys, authenticator app, recovery codes."),
        icon="lock", url_name="security",
    ),
    Card(
        section=_YOURS, label=_("Sessions"), text=_("Where you are signed in; sign a device out."),
        icon="device-desktop", url_name="sessions",
    ),
    Card(
        section=_YOURS, label=_("API keys"), text=_("Let a program work in your name, as far as you allow."),
        icon="key", url_name="api_keys",
    ),
    Card(
        section=_YOURS, label=_("My telephone"), text=_("Your extension: who calls appears on your screen."),
        icon="phone", url_name="my_telephone",
    ),
    Card(
        section=_YOURS, label=_("Calendar feed"), text=_("Your activities in any calendar program."),
        icon="calendar", url_name="calendar_subscribe",
    ),
    Card(
        section=_YOURS, label=_("Calendars elsewhere"), text=_("Your other calendar and this one, the same."),
        icon="refresh", url_name="calendar_accounts",
    ),
    Card(
        section=_YOURS, label=_("Notifications"), text=_("What arrives where: bell, e-mail, devices."),
        icon="bell", url_name="notification_settings",
    ),
    Card(
        section=_PEOPLE, label=_("Users"), text=_("Who works here, invitations, shutting an account."),
        icon="users", url_name="users", may=may_see("user", "change"),
    ),
    Card(
        section=_PEOPLE, label=_("Teams"), text=_("The tree by which “team” rights reach down."),
        icon="sitemap", url_name="teams", may=may_see("team", "change"),
    ),
    Card(
        section=_PEOPLE, label=_("Roles"), text=_("What each role may see and do, field by field."),
        icon="shield-lock", url_name="roles", may=may_see("role", "view"),
    ),
    Card(
        section=_DATA, label=_("Own fields"), text=_("Fields your company adds to customers and activities."),
        icon="list-check", url_name="settings_fields", may=may_see("customfield", "view"),
    ),
    Card(
        section=_DATA, label=_("Tags"), text=_("Words on records: rename, colour, merge."),
        icon="tags", url_name="settings_tags", may=may_see("tag", "view"),
    ),
    Card(
        section=_DATA, label=_("Rules of the ladder"),
        text=_("By what customers climb from suspect to partner."),
        icon="stairs", url_name="ladder_rules", may=may_see("rungrule", "view"),
    ),
    Card(
        section=_TALKS, label=_("Channels"),
        text=_("Mailboxes, WhatsApp, SMS, telephone, live chat: set them up, see whether they work."),
        icon="plug", url_name="resource_list", args=("channels",), may=may_see("account", "view"),
    ),
    Card(
        section=_TALKS, label=_("New channel"),
        text=_("Another mailbox, number, telephone system or chat."), icon="plus", url_name="channel_add",
        may=may_see("account", "add"),
    ),
    Card(
        section=_TALKS, label=_("Raw inputs"),
        text=_("What came in and was not understood: mend it, try again."),
        icon="inbox", url_name="resource_list", args=("intakes",), may=may_see("intake", "view"),
    ),
    Card(
        section=_TALKS, label=_("Templates and saved replies"),
        text=_("Texts written once and sent often."), icon="template", url_name="resource_list",
        args=("message-templates",), may=may_see("template", "view"),
    ),
    Card(
        section=_TALKS, label=_("When may we write?"),
        text=_("Hours, most messages, rest days; try it out for one customer."),
        icon="clock", url_name="sending_rules", may=may_see("sendinghours", "view"),
    ),
    Card(
        section=_TALKS, label=_("Consent texts"), text=_("The words customers agree to, version by version."),
        icon="file-text", url_name="resource_list", args=("consent-texts",),
        may=may_see("consenttext", "view"),
    ),
    Card(
        section=_TALKS, label=_("Addresses left alone"),
        text=_("Whose mail comes back, who complained, who asked not to be called."),
        icon="ban", url_name="resource_list", args=("suppressions",), may=may_see("suppression", "view"),
    ),
    Card(
        section=_TALKS, label=_("What was sent"),
        text=_("The ledger: every message to every address, and its fate."),
        icon="send", url_name="resource_list", args=("deliveries",), may=may_see("delivery", "view"),
    ),
    Card(
        section=_DATA, label=_("Pipelines and stages"),
        text=_("Stages with probability, required fields and exit criteria."),
        icon="layout-kanban", url_name="resource_list", args=("pipelines",),
        may=may_see("pipeline", "change"),
    ),
    Card(
        section=_DATA, label=_("Reasons won and lost"), text=_("Why deals are won and lost."),
        icon="message-question", url_name="resource_list", args=("close-reasons",),
        may=may_see("closereason", "change"),
    ),
    Card(
        section=_DATA, label=_("Quote templates"), text=_("Letterhead, words and style of quotes on paper."),
        icon="file-text", url_name="resource_list", args=("quote-templates",),
        may=may_see("quotetemplate", "change"),
    ),
    Card(
        section=_DATA, label=_("Discount rules"), text=_("From which discount on somebody must approve."),
        icon="discount", url_name="resource_list", args=("discount-rules",),
        may=may_see("discountrule", "change"),
    ),
    Card(
        section=_DATA, label=_("Offer rules"), text=_("Which product is offered next, to whom and why."),
        icon="bulb", url_name="resource_list", args=("offer-rules",), may=may_see("offerrule", "change"),
    ),
    Card(
        section=_DATA, label=_("Hourly rates"), text=_("What an hour of a colleague costs, from when on."),
        icon="clock", url_name="resource_list", args=("cost-rates",), may=may_see("costrate", "change"),
    ),
    Card(
        section=_DATA, label=_("Quotas"), text=_("What is to be sold by whom and when."),
        icon="target", url_name="resource_list", args=("quotas",), may=may_see("quota", "change"),
    ),
    Card(
        section=_RUNNING, label=_("Audit trail"),
        text=_("Every change, who and when; proof that nothing was touched."),
        icon="history", url_name="audit", may=may_see("event", "view"),
    ),
    Card(
        section=_RUNNING, label=_("Jobs"),
        text=_("What runs in the background, what failed, and running it again."),
        icon="activity", url_name="jobs", may=may_see("job", "view"),
    ),
]  # fmt: skip


def register(card: Card) -> None:
    """Add a card; harmless when repeated."""
    if card not in _cards:
        _cards.append(card)


def all_cards() -> tuple[Card, ...]:
    """In their order, whoever asks."""
    return tuple(_cards)


def sections_for(user: Any) -> list[tuple[Any, list[Card]]]:
    sections: dict[str, tuple[Any, list[Card]]] = {}
    for card in _cards:
        if card.is_for(user):
            sections.setdefault(str(card.section), (card.section, []))[1].append(card)
    return list(sections.values())
