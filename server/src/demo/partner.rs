//! The partner's document: nobody connects to it, so counsel records what it confirms in writing.

use domain::id::RequestId;
use domain::inventory::{DatasetRef, Slug};
use engine::{Engine, Error};
use samples::Tenant;

use super::DemoError;
use super::organisation::{Somebody, ZONE};
use super::systems::{PARTNER, PARTNER_NAME};

/// Counsel records what the partner confirms of a tenant.
pub(super) async fn attest(
    engine: &Engine,
    counsel: &Somebody,
    id: RequestId,
    tenant: &Tenant,
) -> Result<(), DemoError> {
    let today = engine.now().date_in(ZONE).map_err(Error::from)?;
    let document = format!(
        "{PARTNER_NAME} confirms: all return labels of {} were erased on {today}.",
        tenant.name
    );
    let name = |text| Slug::parse(text).map_err(|error| DemoError::setup("a name")(&error));
    let dataset = DatasetRef {
        system: name(PARTNER)?,
        dataset: name("returns")?,
    };
    engine
        .record_attestation(
            &counsel.actor,
            id,
            &dataset,
            PARTNER_NAME,
            document.as_bytes(),
            today,
        )
        .await?;
    Ok(())
}
