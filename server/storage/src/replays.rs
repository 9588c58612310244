//! Replays, and the ledger of erased identities.

use async_trait::async_trait;
use domain::digest::Digest;
use domain::id::ReplayId;
use domain::port::store::{Replays, StoreError};
use domain::replay::{ErasedIdentity, Replay};
use domain::subject::{IdentifierDigest, TENANT_KEY, TenantKey};
use domain::time::Timestamp;
use uuid::Uuid;

use crate::row::{Noun, Stored, all, document, first, moment, unreadable};
use crate::transaction::Transaction;

impl Noun for Replay {
    const TABLE: &'static str = "replays";
}

statements! {
    INSERT = "
        INSERT INTO replays (id, ended_at, version, document)
        VALUES ($1, $2, $3, $4)
        ON CONFLICT DO NOTHING";
    UPDATE = "
        UPDATE replays
        SET ended_at = $3, version = $2 + 1, document = $4
        WHERE id = $1 AND version = $2";
    FIND = "
        SELECT id, CAST(document AS TEXT) AS document
        FROM replays
        WHERE id = $1";
    EVERY = "
        SELECT id, CAST(document AS TEXT) AS document
        FROM replays
        ORDER BY serial DESC";
    OPEN = "
        SELECT id, CAST(document AS TEXT) AS document
        FROM replays
        WHERE ended_at IS NULL
        ORDER BY serial";
    ENTER = "
        INSERT INTO erased_identities (request_id, tenant_key, kind, digest, entered_at)
        VALUES ($1, $2, $3, $4, $5)
        ON CONFLICT DO NOTHING";
    TENANTS = "
        SELECT DISTINCT tenant_key
        FROM erased_identities
        ORDER BY tenant_key";
    ERASED = "
        SELECT request_id, kind, digest
        FROM erased_identities
        WHERE tenant_key = $1
        ORDER BY serial";
}

/// A row of the ledger. The whole tenant is an empty digest of the kind `tenant_key`.
type Row = (Uuid, String, Vec<u8>);

#[async_trait]
impl Replays for Transaction {
    async fn insert(&mut self, replay: &Replay) -> Result<(), StoreError> {
        let done = execute!(
            &mut self.connection,
            INSERT,
            replay.id.uuid(),
            replay.ended_at.map(moment),
            replay.version,
            document(replay)?
        );
        let rows = self.seen(done)?;
        self.inserted(rows, "this replay")
    }

    async fn update(&mut self, replay: &Replay) -> Result<(), StoreError> {
        let next = Replay {
            version: replay.version + 1,
            ..replay.clone()
        };
        let done = execute!(
            &mut self.connection,
            UPDATE,
            replay.id.uuid(),
            replay.version,
            replay.ended_at.map(moment),
            document(&next)?
        );
        let rows = self.seen(done)?;
        self.updated(rows, "replay", replay.id)
    }

    async fn find(&mut self, id: ReplayId) -> Result<Option<Replay>, StoreError> {
        let rows = fetch!(&mut self.connection, Stored, FIND, id.uuid());
        first(self.seen(rows)?)
    }

    async fn all(&mut self) -> Result<Vec<Replay>, StoreError> {
        let rows = fetch!(&mut self.connection, Stored, EVERY);
        all(self.seen(rows)?)
    }

    async fn open(&mut self) -> Result<Vec<Replay>, StoreError> {
        let rows = fetch!(&mut self.connection, Stored, OPEN);
        all(self.seen(rows)?)
    }

    async fn enter(&mut self, erased: &[ErasedIdentity], at: Timestamp) -> Result<(), StoreError> {
        for one in erased {
            let (kind, digest) = match &one.identity {
                Some(person) => (person.kind.as_str(), &person.digest.as_bytes()[..]),
                None => (TENANT_KEY, &[][..]),
            };
            let done = execute!(
                &mut self.connection,
                ENTER,
                one.request.uuid(),
                one.tenant.as_str(),
                kind,
                digest,
                moment(at)
            );
            self.seen(done)?;
        }
        Ok(())
    }

    async fn tenants(&mut self) -> Result<Vec<TenantKey>, StoreError> {
        let rows = fetch!(&mut self.connection, (String,), TENANTS);
        let rows = self.seen(rows)?;
        let read = |(key,): (String,)| {
            TenantKey::parse(&key)
                .map_err(|error| unreadable("erased_identities", "tenant_key", "-", error.to_string()))
        };
        rows.into_iter().map(read).collect()
    }

    async fn erased(&mut self, tenant: &TenantKey) -> Result<Vec<ErasedIdentity>, StoreError> {
        let rows = fetch!(&mut self.connection, Row, ERASED, tenant.as_str());
        let rows = self.seen(rows)?;
        let read = |(request, kind, digest): Row| {
            let identity = match digest.as_slice() {
                [] => None,
                bytes => {
                    let wrong = |_| unreadable("erased_identities", "digest", request, "32 bytes".into());
                    let bytes: [u8; 32] = bytes.try_into().map_err(wrong)?;
                    Some(IdentifierDigest {
                        kind,
                        digest: Digest::from(bytes),
                    })
                }
            };
            Ok(ErasedIdentity {
                request: request.into(),
                tenant: tenant.clone(),
                identity,
            })
        };
        rows.into_iter().map(read).collect()
    }
}
