"""What a webhook of Messenger or Instagram says."""

from __future__ import annotations

import copy
import json
import random
from datetime import UTC, datetime
from typing import Any

import pytest
from django.test import Client

from relasi.channels import raw, receiving
from relasi.channels.hooks import hook_path, new_hook
from relasi.channels.interface import Changed, Incoming, Progress
from relasi.channels.models import Account, Intake
from relasi.lib.wording import InputError
from tests.channels.peer import Answer, Peer
from tests.channels.social.conftest import APP, PHOTO, SECRET, SITI, call, happened, own_id, read
from tests.channels.whatsapp.test_damaged_webhooks import ODD

pytestmark = pytest.mark.django_db


def one(account: Account, **event: Any) -> Any:
    [news] = read(account, happened(account, **event))
    return news


def test_a_text(account: Account) -> None:
    assert one(account, message={"mid": "m_1", "text": "Halo"}) == Incoming(
        external_id="m_1", sender=SITI, to=(own_id(account),), text="Halo",
        at=datetime(2025, 6, 8, 20, 59, 43, tzinfo=UTC),
    )  # fmt: skip


def test_a_photo_is_fetched_without_showing_the_token(account: Account, meta: Peer) -> None:
    attachment = {"type": "image", "payload": {"url": meta.url + "/v/cdn/photo.jpg"}}
    news = one(account, message={"mid": "m_1", "attachments": [attachment]})
    assert [(file.name, file.content) for file in news.files] == [("image-1.jpg", PHOTO)]
    assert "Authorization" not in meta.last.headers


@pytest.mark.parametrize("url", ["http://10.0.0.1/x", "https://evil.example/x", "", "file:///etc/passwd"])
def test_no_other_place_is_asked_for_a_file(account: Account, meta: Peer, url: str) -> None:
    news = one(account, message={"mid": "m_1", "attachments": [{"type": "file", "payload": {"url": url}}]})
    assert (news.files, len(news.extra["missing_files"]), meta.asked) == ((), 1, [])


def test_a_file_that_is_gone_is_noted(account: Account, meta: Peer) -> None:
    meta.next_answers = [Answer(404)]
    attachment = {"type": "video", "payload": {"url": meta.url + "/v/x"}}
    news = one(account, message={"mid": "m_1", "text": "Ini", "attachments": [attachment]})
    assert (news.text, news.extra["missing_files"][0]["why"]) == ("Ini", "The file is not there any more.")


def test_an_answer_to_a_story_and_a_mention_in_one(account: Account, meta: Peer) -> None:
    story = {"id": "1", "url": "https://scontent.cdninstagram.com/x"}
    assert (
        one(account, message={"mid": "m_1", "text": "Wow", "reply_to": {"story": story}}).extra["story"]
        == story
    )
    url = meta.url + "/v/cdn/photo.jpg"
    attachment = {"type": "story_mention", "payload": {"url": url}}
    news = one(account, message={"mid": "m_2", "attachments": [attachment]})
    assert (news.extra["story_mention"], len(news.files)) == (url, 1)


def test_what_was_shared_is_told_by_its_address(account: Account) -> None:
    attachment = {"type": "share", "payload": {"url": "https://www.instagram.com/p/x", "title": "Rumah"}}
    assert one(account, message={"mid": "m", "attachments": [attachment]}).text == (
        "Rumah https://www.instagram.com/p/x"
    )


def test_an_answer_a_chosen_one_and_a_place(account: Account) -> None:
    message = {
        "mid": "m", "text": "Ya", "reply_to": {"mid": "m_ours"}, "quick_reply": {"payload": "YES"},
        "attachments": [{"type": "location", "payload": {"coordinates": {"lat": -6.2, "long": 106.8}}}],
    }  # fmt: skip
    news = one(account, message=message)
    assert (news.answers, news.extra["chosen"]) == (("m_ours",), "YES")
    assert news.extra["location"] == {"latitude": -6.2, "longitude": 106.8}


def echo(account: Account, **more: Any) -> Any:
    return one(
        account, sender={"id": own_id(account)}, recipient={"id": SITI},
        message={"mid": "m_e", "text": "Siap", "is_echo": True, **more},
    )  # fmt: skip


def test_what_a_colleague_wrote_elsewhere(account: Account) -> None:
    news = echo(account, app_id=263902037430900)
    assert (news.from_us, news.to, news.text) == (True, (SITI,), "Siap")


def test_the_echo_of_our_own_says_only_that_it_went_out(account: Account) -> None:
    news = echo(account, app_id=int(APP))
    assert (type(news), news.external_id, news.recipient, news.state) == (Progress, "m_e", SITI, "sent")


def test_a_message_taken_back(account: Account) -> None:
    news = one(account, message={"mid": "m_1", "is_deleted": True})
    assert (news.external_id, news.extra, news.answers) == ("m_1:deleted", {"deleted": "m_1"}, ("m_1",))


def test_an_edited_message(account: Account) -> None:
    news = one(account, message_edit={"mid": "m_1", "text": "Jam 10", "num_edit": 1})
    assert (news.external_id, news.text, news.extra["edited"]) == ("m_1:edit:1", "Jam 10", "m_1")


def test_a_button_and_where_the_customer_came_from(account: Account) -> None:
    referral = {"ref": "promo", "source": "SHORTLINK", "type": "OPEN_THREAD"}
    news = one(account, postback={"title": "Mulai", "payload": "START", "mid": "m_p", "referral": referral})
    assert (news.text, news.extra) == ("Mulai", {"chosen": "START", "referral": referral})
    assert one(account, referral=referral).kind == "referral"


