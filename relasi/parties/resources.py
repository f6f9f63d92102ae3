"""How people, companies and households are shown, found and changed."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from relasi.kit.resources import Board, Calendar, Chart, Group, Resource, Search, Verb, cells, hints, register
from relasi.kit.resources.declaration import Panel
from relasi.kit.ui import menu
from relasi.parties import filters, panels
from relasi.parties.forms import MoveForm
from relasi.parties.importing import PartyImporter
from relasi.parties.models import Company, DuplicatePair, Household, Party, Person

NAME = Group(
    label=_("Name"), fields=("name", "salutation", "given_name", "family_name", "nickname"), folded=True
)
CONTACT = Group(
    label=_("Contact"), fields=("phone", "email", "city", "website", "channel", "language", "time_zone")
)
STANDING = Group(label=_("Standing"), fields=("rung", "rung_since", "owner", "source", "external_id", "tags"))
ARCHIVE = Verb(
    name="archive", label=_("Archive"), icon="archive", bulk=True, when=lambda party: not party.is_archived
)
UNARCHIVE = Verb(
    name="unarchive",
    label=_("Bring back"),
    icon="archive-off",
    bulk=True,
    when=lambda party: party.is_archived and not party.merged_into_id,
)
MOVE = Verb(
    name="move_to",
    label=_("Move on the ladder"),
    icon="stairs",
    form=MoveForm,
    right="change",
    bulk=True,
    when=lambda party: not party.is_archived,
)
VERBS = (MOVE, ARCHIVE, UNARCHIVE)


def _moved(party: Party, lane: str, by: Any, *, batch: str = "", **asked: Any) -> None:
    """A card dropped on another lane."""
    party.move_to(lane, by=by, reason=asked.get("reason", ""), batch=batch)


def _panel(name: str, label: Any, order: int) -> Panel:
    return Panel(
        name=name,
        label=label,
        template=f"parties/panel_{name}.html",
        context=getattr(panels, name),
        order=order,
    )


CONTACTS = _panel("contacts", _("Contacts"), 10)
ADDRESSES = _panel("addresses", _("Addresses"), 12)
RELATIONS = _panel("relations", _("Family and relations"), 20)
HOUSEHOLD = _panel("household", _("Household"), 22)
DATES = _panel("dates", _("Important dates"), 24)
NUMBERS = _panel("identity", _("Identity numbers"), 60)
LADDER = _panel("ladder", _("Ladder"), 30)
SAMENESS = _panel("sameness", _("Duplicates and merges"), 5)
FILTERS = (filters.REFERRALS, filters.PROVINCE, filters.RELATION, filters.NPWP)
IDENTITY = Group(label=_("Identity numbers"), fields=("nik", "npwp"), folded=True)

IMPORTER = PartyImporter()

people = register(
    Resource(
        name="people",
        model=Person,
        label=_("People"),
        label_one=_("Person"),
        icon="users",
        section=_("Customers"),
        order=20,
        phone=True,
        where={"kind": "person"},
        columns=("name", "phone", "email", "company", "city", "rung", "owner", "last_activity_at"),
        more=(
            "nickname",
            "job_title",
            "birth_on",
            "household",
            "source",
            "channel",
            "language",
            "gender",
            "created_at",
            "updated_at",
        ),
        inline=(
            "name",
            "phone",
            "email",
            "city",
            "rung",
            "owner",
            "job_title",
            "company",
            "birth_on",
            "source",
            "channel",
        ),
        groups=(
            NAME,
            CONTACT,
            Group(label=_("Work"), fields=("company", "job_title")),
            STANDING,
            Group(
                label=_("Personal"),
                fields=(
                    "birth_on",
                    "gender",
                    "household",
                    "religion",
                    "greeting",
                    "hobbies",
                    "interests",
                    "about",
                ),
            ),
            IDENTITY,
        ),
        create_fields=(
            "name",
            "salutation",
            "phone",
            "email",
            "city",
            "company",
            "job_title",
            "birth_on",
            "rung",
            "owner",
            "source",
        ),
        sort=("name",),
        search=Search(fields=("name", "nickname", "phone", "email", "city", "external_id")),
        board=Board(lane="rung", card=("phone", "city", "company"), move=_moved),
        filters=(*FILTERS, filters.BIRTHDAY, filters.NIK),
        panels=(SAMENESS, CONTACTS, ADDRESSES, RELATIONS, HOUSEHOLD, DATES, LADDER, NUMBERS),
        calendar=Calendar(start="birth_on", yearly="birthday_key"),
        chart=Chart(by="rung"),
        verbs=VERBS,
        importer=IMPORTER,
        timeline=True,
    )
)

companies = register(
    Resource(
        name="companies",
        model=Company,
        label=_("Companies"),
        label_one=_("Company"),
        icon="building",
        section=_("Customers"),
        order=21,
        where={"kind": "company"},
        columns=("name", "industry", "phone", "email", "city", "rung", "owner", "last_activity_at"),
        more=("employees", "website", "source", "created_at", "updated_at"),
        inline=("name", "industry", "phone", "email", "city", "rung", "owner", "employees", "website"),
        groups=(
            CONTACT,
            Group(label=_("Company"), fields=("name", "industry", "employees", "about")),
            STANDING,
            Group(label=_("Identity numbers"), fields=("npwp",), folded=True),
        ),
        create_fields=("name", "industry", "phone", "email", "city", "rung", "owner", "source"),
        sort=("name",),
        totals=("employees",),
        search=Search(fields=("name", "phone", "email", "city", "industry", "external_id")),
        board=Board(lane="rung", card=("industry", "city"), value="employees", move=_moved),
        filters=FILTERS,
        panels=(SAMENESS, CONTACTS, ADDRESSES, RELATIONS, DATES, LADDER, NUMBERS),
        chart=Chart(by="industry"),
        verbs=VERBS,
        importer=IMPORTER,
        timeline=True,
    )
)

households = register(
    Resource(
        name="households",
        model=Household,
        label=_("Households"),
        label_one=_("Household"),
        icon="home",
        section=_("Customers"),
        order=22,
        where={"kind": "household"},
        columns=("name", "phone", "city", "rung", "owner", "last_activity_at"),
        more=("email", "source", "created_at", "updated_at"),
        inline=("name", "phone", "city", "rung", "owner"),
        groups=(CONTACT, Group(label=_("Household"), fields=("name", "about")), STANDING),
        create_fields=("name", "phone", "city", "rung", "owner"),
        sort=("name",),
        search=Search(fields=("name", "phone", "city")),
        board=Board(lane="rung", card=("phone", "city"), move=_moved),
        filters=(filters.REFERRALS, filters.PROVINCE, filters.RELATION),
        panels=(SAMENESS, HOUSEHOLD, CONTACTS, ADDRESSES, RELATIONS, DATES, LADDER),
        chart=Chart(by="rung"),
        verbs=VERBS,
        importer=IMPORTER,
        timeline=True,
    )
)

RUNG_TONES = {
    "suspect": "grey", "prospect": "blue", "first_time": "teal", "repeat": "teal", "client": "green",
    "member": "violet", "advocate": "pink", "partner": "amber",
}  # fmt: skip
cells.tones("party", "rung", RUNG_TONES)

for _resource in (people, companies, households):
    hints.register(_resource.name, "/parties/alike/")


def _may_see(model: type[Any]) -> Any:
    return lambda user: bool(user and user.is_authenticated and user.rights.may("view", model))


def _waiting(user: Any) -> int | None:
    from relasi.parties.views.duplicates import COUNT_CAP, open_pairs

    return len(open_pairs(user).order_by().values_list("pk")[:COUNT_CAP]) or None


menu.register(
    menu.MenuItem(
        section=_("Customers"),
        label=_("Ladder"),
        icon="stairs",
        url_name="ladder",
        order=24,
        visible=_may_see(Party),
    )
)
menu.register(
    menu.MenuItem(
        section=_("Customers"),
        label=_("Duplicates"),
        icon="copy",
        url_name="duplicates",
        order=25,
        visible=_may_see(DuplicatePair),
        count=_waiting,
    )
)
