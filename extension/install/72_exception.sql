CREATE FUNCTION langchef_guard.configure_expected(name text, options jsonb) RETURNS jsonb
    LANGUAGE c VOLATILE SET search_path = pg_catalog, pg_temp
    AS 'MODULE_PATHNAME', 'lcg_configure_expected';
COMMENT ON FUNCTION langchef_guard.configure_expected(text, jsonb)
    IS 'sets what of an expected schema is compared, those options only that are named; returns all that differ from their defaults';
REVOKE ALL ON FUNCTION langchef_guard.configure_expected(text, jsonb) FROM PUBLIC;

CREATE FUNCTION langchef_guard.ignore_drift(kind text, attribute text, object text, reason text, expires timestamptz DEFAULT NULL)
    RETURNS bigint
    LANGUAGE c VOLATILE SET search_path = pg_catalog, pg_temp
    AS 'MODULE_PATHNAME', 'lcg_ignore_drift';
COMMENT ON FUNCTION langchef_guard.ignore_drift(text, text, text, text, timestamptz)
    IS 'makes differences of a kind, an attribute, and objects with names like a pattern (null: any) not count; returns the number of the rule';
REVOKE ALL ON FUNCTION langchef_guard.ignore_drift(text, text, text, text, timestamptz) FROM PUBLIC;

CREATE FUNCTION langchef_guard.unignore_drift(rule bigint, reason text) RETURNS void
    LANGUAGE c VOLATILE SET search_path = pg_catalog, pg_temp
    AS 'MODULE_PATHNAME', 'lcg_unignore_drift';
COMMENT ON FUNCTION langchef_guard.unignore_drift(bigint, text) IS 'ends an ignore rule';
REVOKE ALL ON FUNCTION langchef_guard.unignore_drift(bigint, text) FROM PUBLIC;

CREATE FUNCTION langchef_guard.accept_drift(ids text[], reason text, name text DEFAULT NULL) RETURNS bigint
    LANGUAGE c VOLATILE SET search_path = pg_catalog, pg_temp
    AS 'MODULE_PATHNAME', 'lcg_accept_drift';
COMMENT ON FUNCTION langchef_guard.accept_drift(text[], text, text)
    IS 'accepts differences by their drift_id, with all that they imply, for as long as they stay as they are; returns how many';
REVOKE ALL ON FUNCTION langchef_guard.accept_drift(text[], text, text) FROM PUBLIC;

CREATE FUNCTION langchef_guard.unaccept_drift(ids text[], reason text, name text DEFAULT NULL) RETURNS bigint
    LANGUAGE c VOLATILE SET search_path = pg_catalog, pg_temp
    AS 'MODULE_PATHNAME', 'lcg_unaccept_drift';
COMMENT ON FUNCTION langchef_guard.unaccept_drift(text[], text, text) IS 'takes back that differences were accepted; returns how many';
REVOKE ALL ON FUNCTION langchef_guard.unaccept_drift(text[], text, text) FROM PUBLIC;

CREATE VIEW langchef_guard.ignore_rules AS
    SELECT r.id,
           CASE WHEN r.ended_at IS NOT NULL THEN 'ended'
                WHEN r.expires OPERATOR(pg_catalog.<=) pg_catalog.now() THEN 'expired' ELSE 'active' END AS state,
           r.kind, r.attribute, langchef_guard.shown(r.object) AS object, langchef_guard.shown(r.reason) AS reason, r.expires, r.created_by,
           r.created_at, r.ended_by, r.ended_at, langchef_guard.shown(r.end_reason) AS end_reason
      FROM langchef_guard.ignore_rule r;
COMMENT ON VIEW langchef_guard.ignore_rules IS 'rules of ignore_drift(), those that ended included';
REVOKE ALL ON TABLE langchef_guard.ignore_rules FROM PUBLIC;

CREATE VIEW langchef_guard.accepted_differences AS
    SELECT a.schema_name AS name, CASE WHEN a.withdrawn_at IS NULL THEN 'active' ELSE 'withdrawn' END AS state, a.drift_id, a.operation, a.kind,
           langchef_guard.shown(a.object) AS object, a.attribute, langchef_guard.shown(a.expected) AS expected, langchef_guard.shown(a.actual) AS actual,
           a.accepted_with, a.accepted_by, a.accepted_at, langchef_guard.shown(a.reason) AS reason, a.withdrawn_by, a.withdrawn_at,
           langchef_guard.shown(a.withdraw_reason) AS withdraw_reason
      FROM langchef_guard.accepted_difference a;
COMMENT ON VIEW langchef_guard.accepted_differences IS 'differences that were accepted with accept_drift(), those that were taken back included';
REVOKE ALL ON TABLE langchef_guard.accepted_differences FROM PUBLIC;
