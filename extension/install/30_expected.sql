-- Registered snapshots that the database is compared with.
CREATE TABLE langchef_guard.expected_schema (
    name                text PRIMARY KEY CHECK (name OPERATOR(pg_catalog.<>) ''),
    active              boolean NOT NULL DEFAULT false,
    source              text NOT NULL CHECK (source IN ('live', 'document', 'ddl')),
    registered_at       timestamptz NOT NULL,
    registered_by       name NOT NULL,
    registered_xid      xid8 NOT NULL,
    registered_snapshot pg_catalog.pg_snapshot NOT NULL,
    revision            text,
    system_identifier   bigint NOT NULL,
    ledger_id           bigint NOT NULL,
    format_version      integer NOT NULL,
    server_version_num  integer NOT NULL,
    encoding            text NOT NULL,
    facts               bigint NOT NULL,
    digest              text NOT NULL
);
COMMENT ON TABLE langchef_guard.expected_schema IS 'registered expected schemas';
COMMENT ON COLUMN langchef_guard.expected_schema.registered_by IS 'session role that registered it';
COMMENT ON COLUMN langchef_guard.expected_schema.registered_xid IS 'transaction that registered it';
COMMENT ON COLUMN langchef_guard.expected_schema.registered_snapshot IS
    'transactions that were over when the catalogs were read: what they wrote was there already';
COMMENT ON COLUMN langchef_guard.expected_schema.ledger_id IS
    'last ledger row when it was registered: later rows explain drift, and those of transactions that were under way';
COMMENT ON COLUMN langchef_guard.expected_schema.revision IS 'Alembic revision it was registered at';
COMMENT ON COLUMN langchef_guard.expected_schema.server_version_num IS 'version of the server whose catalogs it describes';
CREATE UNIQUE INDEX expected_schema_active_key ON langchef_guard.expected_schema (active) WHERE active;
REVOKE ALL ON TABLE langchef_guard.expected_schema FROM PUBLIC;
SELECT pg_catalog.pg_extension_config_dump('langchef_guard.expected_schema', '');

-- A fact id can be longer than an index row (a function's argument types), so
-- none is indexed; facts are numbered in the order of their ids.
CREATE TABLE langchef_guard.expected_object (
    schema_name  text NOT NULL,
    number       integer NOT NULL,
    fact_id      text NOT NULL,
    kind         text NOT NULL,
    parent_id    text,
    payload      jsonb NOT NULL,
    digest       text NOT NULL
);
COMMENT ON TABLE langchef_guard.expected_object IS 'facts of the expected schemas';
ALTER TABLE langchef_guard.expected_object ADD PRIMARY KEY (schema_name, number);
REVOKE ALL ON TABLE langchef_guard.expected_object FROM PUBLIC;
SELECT pg_catalog.pg_extension_config_dump('langchef_guard.expected_object', '');

-- Where the catalog rows lay, and who had written them, when they were last compared with an
-- expected schema.  It means nothing in another database or cluster and is not dumped.
CREATE TABLE langchef_guard.expected_stamp (
    schema_name  text NOT NULL,
    part         integer NOT NULL,
    stamps       bytea NOT NULL,
    PRIMARY KEY (schema_name, part)
);
COMMENT ON TABLE langchef_guard.expected_stamp IS 'what need not be read again to compare the catalogs with an expected schema';
ALTER TABLE langchef_guard.expected_stamp ALTER COLUMN stamps SET STORAGE EXTERNAL;
REVOKE ALL ON TABLE langchef_guard.expected_stamp FROM PUBLIC;

-- Where the rows of the catalogs lie, page by page, so that only pages that were written since are read again; as little
-- of use in another database or cluster.
CREATE TABLE langchef_guard.catalog_map (
    catalog      oid NOT NULL,
    part         integer NOT NULL,
    content      bytea NOT NULL,
    PRIMARY KEY (catalog, part)
);
COMMENT ON TABLE langchef_guard.catalog_map IS 'where the rows of the system catalogs lay when they were last compared with an expected schema';
ALTER TABLE langchef_guard.catalog_map ALTER COLUMN content SET STORAGE EXTERNAL;
REVOKE ALL ON TABLE langchef_guard.catalog_map FROM PUBLIC;

-- Key of the hashes that stand for secret options in definitions.  It is dumped,
-- so that a restored database tells a changed password from an unchanged one:
-- the oldest key counts.
CREATE TABLE langchef_guard.secret_key (
    created_at  timestamptz PRIMARY KEY DEFAULT pg_catalog.clock_timestamp(),
    key         bytea NOT NULL
);
COMMENT ON TABLE langchef_guard.secret_key IS 'key of the hashes that stand for secret options of servers, user mappings and subscriptions in definitions';
REVOKE ALL ON TABLE langchef_guard.secret_key FROM PUBLIC;
INSERT INTO langchef_guard.secret_key (key)
VALUES (pg_catalog.sha256(pg_catalog.uuid_send(pg_catalog.gen_random_uuid())
    OPERATOR(pg_catalog.||) pg_catalog.uuid_send(pg_catalog.gen_random_uuid())));
SELECT pg_catalog.pg_extension_config_dump('langchef_guard.secret_key', '');
