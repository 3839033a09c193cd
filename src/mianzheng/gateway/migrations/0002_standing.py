from django.db import migrations

RAISED = """
CREATE FUNCTION gateway_raise() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO gateway_standing AS held (id, number) VALUES (1, 1)
        ON CONFLICT (id) DO UPDATE SET number = held.number + 1;
    RETURN NULL;
END $$;
CREATE TRIGGER gateway_grant_raises AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON gateway_grant
    FOR EACH STATEMENT EXECUTE FUNCTION gateway_raise();
CREATE TRIGGER gateway_change_raises AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON gateway_change
    FOR EACH STATEMENT EXECUTE FUNCTION gateway_raise();
CREATE TRIGGER gateway_key_raises AFTER INSERT OR UPDATE OF until, scopes, ended_at OR DELETE OR TRUNCATE ON gateway_key
    FOR EACH STATEMENT EXECUTE FUNCTION gateway_raise();
CREATE TRIGGER gateway_client_raises AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON gateway_client
    FOR EACH STATEMENT EXECUTE FUNCTION gateway_raise();
"""


class Migration(migrations.Migration):
    """Whoever changes grants or keys, also past the program, makes every process read them anew before its next answer."""

    dependencies = [("gateway", "0001_initial")]
    operations = [migrations.RunSQL(RAISED, migrations.RunSQL.noop)]
