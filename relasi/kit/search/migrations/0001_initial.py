from django.db import migrations, models

SQLITE = [
    """CREATE VIRTUAL TABLE search_gram USING fts5(
        body, content='search_entry', content_rowid='id', tokenize='trigram', detail=none)""",
    """CREATE TRIGGER search_entry_added AFTER INSERT ON search_entry BEGIN
        INSERT INTO search_gram(rowid, body) VALUES (new.id, new.body); END""",
    """CREATE TRIGGER search_entry_changed AFTER UPDATE OF id, body ON search_entry
        WHEN old.body <> new.body OR old.id <> new.id BEGIN
        INSERT INTO search_gram(search_gram, rowid, body) VALUES ('delete', old.id, old.body);
        INSERT INTO search_gram(rowid, body) VALUES (new.id, new.body); END""",
    """CREATE TRIGGER search_entry_removed AFTER DELETE ON search_entry BEGIN
        INSERT INTO search_gram(search_gram, rowid, body) VALUES ('delete', old.id, old.body); END""",
]
POSTGRESQL = [
    "CREATE EXTENSION IF NOT EXISTS pg_trgm",
    "CREATE INDEX search_entry_grams ON search_entry USING gin (body gin_trgm_ops)",
]


def make_index(apps, schema_editor):
    for statement in {"sqlite": SQLITE, "postgresql": POSTGRESQL}[schema_editor.connection.vendor]:
        schema_editor.execute(statement)


def drop_index(apps, schema_editor):
    if schema_editor.connection.vendor == "sqlite":
        schema_editor.execute("DROP TABLE search_gram")


class Migration(migrations.Migration):
    initial = True
    dependencies = []
    operations = [
        migrations.CreateModel(
            name="Entry",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("noun", models.CharField(max_length=40)),
                ("resource", models.CharField(max_length=60)),
                ("record_id", models.BigIntegerField()),
                ("party_id", models.BigIntegerField(null=True)),
                ("title", models.CharField(max_length=200)),
                ("subtitle", models.CharField(blank=True, max_length=200)),
                ("body", models.TextField()),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("noun", "record_id"), name="search_entry_once")
                ],
            },
        ),
        migrations.RunPython(make_index, drop_index),
    ]
