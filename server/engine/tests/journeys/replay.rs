//! A system is restored from a backup, and what was erased is there again: it is found by keyed digests and erased again,
//! under the fence and after a second person's approval, before the system is used (V8).

use std::time::Duration;

use domain::actor::Actor;
use domain::id::RequestId;
use domain::inventory::Slug;
use domain::mail::MailKind;
use domain::replay::{Replay, ReplayState};
use domain::request::RefusalReason;
use engine::Error;
use engine::holds::NewScope;
use engine::replay::Replayed;

use crate::holds::acme;
use crate::world::{Kind, World};

const DAY: Duration = Duration::from_secs(24 * 3600);
/// The person that was erased, as the backup has them, in two datasets of one system and one of another.
const USER: &str =
    "INSERT INTO users (id, tenant, email, made) VALUES (7, 'acme', 'user7@acme.example', '2025-08-01')";
const TICKET: &str = "INSERT INTO tickets (id, tenant, user_id) VALUES (7, 'acme', 7)";
const INVOICE: &str = "INSERT INTO invoices (no, customer, mail, made) VALUES ('acme-7', 'acme', 'user7@acme.example', '2025-08-01')";
const TICKET_7: &str = "SELECT COUNT(*) FROM tickets WHERE id = 7";
const USER_7: &str = "SELECT COUNT(*) FROM users WHERE id = 7";

impl World {
    /// A person of acme is erased everywhere and certified, and then `crm` is restored from an older backup.
    async fn crm_restored(&self) -> RequestId {
        let request = self.open_person_request(&["email=User7@ACME.example"]).await;
        self.confirm(request.id).await;
        self.run_jobs().await;
        self.approve(request.id).await;
        self.run_jobs().await;
        self.spot_check(request.id).await;
        self.certify(request.id).await;
        self.run_jobs().await;
        assert_eq!(self.systems.census("acme").await, [39, 39, 39, 39]);
        self.restore_crm().await;
        request.id
    }

    async fn restore_crm(&self) {
        self.systems.run("crm", USER).await;
        self.systems.run("crm", TICKET).await;
    }

    async fn ask(&self, system: &str) -> Result<Replay, Error> {
        let system = Slug::parse(system).unwrap();
        let why = "restored from the backup of Sunday after a failed upgrade";
        self.engine.ask_replay(&self.people.operator, &system, why).await
    }

    async fn replay(&self, system: &str) -> Replayed {
        let asked = self.ask(system).await.unwrap();
        self.run_jobs().await;
        self.seen(&asked).await
    }

    async fn seen(&self, replay: &Replay) -> Replayed {
        self.engine.replay(&self.people.auditor, replay.id).await.unwrap()
    }

    async fn approve_all(&self, seen: &Replayed, actor: &Actor) -> Result<usize, Error> {
        self.engine
            .approve_replay(actor, seen.replay.id, seen.digest())
            .await
    }
}

