//! One box that finds requests, holds, systems, certificates and tenants, as far as the reader may see them.

use domain::actor::{Actor, Permission};
use domain::port::reading::{CertificateFilter, RequestFilter};
use serde::Serialize;

use super::Sight;
use super::holds::HoldFilter;
use crate::{Engine, Error};

/// At most so many of each kind.
const MOST: usize = 8;
/// The longest text that is searched for, in characters.
const LONGEST: usize = 100;

/// Something that was found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Hit {
    /// `request`, `hold`, `system`, `certificate` or `tenant`.
    pub kind: &'static str,
    /// Its id, or the name of a system.
    pub id: String,
    /// What to call it.
    pub title: String,
    /// One word more: a state, a kind, a key.
    pub note: String,
}

impl Engine {
    /// What has a text in it. An empty text finds nothing.
    pub async fn search(&self, actor: &Actor, text: &str) -> Result<Vec<Hit>, Error> {
        let sight = Sight::of(actor)?;
        let text: String = text.trim().chars().take(LONGEST).collect();
        if text.is_empty() {
            return Ok(Vec::new());
        }
        let limit = MOST as u32;
        let requests = RequestFilter {
            text: Some(text.clone()),
            limit,
            ..RequestFilter::default()
        };
        let requests = self.request_page(actor, requests).await?.rows;
        let mut hits: Vec<Hit> = requests
            .into_iter()
            .map(|request| Hit {
                kind: "request",
                id: request.id.to_string(),
                title: request.tenant_key.to_string(),
                note: request.state_word().to_owned(),
            })
            .collect();
        let certificates = CertificateFilter {
            text: Some(text.clone()),
            limit,
            ..CertificateFilter::default()
        };
        let certificates = self.certificate_page(actor, certificates).await?.rows;
        hits.extend(certificates.into_iter().map(|seen| Hit {
            kind: "certificate",
            id: seen.record.id.to_string(),
            title: seen.record.code,
            note: seen.record.state.word().to_owned(),
        }));
        if sight.is_staff() {
            hits.extend(self.search_among_staff(actor, &text).await?);
        }
        Ok(hits)
    }

    async fn search_among_staff(&self, actor: &Actor, text: &str) -> Result<Vec<Hit>, Error> {
        let filter = HoldFilter {
            text: Some(text.to_owned()),
            ..HoldFilter::default()
        };
        let holds = self.hold_list(actor, &filter).await?;
        let holds = holds.into_iter().take(MOST).map(|hold| Hit {
            kind: "hold",
            id: hold.id.to_string(),
            title: hold.title(),
            note: hold.state.to_owned(),
        });
        let mut hits: Vec<Hit> = holds.collect();
        actor.require_any(&[Permission::ReadAll, Permission::ReadOperations])?;
        let mut tx = self.ports.store.read().await?;
        let wanted = text.to_lowercase();
        let inventory = tx.inventory().latest().await?;
        let systems = inventory
            .into_iter()
            .flat_map(|version| version.systems)
            .filter(|system| {
                [system.name.as_str(), &system.title, &system.owner]
                    .iter()
                    .any(|field| field.to_lowercase().contains(&wanted))
            });
        hits.extend(systems.take(MOST).map(|system| Hit {
            kind: "system",
            id: system.name.to_string(),
            title: system.title,
            note: system.kind,
        }));
        let tenants = tx.reading().tenants_like(text, MOST as u32).await?;
        hits.extend(tenants.into_iter().map(|tenant| Hit {
            kind: "tenant",
            id: tenant.id.to_string(),
            title: tenant.name,
            note: tenant.key.to_string(),
        }));
        Ok(hits)
    }
}
