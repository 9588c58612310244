//! Requests in pages.

use domain::actor::Actor;
use domain::port::reading::{Page, RequestFilter};
use domain::request::{Aside, ErasureRequest, Stage};
use serde::Serialize;

use super::Sight;
use crate::{Engine, Error};

/// How many requests are in a state.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct StateCount {
    /// The word of the state, [`ErasureRequest::state_word`].
    pub state: String,
    /// How many.
    pub count: u64,
}

impl Engine {
    /// A page of the requests that the actor may see. A tenant sees its own, whatever the filter asks for.
    pub async fn request_page(
        &self,
        actor: &Actor,
        filter: RequestFilter,
    ) -> Result<Page<ErasureRequest>, Error> {
        let sight = Sight::of(actor)?;
        let words = Stage::ALL.map(Stage::word);
        let unknown =
            |state: &&String| !words.contains(&state.as_str()) && !Aside::WORDS.contains(&state.as_str());
        if let Some(state) = filter.states.iter().find(unknown) {
            return Err(Error::invalid("state", format!("there is no state {state:?}")));
        }
        let filter = RequestFilter {
            tenant: sight.tenant().or(filter.tenant),
            ..filter
        };
        let mut tx = self.ports.store.read().await?;
        let page = tx.reading().request_page(&filter).await?;
        Ok(page.map(|request| without_seals(request, sight)))
    }

    /// How many requests the actor may see in each state; states without any are left out.
    pub async fn request_counts(&self, actor: &Actor) -> Result<Vec<StateCount>, Error> {
        let sight = Sight::of(actor)?;
        let mut tx = self.ports.store.read().await?;
        let counts = tx.reading().request_counts(sight.tenant()).await?;
        let counts = counts.into_iter().map(|(state, count)| StateCount {
            state,
            count: count.unsigned_abs(),
        });
        Ok(counts.collect())
    }
}

/// A request without what is sealed, and, for a tenant, without words that were written among staff.
pub(super) fn without_seals(request: ErasureRequest, sight: Sight) -> ErasureRequest {
    let request = ErasureRequest {
        key: None,
        identifiers: None,
        digests: Default::default(),
        ..request
    };
    if sight.is_staff() {
        return request;
    }
    let aside = request.aside.map(|aside| match aside {
        Aside::NeedsAttention { since, stops, .. } => Aside::NeedsAttention {
            what: String::new(),
            who: String::new(),
            stops,
            since,
        },
        Aside::Paused { by, since, .. } => Aside::Paused {
            by,
            since,
            reason: String::new(),
        },
        held @ Aside::OnHold { .. } => held,
    });
    let approval = request.approval.map(|mut approval| {
        approval.exceptions.clear();
        approval.rehearsed = None;
        approval
    });
    ErasureRequest {
        aside,
        approval,
        ..request
    }
}
