//! What is append-only stays so for everybody who speaks SQL.

use domain::attempt::Outcome;
use domain::digest::Digest;
use domain::port::store::Store as _;
use domain::register::{CertificateKind, Document, Statement};
use domain::replay::ErasedIdentity;

use crate::on_both;
use crate::support::World;
use crate::support::nouns::{
    attempt, attestation, certificate, entry, inventory, later, manifest, now, stored_step,
};

/// A row in every append-only table.
pub async fn fill(world: &World) {
    let logged = entry("request:1");
    world
        .write(async |tx| {
            let step = stored_step(tx).await;
            let attempted = attempt(&step, "crm", later(10));
            let record = certificate(step.request, step.plan, CertificateKind::Complete);
            let request = tx.requests().find(step.request).await.unwrap().unwrap();
            let whole = ErasedIdentity {
                request: request.id,
                tenant: request.tenant_key,
                identity: None,
            };
            tx.replays().enter(&[whole], now()).await.unwrap();
            tx.inventory().insert(&inventory(1)).await.unwrap();
            tx.plans().insert_manifest(&manifest(step.plan)).await.unwrap();
            tx.attempts().start(&attempted).await.unwrap();
            tx.attempts()
                .end(attempted.id, now(), &Outcome::TimedOut)
                .await
                .unwrap();
            tx.findings()
                .insert_attestation(&attestation(step.request, step.plan, "Partner"))
                .await
                .unwrap();
            tx.log().append(&logged).await.unwrap();
            tx.certificates().insert(&record).await.unwrap();
            let (bytes, jws) = (vec![1], String::from("jws"));
            let statement = Statement {
                certificate: record.id,
                bytes,
                jws,
                entry: logged.id,
            };
            tx.certificates().insert_statement(&statement).await.unwrap();
            let document = Document {
                certificate: record.id,
                pdf: vec![1],
                signature: vec![2],
                sshsig: "sig".into(),
                digest: Digest::of(b"pdf"),
                log_proof: "proof".into(),
            };
            tx.certificates().insert_document(&document).await.unwrap();
        })
        .await;
    let mut sequencer = world.store.sequencer().await.unwrap().unwrap();
    sequencer
        .sequence(0, &[logged.id], &[(0, 0, vec![1; 32])])
        .await
        .unwrap();
    sequencer.publish(1, "note", now()).await.unwrap();
    sequencer.cosign(1, "witness", "line", now()).await.unwrap();
}

/// Append-only tables, with a column and what somebody might want to write there.
const TABLES: &[(&str, &str)] = &[
    ("inventory_versions", "document = '{}'"),
    ("erasure_plans", "document = '{}'"),
    ("manifests", "document = '{}'"),
    ("attempts", "document = '{}'"),
    ("attempts", "ended_at = NULL, outcome = NULL"),
    ("attempts", "outcome = '{}'"),
    ("attestations", "document = '{}'"),
    ("erased_identities", "kind = 'another'"),
    ("log_entries", "bytes = NULL"),
    ("log_details", "document = '{}'"),
    ("log_leaves", "position = 7"),
    ("log_tiles", "hashes = substr(hashes, 1, 1)"),
    ("log_checkpoints", "note = 'another'"),
    ("log_cosignatures", "line = 'another'"),
    ("statements", "jws = 'another'"),
    ("documents", "sshsig = 'another'"),
];

on_both! {
    async fn append_only_rows_cannot_be_changed(world) {
        fill(world).await;
        let mut bare = world.bare().await;
        for (table, change) in TABLES {
            let refused = bare.execute(&format!("UPDATE {table} SET {change}")).await;
            let words = refused.expect_err(table);
            let ours = ["append-only", "one outcome", "may only grow", "never changed"];
            assert!(ours.iter().any(|our| words.contains(our)), "{table}: {words}");
        }
    }

    async fn append_only_rows_cannot_be_deleted(world) {
        fill(world).await;
        let mut bare = world.bare().await;
        for (table, _) in TABLES.iter().chain(&[("certificates", "")]).filter(|(table, _)| *table != "log_details") {
            let words = bare.execute(&format!("DELETE FROM {table}")).await.expect_err(table);
            assert!(words.contains("append-only") || words.contains("never deleted"), "{table}: {words}");
            if world.is_postgres() {
                let words = bare.execute(&format!("TRUNCATE {table} CASCADE")).await.expect_err(table);
                assert!(words.contains("append-only") || words.contains("never deleted"), "{table}: {words}");
            }
        }
    }

    async fn salt_and_details_of_an_entry_can_be_destroyed(world) {
        fill(world).await;
        assert_eq!(world.bare().await.execute("DELETE FROM log_details").await, Ok(2));
        let about = world.read(async |tx| tx.log().about("request:1").await.unwrap()).await;
        assert_eq!(about[0].details, None);
    }
}
