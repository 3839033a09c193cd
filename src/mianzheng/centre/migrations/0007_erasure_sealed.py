"""An erasure says whether nothing of what it took away was open."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("centre", "0006_measure_expected"),
    ]

    operations = [
        migrations.AddField(
            model_name="erasure",
            name="sealed",
            field=models.BooleanField(default=False),
        ),
    ]
