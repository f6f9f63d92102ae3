"""A template in each language, the first discount rule, and the rules by which who orders climbs."""

from django.db import migrations

from relasi.sales import starting_quotes


def fill(apps, schema_editor):
    starting_quotes.fill(apps)


class Migration(migrations.Migration):
    dependencies = [("sales", "0003_leads")]
    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
