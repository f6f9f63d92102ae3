"""Forms that strangers fill, business cards, refer a friend: kept raw, guarded, mended, tried again."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from relasi.conversations.models import Consent, Conversation
from relasi.kit.access.models import User
from relasi.parties.models import Party, Relation
from relasi.sales import doors
from relasi.sales.lead_panels import answers_shown
from relasi.sales.models import Card, FormField, FormSubmission, Lead, ReferralLink, WebForm
from tests.fingerprint import fingerprint
from tests.world import World

JAKARTA = ZoneInfo("Asia/Jakarta")
NOON = datetime(2026, 8, 12, 12, 0, tzinfo=JAKARTA)
RANI = {"a-name": "Rani Maharani", "a-phone": "0812 9999 0001", "a-consent": "on"}


@pytest.fixture(autouse=True)
def clock() -> Any:
    with time_machine.travel(NOON, tick=False) as travelling, timezone.override(JAKARTA):
        yield travelling


@pytest.fixture
def form(world: World) -> WebForm:
    made: WebForm = WebForm.create(by=world.ada, name="Konsultasi", slug="konsultasi", language="en")
    for order, (key, label, kind, goes_to, needed) in enumerate(
        (
            ("name", "Your name", "text", "party.name", True),
            ("phone", "Phone", "phone", "party.phone", False),
            ("email", "E-mail", "email", "party.email", False),
            ("need", "What about?", "long", "lead.need", False),
            ("budget", "Budget", "money", "lead.estimated_value", False),
            ("plan", "Plan", "choice", "note", False),
            ("consent", "You may call me", "consent", "note", True),
        )
    ):
        options = "Basic\nFamily" if kind == "choice" else ""
        FormField.create(
            by=world.ada, form=made, key=key, label=label, kind=kind, goes_to=goes_to, is_required=needed,
            order=order, options=options,
        )  # fmt: skip
    return made


URL = "/f/form/konsultasi/"


def token_of(answer: Any) -> str:
    found = re.search(r'name="token" value="([^"]+)"', answer.content.decode())
    assert found
    return found[1]


def send(client: Client, clock: Any, answers: dict[str, str], url: str = URL, **more: Any) -> Any:
    """Open the form, take ten seconds, and send it."""
    token = more.pop("token", "") or token_of(client.get(url))
    clock.shift(timedelta(seconds=10))
    return client.post(url, {**answers, "token": token, **more.pop("data", {})}, **more)


def test_a_stranger_fills_the_form_and_a_lead_is_there(form: WebForm, client: Client, clock: Any) -> None:
    data = {
        "a-need": "Asuransi jiwa",
        "a-budget": "2.500.000",
        "utm_source": "instagram",
        "utm_campaign": "x",
    }
    answer = send(client, clock, {**RANI, **data})
    assert (answer.status_code, answer["Location"]) == (302, "/f/form/konsultasi/thanks/")
    lead = Lead.objects.get()
    assert (lead.party.name, lead.party.phone, lead.need) == (
        "Rani Maharani",
        "+6281299990001",
        "Asuransi jiwa",
    )
    assert (lead.channel, lead.source, lead.utm_source) == ("web_form", "Konsultasi", "instagram")
    assert lead.estimated_value == 2_500_000 and lead.consent_at and lead.response_due_at
    assert FormSubmission.objects.get().status == "done"


def test_no_cookie_and_no_sign_in_is_needed(form: WebForm, clock: Any) -> None:
    strict = Client(enforce_csrf_checks=True)
    answer = send(strict, clock, RANI)
    assert answer.status_code == 302 and Lead.objects.count() == 1
    assert not strict.cookies


def test_who_is_signed_in_acts_as_nobody_there(form: WebForm, world: World, sign_in: Any, clock: Any) -> None:
    send(sign_in(world.ada), clock, RANI)
    from relasi.kit.events.models import Event

    assert not Event.objects.of(Lead.objects.get()).filter(actor_id=world.ada.pk).exists()


def test_a_wrong_answer_is_said_beside_its_question_and_kept(
    form: WebForm, client: Client, clock: Any
) -> None:
    answer = send(client, clock, {**RANI, "a-phone": "12", "a-need": "Jangan hilang"})
    page = answer.content.decode()
    assert answer.status_code == 422 and "Jangan hilang" in page and "field-error" in page
    kept = FormSubmission.objects.get()
    assert (kept.status, kept.answers["phone"], Lead.objects.count()) == ("incomplete", "12", 0)


def test_the_corrected_form_is_the_same_submission(form: WebForm, client: Client, clock: Any) -> None:
    wrong = send(client, clock, {**RANI, "a-phone": "12"})
    assert send(client, clock, RANI, token=token_of(wrong)).status_code == 302
    kept = FormSubmission.objects.get()
    assert (kept.status, kept.raw["phone"], Lead.objects.count()) == ("done", "12", 1)


def test_sent_twice_is_one_lead(form: WebForm, client: Client, clock: Any) -> None:
    token = token_of(client.get(URL))
    answers = [send(client, clock, RANI, token=token).status_code for _ in range(2)]
    assert (answers, Lead.objects.count(), FormSubmission.objects.count()) == ([302, 302], 1, 1)


def test_a_choice_that_is_not_offered_is_refused(form: WebForm, client: Client, clock: Any) -> None:
    assert send(client, clock, {**RANI, "a-plan": "Free"}).status_code == 422


def test_a_tick_is_shown_in_words(form: WebForm, client: Client, clock: Any) -> None:
    send(client, clock, RANI)
    shown = dict(answers_shown(FormSubmission.objects.get()))
    assert (shown["You may call me"], shown["Your name"]) == ("yes", "Rani Maharani")


def test_without_consent_nothing_becomes_of_it(form: WebForm, client: Client, clock: Any) -> None:
    answers = {name: text for name, text in RANI.items() if name != "a-consent"}
    assert send(client, clock, answers).status_code == 422
    assert Lead.objects.count() == 0


def test_somebody_without_phone_and_mail_is_asked_for_one(form: WebForm, client: Client, clock: Any) -> None:
    answer = send(client, clock, {"a-name": "Rani", "a-consent": "on"})
    assert "phone number or an e-mail address" in answer.content.decode()


# spam


def test_a_robot_in_the_trap_is_thanked_and_kept_apart(form: WebForm, client: Client, clock: Any) -> None:
    answer = send(client, clock, RANI, data={"website": "http://spam.example"})
    assert answer.status_code == 302
    assert (FormSubmission.objects.get().status, Lead.objects.count()) == ("spam", 0)


def test_faster_than_anybody_types_is_a_robot(form: WebForm, client: Client) -> None:
    client.post(URL, {**RANI, "token": token_of(client.get(URL))})
    assert FormSubmission.objects.get().status == "spam"


def test_a_hasty_press_on_an_empty_form_is_only_a_mistake(form: WebForm, client: Client) -> None:
    answer = client.post(URL, {"token": token_of(client.get(URL))})
    assert answer.status_code == 422
    assert FormSubmission.objects.get().status == "incomplete"


@pytest.mark.parametrize("token", ["", "x", "eyJkb29yIjoiZm9ybToxIn0:1abc:forged"])
def test_without_a_true_token_nothing_is_written(
    form: WebForm, client: Client, clock: Any, token: str, world: World
) -> None:
    before = fingerprint()
    answer = client.post(URL, {**RANI, "token": token})
    assert answer.status_code == 422 and "Rani Maharani" in answer.content.decode()
    assert fingerprint() == before


def test_a_token_of_another_form_is_no_token(form: WebForm, world: World, client: Client, clock: Any) -> None:
    WebForm.create(by=world.ada, name="Other", slug="other", language="en")
    token = token_of(client.get("/f/form/other/"))
    assert send(client, clock, RANI, token=token).status_code == 422


def test_a_page_open_for_days_loses_nothing(form: WebForm, client: Client, clock: Any) -> None:
    token = token_of(client.get(URL))
    clock.shift(timedelta(days=2))
    answer = send(client, clock, RANI, token=token)
    assert answer.status_code == 422
    assert send(client, clock, RANI, token=token_of(answer)).status_code == 302


def test_an_address_sends_only_so_much(form: WebForm, client: Client, clock: Any) -> None:
    codes = [send(client, clock, {**RANI, "a-phone": f"0812 9999 10{n:02d}"}).status_code for n in range(14)]
    assert codes == [302] * 12 + [429] * 2
    assert FormSubmission.objects.count() == 12
    other = send(client, clock, RANI, REMOTE_ADDR="203.0.113.9")
    assert other.status_code == 302


def test_a_forged_forwarded_address_does_not_help(form: WebForm, client: Client, clock: Any) -> None:
    for n in range(12):
        send(client, clock, {**RANI, "a-phone": f"0812 9999 10{n:02d}"})
    answer = send(client, clock, RANI, HTTP_X_FORWARDED_FOR="198.51.100.7")
    assert answer.status_code == 429


def test_the_address_itself_is_not_kept(form: WebForm, client: Client, clock: Any) -> None:
    send(client, clock, RANI, REMOTE_ADDR="203.0.113.9")
    kept = FormSubmission.objects.get()
    assert "203.0.113.9" not in str(vars(kept))


# other sites


def test_only_named_sites_may_frame_the_form(form: WebForm, client: Client) -> None:
    assert "frame-ancestors 'none'" in client.get(URL)["Content-Security-Policy"]
    WebForm.objects.update(origins="https://www.toko.example\nhttps://blog.toko.example")
    answer = client.get(URL + "?embed=1")
    policy = answer["Content-Security-Policy"]
    assert policy.endswith("frame-ancestors https://www.toko.example https://blog.toko.example")
    assert "X-Frame-Options" not in answer and "unsafe" not in policy


@pytest.mark.parametrize(
    "origin",
    ["*", "https://*.example", "javascript:alert(1)", "https://a.example; script-src *", "a.example/x"],
)
def test_a_site_is_named_by_its_origin_alone(form: WebForm, world: World, origin: str) -> None:
    from django.core.exceptions import ValidationError

    with pytest.raises(ValidationError):
        form.change(by=world.ada, origins=origin)


def test_no_request_decides_where_one_is_led(form: WebForm, client: Client, clock: Any) -> None:
    url = URL + "?next=https://evil.example&thanks_url=https://evil.example"
    answer = send(
        client, clock, RANI, url=url, data={"next": "//evil.example", "thanks_url": "//evil.example"}
    )
    assert answer["Location"] == "/f/form/konsultasi/thanks/"
    assert "evil.example" not in client.get(answer["Location"]).content.decode()


def test_hostile_text_is_only_text(
    form: WebForm, client: Client, clock: Any, world: World, sign_in: Any
) -> None:
    evil = '<script>alert(1)</script>"><img src=x onerror=alert(1)>'
    page = send(client, clock, {**RANI, "a-phone": "12", "a-name": evil}).content.decode()
    assert "<script>alert" not in page and "<img src=x" not in page
    send(client, clock, {**RANI, "a-name": evil, "a-need": evil})
    lead = Lead.objects.get()
    for url in (f"/leads/{lead.pk}/", "/leads/", "/leads/queue/", "/form-submissions/"):
        shown = sign_in(world.ada).get(url).content.decode()
        assert "<script>alert" not in shown and "<img src=x" not in shown


def test_a_nul_sign_does_no_harm(form: WebForm, client: Client, clock: Any) -> None:
    assert send(client, clock, {**RANI, "a-need": "a\0b"}).status_code == 302
    assert Lead.objects.get().need == "ab"


def test_a_closed_form_takes_nothing(form: WebForm, client: Client, clock: Any, world: World) -> None:
    token = token_of(client.get(URL))
    form.change(by=world.ada, is_active=False)
    assert client.get(URL).status_code == 410
    assert send(client, clock, RANI, token=token).status_code == 410
    assert FormSubmission.objects.count() == 0


def test_the_form_speaks_its_own_language(form: WebForm, client: Client, world: World) -> None:
    form.change(by=world.ada, language="id", button="")
    page = client.get(URL, headers={"Accept-Language": "en"}).content.decode()
    assert '<html lang="id">' in page and "Kirim" in page


# what fails is mended


def test_what_fails_inside_is_kept_shown_and_tried_again(
    form: WebForm, client: Client, clock: Any, monkeypatch: Any, world: World
) -> None:
    from relasi.sales.actions import take_submission

    def broken(**_known: Any) -> None:
        raise RuntimeError("disk full")

    monkeypatch.setattr(take_submission, "capture_lead", broken)
    assert send(client, clock, RANI).status_code == 302
    kept = FormSubmission.objects.get()
    assert kept.status == "failed" and "RuntimeError" in kept.problem and "disk full" not in kept.problem
    monkeypatch.undo()
    kept.replay(by=world.ada)
    kept.refresh_from_db()
    assert (kept.status, Lead.objects.count()) == ("done", 1)
    kept.replay(by=world.ada)
    assert Lead.objects.count() == 1


def test_a_manager_mends_an_incomplete_one(
    form: WebForm, client: Client, clock: Any, world: World, sign_in: Any
) -> None:
    send(client, clock, {**RANI, "a-phone": "0812x"})
    kept = FormSubmission.objects.get()
    browser = sign_in(world.sari)
    assert "0812x" in browser.get(f"/form-submissions/{kept.pk}/mend/").content.decode()
    answer = browser.post(f"/form-submissions/{kept.pk}/mend/", {**RANI, "a-phone": "0812 3333 4444"})
    assert answer.status_code == 302
    kept.refresh_from_db()
    assert (kept.status, kept.raw["phone"], kept.lead.party.phone) == ("done", "0812x", "+6281233334444")


@pytest.mark.parametrize("who", ["bob", "eko", "mira"])
def test_who_may_not_mend_is_refused(
    form: WebForm, client: Client, clock: Any, world: World, sign_in: Any, who: str
) -> None:
    send(client, clock, {**RANI, "a-phone": "0812x"})
    kept = FormSubmission.objects.get()
    user: User = getattr(world, who)
    browser = sign_in(user)
    before = fingerprint()
    answer = browser.post(f"/form-submissions/{kept.pk}/mend/", RANI)
    assert answer.status_code in {403, 404}
    assert fingerprint() == before


# cards and links


def test_a_card_shows_its_owner_and_gives_them_the_lead(world: World, client: Client, clock: Any) -> None:
    Card.create(by=world.bob, owner=world.bob, name="Bob Hutapea", slug="bob", phone="0812 0000 1111")
    page = client.get("/f/card/bob/").content.decode()
    assert "Bob Hutapea" in page and "tel:081200001111" in page
    assert send(client, clock, RANI, url="/f/card/bob/").status_code == 302
    lead = Lead.objects.get()
    assert (lead.owner, lead.channel, lead.party.owner) == (world.bob, "card", world.bob)


def test_a_card_is_saved_as_a_contact_and_shown_as_a_code(world: World, client: Client) -> None:
    Card.create(by=world.bob, owner=world.bob, name="Bob\r\nX-EVIL:1", slug="bob", phone="0812 0000 1111")
    card = client.get("/f/card/bob/contact.vcf")
    assert card["Content-Type"].startswith("text/vcard") and "\nX-EVIL:1" not in card.content.decode()
    assert client.get("/f/card/bob/qr.svg").content.startswith(b"<?xml")


def test_the_card_of_a_colleague_who_left_is_closed(world: World, client: Client) -> None:
    Card.create(by=world.bob, owner=world.bob, name="Bob", slug="bob")
    world.bob.deactivate(by=world.ada)
    assert client.get("/f/card/bob/").status_code == 410
    assert client.get("/f/card/bob/contact.vcf").status_code == 404


def test_a_friend_is_referred_and_the_customer_is_related_to_them(
    world: World, client: Client, clock: Any
) -> None:
    link = ReferralLink.create(by=world.bob, party=world.budi, owner=world.bob)
    url = f"/f/refer/{link.token}/"
    page = client.get(url).content.decode()
    assert "Budi" in page and "Santoso" not in page and "081211112222" not in page
    assert send(client, clock, RANI, url=url).status_code == 302
    lead = Lead.objects.get()
    assert (lead.referred_by, lead.owner, lead.channel) == (world.budi, world.bob, "referral")
    assert Relation.objects.filter(source=world.budi, target=lead.party, type__key="referrer").exists()


def test_a_closed_link_says_nothing_of_the_customer(world: World, client: Client) -> None:
    link = ReferralLink.create(by=world.bob, party=world.budi, owner=world.bob)
    link.revoke(by=world.bob)
    answer = client.get(f"/f/refer/{link.token}/")
    assert answer.status_code == 410 and "Budi" not in answer.content.decode()


def test_a_guessed_address_tells_nothing(client: Client, db: None) -> None:
    for url in ("/f/form/x/", "/f/card/x/", "/f/refer/x/", "/f/users/1/", "/f/form/x/qr.svg"):
        assert client.get(url).status_code == 404


def test_a_known_customer_is_not_told_to_whoever_types_their_number(
    form: WebForm, client: Client, clock: Any, world: World
) -> None:
    known = {**RANI, "a-name": "Budi Santoso", "a-phone": "0812 1111 2222"}
    told = [send(client, clock, answers) for answers in (known, RANI)]
    assert told[0].status_code == told[1].status_code and told[0]["Location"] == told[1]["Location"]
    assert Party.objects.filter(name="Budi Santoso").count() == 1


def test_an_address_in_full_is_the_companys_own(settings: Any) -> None:
    settings.RELASI_PUBLIC_URL = "https://crm.example/"
    assert doors.address("form", "x") == "https://crm.example/f/form/x/"


def test_what_was_sent_is_a_talk_in_the_inbox(form: WebForm, client: Client, clock: Any) -> None:
    send(client, clock, {**RANI, "a-need": "Asuransi pendidikan"})
    talk = Conversation.objects.get()
    assert (talk.channel, talk.who, talk.waiting_since is not None) == ("form", "Rani Maharani", True)
    assert "What about?: Asuransi pendidikan" in talk.messages.get().text


def test_the_consent_of_a_form_stands_in_the_ledger_with_its_proof(
    form: WebForm, client: Client, clock: Any
) -> None:
    send(client, clock, RANI)
    consent = Consent.objects.get()
    assert (consent.state, consent.source, consent.proof["form"]) == ("given", "form", "Konsultasi")
