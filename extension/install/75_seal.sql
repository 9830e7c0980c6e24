CREATE FUNCTION langchef_guard.seal() RETURNS bigint
    LANGUAGE c VOLATILE SET search_path = pg_catalog, pg_temp
    AS 'MODULE_PATHNAME', 'lcg_seal';
COMMENT ON FUNCTION langchef_guard.seal() IS 'seals the ledger rows committed since the last seal; returns the number of the seal, null when there were none';
REVOKE ALL ON FUNCTION langchef_guard.seal() FROM PUBLIC;

CREATE FUNCTION langchef_guard.verify_ledger(OUT seals bigint, OUT sealed_rows bigint, OUT pruned_seals bigint, OUT unsealed_rows bigint,
                                             OUT chain text)
    RETURNS SETOF record LANGUAGE c VOLATILE SET search_path = pg_catalog, pg_temp
    AS 'MODULE_PATHNAME', 'lcg_verify_ledger';
COMMENT ON FUNCTION langchef_guard.verify_ledger()
    IS 'checks every seal against the ledger; raises LG005 and names the first bad one, else tells how much it checked';
REVOKE ALL ON FUNCTION langchef_guard.verify_ledger() FROM PUBLIC;

CREATE FUNCTION langchef_guard.prune(older_than interval) RETURNS bigint
    LANGUAGE c VOLATILE SET search_path = pg_catalog, pg_temp
    AS 'MODULE_PATHNAME', 'lcg_prune';
COMMENT ON FUNCTION langchef_guard.prune(interval)
    IS 'removes the ledger rows of seals older than that, and keeps the seals; returns the number of rows';
REVOKE ALL ON FUNCTION langchef_guard.prune(interval) FROM PUBLIC;
