//! How much of what we keep is about people.

use domain::port::reading::PersonalRows;
use domain::port::store::StoreError;
use sqlx::FromRow;

use crate::transaction::Transaction;

statements! {
    PERSONAL_ROWS = "
        SELECT
            (SELECT COUNT(*) FROM people) AS people,
            (SELECT COUNT(*) FROM sessions) AS sessions,
            (SELECT COUNT(*) FROM links) AS links,
            (SELECT COUNT(*) FROM form_drafts) AS drafts,
            (SELECT COUNT(*) FROM tenants) AS tenants,
            (SELECT COUNT(*) FROM erasure_requests WHERE destroyed_at IS NULL) AS requests,
            (SELECT COUNT(*) FROM erasure_requests WHERE destroyed_at IS NOT NULL) AS destroyed,
            (SELECT COUNT(*) FROM legal_holds) AS holds,
            (SELECT COUNT(*) FROM mails) AS mails,
            (SELECT COUNT(*) FROM certificates) AS certificates,
            (SELECT COUNT(*) FROM erased_identities) AS ledger";
}

#[derive(FromRow)]
struct Row {
    people: i64,
    sessions: i64,
    links: i64,
    drafts: i64,
    tenants: i64,
    requests: i64,
    destroyed: i64,
    holds: i64,
    mails: i64,
    certificates: i64,
    ledger: i64,
}

impl Transaction {
    pub(super) async fn rows_about_people(&mut self) -> Result<PersonalRows, StoreError> {
        let rows = fetch!(&mut self.connection, Row, PERSONAL_ROWS);
        let row = self.seen(rows)?.into_iter().next();
        Ok(row.map_or_else(PersonalRows::default, |row| PersonalRows {
            people: row.people,
            sessions: row.sessions,
            links: row.links,
            drafts: row.drafts,
            tenants: row.tenants,
            requests: row.requests,
            destroyed: row.destroyed,
            holds: row.holds,
            mails: row.mails,
            certificates: row.certificates,
            ledger: row.ledger,
        }))
    }
}
