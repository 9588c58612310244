//! The log as outsiders follow it: by crates and programs of others, and by a witness.

use std::collections::HashMap;
use std::process::Command;

use axum::body::Body;
use axum::http::Request;
use domain::actor::Actor;
use domain::audit::tile::{Holds, Tile};
use domain::audit::{Event, Proof};
use domain::id::EntryId;
use domain::signature::cosignature::{WitnessKey, to_sign};
use domain::time::Clock as _;
use ed25519_dalek::{Signer as _, SigningKey};
use signed_note::{Note, StandardVerifier, VerifierList};
use tlog_tiles::{Error, Hash, TileHashReader, TileReader};

use crate::support::planted::fresh;
use crate::support::{Answer, Kind, TestApp, Who};

/// Appends entries, and has the log signed.
async fn grow(app: &TestApp, entries: u32) {
    let mut tx = app.engine.store().begin().await.unwrap();
    for n in 0..entries {
        let event = Event::new("hold.placed", format!("hold:{n}"), serde_json::json!({}));
        let entry = event.entry(
            EntryId::from(fresh()),
            &Actor::System("tests"),
            app.clock.now(),
            [7; 16],
        );
        tx.log().append(&entry).await.unwrap();
    }
    tx.commit().await.unwrap();
    app.engine.sequence_log().await.unwrap();
}

async fn get(app: &TestApp, path: &str) -> Answer {
    app.send(Request::get(path).body(Body::empty()).unwrap()).await
}

async fn text(app: &TestApp, path: &str) -> String {
    let answer = get(app, path).await;
    assert_eq!(answer.status, 200, "{path}: {}", answer.text());
    answer.text()
}

async fn send(app: &TestApp, size: u64, lines: &str) -> Answer {
    let request = Request::post(format!("/log/cosignatures/{size}"));
    app.send(request.body(Body::from(lines.to_owned())).unwrap())
        .await
}

/// Somebody else's reading of our checkpoint: size and root.
fn opened(vkey: &str, note: &str) -> (u64, Hash) {
    let note = Note::from_bytes(note.as_bytes()).unwrap();
    let known = VerifierList::new(vec![Box::new(StandardVerifier::new(vkey.trim()).unwrap())]);
    assert_eq!(note.verify(&known).unwrap().0.len(), 1);
    let checkpoint = tlog_tiles::Checkpoint::from_bytes(note.text()).unwrap();
    assert_eq!(checkpoint.origin(), "log.lethe.example");
    (checkpoint.size(), *checkpoint.hash())
}

/// The tiles of hashes of a log, by their paths.
struct Fetched(HashMap<String, Vec<u8>>);

impl Fetched {
    async fn of(app: &TestApp, size: u64) -> Self {
        let mut tiles = HashMap::new();
        for level in 0..8_u8 {
            let nodes = size >> (8 * level);
            for number in 0..nodes.div_ceil(256) {
                let width = (nodes - 256 * number).min(256);
                let holds = Holds::Hashes(level);
                let path = Tile { holds, number, width }.to_string();
                let answer = get(app, &format!("/log/{path}")).await;
                assert_eq!(
                    (answer.status.as_u16(), answer.body.len() as u64),
                    (200, 32 * width),
                    "{path}"
                );
                assert!(answer.header("cache-control").contains("immutable"));
                tiles.insert(path, answer.body);
            }
        }
        Self(tiles)
    }
}

impl TileReader for Fetched {
    fn height(&self) -> u8 {
        8
    }

    fn read_tiles(&self, tiles: &[tlog_tiles::Tile]) -> Result<Vec<Vec<u8>>, Error> {
        let read = |theirs: &tlog_tiles::Tile| {
            let path = Tile {
                holds: Holds::Hashes(theirs.level()),
                number: theirs.level_index(),
                width: theirs.width().into(),
            };
            self.0.get(&path.to_string()).cloned().ok_or(Error::InvalidTile)
        };
        tiles.iter().map(read).collect()
    }

    fn save_tiles(&self, _: &[tlog_tiles::Tile], _: &[Vec<u8>]) {}
}

