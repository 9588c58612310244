//! The drill of the month: the schedule opens it on a synthetic tenant, and people take it to its certificate.

use domain::job::Job;
use domain::request::{IdentityMethod, Stage};
use engine::Engine;
use samples::REHEARSAL;

use super::super::systems::Systems;
use super::super::world::World;
use super::super::{DemoError, drive, look, partner};
use super::{LATER, approved, confirmed};

/// Plays it.
pub(super) async fn play(world: &World, engine: &Engine, systems: &Systems) -> Result<(), DemoError> {
    let people = &world.people;
    let mut tx = engine.store().begin().await?;
    tx.jobs().enqueue(&Job::Watch, engine.now()).await?;
    tx.commit().await?;
    drive::run_due(engine).await?;
    let drills = engine.drills(&people.operator.actor).await?;
    let opened = drills.first().and_then(|drill| drill.request);
    let id = opened.ok_or_else(|| DemoError::NotAsTold("the schedule opened a drill".into()))?;
    confirmed(engine, people, id, IdentityMethod::CallBack).await?;
    drive::run_to(engine, id, Stage::Planned).await?;
    approved(engine, people, id).await?;
    drive::run_due(engine).await?;
    partner::attest(engine, &people.counsel, id, &REHEARSAL).await?;
    world.forward(LATER);
    drive::run_to(engine, id, Stage::Verified).await?;
    let looked = look::by_hand(engine, systems, &people.officer.actor, id).await?;
    let digest = engine.evidence(&people.certifier.actor, id).await?.digest();
    engine.certify(&people.certifier.actor, id, digest).await?;
    drive::run_due(engine).await?;
    let passed = engine.drilled_systems(&people.operator.actor).await?;
    match looked.good && passed.iter().all(|system| system.counts()) {
        true => Ok(()),
        false => Err(DemoError::NotAsTold("every system passed the drill".into())),
    }
}
