from django.db import migrations, models


class Migration(migrations.Migration):
    """A line of the log is sealed once, and a list that never gets through ends."""

    dependencies = [
        ("gateway", "0007_asked_role"),
    ]

    operations = [
        migrations.AddField(
            model_name="askedlist",
            name="tries",
            field=models.SmallIntegerField(
                default=0, help_text="How often the next lot was begun and did not get through."
            ),
        ),
        migrations.AddField(
            model_name="sealedanswer",
            name="entry",
            field=models.UUIDField(
                help_text="The line of the log that says it was asked: it is sealed once.", null=True, unique=True
            ),
        ),
    ]
