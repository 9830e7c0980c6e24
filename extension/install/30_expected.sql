-- Registered snapshots that the database is compared with.
CREATE TABLE langchef_guard.expected_schema (
    name                text PRIMARY KEY CHECK (name OPERATOR(pg_catalog.<>) ''),
    active              boolean NOT NULL DEFAULT false,
    source              text NOT NULL CHECK (source IN ('live', 'document')),
    registered_at       timestamptz NOT NULL,
    registered_by       name NOT NULL,
    revision            text,
    system_identifier   bigint NOT NULL,
    ledger_id           bigint,
    format_version      integer NOT NULL,
    server_version_num  integer NOT NULL,
    facts               bigint NOT NULL,
    digest              text NOT NULL
);
COMMENT ON TABLE langchef_guard.expected_schema IS 'registered expected schemas';
COMMENT ON COLUMN langchef_guard.expected_schema.ledger_id IS 'last ledger row when it was registered: later rows explain drift';
COMMENT ON COLUMN langchef_guard.expected_schema.revision IS 'Alembic revision it was registered at';
REVOKE ALL ON TABLE langchef_guard.expected_schema FROM PUBLIC;
SELECT pg_catalog.pg_extension_config_dump('langchef_guard.expected_schema', '');

CREATE TABLE langchef_guard.expected_object (
    schema_name  text NOT NULL REFERENCES langchef_guard.expected_schema (name) ON DELETE CASCADE,
    fact_id      text NOT NULL,
    kind         text NOT NULL,
    parent_id    text,
    payload      jsonb NOT NULL,
    digest       text NOT NULL,
    PRIMARY KEY (schema_name, fact_id)
);
COMMENT ON TABLE langchef_guard.expected_object IS 'facts of the expected schemas';
REVOKE ALL ON TABLE langchef_guard.expected_object FROM PUBLIC;
SELECT pg_catalog.pg_extension_config_dump('langchef_guard.expected_object', '');
