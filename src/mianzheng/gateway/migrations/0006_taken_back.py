from django.db import migrations

RAISED = """
CREATE FUNCTION gateway_taken_back() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO gateway_standing AS held (id, number) VALUES (2, 1)
        ON CONFLICT (id) DO UPDATE SET number = held.number + 1;
    RETURN NULL;
END $$;
CREATE TRIGGER gateway_consent_taken_back AFTER UPDATE OF revoked_at OR DELETE OR TRUNCATE ON gateway_consent
    FOR EACH STATEMENT EXECUTE FUNCTION gateway_taken_back();
INSERT INTO gateway_standing (id, number) VALUES (1, 1) ON CONFLICT DO NOTHING;
"""


class Migration(migrations.Migration):
    """Whoever takes a consent back makes answers that are just being given look again."""

    dependencies = [("gateway", "0005_raises")]
    operations = [migrations.RunSQL(RAISED, migrations.RunSQL.noop)]
