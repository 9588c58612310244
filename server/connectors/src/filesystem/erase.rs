//! Erases files below a folder, in the order of their paths; never follows a symbolic link, on any segment.

use std::ffi::CString;
use std::os::fd::OwnedFd;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use async_trait::async_trait;
use domain::inventory::System;
use domain::port::connector::ConnectorError;
use domain::port::erase::{Chunk, Cursor, Erase, EraseError, Erased};
use domain::secret::Secret;
use domain::selection::Target;
use domain::time::{Clock, Timestamp};
use rustix::fs::{AtFlags, Dir, FileType, Mode, OFlags};
use rustix::io::Errno;

use super::config::{self, Template};
use crate::template::erase::Wanted;
use crate::template::{Captures, bytes_of, text_of};

/// Makes the eraser. The right to write in the folder is the right to delete; the credential is not used.
pub(super) fn make(
    system: &System,
    _credential: &Secret,
    clock: &Arc<dyn Clock>,
) -> Result<Arc<dyn Erase>, ConnectorError> {
    Ok(Arc::new(Eraser {
        root: config::root(system)?,
        clock: Arc::clone(clock),
    }))
}

struct Eraser {
    root: PathBuf,
    clock: Arc<dyn Clock>,
}

#[async_trait]
impl Erase for Eraser {
    async fn erase(&self, target: &Target, chunk: &Chunk) -> Result<Erased, EraseError> {
        let (root, clock) = (self.root.clone(), Arc::clone(&self.clock));
        let (target, chunk) = (target.clone(), chunk.clone());
        let work = tokio::task::spawn_blocking(move || erase(&root, clock.as_ref(), &target, &chunk));
        work.await
            .map_err(|_| EraseError::Transient("the work was cut off".into()))?
    }
}

fn erase(root: &Path, clock: &dyn Clock, target: &Target, chunk: &Chunk) -> Result<Erased, EraseError> {
    let template = Template::of(&target.locator, &target.selection).map_err(EraseError::Refused)?;
    let after = chunk
        .after
        .as_ref()
        .map(|Cursor(text)| serde_json::from_str::<Vec<String>>(text))
        .transpose();
    let after = after.map_err(|_| EraseError::Refused("the cursor is not one of this dataset".into()))?;
    let root = rustix::fs::open(root, FOLDER & !OFlags::NOFOLLOW, Mode::empty());
    let mut folder = root.map_err(|errno| refusal(errno, "the root"))?;
    for name in template.base() {
        folder = open(&folder, name.as_bytes()).map_err(|errno| refusal(errno, "the container's folder"))?;
    }
    let mut walk = Walk {
        template: &template,
        wanted: Wanted::new(&target.selection),
        clock,
        deadline: chunk.deadline,
        limit: chunk.limit.max(1).into(),
        path: Vec::new(),
        reported: 0,
        last: None,
    };
    let after = after.map(|names| names.iter().map(|name| bytes_of(name)).collect::<Vec<_>>());
    let stop = match walk.folder(&folder, template.base().len(), &Vec::new(), after.as_deref()) {
        Ok(()) => None,
        Err(Stop::Full) => Some(()),
        Err(Stop::TooLate) if walk.reported == 0 => return Err(EraseError::TooLate),
        Err(Stop::TooLate) => Some(()),
        Err(Stop::Refused(refusal)) => return Err(refusal),
    };
    let last: Option<Vec<String>> = walk
        .last
        .map(|names| names.iter().map(|name| text_of(name)).collect());
    Ok(Erased {
        reported: walk.reported,
        next: stop
            .and(last)
            .map(|names| Cursor(serde_json::Value::from(names).to_string())),
        method: "unlink of files, then of emptied folders".into(),
    })
}

/// Why a walk ends early.
enum Stop {
    Full,
    TooLate,
    Refused(EraseError),
}

struct Walk<'a> {
    template: &'a Template,
    wanted: Wanted<'a>,
    clock: &'a dyn Clock,
    deadline: Timestamp,
    limit: u64,
    /// The names from the container's folder to here.
    path: Vec<Vec<u8>>,
    reported: u64,
    /// The last file that was deleted.
    last: Option<Vec<Vec<u8>>>,
}

