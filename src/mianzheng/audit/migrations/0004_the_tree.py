from django.db import migrations, models

PARTITIONED = """
ALTER TABLE audit_entry RENAME TO audit_entry_before;
ALTER INDEX audit_entry_subject_at RENAME TO audit_entry_before_subject_at;
ALTER INDEX audit_entry_case_at RENAME TO audit_entry_before_case_at;
ALTER INDEX audit_entry_at RENAME TO audit_entry_before_at;
CREATE TABLE audit_entry (
    id uuid NOT NULL,
    at timestamptz NOT NULL,
    actor text NOT NULL CONSTRAINT audit_entry_has_actor CHECK (actor <> ''),
    actor_role text NOT NULL,
    actor_office text NOT NULL,
    action text NOT NULL CONSTRAINT audit_entry_has_action CHECK (action <> ''),
    purpose text NOT NULL CONSTRAINT audit_entry_has_purpose CHECK (purpose ~ '\\S'),
    subject uuid NOT NULL,
    applicant uuid,
    "case" uuid,
    matter text NOT NULL,
    fact text NOT NULL,
    item text NOT NULL,
    verdict text NOT NULL,
    detail jsonb NOT NULL,
    keep smallint NOT NULL DEFAULT 3,
    salt bytea NOT NULL,
    leaf bytea NOT NULL,
    xid xid8 NOT NULL DEFAULT pg_current_xact_id(),
    PRIMARY KEY (id, keep, at)
) PARTITION BY LIST (keep);
CREATE INDEX audit_entry_subject_at ON audit_entry (subject, at DESC);
CREATE INDEX audit_entry_case_at ON audit_entry ("case", at) WHERE "case" IS NOT NULL;
CREATE INDEX audit_entry_at ON audit_entry USING brin (at);
CREATE INDEX audit_entry_xid ON audit_entry (xid);
CREATE TRIGGER audit_entry_append_only BEFORE UPDATE OR DELETE ON audit_entry
    FOR EACH STATEMENT EXECUTE FUNCTION audit_refuse_change();

-- Years a line is kept, and the month it is of. A row trigger reaches the partitions, which a statement's does not.
CREATE FUNCTION audit_keeping(years smallint) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE format('CREATE TABLE IF NOT EXISTS audit_entry_%s PARTITION OF audit_entry FOR VALUES IN (%s)'
                   ' PARTITION BY RANGE (at)', years, years);
    EXECUTE format('CREATE TABLE IF NOT EXISTS audit_entry_%s_other PARTITION OF audit_entry_%s DEFAULT', years, years);
END $$;
CREATE FUNCTION audit_month(years smallint, first timestamptz, next timestamptz) RETURNS text LANGUAGE plpgsql AS $$
DECLARE name text := format('audit_entry_%s_%s', years, to_char(first + interval '12 hours', 'YYYY_MM'));
BEGIN
    EXECUTE format('CREATE TABLE IF NOT EXISTS %I PARTITION OF %I FOR VALUES FROM (%L) TO (%L)',
                   name, 'audit_entry_' || years, first, next);
    RETURN name;
END $$;
CREATE TRIGGER audit_entry_rows_append_only BEFORE UPDATE OR DELETE ON audit_entry
    FOR EACH ROW EXECUTE FUNCTION audit_refuse_change();
SELECT audit_keeping(3::smallint), audit_keeping(10::smallint);
"""
CARRIED = """
INSERT INTO audit_entry (id, at, actor, actor_role, actor_office, action, purpose, subject, applicant, "case", matter,
    fact, item, verdict, detail, salt, leaf)
SELECT id, at, actor, actor_role, actor_office, action, purpose, subject, applicant, "case", matter, fact, item, verdict,
    detail, salt, sha256(salt || convert_to(
        {canonical}, 'UTF8'))
FROM (SELECT *, 3::smallint AS keep FROM audit_entry_before) AS entry ORDER BY id;
DROP TABLE audit_entry_before;
"""


def carry(apps, schema_editor):
    from mianzheng.audit.queries.canonical import CANONICAL

    schema_editor.execute(CARRIED.format(canonical=CANONICAL), params=None)


class Migration(migrations.Migration):
    """The log by months and keeping time, its tree and its seals; the lines there were get leaves the database can check."""

    dependencies = [("audit", "0003_entry_at")]
    operations = [
        migrations.SeparateDatabaseAndState(
            database_operations=[
                migrations.RunSQL(PARTITIONED, migrations.RunSQL.noop),
                migrations.RunPython(carry, migrations.RunPython.noop),
            ],
            state_operations=[
                migrations.AddField("entry", "keep", models.SmallIntegerField(default=3)),
            ],
        ),
        migrations.CreateModel(
            name="Seal",
            fields=[
                ("number", models.BigAutoField(primary_key=True, serialize=False)),
                ("first", models.BigIntegerField()),
                ("size", models.BigIntegerField(unique=True)),
                ("root", models.BinaryField(max_length=32)),
                ("peaks", models.BinaryField()),
                ("note", models.TextField()),
                ("sealed_at", models.DateTimeField()),
                ("snapshot", models.TextField()),
                ("cluster", models.TextField()),
                ("low", models.UUIDField()),
                ("high", models.UUIDField()),
            ],
            options={"db_table": "audit_seal"},
        ),
        migrations.CreateModel(
            name="Tile",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "level", "number", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("level", models.SmallIntegerField()),
                ("number", models.BigIntegerField()),
                ("hashes", models.BinaryField()),
                ("ids", models.BinaryField(default=bytes)),
            ],
            options={"db_table": "audit_tile"},
        ),
        migrations.RunSQL(
            "ALTER TABLE audit_tile ALTER hashes SET STORAGE EXTERNAL, ALTER ids SET STORAGE EXTERNAL",
            migrations.RunSQL.noop,
        ),
        migrations.CreateModel(
            name="Destroyed",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("keep", models.SmallIntegerField()),
                ("from_at", models.DateTimeField()),
                ("until_at", models.DateTimeField()),
                ("entries", models.BigIntegerField()),
                ("indexes", models.TextField()),
                ("destroyed_at", models.DateTimeField()),
            ],
            options={"db_table": "audit_destroyed"},
        ),
    ]
