-- Drops and alterations of what a database has, in an order that a seed shuffles: as many as the variable "changes" says,
-- evenly over the sorts of change, as a script of psql: each is made in a transaction of its own, compared with the expected
-- schema "base", and rolled back.
\set QUIET on
\pset tuples_only on
\pset format unaligned
SET search_path = pg_catalog;
CREATE TEMPORARY VIEW named_schema AS
SELECT oid, quote_ident(nspname) AS name FROM pg_namespace
 WHERE nspname <> 'langchef_guard' AND nspname !~ '^pg_' AND nspname <> 'information_schema';
CREATE TEMPORARY VIEW relation AS
SELECT c.oid, c.relkind, EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype IN ('i', 'P', 'S') AND c.relkind <> 'c') AS "inner",
       EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype IN ('a', 'i') AND c.relkind = 'S') AS owned,
       s.name || '.' || quote_ident(c.relname) AS name, c.relispartition OR c.relhassubclass AS related, c.reloftype <> 0 AS typed,
       CASE c.relkind WHEN 'r' THEN 'table' WHEN 'p' THEN 'table' WHEN 'f' THEN 'foreign_table' WHEN 'v' THEN 'view' WHEN 'm' THEN 'matview'
                      WHEN 'S' THEN 'sequence' WHEN 'i' THEN 'index' WHEN 'I' THEN 'index' WHEN 'c' THEN 'composite' END AS kind
  FROM pg_class c JOIN named_schema s ON s.oid = c.relnamespace
 WHERE c.relpersistence <> 't';
CREATE TEMPORARY VIEW change (sort, command, kind, object, operation, attribute) AS
-- Relations.
SELECT 'drop ' || kind, format('DROP %s %s CASCADE', replace(replace(replace(upper(kind), '_', ' '), 'MATVIEW', 'MATERIALIZED VIEW'), 'COMPOSITE', 'TYPE'), name),
       kind, name, 'missing', NULL
  FROM relation WHERE NOT ("inner" AND kind IN ('index', 'sequence'))
UNION ALL
SELECT 'comment on ' || kind, format('COMMENT ON %s %s IS %L', replace(replace(replace(upper(kind), '_', ' '), 'MATVIEW', 'MATERIALIZED VIEW'), 'COMPOSITE', 'TYPE'), name, 'changed'),
       kind, name, 'changed', 'comment'
  FROM relation WHERE NOT ("inner" AND kind IN ('index', 'sequence'))
UNION ALL
SELECT 'grant on ' || kind, format('GRANT %s ON %s %s TO regress_rls_carol WITH GRANT OPTION', CASE kind WHEN 'sequence' THEN 'USAGE' ELSE 'TRIGGER' END,
       CASE kind WHEN 'sequence' THEN 'SEQUENCE' ELSE 'TABLE' END, name), kind, name, 'changed', 'acl'
  FROM relation WHERE kind IN ('table', 'view', 'matview', 'sequence', 'foreign_table') AND NOT ("inner" AND kind = 'sequence')
UNION ALL
SELECT 'owner of ' || kind, format('ALTER %s %s OWNER TO regress_rls_dave', replace(replace(replace(upper(kind), '_', ' '), 'MATVIEW', 'MATERIALIZED VIEW'), 'COMPOSITE', 'TYPE'), name),
       kind, name, 'changed', 'owner'
  FROM relation WHERE kind <> 'index' AND NOT owned
UNION ALL
SELECT 'option of ' || kind, format('ALTER %s %s SET (%s)', CASE kind WHEN 'matview' THEN 'MATERIALIZED VIEW' ELSE upper(kind) END, name,
       CASE kind WHEN 'view' THEN 'security_barrier = true' ELSE 'autovacuum_enabled = false' END), kind, name, 'changed',
       CASE kind WHEN 'view' THEN 'security_barrier' ELSE 'options' END
  FROM relation JOIN pg_class c USING (oid) WHERE relation.relkind IN ('r', 'v', 'm') AND c.reloptions IS NULL
UNION ALL
SELECT 'row security', format('ALTER TABLE %s FORCE ROW LEVEL SECURITY', name), kind, name, 'changed', 'force_row_security' FROM relation WHERE kind = 'table'
UNION ALL
SELECT 'replica identity', format('ALTER TABLE %s REPLICA IDENTITY NOTHING', name), kind, name, 'changed', 'replica_identity' FROM relation WHERE kind = 'table'
UNION ALL
SELECT 'no inherit', format('ALTER TABLE %s NO INHERIT %s', r.name, p.name), r.kind, r.name, 'changed', 'inherits'
  FROM pg_inherits i JOIN relation r ON r.oid = i.inhrelid JOIN relation p ON p.oid = i.inhparent WHERE p.relkind = 'r'
