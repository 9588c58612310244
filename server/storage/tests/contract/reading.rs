//! Long lists: filtered, sorted and cut into pages.

use std::collections::BTreeSet;
use std::slice::from_ref;

use domain::actor::Actor;
use domain::audit::{Entry, Event};
use domain::port::reading::{CertificateFilter, Cursor, LogFilter, Page, RequestFilter, RequestSort};
use domain::port::store::Tx;
use domain::register::{CertificateKind, CertificateRecord};
use domain::request::{Aside, ErasureRequest, Stage};
use domain::subject::Tenant;
use domain::time::{Timestamp, date, days_later};

use crate::on_both;
use crate::support::World;
use crate::support::nouns::{certificate, id, later, now, plan, request, tenant, today};

/// A request of a tenant, due so many days from today.
async fn stored(tx: &mut dyn Tx, tenant: &Tenant, days: i32) -> ErasureRequest {
    let request = ErasureRequest {
        due_on: days_later(today(), days).unwrap(),
        ..request(tenant)
    };
    tx.requests().insert(&request).await.unwrap();
    request
}

async fn tenants(world: &World) -> (Tenant, Tenant) {
    let acme = Tenant {
        name: "Acme GmbH".into(),
        ..tenant("acme")
    };
    let globex = Tenant {
        name: "Globex S\u{c4}".into(),
        ..tenant("gx_1")
    };
    world
        .write(async |tx| {
            tx.tenants().insert(&acme).await.unwrap();
            tx.tenants().insert(&globex).await.unwrap();
        })
        .await;
    (acme, globex)
}

async fn page(world: &World, filter: RequestFilter) -> Page<ErasureRequest> {
    world
        .read(async |tx| tx.reading().request_page(&filter).await.unwrap())
        .await
}

async fn found(world: &World, filter: RequestFilter) -> Vec<ErasureRequest> {
    page(world, filter).await.rows
}

/// All pages, one after the other.
async fn all_pages(world: &World, filter: RequestFilter) -> Vec<ErasureRequest> {
    let (mut rows, mut after) = (Vec::new(), filter.after);
    loop {
        let page = page(
            world,
            RequestFilter {
                after,
                ..filter.clone()
            },
        )
        .await;
        assert!(page.rows.len() <= filter.limit as usize);
        rows.extend(page.rows);
        match page.next {
            // As text, as it travels.
            Some(next) => after = Some(next.to_string().parse::<Cursor>().unwrap()),
            None => return rows,
        }
    }
}

fn text(text: &str) -> RequestFilter {
    RequestFilter {
        text: Some(text.into()),
        ..RequestFilter::default()
    }
}

fn said(kind: &'static str, object: &str, actor: &Actor, at: Timestamp) -> Entry {
    let salt = [7; 16];
    Event::new(kind, object, serde_json::json!({})).entry(id(), actor, at, salt)
}

/// Five entries: three about a hold, two about a request, a second apart.
async fn logged(world: &World) -> Vec<Entry> {
    let (ada, machine) = (Actor::System("ada"), Actor::System("machine"));
    let entries = vec![
        said("hold.placed", "hold:1", &ada, later(0)),
        said("request.opened", "request:1", &ada, later(1)),
        said("hold.in_force", "hold:1", &machine, later(2)),
        said("request.blocked", "request:1", &machine, later(3)),
        said("hold.released", "hold:1", &ada, later(4)),
    ];
    for entry in &entries {
        let mut tx = domain::port::store::Store::begin(&world.store).await.unwrap();
        tx.log().append(entry).await.unwrap();
        tx.commit().await.unwrap();
    }
    entries
}

async fn kinds(world: &World, filter: LogFilter) -> Vec<String> {
    let page = world
        .read(async |tx| tx.reading().log_page(&filter).await.unwrap())
        .await;
    page.rows.into_iter().map(|line| line.entry.claims.kind).collect()
}

