//! Certificates of single persons: one that two people revoked, and one against which something was seen.

use domain::id::CertificateId;
use domain::revocation::RevocationReason;
use engine::Engine;
use samples::CERAMICA;

use super::super::systems::Systems;
use super::super::world::World;
use super::super::{DemoError, drive, look};
use super::{LATER, erased_person};

/// The person whose record an import brings back.
pub(super) const SEEN_AGAIN: u32 = 4;
/// The person whose certificate proved wrong.
const WRONG: u32 = 12;
/// What the tenant is told.
const WHY: &str = "An archive of support tickets was missing from our inventory when we looked. A corrected certificate follows.";

/// One person of a tenant: erased, looked at by hand, and certified.
pub(super) async fn person(
    world: &World,
    engine: &Engine,
    systems: &Systems,
    n: u32,
) -> Result<CertificateId, DemoError> {
    let people = &world.people;
    let id = erased_person(world, engine, n).await?;
    let looked = look::by_hand(engine, systems, &people.officer.actor, id).await?;
    if !looked.good {
        return Err(DemoError::NotAsTold("the decoy was seen, and it alone".into()));
    }
    let digest = engine.evidence(&people.certifier.actor, id).await?.digest();
    let record = engine.certify(&people.certifier.actor, id, digest).await?;
    drive::run_due(engine).await?;
    Ok(record.id)
}

/// Two people revoke a certificate; its correction waits for an officer.
pub(super) async fn revoked(world: &World, engine: &Engine, systems: &Systems) -> Result<(), DemoError> {
    let people = &world.people;
    let wrong = person(world, engine, systems, WRONG).await?;
    let reason = RevocationReason::SystemMissed;
    engine
        .propose_revocation(&people.officer.actor, wrong, reason, WHY)
        .await?;
    engine
        .confirm_revocation(&people.second_counsel.actor, wrong)
        .await?;
    drive::run_due(engine).await
}

/// An import brings a record back that a certificate says is gone, and a later look finds it.
pub(super) async fn seen_again(
    world: &World,
    engine: &Engine,
    systems: &Systems,
    certificate: CertificateId,
) -> Result<(), DemoError> {
    systems.put_user_back(&CERAMICA, SEEN_AGAIN).await?;
    world.forward(LATER);
    engine
        .look_again_now(&world.people.officer.actor, certificate)
        .await?;
    drive::run_due(engine).await
}
