-- Decisions.  The functions act for the session's role, so they cannot be
-- lent to others by a security-definer function.
CREATE FUNCTION langchef_guard.approve(proposal bigint, reason text DEFAULT NULL, valid_for interval DEFAULT '1 hour',
                                       max_uses integer DEFAULT 1)
RETURNS text LANGUAGE C VOLATILE PARALLEL UNSAFE SET search_path = pg_catalog, pg_temp
AS 'MODULE_PATHNAME', 'lcg_approve';
REVOKE ALL ON FUNCTION langchef_guard.approve(bigint, text, interval, integer) FROM PUBLIC;
COMMENT ON FUNCTION langchef_guard.approve(bigint, text, interval, integer) IS
    'approves a proposal and returns the token for its requester, which is shown only once; approving again gives another token';

CREATE FUNCTION langchef_guard.reject(proposal bigint, reason text)
RETURNS void LANGUAGE C VOLATILE PARALLEL UNSAFE SET search_path = pg_catalog, pg_temp
AS 'MODULE_PATHNAME', 'lcg_reject';
REVOKE ALL ON FUNCTION langchef_guard.reject(bigint, text) FROM PUBLIC;
COMMENT ON FUNCTION langchef_guard.reject(bigint, text) IS 'rejects a pending proposal; its requester sees the reason';

CREATE FUNCTION langchef_guard.revoke(proposal bigint, reason text DEFAULT NULL)
RETURNS void LANGUAGE C VOLATILE PARALLEL UNSAFE SET search_path = pg_catalog, pg_temp
AS 'MODULE_PATHNAME', 'lcg_revoke';
REVOKE ALL ON FUNCTION langchef_guard.revoke(bigint, text) FROM PUBLIC;
COMMENT ON FUNCTION langchef_guard.revoke(bigint, text) IS 'takes back every token given for a proposal';

CREATE FUNCTION langchef_guard.revoke_token(approval bigint, reason text DEFAULT NULL)
RETURNS void LANGUAGE C VOLATILE PARALLEL UNSAFE SET search_path = pg_catalog, pg_temp
AS 'MODULE_PATHNAME', 'lcg_revoke_token';
REVOKE ALL ON FUNCTION langchef_guard.revoke_token(bigint, text) FROM PUBLIC;
COMMENT ON FUNCTION langchef_guard.revoke_token(bigint, text) IS 'takes back one token, by the number of its approval';

CREATE FUNCTION langchef_guard.issue_token(role name, rules text[], objects text[], valid_for interval DEFAULT '1 hour',
                                           max_uses integer DEFAULT 1, reason text DEFAULT NULL)
RETURNS text LANGUAGE C VOLATILE PARALLEL UNSAFE SET search_path = pg_catalog, pg_temp
AS 'MODULE_PATHNAME', 'lcg_issue_token';
REVOKE ALL ON FUNCTION langchef_guard.issue_token(name, text[], text[], interval, integer, text) FROM PUBLIC;
COMMENT ON FUNCTION langchef_guard.issue_token(name, text[], text[], interval, integer, text) IS
    'returns a token without a proposal, for the given rules and objects (null: any)';

