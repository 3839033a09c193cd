from django.db import migrations, models

STAGES = ["asked", "in_force", "refused", "withdrawn", "lapsed", "revoked", "ended"]


class Migration(migrations.Migration):
    """An asker may end its own grant; a client ends on a day, as a key does."""

    dependencies = [("gateway", "0003_sealed_answers")]
    operations = [
        migrations.AlterField(
            "grant", "stage", models.TextField(choices=[(each, each) for each in STAGES], default="asked")
        ),
        migrations.RemoveConstraint("grant", "gateway_grant_stage"),
        migrations.AddConstraint(
            "grant",
            models.CheckConstraint(condition=models.Q(("stage__in", STAGES)), name="gateway_grant_stage"),
        ),
        migrations.AddField("askerclient", "until", models.DateTimeField(null=True)),
    ]
