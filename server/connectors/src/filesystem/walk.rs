//! Walks through folders in the order of paths, for looking only; never follows a symbolic link.

use std::os::fd::OwnedFd;
use std::path::Path;

use domain::port::probe::ProbeError;
use domain::selection::Side;
use rustix::fs::{AtFlags, Dir, FileType, Mode, OFlags};
use rustix::io::Errno;

use super::config::Template;
use crate::template::probe::Sides;
use crate::template::{Captures, text_of};

const FOLDER: OFlags = OFlags::RDONLY.union(OFlags::DIRECTORY).union(OFlags::CLOEXEC);

/// Whether a walk goes on.
pub(super) enum Go {
    On,
    Stop,
}

/// What is told of each record: its side, the names of its path below the root, what its placeholders hold. The path
/// of an empty folder ends with an empty name.
pub(super) type See<'a> = dyn FnMut(Side, &[String], &Captures<'_>) -> Go + 'a;

/// The container's folder, opened, with the names that lead to it. It must be there and show something: an empty
/// folder may be a volume that is not mounted.
pub(super) fn base(root: &Path, template: &Template) -> Result<(OwnedFd, Vec<String>), ProbeError> {
    let mut folder = open_root(root).map_err(|errno| blind(errno, "the root"))?;
    if names(&folder)?.is_empty() {
        return Err(ProbeError::Blind(
            "the root is empty, as a volume is that is not mounted".into(),
        ));
    }
    let base: Vec<String> = template.base().into_iter().map(str::to_owned).collect();
    for name in &base {
        folder = open(&folder, name.as_bytes()).map_err(|errno| blind(errno, "the container's folder"))?;
    }
    Ok((folder, base))
}

/// Opens the root, which may itself be a symbolic link: the operator named it.
pub(super) fn open_root(root: &Path) -> Result<OwnedFd, Errno> {
    rustix::fs::open(root, FOLDER, Mode::empty())
}

/// Opens a folder in a folder.
pub(super) fn open(folder: &OwnedFd, name: &[u8]) -> Result<OwnedFd, Errno> {
    rustix::fs::openat(folder, name, FOLDER | OFlags::NOFOLLOW, Mode::empty())
}

/// The names in a folder, in order; folders are told apart.
pub(super) fn names(folder: &OwnedFd) -> Result<Vec<(Vec<u8>, bool)>, ProbeError> {
    let failed = |errno| blind(errno, "a folder");
    let mut found = Vec::new();
    for entry in Dir::read_from(folder).map_err(failed)? {
        let entry = entry.map_err(failed)?;
        let name = entry.file_name().to_bytes().to_vec();
        if name == b"." || name == b".." {
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
        found.push((name, kind == FileType::Directory));
    }
    found.sort_unstable();
    Ok(found)
}

/// Tells of every record of a folder that comes after a path in it.
pub(super) fn walk(
    folder: &OwnedFd,
    template: &Template,
    sides: &Sides,
    path: &mut Vec<String>,
    captures: &Captures<'_>,
    after: Option<&[Vec<u8>]>,
    see: &mut See<'_>,
) -> Result<Go, ProbeError> {
    for (name, is_folder) in names(folder)? {
        let after = match after.and_then(<[_]>::split_first) {
            Some((first, _)) if name < *first => continue,
            Some((first, rest)) if name == *first => {
                if !is_folder {
                    continue;
                }
                Some(rest)
            }
            _ => None,
        };
        let text = text_of(&name);
        let Some(read) = template.read(path.len(), &text) else {
            continue;
        };
        let captures: Captures<'_> = captures.iter().cloned().chain(read).collect();
        path.push(text);
        if is_folder {
            match open(folder, &name) {
                Ok(inner) => {
                    if let Go::Stop = inside(&inner, template, sides, path, &captures, after, see)? {
                        return Ok(Go::Stop);
                    }
                }
                Err(Errno::NOENT) => {}
                Err(errno) => return Err(blind(errno, "a folder")),
            }
        } else if path.len() >= template.depth()
            && let Go::Stop = see(sides.of(&captures), path, &captures)
        {
            return Ok(Go::Stop);
        }
        path.pop();
    }
    Ok(Go::On)
}

/// Walks a folder below the container's; an empty one that is to go counts as a record, for its name may say much.
fn inside(
    folder: &OwnedFd,
    template: &Template,
    sides: &Sides,
    path: &mut Vec<String>,
    captures: &Captures<'_>,
    after: Option<&[Vec<u8>]>,
    see: &mut See<'_>,
) -> Result<Go, ProbeError> {
    if sides.of(captures) == Side::Selected && names(folder)?.is_empty() {
        if after.is_some() {
            return Ok(Go::On);
        }
        path.push(String::new());
        let go = see(Side::Selected, path, captures);
        path.pop();
        return Ok(go);
    }
    walk(folder, template, sides, path, captures, after, see)
}

/// What an error of the operating system means.
pub(super) fn blind(errno: Errno, what: &str) -> ProbeError {
    match errno {
        Errno::NOENT => ProbeError::Blind(format!("{what} is not there")),
        Errno::NOTDIR | Errno::LOOP => ProbeError::Blind(format!("{what} is not a folder")),
        Errno::ACCESS | Errno::PERM => ProbeError::Blind(format!("{what} may not be read")),
        Errno::IO | Errno::STALE | Errno::TIMEDOUT => {
            ProbeError::Unreachable(format!("{what} cannot be read ({errno})"))
        }
        errno => ProbeError::Blind(format!("{what} cannot be read ({errno})")),
    }
}
