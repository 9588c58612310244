//! `lethe migrate`: the schema of the database.

use super::{Failure, Options, desk, out};
use crate::wiring::open_database;

pub(super) async fn run(options: &Options) -> Result<(), Failure> {
    let config = desk::settings(options)?;
    let database = open_database(&config).await?;
    let version = database.schema_version().await?;
    match options.json {
        true => out::json(&serde_json::json!({ "schema_version": version })),
        false => out::line(format_args!(
            "the database has schema version {version}, which is the newest"
        )),
    }
    database.close().await;
    Ok(())
}