-- Presenting a token gives nothing that was not granted with it.
CREATE FUNCTION langchef_guard.use_token(token text)
RETURNS void LANGUAGE C VOLATILE PARALLEL UNSAFE SET search_path = pg_catalog, pg_temp
AS 'MODULE_PATHNAME', 'lcg_use_token';
REVOKE ALL ON FUNCTION langchef_guard.use_token(text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION langchef_guard.use_token(text) TO PUBLIC;
COMMENT ON FUNCTION langchef_guard.use_token(text) IS
    'presents one or more tokens for the rest of the session, as SET langchef_guard.approval_token; takes a bound parameter';

CREATE FUNCTION langchef_guard.grant_approver(role regrole)
RETURNS void LANGUAGE C VOLATILE PARALLEL UNSAFE SET search_path = pg_catalog, pg_temp
AS 'MODULE_PATHNAME', 'lcg_grant_approver';
REVOKE ALL ON FUNCTION langchef_guard.grant_approver(regrole) FROM PUBLIC;
COMMENT ON FUNCTION langchef_guard.grant_approver(regrole) IS 'lets a role read proposals and decide on them';

CREATE FUNCTION langchef_guard.grant_auditor(role regrole)
RETURNS void LANGUAGE C VOLATILE PARALLEL UNSAFE SET search_path = pg_catalog, pg_temp
AS 'MODULE_PATHNAME', 'lcg_grant_auditor';
REVOKE ALL ON FUNCTION langchef_guard.grant_auditor(regrole) FROM PUBLIC;
COMMENT ON FUNCTION langchef_guard.grant_auditor(regrole) IS 'lets a role read everything the guard knows, and change nothing';

CREATE VIEW langchef_guard.approvals WITH (security_barrier = true) AS
SELECT a.id, a.proposal_id,
       CASE WHEN a.revoked_at IS NOT NULL THEN 'revoked'
            WHEN a.uses_left OPERATOR(pg_catalog.=) 0 THEN 'spent'
            WHEN a.valid_until OPERATOR(pg_catalog.<=) pg_catalog.clock_timestamp() THEN 'expired'
            ELSE 'active' END AS state,
       a.role, a.scope_rules, a.scope_objects, a.max_uses, a.uses_left, a.issued_by, a.issued_at, a.reason, a.valid_until,
       a.last_used_at, a.revoked_by, a.revoked_at, a.revoke_reason
FROM (SELECT b.*,
             b.max_uses OPERATOR(pg_catalog.-) (SELECT pg_catalog.min(used) FROM pg_catalog.unnest(b.uses) AS used) AS uses_left
      FROM langchef_guard.approval b) AS a;
REVOKE ALL ON TABLE langchef_guard.approvals FROM PUBLIC;
COMMENT ON VIEW langchef_guard.approvals IS 'approvals and scoped tokens, without the tokens';
COMMENT ON COLUMN langchef_guard.approvals.uses_left IS 'uses left of the command that was used least';

CREATE VIEW langchef_guard.proposals WITH (security_barrier = true) AS
SELECT p.id,
       CASE WHEN p.status OPERATOR(pg_catalog.<>) 'approved' OR 'active' OPERATOR(pg_catalog.=) ANY (a.states) THEN p.status
            WHEN 'spent' OPERATOR(pg_catalog.=) ANY (a.states) THEN 'used'
            WHEN 'expired' OPERATOR(pg_catalog.=) ANY (a.states) THEN 'expired'
            ELSE 'revoked' END AS status,
       p.requester, p.summary,
       p.commands OPERATOR(pg_catalog.->) -1 OPERATOR(pg_catalog.->>) 'tag' AS command_tag,
       ARRAY(SELECT langchef_guard.shown_statement(c.value OPERATOR(pg_catalog.->>) 'statement')
             FROM pg_catalog.jsonb_array_elements(p.commands) WITH ORDINALITY AS c ORDER BY c.ordinality) AS statements,
       ARRAY(SELECT DISTINCT e.value OPERATOR(pg_catalog.->>) 'rule'
             FROM pg_catalog.jsonb_array_elements(p.commands) AS c,
                  pg_catalog.jsonb_array_elements(c.value OPERATOR(pg_catalog.->) 'effects') AS e ORDER BY 1) AS rules,
       p.attempts, p.invalid_tokens, p.filed_at, p.last_attempt_at, p.decided_by, p.decided_at, p.decision_reason, p.migration,
       p.revision_before, p.authenticated_role, p.effective_role, p.application_name, p.client_addr, p.commands
FROM langchef_guard.proposal p,
     LATERAL (SELECT pg_catalog.array_agg(v.state) FROM langchef_guard.approvals v
              WHERE v.proposal_id OPERATOR(pg_catalog.=) p.id) AS a (states);
REVOKE ALL ON TABLE langchef_guard.proposals FROM PUBLIC;
COMMENT ON VIEW langchef_guard.proposals IS 'refused commands and what was decided on them';
COMMENT ON COLUMN langchef_guard.proposals.status IS
    'pending, approved (a token can be used), used, expired (no token can be used any more), rejected, revoked, or denied (no approval can be had)';
COMMENT ON COLUMN langchef_guard.proposals.command_tag IS 'of the refused command, the last of the proposal';

-- By name and by identifier: neither a new role of an old name nor one that
-- got an old identifier in a restored database reads what is not its own.
CREATE VIEW langchef_guard.my_proposals WITH (security_barrier = true) AS
SELECT v.id, v.status, v.summary, v.command_tag, v.statements, v.rules, v.attempts, v.filed_at, v.last_attempt_at,
       v.decided_by, v.decided_at, v.decision_reason, v.migration, v.revision_before
FROM langchef_guard.proposals v
JOIN langchef_guard.proposal p ON p.id OPERATOR(pg_catalog.=) v.id
JOIN pg_catalog.pg_roles r ON r.oid OPERATOR(pg_catalog.=) p.requester_oid
WHERE p.requester OPERATOR(pg_catalog.=) SESSION_USER AND r.rolname OPERATOR(pg_catalog.=) SESSION_USER;
REVOKE ALL ON TABLE langchef_guard.my_proposals FROM PUBLIC;
GRANT SELECT ON TABLE langchef_guard.my_proposals TO PUBLIC;
COMMENT ON VIEW langchef_guard.my_proposals IS 'proposals of the session''s own role';
