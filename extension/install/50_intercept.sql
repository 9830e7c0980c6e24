-- Decides on commands that the ProcessUtility hook did not see because the
-- library was not loaded yet.  The one function without a search_path of its
-- own: it resolves the names of the command as the command will.
CREATE FUNCTION langchef_guard.ddl_command_start() RETURNS event_trigger
    LANGUAGE c
    AS 'MODULE_PATHNAME', 'lcg_ddl_command_start';
COMMENT ON FUNCTION langchef_guard.ddl_command_start() IS 'decides on commands the guard''s hook did not see';
REVOKE ALL ON FUNCTION langchef_guard.ddl_command_start() FROM PUBLIC;

CREATE EVENT TRIGGER langchef_guard_ddl_command_start ON ddl_command_start
    EXECUTE FUNCTION langchef_guard.ddl_command_start();
ALTER EVENT TRIGGER langchef_guard_ddl_command_start ENABLE ALWAYS;
COMMENT ON EVENT TRIGGER langchef_guard_ddl_command_start IS 'langchef_guard decides on commands its hook did not see';
