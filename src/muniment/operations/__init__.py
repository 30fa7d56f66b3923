"""The `muniment` command and what it supervises: database, web server, redirect and worker."""
