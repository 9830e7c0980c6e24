-- A publication FOR ALL TABLES has the tables of the publisher's guard in it, too.  What comes from there is no
-- record, no policy and no approval of this database.
CREATE FUNCTION langchef_guard.skip_replicated() RETURNS trigger
    LANGUAGE c SET search_path = pg_catalog, pg_temp
    AS 'MODULE_PATHNAME', 'lcg_skip_replicated';
COMMENT ON FUNCTION langchef_guard.skip_replicated() IS 'keeps rows that logical replication applies out of the guard''s tables';
REVOKE ALL ON FUNCTION langchef_guard.skip_replicated() FROM PUBLIC;

DO $$
DECLARE
    relation pg_catalog.regclass;
BEGIN
    FOR relation IN SELECT c.oid FROM pg_catalog.pg_class AS c
                    WHERE c.relnamespace OPERATOR(pg_catalog.=) 'langchef_guard'::pg_catalog.regnamespace AND c.relkind OPERATOR(pg_catalog.=) 'r'
    LOOP
        EXECUTE pg_catalog.format('CREATE TRIGGER skip_replicated BEFORE INSERT OR UPDATE OR DELETE ON %s FOR EACH ROW'
                                  ' EXECUTE FUNCTION langchef_guard.skip_replicated()', relation);
        EXECUTE pg_catalog.format('ALTER TABLE %s ENABLE ALWAYS TRIGGER skip_replicated', relation);
    END LOOP;
END $$;