journeys! {
    /// Found by digests, erased after an approval, in the restored system alone.
    async fn what_a_restore_brings_back_is_erased_again(world: World) {
        let first = world.crm_restored().await;
        world.systems.run("billing", INVOICE).await;
        let seen = world.replay("crm").await;
        assert_eq!(seen.replay.state(), ReplayState::Erasing);
        let comparison = seen.replay.seen.clone().unwrap();
        assert_eq!((comparison.compared, comparison.unclear), (1, Vec::new()));
        let [(found, request)] = seen.found.as_slice() else { panic!("{:?}", seen.found) };
        let datasets: Vec<String> = found.datasets.iter().map(ToString::to_string).collect();
        assert_eq!((found.of, datasets), (first, vec!["crm.tickets".to_owned(), "crm.users".to_owned()]));
        assert_eq!(world.state(request.id).await, "planned", "{:?}", request.aside);
        assert_eq!(world.systems.count("crm", USER_7).await, 1, "nothing is erased before it is approved");

        let by_asker = world.approve_all(&seen, &world.people.operator).await;
        assert!(matches!(by_asker, Err(Error::Denied(_))), "{by_asker:?}");
        let issued = world.mails.sent(MailKind::CertificateIssued);
        assert_eq!(world.approve_all(&seen, &world.people.officer).await.unwrap(), 1);
        world.run_jobs().await;
        assert_eq!(world.state(request.id).await, "closed", "{:?}", world.request(request.id).await.aside);
        assert_eq!(world.systems.census("acme").await, [39, 39, 40, 39], "only what was restored is erased again");
        assert_eq!(world.systems.census("globex").await, [40, 40, 40, 40]);
        assert_eq!(world.seen(&seen.replay).await.replay.state(), ReplayState::Clean);
        assert_eq!(world.state(first).await, "certified", "the certificate stands");
        assert_eq!(world.mails.sent(MailKind::CertificateIssued), issued);

        let again = world.replay("crm").await;
        assert_eq!((again.replay.state(), again.found.len()), (ReplayState::Clean, 0));
    }

    /// The run is not the tenant's: their request was answered.
    async fn a_tenant_does_not_see_it(world: World) {
        world.crm_restored().await;
        let seen = world.replay("crm").await;
        let request = seen.found[0].1.id;
        let own = world.engine.withdraw_request(&world.people.tenant, request).await;
        assert!(matches!(own, Err(Error::NotFound(_))), "{own:?}");
        let read = world.engine.replay(&world.people.tenant, seen.replay.id).await;
        assert!(matches!(read, Err(Error::Denied(_))), "{read:?}");
    }

    /// What a hold keeps of it waits there; meanwhile no second certificate can come of it.
    async fn what_a_hold_keeps_waits_and_is_not_certified(world: World) {
        world.crm_restored().await;
        let tickets = NewScope { categories: ["support".to_owned()].into(), ..acme() };
        let hold = world.place(tickets).await;
        let seen = world.replay("crm").await;
        let request = seen.found[0].1.id;
        world.approve_all(&seen, &world.people.officer).await.unwrap();
        world.run_jobs().await;
        assert_eq!(world.state(request).await, "verified", "{:?}", world.request(request).await.aside);
        assert_eq!(world.systems.count("crm", USER_7).await, 0);
        assert_eq!(world.systems.count("crm", TICKET_7).await, 1, "held");
        assert_eq!(world.seen(&seen.replay).await.replay.state(), ReplayState::Erasing);

        let digest = world.engine.evidence(&world.people.auditor, request).await.unwrap().digest();
        let certified = world.engine.certify(&world.people.second_officer, request, digest).await;
        assert!(matches!(&certified, Err(Error::NotNow(why)) if why.contains("stands")), "{certified:?}");

        world.release(&hold).await;
        world.run_jobs().await;
        world.clock.advance(2 * DAY);
        world.run_jobs().await;
        let seen = world.seen(&seen.replay).await;
        assert_eq!(world.approve_all(&seen, &world.people.officer).await.unwrap(), 1);
        world.run_jobs().await;
        assert_eq!(world.systems.count("crm", TICKET_7).await, 0);
        assert_eq!(world.seen(&seen.replay).await.replay.state(), ReplayState::Clean);
    }

    /// When our own copies of the identifiers are destroyed, the digests still find the person.
    async fn destroyed_identifiers_are_found_as_well(world: World) {
        let mut world = world;
        world.disputed_for(120);
        let first = world.crm_restored().await;
        world.systems.run("crm", "DELETE FROM users WHERE id = 7; DELETE FROM tickets WHERE id = 7").await;
        for days in [8, 30, 60, 30, 1] {
            world.clock.advance(days * DAY);
            world.days_go_by(1).await;
        }
        assert!(world.request(first).await.destroyed_at.is_some());
        world.restore_crm().await;
        let seen = world.replay("crm").await;
        assert_eq!(seen.found.len(), 1);
        world.approve_all(&seen, &world.people.officer).await.unwrap();
        world.run_jobs().await;
        assert_eq!(world.systems.count("crm", USER_7).await, 0);
    }

    /// A tenant that was erased as a whole.
    async fn a_whole_tenant_is_erased_again(world: World) {
        world.issued().await;
        world.restore_crm().await;
        let seen = world.replay("crm").await;
        assert_eq!(seen.found.len(), 1);
        world.approve_all(&seen, &world.people.officer).await.unwrap();
        world.run_jobs().await;
        assert_eq!(world.systems.census("acme").await, [0, 0, 0, 0]);
        assert_eq!(world.systems.census("globex").await, [40, 40, 40, 40]);
        assert_eq!(world.seen(&seen.replay).await.replay.state(), ReplayState::Clean);
    }

    /// Restored evidence under a hold is not touched; when the hold ends, the run goes on by itself.
    async fn a_hold_stops_it_as_any_other(world: World) {
        world.crm_restored().await;
        let hold = world.place(acme()).await;
        let seen = world.replay("crm").await;
        let request = seen.found[0].1.id;
        assert_eq!(world.state(request).await, "on_hold");
        assert_eq!(world.systems.count("crm", USER_7).await, 1);
        world.release(&hold).await;
        world.run_jobs().await;
        world.clock.advance(2 * DAY);
        world.run_jobs().await;
        assert_eq!(world.state(request).await, "planned");
        let seen = world.seen(&seen.replay).await;
        world.approve_all(&seen, &world.people.officer).await.unwrap();
        world.run_jobs().await;
        assert_eq!(world.systems.count("crm", USER_7).await, 0);
    }

    /// A second restore while the first one's run is open: one request erases it, once.
    async fn a_second_replay_adopts_what_is_open(world: World) {
        world.crm_restored().await;
        let first = world.replay("crm").await;
        let second = world.replay("crm").await;
        assert_eq!(first.found[0].1.id, second.found[0].1.id);
        world.approve_all(&second, &world.people.officer).await.unwrap();
        world.run_jobs().await;
        for replay in [&first.replay, &second.replay] {
            assert_eq!(world.seen(replay).await.replay.state(), ReplayState::Clean);
        }
    }

    /// Where nothing of anybody is seen, nothing is said to be clean.
    async fn a_system_that_cannot_be_seen_is_never_clean(world: World) {
        world.crm_restored().await;
        world.systems.run("crm", "DELETE FROM users; DELETE FROM tickets").await;
        let empty = world.replay("crm").await;
        assert_eq!(empty.replay.state(), ReplayState::Unclear);
        let unclear = empty.replay.seen.unwrap().unclear;
        assert!(unclear.iter().any(|why| why.contains("crm.users") && why.contains("canary")), "{unclear:?}");
        world.systems.run("crm", "DROP TABLE users").await;
        let blind = world.replay("crm").await;
        let unclear = blind.replay.seen.clone().unwrap().unclear;
        assert_eq!(blind.replay.state(), ReplayState::Unclear);
        assert!(unclear.iter().any(|why| why.contains("no table")), "{unclear:?}");
    }

    /// A dataset that finds people by what nobody asked of them when they were erased is not called searched; what the others
    /// hold is found all the same.
    async fn people_who_are_known_otherwise_are_not_called_searched(world: World) {
        world.crm_restored().await;
        let badges = "CREATE TABLE badges (no INTEGER PRIMARY KEY, tenant TEXT, holder TEXT); \
                      INSERT INTO badges VALUES (1, 'acme', 'B-7'), (2, 'globex', 'B-8')";
        world.systems.run("crm", badges).await;
        let dataset = r#"
[[systems.datasets]]
name = "badges"
categories = ["contact"]
[systems.datasets.locator]
container = "badges"
id = "no"
tenant = { identifier = "tenant_key", field = "tenant" }
subject = [{ identifier = "badge", field = "holder" }]

[[systems]]
name = "billing""#;
        let inventory = world.systems.inventory().replace("[[systems]]\nname = \"billing\"", dataset);
        world.apply_inventory(&inventory).await;
        let seen = world.replay("crm").await;
        let comparison = seen.replay.seen.clone().unwrap();
        let [why] = comparison.unclear.as_slice() else { panic!("{:?}", comparison.unclear) };
        assert!(why.contains("crm.badges") && why.contains("known by other identifiers"), "{why}");
        assert_eq!(seen.found.len(), 1, "the users are found");
        assert_eq!(world.state(seen.found[0].1.id).await, "needs_attention", "planning names the dataset as well");
        let refused = world.engine.refuse_request(&world.people.officer, seen.found[0].1.id, RefusalReason::NotCovered);
        refused.await.unwrap();
        world.days_go_by(1).await;
        assert_eq!(world.seen(&seen.replay).await.replay.state(), ReplayState::Unclear, "never clean");
    }

    /// What is asked for must make sense.
    async fn a_replay_is_of_a_system_that_is_erased_from(world: World) {
        let unknown = world.ask("elsewhere").await;
        assert!(matches!(unknown, Err(Error::NotFound(_))), "{unknown:?}");
        let crm = Slug::parse("crm").unwrap();
        let silent = world.engine.ask_replay(&world.people.operator, &crm, " ").await;
        assert!(matches!(&silent, Err(Error::Invalid { field, .. }) if field == "why"), "{silent:?}");
        let counsel = world.engine.ask_replay(&world.people.counsel, &crm, "backup").await;
        assert!(matches!(counsel, Err(Error::Denied(_))), "{counsel:?}");
        world.ask("crm").await.unwrap();
        let twice = world.ask("crm").await;
        assert!(matches!(twice, Err(Error::NotNow(_))), "{twice:?}");
    }
}
