from django.db import migrations, models


class Migration(migrations.Migration):
    """Who turns 14 sees what a guardian consented to, and takes it back."""

    dependencies = [
        ("gateway", "0008_sealed_once"),
    ]

    operations = [
        migrations.AddField(
            model_name="consent",
            name="grown_on",
            field=models.DateField(
                help_text="From when the child sees it and takes it back; kept only where that is before it ends.",
                null=True,
            ),
        ),
    ]
