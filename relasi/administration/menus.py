"""Settings stands at the foot of the menu; the command box finds each of its pages."""

from django.utils.translation import gettext_lazy as _

from relasi.administration.cards import all_cards
from relasi.kit.ui.menu import MenuItem, register


def register_menu() -> None:
    register(
        MenuItem(
            section=_("Settings"),
            label=_("Settings"),
            icon="settings",
            url_name="settings",
            order=10_000,
            key=",",
        )
    )
    for card in all_cards():
        register(
            MenuItem(
                section=_("Settings"),
                label=card.label,
                icon=card.icon,
                url_name=card.url_name,
                args=card.args,
                order=10_000,
                visible=card.is_for,
                quiet=True,
            )
        )
