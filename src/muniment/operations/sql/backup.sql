-- Who makes backups of the built-in server: reads its files through the server, and no table. Repeating it changes nothing.
do $$
begin
    if not exists (select from pg_roles where rolname = 'muniment_backup') then
        create role muniment_backup;
    end if;
end
$$;

alter role muniment_backup login replication noinherit nosuperuser nobypassrls nocreatedb nocreaterole;
alter role muniment_backup set statement_timeout = 0;
grant connect on database muniment to muniment_backup;
grant execute on function pg_switch_wal() to muniment_backup;
