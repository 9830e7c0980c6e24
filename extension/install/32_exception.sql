-- What keeps differences from counting: options of an expected schema, ignore rules, accepted
-- differences.  Rows of the last two are ended, never removed: they say who wanted it so, and why.
CREATE TABLE langchef_guard.expected_option (
    schema_name  text PRIMARY KEY,
    options      jsonb NOT NULL CHECK (pg_catalog.jsonb_typeof(options) OPERATOR(pg_catalog.=) 'object'),
    set_by       name NOT NULL,
    set_at       timestamptz NOT NULL
);
COMMENT ON TABLE langchef_guard.expected_option IS 'what of an expected schema is not compared; kept when it is registered again';
COMMENT ON COLUMN langchef_guard.expected_option.options IS 'those that differ from their defaults';
REVOKE ALL ON TABLE langchef_guard.expected_option FROM PUBLIC;
SELECT pg_catalog.pg_extension_config_dump('langchef_guard.expected_option', '');

CREATE TABLE langchef_guard.ignore_rule (
    id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    kind        text,
    attribute   text,
    object      text,
    reason      text NOT NULL CHECK (reason OPERATOR(pg_catalog.<>) ''),
    expires     timestamptz,
    created_by  name NOT NULL,
    created_at  timestamptz NOT NULL,
    ended_by    name,
    ended_at    timestamptz,
    end_reason  text
);
COMMENT ON TABLE langchef_guard.ignore_rule IS 'differences that do not count as drift, by kind, attribute and name; null matches everything';
COMMENT ON COLUMN langchef_guard.ignore_rule.object IS 'pattern of LIKE for the object as drift() names it';
REVOKE ALL ON TABLE langchef_guard.ignore_rule FROM PUBLIC;
SELECT pg_catalog.pg_extension_config_dump('langchef_guard.ignore_rule', '');
SELECT pg_catalog.pg_extension_config_dump('langchef_guard.ignore_rule_id_seq', '');

CREATE TABLE langchef_guard.accepted_difference (
    id               bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    schema_name      text NOT NULL,
    drift_id         text NOT NULL,
    fact_digest      text NOT NULL,
    accepted_with    text NOT NULL,
    operation        text NOT NULL,
    kind             text NOT NULL,
    object           text NOT NULL,
    attribute        text,
    expected         text,
    actual           text,
    accepted_by      name NOT NULL,
    accepted_at      timestamptz NOT NULL,
    reason           text NOT NULL CHECK (reason OPERATOR(pg_catalog.<>) ''),
    withdrawn_by     name,
    withdrawn_at     timestamptz,
    withdraw_reason  text
);
COMMENT ON TABLE langchef_guard.accepted_difference IS 'differences from an expected schema that were accepted one by one';
COMMENT ON COLUMN langchef_guard.accepted_difference.fact_digest IS 'of what is missing or unexpected, so that it counts again when it changes';
COMMENT ON COLUMN langchef_guard.accepted_difference.accepted_with IS 'the difference that was named, which implies this one or is this one';
CREATE UNIQUE INDEX accepted_difference_key ON langchef_guard.accepted_difference (schema_name, drift_id, fact_digest) WHERE withdrawn_at IS NULL;
REVOKE ALL ON TABLE langchef_guard.accepted_difference FROM PUBLIC;
SELECT pg_catalog.pg_extension_config_dump('langchef_guard.accepted_difference', '');
SELECT pg_catalog.pg_extension_config_dump('langchef_guard.accepted_difference_id_seq', '');