UNION ALL
SELECT 'detach', format('ALTER TABLE %s DETACH PARTITION %s', p.name, r.name), r.kind, r.name, 'changed', 'partition_of'
  FROM pg_inherits i JOIN relation r ON r.oid = i.inhrelid JOIN relation p ON p.oid = i.inhparent WHERE p.relkind = 'p'
UNION ALL
SELECT 'increment', format('ALTER SEQUENCE %s INCREMENT 7', name), kind, name, 'changed', 'increment' FROM relation WHERE relkind = 'S' AND NOT "inner"
UNION ALL
SELECT 'index option', format('ALTER INDEX %s SET (fillfactor = 63)', name), kind, name, 'changed', 'options' FROM relation r JOIN pg_index i ON i.indexrelid = r.oid
 WHERE r.relkind = 'i' AND NOT r."inner" AND NOT r.related
-- Names.
UNION ALL
SELECT 'rename ' || kind, format('ALTER %s %s RENAME TO changed_name', replace(replace(replace(upper(kind), '_', ' '), 'MATVIEW', 'MATERIALIZED VIEW'), 'COMPOSITE', 'TYPE'), name),
       kind, substring(name FROM '^("[^"]+"|[^.]+)[.]') || '.changed_name', 'renamed', NULL
  FROM relation WHERE NOT "inner"
UNION ALL
SELECT 'move table', format('ALTER TABLE %s SET SCHEMA regress_indexing', name), kind, 'regress_indexing.' || substring(name FROM '[.]("[^"]+"|[^.]+)$'), 'renamed', NULL
  FROM relation WHERE kind = 'table' AND NOT typed AND name NOT LIKE 'regress_indexing.%'
UNION ALL
SELECT 'rename schema', format('ALTER SCHEMA %s RENAME TO changed_name', name), 'schema', 'changed_name', 'renamed', NULL FROM named_schema
UNION ALL
SELECT 'rename column', format('ALTER TABLE %s RENAME %I TO changed_name', r.name, a.attname), 'column', r.name || '.changed_name', 'renamed', NULL
  FROM relation r JOIN pg_attribute a ON a.attrelid = r.oid AND a.attnum > 0 AND NOT a.attisdropped AND r.kind = 'table' AND NOT r.typed
UNION ALL
SELECT 'rename function', format('ALTER FUNCTION %s RENAME TO changed_name', oid::regprocedure), 'function',
       (SELECT name FROM named_schema n WHERE n.oid = p.pronamespace) || '.changed_name', 'renamed', NULL
  FROM pg_proc p
 WHERE p.pronamespace IN (SELECT oid FROM named_schema) AND p.prokind = 'f'
   AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_proc'::regclass AND d.objid = p.oid AND d.deptype = 'i')
UNION ALL
SELECT 'rename type', format('ALTER TYPE %s.%I RENAME TO changed_name', s.name, t.typname), CASE t.typtype WHEN 'e' THEN 'enum' WHEN 'd' THEN 'domain' WHEN 'r' THEN 'range' ELSE 'type' END,
       s.name || '.changed_name', 'renamed', NULL
  FROM pg_type t JOIN named_schema s ON s.oid = t.typnamespace WHERE t.typtype IN ('e', 'd', 'r') OR (t.typtype = 'b' AND t.typcategory <> 'A')
-- Columns.
UNION ALL
SELECT 'add column', format('ALTER TABLE %s ADD COLUMN changed_column integer', name), 'column', name || '.changed_column', 'unexpected', NULL
  FROM relation WHERE kind = 'table' AND NOT typed
