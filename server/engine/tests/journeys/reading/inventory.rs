//! The inventory: its history, what changed, one system at a time, and a look before it is saved.

use domain::inventory::Slug;
use domain::subject::TenantKey;
use engine::Error;
use engine::inventory::{CredentialSource, InventoryDraft, SystemDraft};

use super::{is_denied, is_not_found};
use crate::world::{Kind, NoCredentials, World};

/// The draft of a system of the world.
fn draft(world: &World, name: &str) -> SystemDraft {
    let whole: InventoryDraft = toml::from_str(&world.systems.inventory()).unwrap();
    whole
        .systems
        .into_iter()
        .find(|system| system.name.as_str() == name)
        .unwrap()
}

/// The same file under another name.
fn archive(world: &World) -> SystemDraft {
    SystemDraft {
        name: Slug::parse("archive").unwrap(),
        title: Some("Archive".into()),
        ..draft(world, "billing")
    }
}

journeys! {
    /// One system added, changed and taken out: each a version, each with a difference that says what it was.
    async fn one_system_at_a_time(world: World) {
        let counsel = &world.people.counsel;
        let first = world.engine.inventory(counsel).await.unwrap();
        let added = world.engine.put_system(&world.people.operator, archive(&world), &NoCredentials).await.unwrap();
        assert_eq!((added.number, added.systems.len()), (first.number + 1, 4));
        let diff = world.engine.inventory_diff(&world.people.auditor, first.number, added.number).await.unwrap();
        assert_eq!(diff.added.iter().map(Slug::as_str).collect::<Vec<_>>(), ["archive"]);
        assert!(diff.removed.is_empty() && diff.changed.is_empty());

        let mut moved = SystemDraft { owner: "Records".into(), erase_credential: None, probe_credential: None, ..archive(&world) };
        moved.datasets[0].categories.insert("payment".into());
        let changed = world.engine.put_system(counsel, moved.clone(), &NoCredentials).await.unwrap();
        assert!(changed.system(&moved.name).unwrap().probe_credential.is_some(), "what is on file stays");
        let diff = world.engine.inventory_diff(counsel, added.number, changed.number).await.unwrap();
        assert_eq!(diff.changed.len(), 1);
        let fields: Vec<_> = diff.changed[0].fields.iter().map(|field| field.field.as_str()).collect();
        assert_eq!(fields, ["owner"]);
        assert_eq!(diff.changed[0].datasets[0].1[0].field, "categories");

        let same = world.engine.put_system(counsel, moved.clone(), &NoCredentials).await.unwrap();
        assert_eq!(same.number, changed.number, "what says the same is no new version");
        let retired = world.engine.retire_system(counsel, &moved.name).await.unwrap();
        assert_eq!(retired.digest, first.digest);
        is_not_found(world.engine.retire_system(counsel, &moved.name).await);
        let versions = world.engine.inventory_versions(&world.people.operator).await.unwrap();
        assert_eq!(versions.iter().map(|one| one.number).collect::<Vec<_>>(), [4, 3, 2, 1]);
        assert_eq!(world.engine.inventory_version(counsel, 2).await.unwrap(), added);
        is_not_found(world.engine.inventory_version(counsel, 99).await);
    }

    /// A system that others look things up in does not go, and nonsense does not come.
    async fn what_cannot_be_is_refused(world: World) {
        let counsel = &world.people.counsel;
        let needed = world.engine.retire_system(counsel, &Slug::parse("crm").unwrap()).await;
        assert!(matches!(&needed, Err(Error::Invalid { field, .. }) if field.contains("files")), "{needed:?}");
        let empty = SystemDraft { datasets: Vec::new(), ..archive(&world) };
        let empty = world.engine.put_system(counsel, empty, &NoCredentials).await;
        assert!(matches!(empty, Err(Error::Invalid { .. })), "{empty:?}");
        for other in [&world.people.officer, &world.people.auditor, &world.people.administrator, &world.people.tenant] {
            is_denied(world.engine.put_system(other, archive(&world), &NoCredentials).await);
            is_denied(world.engine.retire_system(other, &Slug::parse("billing").unwrap()).await);
        }
        assert_eq!(world.engine.inventory(counsel).await.unwrap().number, 1);
    }

    /// Tried before it is saved. The credential on file is not tried with settings that are not on file.
    async fn a_draft_is_tried_before_it_is_saved(world: World) {
        let (operator, acme) = (&world.people.operator, TenantKey::parse("acme").unwrap());
        let seen = world.engine.try_draft(operator, archive(&world), &NoCredentials, &acme).await.unwrap();
        assert_eq!((seen.len(), seen[0].count), (1, Some(40)));
        assert_eq!(world.engine.inventory(operator).await.unwrap().number, 1, "nothing is saved");
        let on_file = SystemDraft { probe_credential: None, ..draft(&world, "billing") };
        world.engine.try_draft(operator, on_file.clone(), &NoCredentials, &acme).await.unwrap();
        let mut elsewhere = on_file;
        elsewhere.config.insert("file".into(), "/nowhere/billing.db".into());
        let elsewhere = world.engine.try_draft(operator, elsewhere, &NoCredentials, &acme).await;
        assert!(matches!(&elsewhere, Err(Error::Invalid { field, .. }) if field == "systems.billing.probe_credential"), "{elsewhere:?}");
        let unknown = SystemDraft { probe_credential: Some(CredentialSource::File("/etc/passwd".into())), ..archive(&world) };
        let unknown = world.engine.try_draft(operator, unknown, &NoCredentials, &acme).await;
        assert!(matches!(unknown, Err(Error::Invalid { .. })), "{unknown:?}");
        is_denied(world.engine.try_draft(&world.people.tenant, archive(&world), &NoCredentials, &acme).await);
    }

    /// What a chart shows.
    async fn coverage_is_counted(world: World) {
        let coverage = world.engine.inventory_coverage(&world.people.auditor).await.unwrap();
        assert_eq!((coverage.systems, coverage.datasets, coverage.by_handling["erase"], coverage.by_handling["attest"]), (3, 4, 3, 0));
        assert_eq!((coverage.by_kind["sqlite"], coverage.by_kind["filesystem"]), (2, 1));
        assert_eq!((coverage.with_canary, coverage.with_subject, coverage.with_date), (0, 4, 2));
        assert!(coverage.without_erase_credential.is_empty() && coverage.without_probe_credential.is_empty());
    }
}
