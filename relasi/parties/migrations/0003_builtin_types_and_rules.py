"""The kinds of relations and the rules of the ladder that every company starts with."""

from django.db import migrations

TYPES = [
    # key, what the source is, what the target is, family, share, role
    ("spouse", "Spouse", "Spouse", True, False, False),
    ("parent", "Parent", "Child", True, False, False),
    ("sibling", "Sibling", "Sibling", True, False, False),
    ("beneficiary", "Benefactor", "Beneficiary", False, True, False),
    ("employee", "Employee", "Employer", False, False, True),
    ("referrer", "Referrer", "Referred customer", False, False, False),
    ("assistant", "Assistant", "Superior", False, False, False),
]
RULES = [
    # rung, when, reason, steps down too
    ("partner", "rung >= first_time and referrals >= 5", "Has brought five customers or more", False),
    ("advocate", "rung >= first_time and referrals >= 1", "Has brought another customer", False),
    ("member", "tags = member", "Carries the tag “member”", False),
    ("client", "tags = client", "Carries the tag “client”", False),
    ("first_time", "tags = customer", "Carries the tag “customer”", False),
    (
        "prospect",
        "phone is not empty or email is not empty or last_activity_at is not empty",
        "Can be reached, or there was contact",
        False,
    ),
]


def fill(apps, schema_editor):
    RelationType = apps.get_model("parties", "RelationType")
    RungRule = apps.get_model("parties", "RungRule")
    RelationType.objects.bulk_create(
        RelationType(
            key=key,
            name=name,
            reverse=reverse,
            is_family=family,
            has_share=share,
            has_role=role,
            is_builtin=True,
        )
        for key, name, reverse, family, share, role in TYPES
    )
    RungRule.objects.bulk_create(
        RungRule(rung=rung, filter=when, reason=reason, may_step_down=down, order=place * 10, is_builtin=True)
        for place, (rung, when, reason, down) in enumerate(RULES, start=1)
    )


class Migration(migrations.Migration):
    dependencies = [("parties", "0002_facts")]
    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
