"""The pipelines, stages and reasons every company starts with, and the rules by which buyers climb."""

from django.db import migrations

from relasi.sales import starting

RULES = [
    # rung, when, reason
    ("repeat", "won_deals >= 2", "Has bought again"),
    ("first_time", "won_deals >= 1", "Has bought for the first time"),
]


def fill(apps, schema_editor):
    Pipeline = apps.get_model("sales", "Pipeline")
    sales, renewals = (
        Pipeline.objects.create(name=starting.said(names), order=order) for names, order in starting.PIPELINES
    )
    stages = _stages(apps, sales, starting.open_stages(starting.OPEN_STAGES))
    _stages(apps, renewals, starting.open_stages(starting.RENEWAL_STAGES))
    ExitCriterion = apps.get_model("sales", "ExitCriterion")
    for place, criteria in starting.CRITERIA.items():
        for at, names in enumerate(criteria, start=1):
            ExitCriterion.objects.create(stage=stages[place], name=starting.said(names), order=at * 10)
    CloseReason = apps.get_model("sales", "CloseReason")
    for at, (names, kind) in enumerate(starting.REASONS, start=1):
        CloseReason.objects.create(name=starting.said(names), kind=kind, order=at * 10)
    RungRule = apps.get_model("parties", "RungRule")
    for at, (rung, when, reason) in enumerate(RULES):
        RungRule.objects.create(rung=rung, filter=when, reason=reason, order=43 + at, is_builtin=True)


def _stages(apps, pipeline, stages):
    Stage = apps.get_model("sales", "Stage")
    return [
        Stage.objects.create(pipeline=pipeline, **values) for values in [*stages, *starting.closing_stages()]
    ]


class Migration(migrations.Migration):
    dependencies = [("sales", "0001_initial"), ("parties", "0007_quick_pages")]
    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
