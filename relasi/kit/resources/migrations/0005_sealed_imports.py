"""Rows and files of imports made before they were encrypted."""

from pathlib import Path

from django.conf import settings
from django.db import migrations

from relasi.kit.records.sealed import sealed
from relasi.kit.resources.importing import keeping
from relasi.lib.sealed import is_sealed

PIECE = 1 << 20


def seal_rows(apps, schema_editor):
    model, after = apps.get_model('resources', 'ImportRow'), 0
    rows = model.objects.exclude(problems=[], cells=None).only('problems', 'cells').order_by('pk')
    while some := list(rows.filter(pk__gt=after)[:1000]):
        for row in some:
            row.problems, row.cells = sealed(row.problems), sealed(row.cells)
        model.objects.bulk_update(some, ['problems', 'cells'])
        after = some[-1].pk


def seal_files(apps, schema_editor):
    for path in apps.get_model('resources', 'ImportRun').objects.values_list('path', flat=True).iterator():
        target = Path(settings.MEDIA_ROOT) / path
        if path and target.is_file() and not is_sealed(target):
            aside = f'{path}.sealing'
            with target.open('rb') as file:
                keeping.keep(Path(aside), iter(lambda: file.read(PIECE), b''))
            (Path(settings.MEDIA_ROOT) / aside).replace(target)


class Migration(migrations.Migration):

    dependencies = [
        ('resources', '0004_names'),
    ]

    operations = [
        migrations.RunPython(seal_rows, migrations.RunPython.noop),
        migrations.RunPython(seal_files, migrations.RunPython.noop),
    ]
