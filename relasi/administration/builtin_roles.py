"""The roles every installation starts with; the company edits them afterwards."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction

from relasi.kit.access.models import FieldRule, Grant, Role
from relasi.kit.events.writing import emit

WORK = ("view", "add", "change", "export", "comment", "attach", "share", "archive", "unarchive", "move_to")
BOOKING = ("bookingpage", "bookinghours", "booking")
ACTIVITY = ("activity", "task", "note", "call", "meeting", "visit")
PARTY_FACTS = ("party", "contactpoint", "address", "importantdate", "relation")
SOLD = ("product", "category", "unit", "tax", "taxrate", "bundleitem", "eligibilityrule", "exchangerate")
PRICED = ("pricebook", "price")
STOCKED = ("stockplace", "stocklevel", "stockmovement")
CATALOGUE = (*SOLD, *PRICED, *STOCKED)
HANDLING = ("receive", "issue", "transfer", "count")

DEAL_PARTS = ("dealline", "dealcompetitor", "dealsplit", "criterionmet")
WAYS_OF_SELLING = ("pipeline", "stage", "exitcriterion", "closereason", "competitor")
FORECAST = ("quota", "forecastcall")
LEAD_WORK = ("respond", "qualify", "disqualify", "put_off", "recycle", "convert", "take")
LEAD_RULES = ("scorerule", "assignmentrule", "territory", "territoryseller", "shift", "responsetarget",
              "openinghours", "dayoff")  # fmt: skip
LEAD_DOORS = ("webform", "formfield", "formsubmission")
OFFER_WORK = ("accept", "decline")
LEAD_LISTS = ("card", "referrallink", "marketname", "referralask")

QUOTE_PARTS = ("quoteline", "quoteremark", "quotedocument")
ORDER_PARTS = ("orderline", "orderreturn")
SELLING = ("quote", "order", *QUOTE_PARTS, *ORDER_PARTS)
QUOTE_RULES = ("quotetemplate", "discountrule")
QUOTE_WORK = ("submit", "reopen", "send", "revise", "renew_link", "prolong", "reply", "delete", "import")
STOREROOM = ("view", "comment", "reserve", "pick", "ship", "deliver", "take_back")
ORDER_WORK = ("reserve", "pick", "ship", "deliver", "take_back", "cancel", "open_link", "delete", "import")
SAID = ("conversation", "message", "delivery")
TEXTS = ("template", "variant")
TALKING = ("take", "reply", "comment")
CALLING = ("view", "change", "export", "wrap_up", "call_back")
TALK_WORK = ("view", "add", "change", "export", "attach", "share", "assign", "snooze", "close", "reopen",
             "mark_spam")  # fmt: skip

INPUTS = ("view", "export", "replay", "mend", "ignore")
SEQUENCES = ("sequence", "sequencestep")
SENDING_RULES = ("sendinghours", "sendingcap", "restday", "consenttext")
CONSENTING = ("view", "export", "give", "withdraw")

SIGNED_FROM = ("quote", "signed_address", "read")

WORTH = tuple(
    (noun, name, "read")
    for noun in ("deal", "lead")
    for name in ("expected_value", "cost_to_serve", "value_per_hour", "worth_parts")
)
WORTH_HIDDEN = tuple(
    ("party", name, "hidden") for name in ("expected_value", "cost_to_serve", "value_per_hour")
)
COSTS_TO_READ = (("product", "cost", "read"), ("product", "margin", "read"))
COSTS_TO_WRITE = (("product", "cost", "write"), ("product", "margin", "read"))


@dataclass(frozen=True)
class Definition:
    """`grants`: (nouns, verbs, scope); `fields`: (noun, field, level)."""

    name: str
    description: str
    grants: tuple[tuple[tuple[str, ...], tuple[str, ...], str], ...]
    fields: tuple[tuple[str, str, str], ...] = field(default=())


BUILTIN = (
    Definition(
        "Administrator",
        "Sets up users, roles, fields and rules; sees every record.",
        ((("*",), ("*",), "all"),),
        (
            ("party", "religion", "write"),
            ("party", "greeting", "write"),
            ("party", "nik", "masked"),
            ("party", "npwp", "masked"),
            *COSTS_TO_WRITE,
            *WORTH,
            SIGNED_FROM,
        ),
    ),
    Definition(
        "Sales manager",
        "Leads sellers: everything of the team and the teams below it.",
        (
            ((*PARTY_FACTS, *ACTIVITY, *BOOKING), ("*",), "team"),
            (("duplicatepair", "merge", "rungrule"), ("*",), "team"),
            (("tag", "user", "team", "relationtype"), ("view",), "all"),
            (CATALOGUE, ("view", "export", "comment"), "all"),
            (
                ("product", *PRICED, "bundleitem", "eligibilityrule"),
                ("add", "change", "archive", "unarchive"),
                "all",
            ),
            (("reservation",), ("view", "export"), "all"),
            (("reservation",), ("*",), "team"),
            (("deal", *DEAL_PARTS, *FORECAST), ("*",), "team"),
            (("lead", *LEAD_LISTS), ("*",), "team"),
            (SELLING, ("*",), "team"),
            (QUOTE_RULES, ("view", "add", "change", "archive", "unarchive", "delete"), "all"),
            (SAID, ("*",), "team"),
            (("consent",), CONSENTING, "team"),
            (("account",), (*WORK, "delete"), "team"),
            (("intake",), INPUTS, "team"),
            (SEQUENCES, (*WORK, "delete", "import"), "all"),
            (("enrolment",), ("*",), "team"),
            (("suppression",), ("view", "add", "lift", "export"), "all"),
            (SENDING_RULES, ("view", "add", "change", "delete"), "all"),
            (("conversation",), TALKING, "all"),
            (("mailing",), ("view", "export"), "team"),
            (TEXTS, (*WORK, "delete", "import"), "all"),
            (("phonecall",), ("*",), "team"),
            (("signature",), ("*",), "own"),
            ((*LEAD_RULES, *LEAD_DOORS), ("*",), "all"),
            (("offer", "costentry"), ("*",), "team"),
            (("costrate",), ("view",), "all"),
            (("offerrule",), ("*",), "all"),
            (WAYS_OF_SELLING, ("view",), "all"),
            (("competitor",), ("add", "change", "comment", "attach"), "all"),
        ),
        (
            ("party", "religion", "write"),
            ("party", "greeting", "write"),
            ("party", "nik", "write"),
            ("party", "npwp", "write"),
            *COSTS_TO_READ,
            *WORTH,
            SIGNED_FROM,
        ),
    ),
    Definition(
        "Seller",
        "Works with own customers, from first call to after-sales.",
        (
            (
                (*PARTY_FACTS, *ACTIVITY),
                (*WORK, "finish", "reopen", "postpone", "assign", "reveal", "import"),
                "own",
            ),
            (("bookingpage", "bookinghours"), (*WORK, "delete"), "own"),
            (("booking",), ("view", "export", "cancel"), "own"),
            (("duplicatepair", "merge"), ("view", "merge"), "own"),
            (("tag", "user", "team", "relationtype"), ("view",), "all"),
            (CATALOGUE, ("view", "comment"), "all"),
            (("reservation",), ("view",), "all"),
            (("reservation",), ("add", "release", "extend", "export"), "own"),
            (("deal",), (*WORK, "import", "win", "lose", "split"), "own"),
            (("lead",), (*WORK, *LEAD_WORK, "import", "assign"), "own"),
            (LEAD_LISTS, (*WORK, "delete", "make_lead", "revoke", "import"), "own"),
            (("formsubmission",), ("view",), "own"),
            (("territory", "shift", "responsetarget", "openinghours", "dayoff"), ("view",), "all"),
            (DEAL_PARTS, ("view", "add", "change", "delete", "export"), "own"),
            (("quote",), (*WORK, *QUOTE_WORK), "own"),
            (("order",), (*WORK, *ORDER_WORK), "own"),
            (("quoteline", "orderline"), ("view", "add", "change", "delete", "export", "import"), "own"),
            (("quoteremark", "quotedocument", "orderreturn"), ("view",), "own"),
            (QUOTE_RULES, ("view",), "all"),
            (("conversation",), TALK_WORK, "own"),
            (("conversation",), TALKING, "all"),
            (("message", "delivery"), ("view", "export", "attach"), "own"),
            (("consent",), CONSENTING, "own"),
            (("account",), ("view", "add", "change", "archive", "unarchive"), "own"),
            (SEQUENCES, ("view",), "all"),
            (("enrolment",), ("view", "add", "stop", "export"), "own"),
            (("suppression", *SENDING_RULES), ("view",), "all"),
            (TEXTS, ("view",), "all"),
            (("phonecall",), CALLING, "own"),
            (("signature",), ("*",), "own"),
            (("forecastcall",), ("view", "add", "change"), "own"),
            (("quota",), ("view",), "own"),
            (("offer",), (*WORK, *OFFER_WORK), "own"),
            (("costentry",), (*WORK, "delete", "import"), "own"),
            (("offerrule",), ("view",), "all"),
            (WAYS_OF_SELLING, ("view",), "all"),
            (("competitor",), ("add", "comment"), "all"),
        ),
        (
            ("party", "religion", "write"),
            ("party", "greeting", "write"),
            ("party", "nik", "write"),
            ("party", "npwp", "write"),
            *WORTH,
        ),
    ),
    Definition(
        "Service",
        "Answers customers: sees every customer, changes what they correct.",
        (
            (PARTY_FACTS, ("view", "add", "change", "comment", "attach"), "all"),
            (ACTIVITY, (*WORK, "delete", "finish", "reopen", "postpone", "assign"), "all"),
            (("bookingpage", "bookinghours"), (*WORK, "delete"), "own"),
            (("booking",), ("view", "cancel"), "own"),
            (("tag", "user", "team", "relationtype"), ("view",), "all"),
            (CATALOGUE, ("view", "comment"), "all"),
            (("stocklevel",), HANDLING, "all"),
            (("stockmovement", "reservation"), ("add",), "all"),
            (("reservation",), ("view", "release", "fulfil", "extend"), "all"),
            (("deal", "dealline"), ("view", "comment"), "all"),
            (("quote", *QUOTE_PARTS, *ORDER_PARTS), ("view",), "all"),
            (("quote",), ("comment", "reply"), "all"),
            (("order",), STOREROOM, "all"),
            (("lead",), ("view", "add", "change", "comment", "attach", "respond"), "all"),
            (("offer",), ("view", "add", "decline"), "all"),
            (WAYS_OF_SELLING, ("view",), "all"),
            (("conversation",), (*TALK_WORK, *TALKING), "all"),
            (("message", "delivery"), ("view", "export", "attach"), "all"),
            (("consent",), CONSENTING, "all"),
            (("account",), ("view",), "all"),
            (("intake",), INPUTS, "all"),
            (SEQUENCES, ("view",), "all"),
            (("enrolment",), ("view", "stop"), "all"),
            (("suppression",), ("view", "add", "lift"), "all"),
            (SENDING_RULES, ("view",), "all"),
            (("mailing",), ("view",), "all"),
            (TEXTS, (*WORK, "delete"), "all"),
            (("phonecall",), CALLING, "all"),
            (("signature",), ("*",), "own"),
        ),
        (("party", "religion", "hidden"), ("party", "greeting", "read"), *WORTH_HIDDEN),
    ),
    Definition(
        "Storekeeper",
        "Keeps products, prices and stock.",
        (
            ((*CATALOGUE, "reservation"), ("*",), "all"),
            (("order",), STOREROOM, "all"),
            (ORDER_PARTS, ("view",), "all"),
            (("tag", "user", "team"), ("view",), "all"),
        ),
        COSTS_TO_WRITE,
    ),
    Definition(
        "Management",
        "Reads everything, changes nothing.",
        ((("*",), ("view", "export"), "all"),),
        (("party", "religion", "hidden"), ("party", "greeting", "hidden"), *COSTS_TO_READ, *WORTH),
    ),
)


@transaction.atomic
def ensure_builtin_roles() -> dict[str, Role]:
    """Make the roles that are missing; roles that exist are left as the company has them."""
    return {definition.name: _ensure(definition) for definition in BUILTIN}


@transaction.atomic
def give_new_nouns(nouns: Collection[str]) -> None:
    """What the roles of ours that are there may do with nouns that came with an upgrade. Everything else in
    them is left as the company has it.
    """
    for definition in BUILTIN:
        role = Role._default_manager.filter(name=definition.name).first()
        if role and (told := _fill(role, definition, nouns)):
            emit("rights_changed", role, by=None, changes=told)


def _ensure(definition: Definition) -> Role:
    role: Role | None = Role._default_manager.filter(name=definition.name).first()
    if role:
        return role
    role = Role.create(by=None, name=definition.name, description=definition.description)
    _fill(role, definition)
    return role


def _fill(role: Role, definition: Definition, only: Collection[str] | None = None) -> dict[str, list[Any]]:
    """Give the role what its definition says, of all nouns or of some; what was given, as changes."""
    known = set(role.grants.values_list("noun", flat=True))
    grants = [
        Grant(role=role, noun=noun, verb=verb, scope=scope)
        for nouns, verbs, scope in definition.grants
        for noun in nouns
        for verb in verbs
        if only is None or (noun in only and noun not in known)
    ]
    rules = [
        FieldRule(role=role, noun=noun, field=name, level=level)
        for noun, name, level in definition.fields
        if only is None or (noun in only and noun not in known)
    ]
    Grant.objects.bulk_create(grants)
    FieldRule.objects.bulk_create(rules, ignore_conflicts=True)
    told = {f"{grant.verb} {grant.noun}": [None, grant.scope] for grant in grants}
    return told | {f"{rule.noun}.{rule.field}": [None, rule.level] for rule in rules}
