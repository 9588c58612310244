//! Restoring a backup: it comes up paused, with the hold register unconfirmed, or not at all.
//!
//! All of it is done in a copy of the backup, before anything is put in place: a crash in between cannot leave a database
//! that works on an old hold register.

use std::path::{Path, PathBuf};

use domain::actor::{Actor, Role};
use domain::audit::{Checkpoint, CheckpointError, Event, merkle};
use domain::digest::Digest;
use domain::id::{EntryId, MailId, RequestId};
use domain::job::Job;
use domain::mail::{Mail, MailKind};
use domain::port::store::{Store as _, StoreError, Tx};
use domain::signature::note::VerifierKey;
use domain::switches::{Pause, Switches};
use domain::time::{Clock as _, Entropy as _, Timestamp};
use engine::Policy;
use serde_json::json;
use storage::{Database, OpenError};
use vault::{SystemClock, SystemEntropy};

/// Who does it, in the log.
const RESTORER: Actor = Actor::System("restore");
/// Leaves read at once.
const BATCH: u32 = 10_000;

/// What was published of the log before.
pub(crate) struct Published {
    /// The signed note.
    pub(crate) note: String,
    /// Keys of the log.
    pub(crate) keys: Vec<VerifierKey>,
    /// Why it is accepted that entries are lost, if it is.
    pub(crate) accepted: Option<String>,
}

/// A copy of the backup, ready to be put in place. Deleted when dropped.
pub(crate) struct Prepared {
    folder: PathBuf,
}

/// The backup cannot be put in place; nothing was changed.
#[derive(Debug, thiserror::Error)]
pub(crate) enum RestoreError {
    /// The file cannot be read.
    #[error("cannot be read: {0}")]
    File(#[from] std::io::Error),
    /// Not a database of ours.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The checkpoint is not one.
    #[error("the published checkpoint cannot be relied on: {0}")]
    Checkpoint(#[from] CheckpointError),
    /// Two histories.
    #[error("forked: the first {size} entries of its log give another root than the one that was published")]
    Forked {
        /// Entries in the published checkpoint.
        size: u64,
    },
    /// The backup is older than what was published.
    #[error(
        "its log has {backup} entries, but {published} were published: going on from it forks the log. Restore a newer \
         backup, or say why the entries are given up: --accept-lost-entries REASON"
    )]
    Behind {
        /// Entries in the backup.
        backup: u64,
        /// Entries in the published checkpoint.
        published: u64,
    },
}

impl Prepared {
    /// The copy.
    pub(crate) fn file(&self) -> PathBuf {
        self.folder.join("backup.db")
    }
}

impl Drop for Prepared {
    fn drop(&mut self) {
        if let Err(error) = std::fs::remove_dir_all(&self.folder) {
            tracing::warn!(folder = %self.folder.display(), %error, "a temporary copy of the backup could not be deleted");
        }
    }
}

/// Copies a backup into a folder beside others, compares its log with what was published, and pauses everything in the copy.
pub(crate) async fn prepare(
    backup: &Path,
    published: Option<Published>,
    policy: &Policy,
    beside: &Path,
    destroyed: &[(RequestId, Timestamp)],
) -> Result<Prepared, RestoreError> {
    let mut random = [0; 8];
    SystemEntropy.fill(&mut random);
    let folder = beside.join(format!("restoring-{}", hex::encode(random)));
    crate::files::make_private_folder(&folder)?;
    let prepared = Prepared { folder };
    std::fs::copy(backup, prepared.file())?;
    let database = storage::open(&format!("sqlite:{}", prepared.file().display())).await?;
    let done = arrange(&database, published, policy, destroyed).await;
    database.close().await;
    done.map(|()| prepared)
}

async fn arrange(
    database: &Database,
    published: Option<Published>,
    policy: &Policy,
    destroyed: &[(RequestId, Timestamp)],
) -> Result<(), RestoreError> {
    let lost = match published {
        Some(published) => compare(database, published).await?,
        None => None,
    };
    let now = SystemClock.now();
    let mut tx = database.begin().await?;
    let switches = tx.settings().switches().await?;
    let reason = "restored from a backup".to_owned();
    let pause = Pause {
        by: RESTORER.reference(),
        since: now,
        reason,
    };
    let switches = Switches {
        all: Some(pause),
        register_unconfirmed_since: Some(now),
        ..switches
    };
    tx.settings().set_switches(&switches).await?;
    let event = Event::new(
        "database.restored",
        "register:holds",
        json!({ "lost_entries": lost }),
    );
    tx.log()
        .append(&event.entry(EntryId::new(now, drawn()), &RESTORER, now, drawn()))
        .await?;
    forget_sign_ins(&mut *tx, now).await?;
    destroy_again(&mut *tx, destroyed, now).await?;
    tell_counsel(&mut *tx, policy, now).await?;
    Ok(tx.commit().await?)
}

