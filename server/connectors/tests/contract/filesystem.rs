//! The traps of file systems.

use std::os::unix::ffi::OsStrExt as _;
use std::os::unix::fs::symlink;
use std::path::PathBuf;
use std::sync::Arc;

use async_trait::async_trait;
use domain::inventory::System;
use domain::port::erase::EraseError;
use domain::port::probe::ProbeError;
use domain::secret::Secret;
use domain::selection::{RecordId, Side};

use crate::clocks::Real;
use crate::place::*;

pub struct Folder {
    folder: tempfile::TempDir,
    container: &'static str,
}

impl Folder {
    async fn new() -> Self {
        Self::with("data/{tenant}/{usr}").await
    }

    async fn with(container: &'static str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir_all(folder.path().join("root/data")).unwrap();
        Self { folder, container }
    }

    fn data(&self) -> PathBuf {
        self.folder.path().join("root/data")
    }

    fn write(&self, path: &str) {
        let path = self.data().join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, "x").unwrap();
    }
}

#[async_trait]
impl Place for Folder {
    fn system(&self) -> System {
        let root = self.folder.path().join("root");
        let mut system = system(
            "filesystem",
            &[("root", root.to_str().unwrap())],
            self.container,
            None,
        );
        if !self.container.contains("{usr}") {
            system.datasets[0].locator.subject.clear();
        }
        system
    }

    fn erase_secret(&self) -> Secret {
        Secret::new("")
    }

    fn probe_secret(&self) -> Secret {
        Secret::new("")
    }

    async fn put(&self, records: &[Record]) {
        for record in records {
            self.write(&format!(
                "{}/{}/deep/{}.txt",
                record.tenant,
                record.user,
                uuid::Uuid::new_v4()
            ));
        }
    }

    fn without_container(&self) -> Option<System> {
        let mut system = self.system();
        system.datasets[0].locator.container = "nowhere/{tenant}/{usr}".into();
        Some(system)
    }

    fn keeps_deadlines(&self) -> bool {
        false
    }
}

crate::contract!(Folder::new());

#[tokio::test]
async fn a_symbolic_link_goes_and_its_target_stays() {
    let place = Folder::new().await;
    place.write("zeta/u1/precious.txt");
    std::fs::create_dir_all(place.data().join("acme/u1")).unwrap();
    let outside = place.folder.path().join("outside");
    std::fs::create_dir(&outside).unwrap();
    std::fs::write(outside.join("precious.txt"), "x").unwrap();
    symlink(&outside, place.data().join("acme/u1/folder")).unwrap();
    symlink(
        place.data().join("zeta/u1/precious.txt"),
        place.data().join("acme/u1/file"),
    )
    .unwrap();
    symlink(place.data().join("zeta"), place.data().join("acme/u2")).unwrap();
    symlink("/nowhere", place.data().join("acme/u1/dangling")).unwrap();
    let acme = of_tenant(&place.system(), "acme");
    assert_eq!(counts(&place, &acme).await, (4, 0, 1));
    assert_eq!(erase_all(&place, &acme, 2).await, 4);
    assert_eq!(counts(&place, &acme).await, (0, 0, 1));
    assert!(outside.join("precious.txt").exists());
    assert!(place.data().join("zeta/u1/precious.txt").exists());
}

#[tokio::test]
async fn a_tenant_folder_that_is_a_link_to_another_tenant_takes_nothing_with_it() {
    let place = Folder::new().await;
    place.write("zeta/u1/precious.txt");
    symlink(place.data().join("zeta"), place.data().join("acme")).unwrap();
    let acme = of_tenant(&place.system(), "acme");
    erase_all(&place, &acme, 10).await;
    assert!(place.data().join("zeta/u1/precious.txt").exists());
    let through = RecordId("data/acme/u1/precious.txt".into());
    assert_eq!(found(&place, &acme, &[through]).await, vec![false]);
}

