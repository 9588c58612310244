//! The evidence of a request as files: everything for auditors, for a tenant what is a tenant's (A2).

use domain::digest::Digest;
use engine::reading::pack::Pack;
use engine::{Engine, Error, Policy};

use crate::world::{Kind, World};

fn names(pack: &Pack, folder: &str) -> usize {
    pack.files.keys().filter(|name| name.starts_with(folder)).count()
}

fn told(pack: &Pack) -> String {
    String::from_utf8(pack.files["run.json"].clone()).unwrap()
}

journeys! {
    /// Staff who read all get the log and what was certified; nobody gets ids of records or addresses of people.
    async fn an_auditor_gets_the_log_and_the_evidence(world: World) {
        let (request, id) = world.issued().await;
        world.engine.sequence_log().await.unwrap();
        let pack = world.engine.evidence_pack(&world.people.auditor, request).await.unwrap();
        let record = world.engine.certificate(&world.people.auditor, id).await.unwrap().0;
        let evidence = &pack.files[&format!("certificates/{}/evidence.json", record.code)];
        assert_eq!(Digest::of(evidence), record.evidence);
        let (entries, openings) = (names(&pack, "log/"), pack.files.keys().filter(|name| name.ends_with(".opening")).count());
        assert!(entries > 60 && openings > 20, "{entries} {openings}");
        assert!(told(&pack).contains("crm.users"));
        for (name, bytes) in pack.files.iter().filter(|(name, _)| !name.ends_with(".pdf")) {
            assert!(!String::from_utf8_lossy(bytes).contains("@acme.example"), "{name} names a person");
        }
        let again = world.engine.evidence_pack(&world.people.auditor, request).await.unwrap();
        assert_eq!(pack, again);
    }

    /// A tenant gets certificates and the run; names of systems only where the rules say so; another tenant gets nothing.
    async fn a_tenant_gets_what_is_its_own(world: World) {
        let request = world.verified().await;
        let early = world.engine.evidence_pack(&world.people.tenant, request).await.unwrap();
        assert_eq!(early.certificates, [""; 0]);
        world.spot_check(request).await;
        let code = world.certify(request).await.code;
        world.run_ready().await;
        let pack = world.engine.evidence_pack(&world.people.tenant, request).await.unwrap();
        assert_eq!((pack.certificates.clone(), names(&pack, "log/"), pack.with_log), (vec![code], 0, false));
        assert!(names(&pack, "certificates/") >= 8 && !pack.files.keys().any(|name| name.ends_with("evidence.json")));
        assert!(told(&pack).contains("crm.users"));

        let policy = Policy { name_systems: false, ..world.engine.policy().clone() };
        let silent = Engine::new(world.ports.clone(), policy);
        let numbered = told(&silent.evidence_pack(&world.people.tenant, request).await.unwrap());
        assert!(!numbered.contains("crm") && numbered.contains("system 1, dataset 1"), "{numbered}");
        let staff = told(&silent.evidence_pack(&world.people.operator, request).await.unwrap());
        assert!(staff.contains("crm.users"));
        let other = silent.evidence_pack(&world.people.stranger, request).await;
        assert!(matches!(other, Err(Error::NotFound(_))), "{other:?}");
    }
}
