//! Both schemas are one schema, and every SQL text of ours is understood by both engines.

mod support;

on_both! {
    async fn every_statement_can_be_prepared(world) {
        assert!(world.store.prepare_all().await.unwrap() > 100);
    }
}
