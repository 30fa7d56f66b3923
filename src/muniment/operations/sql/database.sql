-- Who may do what in the portal's database. Repeating it changes nothing.
create schema if not exists app authorization muniment_owner;

revoke all on schema public from public;
grant usage on schema public to public; -- functions and operators of the extensions; nobody creates anything there
grant usage on schema app
    to muniment_app, muniment_job, muniment_auditor, muniment_desk, muniment_sequencer, muniment_definer;
grant create on schema app to muniment_definer; -- a function can only be given to a role that could have made it

create extension if not exists pg_trgm schema public;
create extension if not exists btree_gin schema public;
