"""How leads, the forms they come by, and the rules about them are shown, found and changed."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from relasi.kit.resources import Board, Calendar, Chart, Group, Resource, Search, Verb, cells, register
from relasi.kit.resources.declaration import Filter, Panel, Related
from relasi.kit.resources.fields import Field, fields_of
from relasi.kit.resources.registry import extend
from relasi.kit.resources.timelines import register as register_timeline
from relasi.kit.ui import menu
from relasi.sales import lead_filters, lead_panels
from relasi.sales.importing import LeadImporter
from relasi.sales.models import (
    AssignmentRule,
    Card,
    DayOff,
    FormField,
    FormSubmission,
    Lead,
    MarketName,
    OpeningHours,
    ReferralAsk,
    ReferralLink,
    ResponseTarget,
    ScoreRule,
    Shift,
    Territory,
    TerritorySeller,
    WebForm,
)

SALES = _("Sales")
Status = Lead.Status


def _moved(lead: Lead, lane: str, by: Any, *, batch: str = "", **asked: Any) -> None:
    """A card dropped on another lane is the verb that leads there."""
    if lane == Status.WORKING:
        lead.respond(by=by, batch=batch)
    elif lane == Status.QUALIFIED:
        lead.qualify(by=by, batch=batch)
    elif lane == Status.DISQUALIFIED:
        lead.disqualify(by=by, batch=batch, **{"disqualify_reason": "", **asked})
    elif lane == Status.NEW:
        lead.recycle(by=by, batch=batch)
    else:
        raise ValidationError(_("Open the lead and make a deal of it there."))


def _asked(lead: Lead, lane: str, user: Any) -> list[Field]:
    """Giving up asks why."""
    if lane != Status.DISQUALIFIED:
        return []
    fields = fields_of(leads)
    return [replace(fields["disqualify_reason"], is_required=True), fields["recycle_on"]]


def _phone(lead: Lead) -> str:
    return str(lead.party.phone)


leads = register(
    Resource(
        name="leads",
        model=Lead,
        label=_("Leads"),
        label_one=_("Lead"),
        icon="target",
        section=SALES,
        order=30,
        columns=("name", "party", "status", "score", "channel", "owner", "response_due_at", "received_at"),
        more=(
            "estimated_value",
            "expected_value",
            "cost_to_serve",
            "minutes_spent",
            "value_per_hour",
            "product",
            "deal",
            "source",
            "territory",
            "first_response_at",
            "response_minutes",
            "attempts",
            "next_at",
            "referred_by",
            "disqualify_reason",
            "recycle_on",
            "utm_source",
            "utm_medium",
            "utm_campaign",
            "utm_term",
            "utm_content",
            "external_id",
            "qualified_at",
            "converted_at",
            "disqualified_at",
            "recycled",
            "assigned_at",
            "created_at",
            "updated_at",
        ),
        filters=lead_filters.FILTERS,
        inline=("name", "channel", "source", "product", "estimated_value", "owner", "territory", "next_at"),
        groups=(
            Group(
                label=_("Lead"), fields=("name", "party", "need", "product", "estimated_value", "currency")
            ),
            Group(
                label=_("Standing"),
                fields=("status", "deal", "score", "owner", "territory", "attempts", "next_at", "tags"),
            ),
            Group(label=_("Where it came from"), fields=("channel", "source", "referred_by", "received_at")),
            Group(
                label=_("Campaign"),
                fields=(
                    "utm_source",
                    "utm_medium",
                    "utm_campaign",
                    "utm_term",
                    "utm_content",
                    "external_id",
                ),
                folded=True,
            ),
            Group(
                label=_("Given up"),
                fields=("disqualify_reason", "recycle_on", "disqualified_at", "recycled"),
                folded=True,
            ),
        ),
        create_fields=(
            "party",
            "name",
            "need",
            "product",
            "estimated_value",
            "channel",
            "source",
            "referred_by",
            "owner",
        ),
        sort=("-received_at",),
        totals=("estimated_value",),
        preload=("party", "owner"),
        search=Search(
            fields=("name", "need", "source", "external_id"),
            more=lambda lead: lead.party.name,
            subtitle=lambda lead: lead.party.name,
        ),
        board=Board(
            lane="status",
            card=("party", "score", "response_due_at"),
            value="estimated_value",
            asks=_asked,
            move=_moved,
        ),
        calendar=Calendar(start="received_at"),
        chart=Chart(by="channel"),
        panels=(
            Panel(
                name="clock",
                label=_("Time to answer"),
                template="sales/panel_clock.html",
                context=lead_panels.clock,
                order=5,
            ),
            Panel(
                name="owner",
                label=_("Why did I get this?"),
                template="sales/panel_owner.html",
                context=lead_panels.owner,
                order=10,
            ),
            Panel(
                name="score",
                label=_("Why this score"),
                template="sales/panel_score.html",
                context=lead_panels.score,
                order=15,
            ),
            Panel(
                name="sent",
                label=_("What was sent"),
                template="sales/panel_sent.html",
                context=lead_panels.sent,
                order=20,
            ),
        ),
        verbs=(
            Verb(
                name="respond",
                label=_("Answered"),
                icon="phone-check",
                primary=True,
                when=lambda lead: lead.is_open and lead.first_response_at is None,
            ),
            Verb(
                name="qualify",
                label=_("Qualify"),
                icon="circle-check",
                primary=True,
                bulk=True,
                when=lambda lead: lead.status in (Status.NEW, Status.WORKING),
            ),
            Verb(
                name="convert",
                label=_("Make a deal"),
                icon="transfer",
                primary=True,
                when=lambda lead: lead.is_open,
            ),
            Verb(
                name="disqualify",
                label=_("Disqualify"),
                icon="circle-x",
                bulk=True,
                fields=("disqualify_reason", "recycle_on"),
                when=lambda lead: lead.is_open,
            ),
            Verb(
                name="put_off",
                label=_("Put off"),
                icon="clock-pause",
                fields=("next_at",),
                when=lambda lead: lead.is_open,
            ),
            Verb(
                name="recycle",
                label=_("Bring back"),
                icon="repeat",
                bulk=True,
                when=lambda lead: lead.status == Status.DISQUALIFIED,
            ),
            Verb(name="assign", label=_("Assign"), icon="user-plus", fields=("owner",), bulk=True),
            Verb(
                name="archive",
                label=_("Archive"),
                icon="archive",
                bulk=True,
                when=lambda lead: not lead.is_archived,
            ),
            Verb(
                name="unarchive",
                label=_("Bring back from the archive"),
                icon="archive-off",
                bulk=True,
                when=lambda lead: lead.is_archived,
            ),
        ),
        importer=LeadImporter(),
        timeline=True,
        subtitle=lambda lead: lead.party.name,
    )
)

TONES = {"new": "blue", "working": "amber", "qualified": "teal", "converted": "green", "disqualified": "grey"}
cells.tones(leads.noun, "status", TONES)

web_forms = register(
    Resource(
        name="web-forms",
        model=WebForm,
        label=_("Web forms"),
        label_one=_("Web form"),
        icon="cursor-text",
        order=200,
        columns=("name", "purpose", "language", "is_active", "gives_to", "updated_at"),
        more=("slug", "title", "owner", "created_at"),
        inline=("name", "is_active", "gives_to"),
        groups=(
            Group(label=_("Form"), fields=("name", "purpose", "language", "is_active", "gives_to", "owner")),
            Group(label=_("Page"), fields=("slug", "title", "intro", "button")),
            Group(label=_("After sending"), fields=("thanks", "thanks_url")),
            Group(label=_("On other sites"), fields=("origins",)),
        ),
        create_fields=("name", "purpose", "language", "title", "intro", "gives_to"),
        sort=("name",),
        preload=("owner", "gives_to"),
        search=Search(fields=("name", "title")),
        panels=(
            Panel(
                name="builder",
                label=_("Questions"),
                template="sales/panel_builder.html",
                context=lambda form, user: {
                    "questions": form.ordered_fields,
                    "may_change": user.rights.may("change", form),
                },
                order=5,
                wide=True,
            ),
            Panel(
                name="embed",
                label=_("Put it on your site"),
                template="sales/panel_embed.html",
                context=lead_panels.embed,
                order=10,
            ),
            Related(resource="form-submissions", via="form", sort="-received_at", order=20),
        ),
        verbs=(Verb(name="duplicate", label=_("Duplicate"), icon="copy", right="add"),),
    )
)

form_fields = register(
    Resource(
        name="form-fields",
        model=FormField,
        label=_("Questions of forms"),
        label_one=_("Question of a form"),
        icon="list-details",
        order=201,
        title="label",
        columns=("label", "form", "kind", "goes_to", "is_required", "order"),
        more=("key", "help", "created_at"),
        inline=("label", "is_required", "order", "goes_to"),
        groups=(
            Group(
                label=_("Question"),
                fields=("form", "label", "kind", "goes_to", "is_required", "options", "help", "order", "key"),
            ),
        ),
        sort=("form", "order"),
        preload=("form",),
    )
)

form_submissions = register(
    Resource(
        name="form-submissions",
        model=FormSubmission,
        label=_("Form submissions"),
        label_one=_("Form submission"),
        icon="inbox",
        order=202,
        columns=("name", "form", "status", "problem", "lead", "received_at"),
        more=("page_url", "card", "referral_link", "updated_at"),
        groups=(
            Group(
                label=_("Submission"),
                fields=(
                    "form",
                    "status",
                    "problem",
                    "lead",
                    "received_at",
                    "page_url",
                    "card",
                    "referral_link",
                ),
            ),
        ),
        sort=("-received_at",),
        preload=("form", "lead"),
        search=Search(fields=("name",), subtitle=lambda submission: str(submission.form)),
        chart=Chart(by="status"),
        panels=(
            Panel(
                name="answers",
                label=_("What was sent"),
                template="sales/panel_answers.html",
                context=lead_panels.submission,
                order=5,
            ),
        ),
        verbs=(
            Verb(
                name="replay",
                label=_("Try again"),
                icon="repeat",
                primary=True,
                when=lambda submission: submission.may_be_tried,
            ),
            Verb(
                name="discard",
                label=_("Throw away"),
                icon="trash",
                bulk=True,
                when=lambda submission: submission.may_be_tried and submission.status != "discarded",
            ),
        ),
        can_create=False,
    )
)

SUBMISSION_TONES = {
    "received": "blue",
    "incomplete": "amber",
    "done": "green",
    "failed": "red",
    "spam": "grey",
    "discarded": "grey",
}
cells.tones(form_submissions.noun, "status", SUBMISSION_TONES)

cards = register(
    Resource(
        name="cards",
        model=Card,
        label=_("Business cards"),
        label_one=_("Business card"),
        icon="id-badge-2",
        order=203,
        columns=("name", "job_title", "phone", "email", "owner", "is_active"),
        more=("slug", "form", "created_at"),
        inline=("name", "job_title", "phone", "email", "is_active"),
        groups=(
            Group(label=_("Card"), fields=("name", "job_title", "phone", "email", "about")),
            Group(label=_("Page"), fields=("slug", "form", "is_active", "owner")),
        ),
        create_fields=("name", "job_title", "phone", "email", "about", "owner"),
        sort=("name",),
        preload=("owner",),
        panels=(
            Panel(
                name="address",
                label=_("Its page"),
                template="sales/panel_address.html",
                context=lead_panels.card_address,
                order=5,
            ),
        ),
    )
)

referral_links = register(
    Resource(
        name="referral-links",
        model=ReferralLink,
        label=_("Referral links"),
        label_one=_("Referral link"),
        icon="share",
        order=204,
        columns=("name", "party", "owner", "revoked_at", "created_at"),
        more=("form",),
        inline=("name",),
        groups=(Group(label=_("Referral link"), fields=("party", "name", "form", "owner", "revoked_at")),),
        create_fields=("party", "name", "owner"),
        preload=("party", "owner"),
        panels=(
            Panel(
                name="address",
                label=_("Its page"),
                template="sales/panel_address.html",
                context=lead_panels.link_address,
                order=5,
            ),
        ),
        verbs=(
            Verb(
                name="revoke",
                label=_("Close"),
                icon="link-off",
                when=lambda link: link.is_open,
            ),
        ),
    )
)

RULE = ("name", "condition", "order", "is_active")

score_rules = register(
    Resource(
        name="score-rules",
        model=ScoreRule,
        label=_("Score rules"),
        label_one=_("Score rule"),
        icon="star",
        order=210,
        columns=("order", "name", "condition", "points", "is_active"),
        more=("owner", "created_at", "updated_at"),
        inline=("name", "condition", "points", "order", "is_active"),
        groups=(
            Group(label=_("Rule"), fields=("name", "condition", "points", "order", "is_active", "owner")),
        ),
        sort=("order",),
    )
)

assignment_rules = register(
    Resource(
        name="assignment-rules",
        model=AssignmentRule,
        label=_("Assignment rules"),
        label_one=_("Assignment rule"),
        icon="route",
        order=211,
        columns=("order", "name", "condition", "pool", "pick", "is_live"),
        more=("person", "team", "skill", "within_capacity", "on_shift", "owner", "updated_at"),
        inline=("name", "condition", "order", "pick", "within_capacity", "on_shift"),
        groups=(
            Group(label=_("Rule"), fields=("name", "condition", "order", "is_live")),
            Group(label=_("Goes to"), fields=("pool", "person", "team", "skill", "pick")),
            Group(label=_("Only"), fields=("within_capacity", "on_shift", "owner")),
        ),
        sort=("order",),
        verbs=(
            Verb(
                name="go_live",
                label=_("Go live"),
                icon="player-play",
                primary=True,
                when=lambda rule: not rule.is_live,
            ),
            Verb(name="stop", label=_("Stop"), icon="player-pause", when=lambda rule: rule.is_live),
        ),
    )
)

territories = register(
    Resource(
        name="territories",
        model=Territory,
        label=_("Territories"),
        label_one=_("Territory"),
        icon="map",
        order=212,
        columns=("order", "name", "condition", "is_active"),
        more=("owner", "created_at", "updated_at"),
        inline=("name", "condition", "order", "is_active"),
        groups=(Group(label=_("Territory"), fields=(*RULE, "owner")),),
        sort=("order",),
        panels=(Related(resource="territory-sellers", via="territory", label=_("Who sells there")),),
    )
)

territory_sellers = register(
    Resource(
        name="territory-sellers",
        model=TerritorySeller,
        label=_("Sellers of territories"),
        label_one=_("Seller of a territory"),
        icon="user-check",
        order=213,
        columns=("name", "user", "territory"),
        more=("created_at",),
        inline=("name",),
        groups=(Group(label=_("Seller"), fields=("territory", "user", "name")),),
        preload=("user", "territory"),
    )
)

shifts = register(
    Resource(
        name="shifts",
        model=Shift,
        label=_("Shifts"),
        label_one=_("Shift"),
        icon="calendar-time",
        order=214,
        columns=("name", "user", "weekdays", "starts_at", "ends_at", "capacity", "skills"),
        more=("away_from", "away_until", "owner", "updated_at"),
        inline=("name", "weekdays", "starts_at", "ends_at", "capacity", "skills", "away_from", "away_until"),
        groups=(
            Group(label=_("Shift"), fields=("user", "name", "weekdays", "starts_at", "ends_at")),
            Group(label=_("Takes"), fields=("capacity", "skills")),
            Group(label=_("Away"), fields=("away_from", "away_until", "owner")),
        ),
        sort=("name",),
        preload=("user",),
    )
)

response_targets = register(
    Resource(
        name="response-targets",
        model=ResponseTarget,
        label=_("Response times"),
        label_one=_("Response time"),
        icon="alarm",
        order=215,
        columns=("order", "name", "condition", "minutes", "is_active"),
        more=("owner", "updated_at"),
        inline=("name", "condition", "minutes", "order", "is_active"),
        groups=(
            Group(
                label=_("Response time"),
                fields=("name", "condition", "minutes", "order", "is_active", "owner"),
            ),
        ),
        sort=("order",),
    )
)

opening_hours = register(
    Resource(
        name="opening-hours",
        model=OpeningHours,
        label=_("Opening hours"),
        label_one=_("Opening hours"),
        icon="clock",
        order=216,
        columns=("weekday", "opens_at", "closes_at", "name"),
        more=("owner",),
        inline=("opens_at", "closes_at", "name"),
        groups=(
            Group(label=_("Opening hours"), fields=("weekday", "opens_at", "closes_at", "name", "owner")),
        ),
        sort=("weekday", "opens_at"),
    )
)

days_off = register(
    Resource(
        name="days-off",
        model=DayOff,
        label=_("Days off"),
        label_one=_("Day off"),
        icon="calendar-event",
        order=217,
        columns=("on", "name"),
        more=("owner",),
        inline=("name", "on"),
        groups=(Group(label=_("Day off"), fields=("name", "on", "owner")),),
        create_fields=("name", "on"),
        sort=("-on",),
        calendar=Calendar(start="on"),
    )
)

market_names_list = register(
    Resource(
        name="market-names",
        model=MarketName,
        label=_("Natural market"),
        label_one=_("Name on a list"),
        icon="address-book",
        order=218,
        columns=(
            "name",
            "party",
            "circle",
            "need",
            "estimated_value",
            "stage",
            "next_step",
            "next_on",
            "owner",
        ),
        more=("introduced_by", "lead", "currency", "created_at", "updated_at"),
        inline=("name", "circle", "need", "estimated_value", "stage", "next_step", "next_on"),
        groups=(
            Group(label=_("Who"), fields=("name", "party", "circle", "introduced_by", "owner", "tags")),
            Group(label=_("What for"), fields=("need", "estimated_value", "currency")),
            Group(label=_("What is next"), fields=("stage", "next_step", "next_on", "lead")),
        ),
        create_fields=("party", "circle", "need", "estimated_value", "next_step", "next_on", "owner"),
        sort=("name",),
        totals=("estimated_value",),
        preload=("party", "owner", "lead"),
        search=Search(fields=("name", "need")),
        board=Board(lane="stage", card=("circle", "need", "next_on"), value="estimated_value"),
        calendar=Calendar(start="next_on"),
        chart=Chart(by="circle"),
        verbs=(
            Verb(
                name="make_lead",
                label=_("Make a lead"),
                icon="target",
                primary=True,
                when=lambda name: name.lead_id is None,
            ),
            Verb(
                name="archive",
                label=_("Archive"),
                icon="archive",
                bulk=True,
                when=lambda name: not name.is_archived,
            ),
            Verb(
                name="unarchive",
                label=_("Bring back"),
                icon="archive-off",
                bulk=True,
                when=lambda name: name.is_archived,
            ),
        ),
    )
)

referral_asks = register(
    Resource(
        name="referral-asks",
        model=ReferralAsk,
        label=_("Asked for referrals"),
        label_one=_("Asked for referrals"),
        icon="users-plus",
        order=219,
        columns=("name", "party", "ask_on", "answer", "names_given", "owner"),
        more=("answered_at", "created_at"),
        inline=("ask_on",),
        groups=(
            Group(label=_("Asked"), fields=("name", "party", "ask_on", "owner")),
            Group(label=_("Answer"), fields=("answer", "names_given", "answered_at")),
        ),
        create_fields=("party", "name", "ask_on", "owner"),
        sort=("-ask_on",),
        preload=("party", "owner"),
        chart=Chart(by="answer"),
    )
)

for _parties in ("people", "companies", "households"):
    extend(
        _parties,
        panel=Related(
            resource="leads",
            via="party",
            label=_("Leads"),
            columns=("name", "status", "owner", "received_at"),
            sort="-received_at",
            order=40,
        ),
    )
    extend(
        _parties,
        filter=Filter(
            name="has_open_lead",
            label=_("Has an open lead"),
            query=lead_filters.yes_no(lead_filters.has_open_lead),
        ),
    )


@register_timeline
def _timeline_of_lead(resource: Resource, record: Any) -> str:
    """The customer's, where what is written is about the lead."""
    if resource.noun != "lead":
        return ""
    return f"{reverse('timeline', args=[record.party_id])}?about=lead-{record.pk}"