#[tokio::test]
async fn a_reader_of_others_finds_its_way_through_our_tiles_and_agrees_with_our_proofs() {
    let app = TestApp::new(Kind::Sqlite).await;
    grow(&app, 600).await;
    let vkey = text(&app, "/log/vkey").await;
    let (size, root) = opened(&vkey, &text(&app, "/log/checkpoint").await);
    assert!(size > 600);
    let tiles = Fetched::of(&app, size).await;
    let reader = TileHashReader::new(size, root, &tiles);
    for index in [0, 255, 256, 511, size - 1] {
        let proof: Proof = text(&app, &format!("/log/entry/{index}/proof"))
            .await
            .parse()
            .unwrap();
        let ours: Vec<Hash> = proof.hashes.iter().map(|hash| Hash(*hash.as_bytes())).collect();
        assert_eq!(tlog_tiles::prove_record(size, index, &reader).unwrap(), ours);
        assert_eq!(opened(&vkey, &proof.checkpoint.to_string()), (size, root));
    }
    // A tile that has grown since is given in every width that it had.
    assert_eq!(
        get(&app, "/log/tile/0/000.p/7").await.body,
        tiles.0["tile/0/000"][..7 * 32]
    );
    let beyond = [
        "/log/tile/0/002.p/255",
        "/log/tile/0/003",
        "/log/tile/0/0",
        "/log/tile/9/000",
        "/log/entry/4000/proof",
    ];
    for path in beyond {
        assert_eq!(get(&app, path).await.status, 404, "{path}");
    }
}

#[tokio::test]
async fn entries_are_for_those_who_read_the_log_unless_the_operator_publishes_them() {
    let app = TestApp::new(Kind::Sqlite).await;
    grow(&app, 3).await;
    let path = "/log/tile/entries/000.p/2";
    assert_eq!(get(&app, path).await.status, 401);
    let auditor = app.program(Who::Auditor, &[]).await;
    let bundle = auditor.get(path).await;
    assert_eq!(
        (bundle.status.as_u16(), bundle.header("cache-control")),
        (200, "no-store")
    );
    assert_eq!(domain::audit::tile::entries(&bundle.body).unwrap().len(), 2);
    assert_eq!(app.program(Who::Tenant, &[]).await.get(path).await.status, 404);

    let open = TestApp::ruled(Kind::Sqlite, |policy| policy.public_entries = true).await;
    grow(&open, 3).await;
    assert_eq!(get(&open, path).await.status, 200);
}

/// A small witness (C2SP tlog-witness): it signs a checkpoint when the log proves that it only grew.
struct Witness {
    signing: SigningKey,
    key: WitnessKey,
    seen: (u64, Hash),
}

impl Witness {
    fn new(name: &str, seed: u8) -> Self {
        let signing = SigningKey::from_bytes(&[seed; 32]);
        let key = WitnessKey::new(name, signing.verifying_key()).unwrap();
        Self {
            signing,
            key,
            seen: (0, Hash([0; 32])),
        }
    }

    /// Answers `add-checkpoint` with signature lines, or with a status.
    fn add_checkpoint(&mut self, log: &str, body: &str) -> Result<String, u16> {
        let (head, note) = body.split_once("\n\n").ok_or(400_u16)?;
        let mut lines = head.split('\n');
        let old = lines
            .next()
            .and_then(|line| line.strip_prefix("old "))
            .ok_or(400_u16)?;
        if old.parse() != Ok(self.seen.0) {
            return Err(409);
        }
        let hashes: Vec<Hash> = lines.map(|line| Hash::parse_hash(line).unwrap()).collect();
        let (size, root) = opened(log, note);
        if self.seen.0 > 0 && self.seen.0 < size {
            tlog_tiles::check_tree(&hashes, size, root, self.seen.0, self.seen.1).map_err(|_| 422_u16)?;
        }
        self.seen = (size, root);
        let (text, seen_at) = (format!("{}\n", note.split_once("\n\n").unwrap().0), 1_772_000_000);
        let signature = self.signing.sign(to_sign(seen_at, &text).as_bytes());
        Ok(format!("{}\n", self.key.line(seen_at, &signature)))
    }
}

