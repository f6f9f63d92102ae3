"""The doors strangers come in by: a form, a business card, a customer's link; all lead to a form."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import dataclass

import qrcode
import vobject
from django.conf import settings
from django.templatetags.static import static
from django.urls import reverse
from qrcode.image.svg import SvgPathImage

from relasi.sales.models import Card, FormField, FormSubmission, ReferralLink, WebForm


@dataclass(frozen=True, kw_only=True)
class Door:
    """`kind` and `slug` are its address; `form` None: a company that has no form for it yet."""

    kind: str
    slug: str
    pk: int
    is_open: bool
    form: WebForm | None = None
    card: Card | None = None
    link: ReferralLink | None = None

    @property
    def name(self) -> str:
        """What tokens are bound to."""
        return f"{self.kind}:{self.pk}"

    @property
    def language(self) -> str:
        return self.form.language if self.form else str(settings.LANGUAGE_CODE)

    @property
    def friend_of(self) -> str:
        """The first name of the customer whose link it is: all that strangers learn of them."""
        return (self.link.party.nickname or self.link.party.name.split()[0]) if self.link else ""


def find(kind: str, slug: str) -> Door | None:
    """The door with this address, open or not."""
    finder = FINDERS.get(kind)
    return finder(slug[:64]) if finder else None


def _by_form(slug: str) -> Door | None:
    form = WebForm.objects.filter(slug=slug, purpose=WebForm.Purpose.WEB).first()
    return Door(kind="form", slug=slug, pk=form.pk, is_open=form.is_active, form=form) if form else None


def _by_card(slug: str) -> Door | None:
    card = Card.objects.filter(slug=slug).select_related("form", "owner").first()
    if card is None:
        return None
    form = card.form or form_for(WebForm.Purpose.CARD)
    is_open = card.is_active and bool(card.owner and card.owner.is_active) and bool(form and form.is_active)
    return Door(kind="card", slug=slug, pk=card.pk, is_open=is_open, form=form, card=card)


def _by_link(token: str) -> Door | None:
    link = ReferralLink.objects.filter(token=token).select_related("form", "party", "owner").first()
    if link is None:
        return None
    form = link.form or form_for(WebForm.Purpose.REFER, link.party.language)
    is_open = link.is_open and link.party.archived_at is None and bool(form and form.is_active)
    return Door(kind="refer", slug=token, pk=link.pk, is_open=is_open, form=form, link=link)


FINDERS: dict[str, Callable[[str], Door | None]] = {"form": _by_form, "card": _by_card, "refer": _by_link}


def form_for(purpose: str, language: str = "") -> WebForm | None:
    """The open form of the company for this purpose, in the language if there is one."""
    forms = list(WebForm.objects.filter(purpose=purpose, is_active=True).order_by("id")[:20])
    fitting = [form for form in forms if form.language == (language or settings.LANGUAGE_CODE)]
    return next(iter([*fitting, *forms]), None)


def submission_of(key: str) -> FormSubmission | None:
    found: FormSubmission | None = FormSubmission.objects.select_related("form").filter(key=key).first()
    return found


def name_in(door: Door, typed: dict[str, str]) -> str:
    """Who says they sent it, for the list of submissions."""
    questions = door.form.ordered_fields if door.form else []
    keys = [question.key for question in questions if question.goes_to == FormField.Goes.NAME]
    return " ".join(typed.get(keys[0], "").split())[:200] if keys else ""


def address(kind: str, slug: str) -> str:
    """The page's address in full, as others are told it."""
    return settings.RELASI_PUBLIC_URL.rstrip("/") + reverse("public_form", args=[kind, slug])


def qr(text: str) -> bytes:
    """A QR code as SVG."""
    image = qrcode.make(text, image_factory=SvgPathImage, border=2)
    out = io.BytesIO()
    image.save(out)
    return out.getvalue()


def vcard(card: Card) -> str:
    """Name, title, phone, e-mail and the page of a business card, as vCard 3.0."""
    made = vobject.vCard()
    made.add("fn").value = card.name
    made.add("n").value = vobject.vcard.Name(given=card.name)
    for kind, value in (("tel", card.phone), ("email", card.email), ("title", card.job_title)):
        if value:
            made.add(kind).value = value
    made.add("url").value = address("card", card.slug)
    return str(made.serialize())


def embed_script() -> str:
    """The script that puts a form into another site's page."""
    return settings.RELASI_PUBLIC_URL.rstrip("/") + static("sales/embed.js")
