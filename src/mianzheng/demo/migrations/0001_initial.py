"""The table of builds."""

from typing import ClassVar

from django.db import migrations, models

import mianzheng.web.ids


class Migration(migrations.Migration):
    """Makes the table."""

    initial = True
    dependencies: ClassVar = []
    operations: ClassVar = [
        migrations.CreateModel(
            name="Build",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=mianzheng.web.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("seed", models.BigIntegerField()),
                ("people", models.PositiveIntegerField()),
                ("organisations", models.PositiveIntegerField()),
                ("as_of", models.DateField()),
                ("built_at", models.DateTimeField()),
                ("records", models.BigIntegerField(default=0)),
            ],
        ),
    ]