#[tokio::test]
async fn a_witness_cosigns_what_only_grew_and_its_lines_are_kept() {
    let mut witness = Witness::new("witness.example", 8);
    let key = witness.key.clone();
    let app = TestApp::ruled(Kind::Sqlite, |policy| policy.witnesses = vec![key.clone()]).await;
    let log = text(&app, "/log/vkey").await;
    let mut sizes = Vec::new();
    for entries in [5, 300] {
        grow(&app, entries).await;
        assert_eq!(
            witness.add_checkpoint(&log, &text(&app, "/log/add-checkpoint/1").await),
            Err(409)
        );
        let body = text(&app, &format!("/log/add-checkpoint/{}", witness.seen.0)).await;
        let lines = witness.add_checkpoint(&log, &body).unwrap();
        let size = witness.seen.0;
        assert_eq!(send(&app, size, &lines).await.text(), "1\n");
        assert_eq!(
            send(&app, size, &lines).await.text(),
            "0\n",
            "once for each witness"
        );
        sizes.push(size);
        let cosigned = text(&app, "/log/checkpoint").await;
        assert!(cosigned.ends_with(&lines), "{cosigned}");
        assert_eq!(opened(&log, &cosigned), witness.seen);
        assert_eq!(text(&app, "/log/cosigned").await, cosigned);
    }
    // The newest has none yet; the cosigned one is still there, and so is the proof that both are one log.
    grow(&app, 2).await;
    let newest = text(&app, "/log/checkpoint").await;
    assert!(!newest.contains("witness.example"));
    assert!(
        text(&app, "/log/cosigned")
            .await
            .contains(&format!("\n{}\n", sizes[1]))
    );
    let policy = text(&app, "/log/policy").await;
    for line in [
        format!("log {} http", log.trim()),
        format!("witness w1 {key}\n"),
        "quorum witnesses\n".into(),
    ] {
        assert!(policy.contains(&line), "{policy}");
    }

    let folder = tempfile::tempdir().unwrap();
    let put = |name: &str, bytes: &[u8]| std::fs::write(folder.path().join(name), bytes).unwrap();
    let size = opened(&log, &newest).0;
    let auditor = app.program(Who::Auditor, &[]).await;
    let mut entries = Vec::new();
    for number in 0..size.div_ceil(256) {
        let (holds, width) = (Holds::Entries, (size - 256 * number).min(256));
        let tile = auditor
            .get(&format!("/log/{}", Tile { holds, number, width }))
            .await;
        entries.extend(tile.body);
    }
    put("entries", &entries);
    put(
        "old.checkpoint",
        text(&app, &format!("/log/checkpoint/{}", sizes[0]))
            .await
            .as_bytes(),
    );
    put("new.checkpoint", newest.as_bytes());
    put(
        "consistency",
        text(&app, &format!("/log/consistency/{}/{size}", sizes[0]))
            .await
            .as_bytes(),
    );
    let check = || {
        let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/interface/check_log.py");
        let arguments = [folder.path().to_str().unwrap(), log.trim(), &key.to_string()].map(str::to_owned);
        let output = Command::new("python3").arg(script).args(arguments).output();
        output.expect("install the Debian package python3")
    };
    let good = check();
    let said = String::from_utf8_lossy(&good.stdout).into_owned();
    let complaint = String::from_utf8_lossy(&good.stderr).into_owned();
    assert_eq!(
        said,
        format!("the log grew from {} to {size} entries\n", sizes[0]),
        "{complaint}"
    );
    let last = entries.len() - 1;
    entries[last] ^= 1;
    put("entries", &entries);
    assert!(!check().status.success());
}

#[tokio::test]
async fn only_well_formed_lines_of_named_witnesses_over_that_checkpoint_are_kept() {
    let mut named = Witness::new("witness.example", 8);
    let key = named.key.clone();
    let app = TestApp::ruled(Kind::Sqlite, |policy| policy.witnesses = vec![key]).await;
    grow(&app, 5).await;
    let log = text(&app, "/log/vkey").await;
    let body = text(&app, "/log/add-checkpoint/0").await;
    let good = named.add_checkpoint(&log, &body).unwrap();
    let size = named.seen.0;
    let stranger = Witness::new("stranger.example", 9)
        .add_checkpoint(&log, &body)
        .unwrap();
    let impostor = Witness::new("witness.example", 9)
        .add_checkpoint(&log, &body)
        .unwrap();
    grow(&app, 1).await;
    let next = text(&app, &format!("/log/add-checkpoint/{size}")).await;
    let of_another = named.add_checkpoint(&log, &next).unwrap();
    for bad in [
        stranger.clone(),
        impostor,
        of_another,
        format!("{good}{stranger}"),
        good.trim_end().to_owned(),
        good.replace('\u{2014}', "-"),
        "\n".into(),
        String::new(),
    ] {
        assert_eq!(send(&app, size, &bad).await.status, 422, "{bad}");
    }
    assert_eq!(send(&app, 4_000_000, &good).await.status, 404);
    assert_eq!(get(&app, "/log/cosigned").await.status, 404, "nothing was kept");
    assert_eq!(send(&app, size, &good).await.status, 200);
}
