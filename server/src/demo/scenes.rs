//! Requests in different states, a drill and a restored system, for a visitor to go on with.

mod certified;
mod rehearsal;
mod restore;

use std::time::Duration;

use domain::digest::Digest;
use domain::drill::Schedule;
use domain::hold::{Basis, Disclosure, Ground};
use domain::id::RequestId;
use domain::request::{ErasureRequest, IdentityMethod, Stage};
use domain::scope::{RequestScope, TenantScope};
use domain::subject::Identifier;
use domain::time::days_later;
use engine::holds::{NewHold, NewScope};
use engine::intake::NewRequest;
use engine::{Engine, Error, Policy};
use samples::{BOREALIS, CERAMICA, Tenant};

use super::organisation::{self, People, ZONE, key};
use super::systems::Systems;
use super::world::World;
use super::{DemoError, drive};

/// How long the scenes take on the demonstration's clock.
pub(super) const DURATION: Duration = Duration::from_secs(3 * 3600);
/// A little while.
const LATER: Duration = Duration::from_secs(20 * 60);

/// Plays them.
pub(super) async fn play(
    world: &World,
    systems: &Systems,
    (settles, drills): (u32, &Schedule),
) -> Result<(), DemoError> {
    let people = &world.people;
    let policy = Policy {
        drills: Some(drills.clone()),
        grace: Duration::ZERO,
        cooling_off: Duration::ZERO,
        ..organisation::policy(&world.engine.policy().public_url)
    };
    let engine = world.under(policy);
    let inventory = systems.inventory_settling(settles)?;
    engine
        .apply_inventory(&people.operator.actor, inventory, &systems.credentials())
        .await?;
    rehearsal::play(world, &engine, systems).await?;
    certified::revoked(world, &engine, systems).await?;
    let certified = certified::person(world, &engine, systems, certified::SEEN_AGAIN).await?;
    erased_person(world, &engine, 1).await?;
    held_tenant(world, &engine).await?;
    planned_person(&engine, people).await?;
    planned_tenant(&engine, people).await?;
    received(&engine, people).await?;
    restore::play(world, &engine, systems).await?;
    certified::seen_again(world, &engine, systems, certified).await
}

/// One person of a tenant: erased and verified, waiting for an officer to look.
async fn erased_person(world: &World, engine: &Engine, n: u32) -> Result<RequestId, DemoError> {
    let people = &world.people;
    let opened = person(engine, people, &CERAMICA, n).await?;
    confirmed(engine, people, opened.id, IdentityMethod::Document).await?;
    drive::run_to(engine, opened.id, Stage::Planned).await?;
    approved(engine, people, opened.id).await?;
    drive::run_due(engine).await?;
    world.forward(LATER);
    drive::run_to(engine, opened.id, Stage::Verified).await?;
    Ok(opened.id)
}

/// A whole tenant under a hold whose matter is confidential.
async fn held_tenant(world: &World, engine: &Engine) -> Result<(), DemoError> {
    let people = &world.people;
    let today = engine.now().date_in(ZONE).map_err(Error::from)?;
    let scope = NewScope {
        tenant: TenantScope::One(key(&BOREALIS)?),
        subject: Vec::new(),
        systems: Default::default(),
        categories: Default::default(),
        created: None,
    };
    let hold = NewHold {
        matter: "Inquiry into a recalled product".into(),
        authority: "Food Safety Authority".into(),
        basis: Basis::Investigation,
        ground: Ground::LegalObligation,
        scope,
        custodian: people.counsel.name.into(),
        starts_on: today,
        review_on: days_later(today, 5).map_err(Error::from)?,
        disclosure: Disclosure::Neutral(
            "Some data must be kept for a while. We will tell you when that ends.".into(),
        ),
    };
    engine.place_hold(&people.counsel.actor, hold).await?;
    let request = whole(engine, people, &BOREALIS, "BB-2024-118").await?;
    confirmed(engine, people, request.id, IdentityMethod::CallBack).await?;
    world.forward(LATER);
    drive::run_due(engine).await
}

/// One person of a tenant, waiting for approval.
async fn planned_person(engine: &Engine, people: &People) -> Result<(), DemoError> {
    let opened = person(engine, people, &CERAMICA, 2).await?;
    confirmed(engine, people, opened.id, IdentityMethod::AccountSignIn).await?;
    drive::run_to(engine, opened.id, Stage::Planned).await?;
    Ok(())
}

/// A whole tenant, waiting for approval.
async fn planned_tenant(engine: &Engine, people: &People) -> Result<(), DemoError> {
    let opened = whole(engine, people, &CERAMICA, "AC-2022-031").await?;
    confirmed(engine, people, opened.id, IdentityMethod::CallBack).await?;
    drive::run_to(engine, opened.id, Stage::Planned).await?;
    Ok(())
}

/// One person, whose identity nobody has confirmed yet.
async fn received(engine: &Engine, people: &People) -> Result<(), DemoError> {
    person(engine, people, &CERAMICA, 3).await?;
    drive::run_due(engine).await
}

async fn person(
    engine: &Engine,
    people: &People,
    tenant: &Tenant,
    n: u32,
) -> Result<ErasureRequest, DemoError> {
    let email = Identifier::new("email", &format!("person{n}@{}.example", tenant.key));
    let email = email.map_err(|error| DemoError::setup("an identifier")(&error))?;
    let new = NewRequest {
        tenant: key(tenant)?,
        scope: RequestScope::Subject,
        identifiers: vec![email],
        channel: "letter".into(),
    };
    Ok(engine.open_request(&people.counsel.actor, new).await?)
}

async fn whole(
    engine: &Engine,
    people: &People,
    tenant: &Tenant,
    contract: &str,
) -> Result<ErasureRequest, DemoError> {
    let new = NewRequest {
        tenant: key(tenant)?,
        scope: RequestScope::Tenant {
            contract: contract.into(),
            ended_on: engine.now().date_in(ZONE).map_err(Error::from)?,
        },
        identifiers: Vec::new(),
        channel: "letter".into(),
    };
    Ok(engine.open_request(&people.counsel.actor, new).await?)
}

async fn confirmed(
    engine: &Engine,
    people: &People,
    id: RequestId,
    method: IdentityMethod,
) -> Result<(), DemoError> {
    let evidence = Digest::of(b"the record of how it was confirmed");
    engine
        .confirm_identity(&people.second_counsel.actor, id, method, evidence)
        .await?;
    Ok(())
}

async fn approved(engine: &Engine, people: &People, id: RequestId) -> Result<(), DemoError> {
    let officer = &people.officer.actor;
    let proposal = engine.proposal(officer, id).await?;
    engine
        .approve_request(officer, id, proposal.digest, proposal.without_control, None)
        .await?;
    Ok(())
}