UNION ALL
SELECT sort, format(command, r.name, quote_ident(a.attname)), 'column', r.name || '.' || quote_ident(a.attname), operation, attribute
  FROM relation r JOIN pg_attribute a ON a.attrelid = r.oid AND a.attnum > 0 AND NOT a.attisdropped AND r.kind = 'table'
 CROSS JOIN (VALUES ('drop column', 'ALTER TABLE %s DROP COLUMN %s CASCADE', 'missing', NULL),
                    ('default', 'ALTER TABLE %s ALTER COLUMN %s SET DEFAULT NULL', 'changed', 'default'),
                    ('type', 'ALTER TABLE %s ALTER COLUMN %s TYPE text', 'changed', 'type'),
                    ('drop default', 'ALTER TABLE %s ALTER COLUMN %s DROP DEFAULT', 'changed', 'default'),
                    ('not null', 'ALTER TABLE %s ALTER COLUMN %s SET NOT NULL', 'changed', 'not_null'),
                    ('drop not null', 'ALTER TABLE %s ALTER COLUMN %s DROP NOT NULL', 'changed', 'not_null'),
                    ('column statistics', 'ALTER TABLE %s ALTER COLUMN %s SET STATISTICS 77', 'changed', 'statistics'),
                    ('storage', 'ALTER TABLE %s ALTER COLUMN %s SET STORAGE EXTERNAL', 'changed', 'storage'),
                    ('column comment', 'COMMENT ON COLUMN %s.%s IS ''changed''', 'changed', 'comment'),
                    ('drop identity', 'ALTER TABLE %s ALTER COLUMN %s DROP IDENTITY', 'changed', 'identity'),
                    ('drop expression', 'ALTER TABLE %s ALTER COLUMN %s DROP EXPRESSION', 'changed', 'generated')) AS alteration (sort, command, operation, attribute)
 WHERE CASE sort WHEN 'drop default' THEN a.atthasdef AND a.attgenerated = '' WHEN 'not null' THEN NOT a.attnotnull WHEN 'drop not null' THEN a.attnotnull
                 WHEN 'drop identity' THEN a.attidentity <> '' WHEN 'drop expression' THEN a.attgenerated <> '' WHEN 'type' THEN a.atttypid <> 'text'::regtype
                 WHEN 'storage' THEN a.attstorage IN ('x', 'm') WHEN 'default' THEN a.atthasdef AND a.attgenerated = '' ELSE true END
-- What a table has besides.
UNION ALL
SELECT 'drop ' || CASE contype WHEN 'f' THEN 'foreign key' WHEN 'c' THEN 'check' ELSE 'key' END, format('ALTER TABLE %s DROP CONSTRAINT %I CASCADE', r.name, k.conname), 'constraint',
       r.name || '.' || quote_ident(k.conname), 'missing', NULL
  FROM pg_constraint k JOIN relation r ON r.oid = k.conrelid AND r.kind = 'table' WHERE k.conparentid = 0 AND k.contype <> 'n'
UNION ALL
SELECT 'drop trigger', format('DROP TRIGGER %I ON %s', t.tgname, r.name), 'trigger', r.name || '.' || quote_ident(t.tgname), 'missing', NULL
  FROM pg_trigger t JOIN relation r ON r.oid = t.tgrelid WHERE NOT t.tgisinternal AND t.tgparentid = 0
UNION ALL
SELECT 'disable trigger', format('ALTER TABLE %s DISABLE TRIGGER %I', r.name, t.tgname), 'trigger', r.name || '.' || quote_ident(t.tgname), 'changed', 'enabled'
  FROM pg_trigger t JOIN relation r ON r.oid = t.tgrelid AND r.kind = 'table' WHERE NOT t.tgisinternal AND t.tgparentid = 0
UNION ALL
SELECT 'drop rule', format('DROP RULE %I ON %s CASCADE', w.rulename, r.name), 'rule', r.name || '.' || quote_ident(w.rulename), 'missing', NULL
  FROM pg_rewrite w JOIN relation r ON r.oid = w.ev_class WHERE w.rulename <> '_RETURN'
UNION ALL
SELECT 'disable rule', format('ALTER TABLE %s DISABLE RULE %I', r.name, w.rulename), 'rule', r.name || '.' || quote_ident(w.rulename), 'changed', 'enabled'
  FROM pg_rewrite w JOIN relation r ON r.oid = w.ev_class AND r.kind = 'table' WHERE w.rulename <> '_RETURN'
UNION ALL
SELECT 'drop policy', format('DROP POLICY %I ON %s', p.polname, r.name), 'policy', r.name || '.' || quote_ident(p.polname), 'missing', NULL
  FROM pg_policy p JOIN relation r ON r.oid = p.polrelid
UNION ALL
SELECT 'policy roles', format('ALTER POLICY %I ON %s TO regress_rls_dave', p.polname, r.name), 'policy', r.name || '.' || quote_ident(p.polname), 'changed', 'roles'
  FROM pg_policy p JOIN relation r ON r.oid = p.polrelid
UNION ALL
SELECT 'drop statistics', format('DROP STATISTICS %s.%I', s.name, e.stxname), 'statistics', s.name || '.' || quote_ident(e.stxname), 'missing', NULL
  FROM pg_statistic_ext e JOIN named_schema s ON s.oid = e.stxnamespace