impl Walk<'_> {
    /// Erases in a folder what comes after a path in it.
    fn folder(
        &mut self,
        folder: &OwnedFd,
        depth: usize,
        captures: &Captures<'_>,
        after: Option<&[Vec<u8>]>,
    ) -> Result<(), Stop> {
        let template = self.template;
        for (name, kind) in entries(folder)? {
            let (first, rest) = match after.and_then(<[_]>::split_first) {
                Some((first, _)) if name < *first => continue,
                Some((first, rest)) if name == *first => (true, (!rest.is_empty()).then_some(rest)),
                _ => (false, None),
            };
            let Some(mut read) = template.read(depth, &text_of(&name)) else {
                continue;
            };
            let mut known = captures.clone();
            known.append(&mut read);
            if !self.wanted.may_hold(&known) {
                continue;
            }
            self.path.push(name.clone());
            if kind == FileType::Directory {
                match open(folder, &name) {
                    Ok(inner) => self.folder(&inner, depth + 1, &known, rest)?,
                    Err(Errno::NOENT) => {}
                    Err(errno) => return Err(Stop::Refused(refusal(errno, "a folder"))),
                }
                if self.wanted.holds(&known) {
                    self.remove(folder, &name, AtFlags::REMOVEDIR)?;
                }
            } else if depth + 1 >= template.depth() && self.wanted.holds(&known) && !(first && rest.is_none())
            {
                if self.reported >= self.limit {
                    return Err(Stop::Full);
                }
                if self.remove(folder, &name, AtFlags::empty())? {
                    self.reported += 1;
                    self.last = Some(self.path.clone());
                }
            }
            self.path.pop();
        }
        Ok(())
    }

    /// Removes one name, if there is time: a file or a symbolic link itself, or a folder that is empty.
    fn remove(&self, folder: &OwnedFd, name: &[u8], how: AtFlags) -> Result<bool, Stop> {
        if self.clock.now() >= self.deadline {
            return Err(Stop::TooLate);
        }
        match rustix::fs::unlinkat(folder, name, how) {
            Ok(()) => Ok(true),
            Err(Errno::NOENT | Errno::NOTEMPTY | Errno::EXIST) => Ok(false),
            Err(errno) => Err(Stop::Refused(refusal(errno, "a file or folder"))),
        }
    }
}

const FOLDER: OFlags = OFlags::RDONLY
    .union(OFlags::DIRECTORY)
    .union(OFlags::NOFOLLOW)
    .union(OFlags::CLOEXEC);

fn open(folder: &OwnedFd, name: &[u8]) -> Result<OwnedFd, Errno> {
    rustix::fs::openat(folder, name, FOLDER, Mode::empty())
}

/// The names in a folder, in order, each with what it is.
fn entries(folder: &OwnedFd) -> Result<Vec<(Vec<u8>, FileType)>, Stop> {
    let failed = |errno| Stop::Refused(refusal(errno, "a folder"));
    let mut names = Vec::new();
    for entry in Dir::read_from(folder).map_err(failed)? {
        let entry = entry.map_err(failed)?;
        let name = CString::from(entry.file_name()).into_bytes();
        if matches!(name.as_slice(), b"." | b"..") {
            continue;
        }
        let kind = match entry.file_type() {
            FileType::Unknown => match rustix::fs::statat(folder, name.as_slice(), AtFlags::SYMLINK_NOFOLLOW)
            {
                Ok(stat) => FileType::from_raw_mode(stat.st_mode),
                Err(Errno::NOENT) => continue,
                Err(errno) => return Err(failed(errno)),
            },
            kind => kind,
        };
        names.push((name, kind));
    }
    names.sort_unstable_by(|a, b| a.0.cmp(&b.0));
    Ok(names)
}

fn refusal(errno: Errno, what: &str) -> EraseError {
    match errno {
        Errno::NOENT => EraseError::Refused(format!("{what} is not there")),
        Errno::NOTDIR | Errno::LOOP => EraseError::Refused(format!("{what} is not a folder")),
        Errno::ACCESS | Errno::PERM => {
            EraseError::Refused(format!("the right to delete is lacking on {what}"))
        }
        Errno::ROFS => EraseError::Refused("the file system is read-only".into()),
        Errno::BUSY => EraseError::Refused(format!("{what} is in use by the operating system")),
        errno => EraseError::Transient(format!("{what} cannot be worked on ({errno})")),
    }
}
