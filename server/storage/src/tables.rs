//! Every table with its columns, parents before children: what a copy copies.

/// What a column holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Id,
    Text,
    Bytes,
    Count,
    Moment,
    Day,
    Document,
}

/// A table.
#[derive(Debug)]
pub(crate) struct Table {
    pub(crate) name: &'static str,
    /// The columns that are copied. A `serial` that no other table names is not: rows are copied in its order and
    /// numbered anew.
    pub(crate) columns: &'static [(&'static str, Kind)],
    /// The order in which rows are copied.
    order: &'static str,
}

impl Table {
    /// Reads all rows. Documents are read as text.
    pub(crate) fn select(&self) -> String {
        let columns = self.columns.iter().map(|(name, kind)| match kind {
            Kind::Document => format!("CAST({name} AS TEXT) AS {name}"),
            _ => (*name).to_owned(),
        });
        let columns: Vec<String> = columns.collect();
        format!(
            "SELECT {} FROM {} ORDER BY {}",
            columns.join(", "),
            self.name,
            self.order
        )
    }

    /// Inserts so many rows at once.
    pub(crate) fn insert(&self, rows: usize) -> String {
        let width = self.columns.len();
        let names: Vec<&str> = self.columns.iter().map(|(name, _)| *name).collect();
        let row = |number: usize| {
            let places: Vec<String> = (1..=width)
                .map(|place| format!("${}", number * width + place))
                .collect();
            format!("({})", places.join(", "))
        };
        let rows: Vec<String> = (0..rows).map(row).collect();
        format!(
            "INSERT INTO {} ({}) VALUES {}",
            self.name,
            names.join(", "),
            rows.join(", ")
        )
    }

    /// Counts the rows.
    pub(crate) fn count(&self) -> String {
        format!("SELECT COUNT(*) FROM {}", self.name)
    }
}

macro_rules! tables {
    ($($name:ident by $order:literal: $($column:ident $kind:ident),+;)+) => {
        /// All tables.
        pub(crate) const TABLES: &[Table] = &[$(Table {
            name: stringify!($name),
            columns: &[$((stringify!($column), Kind::$kind)),+],
            order: $order,
        }),+];
    };
}