-- Functions and types.
UNION ALL
SELECT sort || kind.name, format(command, upper(kind.name), format('%I.%I(%s)', p.pronamespace::regnamespace, p.proname, CASE WHEN p.prokind = 'a' AND p.pronargs = 0 THEN '*' ELSE pg_get_function_identity_arguments(p.oid) END)), kind.name, (SELECT name FROM named_schema n WHERE n.oid = p.pronamespace) || '.' || quote_ident(p.proname), operation, attribute
  FROM pg_proc p
 CROSS JOIN LATERAL (SELECT CASE p.prokind WHEN 'a' THEN 'aggregate' WHEN 'p' THEN 'procedure' ELSE 'function' END AS name) AS kind
 CROSS JOIN (VALUES ('drop ', 'DROP %s %s CASCADE', 'missing', NULL), ('owner of ', 'ALTER %s %s OWNER TO regress_rls_dave', 'changed', 'owner'),
                    ('comment on ', 'COMMENT ON %s %s IS ''changed''', 'changed', 'comment'), ('cost of ', 'ALTER %s %s COST 77', 'changed', 'cost'),
                    ('security of ', 'ALTER %s %s SECURITY DEFINER', 'changed', 'security_definer'), ('setting of ', 'ALTER %s %s SET work_mem = 77', 'changed', 'config')
      ) AS alteration (sort, command, operation, attribute)
 WHERE p.pronamespace IN (SELECT oid FROM named_schema)
   AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_proc'::regclass AND d.objid = p.oid AND d.deptype = 'i')
   AND CASE sort WHEN 'cost of ' THEN p.prokind = 'f' WHEN 'security of ' THEN p.prokind IN ('f', 'p') AND NOT p.prosecdef WHEN 'setting of ' THEN p.prokind IN ('f', 'p') ELSE true END
UNION ALL
SELECT sort || kind.name, format(command, s.name || '.' || quote_ident(t.typname)), kind.name, s.name || '.' || quote_ident(t.typname), operation, attribute
  FROM pg_type t JOIN named_schema s ON s.oid = t.typnamespace
 CROSS JOIN LATERAL (SELECT CASE t.typtype WHEN 'e' THEN 'enum' WHEN 'd' THEN 'domain' WHEN 'r' THEN 'range' ELSE 'type' END AS name) AS kind
 CROSS JOIN (VALUES ('drop ', 'DROP TYPE %s CASCADE', 'missing', NULL), ('owner of ', 'ALTER TYPE %s OWNER TO regress_rls_dave', 'changed', 'owner'),
                    ('comment on ', 'COMMENT ON TYPE %s IS ''changed''', 'changed', 'comment'), ('default of ', 'ALTER DOMAIN %s SET DEFAULT NULL', 'changed', 'default'),
                    ('label of ', 'ALTER TYPE %s ADD VALUE ''changed''', 'changed', 'labels')) AS alteration (sort, command, operation, attribute)
 WHERE (t.typtype IN ('e', 'd', 'r') OR (t.typtype = 'b' AND t.typcategory <> 'A'))
   AND CASE sort WHEN 'default of ' THEN t.typtype = 'd' AND t.typdefault IS NOT NULL WHEN 'label of ' THEN t.typtype = 'e' ELSE true END
-- The rest.
UNION ALL
SELECT 'drop operator', format('DROP OPERATOR %s CASCADE', o.oid::regoperator), 'operator', s.name || '."' || o.oprname || '"', 'missing', NULL
  FROM pg_operator o JOIN named_schema s ON s.oid = o.oprnamespace
UNION ALL
SELECT 'drop operator class', format('DROP OPERATOR CLASS %s.%I USING %I CASCADE', s.name, o.opcname, m.amname), 'operator_class', s.name || '.' || quote_ident(o.opcname) || '.' || m.amname, 'missing', NULL
  FROM pg_opclass o JOIN named_schema s ON s.oid = o.opcnamespace JOIN pg_am m ON m.oid = o.opcmethod
UNION ALL
SELECT 'drop operator family', format('DROP OPERATOR FAMILY %s.%I USING %I CASCADE', s.name, o.opfname, m.amname), 'operator_family', s.name || '.' || quote_ident(o.opfname) || '.' || m.amname, 'missing', NULL
  FROM pg_opfamily o JOIN named_schema s ON s.oid = o.opfnamespace JOIN pg_am m ON m.oid = o.opfmethod
 -- Else it goes with the class it was made for.
 WHERE NOT EXISTS (SELECT FROM pg_opclass c WHERE c.opcfamily = o.oid AND c.opcname = o.opfname)
