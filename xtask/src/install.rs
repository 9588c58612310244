//! Installing what the build and the tests need: Debian packages, and Python packages in a folder of our own.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result, bail};
use nix::unistd::Uid;

use crate::{places, tool};

/// A Debian package and a file that is there once it is installed.
pub struct Package {
    pub name: &'static str,
    pub file: &'static str,
}

pub const POSTGRES: Package = Package {
    name: "postgresql-15",
    file: "/usr/lib/postgresql/15/bin/initdb",
};
pub const REDIS: Package = Package {
    name: "redis-server",
    file: "/usr/bin/redis-server",
};
pub const CEPH: [Package; 4] = [
    Package {
        name: "ceph-mon",
        file: "/usr/bin/ceph-mon",
    },
    Package {
        name: "ceph-osd",
        file: "/usr/bin/ceph-osd",
    },
    Package {
        name: "ceph-common",
        file: "/usr/bin/ceph",
    },
    Package {
        name: "radosgw",
        file: "/usr/bin/radosgw",
    },
];

/// Programs of others that the tests run: backups, and what checks a certificate without us.
pub const TOOLS: [Package; 9] = [
    Package {
        name: "openssh-client",
        file: "/usr/bin/ssh-keygen",
    },
    Package {
        name: "opensmtpd",
        file: "/usr/sbin/smtpd",
    },
    Package {
        name: "openssl",
        file: "/usr/bin/openssl",
    },
    Package {
        name: "pgbackrest",
        file: "/usr/bin/pgbackrest",
    },
    Package {
        name: "poppler-utils",
        file: "/usr/bin/pdftotext",
    },
    Package {
        name: "python3-cryptography",
        file: "/usr/lib/python3/dist-packages/cryptography",
    },
    Package {
        name: "python3-jwt",
        file: "/usr/lib/python3/dist-packages/jwt",
    },
    Package {
        name: "qpdf",
        file: "/usr/bin/qpdf",
    },
    Package {
        name: "restic",
        file: "/usr/bin/restic",
    },
];

/// Installs the packages whose file is missing, in one go; fails naming each one that is still missing.
pub fn debian<'a>(packages: impl IntoIterator<Item = &'a Package>) -> Result<()> {
    let mut missing: Vec<&Package> = packages
        .into_iter()
        .filter(|package| !package.is_there())
        .collect();
    if missing.is_empty() {
        return Ok(());
    }
    let names: Vec<&str> = missing.iter().map(|package| package.name).collect();
    if !Uid::effective().is_root() {
        bail!(
            "missing packages; install them as root: apt-get install {}",
            names.join(" ")
        );
    }
    let fetched = apt(&["update", "-q"])
        .and_then(|()| apt(&[&["install", "-q", "-y", "--no-install-recommends"], &names[..]].concat()));
    missing.retain(|package| !package.is_there());
    if !missing.is_empty() {
        let names: Vec<&str> = missing.iter().map(|package| package.name).collect();
        fetched.with_context(|| format!("cannot install {}", names.join(", ")))?;
        bail!(
            "apt-get installed {} but the expected files are not there",
            names.join(", ")
        );
    }
    Ok(())
}

impl Package {
    fn is_there(&self) -> bool {
        Path::new(self.file).exists()
    }
}

fn apt(args: &[&str]) -> Result<()> {
    tool::run(
        Command::new("apt-get")
            .args(args)
            .env("DEBIAN_FRONTEND", "noninteractive"),
    )
}

/// What the tests need from PyPI.
const PYTHON: [&str; 4] = [
    "moto[server,s3,dynamodb,resourcegroupstaggingapi]>=5.1,<6",
    "aiosmtpd>=1.4,<2",
    "pyhanko-cli>=0.6,<1",
    "pyjwt[crypto]>=2.8,<3",
];
const PYTHON_ITSELF: [Package; 1] = [Package {
    name: "python3-venv",
    file: "/usr/bin/python3",
}];

/// A Python of our own with [`PYTHON`] installed; returns the folder of its programs.
pub fn python() -> Result<PathBuf> {
    let venv = places::cache()?.join("python");
    let programs = venv.join("bin");
    let stamp = venv.join("installed");
    let wanted = PYTHON.join("\n");
    if fs::read_to_string(&stamp).is_ok_and(|installed| installed == wanted) {
        return Ok(programs);
    }
    let mut make = Command::new("python3");
    make.args(["-m", "venv"]).arg(&venv);
    if !tool::succeeds(&mut make) {
        install_venv()?;
        tool::run(Command::new("/usr/bin/python3").args(["-m", "venv"]).arg(&venv))
            .context("python3-venv cannot make a folder for Python packages")?;
    }
    tool::run(
        Command::new(programs.join("pip"))
            .args(["install", "--quiet", "--disable-pip-version-check"])
            .args(PYTHON),
    )
    .with_context(|| format!("cannot install from PyPI: {}", PYTHON.join(", ")))?;
    fs::write(&stamp, wanted).with_context(|| format!("cannot write {}", stamp.display()))?;
    Ok(programs)
}

/// Debian splits `ensurepip` off, so a present `python3` says nothing about it.
fn install_venv() -> Result<()> {
    if !Uid::effective().is_root() {
        bail!("python3 cannot make a venv; install as root: apt-get install python3-venv");
    }
    apt(&["update", "-q"])?;
    apt(&["install", "-q", "-y", "--no-install-recommends", "python3-venv"])
        .context("cannot install python3-venv")?;
    debian(&PYTHON_ITSELF)
}
