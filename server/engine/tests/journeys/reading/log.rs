//! The log explorer.

use domain::port::reading::LogFilter;
use serde_json::Value;

use super::{is_denied, is_not_found};
use crate::world::{Kind, World};

journeys! {
    /// Entries are found by kind, object and actor, and one is shown with its proof.
    async fn the_log_is_explored(world: World) {
        let id = world.verified().await;
        let auditor = &world.people.auditor;
        let object = Some(format!("request:{id}"));
        let about = world.engine.log_page(auditor, &LogFilter { object, ..LogFilter::default() }).await.unwrap();
        let kinds: Vec<_> = about.rows.iter().map(|line| line.entry.kind.as_str()).collect();
        assert_eq!((kinds.first(), kinds.last()), (Some(&"request.verified"), Some(&"request.opened")));
        let kind = Some("request.approved".to_owned());
        let approved = world.engine.log_page(auditor, &LogFilter { kind: kind.clone(), ..LogFilter::default() }).await.unwrap();
        assert_eq!((approved.rows.len(), approved.rows[0].entry.by.name.as_deref()), (1, Some("olga")));
        let actor = Some(world.people.officer.reference());
        let by = world.engine.log_page(auditor, &LogFilter { actor, ..LogFilter::default() }).await.unwrap();
        assert_eq!(by.rows.iter().map(|line| line.entry.kind.as_str()).collect::<Vec<_>>(), ["request.approved"]);

        world.engine.sequence_log().await.unwrap();
        let entry = approved.rows[0].entry.entry;
        let seen = world.engine.log_entry(auditor, entry).await.unwrap();
        assert!(seen.proof.is_some_and(|proof| proof.starts_with("c2sp.org/tlog-proof@v1")));
        let details: Value = serde_json::from_str(&seen.details.unwrap()).unwrap();
        assert!(details["digest"].is_string() && seen.text.contains("request.approved"));
        assert!(seen.entry.index.is_some());
        let administrator = world.engine.log_entry(&world.people.administrator, entry).await.unwrap();
        assert!(administrator.details.is_none() && administrator.salt.is_none() && administrator.proof.is_some());

        for other in [&world.people.operator, &world.people.tenant] {
            is_denied(world.engine.log_page(other, &LogFilter::default()).await);
            is_denied(world.engine.log_entry(other, entry).await);
        }
        is_not_found(world.engine.log_entry(auditor, id.uuid().into()).await);
    }
}
