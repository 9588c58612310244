//! What a PostgreSQL credential sees around a dataset, for a person who sets it up.

use domain::port::probe::{ProbeError, Survey};
use domain::selection::Target;
use sqlx::{Postgres, Transaction};

use super::probe::on_primary;
use super::sides::error;
use super::{catalog, config};

const SIBLINGS: &str = "
    SELECT c.relname::text
    FROM pg_catalog.pg_class c
    JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
    WHERE n.nspname = $1 AND c.relname <> $2 AND c.relkind IN ('r', 'p', 'v', 'm', 'f')
    ORDER BY c.relname
    LIMIT 20";

const RIGHTS: &str = "
    SELECT pg_catalog.has_table_privilege(c.oid, 'SELECT') OR pg_catalog.has_any_column_privilege(c.oid, 'SELECT'),
           pg_catalog.has_table_privilege(c.oid, 'DELETE'),
           pg_catalog.row_security_active(c.oid),
           c.relrowsecurity,
           EXISTS (SELECT FROM pg_catalog.pg_trigger t
                   WHERE t.tgrelid = c.oid AND NOT t.tgisinternal AND t.tgtype & 8 = 8)
    FROM pg_catalog.pg_class c
    JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
    WHERE n.nspname = $1 AND c.relname = $2 AND c.relkind IN ('r', 'p', 'v', 'm', 'f')";

/// Looks around.
pub(super) async fn survey(
    tx: &mut Transaction<'static, Postgres>,
    target: &Target,
) -> Result<Survey, ProbeError> {
    let (schema, name) = config::table(&target.locator);
    let siblings = sqlx::query_scalar(SIBLINGS)
        .bind(schema)
        .bind(name)
        .fetch_all(&mut **tx)
        .await
        .map_err(error)?;
    let Some(table) = catalog::read(tx, &target.locator).await.map_err(error)? else {
        return Ok(Survey {
            container_found: false,
            siblings,
            fields: Vec::new(),
            notes: Vec::new(),
        });
    };
    on_primary(&table)?;
    let (may_read, may_delete, filtered, guarded, triggers): (bool, bool, bool, bool, bool) =
        sqlx::query_as(RIGHTS)
            .bind(schema)
            .bind(name)
            .fetch_one(&mut **tx)
            .await
            .map_err(error)?;

    let mut notes = Vec::new();
    if let Err(why) = table.key(&target.locator) {
        notes.push(why);
    }
    if !may_read {
        notes.push("the role may not read the table".into());
    }
    if may_delete {
        notes.push("the probe's role may delete here; give it a role that can only read".into());
    }
    if filtered {
        notes.push("row-level security hides rows from the role; it needs BYPASSRLS".into());
    } else if guarded {
        notes.push("row-level security is on; the role is exempt from it".into());
    }
    if !table.cascades.is_empty() {
        notes.push(format!(
            "deleting here changes rows of {} by a foreign key",
            table.cascades.join(", ")
        ));
    }
    if triggers {
        notes.push("triggers run when rows are deleted here".into());
    }
    let fields = table.columns.into_iter().map(|column| column.name).collect();
    Ok(Survey {
        container_found: true,
        siblings,
        fields,
        notes,
    })
}
