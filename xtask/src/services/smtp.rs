//! An SMTP server that writes each mail to a file, and refuses some recipients on purpose.

use std::fs;
use std::net::TcpStream;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use anyhow::Result;

use super::server::Server;
use super::{Started, free_port, pair};
use crate::install;

const SINK: &str = include_str!("smtp.py");

pub(super) fn start(dir: &Path) -> Result<Started> {
    let dir = dir.join("smtp");
    let mails = dir.join("mails");
    fs::create_dir_all(&mails)?;
    let program = dir.join("smtp.py");
    fs::write(&program, SINK)?;
    let port = free_port()?;
    let mut python = Command::new(install::python()?.join("python"));
    python
        .arg(&program)
        .arg(port.to_string())
        .arg(&mails)
        .current_dir(&dir);
    let mut server = Server::spawn("smtp", &dir, &mut python)?;
    server.wait_until(Duration::from_secs(15), || {
        TcpStream::connect(("127.0.0.1", port)).is_ok()
    })?;
    let env = vec![
        pair("LETHE_TEST_SMTP", format!("127.0.0.1:{port}")),
        pair("LETHE_TEST_SMTP_DIR", mails.display().to_string()),
        // The same Python has PyJWT, which checks certificates.
        pair(
            "LETHE_TEST_PYTHON",
            install::python()?.join("python").display().to_string(),
        ),
    ];
    Ok(Started {
        servers: vec![server],
        env,
    })
}
