//! `lethe doctor`: looks at every part, and says what to do about what is wrong.

use domain::actor::Actor;
use domain::inventory::{Handling, System};
use domain::key::{Ending, ending};
use domain::nonce::NonceRule;
use domain::port::keeper::KeyKeeper as _;
use domain::port::vault::Purpose;
use domain::subject::TenantKey;
use domain::time::Clock as _;
use engine::Engine;
use vault::{Source, SystemClock};

use super::desk::{Desk, settings};
use super::{Failure, Options, out};
use crate::config::{Config, MailTo, strange_variables};
use crate::wiring::{Role, open_issuer, smtp_mailer, wire};

/// A clock before this is not set.
const BUILT_AFTER: &str = "2026-01-01T00:00:00Z";

/// What was found.
#[derive(Default)]
struct Findings {
    wrong: usize,
}

impl Findings {
    fn good(&self, what: &str, how: impl std::fmt::Display) {
        out::line(format_args!("ok     {what}: {how}"));
    }

    /// Worth knowing, but it works.
    fn note(&self, what: &str, how: impl std::fmt::Display) {
        out::line(format_args!("note   {what}: {how}"));
    }

    fn wrong(&mut self, what: &str, how: impl std::fmt::Display) {
        self.wrong += 1;
        out::line(format_args!("WRONG  {what}: {how}"));
    }

    fn either<T, E: std::fmt::Display>(
        &mut self,
        what: &str,
        result: Result<T, E>,
        how: impl FnOnce(T) -> String,
    ) {
        match result {
            Ok(value) => self.good(what, how(value)),
            Err(error) => self.wrong(what, error),
        }
    }
}

pub(super) async fn run(options: &Options) -> Result<(), Failure> {
    let config = settings(options)?;
    let mut findings = Findings::default();
    look_at_settings(&config, &findings);
    // First of all, because a new installation gets its sealing keys with its database.
    let engine = database(&config, &mut findings).await;
    look_at_keys(&config, &mut findings);
    mail(&config, &mut findings).await;
    if let Some(engine) = engine {
        installation(&engine, &mut findings).await?;
        let desk = match options.acting.is_given() {
            true => Some(Desk::open(options).await?),
            false => None,
        };
        systems(&engine, desk.as_ref(), &mut findings).await;
    }
    match findings.wrong {
        0 => {
            out::line("nothing is wrong");
            Ok(())
        }
        1 => Err(Failure::failed("one thing is wrong")),
        count => Err(Failure::failed(format!("{count} things are wrong"))),
    }
}

fn look_at_settings(config: &Config, findings: &Findings) {
    if config.policy.issuer == engine::Issuer::default() {
        findings.note("issuer", "is not named: set issuer.name, issuer.address and issuer.dpo_contact before the first certificate");
    }
    if config.policy.nonce == NonceRule::Committed {
        findings.good(
            "sampling.nonce",
            "committed: before each plan an officer who did not open the request commits to a nonce",
        );
    }
    for name in strange_variables() {
        findings.note(
            "environment",
            format_args!("{name} is no setting; is it misspelt?"),
        );
    }
}

fn look_at_keys(config: &Config, findings: &mut Findings) {
    let now = SystemClock.now();
    match BUILT_AFTER.parse() {
        Ok(built) if now < built => findings.wrong(
            "clock",
            format_args!("says {now}: set it, every deadline depends on it"),
        ),
        _ => findings.good("clock", now),
    }
    for purpose in Purpose::ALL {
        let (setting, source) = config.keys.source(purpose);
        let what = format!("{} key", purpose.word().replace('_', " "));
        match vault::PurposeKeys::read(setting, purpose, source) {
            Ok(_) => findings.good(&what, place(source)),
            Err(error) => findings.wrong(&what, format_args!("{error} (lethe keys init, or a backup)")),
        }
    }
    let beside = matches!(&config.keys.passphrase, Source::File(file) if file.parent() == Some(&config.keys.folder) && file.exists());
    if beside {
        findings.note(
            "passphrase",
            "lies beside the keys that it opens: keep it elsewhere (keys.passphrase_file)",
        );
    }
    if !config.keys.folder.join("keys.json").exists() {
        return findings.note(
            "signing keys",
            "are made when lethe serve first starts, or by lethe keys init",
        );
    }
    match open_issuer(config) {
        Err(error) => findings.wrong("signing keys", Failure::from(error).words()),
        Ok(keys) => match keys.keys().map(|keys| ending(&keys, now)) {
            Ok(ending) if ending.is_empty() => findings.good("signing keys", config.keys.folder.display()),
            Ok(ending) => ending.iter().for_each(|Ending { key, threshold }| {
                let what = key.kind.word();
                let how = format!("ends on {}: lethe keys rotate {what}", key.not_after.date());
                match threshold {
                    0 => findings.wrong(&format!("{what} key"), how),
                    _ => findings.note(&format!("{what} key"), how),
                }
            }),
            Err(error) => findings.wrong("signing keys", error),
        },
    }
}

fn place(source: &Source) -> String {
    match source {
        Source::File(file) => file.display().to_string(),
        Source::Credential(file) => format!("{} (systemd credential)", file.display()),
        Source::Value(_) => "from the environment".into(),
    }
}

/// The engine, where database and keys let there be one.
async fn database(config: &Config, findings: &mut Findings) -> Option<Engine> {
    let wired = match wire(config, Role::Desk).await {
        Ok(wired) => wired,
        Err(error) => {
            findings.wrong("database", Failure::from(error).words());
            return None;
        }
    };
    let version = wired.database.schema_version().await;
    findings.either("database", version, |version| {
        format!("answers, schema version {version}")
    });
    Some(wired.engine)
}

