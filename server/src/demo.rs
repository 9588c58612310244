//! The demonstration: the main job on sample systems that really hold data, from the first request to a certificate
//! that a stranger can check. Every line that says what was seen is compared with what was seen, by plain queries that
//! share no code with probes and erasers; one that does not hold ends the demonstration with an error.
//!
//! Only here is a system told to lie: the ordinary wiring knows no [`connectors::liar`].

mod clock;
mod drive;
mod error;
mod organisation;
mod proof;
mod story;
mod systems;
mod teller;
mod world;

use std::path::PathBuf;
use std::time::Instant;

pub use error::DemoError;

use story::Story;
use systems::Systems;
use teller::Teller;
use world::World;

/// Plays the main job on sample systems and an embedded store
#[derive(Debug, Clone, clap::Args)]
pub struct DemoArgs {
    /// Play the story once, without the web application, and end
    #[arg(long)]
    pub once: bool,
    /// The folder for the certificate, its signatures, keys and mails
    #[arg(long, value_name = "DIR", default_value = "lethe-demo")]
    pub out: PathBuf,
}

/// Plays the story and leaves the certificate, with all that is needed to check it, in the folder.
pub async fn run(args: &DemoArgs) -> Result<(), DemoError> {
    let begun = Instant::now();
    let mut teller = Teller::new(std::io::stdout());
    let out = make_folder(&args.out)?;
    let work = tempfile::Builder::new().prefix("lethe-demo-").tempdir();
    let work = work.map_err(|error| DemoError::file("the working folder", error))?;
    let clock = clock::DemoClock::shared(story::DURATION);
    let systems = Systems::make(work.path(), &clock).await?;
    let played = async {
        let world = World::make(work.path(), &out, clock, &systems).await?;
        let story = Story::new(&world, &systems, work.path(), &out);
        let told = story.tell(&mut teller).await;
        world.close().await;
        told
    };
    let played = played.await;
    let removed = systems.remove().await;
    played?;
    removed?;
    teller.end(&out, begun.elapsed(), args.once)
}

fn make_folder(folder: &std::path::Path) -> Result<PathBuf, DemoError> {
    let made = std::fs::create_dir_all(folder).and_then(|()| folder.canonicalize());
    made.map_err(|error| DemoError::file(folder.display(), error))
}
