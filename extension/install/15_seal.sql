-- Seals: each is a hash over a batch of committed ledger rows, chained to the
-- seal before it.  A batch holds the rows of the transactions that the seal's
-- snapshot sees and those of the seals before it do not, so that nothing has to
-- wait for a seal, and no seal for a transaction.
CREATE TABLE langchef_guard.seal (
    id                 bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    format             integer NOT NULL,
    sealed_at          timestamptz NOT NULL,
    sealed_by          name NOT NULL,
    system_identifier  bigint NOT NULL,
    snapshot           pg_catalog.pg_snapshot NOT NULL,
    adopted            bigint[] NOT NULL,
    rows               bigint NOT NULL,
    first_ledger_id    bigint,
    last_ledger_id     bigint,
    digest             bytea NOT NULL,
    chain              bytea NOT NULL,
    pruned_at          timestamptz
);
COMMENT ON TABLE langchef_guard.seal IS 'hashes over batches of ledger rows, each chained to the one before';
COMMENT ON COLUMN langchef_guard.seal.format IS 'which columns of the ledger are hashed, and how';
COMMENT ON COLUMN langchef_guard.seal.adopted IS 'clusters whose rows came with a dump without a seal: the batch holds those, too';
COMMENT ON COLUMN langchef_guard.seal.digest IS 'SHA-256 of the rows of the batch';
COMMENT ON COLUMN langchef_guard.seal.chain IS 'SHA-256 of this seal and of the chain of the one before; it is in the server log, too';
COMMENT ON COLUMN langchef_guard.seal.pruned_at IS 'when prune() removed the rows; a ledger row says so as well';
REVOKE ALL ON TABLE langchef_guard.seal FROM PUBLIC;
SELECT pg_catalog.pg_extension_config_dump('langchef_guard.seal', '');
SELECT pg_catalog.pg_extension_config_dump('langchef_guard.seal_id_seq', '');