on_both! {
    async fn requests_come_newest_first_page_by_page(world) {
        let (acme, globex) = tenants(world).await;
        let mut stored_ones = Vec::new();
        for number in 0..5 {
            let tenant = if number % 2 == 0 { &acme } else { &globex };
            stored_ones.push(world.write(async |tx| stored(tx, tenant, 30).await).await);
        }
        stored_ones.reverse();
        for limit in [1, 2, 5, 6] {
            let filter = RequestFilter { limit, ..RequestFilter::default() };
            assert_eq!(all_pages(world, filter).await, stored_ones, "{limit}");
        }
        let of_acme = RequestFilter { tenant: Some(acme.id), limit: 2, ..RequestFilter::default() };
        let wanted: Vec<_> = stored_ones.into_iter().filter(|one| one.tenant == acme.id).collect();
        assert_eq!(all_pages(world, of_acme).await, wanted);
    }

    async fn requests_come_by_due_date_page_by_page(world) {
        let (acme, _) = tenants(world).await;
        let mut stored_ones = Vec::new();
        for days in [3, 1, 2, 1, 3] {
            stored_ones.push(world.write(async |tx| stored(tx, &acme, days).await).await);
        }
        // Of the same day: in the order in which they came.
        stored_ones.sort_by_key(|one| one.due_on);
        for limit in [1, 2, 3, 9] {
            let filter = RequestFilter { sort: RequestSort::Due, limit, ..RequestFilter::default() };
            assert_eq!(all_pages(world, filter).await, stored_ones, "{limit}");
        }
    }

    async fn requests_are_found_by_what_people_see_of_their_state(world) {
        let (acme, _) = tenants(world).await;
        let plain = world.write(async |tx| stored(tx, &acme, 30).await).await;
        let held = world.write(async |tx| stored(tx, &acme, 30).await).await;
        let aside = Some(Aside::OnHold { keepers: BTreeSet::new(), since: now(), resumes_at: None });
        let held = ErasureRequest { aside, ..held };
        world.write(async |tx| tx.requests().update(&held).await.unwrap()).await;
        let states = |words: &[&str]| RequestFilter {
            states: words.iter().map(|word| (*word).to_owned()).collect(),
            ..RequestFilter::default()
        };
        let held = ErasureRequest { version: 2, ..held };
        assert_eq!(found(world, states(&["received"])).await, from_ref(&plain));
        assert_eq!(found(world, states(&["on_hold"])).await, from_ref(&held));
        assert_eq!(found(world, states(&["on_hold", "received"])).await, [held, plain]);
        assert_eq!(found(world, states(&["closed"])).await, []);
    }

    async fn requests_are_found_by_their_due_date_also_after_an_extension(world) {
        let (acme, _) = tenants(world).await;
        let request = world.write(async |tx| stored(tx, &acme, 5).await).await;
        let before = |days| RequestFilter { due_before: Some(days_later(today(), days).unwrap()), ..RequestFilter::default() };
        assert_eq!(found(world, before(5)).await, []);
        assert_eq!(found(world, before(6)).await, from_ref(&request));
        let extended = ErasureRequest { due_on: days_later(today(), 60).unwrap(), ..request };
        world.write(async |tx| tx.requests().update(&extended).await.unwrap()).await;
        assert_eq!(found(world, before(6)).await, []);
    }

    async fn requests_are_found_by_name_key_and_beginning_of_the_id(world) {
        let (acme, globex) = tenants(world).await;
        let one = world.write(async |tx| stored(tx, &acme, 5).await).await;
        let other = world.write(async |tx| stored(tx, &globex, 5).await).await;
        assert_eq!(found(world, text("gmbh")).await, from_ref(&one));
        assert_eq!(found(world, text(" ACME ")).await, from_ref(&one));
        assert_eq!(found(world, text("s\u{e4}")).await, from_ref(&other));
        assert_eq!(found(world, text("gx_")).await, from_ref(&other));
        assert_eq!(found(world, text("gx%")).await, []);
        assert_eq!(found(world, text("_")).await, from_ref(&other), "it is a character, no pattern");
        assert_eq!(found(world, text("'; DROP TABLE tenants; --")).await, []);
        assert_eq!(found(world, text(&one.id.to_string())).await, from_ref(&one));
        assert!(found(world, text(&one.id.to_string()[..10])).await.contains(&one));
    }

    async fn every_condition_at_once(world) {
        let (acme, _) = tenants(world).await;
        let request = world.write(async |tx| stored(tx, &acme, 5).await).await;
        for sort in [RequestSort::Received, RequestSort::Due] {
            let after = match sort {
                RequestSort::Received => Cursor { due_on: None, serial: i64::MAX },
                RequestSort::Due => Cursor { due_on: Some(today()), serial: 0 },
            };
            let filter = RequestFilter {
                states: BTreeSet::from(["received".to_owned(), "paused".to_owned()]),
                tenant: Some(acme.id),
                due_before: Some(date(2027, 1, 1).unwrap()),
                text: Some("acme".into()),
                sort,
                after: Some(after),
                limit: 3,
            };
            assert_eq!(found(world, filter).await, from_ref(&request));
        }
    }

    async fn requests_are_counted_by_state(world) {
        let (acme, globex) = tenants(world).await;
        for tenant in [&acme, &acme, &globex] {
            world.write(async |tx| stored(tx, tenant, 30).await).await;
        }
        let ended = world.write(async |tx| stored(tx, &acme, 30).await).await;
        let ended = ErasureRequest { stage: Stage::Withdrawn, ..ended };
        world.write(async |tx| tx.requests().update(&ended).await.unwrap()).await;
        let counts = async |tenant| world.read(async |tx| tx.reading().request_counts(tenant).await.unwrap()).await;
        assert_eq!(counts(None).await, [("received".to_owned(), 3), ("withdrawn".to_owned(), 1)]);
        assert_eq!(counts(Some(acme.id)).await, [("received".to_owned(), 2), ("withdrawn".to_owned(), 1)]);
        assert_eq!(counts(Some(globex.id)).await, [("received".to_owned(), 1)]);
    }

    async fn certificates_are_found_by_state_kind_tenant_and_code(world) {
        let (acme, globex) = tenants(world).await;
        let mut records: Vec<CertificateRecord> = Vec::new();
        for (tenant, kind) in [(&acme, CertificateKind::Partial), (&globex, CertificateKind::Drill)] {
            let record = world.write(async |tx| {
                let request = stored(tx, tenant, 30).await;
                let plan = plan(request.id);
                tx.plans().insert(&plan).await.unwrap();
                let record = certificate(request.id, plan.id, kind);
                tx.certificates().insert(&record).await.unwrap();
                record
            }).await;
            records.push(record);
        }
        let [of_acme, of_globex] = [records[0].clone(), records[1].clone()];
        let found = async |filter: CertificateFilter| {
            world.read(async |tx| tx.reading().certificate_page(&filter).await.unwrap()).await.rows
        };
        let all = CertificateFilter::default();
        assert_eq!(found(all.clone()).await, [of_globex.clone(), of_acme.clone()]);
        let tenant = Some(acme.id);
        assert_eq!(found(CertificateFilter { tenant, ..all.clone() }).await, from_ref(&of_acme));
        let kinds = BTreeSet::from(["drill".to_owned()]);
        assert_eq!(found(CertificateFilter { kinds, ..all.clone() }).await, from_ref(&of_globex));
        let states = BTreeSet::from(["revoked".to_owned()]);
        assert_eq!(found(CertificateFilter { states, ..all.clone() }).await, []);
        let text = Some("globex".to_owned());
        assert_eq!(found(CertificateFilter { text, ..all.clone() }).await, from_ref(&of_globex));
        let request = Some(of_acme.request);
        assert_eq!(found(CertificateFilter { request, text: Some(of_acme.id.to_string()), ..all.clone() }).await, from_ref(&of_acme));
        let first = CertificateFilter { limit: 1, ..all.clone() };
        let first = world.read(async |tx| tx.reading().certificate_page(&first).await.unwrap()).await;
        assert_eq!(found(CertificateFilter { after: first.next, ..all }).await, from_ref(&of_acme));
        let by_code = world.read(async |tx| tx.reading().certificate_of_code(&of_acme.code).await.unwrap()).await;
        assert_eq!(by_code, Some(of_acme));
        assert_eq!(world.read(async |tx| tx.reading().certificate_of_code("none").await.unwrap()).await, None);
    }

    async fn the_log_is_read_newest_first(world) {
        logged(world).await;
        let all = LogFilter::default();
        let newest = ["hold.released", "request.blocked", "hold.in_force", "request.opened", "hold.placed"];
        assert_eq!(kinds(world, all.clone()).await, newest);
        let kind = Some("hold.".to_owned());
        assert_eq!(kinds(world, LogFilter { kind, ..all.clone() }).await, ["hold.released", "hold.in_force", "hold.placed"]);
        let kind = Some("hold.in_force".to_owned());
        assert_eq!(kinds(world, LogFilter { kind, ..all.clone() }).await, ["hold.in_force"]);
        let object = Some("request:1".to_owned());
        assert_eq!(kinds(world, LogFilter { object, ..all.clone() }).await, ["request.blocked", "request.opened"]);
        let actor = Some("system:machine".to_owned());
        assert_eq!(kinds(world, LogFilter { actor, ..all.clone() }).await, ["request.blocked", "hold.in_force"]);
        let (from, until) = (Some(later(1)), Some(later(3)));
        assert_eq!(kinds(world, LogFilter { from, until, ..all }).await, ["hold.in_force", "request.opened"]);
    }

    async fn the_log_is_read_forwards_and_backwards(world) {
        logged(world).await;
        let page = async |filter: LogFilter| world.read(async |tx| tx.reading().log_page(&filter).await.unwrap()).await;
        let two = LogFilter { limit: 2, ..LogFilter::default() };
        let first = page(two.clone()).await;
        let second = page(LogFilter { after: first.next, ..two.clone() }).await;
        let third = page(LogFilter { after: second.next, ..two.clone() }).await;
        assert_eq!((first.rows.len(), second.rows.len(), third.rows.len(), third.next), (2, 2, 1, None));
        let back = page(LogFilter { before: Some(third.rows[0].cursor), ..two.clone() }).await;
        assert_eq!(back, second);
        let back = page(LogFilter { before: Some(second.rows[0].cursor), ..two }).await;
        assert_eq!(back, first);
    }

    async fn an_entry_is_found_with_its_index(world) {
        let entries = logged(world).await;
        let mut sequencer = domain::port::store::Store::sequencer(&world.store).await.unwrap().unwrap();
        sequencer.sequence(0, &[entries[0].id, entries[1].id], &[(0, 0, vec![1; 64])]).await.unwrap();
        let line = async |entry| world.read(async |tx| tx.reading().line(entry).await.unwrap()).await;
        assert_eq!(line(entries[1].id).await.map(|line| (line.index, line.entry)), Some((Some(1), entries[1].clone())));
        assert_eq!(line(entries[2].id).await.and_then(|line| line.index), None);
        assert_eq!(line(id()).await, None);
    }

    async fn the_entries_about_some_objects_are_in_order(world) {
        logged(world).await;
        let about = async |objects: &[&str], limit| {
            let objects: Vec<String> = objects.iter().map(|object| (*object).to_owned()).collect();
            let lines = world.read(async |tx| tx.reading().log_of(&objects, limit).await.unwrap()).await;
            lines.into_iter().map(|line| line.entry.claims.kind).collect::<Vec<_>>()
        };
        assert_eq!(about(&["request:1", "none:1"], 9).await, ["request.opened", "request.blocked"]);
        assert_eq!(about(&["request:1", "hold:1"], 2).await, ["request.blocked", "hold.released"]);
        assert!(about(&[], 9).await.is_empty());
    }

    async fn tenants_are_found_by_a_part(world) {
        let (acme, globex) = tenants(world).await;
        let found = async |text: &str| world.read(async |tx| tx.reading().tenants_like(text, 9).await.unwrap()).await;
        assert_eq!(found("gmbh").await, [acme]);
        assert_eq!(found("GX_").await, [globex]);
        assert_eq!(found("nobody").await, []);
    }

    /// What an earlier release wrote is found too.
    async fn rows_of_before_are_filled_in(world) {
        let (acme, _) = tenants(world).await;
        let request = world.write(async |tx| stored(tx, &acme, 5).await).await;
        logged(world).await;
        let all = LogFilter::default();
        let lines = world.read(async |tx| tx.reading().log_page(&all).await.unwrap()).await;
        world.store.close().await;
        world.log_of_before().await;
        let mut bare = world.bare().await;
        for sql in [
            "DROP TABLE log_facts",
            "DROP TABLE replies",
            "DROP INDEX erasure_requests_state",
            "DROP INDEX erasure_requests_due",
            "ALTER TABLE erasure_requests DROP COLUMN state",
            "ALTER TABLE erasure_requests DROP COLUMN due_on",
            "ALTER TABLE tenants DROP COLUMN search",
            "DELETE FROM _sqlx_migrations WHERE version = 9",
        ] {
            bare.execute(sql).await.unwrap();
        }
        let again = storage::open(&world.url).await.unwrap();
        let mut tx = domain::port::store::Store::read(&again).await.unwrap();
        let filter = RequestFilter {
            states: BTreeSet::from(["received".to_owned()]),
            due_before: Some(days_later(today(), 6).unwrap()),
            text: Some("gmbh".into()),
            ..RequestFilter::default()
        };
        assert_eq!(tx.reading().request_page(&filter).await.unwrap().rows, [request]);
        let filled = tx.reading().log_page(&all).await.unwrap();
        let entries = |page: Page<domain::port::reading::Line>| page.rows.into_iter().map(|line| line.entry).collect::<Vec<_>>();
        assert_eq!(entries(filled), entries(lines));
        let late = LogFilter { from: Some(later(4)), until: Some(later(5)), ..all };
        assert_eq!(tx.reading().log_page(&late).await.unwrap().rows.len(), 1);
        drop(tx);
        again.close().await;
    }
}
