#!/bin/sh
# 升级数据库，并给运行服务的角色授权：容器启动时运行，也可手动运行。
# Migrates the database and grants the role that serves what it needs: upgrade.sh ROLE, as the owner of the tables
# (GUATU_DATABASE_URL). Where GUATU_SERVING_PASSWORD is set, the role is made first, with this password.
set -eu

role=$1

if [ -n "${GUATU_SERVING_PASSWORD:-}" ]; then
    psql --quiet --no-psqlrc --set ON_ERROR_STOP=1 --set role="$role" --set password="$GUATU_SERVING_PASSWORD" \
        "$GUATU_DATABASE_URL" << 'SQL'
SELECT format('CREATE ROLE %I LOGIN', :'role') WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = :'role') \gexec
ALTER ROLE :"role" PASSWORD :'password';
CREATE EXTENSION IF NOT EXISTS postgis;
SQL
fi

flask --app wsgi db upgrade
flask --app wsgi database grant "$role"