UNION ALL
SELECT 'drop cast', format('DROP CAST (%s AS %s) CASCADE', castsource::regtype, casttarget::regtype), 'cast', NULL, 'missing', NULL FROM pg_cast WHERE oid >= 16384
UNION ALL
SELECT 'drop schema', format('DROP SCHEMA %s CASCADE', name), 'schema', name, 'missing', NULL FROM named_schema WHERE name <> 'public'
UNION ALL
SELECT 'owner of schema', format('ALTER SCHEMA %s OWNER TO regress_rls_dave', name), 'schema', name, 'changed', 'owner' FROM named_schema
UNION ALL
SELECT 'drop collation', format('DROP COLLATION %s.%I CASCADE', s.name, c.collname), 'collation', s.name || '.' || quote_ident(c.collname), 'missing', NULL
  FROM pg_collation c JOIN named_schema s ON s.oid = c.collnamespace
UNION ALL
SELECT 'drop dictionary', format('DROP TEXT SEARCH DICTIONARY %s.%I CASCADE', s.name, d.dictname), 'text_search_dictionary', s.name || '.' || quote_ident(d.dictname), 'missing', NULL
  FROM pg_ts_dict d JOIN named_schema s ON s.oid = d.dictnamespace
UNION ALL
SELECT sort, format(command, s.name, c.cfgname), 'text_search_configuration', s.name || '.' || quote_ident(c.cfgname), operation, attribute
  FROM pg_ts_config c JOIN named_schema s ON s.oid = c.cfgnamespace
 CROSS JOIN (VALUES ('drop configuration', 'DROP TEXT SEARCH CONFIGURATION %s.%I CASCADE', 'missing', NULL),
                    ('mapping', 'ALTER TEXT SEARCH CONFIGURATION %s.%I DROP MAPPING FOR asciiword', 'changed', 'mappings')) AS alteration (sort, command, operation, attribute)
UNION ALL
SELECT sort, format(command, p.pubname), 'publication', quote_ident(p.pubname), operation, attribute
  FROM pg_publication p
 CROSS JOIN (VALUES ('drop publication', 'DROP PUBLICATION %I', 'missing', NULL),
                    ('publish', 'ALTER PUBLICATION %I SET (publish = ''truncate'')', 'changed', 'operations')) AS alteration (sort, command, operation, attribute)
UNION ALL
SELECT sort, format(command, m.amname), 'access_method', quote_ident(m.amname), operation, attribute
  FROM pg_am m
 CROSS JOIN (VALUES ('drop access method', 'DROP ACCESS METHOD %I CASCADE', 'missing', NULL),
                    ('comment on access method', 'COMMENT ON ACCESS METHOD %I IS ''changed''', 'changed', 'comment')) AS alteration (sort, command, operation, attribute)
 WHERE m.oid >= 16384
UNION ALL
SELECT 'drop wrapper', format('DROP FOREIGN DATA WRAPPER %I CASCADE', fdwname), 'foreign_data_wrapper', quote_ident(fdwname), 'missing', NULL FROM pg_foreign_data_wrapper
UNION ALL
SELECT 'server version', format('ALTER SERVER %I VERSION ''77''', srvname), 'server', quote_ident(srvname), 'changed', 'version' FROM pg_foreign_server
UNION ALL
SELECT 'grant on large object', format('GRANT SELECT ON LARGE OBJECT %s TO regress_rls_carol', oid), 'large_object', '"' || oid || '"', NULL, NULL FROM pg_largeobject_metadata;

SELECT format(E'\\echo case %s\nBEGIN;\nSET LOCAL langchef_guard.mode = record;\n%s;\n'
              'SELECT ''rows:'' || count(*) || '' right:'' || count(*) FILTER (WHERE implied_by IS NULL AND kind = %L AND (operation = %L OR %4$L IS NULL) AND (attribute = %L OR %5$L IS NULL)'
              ' AND (regexp_replace(object, ''[(].*$'', '''') = %L OR %6$L IS NULL)) || '' blamed:'' || count(*) FILTER (WHERE blame = ''ledger'' AND statement = %L) || '' roots:'' ||'
              ' coalesce(string_agg(concat_ws('' '', operation, kind, object, attribute), ''; '' ORDER BY object, attribute) FILTER (WHERE implied_by IS NULL), ''none'') FROM langchef_guard.drift(''base'');\n'
              'SELECT ''unseen:'' || langchef_guard.resync();\nROLLBACK;',
              translate(sort || ' | ' || command, E'\\''"`\n', '     '), command, kind, operation, attribute, object, command)
  FROM (SELECT *, row_number() OVER (PARTITION BY sort ORDER BY md5(:'seed' || command)) AS place FROM change) AS shuffled
 ORDER BY place, md5(:'seed' || command)
 LIMIT :changes;
