"""The composer: by which ways one may write to somebody, what is filled in, and sending what was written."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import quote

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.core.validators import validate_email
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from markupsafe import Markup

from relasi.channels.interface import File
from relasi.channels.models import Account, Medium
from relasi.conversations import inbox, writing
from relasi.conversations.models import Conversation, Message, Signature, Template, Variant
from relasi.conversations.wording import facts_of, rendered
from relasi.kit.resources import commenting
from relasi.lib.text import plain
from relasi.lib.wording import InputError
from relasi.parties.models import Party

WRITTEN = ("email", "whatsapp", "sms")
"""Ways that are offered to a customer who never used them."""
ANSWERED = (*WRITTEN, "chat", "messenger", "instagram")
ADDRESS_OF = {"email": "email", "whatsapp": "phone", "sms": "phone"}
WINDOW = timedelta(hours=24)
"""So long after their last words one may write freely on WhatsApp."""
MOST_FILES = 20
TEXTS = 30


@dataclass(frozen=True, kw_only=True)
class Way:
    """A tab of the composer. `is_here`: the conversation's own way. `is_by_hand`: no account sends, a link
    opens the program of the phone and what was said is logged.
    """

    name: str
    label: Any
    icon: str
    url: str
    address: str = ""
    is_here: bool = False
    is_by_hand: bool = False
    closes_at: datetime | None = None
    is_closed: bool = False

    @property
    def is_mail(self) -> bool:
        return self.name == "email"


@dataclass(frozen=True, kw_only=True)
class Text:
    """A template filled for one customer, to be put into the composer."""

    name: str
    shortcut: str
    language: str
    subject: str
    text: str
    variant_id: int
    is_approved: bool
    is_reply: bool


class AnswerForm(forms.Form):
    """What the composer sends. `send` does it, or fills `errors` and answers None."""

    text = forms.CharField(required=False, max_length=200_000, strip=False)
    subject = forms.CharField(required=False, max_length=300)
    to = forms.CharField(required=False, max_length=254)
    cc = forms.CharField(required=False, max_length=2000)
    variant = forms.IntegerField(required=False)
    at = forms.DateTimeField(required=False)
    key = forms.CharField(required=False, max_length=60)
    then = forms.ChoiceField(required=False, choices=[("", ""), ("close", gettext_lazy("Send and close"))])

    def __init__(self, data: Any = None, files: Sequence[UploadedFile[Any]] = (), **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        self.uploads = files

    def clean_cc(self) -> list[str]:
        typed = self.cleaned_data["cc"].replace(";", ",").split(",")
        addresses = [one.strip().lower() for one in typed if one.strip()]
        for address in addresses:
            try:
                validate_email(address)
            except ValidationError:
                raise ValidationError(_("“%(value)s” is no e-mail address.") % {"value": address}) from None
        return addresses

    def clean_at(self) -> datetime | None:
        at: datetime | None = self.cleaned_data["at"]
        if at and at <= timezone.now():
            raise ValidationError(_("This moment has gone by."))
        return at

    def clean(self) -> dict[str, Any]:
        most = settings.RELASI_MAX_UPLOAD_MB * 1_000_000
        if len(self.uploads) > MOST_FILES:
            self.add_error(None, _("At most %(n)s files travel with a message.") % {"n": MOST_FILES})
        if sum(upload.size or 0 for upload in self.uploads) > most:
            self.add_error(
                None, _("The files are larger than %(limit)s MB.") % {"limit": settings.RELASI_MAX_UPLOAD_MB}
            )
        return self.cleaned_data

    def send(self, talk: Conversation, *, way: str, party: Party | None, by: Any) -> Message | None:
        """Write it down to be sent; on another way it begins a talk there."""
        return self._sent(
            lambda subject: talk_on(talk, way=way, party=party, subject=subject, by=by), party, by
        )

    def begin(self, party: Party, *, way: str, by: Any) -> Message | None:
        """Write to a customer from their own page."""
        return self._sent(lambda subject: begun(party, way=way, subject=subject, by=by), party, by)

    def _sent(self, where: Callable[[str], Conversation], party: Party | None, by: Any) -> Message | None:
        if not self.is_valid():
            return None
        try:
            with transaction.atomic():
                return self._written(where(self.cleaned_data["subject"]), party, by=by)
        except ValidationError as error:
            self.add_error(None, error.messages)
            return None

    def _written(self, target: Conversation, party: Party | None, *, by: Any) -> Message:
        given = self.cleaned_data
        variant = Variant.objects.visible_to(by).filter(pk=given["variant"] or 0).first()
        html, text = _said(given["text"], is_mail=target.channel == "email", language=_language(party), by=by)
        held = timedelta() if target.channel == "chat" else writing.HELD  # who chats waits for no "undo"
        message = writing.write(
            target, by=by, text=text, html=html, subject=given["subject"], to=given["to"], cc=given["cc"],
            files=_files(self.uploads), variant=variant if variant and variant.approved_name else None,
            at=given["at"], held=held, key=_wish(given, by) if given["key"] else "",
        )  # fmt: skip
        if given["then"] == "close":
            target.close(by=by)
        return message


def _wish(given: dict[str, Any], by: Any) -> str:
    """The same form sent twice is one wish; another text in it is another one."""
    said = "\n".join((given["to"], given["subject"], given["text"]))
    return f"c{by.pk}-{given['key'][:32]}-{hashlib.sha256(said.encode()).hexdigest()[:16]}"


def talk_on(talk: Conversation, *, way: str, party: Party | None, subject: str, by: Any) -> Conversation:
    """The same conversation, or the beginning of one on another way. Raises ValidationError."""
    if way == talk.channel:
        return talk
    if party is None:
        raise ValidationError(_("Say first whose conversation this is."))
    return begun(party, way=way, subject=subject, by=by)


def begun(party: Party, *, way: str, subject: str, by: Any) -> Conversation:
    """A talk with a customer on one of their ways: the running one, but for letters, which begin anew."""
    if way != "email":
        rows = Conversation.objects.visible_to(by).open().filter(party=party, channel=way)
        if running := rows.order_by("-last_at").first():
            return running  # type: ignore[no-any-return]
    return writing.start(by=by, channel=way, party=party, subject=subject, owner=by)


def composer_of(
    request: Any,
    talk: Conversation,
    *,
    party: Party | None,
    can: Mapping[str, bool],
    way: str = "",
    form: AnswerForm | None = None,
    again: Message | None = None,
    reply_all: bool = False,
) -> dict[str, Any]:
    """What the composer of a conversation shows. `again`: a message that was called back."""
    ways = ways_of(talk, party, request.user)
    here = next((one for one in ways if one.name == (way or talk.channel)), ways[0] if ways else None)
    is_note = way == "note" or here is None
    return {
        "compose_url": reverse("inbox_compose", args=[talk.pk]), "ways": ways,
        "way": None if is_note else here,
        "is_note": is_note, "form": form, "key": secrets.token_hex(8),
        "said": _typed(form) if form else _filled(talk, again, here, reply_all=reply_all),
        "signature": signature_of(request.user, _language(party))
        if here and here.is_mail and not is_note else "",
        "texts_url": reverse("inbox_texts", args=[talk.pk]), "may_reply": can["reply"],
        "may_note": can.get("comment", False),
    }  # fmt: skip


def beginning(
    party: Party, *, user: Any, way: str, url: str, form: AnswerForm | None = None
) -> dict[str, Any] | None:
    """What the composer shows on a customer's own page; None for a way that does not lead to them."""
    here = next((one for one in reaching(party, user, url=url) if one.name == way), None)
    if here is None:
        return None
    blank = {"text": "", "subject": "", "to": here.address, "cc": "", "variant": "", "at": ""}
    return {
        "compose_url": url, "ways": [], "way": here, "is_note": False, "form": form,
        "key": secrets.token_hex(8),
        "said": _typed(form) if form else blank, "texts_url": reverse("party_texts", args=[party.pk]),
        "signature": signature_of(user, _language(party)) if here.is_mail else "", "may_reply": True,
        "may_note": False,
    }  # fmt: skip


