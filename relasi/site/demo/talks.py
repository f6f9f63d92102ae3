"""What the demo company's customers wrote, called and heard over two years, on every channel."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from relasi.activities.models import BookingHours, BookingPage
from relasi.channels import raw, receiving
from relasi.channels.models import Account
from relasi.conversations.models import (
    Consent,
    ConsentText,
    Conversation,
    Delivery,
    Mailing,
    Message,
    PhoneCall,
    Suppression,
    Template,
    Variant,
)  # fmt: skip
from relasi.kit.access.models import User
from relasi.kit.resources.indexing import index
from relasi.parties.models import Party
from relasi.site.bulk.pouring import Numbers, go_on_numbering, pour, sketch
from relasi.site.demo import said, sequences

ZONE = ZoneInfo("Asia/Jakarta")
TALKS = {"small": 240, "medium": 9_000, "large": 120_000}
CALLS = {"small": 90, "medium": 4_000, "large": 40_000}
CHANNELS = ("email",) * 4 + ("whatsapp",) * 9 + ("sms",) + ("chat",) * 2 + ("instagram",)
CHUNK = 4_000


@dataclass
class Doors:
    """The company's accounts by channel; `own` are the sellers' mailboxes."""

    by_channel: dict[str, Account]
    own: dict[int, Account] = field(default_factory=dict)


@dataclass
class Batch:
    """Rows of one chunk, on their way into the tables."""

    talks: list[Conversation] = field(default_factory=list)
    messages: list[Message] = field(default_factory=list)
    deliveries: list[Delivery] = field(default_factory=list)
    calls: list[PhoneCall] = field(default_factory=list)


def add(*, owner: User, staff: dict[str, User], now: datetime, size: str, is_told: bool) -> None:
    """Doors, texts, consents, and the talks of two years; the newest wait for an answer."""
    doors = _doors(owner, staff)
    templates = _texts(owner)
    parties = _parties({"small": 600, "medium": 20_000, "large": 60_000}[size])
    _consents(owner, parties, now)
    writer = _Writer(doors, staff, owner, now)
    for start in range(0, TALKS[size], CHUNK):
        writer.talks(min(CHUNK, TALKS[size] - start), parties)
        writer.write(is_told)
    writer.fresh(parties)
    writer.calls(CALLS[size], parties)
    writer.write(is_told)
    _mailing(owner, doors, templates["Pengingat jatuh tempo"], parties, now)
    _not_understood(doors)
    _booking_pages(owner=owner, staff=staff)
    sequences.add(owner=owner, template=templates["Perkenalan"], parties=parties, now=now)


def _doors(owner: User, staff: dict[str, User]) -> Doors:
    """Those that would call out are there and not in use: a company that is invented writes to nobody."""

    def door(channel: str, provider: str, name: str, address: str, **more: Any) -> Account:
        made: Account = Account.create(
            by=owner, channel=channel, provider=provider, name=name, address=address, **more
        )
        return made

    service = staff["Dewi Lestari"].team
    by_channel = {
        "email": door("email", "tryout_email", "Layanan pelanggan", "halo@sahabatselalu.example"),
        "whatsapp": door("whatsapp", "tryout_whatsapp", "WhatsApp Sahabat Selalu", "+6281180001000"),
        "sms": door("sms", "tryout_sms", "SMS pengingat", "SAHABAT"),
        "chat": door(
            "chat", "chat_widget", "Obrolan di situs", "sahabatselalu.example", team=service,
            settings={"title": "Sahabat Selalu"},
        ),
        "instagram": door(
            "instagram", "instagram", "Instagram @sahabatselalu", "17841400000000000", is_active=False
        ),
        "phone": door("phone", "phone_link", "Telepon kantor", "+622155501000"),
    }  # fmt: skip
    own = {
        staff[name].pk: door(
            "whatsapp", "whatsapp_link", f"WhatsApp {name.split()[0]}", "", owner=staff[name]
        )
        for name in ("Fajar Nugroho", "Intan Permata")
    }
    for account in (*by_channel.values(), *own.values()):
        if account.is_active and account.provider.startswith(("tryout", "whatsapp_link", "phone_link")):
            account.probe(by=owner)
    return Doors(by_channel, own)


def _texts(owner: User) -> dict[str, Template]:
    made: dict[str, Template] = {}
    for name, use, channel, purpose, shortcut, wordings in said.TEMPLATES:
        template = Template.create(
            by=owner, name=name, use=use, channel=channel, purpose=purpose, shortcut=shortcut
        )
        for language, wording in wordings.items():
            Variant.create(by=owner, template=template, language=language, **wording)
        made[name] = template
    for language, text in said.CONSENT.items():
        ConsentText.create(by=owner, purpose="marketing", language=language, text=text)
    return made


def _parties(most: int) -> list[Party]:
    rows = Party.objects.filter(archived_at=None, kind="person", owner__isnull=False).exclude(phone="")
    rows = rows.only("id", "name", "phone", "email", "owner_id", "created_at", "nickname", "given_name")
    return list(rows.order_by("id")[:most])


def _consents(owner: User, parties: Sequence[Party], now: datetime) -> None:
    """Most said yes on a form or face to face; some took it back."""
    dice = random.Random(57)  # noqa: S311
    text = ConsentText.objects.filter(language="id").first()
    rows, numbers = [], Numbers(Consent)
    for party in parties:
        if dice.random() < 0.45:
            continue
        at = min(party.created_at + timedelta(days=dice.randint(0, 40)), now - timedelta(days=3))
        source = dice.choice(("form", "visit", "visit", "call", "paper", "message"))
        given = {"party_id": party.pk, "purpose": "marketing", "text_id": text.pk if text else None}
        rows.append(_consent(numbers, at, source=source, state="given", by_id=party.owner_id, **given))
        if dice.random() < 0.08:
            later = at + (now - at) * dice.random()
            taken = {"source": "unsubscribe", "state": "withdrawn", "channel": "email"}
            rows.append(_consent(numbers, later, **given, **taken))
    pour(Consent, rows)
    go_on_numbering([Consent])
    for party in [one for one in parties if one.email][:6]:
        Suppression.create(
            by=None, channel="email", address=party.email, reason="hard_bounce",
            detail="550 5.1.1 No such user",
        )  # fmt: skip


def _consent(numbers: Numbers, at: datetime, **values: Any) -> Consent:
    made: Consent = sketch(Consent, pk=None, at=at, created_at=at, updated_at=at, **values)
    made.pk = numbers.take()
    return made


class _Writer:
    """Draws talks and calls; the same seed says the same."""

    def __init__(self, doors: Doors, staff: dict[str, User], owner: User, now: datetime) -> None:
        self.doors, self.owner, self.now = doors, owner, now
        self.service = [staff["Dewi Lestari"], staff["Rizal Ramadhan"]]
        self.names = {user.pk: str(user) for user in (*staff.values(), owner)}
        self.dice = random.Random(93)  # noqa: S311
        self.batch = Batch()
        self.numbers = {model: Numbers(model) for model in (Conversation, Message, Delivery, PhoneCall)}

    def talks(self, count: int, parties: Sequence[Party]) -> None:
        for _n in range(count):
            party = parties[int(len(parties) * self.dice.random() ** 1.3)]
            since = max(party.created_at, self.now - timedelta(days=720))
            at = since + (self.now - timedelta(days=2) - since) * self.dice.random()
            is_old = self.now - at > timedelta(days=10)
            self._talk(party, self._by_day(at), is_closed=is_old or self.dice.random() < 0.8)

    def fresh(self, parties: Sequence[Party]) -> None:
        """Today's: they wait, some of them for the owner of the installation."""
        for number in range(26):
            party = parties[(number * 17) % len(parties)]
            at = self.now - timedelta(minutes=self.dice.randint(4, 60 * 30))
            talk = self._talk(party, at, is_closed=False, turns=1)
            talk.owner_id = (None, self.owner.pk, party.owner_id)[number % 3]
        for name, address, text in said.STRANGERS:
            at = self.now - timedelta(minutes=self.dice.randint(10, 600))
            self._stranger(name, address, text, at)

    def calls(self, count: int, parties: Sequence[Party]) -> None:
        for number in range(count):
            party = parties[int(len(parties) * self.dice.random() ** 1.3)]
            span = (
                timedelta(hours=self.dice.randint(1, 40))
                if number < 8
                else timedelta(days=self.dice.randint(2, 700))
            )
            self._call(party, self._by_day(self.now - span))

    def write(self, is_told: bool) -> None:
        batch, self.batch = self.batch, Batch()
        pour(Conversation, batch.talks)
        pour(Message, batch.messages)
        pour(Delivery, batch.deliveries)
        pour(PhoneCall, batch.calls)
        go_on_numbering([Conversation, Message, Delivery, PhoneCall])
        if is_told:
            index(batch.talks)

    def _by_day(self, at: datetime) -> datetime:
        """Customers write from morning to late evening."""
        local = at.astimezone(ZONE).replace(hour=self.dice.randint(7, 21), minute=self.dice.randint(0, 59))
        return min(local, self.now - timedelta(minutes=3))

    def _talk(self, party: Party, at: datetime, *, is_closed: bool, turns: int = 0) -> Conversation:
        channel = self.dice.choice(CHANNELS)
        if channel == "email" and not party.email:
            channel = "whatsapp"
        story = self.dice.choice(said.STORIES)
        address = {"email": party.email, "chat": f"visitor-{party.pk}"}.get(channel, party.phone)
        talk = self._sketched(
            channel, party.pk, address, party.name, story[0] if channel == "email" else "", at
        )
        agent = party.owner_id if self.dice.random() < 0.6 else self.dice.choice(self.service).pk
        talk.owner_id = agent
        lines = story[1][: turns or len(story[1])]
        for number, line in enumerate(lines):
            if number % 2 == 0:
                self._heard(talk, party, line, at)
            else:
                self._answered(talk, party, line, at, agent or self.owner.pk)
            at += timedelta(minutes=self.dice.choice((2, 4, 9, 25, 70)))
            at = min(at, self.now)
        if is_closed:
            talk.status, talk.closed_at, talk.waiting_since = "closed", min(at, self.now), None
        return talk

    def _sketched(
        self, channel: str, party_id: int | None, address: str, name: str, subject: str, at: datetime
    ) -> Conversation:
        number = self.numbers[Conversation].take()
        talk: Conversation = sketch(
            Conversation, channel=channel, party_id=party_id, account_id=self.doors.by_channel[channel].pk,
            address=address, address_name=name, subject=subject, code=f"demo{number:012x}", last_at=at,
            created_at=at, updated_at=at, subject_key=subject.lower(),
        )  # fmt: skip
        talk.pk = number
        self.batch.talks.append(talk)
        return talk

    def _heard(self, talk: Conversation, party: Party, text: str, at: datetime) -> None:
        self._message(
            talk, text, at, direction="in", state="received", sender=talk.address, sender_name=party.name
        )
        talk.last_in_at = at
        talk.waiting_since = talk.waiting_since or at

    def _answered(self, talk: Conversation, party: Party, text: str, at: datetime, agent: int) -> None:
        fate = self.dice.choice(("read",) * 6 + ("delivered",) * 3 + ("sent",))
        if self.dice.random() < 0.01:
            fate = self.dice.choice(("failed", "uncertain"))
        message = self._message(
            talk, text, at, direction="out", state=fate, author_id=agent,
            sender_name=self.names.get(agent, ""),
            to=[talk.address], problem=said.PROBLEMS.get(fate, ""),
        )  # fmt: skip
        number = self.numbers[Delivery].take()
        delivery = sketch(
            Delivery, key=f"m{message.pk}", message_id=message.pk, party_id=party.pk, by_id=agent,
            account_id=talk.account_id, channel=talk.channel, purpose="service", address=talk.address,
            state=fate, due_at=at, created_at=at, updated_at=at, tries=1, reason=said.PROBLEMS.get(fate, ""),
            sent_at=None if fate in said.PROBLEMS else at,
            delivered_at=at + timedelta(seconds=4) if fate in ("delivered", "read") else None,
            read_at=at + timedelta(minutes=3) if fate == "read" else None,
        )  # fmt: skip
        delivery.pk = number
        self.batch.deliveries.append(delivery)
        talk.last_out_at, talk.waiting_since = at, None
        talk.first_answer_at = talk.first_answer_at or at

    def _message(self, talk: Conversation, text: str, at: datetime, **values: Any) -> Message:
        message: Message = sketch(
            Message, conversation_id=talk.pk, party_id=talk.party_id, channel=talk.channel, at=at, text=text,
            subject=talk.subject, created_at=at, updated_at=at, **values,
        )  # fmt: skip
        message.pk = self.numbers[Message].take()
        self.batch.messages.append(message)
        talk.last_at, talk.preview = at, " ".join(text.split())[:180]
        talk.messages_count += 1
        return message

    def _stranger(self, name: str, address: str, text: str, at: datetime) -> None:
        channel = "email" if "@" in address else "whatsapp"
        talk = self._sketched(channel, None, address, name, said.ASKS if channel == "email" else "", at)
        self._message(talk, text, at, direction="in", state="received", sender=address, sender_name=name)
        talk.last_in_at = talk.waiting_since = at

    def _call(self, party: Party, at: datetime) -> None:
        is_in, is_missed = self.dice.random() < 0.55, self.dice.random() < 0.14
        agent = self.dice.choice(self.service).pk if is_in else party.owner_id or self.owner.pk
        rings, talks = self.dice.randint(3, 28), self.dice.randint(25, 900)
        answered = None if is_missed else at + timedelta(seconds=rings)
        ended = at + timedelta(seconds=rings + (0 if is_missed else talks))
        held = self.dice.choice((0, 0, 0, 35, 80)) if answered else 0
        talk = self._sketched("phone", party.pk, party.phone, party.name, "", at)
        line = said.MISSED if is_missed and is_in else self.dice.choice(said.SUMMARIES)
        message = self._message(
            talk, line, at, direction="in" if is_in else "out", state="received" if is_in else "sent",
            author_id=None if is_in else agent,
            sender_name=party.name if is_in else self.names.get(agent, ""),
        )  # fmt: skip
        talk.owner_id, talk.status, talk.closed_at = agent, "closed", ended
        call = sketch(
            PhoneCall, conversation_id=talk.pk, message_id=message.pk, account_id=talk.account_id,
            party_id=party.pk, external_id=f"demo-{message.pk}", is_inbound=is_in, number=party.phone,
            extension="201" if agent == self.service[0].pk else "202", state="ended", rang_at=at,
            answered_at=answered, ended_at=ended, held_seconds=min(held, talks), owner_id=agent,
            wrapped_up_at=ended + timedelta(seconds=self.dice.randint(15, 160)) if answered else None,
            disposition=self.dice.choice(said.DISPOSITIONS) if answered else "",
            summary=line if answered else "", cause="" if answered else "NO ANSWER", created_at=at,
            updated_at=ended,
        )  # fmt: skip
        call.pk = self.numbers[PhoneCall].take()
        self.batch.calls.append(call)


