//! Every page, form, file and operation is walked as everybody, and answers as the table says. A path without a row, and
//! a row without a path, fail.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod support;
#[path = "guards/table.rs"]
mod table;

use std::collections::{BTreeMap, BTreeSet};

use axum::http::Request;
use domain::actor::Actor;
use domain::id::{CertificateId, HoldId, IncidentId, PersonId, ReplayId, RequestId, TenantId};
use domain::port::reading::LogFilter;
use support::{Answer, Browser, Kind, Program, TestApp, Who, on_both};
use table::Row;

/// The columns of the table: signed out, and each role.
const COLUMNS: [Option<Who>; 7] = [
    None,
    Some(Who::Counsel),
    Some(Who::Officer),
    Some(Who::Tenant),
    Some(Who::Operator),
    Some(Who::Auditor),
    Some(Who::Administrator),
];

/// What the paths lead to.
struct Things {
    request: RequestId,
    hold: HoldId,
    incident: IncidentId,
    replay: ReplayId,
    certificate: CertificateId,
    tenant: TenantId,
    person: PersonId,
    entry: String,
}

impl Things {
    async fn of_acme(app: &TestApp) -> Self {
        let request = app.plan_request("acme").await;
        let counsel = app.program(Who::Counsel, &[]).await;
        let hold = counsel.post("/api/v1/holds", &table::hold()).await;
        let filter = LogFilter::default();
        let log = app
            .engine
            .log_page(&Actor::System("tests"), &filter)
            .await
            .unwrap();
        let entry = log.rows[0].entry.entry;
        let certificate = app.plant_certificate(request).await;
        Self {
            incident: app.plant_incident(certificate).await,
            replay: app.plant_replay().await,
            certificate,
            hold: hold.json()["id"].as_str().unwrap().parse().unwrap(),
            tenant: app.people.acme,
            person: app.people.actor(Who::Tenant).person().unwrap(),
            entry: entry.to_string(),
            request,
        }
    }

    /// A path or body with its placeholders filled in.
    fn filled(&self, text: &str) -> String {
        let id = match text {
            text if text.contains("/holds/") => self.hold.to_string(),
            text if text.contains("/certificates/") => self.certificate.to_string(),
            text if text.contains("/incidents/") => self.incident.to_string(),
            text if text.contains("/restores/") || text.contains("/replays/") => self.replay.to_string(),
            text if text.starts_with("/tenants/") => self.tenant.to_string(),
            text if text.starts_with("/people/") => self.person.to_string(),
            _ => self.request.to_string(),
        };
        let certificate = self.certificate.to_string();
        let nowhere = "01937f5e-8a7b-7c3d-9e2f-0123456789ab";
        [
            ("{id}", id.as_str()),
            ("{nowhere}", nowhere),
            ("{name}", "partner"),
            ("{key}", "acme"),
            ("{file}", "certificate.pdf"),
            ("{list}", "crl.der"),
            ("{token}", "00"),
            ("{level}", "0"),
            ("{*number}", "000.p/1"),
            ("{index}", "0"),
            ("{old}", "1"),
            // No checkpoint has such a size.
            ("{new}", "4000000000"),
            ("{size}", "4000000000"),
            ("{number}", "1"),
            ("{kind}", "document"),
            ("{entry}", self.entry.as_str()),
            ("{reference}", certificate.as_str()),
            (
                "{sha256}",
                "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
            ),
        ]
        .iter()
        .fold(text.to_owned(), |text, (name, value)| text.replace(name, value))
    }
}

/// What a request came to, in a word: the status; for a form `done`, or the code of its refusal.
async fn outcome(browser: &Browser<'_>, answer: &Answer, is_form: bool) -> String {
    let location = answer.header("location");
    match (answer.status.as_u16(), is_form) {
        (303, true) => match browser.refusal(answer).await {
            Some(draft) => {
                let code = serde_json::to_value(draft.error.code).unwrap();
                code.as_str().unwrap().to_owned()
            }
            None => "done".to_owned(),
        },
        (303, false) if location.starts_with("/sign-in") => "sign-in".to_owned(),
        (status, _) => status.to_string(),
    }
}

/// One of the columns: a browser and a program of the same person.
struct Visitor<'a> {
    who: Option<Who>,
    browser: Browser<'a>,
    program: Option<Program<'a>>,
}

impl<'a> Visitor<'a> {
    async fn new(app: &'a TestApp, who: Option<Who>) -> Self {
        let mut browser = app.browser();
        let Some(person) = who else {
            return Self {
                who,
                browser,
                program: None,
            };
        };
        browser.sign_in(person).await;
        browser.step_up().await;
        Self {
            who,
            browser,
            program: Some(app.program(person, &[]).await),
        }
    }

    async fn ask(&mut self, app: &TestApp, row: &Row, things: &Things) -> String {
        let (path, body) = (things.filled(row.path), things.filled(row.body));
        if path.starts_with("/api/v1/") && path != "/api/v1/openapi.json" {
            return self.ask_as_program(app, row.method, &path, &body).await;
        }
        let answer = match row.method {
            "GET" => self.browser.get(&path).await,
            _ if path.starts_with("/upload/") || path == "/verify" => {
                let (kind, body) = table::multipart(&body);
                self.browser.form("/", &path, kind, body).await
            }
            _ => send_form(&mut self.browser, &path, &body).await,
        };
        outcome(&self.browser, &answer, row.method == "POST").await
    }