def ways_of(talk: Conversation, party: Party | None, user: Any) -> list[Way]:
    """The conversation's own way first, then those on which the customer can be reached."""
    url = reverse("inbox_compose", args=[talk.pk])
    found = [_way(talk.channel, talk.address, url, user, talk=talk)] if talk.channel in ANSWERED else []
    return [*found, *reaching(party, user, url=url, but=talk.channel)]


def reaching(party: Party | None, user: Any, *, url: str, but: str = "") -> list[Way]:
    """By which ways a customer can be written to."""
    if party is None:
        return []
    level = user.rights.level
    open_to = [
        name for name in WRITTEN if name != but and level(Party, ADDRESS_OF[name]) in ("read", "write")
    ]
    heard = _last_on("whatsapp", party, user) if "whatsapp" in open_to else None
    ways = [_way(name, getattr(party, ADDRESS_OF[name]), url, user, heard=heard) for name in open_to]
    return [way for way in ways if way.address and (way.name != "sms" or not way.is_by_hand)]


def _way(
    name: str,
    address: str,
    url: str,
    user: Any,
    *,
    talk: Conversation | None = None,
    heard: Conversation | None = None,
) -> Way:
    """`heard`: where the customer spoke last, when it is another conversation."""
    by_hand = name in ("whatsapp", "sms") and not _is_sent(name, talk)
    closes_at = window_of(talk or heard) if name == "whatsapp" and not by_hand else None
    is_closed = name == "whatsapp" and not by_hand and (closes_at is None or closes_at <= timezone.now())
    return Way(
        name=name, label=Medium(name).label, icon=inbox.ICONS[name], address=address, url=f"{url}?way={name}",
        is_here=bool(talk), is_by_hand=by_hand, is_closed=is_closed,
        closes_at=None if is_closed else closes_at,
    )  # fmt: skip


def _last_on(channel: str, party: Party, user: Any) -> Conversation | None:
    rows = Conversation.objects.visible_to(user).filter(
        party=party, channel=channel, last_in_at__isnull=False
    )
    found: Conversation | None = rows.order_by("-last_in_at").first()
    return found


