-- Who may decide and who may write policy: changes of the guard's own objects are recorded by name.
SET client_min_messages = error;
CREATE EXTENSION IF NOT EXISTS langchef_guard;
RESET client_min_messages;
CREATE ROLE regress_guard_decider;
SELECT coalesce(max(id), 0) AS last FROM langchef_guard.ledger \gset
GRANT INSERT ON langchef_guard.policy TO regress_guard_decider;
GRANT EXECUTE ON FUNCTION langchef_guard.revoke(bigint, text) TO regress_guard_decider;
SELECT langchef_guard.grant_approver('regress_guard_decider');
SELECT DISTINCT command_tag, object_type, identity, definition_after IS NULL AS by_name FROM langchef_guard.ledger
 WHERE id > :last AND identity ~ '^langchef_guard\.(policy|revoke\(|approve)' ORDER BY identity;
-- What the extension's own script makes is not.
SELECT count(*) FROM langchef_guard.ledger WHERE command_tag = 'CREATE EXTENSION' AND schema_name = 'langchef_guard';
REVOKE ALL ON ALL TABLES IN SCHEMA langchef_guard FROM regress_guard_decider;
REVOKE ALL ON ALL FUNCTIONS IN SCHEMA langchef_guard FROM regress_guard_decider;
REVOKE ALL ON SCHEMA langchef_guard FROM regress_guard_decider;
