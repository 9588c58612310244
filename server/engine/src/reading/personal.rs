//! What personal data the product itself keeps, and when it goes (A3, Art. 5(1)(e)).

use domain::actor::{Actor, Permission};
use domain::port::reading::PersonalRows;
use domain::time::Timestamp;
use serde::Serialize;

use crate::destruction::destroy_at;
use crate::{Engine, Error};

/// What is kept about people.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PersonalKept {
    /// How many rows of each kind.
    pub rows: PersonalRows,
    /// Requests that have ended and whose identifiers and samples wait for their time to be over.
    pub to_destroy: usize,
    /// When the next of them go.
    pub next_at: Option<Timestamp>,
}

impl Engine {
    /// What we keep about people, for those who answer for it.
    pub async fn personal_kept(&self, actor: &Actor) -> Result<PersonalKept, Error> {
        actor.require_any(&[Permission::ReadAll, Permission::VerifyLog])?;
        let mut tx = self.ports.store.read().await?;
        let mut due = Vec::new();
        for request in tx.requests().ended().await? {
            due.extend(destroy_at(&mut *tx, &request, self.policy.dispute_window).await?);
        }
        Ok(PersonalKept {
            rows: tx.reading().personal_rows().await?,
            to_destroy: due.len(),
            next_at: due.into_iter().min(),
        })
    }
}