/// Keys that were destroyed after the backup was made are destroyed in it as well.
async fn destroy_again(
    tx: &mut dyn Tx,
    destroyed: &[(RequestId, Timestamp)],
    now: Timestamp,
) -> Result<(), StoreError> {
    for (id, at) in destroyed {
        let request = tx.requests().find(*id).await?;
        let Some(request) = request.filter(|request| request.destroyed_at.is_none()) else {
            continue;
        };
        tx.requests().update(&request.destroy(*at)).await?;
        let details = json!({ "first_at": at });
        let event = Event::new("request.key_destroyed", format!("request:{id}"), details);
        tx.log()
            .append(&event.entry(EntryId::new(now, drawn()), &RESTORER, now, drawn()))
            .await?;
    }
    Ok(())
}

/// Longer than any link in a mail works.
const LONGEST_LINK: std::time::Duration = std::time::Duration::from_secs(100 * 366 * 24 * 3600);

/// Sessions and links of the backup may have ended since: nobody is signed in after a restore.
async fn forget_sign_ins(tx: &mut dyn Tx, now: Timestamp) -> Result<(), StoreError> {
    for person in tx.people().list().await? {
        tx.sessions().end_all(person.id).await?;
        tx.links().void(person.id).await?;
    }
    // Links that give a certificate once may have been used since: none works longer than this.
    tx.downloads().sweep(now.after(LONGEST_LINK)).await?;
    Ok(())
}

/// Refuses a log that contradicts what was published. Gives why entries are given up, where they are.
async fn compare(database: &Database, published: Published) -> Result<Option<String>, RestoreError> {
    let checkpoint = Checkpoint::open(&published.note, &published.keys)?;
    let mut tx = database.read().await?;
    let size = tx.log().size().await?;
    if size < checkpoint.size {
        return match published.accepted {
            Some(reason) => Ok(Some(reason)),
            None => Err(RestoreError::Behind {
                backup: size,
                published: checkpoint.size,
            }),
        };
    }
    match root_at(&mut *tx, checkpoint.size).await? == Some(checkpoint.root) {
        true => Ok(None),
        false => Err(RestoreError::Forked {
            size: checkpoint.size,
        }),
    }
}

/// The root over the first leaves; absent when some are missing.
async fn root_at(tx: &mut dyn Tx, size: u64) -> Result<Option<Digest>, StoreError> {
    let mut tree = merkle::Tree::new();
    while tree.size() < size {
        let wanted = u32::try_from((size - tree.size()).min(u64::from(BATCH))).unwrap_or(BATCH);
        let leaves = tx.log().leaves(tree.size(), wanted).await?;
        if leaves.is_empty() {
            return Ok(None);
        }
        for leaf in leaves {
            tree.append(merkle::leaf(&leaf.bytes), |_| {});
        }
    }
    Ok(Some(tree.root()))
}

/// Leaves a mail for each legal counsel.
async fn tell_counsel(tx: &mut dyn Tx, policy: &Policy, now: Timestamp) -> Result<(), StoreError> {
    let people = tx.people().list().await?;
    let counsel = people
        .into_iter()
        .filter(|person| person.disabled_at.is_none() && person.roles.contains(&Role::LegalCounsel));
    for person in counsel {
        let facts = [
            ("name", person.name),
            ("issuer", policy.issuer.name.clone()),
            ("url", policy.public_url.clone()),
        ];
        let mail = Mail {
            facts: facts
                .into_iter()
                .map(|(name, fact)| (name.to_owned(), fact))
                .collect(),
            ..Mail::queued(
                MailId::new(now, drawn()),
                MailKind::ConfirmRegister,
                person.email,
                now,
            )
        };
        tx.outbox().insert(&mail).await?;
        tx.jobs().enqueue(&Job::SendMail { mail: mail.id }, now).await?;
    }
    Ok(())
}

fn drawn<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    SystemEntropy.fill(&mut bytes);
    bytes
}

#[cfg(test)]
mod tests;
