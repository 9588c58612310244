//! Looks at files below a folder. Opens folders only, and nothing for writing.

use std::os::fd::OwnedFd;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use async_trait::async_trait;
use domain::inventory::System;
use domain::port::connector::ConnectorError;
use domain::port::probe::{Capabilities, Page, Probe, ProbeError, Question, Sighting, Survey};
use domain::secret::Secret;
use domain::selection::{RecordId, Side, Target};
use rustix::fs::{Access, AtFlags};
use rustix::io::Errno;

use super::config::{self, Template};
use super::walk::{self, Go, See};
use crate::template::probe::{Sides, read};
use crate::template::{bytes_of, text_of, value_of};

const CAPABILITIES: Capabilities = Capabilities {
    exact_count: true,
    exclude_records: true,
    exclude_dates: false,
    others: true,
    level: "unlinked; bytes may stay on the disk, in snapshots, under other hard links and in files that are open",
};

/// Makes the probe. The right to list the folder is the right to look; the credential is not used.
pub(super) fn make(system: &System, _credential: &Secret) -> Result<Arc<dyn Probe>, ConnectorError> {
    Ok(Arc::new(Eyes {
        root: config::root(system)?,
    }))
}

struct Eyes {
    root: PathBuf,
}

impl Eyes {
    /// Runs a look on a thread that may block.
    async fn on_disk<T: Send + 'static>(
        &self,
        target: &Target,
        look: impl FnOnce(&Sight) -> Result<T, ProbeError> + Send + 'static,
    ) -> Result<T, ProbeError> {
        let (root, target) = (self.root.clone(), target.clone());
        let work = tokio::task::spawn_blocking(move || look(&Sight::new(root, target)?));
        work.await
            .map_err(|_| ProbeError::Unreachable("the work was cut off".into()))?
    }
}

/// A container's folder while it is looked at.
struct Sight {
    root: PathBuf,
    template: Template,
    sides: Sides,
    folder: OwnedFd,
    base: Vec<String>,
}

impl Sight {
    fn new(root: PathBuf, target: Target) -> Result<Self, ProbeError> {
        let template = Template::of(&target.locator, &target.selection).map_err(ProbeError::Blind)?;
        let (folder, base) = walk::base(&root, &template)?;
        Ok(Self {
            root,
            template,
            sides: Sides::new(&target.selection),
            folder,
            base,
        })
    }

    /// Tells of every record after a path below the root.
    fn walk(&self, after: Option<&str>, see: &mut See<'_>) -> Result<(), ProbeError> {
        let after: Option<Vec<Vec<u8>>> = after.map(|path| {
            let names = path.trim_end_matches('/').split('/').skip(self.base.len());
            names.map(bytes_of).collect()
        });
        let mut path = self.base.clone();
        walk::walk(
            &self.folder,
            &self.template,
            &self.sides,
            &mut path,
            &Vec::new(),
            after.as_deref(),
            see,
        )?;
        Ok(())
    }

    /// Whether something is at a path below the root.
    fn exists(&self, id: &RecordId) -> Result<bool, ProbeError> {
        let mut names: Vec<&str> = id.0.split('/').collect();
        let is_folder = names.last().is_some_and(|name| name.is_empty()) && names.pop().is_some();
        if names
            .iter()
            .any(|name| matches!(*name, "" | "." | "..") || name.contains('\0'))
        {
            return Err(ProbeError::Blind("an id is not a path below the root".into()));
        }
        let Some((last, folders)) = names.split_last() else {
            return Err(ProbeError::Blind("an id is not a path below the root".into()));
        };
        let gone = |errno| {
            matches!(
                errno,
                Errno::NOENT | Errno::NOTDIR | Errno::LOOP | Errno::NAMETOOLONG
            )
        };
        let mut folder: Option<OwnedFd> = None;
        for name in folders {
            let opened = match &folder {
                None => walk::open_root(&self.root).and_then(|root| walk::open(&root, &bytes_of(name))),
                Some(folder) => walk::open(folder, &bytes_of(name)),
            };
            folder = match opened {
                Ok(opened) => Some(opened),
                Err(errno) if gone(errno) => return Ok(false),
                Err(errno) => return Err(walk::blind(errno, "a folder")),
            };
        }
        let folder = match folder {
            Some(folder) => folder,
            None => walk::open_root(&self.root).map_err(|errno| walk::blind(errno, "the root"))?,
        };
        match rustix::fs::statat(&folder, bytes_of(last).as_slice(), AtFlags::SYMLINK_NOFOLLOW) {
            Ok(stat) => {
                let found = rustix::fs::FileType::from_raw_mode(stat.st_mode);
                Ok(!is_folder || found == rustix::fs::FileType::Directory)
            }
            Err(errno) if gone(errno) => Ok(false),
            Err(errno) => Err(walk::blind(errno, "a file")),
        }
    }
}

