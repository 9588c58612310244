//! What looking sees, and when it says that it cannot.

use domain::port::connector::ConnectorError;
use domain::port::erase::EraseError;
use domain::port::probe::{ProbeError, Probes};
use domain::secret::Secret;
use domain::selection::{RecordId, Selection, Side};
use domain::subject::Normalisation;

use crate::on_every_server;
use crate::world::{Server, World, criterion};

const TEMPLATE: &str = "tenants/{tenant_key}/";

on_every_server! {
    a_wrong_credential_sees_nothing_and_says_so
    a_missing_bucket_is_not_an_empty_one
    a_record_under_another_tenant_is_found_by_its_id
    another_version_of_the_same_key_is_another_record
    many_ids_of_one_folder_are_told_apart
    few_ids_of_a_large_folder_are_told_apart
    a_scan_pages_through_versions_of_one_key
    a_survey_tells_a_misspelt_folder
    stored_keys_in_capitals_are_found_where_case_is_ignored
}

async fn a_wrong_credential_sees_nothing_and_says_so(server: Server) {
    let mut world = World::new(server, TEMPLATE).await;
    world.server.secret = "wrong".to_owned();
    let acme = world.tenant("acme");

    let outcome = world.look(&acme, &[], &[]).await;

    let blind = Err(ProbeError::Blind("SignatureDoesNotMatch (403)".to_owned()));
    assert_eq!(outcome, blind);
    assert_eq!(world.probe().survey(&acme).await.map(|_| ()), blind.map(|_| ()));
}

async fn a_missing_bucket_is_not_an_empty_one(server: Server) {
    let world = World::without_bucket(server, TEMPLATE);
    let acme = world.tenant("acme");

    let blind = ProbeError::Blind("the bucket is not there".to_owned());
    assert_eq!(world.look(&acme, &[], &[]).await, Err(blind.clone()));
    assert_eq!(
        world.probe().scan(&acme, Side::Selected, None, 10).await,
        Err(blind.clone())
    );
    assert_eq!(world.probe().values(&acme, "tenant_key").await, Err(blind));
}

