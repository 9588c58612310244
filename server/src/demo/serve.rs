//! The demonstration as a visitor walks through it: the sample organisation in the browser, with requests in different
//! states, a sign-in for every role, and one system that lies.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use domain::secret::Secret;
use engine::Policy;
use tokio::net::TcpListener;

use super::organisation::{self, Somebody};
use super::story::{self, Story};
use super::systems::Systems;
use super::teller::Teller;
use super::world::{Stage, World};
use super::{DemoArgs, DemoError, clock, scenes};
use crate::http;
use crate::wiring::Role;
use crate::worker::{self, stop_pair, until_signal};

/// The tenant can object for so long: short enough to wait for.
const GRACE: Duration = Duration::from_secs(20);
/// A release can be taken back for so long.
const COOLING_OFF: Duration = Duration::from_secs(30);
/// Every system settles so fast.
const SETTLES: u32 = 3;
/// Jobs at the same time.
const TOGETHER: usize = 8;
/// Answers under way get so long after a stop.
const LAST_WORDS: Duration = Duration::from_secs(3);

/// Plays the story where nobody hears it, adds requests in other states, then serves the application until stopped.
pub(super) async fn serve(args: &DemoArgs, work: &Path, out: &Path) -> Result<(), DemoError> {
    let listener = TcpListener::bind(args.listen).await;
    let listener = listener.map_err(|error| DemoError::file(args.listen, error))?;
    let address = listener
        .local_addr()
        .map_err(|error| DemoError::file(args.listen, error))?;
    let stage = Stage {
        database: args.database.clone(),
        public_url: format!("http://{address}"),
        password: Some(
            args.password
                .clone()
                .map_or_else(organisation::password, Secret::new),
        ),
    };
    let clock = clock::DemoClock::shared(story::DURATION + scenes::DURATION);
    let systems = Systems::make(work, &clock).await?;
    let served = played_and_served(
        &stage,
        (work, out),
        clock,
        &systems,
        (listener, args.site_dir.clone()),
    )
    .await;
    let removed = systems.remove().await;
    served.and(removed)
}

async fn played_and_served(
    stage: &Stage,
    (work, out): (&Path, &Path),
    clock: Arc<clock::DemoClock>,
    systems: &Systems,
    (listener, site_dir): (TcpListener, Option<PathBuf>),
) -> Result<(), DemoError> {
    let world = World::make(stage, work, out, clock, systems).await?;
    Story::new(&world, systems, work, out)
        .tell(&mut Teller::new(std::io::sink()))
        .await?;
    let today = world.engine.now().date_in(organisation::ZONE);
    let drills = organisation::drills(today.map_err(engine::Error::from)?)?;
    scenes::play(&world, systems, (SETTLES, &drills)).await?;
    world.forward(story::DURATION + scenes::DURATION);
    let address = listener
        .local_addr()
        .map_err(|error| DemoError::file("the address", error))?;
    greet(stage, &world, address, out)?;
    let policy = Policy {
        grace: GRACE,
        cooling_off: COOLING_OFF,
        drills: Some(drills),
        ..organisation::policy(&stage.public_url)
    };
    let served = until_stopped(&world, policy, listener, site_dir).await;
    world.close().await;
    served
}

/// Serves and works until the operating system asks for the end.
async fn until_stopped(
    world: &World,
    policy: Policy,
    listener: TcpListener,
    site_dir: Option<PathBuf>,
) -> Result<(), DemoError> {
    let wired = world.wired(world.under(policy));
    let signer = wired.issuer.clone().map(|issuer| issuer as Arc<_>);
    let (stopper, stop) = stop_pair();
    let web = http::Web::new(wired.engine.clone(), signer, site_dir).until(stop.clone());
    let mut late = stop.clone();
    let serving = http::serve(listener, http::build(web), stop.clone());
    let serving = async {
        tokio::select! {
            served = serving => served,
            () = async { late.said().await; tokio::time::sleep(LAST_WORDS).await } => (),
        }
    };
    let working = worker::work(&wired, Role::All, TOGETHER, stop);
    let asked = async {
        let asked = until_signal().await;
        stopper.stop();
        asked
    };
    let ((), (), asked) = tokio::join!(serving, working, asked);
    asked.map_err(|error| DemoError::file("the web server", error))
}

/// Says where to go and how to sign in.
fn greet(stage: &Stage, world: &World, address: SocketAddr, out: &Path) -> Result<(), DemoError> {
    let mut teller = Teller::new(std::io::stdout());
    teller.title("Lethe, with a sample organisation")?;
    teller.plain(&format!("Open http://{address} and sign in as one of these:"))?;
    let row = |one: &&Somebody| vec![one.title.to_owned(), one.name.to_owned(), one.email.to_owned()];
    let rows: Vec<Vec<String>> = world.people.all().iter().map(row).collect();
    teller.table(&["role", "name", "e-mail address"], &rows)?;
    let password = stage.password.as_ref().map(Secret::reveal).unwrap_or_default();
    teller.plain(&format!("The password of all of them: {password}"))?;
    teller.plain(&format!(
        "One request is certified already: one of its systems, the full-text search, said that everything was deleted and \
         deleted half; the check found the rest and it was erased. Others wait for you. Grace periods, cooling-off and \
         settling take seconds here. Mails go to {}.",
        out.join("mails").display()
    ))?;
    // A line of its own: whoever starts this by a program waits for it.
    teller.plain("Ctrl-C ends the demonstration and removes its data.")?;
    Ok(())
}
