//! Tenants.

use domain::port::store::StoreError;

use crate::on_both;
use crate::support::nouns::{key, tenant};

on_both! {
    async fn a_tenant_is_found_by_id_and_by_key(world) {
        let acme = tenant("acme");
        world.write(async |tx| tx.tenants().insert(&acme).await.unwrap()).await;
        let (by_id, by_key, unknown) = world.read(async |tx| {
            let by_id = tx.tenants().find(acme.id).await.unwrap();
            let by_key = tx.tenants().find_by_key(&key("acme")).await.unwrap();
            (by_id, by_key, tx.tenants().find_by_key(&key("globex")).await.unwrap())
        }).await;
        assert_eq!((by_id, by_key, unknown), (Some(acme.clone()), Some(acme), None));
    }

    async fn a_key_belongs_to_one_tenant(world) {
        world.write(async |tx| tx.tenants().insert(&tenant("acme")).await.unwrap()).await;
        let refused = world.attempt(async |tx| tx.tenants().insert(&tenant("acme")).await).await;
        assert!(matches!(refused, StoreError::Exists(_)), "{refused:?}");
    }

    async fn tenants_are_listed_by_name(world) {
        for name in ["globex", "acme"] {
            world.write(async |tx| tx.tenants().insert(&tenant(name)).await.unwrap()).await;
        }
        let tenants = world.read(async |tx| tx.tenants().list().await.unwrap()).await;
        let names: Vec<_> = tenants.into_iter().map(|tenant| tenant.name).collect();
        assert_eq!(names, ["acme Ltd", "globex Ltd"]);
    }
}
