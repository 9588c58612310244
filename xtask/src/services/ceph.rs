//! One-node Ceph with the RADOS gateway: a true S3, in memory.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use anyhow::{Context as _, Result};

use super::server::Server;
use super::{Started, free_port, http, pair};
use crate::tool;

const KEY: &str = "lethe-test-key";
const SECRET: &str = "lethe-test-secret";
const LIMIT: Duration = Duration::from_secs(90);

pub(super) fn start(dir: &Path) -> Result<Started> {
    let node = Node::prepare(dir.join("ceph"))?;
    let mon = node.monitor()?;
    let osd = node.store()?;
    let rgw = node.gateway()?;
    node.account()?;
    let env = vec![
        pair("LETHE_TEST_CEPH", format!("http://127.0.0.1:{}", node.port)),
        pair("LETHE_TEST_CEPH_KEY", KEY),
        pair("LETHE_TEST_CEPH_SECRET", SECRET),
    ];
    Ok(Started {
        servers: vec![rgw, osd, mon],
        env,
    })
}

/// The files of one node and the port of its gateway.
struct Node {
    dir: PathBuf,
    /// How the monitor is reached, in Ceph's notation.
    mon_host: String,
    port: u16,
}

impl Node {
    fn prepare(dir: PathBuf) -> Result<Self> {
        for folder in ["mon", "osd", "run"] {
            fs::create_dir_all(dir.join(folder))?;
        }
        let mon_host = format!("[v2:127.0.0.1:{},v1:127.0.0.1:{}]", free_port()?, free_port()?);
        let node = Self {
            dir,
            mon_host,
            port: free_port()?,
        };
        let dir = &node.dir;
        let fsid = uuid()?;
        fs::write(dir.join("ceph.conf"), node.config(&fsid))?;
        node.keys()?;
        let mut map = node.program("monmaptool");
        tool::output(
            map.args(["--create", "--fsid", &fsid, "--addv", "a", &node.mon_host])
                .arg(dir.join("monmap")),
        )?;
        Ok(node)
    }

    fn config(&self, fsid: &str) -> String {
        let Self { dir, mon_host, port } = self;
        let dir = dir.display();
        format!(
            "[global]
fsid = {fsid}
mon host = {mon_host}
public addr = 127.0.0.1
cluster addr = 127.0.0.1
keyring = {dir}/keyring
run dir = {dir}/run
admin socket = {dir}/run/$name.asok
pid file = {dir}/run/$name.pid
log file = {dir}/run/$name.log
mon cluster log file = {dir}/run/cluster.log
mon data avail crit = 1
mon data avail warn = 2
mon allow pool size one = true
mon max pg per osd = 1000
auth allow insecure global id reclaim = false
osd crush chooseleaf type = 0
osd pool default size = 1
osd pool default min size = 1
osd pool default pg num = 1
osd pool default pgp num = 1
osd pool default pg autoscale mode = off
[mon.a]
mon data = {dir}/mon
[osd.0]
osd data = {dir}/osd
osd objectstore = memstore
memstore device bytes = 4294967296
[client.rgw.a]
rgw frontends = beast endpoint=127.0.0.1:{port}
rgw gc obj min wait = 1
rgw gc processor period = 10
"
        )
    }

    fn keys(&self) -> Result<()> {
        const ALL: &str = "allow *";
        let holders: [(&str, &[(&str, &str)]); 4] = [
            ("mon.", &[("mon", ALL)]),
            ("client.admin", &[("mon", ALL), ("osd", ALL), ("mgr", ALL)]),
            ("client.rgw.a", &[("mon", ALL), ("osd", ALL), ("mgr", ALL)]),
            (
                "osd.0",
                &[
                    ("mon", "allow profile osd"),
                    ("osd", ALL),
                    ("mgr", "allow profile osd"),
                ],
            ),
        ];
        for (index, (name, powers)) in holders.into_iter().enumerate() {
            let mut tool = self.program("ceph-authtool");
            if index == 0 {
                tool.arg("--create-keyring");
            }
            tool.arg(self.dir.join("keyring")).args(["--gen-key", "-n", name]);
            for (over, power) in powers {
                tool.args(["--cap", over, power]);
            }
            tool::output(&mut tool)?;
        }
        Ok(())
    }

    fn monitor(&self) -> Result<Server> {
        let mut make = self.program("ceph-mon");
        make.args(["-i", "a", "--mkfs", "--monmap"])
            .arg(self.dir.join("monmap"));
        tool::output(make.arg("--keyring").arg(self.dir.join("keyring")))?;
        let mut server = Server::spawn(
            "ceph-mon",
            &self.dir,
            self.program("ceph-mon").args(["-f", "-i", "a"]),
        )?;
        server.wait_until(LIMIT, || self.ask(&["mon", "stat"]).is_ok())?;
        Ok(server)
    }

    fn store(&self) -> Result<Server> {
        let id = uuid()?;
        self.ask(&["osd", "new", &id])?;
        tool::output(
            self.program("ceph-osd")
                .args(["-i", "0", "--mkfs", "--osd-uuid", &id]),
        )?;
        let mut server = Server::spawn(
            "ceph-osd",
            &self.dir,
            self.program("ceph-osd").args(["-f", "-i", "0"]),
        )?;
        server.wait_until(LIMIT, || {
            self.ask(&["osd", "stat"]).is_ok_and(|said| said.contains("1 up"))
        })?;
        Ok(server)
    }

    fn gateway(&self) -> Result<Server> {
        let mut server = Server::spawn(
            "radosgw",
            &self.dir,
            self.program("radosgw").args(["-f", "-n", "client.rgw.a"]),
        )?;
        server.wait_until(LIMIT, || {
            http::get(self.port, "/").is_ok_and(|(status, _)| status == 200)
        })?;
        Ok(server)
    }

    fn account(&self) -> Result<()> {
        let mut admin = self.program("timeout");
        admin.args([
            "60",
            "radosgw-admin",
            "-n",
            "client.rgw.a",
            "user",
            "create",
            "--uid=lethe-test",
        ]);
        admin.args([
            "--display-name=lethe-test",
            &format!("--access-key={KEY}"),
            &format!("--secret={SECRET}"),
        ]);
        tool::output(&mut admin).map(drop)
    }

    /// Asks the monitor, for ten seconds at most.
    fn ask(&self, words: &[&str]) -> Result<String> {
        tool::output(self.program("timeout").args(["10", "/usr/bin/ceph"]).args(words))
    }

    fn program(&self, name: &str) -> Command {
        let mut command = Command::new(name);
        command
            .env("CEPH_CONF", self.dir.join("ceph.conf"))
            .current_dir(&self.dir);
        command
    }
}

fn uuid() -> Result<String> {
    let uuid = fs::read_to_string("/proc/sys/kernel/random/uuid").context("the kernel gives no uuid")?;
    Ok(uuid.trim().to_owned())
}
