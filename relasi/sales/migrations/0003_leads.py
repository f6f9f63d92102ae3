"""Opening hours, a response time, first rules, and the forms behind cards and referral links."""

from django.db import migrations

from relasi.sales import starting_leads


def fill(apps, schema_editor):
    starting_leads.fill(apps)


class Migration(migrations.Migration):
    dependencies = [("sales", "0002_pipelines")]
    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
