"""Endpoint × method × who × whose: a refusal is a refusal, and writes nothing.

Every route has a policy below; a new route without one fails the build.

public: anybody. own: whoever signed in, and only for what is theirs. noun: needs a right on the kind of
record. record: needs a right on the record itself. admin: needs the right to administer.

The company is made once for the module. Each test runs in a savepoint, and the fingerprint of the database is
taken again only when a statement was run that writes.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from relasi.activities.models import Task
from relasi.conversations import writing
from relasi.conversations.models import Conversation, Message
from relasi.kit.access.models import User
from relasi.kit.resources.registry import find
from relasi.parties.models import Party
from tests.fingerprint import BOOKKEEPING, fingerprint
from tests.routes import Route, names, routes
from tests.world import World

METHODS = ("get", "post", "put", "patch", "delete")
REFUSED = {400, 401, 403, 404, 405, 409, 415, 422}
WRITES = re.compile(r'\s*(?:INSERT|UPDATE|DELETE|REPLACE)\b[^"`]*["`]?(\w+)', re.I)

PUBLIC = {
    "account_login", "account_signup", "account_reset_password", "account_reset_password_done",
    "account_inactive", "account_reset_password_from_key", "account_reset_password_from_key_done",
    "account_confirm_email", "account_email_verification_sent", "account_confirm_login_code",
    "account_logout", "mfa_authenticate", "mfa_login_webauthn", "ui:manifest", "ui:service_worker",
    "ui:offline", "calendar_feed", "api:openapi-json", "api:api-root", "invitation", "healthz", "readyz",
    "metrics", "set_language", "accounts/signup", "accounts/email", "accounts/login/code/confirm",
    "accounts/confirm-email/(?:[/]+/)?", "accounts/2fa", "accounts/2fa/webauthn", "accounts/sessions",
    "public_form", "public_thanks", "public_qr", "public_contact", "public_quote", "public_quote_pdf",
    "public_order", "chat_script", "chat_hello", "chat_send", "chat_poll", "chat_transcript", "chat_file",
    "channel_hook", "booking_page", "booking", "booking_ics", "booking_move",
    "booking_cancel", "dav", "dav_below", "caldav_well_known", "carddav_well_known",
    "notifications_stop", "preferences", "unsubscribe",
}  # fmt: skip
OWN = {
    "calls_live", "call_dial", "call_wrap_up", "call_dismiss", "my_telephone",
    "account_reauthenticate", "account_email", "account_change_password", "account_set_password",
    "mfa_index", "mfa_reauthenticate", "mfa_activate_totp", "mfa_deactivate_totp", "mfa_view_recovery_codes",
    "mfa_generate_recovery_codes", "mfa_download_recovery_codes", "mfa_list_webauthn", "mfa_add_webauthn",
    "mfa_reauthenticate_webauthn", "mfa_remove_webauthn", "mfa_edit_webauthn", "usersessions_list",
    "mailbox_signed_in",
    "set_theme", "settings", "profile", "security", "sessions", "sessions_end_others", "session_end",
    "api_keys", "api_key_new", "api_key_revoke", "ui:gallery", "ui:gallery_part", "ui:gallery_cell",
    "ui:menu_counts",
    "today", "calendar", "calendar_events", "calendar_subscribe", "search", "commands", "mentions",
    "api:me", "api:nouns", "notifications", "notifications_bell", "notifications_all_seen",
    "notification_open", "notification_seen", "calendar_accounts", "calendar_account",
    "calendar_account_sync", "calendar_account_leave", "busy_time_take_in", "notification_settings",
    "push_subscribe", "push_unsubscribe",
}  # fmt: skip
ADMIN = {
    "users", "user_invite", "invitation_again", "invitation_take_back", "ownership", "teams", "team_new",
    "team", "team_delete", "roles", "role_new", "role", "role_delete", "user_rights", "audit", "audit_chain",
    "audit_verify", "audit_export", "jobs", "job", "job_replay", "job_cancel", "settings_fields",
    "settings_fields_of", "settings_field_new", "settings_fields_order", "settings_field_option",
    "settings_field", "settings_field_retire", "settings_tags", "settings_tag_new", "settings_tag",
    "settings_tag_merge", "settings_tag_delete", "ladder_rules", "ladder_rule_new", "ladder_rule",
    "ladder_rule_remove", "ladder_rule_order", "ladder_apply", "duplicates_run",
}  # fmt: skip
NOUN = {
    "inbox", "inbox_counts",
    "cost_per_sale", "pipeline_flow", "forecast", "forecast_changes", "forecast_model",
    "party_options", "parties_alike", "duplicates", "duplicate_merge", "ladder", "ladder_moves",
    "calendar_move", "calendar_new", "resource_import_sample", "catalogue", "lead_queue", "lead_settings",
    "lead_rehearsal", "natural_market", "my_card", "channel_add", "channel_add_one", "my_booking",
    "sending_rules",
}  # fmt: skip
RECORD = {
    "inbox_conversation", "inbox_earlier", "inbox_live", "inbox_side", "inbox_party", "inbox_assign",
    "inbox_label", "inbox_unread", "inbox_compose", "inbox_texts", "message_move", "message_body",
    "message_source", "message_why", "message_cancel", "template_preview",
    "mailbox_sign_in", "mailbox_new_key", "conversation_chat", "chat_preview",
    "channel_set_up", "intake_raw", "quote_pdf", "quote_verify", "quote_template_preview",
    "offers_shown", "offer_accept", "offer_not_now",
    "deal_criterion", "pipeline_flow_of", "forecast_say", "forecast_override",
    "undo", "duplicate_pair", "duplicate_different", "duplicate_reopen", "duplicate_compare", "merge_undo",
    "activity_act", "today_greet", "today_remember", "timeline", "timeline_compose",
    "timeline_write", "party_texts", "timeline_next", "go_to",
    "calendar_download", "lead_queue_act", "submission_mend", "referral_ask", "referral_ask_later",
}  # fmt: skip
ANSWERS_READERS: dict[str, set[str]] = {
    "resource_rows": {"post"},  # the rows of a list as they stand now: the ids are a body, because many
    "resource_present": {"post"},  # who else has the record open
    "inbox_live": {"post"},  # the same of a conversation, and up to where the reader has read it
    "inbox_unread": {"post"},  # a reader's own mark
    "resource_menu": {"post"},  # a reader's own columns
    "resource_view_new": {"post"},  # a reader's own tab
    "resource_view_order": {"post"},
    "audit_export": {"get"},  # that it was taken out stands in the trail itself
}


def policy_of(route: Route) -> str:
    """public, own, admin, noun or record; "" when nobody decided."""
    for policy, known in (("public", PUBLIC), ("own", OWN), ("admin", ADMIN), ("noun", NOUN)):
        if route.name in known:
            return policy
    if route.name in RECORD:
        return "record"
    if route.is_of_a_noun or re.match(r"api/v1/[a-z-]+/", route.pattern):
        return "record" if route.names_a_record else "noun"
    return ""


ALL = routes()
CLOSED = [route for route in ALL if policy_of(route) != "public"]
GUARDED = [route for route in ALL if policy_of(route) in {"noun", "record", "admin"}]
RECORDS = [route for route in GUARDED if policy_of(route) == "record"]


pytestmark = pytest.mark.django_db  # each test in a savepoint: nothing it does is seen by the next


def ids(route: Route) -> str:
    return route.pattern.removeprefix("api/v1/") if route.name.startswith("api:") else route.name


@dataclass
class Company:
    """The world, what hangs on it, and a browser for each who tries."""

    world: World
    tasks: dict[int, Task]
    messages: dict[int, Message]
    browsers: dict[str, Client]
    fingerprint: str

    def pk_for(self, route: Route, party: int) -> int:
        """A number that means a record of the kind the route is about."""
        if route.name.startswith("api:users"):
            return self.world.ada.pk
        about = route.pattern.split("/")
        if {"tasks", "activities", "activity"} & set(about) or route.name == "calendar_download":
            return self.tasks[party].pk
        if {"inbox", "conversations"} & set(about):
            return int(self.messages[party].conversation_id)
        if "messages" in about:
            return self.messages[party].pk
        return self.world.ada.pk if "users" in about else party


@pytest.fixture(scope="module")
def company(standing_world: World) -> Company:
    world = standing_world
    tasks = {
        party.pk: Task.create(by=party.owner, subject="Call back", owner=party.owner, party=party)
        for party in (world.budi, world.joko)
    }
    messages = {party.pk: _said_by(party) for party in (world.budi, world.joko)}
    people = {"eko": world.eko, "mira": world.mira, "bob": world.bob}
    browsers = {name: _signed_in(user) for name, user in people.items()}
    return Company(world, tasks, messages, browsers, fingerprint())


def _said_by(party: Party) -> Message:
    talk = Conversation.create(by=None, channel="sms", party=party, owner=party.owner, address=party.phone)
    return writing.receive(talk, sender=party.phone, text="Halo")


def test_every_route_has_a_policy() -> None:
    assert [route.name for route in ALL if not policy_of(route)] == []


def test_every_policy_is_of_a_route_there_is() -> None:
    assert sorted((PUBLIC | OWN | ADMIN | NOUN | RECORD) - names()) == []


@pytest.mark.parametrize("route", CLOSED, ids=ids)
def test_a_stranger_is_sent_to_sign_in_and_nothing_is_written(route: Route, company: Company) -> None:
    with nothing_written(company, route):
        for method, answer in answers(Client(), route, company.pk_for(route, company.world.budi.pk)):
            sent_away = answer.status_code == 302 and answer["Location"].startswith("/accounts/")
            assert sent_away or answer.status_code in REFUSED, told(method, route, answer)


@pytest.mark.parametrize("route", GUARDED, ids=ids)
def test_who_has_no_rights_is_refused_and_nothing_is_written(route: Route, company: Company) -> None:
    with nothing_written(company, route):
        pk = company.pk_for(route, company.world.budi.pk)
        for method, answer in answers(company.browsers["eko"], route, pk):
            assert answer.status_code in REFUSED, told(method, route, answer)


@pytest.mark.parametrize("route", RECORDS, ids=ids)
def test_a_seller_reaches_no_customer_of_another(route: Route, company: Company) -> None:
    """What is set up once for all (colleagues, stages, taxes) a seller may read, and no more."""
    if {"users", "user"} & set(route.pattern.split("/")):
        pytest.skip("colleagues are seen by everybody")
    rights, about = company.world.bob.rights, find(route.pattern.removeprefix("api/v1/").partition("/")[0])
    reads = {"get"} if about and rights.scope(about.noun, "view") == "all" else set()
    with nothing_written(company, route):
        pk = company.pk_for(route, company.world.joko.pk)
        for method, answer in answers(company.browsers["bob"], route, pk):
            assert answer.status_code in REFUSED or method in reads, told(method, route, answer)


@pytest.mark.parametrize("route", GUARDED, ids=ids)
def test_who_only_reads_writes_nothing(route: Route, company: Company) -> None:
    """A body that is empty and one that is full: the refusal must come before the form."""
    kept = ANSWERS_READERS.get(route.name, set())
    pk = company.pk_for(route, company.world.budi.pk)
    body = {
        **dict.fromkeys(("name", "value", "body", "subject", "tags"), "Mallory"),
        **dict.fromkeys(("id", "ids", "left"), str(pk)),
        "right": str(company.world.joko.pk), "user": str(company.world.eko.pk), "level": "read",
        "what": "delete", "lane": "client", "sure": "1",
    }  # fmt: skip
    with nothing_written(company, route, but=kept):
        for given in ({}, body):
            for method, answer in answers(company.browsers["mira"], route, pk, given):
                if method != "get" and method not in kept:
                    assert answer.status_code in REFUSED, told(method, route, answer)


@contextmanager
def nothing_written(
    company: Company, route: Route, but: set[str] | frozenset[str] = frozenset()
) -> Iterator[None]:
    """Raises when the database is another one afterwards."""
    written: set[str] = set()

    def note(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        if (match := WRITES.match(sql)) and match[1] not in BOOKKEEPING:
            written.add(f"{sql[:60]}…")
        return execute(sql, params, many, context)

    with connection.execute_wrapper(note):
        yield
    if written and not but:
        assert fingerprint() == company.fingerprint, f"{route.name} wrote: {sorted(written)}"


def answers(
    browser: Client, route: Route, pk: int, body: dict[str, str] | None = None
) -> Iterator[tuple[str, Any]]:
    """Every method's answer; who is led on within the house is followed once."""
    url = route.url(pk=pk)
    for method in METHODS:
        given = {"data": body or {}} if method == "post" and not route.name.startswith("api:") else {}
        answer = getattr(browser, method)(url, **given)
        place = answer.headers.get("Location", "")
        if answer.status_code == 302 and place.startswith("/") and not place.startswith("/accounts/"):
            answer = browser.get(place)
        yield method, answer


def told(method: str, route: Route, answer: Any) -> str:
    return f"{method} {route.pattern}: {answer.status_code}"


def _signed_in(user: User) -> Client:
    browser = Client()
    browser.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
    return browser