#[async_trait]
impl Probe for Eyes {
    fn capabilities(&self) -> Capabilities {
        CAPABILITIES
    }

    async fn survey(&self, target: &Target) -> Result<Survey, ProbeError> {
        let template = Template::of(&target.locator, &target.selection).map_err(ProbeError::Blind)?;
        let base = self.root.join(template.base().join("/"));
        let root = self.root.clone();
        let work = tokio::task::spawn_blocking(move || survey(&root, &base, &template));
        work.await
            .map_err(|_| ProbeError::Unreachable("the work was cut off".into()))?
    }

    async fn scan(
        &self,
        target: &Target,
        side: Side,
        after: Option<&str>,
        limit: u32,
    ) -> Result<Page, ProbeError> {
        let after = after.map(str::to_owned);
        let tenant = target.selection.tenant.field.clone();
        self.on_disk(target, move |sight| {
            let (mut ids, mut tenants) = (Vec::new(), Vec::new());
            sight.walk(after.as_deref(), &mut |found, path, captures| {
                if found == side {
                    ids.push(RecordId(path.join("/")));
                }
                if found == side && side == Side::Others {
                    tenants.push(read(captures, &tenant));
                }
                if ids.len() >= limit.max(1) as usize {
                    Go::Stop
                } else {
                    Go::On
                }
            })?;
            let next = ids
                .last()
                .filter(|_| ids.len() >= limit.max(1) as usize)
                .map(|id| id.0.clone());
            Ok(Page { ids, tenants, next })
        })
        .await
    }

    async fn look(&self, target: &Target, question: &Question) -> Result<Sighting, ProbeError> {
        let question = question.clone();
        self.on_disk(target, move |sight| {
            let found = question
                .ids
                .iter()
                .map(|id| sight.exists(id))
                .collect::<Result<_, _>>()?;
            let controls = question
                .controls
                .iter()
                .map(|id| sight.exists(id))
                .collect::<Result<_, _>>()?;
            let mut counts = [0_u64; 3];
            if !question.count.is_empty() {
                sight.walk(None, &mut |side, _, _| {
                    counts[side as usize] += 1;
                    Go::On
                })?;
            }
            let counts = question
                .count
                .iter()
                .map(|side| Some(counts[*side as usize]))
                .collect();
            Ok(Sighting {
                found,
                controls,
                counts,
            })
        })
        .await
    }

    async fn values(&self, target: &Target, field: &str) -> Result<Vec<String>, ProbeError> {
        let field = field.to_owned();
        self.on_disk(target, move |sight| {
            let mut values = std::collections::BTreeSet::new();
            sight.walk(None, &mut |side, _, captures| {
                if side != Side::Others {
                    values.extend(
                        captures
                            .iter()
                            .filter(|(name, _)| *name == field)
                            .map(|(_, value)| value_of(value.clone())),
                    );
                }
                Go::On
            })?;
            Ok(values.into_iter().collect())
        })
        .await
    }

    fn place_behind(&self, _target: &Target, _id: &RecordId) -> Option<String> {
        None
    }

    fn native_query(&self, _target: &Target, id: &RecordId) -> String {
        let path = format!("{}/{}", self.root.to_string_lossy().trim_end_matches('/'), id.0);
        format!("ls -lad -- '{}'", path.replace('\'', "'\\''"))
    }
}

fn survey(root: &Path, base: &Path, template: &Template) -> Result<Survey, ProbeError> {
    let fields = template.fields();
    let (folder, _) = match walk::base(root, template) {
        Ok(found) => found,
        Err(ProbeError::Blind(why)) => {
            return Ok(Survey {
                container_found: false,
                siblings: Vec::new(),
                fields,
                notes: vec![why],
            });
        }
        Err(error) => return Err(error),
    };
    let siblings = walk::names(&folder)?
        .iter()
        .take(20)
        .map(|(name, _)| text_of(name))
        .collect();
    let mut notes = Vec::new();
    if rustix::fs::access(base, Access::WRITE_OK).is_ok() {
        notes.push("the probe may write here; run it as a user who can only read".into());
    }
    Ok(Survey {
        container_found: true,
        siblings,
        fields,
        notes,
    })
}