async fn a_record_under_another_tenant_is_found_by_its_id(server: Server) {
    let world = World::versioned(server, TEMPLATE).await;
    let version = world.put("elsewhere/a").await;
    let id = RecordId(format!(r#"["elsewhere/a","{version}"]"#));

    let seen = world.look(&world.tenant("acme"), &[id], &[]).await.unwrap();

    assert_eq!((seen.found, seen.counts), (vec![true], vec![Some(0)]));
}

async fn another_version_of_the_same_key_is_another_record(server: Server) {
    let world = World::versioned(server, TEMPLATE).await;
    let gone = world.put("tenants/acme/a").await;
    let kept = world.put("tenants/acme/a").await;
    world.put("tenants/acme/ab").await;
    let call = world
        .client
        .delete_object()
        .bucket(&world.bucket)
        .key("tenants/acme/a")
        .version_id(&gone);
    call.send().await.unwrap();
    let ids = [gone, kept].map(|version| RecordId(format!(r#"["tenants/acme/a","{version}"]"#)));

    let seen = world.look(&world.tenant("acme"), &ids, &[]).await.unwrap();

    assert_eq!((seen.found, seen.counts), (vec![false, true], vec![Some(2)]));
}

/// Writes so many objects of one tenant, deletes every third, and asks for the ids of every `step`th.
async fn told_apart(server: Server, objects: usize, step: usize) {
    let world = World::versioned(server, TEMPLATE).await;
    let key = |number: usize| format!("tenants/acme/{number:05}");
    world.put_many((0..objects).map(key)).await;
    let acme = world.tenant("acme");
    let ids = world.ids(&acme, Side::Selected).await;
    assert_eq!(ids.len(), objects);
    let gone: Vec<bool> = (0..objects).map(|number| number % (3 * step) == 0).collect();
    for (id, _) in ids.iter().zip(&gone).filter(|(_, gone)| **gone) {
        let [key, version]: [String; 2] = serde_json::from_str(&id.0).unwrap();
        let call = world.client.delete_object().bucket(&world.bucket);
        call.key(key).version_id(version).send().await.unwrap();
    }
    let asked: Vec<_> = ids.iter().step_by(step).cloned().collect();

    let seen = world.look(&acme, &asked, &ids[1..2]).await.unwrap();

    let there: Vec<bool> = gone.iter().step_by(step).map(|gone| !gone).collect();
    assert!(there.contains(&true) && there.contains(&false));
    assert_eq!((seen.found, seen.controls), (there, vec![true]));
}

/// The folder's listing answers for all of them.
async fn many_ids_of_one_folder_are_told_apart(server: Server) {
    told_apart(server, 1_200, 3).await;
}

/// The folder's listing is left after its first page, and single keys are looked up.
async fn few_ids_of_a_large_folder_are_told_apart(server: Server) {
    told_apart(server, 2_500, 300).await;
}

async fn a_scan_pages_through_versions_of_one_key(server: Server) {
    let world = World::versioned(server, TEMPLATE).await;
    for _ in 0..5 {
        world.put("tenants/acme/a").await;
        world.put("tenants/acme/b").await;
    }
    world.hide("tenants/acme/a").await;
    world.begin_upload("tenants/acme/c").await;
    let acme = world.tenant("acme");
    let (probe, mut ids, mut after) = (world.probe(), vec![], None);
    loop {
        let page = probe
            .scan(&acme, Side::Selected, after.as_deref(), 2)
            .await
            .unwrap();
        assert!(page.ids.len() <= 2);
        ids.extend(page.ids);
        after = page.next;
        if after.is_none() {
            break;
        }
    }
    let all = ids.len();
    ids.sort();
    ids.dedup();

    assert_eq!((all, ids.len()), (12, 12));
}

async fn a_survey_tells_a_misspelt_folder(server: Server) {
    let mut world = World::versioned(server, TEMPLATE).await;
    world.put("tenants/acme/a").await;
    world.put("logs/a").await;
    let survey = world.probe().survey(&world.tenant("acme")).await.unwrap();
    assert!(survey.container_found);
    assert_eq!(
        (survey.siblings, survey.fields),
        (vec!["logs/".to_owned()], vec!["tenant_key".to_owned()])
    );

    world.system.datasets[0].locator.container = "tenant/{tenant_key}/".to_owned();
    let survey = world.probe().survey(&world.tenant("acme")).await.unwrap();

    assert!(!survey.container_found);
    assert_eq!(survey.siblings, ["logs/", "tenants/"]);
}

#[tokio::test]
async fn a_survey_tells_what_the_bucket_keeps() {
    let notes = async |world: World| world.probe().survey(&world.tenant("acme")).await.unwrap().notes;
    let plain = notes(World::new(Server::ceph(), TEMPLATE).await).await;
    let locked = notes(World::locked(Server::ceph(), TEMPLATE).await).await;

    let lock = "Object Lock is on: records under retention or legal hold cannot be erased";
    assert_eq!(plain, ["versioning is off"]);
    assert_eq!(
        locked,
        ["versioning is on: old versions are erased as well", lock]
    );
}

async fn stored_keys_in_capitals_are_found_where_case_is_ignored(server: Server) {
    let world = World::new(server, TEMPLATE).await;
    world.put("tenants/Acme/a").await;
    world.put("tenants/ACME-2/a").await;
    let mut tenant = criterion("tenant_key", "acme");
    tenant.normalise = Normalisation::Lower;
    let acme = world.target(Selection {
        tenant,
        subject: vec![],
        except: vec![],
    });

    assert_eq!(world.count(&acme, Side::Selected).await, 1);
    world.erase(&acme, 10).await.unwrap();
    assert_eq!(
        (
            world.count(&acme, Side::Selected).await,
            world.count(&acme, Side::Others).await
        ),
        (0, 1)
    );
}

#[tokio::test]
async fn nobody_listening_is_unreachable() {
    let server = Server {
        url: "http://127.0.0.1:9".to_owned(),
        key: "k".to_owned(),
        secret: "s".to_owned(),
    };
    let world = World::without_bucket(server, TEMPLATE);
    let acme = world.tenant("acme");

    assert!(matches!(
        world.look(&acme, &[], &[]).await,
        Err(ProbeError::Unreachable(_))
    ));
    assert!(matches!(
        world.erase(&acme, 10).await,
        Err(EraseError::Transient(_))
    ));
}

#[test]
fn a_native_query_survives_quotes() {
    let server = Server {
        url: "http://127.0.0.1:9".to_owned(),
        key: "k".to_owned(),
        secret: "s".to_owned(),
    };
    let mut world = World::without_bucket(server, TEMPLATE);
    world.system.config.insert("bucket".to_owned(), "files".into());
    let probe = world.probe();

    let query = probe.native_query(
        &world.tenant("acme"),
        &RecordId(r#"["tenants/acme/o'hara","v1"]"#.to_owned()),
    );

    assert_eq!(
        query,
        r"aws s3api list-object-versions --endpoint-url 'http://127.0.0.1:9' --bucket 'files' --prefix 'tenants/acme/o'\''hara' --query '[Versions[], DeleteMarkers[]][] | [?Key=='\''tenants/acme/o\'\''hara'\'' && VersionId=='\''v1'\'']'"
    );
}

#[test]
fn wrong_settings_are_refused_by_name() {
    let server = Server {
        url: "http://127.0.0.1:9".to_owned(),
        key: "k".to_owned(),
        secret: "s".to_owned(),
    };
    let refused = |template: &str, key: &str, value: serde_json::Value| {
        let mut world = World::without_bucket(server.clone(), template);
        world.system.config.insert(key.to_owned(), value);
        let registry = connectors::registry::Registry::new(std::sync::Arc::new(crate::world::Wall));
        match Probes::check(&registry, &world.system) {
            Err(ConnectorError::Config { field, .. }) => field,
            other => panic!("{other:?}"),
        }
    };
    assert_eq!(refused(TEMPLATE, "buckets", "b".into()), "config.buckets");
    assert_eq!(
        refused(TEMPLATE, "endpoint", "s3.example.com".into()),
        "config.endpoint"
    );
    assert_eq!(refused(TEMPLATE, "path_style", "yes".into()), "config.path_style");
    for template in [
        "tenants/",
        "tenants/{tenant}/",
        "{tenant_key}{x}/",
        "{tenant_key/",
        "{tenant_key}/{tenant_key}/",
    ] {
        assert_eq!(
            refused(template, "region", "eu-west-1".into()),
            "datasets[uploads].locator.container"
        );
    }
}

#[test]
fn a_credential_of_another_form_is_refused() {
    let server = Server {
        url: "http://127.0.0.1:9".to_owned(),
        key: "k".to_owned(),
        secret: "s".to_owned(),
    };
    let world = World::without_bucket(server, TEMPLATE);
    let registry = connectors::registry::Registry::new(std::sync::Arc::new(crate::world::Wall));

    let outcome = registry
        .probe(&world.system, &Secret::new("AKIA:secret"))
        .map(|_| ());

    assert!(matches!(outcome, Err(ConnectorError::Credential(_))));
}
