import django.db.models.deletion
import mianzheng.web.ids
from django.db import migrations, models


class Migration(migrations.Migration):
    """A larger allowance is asked for, and answered by a day."""

    dependencies = [
        ("gateway", "0004_ended_and_until"),
    ]

    operations = [
        migrations.CreateModel(
            name="RaiseRequest",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=mianzheng.web.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("daily", models.IntegerField()),
                ("why", models.TextField()),
                ("due", models.DateField()),
                ("asked_at", models.DateTimeField()),
                ("asked_by", models.TextField()),
                (
                    "outcome",
                    models.TextField(
                        blank=True,
                        choices=[
                            ("granted", "granted"),
                            ("refused", "refused"),
                            ("withdrawn", "withdrawn"),
                            ("lapsed", "lapsed"),
                        ],
                        default="",
                    ),
                ),
                ("answer", models.TextField(blank=True, default="")),
                ("ended_at", models.DateTimeField(null=True)),
                ("ended_by", models.TextField(null=True)),
                (
                    "grant",
                    models.ForeignKey(
                        db_column="grant_id",
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="raises",
                        to="gateway.grant",
                    ),
                ),
            ],
            options={
                "db_table": "gateway_raise",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("asked_at__isnull", True), ("asked_by__isnull", True)),
                            models.Q(("asked_at__isnull", False), ("asked_by__isnull", False)),
                            _connector="OR",
                        ),
                        name="gateway_raiserequest_asked_pair",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("ended_at__isnull", True), ("ended_by__isnull", True)),
                            models.Q(("ended_at__isnull", False), ("ended_by__isnull", False)),
                            _connector="OR",
                        ),
                        name="gateway_raiserequest_ended_pair",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("ended_at__isnull", True)), fields=("grant",), name="gateway_raise_one_open"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("ended_at__isnull", True), ("outcome", "")),
                            models.Q(("ended_at__isnull", False), ("outcome__gt", "")),
                            _connector="OR",
                        ),
                        name="gateway_raise_ends_with_an_outcome",
                    ),
                ],
            },
        ),
    ]