async fn mail(config: &Config, findings: &mut Findings) {
    match &config.mail {
        MailTo::Nowhere => findings.note(
            "mail",
            "goes nowhere (mail.url = none): nobody is told of holds, runs and certificates",
        ),
        MailTo::Folder { folder, .. } => findings.note(
            "mail",
            format_args!(
                "is written into {}: nobody receives it (set mail.url)",
                folder.display()
            ),
        ),
        MailTo::Smtp { .. } => match smtp_mailer(config) {
            Ok(None) => {}
            Ok(Some(mailer)) => findings.either("mail", mailer.answers().await, |()| {
                "the mail server answers".into()
            }),
            Err(error) => findings.wrong("mail", error),
        },
    }
}

/// What the installation holds: people, switches, parked work, the log.
async fn installation(engine: &Engine, findings: &mut Findings) -> Result<(), Failure> {
    let actor = Actor::System("doctor");
    match engine.people(&actor).await?.len() {
        0 => findings.wrong("people", "there is nobody yet: lethe admin found"),
        count => findings.good("people", format_args!("{count} accounts")),
    }
    let switches = engine.switches(&actor).await?;
    if switches.register_unconfirmed_since.is_some() {
        findings.wrong(
            "hold register",
            "is not confirmed after a restore: lethe hold confirm-register",
        );
    }
    if let Some(pause) = &switches.all {
        findings.note(
            "pause",
            format_args!(
                "everything is paused: {} (lethe request resume --all)",
                pause.reason
            ),
        );
    }
    for (system, pause) in &switches.systems {
        findings.note(
            "pause",
            format_args!(
                "{system} is paused: {} (lethe request resume --system {system})",
                pause.reason
            ),
        );
    }
    match engine.parked_jobs(&actor).await?.len() {
        0 => findings.good("jobs", "none is parked"),
        count => findings.wrong("jobs", format_args!("{count} are parked: lethe request parked")),
    }
    schedule(engine, &actor, findings).await?;
    log(engine, findings).await
}

/// Whether somebody looks for what is overdue, and whether drills run and pass.
async fn schedule(engine: &Engine, actor: &Actor, findings: &mut Findings) -> Result<(), Failure> {
    let watched = engine.watched(actor).await?;
    match (watched.at, watched.stopped) {
        (None, _) => findings.note(
            "schedule",
            "has not run yet: it does while lethe serve or a worker runs",
        ),
        (Some(at), true) => findings.wrong(
            "schedule",
            format_args!(
                "stands still since {at}: nothing overdue alarms until lethe serve or a worker runs"
            ),
        ),
        (Some(at), false) => findings.good("schedule", format_args!("ran last at {at}")),
    }
    if engine.drill_schedule(actor)?.is_none() {
        findings.note(
            "drills",
            "none runs: name a synthetic tenant (drills.tenant); certificates say that no drill has passed",
        );
    }
    if let Some(drill) = engine.drill_alarm(actor).await? {
        let of = drill
            .month
            .as_ref()
            .map_or_else(|| "asked for".into(), |month| format!("of {month}"));
        let state = drill.state.word().replace('_', " ");
        findings.wrong(
            "drills",
            format_args!("the drill {of}: {state} (lethe drill list)"),
        );
    } else if engine.drill_schedule(actor)?.is_some() {
        findings.good("drills", "nothing is wrong with the last one");
    }
    Ok(())
}

async fn log(engine: &Engine, findings: &mut Findings) -> Result<(), Failure> {
    let size = engine.store().read().await?.log().size().await?;
    match engine.checkpoint().await? {
        Some(_) => findings.good(
            "log",
            format_args!("{size} entries are in place, under a signed checkpoint"),
        ),
        None => findings.note("log", "has no checkpoint yet: it is signed when lethe serve runs"),
    }
    Ok(())
}

/// Every system through its probe, where somebody who may look has signed in.
async fn systems(engine: &Engine, desk: Option<&Desk>, findings: &mut Findings) {
    let inventory = match engine.inventory(&Actor::System("doctor")).await {
        Ok(inventory) => inventory,
        Err(_) => return findings.note("inventory", "there is none yet: lethe inventory apply FILE"),
    };
    findings.good(
        "inventory",
        format_args!(
            "version {} with {} systems",
            inventory.number,
            inventory.systems.len()
        ),
    );
    let Some(desk) = desk else {
        return findings.note(
            "systems",
            "were not looked at: sign in as operator or counsel (--as EMAIL)",
        );
    };
    for system in &inventory.systems {
        look(desk, system, findings).await;
    }
}

async fn look(desk: &Desk, system: &System, findings: &mut Findings) {
    let what = format!("system {}", system.name);
    if system.handling != Handling::Erase {
        return findings.good(&what, format_args!("is handled by {}", system.handling.word()));
    }
    // A key that no tenant has: whether the probe can look does not depend on finding anything.
    let Ok(nobody) = TenantKey::parse("lethe-doctor") else {
        return;
    };
    match desk.engine.try_system(&desk.actor, &system.name, &nobody).await {
        Err(error) => findings.wrong(&what, error),
        Ok(seen) => match seen
            .iter()
            .find_map(|tried| tried.survey.as_ref().err().map(|why| (tried, why)))
        {
            Some((tried, why)) => findings.wrong(&what, format_args!("{}: {why}", tried.dataset)),
            None => findings.good(
                &what,
                format_args!("its probe sees every dataset ({})", seen.len()),
            ),
        },
    }
}