def _mailing(owner: User, doors: Doors, template: Template, parties: Sequence[Party], now: datetime) -> None:
    """A reminder that went to many, with the fate of each."""
    dice = random.Random(11)  # noqa: S311
    at = (now - timedelta(days=6)).replace(hour=2, minute=0)
    mailing = Mailing.create(
        by=owner, name="Pengingat jatuh tempo November", template=template, owner=owner,
        account=doors.by_channel["email"], purpose="service", status="done", send_at=at,
    )  # fmt: skip
    rows, numbers = [], Numbers(Delivery)
    for party in [one for one in parties if one.email][:180]:
        fate = dice.choice(("delivered",) * 7 + ("read",) * 6 + ("sent",) * 2)
        if (luck := dice.random()) < 0.06:
            fate = "failed" if luck < 0.04 else "stopped" if luck < 0.05 else "uncertain"
        row = sketch(
            Delivery, key=f"g{mailing.pk}-{party.pk}", mailing_id=mailing.pk, party_id=party.pk,
            by_id=owner.pk, account_id=mailing.account_id, channel="email", purpose="service",
            address=party.email, state=fate, due_at=at, created_at=at, updated_at=at, tries=1,
            reason=said.PROBLEMS.get(fate, ""), language="id",
            sent_at=at if fate not in said.PROBLEMS else None,
            bounce="full" if fate == "failed" else "",
        )  # fmt: skip
        row.pk = numbers.take()
        rows.append(row)
    pour(Delivery, rows)
    go_on_numbering([Delivery])


