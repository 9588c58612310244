//! A nonce that the approver's side commits to: nobody alone chooses the sample (V4).

use domain::actor::{Actor, Role};
use domain::certificate::{Claims, NonceKept, Sampling, SeedSource};
use domain::digest::Digest;
use domain::id::{CertificateId, RequestId};
use domain::manifest::NonceSource;
use domain::nonce::{Nonce, NonceGiven, NonceRule};
use domain::request::{IdentityMethod, NonceWait};
use domain::secret::Secret;
use engine::people::NewPerson;
use engine::reading::waiting::{Awaited, Turn, Waiting};
use engine::{Engine, Error, Policy};

use crate::world::{Kind, World, policy};

impl World {
    /// Plans ask for a nonce.
    fn with_nonces(mut self) -> Self {
        let rules = Policy {
            nonce: NonceRule::Committed,
            ..policy()
        };
        self.engine = Engine::new(self.ports.clone(), rules);
        self
    }

    /// A confirmed request, and everything done that can be done without a nonce.
    async fn awaiting_nonce(&self) -> RequestId {
        let id = self.open_tenant_request().await.id;
        self.confirm(id).await;
        self.run_ready().await;
        assert_eq!(self.awaited(id).await, Some(NonceWait::Commitment));
        id
    }

    async fn awaited(&self, id: RequestId) -> Option<NonceWait> {
        self.request(id).await.awaits_nonce.map(|(wait, _)| wait)
    }

    async fn waits_for(&self, actor: &Actor, id: RequestId) -> Waiting {
        self.engine.request_file(actor, id).await.unwrap().waits_for
    }

    async fn commit_to(&self, id: RequestId, given: NonceGiven) {
        let officer = &self.people.officer;
        self.engine.commit_nonce(officer, id, given).await.unwrap();
        self.run_ready().await;
    }

    /// From the plan that waits for approval to the certificate.
    async fn issued_from_plan(&self, id: RequestId) -> CertificateId {
        assert_eq!(self.state(id).await, "planned");
        self.approve(id).await;
        self.run_jobs().await;
        self.spot_check(id).await;
        let record = self.certify(id).await;
        self.run_ready().await;
        record.id
    }

    async fn told_by(&self, id: CertificateId) -> Claims {
        let (_, statement, _) = self.engine.certificate(&self.people.auditor, id).await.unwrap();
        Claims::parse(&statement.unwrap().bytes).unwrap()
    }

    async fn kinds_of(&self, id: RequestId) -> Vec<String> {
        let timeline = self
            .engine
            .request_file(&self.people.auditor, id)
            .await
            .unwrap()
            .timeline;
        timeline.into_iter().map(|happening| happening.kind).collect()
    }
}

fn secret(n: u8) -> Nonce {
    Nonce::from(*Digest::of(&[n]).as_bytes())
}

/// The seed by the text of the documentation, and not by our code.
fn by_hand(said: &Sampling, request: RequestId, dataset: &str) -> Digest {
    let (root, request) = (said.root, request.uuid());
    let parts: [&[u8]; 4] = [
        root.as_bytes(),
        request.as_bytes(),
        dataset.as_bytes(),
        said.nonce.as_bytes(),
    ];
    let mut bytes = Vec::new();
    for part in parts {
        bytes.extend((part.len() as u64).to_be_bytes());
        bytes.extend(part);
    }
    Digest::of(&bytes)
}

/// Every sample of a statement says that its seed came from the nonce, and each can be made again.
fn assert_seeds_are_made_again(claims: &Claims) -> usize {
    let said = claims.sampling.as_ref().unwrap();
    assert_eq!(Digest::of(said.nonce.as_bytes()), said.commitment);
    let mut made = 0;
    for dataset in claims.systems.iter().flat_map(|system| &system.datasets) {
        let Some(sample) = &dataset.verification.sample else {
            continue;
        };
        assert_eq!(sample.seed_source, SeedSource::CommittedNonce);
        let name = sample.dataset.as_deref().unwrap();
        assert_eq!(sample.seed, by_hand(said, claims.request.id, name), "{name}");
        made += 1;
    }
    made
}