    async fn ask_as_program(&self, app: &TestApp, method: &str, path: &str, body: &str) -> String {
        let answer = match (&self.program, method) {
            (Some(program), "GET") => program.get(path).await,
            (Some(program), _) => {
                program
                    .post(path, &serde_json::from_str(body).unwrap_or_default())
                    .await
            }
            (None, _) => {
                let request = Request::builder().method(method).uri(path);
                let request = request.header("content-type", "application/json");
                app.send(request.body("{}".into()).unwrap()).await
            }
        };
        answer.status.as_u16().to_string()
    }
}

async fn send_form(browser: &mut Browser<'_>, path: &str, body: &str) -> Answer {
    let fields: Vec<_> = form_urlencoded::parse(body.as_bytes()).into_owned().collect();
    let fields: Vec<_> = fields
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_str()))
        .collect();
    browser.post("/", path, &fields).await
}

/// Walks rows as everybody; gives the lines that the table should have, where they differ.
async fn walk(app: &TestApp, rows: &[Row], things: &Things) -> Vec<String> {
    let mut visitors = Vec::new();
    for who in COLUMNS {
        visitors.push(Visitor::new(app, who).await);
    }
    let mut differ = Vec::new();
    for row in rows {
        let mut found = Vec::new();
        for visitor in &mut visitors {
            // Whoever signs in or out does so without the others.
            found.push(match row.path.starts_with("/act/sign") {
                true => Visitor::new(app, visitor.who).await.ask(app, row, things).await,
                false => visitor.ask(app, row, things).await,
            });
        }
        if found != row.expected {
            let wanted = row.expected.join(" ");
            differ.push(format!(
                "{} {} | {} (the table says {wanted})",
                row.method,
                row.path,
                found.join(" ")
            ));
        }
    }
    differ
}

/// Every path of the server, with its method.
fn every_path() -> BTreeSet<(String, String)> {
    let pages = app::routes::PAGES
        .iter()
        .map(|page| ("GET", page.path.to_owned()));
    let acts = leptos::server_fn::axum::server_fn_paths().map(|(path, _)| {
        let name = path.rsplit('/').next().unwrap_or_default();
        ("POST", format!("/act/{name}"))
    });
    let others = server::http::other_paths();
    let all = pages.chain(acts).chain(others);
    all.map(|(method, path)| (method.to_owned(), path)).collect()
}

#[tokio::test]
async fn every_path_has_a_row_and_every_row_a_path() {
    // Server functions are known once a server was made.
    let _app = TestApp::new(Kind::Sqlite).await;
    let rows = table::rows();
    let in_table: BTreeSet<_> = rows
        .iter()
        .map(|row| (row.method.to_owned(), row.path.to_owned()))
        .collect();
    assert_eq!(in_table.len(), rows.len(), "a path has two rows");
    let paths = every_path();
    let unguarded: Vec<_> = paths.difference(&in_table).collect();
    assert!(
        unguarded.is_empty(),
        "add a row to server/tests/guards/table.rs for {unguarded:#?}"
    );
    let gone: Vec<_> = in_table.difference(&paths).collect();
    assert!(gone.is_empty(), "these rows have no path any more: {gone:#?}");
}

on_both! {
    async fn everybody_gets_what_the_table_says(app: TestApp) {
        let things = Things::of_acme(&app).await;
        let differ = walk(&app, &table::rows(), &things).await;
        assert!(differ.is_empty(), "\n{}\n", differ.join("\n"));
    }

    async fn what_belongs_to_another_tenant_is_not_there(app: TestApp) {
        let things = Things::of_acme(&app).await;
        let mut browser = app.signed_in(Who::Stranger).await;
        browser.step_up().await;
        let program = app.program(Who::Stranger, &[]).await;
        let mut seen = BTreeMap::new();
        for row in table::rows().iter().filter(|row| row.path.contains("{id}") || row.path.contains("{key}")) {
            let path = things.filled(row.path);
            let answer = match (path.starts_with("/api/v1/"), row.method) {
                (true, "GET") => program.get(&path).await,
                (true, _) => {
                    let body = serde_json::from_str(&things.filled(row.body)).unwrap_or_default();
                    program.post(&path, &body).await
                }
                (false, _) => browser.get(&path).await,
            };
            // What tenants never do is refused before it is looked for.
            let status = answer.status.as_u16();
            if status != 404 && status != 403 {
                seen.insert(path, status);
            }
            assert!(!answer.text().contains("Acme"), "{} tells of Acme", row.path);
        }
        assert!(seen.is_empty(), "{seen:#?}");
    }

    async fn a_dangerous_act_asks_for_the_password_once_more(app: TestApp) {
        let things = Things::of_acme(&app).await;
        for path in table::DANGEROUS {
            let mut browser = app.signed_in(Who::Officer).await;
            let rows = table::rows();
            let row = rows.iter().find(|row| row.path == *path).unwrap();
            let answer = send_form(&mut browser, path, &things.filled(row.body)).await;
            assert_eq!(outcome(&browser, &answer, true).await, "step_up", "{path}");
        }
    }
}