@pytest.mark.parametrize(("action", "emoji"), [("react", "❤️"), ("unreact", "")])
def test_a_reaction(account: Account, action: str, emoji: str) -> None:
    news = one(account, reaction={"mid": "m_ours", "action": action, "emoji": "❤️", "reaction": "love"})
    assert (news.text, news.answers, news.extra["reaction"]["emoji"]) == (emoji, ("m_ours",), emoji)


def test_delivered_and_read(account: Account) -> None:
    news = read(account, happened(account, delivery={"mids": ["m_1", "m_2"], "watermark": 1749416383000}))
    assert [(one.external_id, one.state, one.recipient) for one in news] == [
        ("m_1", "delivered", SITI), ("m_2", "delivered", SITI),
    ]  # fmt: skip
    by_time, by_id = one(account, read={"watermark": 1749416383000}), one(account, read={"mid": "m_1"})
    assert (by_time.external_id, by_time.state, by_id.external_id) == ("", "read", "m_1")


def test_what_another_app_has_in_hand(account: Account) -> None:
    data = happened(account, message={"mid": "m_1", "text": "Halo"})
    data["entry"][0]["standby"] = data["entry"][0].pop("messaging")
    [news] = read(account, data)
    assert (news.text, news.extra) == ("Halo", {"standby": True})


def test_the_form_of_the_newer_instagram_and_other_changes(account: Account) -> None:
    data = happened(account, message={"mid": "m_1", "text": "Halo"})
    [event] = data["entry"][0].pop("messaging")
    data["entry"][0]["changes"] = [
        {"field": "messages", "value": event}, {"field": "comments", "value": {"id": "17", "text": "Bagus"}},
    ]  # fmt: skip
    message, comment = read(account, data)
    assert (message.text, comment.kind, comment.key) == ("Halo", "comments", "17")


def test_an_event_younger_than_this_is_told_as_a_change(account: Account) -> None:
    news = one(account, policy_enforcement={"action": "block", "reason": "spam"})
    assert (news.kind, news.values["action"]) == ("policy_enforcement", "block")


def test_another_signature_or_none_is_refused(account: Account) -> None:
    data = happened(account, message={"mid": "m_1", "text": "Halo"})
    assert call(account, data, secret="guess").status_code == 401
    assert Client().post(hook_path(account), b"{}", content_type="application/json").status_code == 401
    assert not Intake.objects.exists()


def test_the_address_is_confirmed(account: Account) -> None:
    asked = {"hub.mode": "subscribe", "hub.verify_token": "a-made-up-word", "hub.challenge": "42"}
    assert Client().get(hook_path(account), asked).content == b"42"
    assert Client().get(hook_path(account), asked | {"hub.verify_token": "x"}).status_code == 401


def test_what_is_for_another_page_of_the_app_goes_to_its_channel(account: Account) -> None:
    other = Account.create(
        by=None, name="Surabaya", channel=account.channel, provider=account.provider,
        settings={**account.settings, "page_id": "777", "instagram_id": "777"},
        secrets={"app_secret": SECRET},
    )  # fmt: skip
    new_hook(other)
    data = happened(account, message={"mid": "m_1", "text": "Halo"})
    data["entry"][0]["id"] = "777"
    assert read(account, data) == []
    assert [news.text for news in other.carrier.read(other, Intake.objects.get(account=other))] == ["Halo"]


def test_a_call_of_another_platform_is_kept_with_the_reason(account: Account) -> None:
    call(account, {"object": "user"})
    assert receiving.understand(Intake.objects.get().pk).error == "This is no webhook of this platform."


EVENTS: list[dict[str, Any]] = [
    {"message": {"mid": "m", "text": "a", "attachments": [{"type": "image", "payload": {"url": "x"}}],
                 "reply_to": {"mid": "x", "story": {"id": "1"}}, "quick_reply": {"payload": "x"}}},
    {"message": {"mid": "m", "is_echo": True, "app_id": 1}}, {"message": {"mid": "m", "is_deleted": True}},
    {"message_edit": {"mid": "m", "text": "x", "num_edit": 1}}, {"postback": {"title": "x", "payload": "y"}},
    {"reaction": {"mid": "m", "action": "react", "emoji": "x"}},
    {"delivery": {"mids": ["a"], "watermark": 1}},
    {"read": {"watermark": 1}}, {"referral": {"ref": "x"}}, {"optin": {"ref": "x"}},
]  # fmt: skip


@pytest.mark.parametrize("seed", range(8))
def test_a_webhook_damaged_in_any_way_ends_in_news_or_in_words(account: Account, seed: int) -> None:
    rng = random.Random(seed)
    for _case in range(40):
        data: Any = happened(account, **copy.deepcopy(rng.choice(EVENTS)))
        for _round in range(rng.randint(1, 4)):
            at: Any = data
            while isinstance(at, (dict, list)) and at:
                key = rng.choice(list(at) if isinstance(at, dict) else range(len(at)))
                if rng.random() < 0.25:
                    at[key] = copy.deepcopy(rng.choice(ODD))
                    break
                at = at[key]
        intake, _is_new = raw.keep(account, json.dumps(data).encode())
        try:
            for news in account.carrier.read(account, intake):  # type: ignore[misc]
                assert isinstance(news, (Incoming, Progress, Changed))
        except InputError as error:
            assert error.text