def _is_sent(channel: str, talk: Conversation | None) -> bool:
    """Whether an account sends on that way; else a person does, by a link."""
    doors = (
        [talk.account] if talk and talk.account_id else Account._default_manager.all().carrying(channel)[:5]
    )
    return any(door is not None and _sends(door) for door in doors)


def _sends(account: Account) -> bool:
    try:
        return account.is_active and account.carrier.send is not None
    except LookupError:
        return False


def window_of(talk: Conversation | None) -> datetime | None:
    """Until when one may write freely on WhatsApp."""
    return talk.last_in_at + WINDOW if talk and talk.last_in_at else None


def link_by_hand(channel: str, address: str, text: str) -> str:
    """The address that opens the program of the phone with the text ready."""
    digits = "".join(sign for sign in address if sign.isdigit())
    if channel == "sms":
        return f"sms:+{digits}?body={quote(text)}"
    return f"https://wa.me/{digits}?text={quote(text)}"


def texts_for(
    talk_party: Party | None, *, channel: str, words: str, user: Any, only_approved: bool
) -> list[Text]:
    """Saved replies and templates that fit the channel, filled for the customer; what fails is left out."""
    rows = Template.objects.visible_to(user).for_channel(channel)
    if words:
        rows = rows.filter(shortcut__istartswith=words) | rows.filter(name__icontains=words)
    found: list[Text] = []
    for template in rows.prefetch_related("variants").order_by("-use", "name")[:TEXTS]:
        variant = template.variant(_language(talk_party))
        if variant is None or (only_approved and not _is_approved(variant)):
            continue
        text = _filled_text(template, variant, talk_party, user)
        if text:
            found.append(text)
    return found


def _filled_text(template: Template, variant: Variant, party: Party | None, user: Any) -> Text | None:
    facts = facts_of(party, language=variant.language, colleague=user)
    try:
        made = rendered(variant, facts)
    except InputError:
        return None
    return Text(
        name=template.name, shortcut=template.shortcut, language=str(variant.get_language_display()),
        subject=made.subject, text=made.text, variant_id=variant.pk, is_approved=_is_approved(variant),
        is_reply=template.use == Template.Use.REPLY,
    )  # fmt: skip


def _is_approved(variant: Variant) -> bool:
    return bool(variant.approved_name) and variant.approval == Variant.Approval.APPROVED


def signature_of(user: Any, language: str) -> Markup:
    """What stands below the letters of a colleague; in the other language when there is none in this."""
    rows = {one.language: one for one in Signature._default_manager.filter(owner=user)}
    found = rows.get(language) or next(iter(rows.values()), None)
    return Markup(commenting.clean(found.text)) if found else Markup("")  # noqa: S704 - cleaned right here


def _said(typed: str, *, is_mail: bool, language: str, by: Any) -> tuple[str, str]:
    """(HTML, text) of what was typed; letters get the signature."""
    is_rich = is_mail and "<" in typed and ">" in typed
    html = commenting.clean(typed) if is_rich else ""
    text = plain(html).strip() if is_rich else typed.strip()
    signature = signature_of(by, language) if is_mail and text else Markup("")
    if not signature:
        return html, text
    if not html:
        html = str(Markup("<p>{}</p>").format(Markup("<br>").join(text.splitlines())))
    return f"{html}<p>-- </p>{signature}", f"{text}\n\n-- \n{plain(str(signature)).strip()}"


def _typed(form: AnswerForm) -> dict[str, Any]:
    return {name: form.data.get(name, "") for name in ("text", "subject", "to", "cc", "variant", "at")}


def _filled(talk: Conversation, again: Message | None, way: Way | None, *, reply_all: bool) -> dict[str, Any]:
    empty = {"text": "", "subject": "", "to": "", "cc": "", "variant": "", "at": ""}
    if again:
        text = again.html or again.text
        return {**empty, "text": text, "subject": again.subject, "cc": ", ".join(again.cc)}
    if way is None or not way.is_mail:
        return empty
    subject = f"Re: {talk.subject}" if way.is_here and talk.subject and talk.messages_count else talk.subject
    copies = _others(talk) if way.is_here and reply_all else []
    return {**empty, "subject": subject if way.is_here else "", "to": way.address, "cc": ", ".join(copies)}


def _others(talk: Conversation) -> list[str]:
    """Who else the last letter of the customer went to, without our own mailbox."""
    last = talk.messages.filter(direction=Message.Direction.IN).order_by("-at", "-id").first()
    if last is None:
        return []
    own = {talk.account.address.lower() if talk.account else "", talk.address.lower()}
    return [address for address in dict.fromkeys([*last.to, *last.cc]) if address.lower() not in own][:20]


def _language(party: Party | None) -> str:
    return (getattr(party, "language", "") or "id") if party else "id"


def _files(uploads: Iterable[UploadedFile[Any]]) -> list[File]:
    return [
        File(upload.name or _("file"), upload.content_type or "application/octet-stream", upload.read())
        for upload in uploads
    ]
