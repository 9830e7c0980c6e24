-- Refused or submitted commands with their findings.
CREATE TABLE langchef_guard.proposal (
    id                bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    status            text NOT NULL DEFAULT 'pending' CHECK (status IN ('pending', 'approved', 'rejected', 'revoked', 'denied')),
    requester         name NOT NULL,
    requester_oid     oid NOT NULL,
    authenticated_role name NOT NULL,
    effective_role    name NOT NULL,
    application_name  text,
    client_addr       inet,
    migration         text,
    revision_before   text,
    summary           text NOT NULL,
    digest            bytea NOT NULL,
    commands          jsonb NOT NULL,
    attempts          bigint NOT NULL DEFAULT 1,
    invalid_tokens    bigint NOT NULL DEFAULT 0,
    filed_at          timestamptz NOT NULL,
    last_attempt_at   timestamptz NOT NULL,
    decided_by        name,
    decided_at        timestamptz,
    decision_reason   text
);
COMMENT ON TABLE langchef_guard.proposal IS 'refused commands awaiting a decision';
COMMENT ON COLUMN langchef_guard.proposal.requester IS 'session role of the refused session, by its name when it was last refused or the decision fell; a token is bound to it';
COMMENT ON COLUMN langchef_guard.proposal.invalid_tokens IS 'tokens presented with the attempts that the guard never gave: guesses, or slips of the pen';
COMMENT ON COLUMN langchef_guard.proposal.commands IS 'array of {tag, statement, digest, effects}, in the order they ran';
CREATE UNIQUE INDEX proposal_open_key ON langchef_guard.proposal (requester_oid, digest)
    WHERE status OPERATOR(pg_catalog.=) 'pending';
CREATE INDEX proposal_requester_digest_idx ON langchef_guard.proposal (requester_oid, digest, id);
REVOKE ALL ON TABLE langchef_guard.proposal FROM PUBLIC;
SELECT pg_catalog.pg_extension_config_dump('langchef_guard.proposal', '');
SELECT pg_catalog.pg_extension_config_dump('langchef_guard.proposal_id_seq', '');

-- A DBA's consent.  Only the hash of its token is kept.
CREATE TABLE langchef_guard.approval (
    id               bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    proposal_id      bigint,
    token_hash       bytea NOT NULL,
    role             name NOT NULL,
    role_oid         oid NOT NULL,
    database_oid     oid NOT NULL,
    system_identifier bigint NOT NULL,
    digests          bytea[],
    scope_rules      text[],
    scope_objects    jsonb,
    max_uses         integer NOT NULL CHECK (max_uses OPERATOR(pg_catalog.>) 0),
    uses             integer[] NOT NULL,
    issued_by        name NOT NULL,
    issued_at        timestamptz NOT NULL,
    reason           text,
    valid_until      timestamptz NOT NULL,
    revoked_by       name,
    revoked_at       timestamptz,
    revoke_reason    text,
    last_used_at     timestamptz
);
COMMENT ON TABLE langchef_guard.approval IS 'approvals and their hashed tokens';
COMMENT ON COLUMN langchef_guard.approval.digests IS 'digests of the approved commands; null for a scoped token';
COMMENT ON COLUMN langchef_guard.approval.scope_objects IS 'array of {classid, objid, identity}; null for every object';
COMMENT ON COLUMN langchef_guard.approval.uses IS 'uses so far, one element per approved command, or one in all for a scoped token';
CREATE UNIQUE INDEX approval_token_hash_key ON langchef_guard.approval (token_hash);
CREATE INDEX approval_proposal_id_idx ON langchef_guard.approval (proposal_id);
REVOKE ALL ON TABLE langchef_guard.approval FROM PUBLIC;
SELECT pg_catalog.pg_extension_config_dump('langchef_guard.approval', '');
SELECT pg_catalog.pg_extension_config_dump('langchef_guard.approval_id_seq', '');

-- Key of the hashes that bind approvals to the text of commands.  It is not
-- dumped: approvals of another database are not valid here.
CREATE TABLE langchef_guard.digest_key (
    singleton  boolean PRIMARY KEY DEFAULT true CHECK (singleton),
    key        bytea NOT NULL
);
COMMENT ON TABLE langchef_guard.digest_key IS 'key of the hashes that approvals keep of the text of commands';
REVOKE ALL ON TABLE langchef_guard.digest_key FROM PUBLIC;
INSERT INTO langchef_guard.digest_key (key)
VALUES (pg_catalog.sha256(pg_catalog.uuid_send(pg_catalog.gen_random_uuid())
    OPERATOR(pg_catalog.||) pg_catalog.uuid_send(pg_catalog.gen_random_uuid())));

-- What differs from the default action of a rule; the most specific row wins.
CREATE TABLE langchef_guard.policy (
    id           bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    rule         text,
    class        text,
    schema_name  text,
    object       text,
    role         text,
    min_rows     bigint,
    action       text NOT NULL CHECK (action IN ('allow', 'record', 'warn', 'approve', 'deny')),
    reason       text,
    created_by   name NOT NULL DEFAULT SESSION_USER,
    created_at   timestamptz NOT NULL DEFAULT pg_catalog.clock_timestamp()
);
COMMENT ON TABLE langchef_guard.policy IS 'actions that differ from the default of a rule; null matches everything, the most specific row wins';
REVOKE ALL ON TABLE langchef_guard.policy FROM PUBLIC;
SELECT pg_catalog.pg_extension_config_dump('langchef_guard.policy', '');
SELECT pg_catalog.pg_extension_config_dump('langchef_guard.policy_id_seq', '');

-- What a row names is kept as the server prints it, since the guard compares text.
CREATE FUNCTION langchef_guard.check_policy()
RETURNS trigger LANGUAGE C VOLATILE PARALLEL UNSAFE SET search_path = pg_catalog, pg_temp SET quote_all_identifiers = off
AS 'MODULE_PATHNAME', 'lcg_check_policy';
REVOKE ALL ON FUNCTION langchef_guard.check_policy() FROM PUBLIC;
COMMENT ON FUNCTION langchef_guard.check_policy() IS 'refuses policies that would never match';
CREATE TRIGGER check_policy BEFORE INSERT OR UPDATE ON langchef_guard.policy
    FOR EACH ROW EXECUTE FUNCTION langchef_guard.check_policy();
ALTER TABLE langchef_guard.policy ENABLE ALWAYS TRIGGER check_policy;
