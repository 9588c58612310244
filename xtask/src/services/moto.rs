//! moto: an emulator of AWS that checks signatures and policies.

use std::fs;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use anyhow::{Context as _, Result, bail};

use super::server::Server;
use super::{Started, free_port, http, pair};
use crate::install;

/// Calls that moto lets pass unsigned: the three below, which make the first account.
const UNSIGNED: &str = "3";
const POLICY: &str = "%7B%22Version%22%3A%222012-10-17%22%2C%22Statement%22%3A%5B%7B%22Effect%22%3A%22Allow%22%2C%22Action%22%3A%22*%22%2C%22Resource%22%3A%22*%22%7D%5D%7D";

pub(super) fn start(dir: &Path) -> Result<Started> {
    let dir = dir.join("moto");
    fs::create_dir(&dir)?;
    let port = free_port()?;
    let mut moto = Command::new(install::python()?.join("moto_server"));
    moto.args(["--host", "127.0.0.1", "--port", &port.to_string()])
        .current_dir(&dir);
    moto.env("INITIAL_NO_AUTH_ACTION_COUNT", UNSIGNED)
        .env("PYTHONUNBUFFERED", "1");
    let mut server = Server::spawn("moto", &dir, &mut moto)?;
    server.wait_until(Duration::from_secs(30), || {
        http::get(port, "/moto-api/").is_ok_and(|(status, _)| status == 200)
    })?;
    let (key, secret) = account(port)?;
    let env = vec![
        pair("LETHE_TEST_MOTO", format!("http://127.0.0.1:{port}")),
        pair("LETHE_TEST_MOTO_KEY", key),
        pair("LETHE_TEST_MOTO_SECRET", secret),
    ];
    Ok(Started {
        servers: vec![server],
        env,
    })
}

/// Makes a user who may do everything; returns its access key and secret.
fn account(port: u16) -> Result<(String, String)> {
    iam(port, "Action=CreateUser&UserName=lethe-test")?;
    iam(
        port,
        &format!("Action=PutUserPolicy&UserName=lethe-test&PolicyName=everything&PolicyDocument={POLICY}"),
    )?;
    let answer = iam(port, "Action=CreateAccessKey&UserName=lethe-test")?;
    Ok((
        element(&answer, "AccessKeyId")?,
        element(&answer, "SecretAccessKey")?,
    ))
}

fn iam(port: u16, form: &str) -> Result<String> {
    // moto reads from this header which service is meant; it does not check the signature of these calls.
    let service = "Authorization: AWS4-HMAC-SHA256 Credential=none/20250101/us-east-1/iam/aws4_request, \
                   SignedHeaders=host, Signature=none";
    let (status, body) = http::post(port, "/", &[service], &format!("{form}&Version=2010-05-08"))?;
    if status != 200 {
        bail!("moto answered {status} when its first account was made: {body}");
    }
    Ok(body)
}

fn element(xml: &str, name: &str) -> Result<String> {
    let open = format!("<{name}>");
    let from = xml
        .find(&open)
        .with_context(|| format!("moto's answer has no {name}"))?
        + open.len();
    let text = xml[from..].split('<').next().unwrap_or_default();
    Ok(text.to_owned())
}
