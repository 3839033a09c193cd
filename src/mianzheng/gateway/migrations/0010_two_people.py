from django.db import migrations, models

# the demo city answered as the program what the program had asked
ANSWERED = """
UPDATE gateway_grant SET ended_by = 'operator'
WHERE stage = 'refused' AND asked_by = 'program' AND ended_by = 'program'
"""


class Migration(migrations.Migration):
    """Nobody refuses what they asked for themselves, nor answers their own wish for more."""

    dependencies = [("gateway", "0009_grown_on")]
    operations = [
        migrations.RunSQL(ANSWERED, migrations.RunSQL.noop),
        migrations.AddConstraint(
            "grant",
            models.CheckConstraint(
                condition=models.Q(
                    models.Q(("stage", "refused"), _negated=True),
                    models.Q(("ended_by", models.F("asked_by")), _negated=True),
                    _connector="OR",
                ),
                name="gateway_grant_two_people",
            ),
        ),
        migrations.AddConstraint(
            "raiserequest",
            models.CheckConstraint(
                condition=models.Q(
                    models.Q(("outcome__in", ["granted", "refused"]), _negated=True),
                    models.Q(("ended_by", models.F("asked_by")), _negated=True),
                    _connector="OR",
                ),
                name="gateway_raise_two_people",
            ),
        ),
    ]
