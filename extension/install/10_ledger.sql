-- The record of every schema change.  Rows are added, never changed.
CREATE TABLE langchef_guard.ledger (
    id                  bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    recorded_at         timestamptz NOT NULL,
    transaction_at      timestamptz NOT NULL,
    xid                 xid8 NOT NULL,
    system_identifier   bigint NOT NULL,
    session_id          text NOT NULL,
    backend_pid         integer NOT NULL,
    authenticated_role  name NOT NULL,
    session_role        name NOT NULL,
    outer_role          name NOT NULL,
    effective_role      name NOT NULL,
    application_name    text,
    client_addr         inet,
    migration           text,
    revision_before     text,
    source              text NOT NULL,
    command_tag         text NOT NULL,
    operation           text NOT NULL,
    object_type         text,
    schema_name         name,
    identity            text,
    classid             oid,
    objid               oid,
    objsubid            integer,
    in_extension        boolean NOT NULL DEFAULT false,
    statement           text,
    definition_before   jsonb,
    definition_after    jsonb,
    difference          jsonb,
    class               text,
    rules               text[],
    approval_id         bigint,
    subxid              xid8
);
COMMENT ON TABLE langchef_guard.ledger IS 'append-only record of schema changes, one row per changed object';
-- No checks: only the library writes the table, and evaluating them would be a
-- measurable part of the price of a row.
COMMENT ON COLUMN langchef_guard.ledger.source IS
    'event, utility or unobserved: how the guard learnt of the change; of an unobserved one the row names who found it, not who made it';
COMMENT ON COLUMN langchef_guard.ledger.operation IS 'create, alter, drop, truncate or other';
COMMENT ON COLUMN langchef_guard.ledger.session_id IS 'as %c of log_line_prefix: start of the session and process id';
COMMENT ON COLUMN langchef_guard.ledger.subxid IS 'subtransaction of xid that the command ran in, as its catalog rows name it; null outside of any';
COMMENT ON COLUMN langchef_guard.ledger.statement IS
    'own slice of the command, secrets redacted; of a long one that changed many objects only the first row holds the whole';
COMMENT ON COLUMN langchef_guard.ledger.revision_before IS 'Alembic revision of the database when the command ran';
COMMENT ON COLUMN langchef_guard.ledger.difference IS 'array of {fact, kind, op, attribute, before, after}: what the command changed';
CREATE INDEX ledger_object_idx ON langchef_guard.ledger (classid, objid, id);
CREATE INDEX ledger_xid_idx ON langchef_guard.ledger (xid);
-- Few rows, which status() looks for.
CREATE INDEX ledger_unobserved_idx ON langchef_guard.ledger (recorded_at) WHERE source OPERATOR(pg_catalog.=) 'unobserved';
-- By the name that a row has, for history(): a name can be longer than an index row.
CREATE INDEX ledger_identity_idx ON langchef_guard.ledger (pg_catalog.hashtextextended(identity, 0), classid, objid);
-- Renames, which drift() follows, and by the name that was replaced: the id of a fact without its kind.
CREATE INDEX ledger_renamed_idx ON langchef_guard.ledger (id)
    WHERE difference OPERATOR(pg_catalog.@>) '[{"attribute": "name"}]' OR difference OPERATOR(pg_catalog.@>) '[{"attribute": "labels"}]';
CREATE INDEX ledger_old_name_idx ON langchef_guard.ledger (pg_catalog.hashtextextended(pg_catalog.regexp_replace(
        COALESCE(definition_before OPERATOR(pg_catalog.->>) 'id', difference OPERATOR(pg_catalog.->) 0 OPERATOR(pg_catalog.->>) 'before'),
        '^[a-z_]+:', ''), 0))
    WHERE difference OPERATOR(pg_catalog.@>) '[{"attribute": "name"}]';
REVOKE ALL ON TABLE langchef_guard.ledger FROM PUBLIC;
SELECT pg_catalog.pg_extension_config_dump('langchef_guard.ledger', '');

-- The last definition the guard saw of each object.  It is derived state and
-- not dumped: CREATE EXTENSION builds it from the catalogs it finds.
CREATE TABLE langchef_guard.known_object (
    classid       oid NOT NULL,
    objid         oid NOT NULL,
    object_type   text COLLATE pg_catalog."C" NOT NULL,
    identity      text COLLATE pg_catalog."C" NOT NULL,
    definition    jsonb NOT NULL,
    ledger_id     bigint,
    seen_at       timestamptz NOT NULL,
    identity_hash bigint NOT NULL,
    PRIMARY KEY (classid, objid)
);
COMMENT ON TABLE langchef_guard.known_object IS 'last definition the guard saw, one row per object';
COMMENT ON COLUMN langchef_guard.known_object.identity IS 'name when it was last seen; a container may have been renamed since';
COMMENT ON COLUMN langchef_guard.known_object.ledger_id IS 'ledger row that made it so; null for what CREATE EXTENSION found';
-- The name of a function with its argument types can be longer than an index row.
COMMENT ON COLUMN langchef_guard.known_object.identity_hash IS 'hash of identity and object_type, by which they are found';
CREATE INDEX known_object_identity_idx ON langchef_guard.known_object (identity_hash);
REVOKE ALL ON TABLE langchef_guard.known_object FROM PUBLIC;

-- Whose addresses known_object holds.  pg_upgrade and CREATE DATABASE ...
-- TEMPLATE copy both tables; the guard then reads the catalogs anew.
CREATE TABLE langchef_guard.baseline_state (
    singleton          boolean PRIMARY KEY DEFAULT true CHECK (singleton),
    system_identifier  bigint NOT NULL,
    database_oid       oid NOT NULL
);
COMMENT ON TABLE langchef_guard.baseline_state IS 'cluster and database that known_object was read in';
REVOKE ALL ON TABLE langchef_guard.baseline_state FROM PUBLIC;

-- One row per change of an Alembic version table: the boundary of a migration step.
CREATE TABLE langchef_guard.alembic_step (
    id                 bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    stepped_at         timestamptz NOT NULL,
    xid                xid8 NOT NULL,
    system_identifier  bigint NOT NULL,
    session_id         text NOT NULL,
    session_role       name NOT NULL,
    version_table      text NOT NULL,
    operation          text NOT NULL CHECK (operation IN ('insert', 'update', 'delete')),
    revision_from      text,
    revision_to        text,
    last_ledger_id     bigint
);
COMMENT ON TABLE langchef_guard.alembic_step IS 'changes of Alembic version tables; ledger rows of the session up to last_ledger_id belong to the step';
CREATE INDEX alembic_step_session_idx ON langchef_guard.alembic_step (session_id, last_ledger_id);
REVOKE ALL ON TABLE langchef_guard.alembic_step FROM PUBLIC;
SELECT pg_catalog.pg_extension_config_dump('langchef_guard.alembic_step', '');
