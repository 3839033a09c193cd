from django.db import migrations, models


class Migration(migrations.Migration):
    """A list is asked in the role of whoever handed it in: an officer's look-ups are an officer's."""

    dependencies = [("gateway", "0006_taken_back")]
    operations = [
        migrations.AddField(
            "askedlist",
            "asked_role",
            models.TextField(default="asker", help_text="The role in which they asked, as the log says it."),
        )
    ]
