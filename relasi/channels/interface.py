"""What every channel can do, whatever carries it: send, receive, say how a message fared, say how it is.

A provider is declared once, as data, in `channels/<folder>/provider.py`. Nothing here knows a customer: who
wrote is an address, and what a message means is for higher apps.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from threading import Event as Stop
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from relasi.channels.models import Account, Intake

OutcomeState = Literal["accepted", "refused", "later", "uncertain"]
ProgressState = Literal["sent", "delivered", "read", "clicked", "failed"]
HealthState = Literal["good", "warning", "broken", "unknown"]
CallState = Literal["ringing", "passed", "answered", "held", "resumed", "ended"]


@dataclass(frozen=True, slots=True)
class File:
    """A file that travels with a message; `is_inline` when the letter shows it by its `content_id`."""

    name: str
    content_type: str
    content: bytes = field(repr=False)
    content_id: str = ""
    is_inline: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Approved:
    """A message approved beforehand (WhatsApp): its name, language and what fills its places, in order.

    `buttons` fills the variable part of its buttons' addresses; `header` the place in its heading.
    """

    name: str
    language: str
    values: tuple[str, ...] = ()
    header: tuple[str, ...] = ()
    buttons: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Outgoing:
    """A message on its way out to one address.

    `key` is ours: the same message always has the same, and the provider hands it on where its protocol has a
    place for it (Message-ID, client reference). `answers` and `references` are external ids of messages
    before it; `thread` is the external id of the talk. `headers` are for e-mail.
    """

    key: str
    to: str
    to_name: str = ""
    sender: str = ""
    sender_name: str = ""
    reply_to: str = ""
    cc: tuple[str, ...] = ()
    bcc: tuple[str, ...] = ()
    subject: str = ""
    text: str = ""
    html: str = ""
    files: tuple[File, ...] = ()
    headers: tuple[tuple[str, str], ...] = ()
    approved: Approved | None = None
    answers: str = ""
    references: tuple[str, ...] = ()
    thread: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What became of one message handed over.

    accepted: the other side took it, under `external_id`. refused: it never will. later: not now, try again
    after `wait`. uncertain: it may have taken it or not, and nobody may try again by himself. `code` is the
    provider's own; `words` a sentence for people, marked for gettext, with `values` in its places.
    """

    key: str
    state: OutcomeState
    external_id: str = ""
    code: str = ""
    words: str = ""
    values: Mapping[str, object] = field(default_factory=dict)
    wait: timedelta | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Incoming:
    """A message that came in.

    `sender` is an address as the channel writes it (e-mail in lower case, E.164, the platform's id); `thread`
    the external id of the talk, where the channel has one; `answers` external ids it answers, the surest
    first. `automatic` says why it is the answer of a machine; `from_us` that a colleague sent it past Relasi.
    `extra` is what only this channel knows (a place, a reaction, the page a visitor was on).
    """

    external_id: str
    sender: str
    sender_name: str = ""
    to: tuple[str, ...] = ()
    cc: tuple[str, ...] = ()
    at: datetime | None = None
    subject: str = ""
    text: str = ""
    html: str = ""
    quoted: str = ""
    files: tuple[File, ...] = ()
    answers: tuple[str, ...] = ()
    thread: str = ""
    automatic: str = ""
    from_us: bool = False
    extra: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """How a message sent earlier fared. `bounce` classes a failure: hard, soft, policy, full, complaint or
    "".
    """

    external_id: str
    state: ProgressState
    recipient: str = ""
    at: datetime | None = None
    code: str = ""
    words: str = ""
    values: Mapping[str, object] = field(default_factory=dict)
    bounce: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CallNews:
    """A step in a telephone call. `number` is the customer's, in E.164 when it can be read so; `extension`
    the colleague's; `is_inbound` who began it. Passed: it rings at that extension no more, maybe at others.
    """

    external_id: str
    state: CallState
    number: str
    is_inbound: bool
    at: datetime
    extension: str = ""
    name: str = ""
    cause: str = ""
    recording: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Changed:
    """Something about the channel itself: a template was approved, its quality fell."""

    kind: str
    key: str
    values: Mapping[str, Any] = field(default_factory=dict)


News = Incoming | Progress | CallNews | Changed


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing that was looked at: what it is, what is wrong in words, and what to do."""

    state: HealthState
    what: str
    words: str
    todo: str = ""
    values: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Health:
    findings: tuple[Finding, ...]

    @property
    def state(self) -> HealthState:
        """As bad as the worst."""
        order: tuple[HealthState, ...] = ("broken", "warning", "unknown", "good")
        return next((state for state in order if any(one.state == state for one in self.findings)), "unknown")


@dataclass(frozen=True, kw_only=True)
class Provider:
    """One way of carrying messages, declared once.

    `settings`: a form with what the company fills in (`data` goes to Account.settings; names in `secrets` are
    kept encrypted in Account.secrets and never shown again). `send(account, messages)` yields one Outcome per
    message, in any order, as soon as each is known; what has been yielded for no message is uncertain.
    `read(account, intake)` says what a raw input means; raising keeps it as failed, to be mended and
    replayed. `fetch(account)` brings what waits on the other side into `Intake`s, answers with how many.
    `listen(account, stop)` stays connected until told to stop. `check(account)` looks at everything and
    explains it. `pace`: messages a second at most, 0 for no bound. `link(account, outgoing)`: an address a
    person opens to send it by hand (wa.me, tel:, sms:).
    """

    name: str
    channel: str
    label: Any
    icon: str
    settings: type[Any]
    check: Callable[[Account], Health]
    secrets: tuple[str, ...] = ()
    send: Callable[[Account, Sequence[Outgoing]], Iterator[Outcome]] | None = None
    read: Callable[[Account, Intake], Iterable[News]] | None = None
    fetch: Callable[[Account], int] | None = None
    listen: Callable[[Account, Stop], None] | None = None
    link: Callable[[Account, Outgoing], str] | None = None
    pace: float = 0.0
    help: Any = ""


_providers: dict[str, Provider] = {}


def register(provider: Provider) -> Provider:
    """Make a provider known. Raises ValueError when the name is taken."""
    if provider.name in _providers:
        raise ValueError(f"There is already a provider named {provider.name!r}.")
    _providers[provider.name] = provider
    return provider


def providers() -> list[Provider]:
    return list(_providers.values())


def provider_named(name: str) -> Provider | None:
    return _providers.get(name)