tables! {
    people by "serial": id Id, email Text, version Count, document Document;
    personal_tokens by "digest": digest Bytes, person_id Id, document Document, last_used_at Moment;
    sessions by "digest":
        digest Bytes, person_id Id, state Text, opened_with Bytes, created_at Moment, last_seen_at Moment,
        expires_at Moment, stepped_up_at Moment;
    sign_in_attempts by "digest": digest Bytes, attempts Count, ends_at Moment;
    links by "digest": digest Bytes, person_id Id, purpose Text, created_at Moment, expires_at Moment;
    form_drafts by "id": id Text, owner Bytes, expires_at Moment, document Document;
    tenants by "serial": id Id, key Text, document Document, search Text;
    inventory_versions by "number": number Count, digest Bytes, created_at Moment, document Document;
    legal_holds by "serial": id Id, tenant_key Text, state Text, version Count, document Document;
    retention_duties by "serial":
        id Id, tenant_key Text, until_on Day, ended_at Moment, version Count, document Document;
    counters by "name": name Text, value Count;
    replays by "serial": id Id, ended_at Moment, version Count, document Document;
    erasure_requests by "serial":
        id Id, tenant_id Id, stage Text, aside Text, version Count, document Document, state Text, due_on Day,
        destroyed_at Moment, replay_id Id;
    erased_identities by "serial":
        request_id Id, tenant_key Text, kind Text, digest Bytes, entered_at Moment;
    erasure_plans by "serial": id Id, request_id Id, document Document;
    manifests by "plan_id": plan_id Id, document Document;
    nonces by "serial":
        id Id, request_id Id, commitment Bytes, plan_id Id, fixed_at Moment, opened_at Moment, version Count,
        document Document;
    steps by "serial":
        id Id, request_id Id, plan_id Id, round Count, state Text, version Count, document Document;
    attempts by "serial":
        id Id, step_id Id, system Text, expires_at Moment, document Document, ended_at Moment, outcome Document;
    checks by "serial":
        id Id, request_id Id, plan_id Id, round Count, state Text, version Count, document Document;
    spot_checks by "serial": id Id, request_id Id, version Count, document Document;
    attestations by "serial": id Id, request_id Id, plan_id Id, dataset Text, document Document;
    log_entries by "serial": serial Count, id Id, object Text, kind Text, actor Text, at Moment, bytes Bytes;
    log_details by "entry": entry Count, document Document;
    log_pending by "entry": entry Count;
    log_leaves by "position": position Count, entry Count;
    log_tiles by "level, number": level Count, number Count, hashes Bytes;
    log_checkpoints by "serial": size Count, note Text, published_at Moment;
    log_cosignatures by "serial": size Count, witness Text, line Text, received_at Moment;
    certificates by "serial":
        id Id, code Text, request_id Id, plan_id Id, kind Text, state Text, version Count, document Document,
        awaits Text;
    statements by "certificate_id": certificate_id Id, entry_id Id, bytes Bytes, jws Text;
    documents by "certificate_id":
        certificate_id Id, pdf Bytes, signature Bytes, sshsig Text, digest Bytes, log_proof Text;
    standings by "serial": certificate_id Id, state Text, entry_id Id, bytes Bytes, jws Text;
    incidents by "serial":
        id Id, request_id Id, certificate_id Id, state Text, closed_at Moment, version Count, document Document;
    drills by "serial":
        id Id, month Text, request_id Id, state Text, ended_at Moment, version Count, document Document;
    later_checks by "certificate_id, number":
        certificate_id Id, number Count, due_at Moment, ended_at Moment, version Count, document Document;
    status_lists by "number": number Count, issued_at Moment, expires_at Moment, jws Text;
    jobs by "serial":
        id Id, queue Text, state Text, digest Bytes, due_at Moment, fence Count, attempts Count, why Text,
        document Document;
    mails by "serial":
        id Id, request_id Id, state Text, version Count, document Document, certificate_id Id, unreached_at Moment;
    download_links by "digest": digest Bytes, certificate_id Id, mail_id Id, expires_at Moment;
    document_copies by "certificate_id": certificate_id Id, document Document;
    storage_trials by "digest": digest Bytes, bytes Bytes, written_at Moment;
    switches by "id": id Count, version Count, document Document;
    settings by "name": name Text, value Text;
    replies by "key": key Bytes, fingerprint Bytes, created_at Moment, document Document;
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::database::Engine;

    #[tokio::test]
    async fn no_table_and_no_column_is_forgotten() {
        let folder = tempfile::tempdir().unwrap();
        let url = format!("sqlite://{}", folder.path().join("lethe.db").display());
        let database = crate::open(&url).await.unwrap();
        let Engine::Sqlite(engine) = &*database.engine else {
            panic!("it is SQLite")
        };
        let stored: Vec<(String, String)> = sqlx::query_as(
            "SELECT t.name, c.name
             FROM sqlite_schema AS t, pragma_table_info(t.name) AS c
             WHERE t.type = 'table' AND t.name NOT LIKE '\\_sqlx%' ESCAPE '\\' AND t.name NOT LIKE 'sqlite%'
                 AND (c.name <> 'serial' OR t.name = 'log_entries')",
        )
        .fetch_all(&engine.reader)
        .await
        .unwrap();
        let stored: BTreeSet<_> = stored.into_iter().collect();
        let known = TABLES.iter().flat_map(|table| {
            table
                .columns
                .iter()
                .map(|(column, _)| (table.name.to_owned(), (*column).to_owned()))
        });
        assert_eq!(stored, known.collect());
    }
}