def _may_see(model: type[Any]) -> Any:
    return lambda user: bool(user and user.is_authenticated and user.rights.may("view", model))


def _waiting(user: Any) -> int | None:
    from relasi.sales.queue import waiting_count

    return waiting_count(user)


for _item in (
    menu.MenuItem(
        section=SALES,
        label=_("Lead queue"),
        icon="list-check",
        url_name="lead_queue",
        order=31,
        visible=_may_see(Lead),
        count=_waiting,
    ),
    menu.MenuItem(
        section=SALES,
        label=_("Natural market"),
        icon="address-book",
        url_name="natural_market",
        order=32,
        visible=_may_see(MarketName),
    ),
    menu.MenuItem(
        section=SALES,
        label=_("Lead settings"),
        icon="adjustments-horizontal",
        url_name="lead_settings",
        order=90,
        visible=_may_see(WebForm),
    ),
    menu.MenuItem(
        section=SALES,
        label=_("Rehearse lead rules"),
        icon="player-play",
        url_name="lead_rehearsal",
        order=91,
        visible=_may_see(AssignmentRule),
        quiet=True,
    ),
    menu.MenuItem(
        section=SALES,
        label=_("My business card"),
        icon="id-badge-2",
        url_name="my_card",
        order=92,
        visible=_may_see(Card),
        quiet=True,
    ),
):
    menu.register(_item)
