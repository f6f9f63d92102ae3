"""The value added tax every Indonesian company starts with, its rates by day; the company adds others."""

import datetime
from decimal import Decimal

from django.db import migrations

TAXES = [
    # name, description, rates: (from, per cent, parts taxed, of so many, legal basis)
    (
        "PPN",
        "Pajak Pertambahan Nilai, all goods and services but luxury goods.",
        [
            ((1985, 4, 1), "10", 1, 1, "UU 8/1983"),
            ((2022, 4, 1), "11", 1, 1, "UU 7/2021 (HPP)"),
            ((2025, 1, 1), "12", 11, 12, "PMK 131/2024"),
        ],
    ),
    (
        "PPN barang mewah",
        "Pajak Pertambahan Nilai on luxury goods: the full rate on the full price.",
        [
            ((1985, 4, 1), "10", 1, 1, "UU 8/1983"),
            ((2022, 4, 1), "11", 1, 1, "UU 7/2021 (HPP)"),
            ((2025, 1, 1), "12", 11, 12, "PMK 131/2024"),
            ((2025, 2, 1), "12", 1, 1, "PMK 131/2024"),
        ],
    ),
    (
        "Bebas PPN",
        "Exempt, such as insurance premiums.",
        [((1985, 4, 1), "0", 1, 1, "UU 8/1983")],
    ),
]


def fill(apps, schema_editor):
    Tax, TaxRate = apps.get_model("catalog", "Tax"), apps.get_model("catalog", "TaxRate")
    for name, description, rates in TAXES:
        tax = Tax.objects.create(name=name, description=description)
        TaxRate.objects.bulk_create(
            TaxRate(
                tax=tax,
                valid_from=datetime.date(*day),
                rate=Decimal(rate),
                base_part=part,
                base_whole=whole,
                basis=basis,
            )
            for day, rate, part, whole, basis in rates
        )


class Migration(migrations.Migration):
    dependencies = [("catalog", "0001_initial")]
    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
