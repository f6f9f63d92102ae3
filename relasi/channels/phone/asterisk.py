"""The telephone system Asterisk by its manager interface: listening to calls, beginning them, looking at its
health.
"""

from __future__ import annotations

import itertools
import ssl
import uuid
from collections.abc import Iterator
from datetime import timedelta
from threading import Event as Stop

from django.db import transaction
from django.utils import timezone

from relasi.channels import raw, receiving
from relasi.channels.interface import Finding, Health, News
from relasi.channels.jobs import understand
from relasi.channels.models import Account, Intake
from relasi.channels.phone.ami import Ami, AmiError, Packet, Refused, parsed
from relasi.channels.phone.numbers import dialled
from relasi.channels.phone.steps import LIVE, external_id, matters, news_of
from relasi.lib.phones import PhoneError
from relasi.lib.wording import mark as _

AGAIN_AFTER = timedelta(seconds=10)  # what could not be understood at once is tried by a job
RINGS = 30_000  # milliseconds for which a colleague's telephone rings before a call is begun
QUIET = timedelta(days=3)


def connected(account: Account) -> Ami:
    """A connection that has signed in. Raises AmiError."""
    given, secret = account.settings, str(account.secrets.get("secret", ""))
    ami = Ami(str(given.get("host", "")), int(given.get("port") or 5038), tls=_tls(account))
    try:
        ami.sign_in(
            str(given.get("username", "")), secret, plain=bool(given.get("plain")), events="call,cdr,dialplan"
        )
    except BaseException:
        ami.close()
        raise
    return ami


def listen(account: Account, stop: Stop) -> None:
    """Take in what the telephone system tells, until told to stop. Raises AmiError when it breaks off."""
    with connected(account) as ami:
        begun, numbers = uuid.uuid4().hex[:8], itertools.count(1)
        take(account, _calls_there_are(ami), f"{begun}.0")
        for packet in ami.events(stop):
            if matters(packet):
                take(account, packet, f"{begun}.{next(numbers)}")


def take(account: Account, packet: Packet, number: str) -> None:
    """Keep an event, then understand it at once, so that the steps of a call stay in order and nobody waits
    for a worker; a job stands by for what failed because the database was busy.
    """
    with transaction.atomic():
        intake, is_new = raw.keep(
            account, packet.raw, external_id=external_id(packet, number), title=packet.event,
            meta={"at": timezone.now().isoformat()},
        )  # fmt: skip
        if is_new:
            understand.later(intake_id=intake.pk, _delay=AGAIN_AFTER)
    if is_new:
        receiving.understand(intake.pk)


def read(account: Account, intake: Intake) -> list[News]:
    """What an event says."""
    return news_of(parsed(raw.current(intake)), account.settings, intake.at)


def call(account: Account, extension: str, number: str, *, name: str = "") -> None:
    """Let a colleague's telephone ring and, when it is answered, call a number from it.

    Raises AmiError, PhoneError.
    """
    given = account.settings
    target = dialled(number, given)
    channel = str(given.get("channel") or "PJSIP/{extension}").replace("{extension}", extension)
    shown = "".join(sign for sign in name if sign.isprintable() and sign not in '"<>\\')[:60]
    with connected(account) as ami:
        reply = ami.ask(
            "Originate", Channel=channel, Context=str(given.get("context") or "from-internal"), Exten=target,
            Priority="1", CallerID=f'"{shown}" <{target}>', Timeout=str(RINGS), Async="true",
        )  # fmt: skip
        if not reply.is_good:
            raise Refused(
                _("The telephone system does not call %(number)s: %(said)s"),
                said=reply.get("Message"), number=number,
            )  # fmt: skip


def check(account: Account) -> Health:
    return Health(tuple(_findings(account)))


def _findings(account: Account) -> Iterator[Finding]:
    what = _("Connection")
    try:
        with connected(account) as ami:
            yield Finding(
                state="good", what=what, words=_("Connected and signed in (manager %(version)s)."),
                values={"version": ami.version or "?"},
            )  # fmt: skip
            yield _rights(ami)
    except Refused as error:
        yield Finding(
            state="broken", what=_("Sign-in"), words=error.text, values=error.values,
            todo=_("Compare name and secret with manager.conf; “permit” there must allow this server."),
        )  # fmt: skip
    except AmiError as error:
        yield Finding(
            state="broken", what=what, words=error.text, values=error.values,
            todo=_(
                "See that Asterisk runs, that manager.conf says “enabled = yes”, and that no firewall"
                " stands between."
            ),
        )  # fmt: skip
    yield _listens(account)
    yield _last_event(account)


def _rights(ami: Ami) -> Finding:
    """Whether the user may see calls and begin them."""
    what = _("Rights")
    try:
        ami.listed("CoreShowChannels", "CoreShowChannelsComplete")
    except AmiError as error:
        return Finding(
            state="broken", what=what, words=error.text, values=error.values,
            todo=_(
                "Give the user in manager.conf “read = call,cdr,dialplan” and"
                " “write = originate,call,reporting”."
            ),
        )  # fmt: skip
    if "Originate" not in {name for packet in [ami.ask("ListCommands")] for name, _said in packet.headers}:
        return Finding(
            state="warning", what=what, words=_("The user sees calls, but may not begin any."),
            todo=_("Give the user in manager.conf “write = originate,call,reporting” to call by a click."),
        )  # fmt: skip
    return Finding(state="good", what=what, words=_("The user sees calls and may begin them."))


def _listens(account: Account) -> Finding:
    until = account.listened_until
    if until and until > timezone.now():
        return Finding(state="good", what=_("Listening"), words=_("A worker listens for calls."))
    return Finding(
        state="warning", what=_("Listening"), words=_("No worker listens for calls at the moment."),
        todo=_("See that a worker runs (relasi run, or relasi worker); it begins within ten seconds."),
    )  # fmt: skip


def _last_event(account: Account) -> Finding:
    what, last = _("Last event"), account.received_at
    if last is None:
        return Finding(
            state="unknown", what=what, words=_("No event has come yet."),
            todo=_("Call one of your telephones; the call should appear in the list of calls."),
        )  # fmt: skip
    quiet = timezone.now() - last > QUIET
    return Finding(
        state="warning" if quiet else "good", what=what, words=_("The last event came at %(when)s."),
        values={"when": timezone.localtime(last).strftime("%Y-%m-%d %H:%M")},
        todo=_("If there were calls since: in manager.conf the user needs “read = call,cdr,dialplan”.")
        if quiet
        else "",
    )  # fmt: skip


def _calls_there_are(ami: Ami) -> Packet:
    """Which calls stand now, so that those whose end nobody heard are ended. Raises AmiError."""
    channels = ami.listed("CoreShowChannels", "CoreShowChannelsComplete")
    calls = dict.fromkeys(packet.get("Linkedid") or packet.get("Uniqueid") for packet in channels)
    return Packet((("Event", LIVE), *(("Call", call) for call in calls if call)))


def _tls(account: Account) -> ssl.SSLContext | None:
    if not account.settings.get("tls"):
        return None
    context = ssl.create_default_context()
    if account.settings.get("trust_any"):
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    return context


__all__ = ["PhoneError", "call", "check", "listen", "read"]