#[tokio::test]
async fn emptied_folders_go_and_the_container_stays() {
    let place = Folder::new().await;
    place.write("acme/u1/a/b/c.txt");
    std::fs::create_dir_all(place.data().join("acme/ada-lovelace/empty")).unwrap();
    let acme = of_tenant(&place.system(), "acme");
    assert_eq!(
        counts(&place, &acme).await.0,
        2,
        "an empty folder has a name as well"
    );
    let ids = scan(&place, &acme, Side::Selected, 1).await;
    assert_eq!(ids[0], RecordId("data/acme/ada-lovelace/empty/".into()));
    assert_eq!(found(&place, &acme, &ids).await, vec![true; 2]);
    erase_all(&place, &acme, 1).await;
    assert!(!place.data().join("acme").exists());
    assert!(place.data().exists());
    assert_eq!(found(&place, &acme, &ids).await, vec![false; 2]);
}

#[tokio::test]
async fn a_root_that_is_missing_or_empty_is_blind() {
    let place = Folder::with("{tenant}").await;
    let acme = of_tenant(&place.system(), "acme");
    assert_eq!(counts(&place, &acme).await.0, 0);
    std::fs::remove_dir(place.data()).unwrap();
    assert!(
        matches!(try_look(&place, &acme, &[]).await, Err(ProbeError::Blind(_))),
        "empty, as an unmounted volume"
    );
    std::fs::remove_dir(place.folder.path().join("root")).unwrap();
    assert!(matches!(
        try_look(&place, &acme, &[]).await,
        Err(ProbeError::Blind(_))
    ));
    let outcome = erase_by(&place, Arc::new(Real), &acme, &chunk(None, 10)).await;
    assert!(matches!(outcome, Err(EraseError::Refused(_))));
}

#[tokio::test]
async fn values_that_leave_the_folder_are_refused() {
    let place = Folder::new().await;
    place.write("acme/u1/a.txt");
    for value in ["..", ".", "a/b", "../acme", "", "a\0b"] {
        let target = of_tenant(&place.system(), value);
        assert!(
            matches!(try_look(&place, &target, &[]).await, Err(ProbeError::Blind(_))),
            "{value:?}"
        );
        let outcome = erase_by(&place, Arc::new(Real), &target, &chunk(None, 10)).await;
        assert!(matches!(outcome, Err(EraseError::Refused(_))), "{value:?}");
    }
    let acme = of_tenant(&place.system(), "acme");
    for id in ["../outside", "/etc/passwd", "data/../../x", ""] {
        assert!(
            matches!(
                try_look(&place, &acme, &[RecordId(id.into())]).await,
                Err(ProbeError::Blind(_))
            ),
            "{id:?}"
        );
    }
}

#[tokio::test]
async fn names_that_are_not_utf8_are_seen_and_go() {
    let place = Folder::new().await;
    place.write("acme/u1/plain.txt");
    for name in [b"\xff\xfe".as_slice(), b"caf\xe9.txt"] {
        std::fs::write(
            place
                .data()
                .join("acme/u1")
                .join(std::ffi::OsStr::from_bytes(name)),
            "x",
        )
        .unwrap();
    }
    let acme = of_tenant(&place.system(), "acme");
    let ids = scan(&place, &acme, Side::Selected, 2).await;
    assert_eq!(ids.len(), 3);
    assert_eq!(found(&place, &acme, &ids).await, vec![true; 3]);
    assert_eq!(erase_all(&place, &acme, 1).await, 3);
    assert_eq!(found(&place, &acme, &ids).await, vec![false; 3]);
}

#[tokio::test]
async fn files_can_hold_the_person_in_their_name() {
    let place = Folder::with("data/{tenant}/avatar-{usr}.png").await;
    for name in ["avatar-u1.png", "avatar-u2.png", "avatar-u1.png.bak", "logo.png"] {
        place.write(&format!("acme/{name}"));
    }
    let system = place.system();
    let mut person = of_tenant(&system, "acme");
    person.selection.subject = vec![exact("usr", &["u1"])];
    assert_eq!(erase_all(&place, &person, 10).await, 1);
    assert_eq!(counts(&place, &of_tenant(&system, "acme")).await.0, 1);
    assert!(
        place.data().join("acme/logo.png").exists(),
        "what the container does not name is not touched"
    );
}
