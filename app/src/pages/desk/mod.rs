//! The home page of whoever is signed in: what waits for them, then what their role looks at.

mod overview;
mod staff;
mod tasks;
mod tenant;

use domain::actor::Actor;
use domain::time::Date;
use engine::Engine;
use engine::reading::home::Task;
use leptos::either::Either;
use leptos::prelude::*;

use crate::api::ssr;
use crate::components::{Day, PageHead, load};
use crate::error::AppError;
use overview::Overview;
use staff::StaffRooms;
use tasks::Tasks;
use tenant::{Own, TenantRooms};

/// What waits, and what there is to look at.
#[component]
pub fn Desk() -> impl IntoView {
    load(loaded(), |(today, tasks, rooms)| {
        let tenant = matches!(rooms, Either::Right(_));
        let rooms = match rooms {
            Either::Left(overview) => view! { <StaffRooms overview today /> }.into_any(),
            Either::Right(own) => view! { <TenantRooms own /> }.into_any(),
        };
        view! {
            <PageHead title="What waits for you">
                <span class="muted">
                    <Day on=today />
                </span>
                {tenant
                    .then(|| {
                        view! {
                            <a class="button" data-tone="primary" href="/requests/new">
                                "Open a request"
                            </a>
                        }
                    })}
            </PageHead>
            <div class="stack">
                <Tasks tasks tenant />
                {rooms}
            </div>
        }
    })
}

type Loaded = (Date, Vec<Task>, Either<Overview, Own>);

async fn loaded() -> Result<Loaded, AppError> {
    let (engine, actor) = ssr::caller()?;
    let tasks = engine.home(&actor).await?;
    let rooms = match ssr::is_tenant(&actor) {
        true => Either::Right(Own::load(&engine, &actor).await?),
        false => Either::Left(Overview::load(&engine, &actor).await?),
    };
    Ok((today(&engine), tasks, rooms))
}

/// The date at the issuer's.
fn today(engine: &Engine) -> Date {
    let now = engine.now();
    now.date_in(&engine.policy().zone).unwrap_or_else(|_| now.date())
}

/// The actor has a right.
fn can(actor: &Actor, permission: domain::actor::Permission) -> bool {
    actor.require(permission).is_ok()
}
