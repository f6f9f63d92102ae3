from django.core.cache.backends.db import BaseDatabaseCache
from django.core.management import call_command
from django.db import migrations


def make(apps, schema_editor):
    """What tries at signing in are counted in, shared by every web process."""
    call_command("createcachetable", "kit_cache", database=schema_editor.connection.alias, verbosity=0)


def drop(apps, schema_editor):
    schema_editor.execute(f"DROP TABLE IF EXISTS {schema_editor.quote_name(BaseDatabaseCache('kit_cache', {})._table)}")


class Migration(migrations.Migration):

    dependencies = [("access", "0002_second_factor_and_closed_fields")]

    operations = [migrations.RunPython(make, drop)]
