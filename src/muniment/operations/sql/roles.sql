-- Who may do what in the whole server. Repeating it changes nothing.
--   owner     makes tables; row policies bind it too
--   app, job  what the web processes and the worker sign in as; they inherit nothing
--   desk      reads several clients' rows for staff; auditor reads the log; both only by SET LOCAL ROLE
--   sequencer numbers the log's entries and grows its trees; the worker's alone, and only by SET LOCAL ROLE
--   definer   owns the few functions that look past a policy; nobody signs in as it
do $$
declare
    wanted record;
begin
    for wanted in
        select *
        from (
            values
                ('muniment_owner', 'login'),
                ('muniment_app', 'login'),
                ('muniment_job', 'login'),
                ('muniment_auditor', 'nologin'),
                ('muniment_desk', 'nologin'),
                ('muniment_sequencer', 'nologin'),
                ('muniment_definer', 'nologin')
        ) as roles (name, may_login)
    loop
        if not exists (select from pg_roles where rolname = wanted.name) then
            execute format('create role %I', wanted.name);
        end if;
        execute format('alter role %I %s noinherit nocreatedb nocreaterole', wanted.name, wanted.may_login);
        if exists (
            select from pg_roles where rolname = wanted.name and (rolsuper or rolbypassrls or rolreplication)
        ) then
            execute format('alter role %I nosuperuser nobypassrls noreplication', wanted.name);
        end if;
    end loop;
end
$$;

grant muniment_desk, muniment_auditor to muniment_app, muniment_job;
grant muniment_sequencer to muniment_job;
grant muniment_definer to muniment_owner;

-- Nothing waits for ever, and no forgotten transaction holds up the log's numbering
alter role muniment_app set statement_timeout = '30s';
alter role muniment_app set lock_timeout = '10s';
alter role muniment_app set idle_in_transaction_session_timeout = '30s';
alter role muniment_job set statement_timeout = '10min';
alter role muniment_job set lock_timeout = '30s';
alter role muniment_job set idle_in_transaction_session_timeout = '60s';
alter role muniment_owner set lock_timeout = '60s';
