"""Opening one record to one person, and why somebody sees it."""

from __future__ import annotations

from relasi.kit.access.models import Share
from relasi.kit.events.models import Event
from tests.world import World

HTMX = {"HX-Request": "true"}


def _share(world: World, sign_in, by, user, level: str = "read"):
    return sign_in(by).post(
        f"/people/{world.budi.pk}/share/", {"user": user.pk, "level": level}, headers=HTMX
    )


def test_bob_opens_his_customer_to_citra(world: World, sign_in) -> None:
    _share(world, sign_in, world.bob, world.citra)
    assert sign_in(world.citra).get(f"/people/{world.budi.pk}/").status_code == 200
    assert Event.objects.of(world.budi).first().verb == "shared"


def test_to_read_is_not_to_change(world: World, sign_in) -> None:
    _share(world, sign_in, world.bob, world.citra)
    assert (
        sign_in(world.citra)
        .post(f"/people/{world.budi.pk}/edit/", {"city": "Medan", "version": "1"})
        .status_code
        == 403
    )
    _share(world, sign_in, world.bob, world.citra, "change")
    sign_in(world.citra).post(f"/people/{world.budi.pk}/edit/", {"city": "Medan", "version": "1"})
    world.budi.refresh_from_db()
    assert world.budi.city == "Medan"


def test_a_share_is_taken_back(world: World, sign_in) -> None:
    _share(world, sign_in, world.bob, world.citra)
    sign_in(world.bob).post(f"/people/{world.budi.pk}/share/{Share.objects.get().pk}/revoke/", headers=HTMX)
    assert sign_in(world.citra).get(f"/people/{world.budi.pk}/").status_code == 404


def test_who_may_not_share_is_refused_and_nothing_is_written(world: World, sign_in) -> None:
    assert _share(world, sign_in, world.mira, world.citra).status_code == 403
    assert _share(world, sign_in, world.dewi, world.citra).status_code == 403
    assert Share.objects.count() == 0


def test_a_share_of_another_record_is_not_revoked_here(world: World, sign_in) -> None:
    _share(world, sign_in, world.bob, world.citra)
    share = Share.objects.get()
    assert sign_in(world.bob).post(f"/people/{world.siti.pk}/share/{share.pk}/revoke/").status_code == 404


def test_why_names_the_role_or_the_person_who_shared(world: World, sign_in) -> None:
    _share(world, sign_in, world.bob, world.citra)
    assert "Seller" in sign_in(world.bob).get(f"/people/{world.budi.pk}/why/").content.decode()
    assert "Bob Hutapea shared" in sign_in(world.citra).get(f"/people/{world.budi.pk}/why/").content.decode()


def test_only_administrators_ask_why_for_somebody_else(world: World, sign_in) -> None:
    url = f"/people/{world.budi.pk}/why/?user={world.sari.pk}"
    assert "Sales manager" in sign_in(world.ada).get(url).content.decode()
    assert "Sales manager" not in sign_in(world.bob).get(url).content.decode()
    assert (
        "cannot see"
        in sign_in(world.ada).get(f"/people/{world.budi.pk}/why/?user={world.eko.pk}").content.decode()
    )