def _not_understood(doors: Doors) -> None:
    """Inputs that nobody could read yet: to be mended and replayed."""
    account = doors.by_channel["instagram"]
    for number, content in enumerate(said.BROKEN):
        intake, _is_new = raw.keep(account, content, external_id=f"demo-{number}", title="Webhook")
        receiving.understand(intake.pk)


def _booking_pages(*, owner: User, staff: dict[str, User]) -> None:
    """Times that customers choose themselves: with the owner, and with the agents of Jakarta in turn."""
    agents = [staff[name] for name in ("Fajar Nugroho", "Intan Permata", "Yusuf Hidayat")]
    for user in (owner, *agents):
        BookingHours.create(by=owner, owner=user, weekdays="12345")
    BookingPage.create(
        by=owner, owner=owner, name="Konsultasi dengan Ratna", key="ratna", minutes=30, after_minutes=15,
        description="Tiga puluh menit, di kantor atau lewat telepon.", location="Kantor Sahabat Selalu",
        questions="Apa yang ingin dibicarakan?",
    )  # fmt: skip
    BookingPage.create(
        by=owner, owner=agents[0], team=agents[0].team, name="Konsultasi asuransi", key="asuransi",
        minutes=45, description="Bersama agen yang waktunya cocok.", most_a_day=4,
    )  # fmt: skip