journeys! {
    /// The request waits, visibly, for an officer; a nonce that the product draws is sealed, opened after the root is fixed,
    /// and told on the certificate so that the seeds can be made again.
    async fn a_request_waits_for_a_nonce_and_its_certificate_tells_it(world: World) {
        let world = world.with_nonces();
        let id = world.awaiting_nonce().await;
        let (officer, counsel) = (&world.people.officer, &world.people.counsel);
        let waiting = world.waits_for(officer, id).await;
        assert_eq!((waiting.what, waiting.who.as_slice(), waiting.yours), (Awaited::NonceCommitment, [Turn::ComplianceOfficer].as_slice(), true));
        assert!(waiting.since.is_some() && !world.waits_for(counsel, id).await.yours);
        let home = world.engine.home(officer).await.unwrap();
        assert!(home.iter().any(|task| task.what == Awaited::NonceCommitment && task.object == format!("request:{id}")));
        world.run_jobs().await;
        assert_eq!((world.state(id).await, world.request(id).await.plan), ("identity_confirmed", None));

        for other in [counsel, &world.people.operator, &world.people.tenant, &world.people.administrator, &Actor::System("tests")] {
            let refused = world.engine.commit_nonce(other, id, NonceGiven::Drawn).await;
            assert!(matches!(refused, Err(Error::Denied(_))), "{refused:?}");
        }
        world.commit_to(id, NonceGiven::Drawn).await;
        let again = world.engine.commit_nonce(officer, id, NonceGiven::Drawn).await;
        assert!(matches!(again, Err(Error::NotNow(_))), "{again:?}");
        assert_eq!(world.engine.proposal(officer, id).await.unwrap().manifest.seed.nonce, NonceSource::Approver);

        let claims = world.told_by(world.issued_from_plan(id).await).await;
        assert_eq!(assert_seeds_are_made_again(&claims), 4);
        let said = claims.sampling.as_ref().unwrap();
        assert_eq!((said.number, said.kept), (1, NonceKept::Sealed));
        let kinds = world.kinds_of(id).await;
        let told: Vec<&str> = kinds.iter().map(String::as_str)
            .filter(|kind| kind.starts_with("nonce.") || ["request.awaits_nonce", "plan.frozen", "manifest.drawn"].contains(kind)).collect();
        assert_eq!(told, ["request.awaits_nonce", "nonce.committed", "plan.frozen", "nonce.root_fixed", "nonce.opened", "manifest.drawn"]);
    }

    /// What the evidence pack holds is enough: the entries at the indices that the certificate names open to the commitment, to a
    /// plan with the same commitment, and to the root, in this order.
    async fn an_outsider_makes_the_seed_again_from_the_pack(world: World) {
        let world = world.with_nonces();
        let id = world.awaiting_nonce().await;
        world.commit_to(id, NonceGiven::Brought(secret(1))).await;
        let code = world.issued_from_plan(id).await;
        world.engine.sequence_log().await.unwrap();
        let code = world.engine.certificate(&world.people.auditor, code).await.unwrap().0.code;
        let pack = world.engine.evidence_pack(&world.people.auditor, id).await.unwrap();
        let claims = Claims::parse(&pack.files[&format!("certificates/{code}/statement.json")]).unwrap();
        assert_eq!(assert_seeds_are_made_again(&claims), 4);
        let said = claims.sampling.unwrap();
        assert_eq!(said.nonce, secret(1));
        let opening = |index: u64, kind: &str| -> serde_json::Value {
            let details = &pack.files[&format!("log/{index:08}-{kind}.opening")];
            let details: serde_json::Value = serde_json::from_slice(details).unwrap();
            serde_json::from_str(details["text"].as_str().unwrap()).unwrap()
        };
        let word = |digest: Digest| serde_json::Value::from(digest.to_string());
        assert_eq!(opening(said.committed_entry, "nonce.committed")["commitment"], word(said.commitment));
        assert_eq!(opening(said.plan_entry, "plan.frozen")["nonce_commitment"], word(said.commitment));
        let index = |kind: &str| -> u64 {
            let name = pack.files.keys().find(|name| name.ends_with(&format!("-{kind}.json"))).unwrap();
            name["log/".len()..][..8].parse().unwrap()
        };
        let (fixed, opened) = (index("nonce.root_fixed"), index("nonce.opened"));
        assert_eq!(opening(fixed, "nonce.root_fixed")["root"], word(said.root));
        assert!(said.committed_entry < said.plan_entry && said.plan_entry < said.tree_size && said.tree_size <= fixed && fixed < opened);
        let folder = tempfile::tempdir().unwrap();
        let put = |name: &str, bytes: &[u8]| {
            let path = folder.path().join(name);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, bytes).unwrap();
        };
        pack.files.iter().for_each(|(name, bytes)| put(name, bytes));
        let statement = format!("certificates/{code}/statement.json");
        let check = || -> (bool, String) {
            let tool = concat!(env!("CARGO_MANIFEST_DIR"), "/../src/pack/check_seed.py");
            let ran = std::process::Command::new("python3").args([tool, &statement, "log"]).current_dir(&folder).output().unwrap();
            (ran.status.success(), [ran.stdout, ran.stderr].map(|text| String::from_utf8(text).unwrap()).concat())
        };
        let (good, words) = check();
        assert!(good && words.contains("4 seeds are what root and nonce give") && words.contains("in this order"), "{words}");
        let text = String::from_utf8(pack.files[&statement].clone()).unwrap();
        put(&statement, text.replace(&said.root.to_string(), &Digest::of(b"another").to_string()).as_bytes());
        let (good, words) = check();
        assert!(!good && words.contains("the seed of"), "{words}");
        let run: serde_json::Value = serde_json::from_slice(&pack.files["run.json"]).unwrap();
        assert_eq!(run["plans"][0]["seed"]["committed"]["nonce"], serde_json::to_value(&said.nonce).unwrap());
    }

    /// Only the commitment is known here: after the root is fixed the request waits for the nonce, and takes no other.
    async fn a_nonce_kept_outside_is_awaited_and_must_fit(world: World) {
        let world = world.with_nonces();
        let id = world.awaiting_nonce().await;
        let (officer, second) = (&world.people.officer, &world.people.second_officer);
        let early = world.engine.open_nonce(officer, id, secret(2)).await;
        assert!(matches!(early, Err(Error::NotNow(_))), "{early:?}");
        world.commit_to(id, NonceGiven::KeptOutside(secret(2).commitment())).await;
        assert_eq!(world.awaited(id).await, Some(NonceWait::Opening));
        let waiting = world.waits_for(second, id).await;
        assert_eq!((waiting.what, waiting.who.as_slice(), waiting.yours), (Awaited::NonceOpening, [Turn::ComplianceOfficer].as_slice(), true));
        world.run_jobs().await;
        assert_eq!(world.state(id).await, "identity_confirmed");
        assert!(world.engine.proposal(officer, id).await.is_err(), "nothing is drawn without the nonce");

        let other = world.engine.open_nonce(second, id, secret(3)).await;
        assert!(matches!(&other, Err(Error::Invalid { field, .. }) if field == "nonce"), "{other:?}");
        let counsel = world.engine.open_nonce(&world.people.counsel, id, secret(2)).await;
        assert!(matches!(counsel, Err(Error::Denied(_))), "{counsel:?}");
        assert_eq!(world.awaited(id).await, Some(NonceWait::Opening));
        world.engine.open_nonce(second, id, secret(2)).await.unwrap();
        world.run_ready().await;
        let claims = world.told_by(world.issued_from_plan(id).await).await;
        assert_eq!(assert_seeds_are_made_again(&claims), 4);
        assert_eq!(claims.sampling.unwrap().kept, NonceKept::Outside);
    }

    /// A nonce that is lost is given up for another one; the plan falls with it, and the certificate counts.
    async fn a_lost_nonce_is_replaced_and_that_is_told(world: World) {
        let world = world.with_nonces();
        let id = world.awaiting_nonce().await;
        world.commit_to(id, NonceGiven::KeptOutside(secret(4).commitment())).await;
        let first = world.request(id).await.plan;
        let same = world.engine.commit_nonce(&world.people.officer, id, NonceGiven::Brought(secret(4))).await;
        assert!(matches!(&same, Err(Error::Invalid { field, .. }) if field == "nonce"), "{same:?}");
        world.commit_to(id, NonceGiven::Drawn).await;
        assert_ne!(world.request(id).await.plan, first);
        let claims = world.told_by(world.issued_from_plan(id).await).await;
        assert_eq!((assert_seeds_are_made_again(&claims), claims.sampling.unwrap().number), (4, 2));
    }

    /// A plan drawn again takes another nonce: what was opened could be matched by the next root.
    async fn a_nonce_is_used_for_one_plan(world: World) {
        let world = world.with_nonces();
        let id = world.awaiting_nonce().await;
        world.commit_to(id, NonceGiven::Brought(secret(5))).await;
        assert_eq!(world.state(id).await, "planned");
        world.apply_inventory(&world.systems.inventory().replace("Dublin, Ireland", "Cork, Ireland")).await;
        world.run_jobs().await;
        assert_eq!((world.state(id).await, world.awaited(id).await), ("identity_confirmed", Some(NonceWait::Commitment)));
        let used = world.engine.commit_nonce(&world.people.officer, id, NonceGiven::Brought(secret(5))).await;
        assert!(matches!(&used, Err(Error::Invalid { field, .. }) if field == "nonce"), "{used:?}");
        world.commit_to(id, NonceGiven::Brought(secret(6))).await;
        let claims = world.told_by(world.issued_from_plan(id).await).await;
        assert_seeds_are_made_again(&claims);
        let said = claims.sampling.unwrap();
        assert_eq!((said.number, said.nonce), (2, secret(6)));
    }

    /// Whoever opened the request is not of the approver's side.
    async fn the_opener_commits_to_no_nonce(world: World) {
        let world = world.with_nonces();
        let third = NewPerson {
            name: "otto".into(),
            email: "otto@lethe.example".into(),
            roles: [Role::ComplianceOfficer].into(),
            tenant: None,
            password: Secret::new("correct horse battery"),
        };
        world.engine.create_person(&world.people.administrator, third).await.unwrap();
        world.clock.advance(std::time::Duration::from_secs(25 * 3600));
        let people = world.engine.people(&world.people.auditor).await.unwrap();
        let otto = people.iter().find(|person| person.name == "otto").unwrap().actor();
        let id = world.open_tenant_request_as(&otto).await.id;
        let call = Digest::of(b"call record");
        world.engine.confirm_identity(&world.people.counsel, id, IdentityMethod::CallBack, call).await.unwrap();
        world.run_ready().await;
        let waiting = world.waits_for(&otto, id).await;
        assert_eq!((waiting.yours, waiting.not_yours_because), (false, Some("opened the request")));
        let refused = world.engine.commit_nonce(&otto, id, NonceGiven::Drawn).await;
        assert!(matches!(refused, Err(Error::Denied(_))), "{refused:?}");
        world.commit_to(id, NonceGiven::KeptOutside(secret(7).commitment())).await;
        let refused = world.engine.open_nonce(&otto, id, secret(7)).await;
        assert!(matches!(refused, Err(Error::Denied(_))), "{refused:?}");
    }

    /// Without the setting nothing waits, and the certificate says where the seed comes from, in the words it always had.
    async fn without_the_setting_the_seed_is_the_logs_own(world: World) {
        let (id, certificate) = world.issued().await;
        let refused = world.engine.commit_nonce(&world.people.officer, id, NonceGiven::Drawn).await;
        assert!(matches!(refused, Err(Error::NotNow(_))), "{refused:?}");
        let claims = world.told_by(certificate).await;
        assert_eq!(claims.sampling, None);
        let samples = claims.systems.iter().flat_map(|system| &system.datasets).filter_map(|dataset| dataset.verification.sample.as_ref());
        let sources: Vec<_> = samples.map(|sample| (sample.seed_source, sample.dataset.clone())).collect();
        assert_eq!(sources, vec![(SeedSource::OperatorLog, None); 4]);
    }

    /// Each job run a second time opens nothing twice, and fixes no second root.
    async fn jobs_run_twice_open_a_nonce_once(world: World) {
        let mut world = world.with_nonces();
        world.twice = true;
        let id = world.awaiting_nonce().await;
        world.commit_to(id, NonceGiven::Drawn).await;
        let kinds = world.kinds_of(id).await;
        for kind in ["request.awaits_nonce", "nonce.committed", "nonce.root_fixed", "nonce.opened", "manifest.drawn"] {
            assert_eq!(kinds.iter().filter(|told| *told == kind).count(), 1, "{kind}");
        }
        assert_seeds_are_made_again(&world.told_by(world.issued_from_plan(id).await).await);
    }
}
