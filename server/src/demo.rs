//! The demonstration: the main job on sample systems that really hold data, from the first request to a certificate
//! that a stranger can check. Every line that says what was seen is compared with what was seen, by plain queries that
//! share no code with probes and erasers; one that does not hold ends the demonstration with an error.
//!
//! Only here is a system told to lie: the ordinary wiring knows no [`connectors::liar`].

mod clock;
mod drive;
mod error;
mod look;
mod organisation;
mod partner;
mod proof;
mod scenes;
mod serve;
mod story;
mod systems;
mod teller;
mod world;

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::Instant;

pub use error::DemoError;

use crate::config::LogSettings;
use crate::telemetry;
use story::Story;
use systems::Systems;
use teller::Teller;
use world::{Stage, World};

/// Shows the application with a sample organisation, or plays the main job once
#[derive(Debug, Clone, clap::Args)]
pub struct DemoArgs {
    /// Play the story once, line by line, without the web application, and end
    #[arg(long)]
    pub once: bool,
    /// Where the application listens
    #[arg(
        long,
        value_name = "ADDRESS:PORT",
        default_value = "127.0.0.1:8080",
        conflicts_with = "once"
    )]
    pub listen: SocketAddr,
    /// The password of all sample people; a random one is printed otherwise
    #[arg(long, value_name = "TEXT", conflicts_with = "once")]
    pub password: Option<String>,
    /// An empty database for our own records; a SQLite file in a temporary folder otherwise
    #[arg(long, value_name = "URL", conflicts_with = "once")]
    pub database: Option<String>,
    /// A folder with what the browser loads, in place of what is embedded
    #[arg(long, value_name = "DIR", conflicts_with = "once")]
    pub site_dir: Option<PathBuf>,
    /// The folder for the certificate, its signatures, keys and mails
    #[arg(long, value_name = "DIR", default_value = "lethe-demo")]
    pub out: PathBuf,
}

/// Serves the sample organisation, or plays the story once; leaves the certificate, with all that is needed to check it,
/// in the folder.
pub async fn run(args: &DemoArgs) -> Result<(), DemoError> {
    let started = telemetry::start(&log());
    started.map_err(|why| DemoError::Setup { what: "the log", why })?;
    let out = make_folder(&args.out)?;
    let work = tempfile::Builder::new().prefix("lethe-demo-").tempdir();
    let work = work.map_err(|error| DemoError::file("the working folder", error))?;
    match args.once {
        true => once(&out, work.path()).await,
        false => serve::serve(args, work.path(), &out).await,
    }
}

/// What goes wrong is told on standard error; what goes well is the story. No news: statements that are slow where a
/// visitor builds and plays on one machine, and what is wrong with the file that the story spoils on purpose.
fn log() -> LogSettings {
    LogSettings {
        json: false,
        filter: "warn,lopdf=off,sqlx::query=error".into(),
    }
}

async fn once(out: &Path, work: &Path) -> Result<(), DemoError> {
    let begun = Instant::now();
    let mut teller = Teller::new(std::io::stdout());
    let stage = Stage {
        database: None,
        public_url: organisation::PUBLIC_URL.into(),
        password: None,
    };
    let clock = clock::DemoClock::shared(story::DURATION + story::correction::DURATION);
    let systems = Systems::make(work, &clock).await?;
    let played = async {
        let world = World::make(&stage, work, out, clock, &systems).await?;
        let story = Story::new(&world, &systems, work, out);
        let told = async {
            let (request, certificate) = story.tell(&mut teller).await?;
            story.correct(&mut teller, request, certificate).await
        };
        let told = told.await;
        world.close().await;
        told
    };
    let played = played.await;
    let removed = systems.remove().await;
    played?;
    removed?;
    teller.end(out, begun.elapsed())
}

fn make_folder(folder: &std::path::Path) -> Result<PathBuf, DemoError> {
    let made = std::fs::create_dir_all(folder).and_then(|()| folder.canonicalize());
    made.map_err(|error| DemoError::file(folder.display(), error))
}
