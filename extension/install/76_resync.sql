CREATE FUNCTION langchef_guard.resync() RETURNS bigint
    LANGUAGE c VOLATILE SET search_path = pg_catalog, pg_temp
    AS 'MODULE_PATHNAME', 'lcg_resync';
COMMENT ON FUNCTION langchef_guard.resync()
    IS 'enters what changed while the guard did not look in the ledger, as unobserved; returns the number of changed objects';
REVOKE ALL ON FUNCTION langchef_guard.resync() FROM PUBLIC;
