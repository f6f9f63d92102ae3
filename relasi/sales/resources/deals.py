"""How pipelines, deals and what belongs to them are shown, found and changed."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from relasi.kit.resources import (
    Board,
    Calendar,
    Chart,
    Column,
    Group,
    Panel,
    Related,
    Resource,
    Search,
    Verb,
    cells,
    extend,
    register,
)
from relasi.kit.resources.timelines import register as register_timeline
from relasi.kit.ui import menu
from relasi.sales import deal_board, deal_filters, deal_forms, deal_jobs, deal_panels, deal_today
from relasi.sales.deal_forms import OverrideForm
from relasi.sales.models import (
    CloseReason,
    Competitor,
    Deal,
    DealCompetitor,
    DealLine,
    DealSplit,
    ExitCriterion,
    ForecastCall,
    Pipeline,
    Quota,
    Stage,
)

BACKGROUND = (deal_jobs, deal_today)  # what they declare stands as soon as they are read
SECTION = _("Sales")


def _is_open(deal: Any) -> bool:
    return bool(deal.is_open and not deal.is_archived)


def _panel(name: str, label: Any, order: int) -> Panel:
    template = f"sales/panel_{name}.html"
    return Panel(name=name, label=label, template=template, context=getattr(deal_panels, name), order=order)


ARCHIVE = Verb(
    name="archive", label=_("Archive"), icon="archive", bulk=True, when=lambda one: not one.is_archived
)
UNARCHIVE = Verb(
    name="unarchive", label=_("Bring back"), icon="archive-off", bulk=True, when=lambda one: one.is_archived
)
SHELF = (ARCHIVE, UNARCHIVE)
MOVE = Verb(
    name="move_to", label=_("Move to another stage"), icon="arrows-right-left", form=deal_forms.MoveForm,
    fields=("stage",), right="change", when=_is_open,
)  # fmt: skip
WIN = Verb(
    name="win", label=_("Won"), icon="trophy", form=deal_forms.WinForm, primary=True, when=_is_open,
    fields=("close_reason", "closed_on", "close_note"),
)  # fmt: skip
LOSE = Verb(
    name="lose", label=_("Lost"), icon="thumb-down", form=deal_forms.LoseForm, primary=True, when=_is_open,
    fields=("close_reason", "lost_to", "close_note"),
)  # fmt: skip
REOPEN = Verb(
    name="reopen", label=_("Open again"), icon="lock-open", bulk=True, primary=True,
    when=lambda deal: not deal.is_open,
)  # fmt: skip
PLAN = Verb(
    name="plan", label=_("Plan the next activity"), icon="calendar-plus", form=deal_forms.PlanForm,
    right="change", when=_is_open,
)  # fmt: skip
COMMIT = Verb(
    name="commit", label=_("Commit in the forecast"), icon="target-arrow", bulk=True, right="change",
    when=lambda deal: _is_open(deal) and deal.own_category != "commit",
)  # fmt: skip
PUSH = Verb(
    name="push", label=_("Move the close date"), icon="calendar", form=deal_forms.PushForm, right="change",
    fields=("expected_close_on",), when=_is_open,
)  # fmt: skip
SPLIT = Verb(
    name="split", label=_("Share the credit"), icon="users", form=deal_forms.SplitForm, fields=("shares",),
    when=_is_open,
)  # fmt: skip
RIVAL = Verb(
    name="add_competitor", label=_("Add a competitor"), icon="sword", form=deal_forms.CompetitorForm,
    fields=("competitor",), when=_is_open, right="change",
)  # fmt: skip
MEET = Verb(
    name="meet", label=_("Tick an exit criterion"), icon="checkbox", form=deal_forms.MeetForm,
    fields=("criterion",), right="change", when=_is_open,
)  # fmt: skip

DAYS = Column(
    name="days_in_stage",
    label=_("Days in the stage"),
    kind="number",
    value=lambda deal: deal_panels.age_in_stage(deal, timezone.now()) if deal.is_open else None,
)

deals = register(
    Resource(
        name="deals",
        model=Deal,
        label=_("Deals"),
        label_one=_("Deal"),
        icon="briefcase",
        section=SECTION,
        order=33,
        columns=(
            "name",
            "party",
            "stage",
            "amount",
            "probability",
            "expected_close_on",
            "next_activity_at",
            "owner",
        ),
        more=(
            "pipeline",
            "status",
            "value",
            "weighted",
            "expected_value",
            "cost_to_serve",
            "minutes_spent",
            "value_per_hour",
            "currency",
            DAYS,
            "category",
            "own_category",
            "own_probability",
            "source",
            "closed_on",
            "close_reason",
            "lost_to",
            "stage_since",
            "rots_at",
            "last_activity_at",
            "is_split",
            "close_note",
            "description",
            "created_at",
            "updated_at",
        ),
        filters=(
            deal_filters.ROTTING,
            deal_filters.OVERDUE,
            deal_filters.PLANNED,
            deal_filters.COMPETITOR,
            deal_filters.PRODUCT,
        ),
        inline=(
            "name",
            "stage",
            "amount",
            "currency",
            "own_probability",
            "own_category",
            "expected_close_on",
            "source",
            "owner",
        ),
        groups=(
            Group(
                label=_("Deal"),
                fields=("name", "party", "amount", "currency", "value", "weighted", "source", "description"),
            ),
            Group(
                label=_("Where it stands"),
                fields=(
                    "pipeline",
                    "stage",
                    "stage_since",
                    "expected_close_on",
                    "rots_at",
                    "owner",
                    "tags",
                ),
            ),
            Group(
                label=_("Forecast"),
                fields=("probability", "own_probability", "category", "own_category"),
            ),
            Group(
                label=_("Outcome"),
                fields=("status", "closed_on", "close_reason", "lost_to", "close_note"),
            ),
        ),
        create_fields=(
            "name",
            "party",
            "stage",
            "amount",
            "currency",
            "expected_close_on",
            "owner",
            "source",
            "description",
        ),
        sort=("-id",),
        totals=("value", "weighted"),
        search=Search(
            fields=("name", "source"),
            more=lambda deal: str(deal.party),
            subtitle=lambda deal: str(deal.party),
        ),
        board=Board(
            lane="stage",
            card=("party", "expected_close_on"),
            value="value",
            weighted="weighted",
            sort=("expected_close_on",),
            asks=deal_board.asks,
            move=deal_board.moved,
            lanes=deal_board.lanes,
            switch=deal_board.switch,
        ),
        calendar=Calendar(start="expected_close_on"),
        chart=Chart(by="stage", measure="value"),
        layout="board",
        panels=(
            _panel("way", _("Stages"), 5),
            _panel("following", _("What is next"), 10),
            _panel("products", _("Products"), 20),
            _panel("rivals", _("Competitors"), 30),
            _panel("credit", _("Credit"), 40),
        ),
        verbs=(WIN, LOSE, REOPEN, PLAN, MOVE, COMMIT, PUSH, SPLIT, RIVAL, MEET, *SHELF),
        timeline=True,
        subtitle=lambda deal: str(deal.party),
    )
)
cells.tones("deal", "status", {"open": "blue", "won": "green", "lost": "red"})
CATEGORY_TONES = {
    "omitted": "grey", "pipeline": "blue", "best_case": "violet", "commit": "amber", "closed": "green",
}  # fmt: skip
cells.tones("deal", "category", CATEGORY_TONES)
cells.tones("deal", "own_category", CATEGORY_TONES)
cells.tones("dealcompetitor", "standing", {"ahead": "red", "level": "amber", "behind": "teal", "out": "grey"})

register(
    Resource(
        name="pipelines",
        model=Pipeline,
        label=_("Pipelines"),
        label_one=_("Pipeline"),
        icon="layout-kanban",
        order=36,
        columns=("name", "order", "needs_next_activity", "description"),
        inline=("name", "order", "needs_next_activity"),
        groups=(Group(label=_("Pipeline"), fields=("name", "order", "needs_next_activity", "description")),),
        create_fields=("name", "order", "needs_next_activity", "description"),
        sort=("order",),
        panels=(
            Related(
                resource="stages",
                via="pipeline",
                columns=("kind", "probability", "rots_after"),
                sort="order",
                order=10,
            ),
        ),
        verbs=SHELF,
    )
)
register(
    Resource(
        name="stages",
        model=Stage,
        label=_("Stages"),
        label_one=_("Stage"),
        icon="list-numbers",
        order=37,
        subtitle=lambda stage: stage.pipeline.name,
        preload=("pipeline",),
        columns=(
            "name",
            "pipeline",
            "order",
            "kind",
            "probability",
            "category",
            "rots_after",
            "required_fields",
        ),
        inline=("name", "order", "probability", "category", "rots_after"),
        groups=(
            Group(
                label=_("Stage"),
                fields=(
                    "name",
                    "pipeline",
                    "order",
                    "kind",
                    "probability",
                    "category",
                    "rots_after",
                    "required_fields",
                ),
            ),
        ),
        create_fields=(
            "name",
            "pipeline",
            "order",
            "kind",
            "probability",
            "category",
            "rots_after",
            "required_fields",
        ),
        sort=("order",),
        panels=(
            Related(resource="exit-criteria", via="stage", columns=("is_required",), sort="order", order=10),
        ),
    )
)
register(
    Resource(
        name="exit-criteria",
        model=ExitCriterion,
        label=_("Exit criteria"),
        label_one=_("Exit criterion"),
        icon="checkbox",
        order=38,
        columns=("name", "stage", "order", "is_required"),
        inline=("name", "order", "is_required"),
        groups=(Group(label=_("Exit criterion"), fields=("name", "stage", "order", "is_required")),),
        create_fields=("name", "stage", "order", "is_required"),
        sort=("order",),
    )
)
register(
    Resource(
        name="close-reasons",
        model=CloseReason,
        label=_("Reasons won and lost"),
        label_one=_("Reason won or lost"),
        icon="message-question",
        order=39,
        columns=("name", "kind", "order"),
        inline=("name", "order"),
        groups=(Group(label=_("Reason won or lost"), fields=("name", "kind", "order")),),
        create_fields=("name", "kind", "order"),
        sort=("order",),
        chart=Chart(by="kind"),
        verbs=SHELF,
    )
)
register(
    Resource(
        name="competitors",
        model=Competitor,
        label=_("Competitors"),
        label_one=_("Competitor"),
        icon="sword",
        section=SECTION,
        order=80,
        columns=("name", "website", "strengths", "weaknesses"),
        more=("answer", "created_at", "updated_at"),
        inline=("name", "website"),
        groups=(
            Group(label=_("Competitor"), fields=("name", "website", "strengths", "weaknesses", "answer")),
        ),
        create_fields=("name", "website", "strengths", "weaknesses", "answer"),
        sort=("name",),
        search=Search(fields=("name",)),
        panels=(
            Related(
                resource="deals", via="lost_to", label=_("Lost to them"), columns=("party", "value"), order=10
            ),
        ),
        verbs=SHELF,
    )
)
register(
    Resource(
        name="deal-lines",
        model=DealLine,
        label=_("Products on deals"),
        label_one=_("Product on a deal"),
        icon="package",
        order=40,
        title="description",
        columns=("description", "deal", "product", "quantity", "price", "discount", "tax_rate", "amount"),
        more=("order", "created_at"),
        inline=("description", "quantity", "price", "discount", "order"),
        groups=(
            Group(
                label=_("Product on a deal"),
                fields=(
                    "deal",
                    "product",
                    "description",
                    "quantity",
                    "price",
                    "discount",
                    "tax_rate",
                    "amount",
                    "order",
                ),
            ),
        ),
        create_fields=("deal", "product", "description", "quantity", "price", "discount"),
        sort=("-id",),
        totals=("amount",),
        chart=Chart(by="product", measure="amount"),
    )
)
register(
    Resource(
        name="deal-competitors",
        model=DealCompetitor,
        label=_("Competitors on deals"),
        label_one=_("Competitor on a deal"),
        icon="sword",
        order=41,
        title="offer",
        columns=("offer", "deal", "competitor", "standing"),
        inline=("standing", "offer"),
        groups=(Group(label=_("Competitor on a deal"), fields=("deal", "competitor", "standing", "offer")),),
        sort=("-id",),
        chart=Chart(by="standing"),
        can_create=False,
    )
)
register(
    Resource(
        name="deal-splits",
        model=DealSplit,
        label=_("Shares of the credit"),
        label_one=_("Share of the credit"),
        icon="users",
        order=42,
        title="id",
        columns=("id", "deal", "user", "share"),
        groups=(Group(label=_("Share of the credit"), fields=("deal", "user", "share")),),
        sort=("-id",),
        chart=Chart(by="user"),
        can_create=False,
        can_delete=False,
    )
)

register(
    Resource(
        name="quotas",
        model=Quota,
        label=_("Quotas"),
        label_one=_("Quota"),
        icon="target",
        order=43,
        columns=("name", "user", "team", "product", "unit", "starts_on", "ends_on", "amount"),
        inline=("name", "amount"),
        groups=(
            Group(
                label=_("Quota"),
                fields=("name", "user", "team", "product", "unit", "starts_on", "ends_on", "amount"),
            ),
        ),
        create_fields=("user", "team", "product", "unit", "starts_on", "amount", "name"),
        sort=("-starts_on",),
        totals=("amount",),
        calendar=Calendar(start="starts_on"),
        chart=Chart(by="user", measure="amount"),
    )
)
register(
    Resource(
        name="forecast-calls",
        model=ForecastCall,
        label=_("Forecast calls"),
        label_one=_("Forecast call"),
        icon="message-question",
        order=44,
        title="remark",
        columns=("remark", "user", "unit", "starts_on", "amount", "best_case", "override", "override_by"),
        inline=("amount", "best_case", "remark"),
        groups=(
            Group(
                label=_("Forecast call"),
                fields=(
                    "user", "unit", "starts_on", "amount", "best_case", "remark", "override", "override_by",
                    "override_remark",
                ),
            ),
        ),
        sort=("-starts_on",),
        chart=Chart(by="user", measure="amount"),
        verbs=(
            Verb(
                name="override_with", label=_("Manager's number"), icon="scale", form=OverrideForm,
                fields=("number", "why"),
            ),
        ),
        can_create=False,
    )
)  # fmt: skip

for _parties in ("people", "companies", "households"):
    extend(
        _parties,
        panel=Related(
            resource="deals",
            via="party",
            label=_("Deals"),
            columns=("stage", "value", "expected_close_on"),
            order=15,
        ),
    )
    for _filter in deal_filters.OF_PARTIES:
        extend(_parties, filter=_filter)


@register_timeline
def _timeline_of_deal(resource: Resource, record: Any) -> str:
    """The customer's, where what is written is about the deal."""
    if resource.noun != "deal":
        return ""
    return f"{reverse('timeline', args=[record.party_id])}?about=deal-{record.pk}"


def _may_see_deals(user: Any) -> bool:
    return bool(user and user.is_authenticated and user.rights.may("view", Deal))


menu.register(
    menu.MenuItem(
        section=SECTION, label=_("Forecast"), icon="target-arrow", url_name="forecast", order=37,
        visible=_may_see_deals,
    )
)  # fmt: skip
