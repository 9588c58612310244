//! Tokens, problems, keys of calls, pages of lists, and who sees what.

use axum::http::Request;
use serde_json::{Value, json};

use crate::support::{Kind, TestApp, Who, on_both};

fn person(value: &str) -> Value {
    json!({ "tenant": "acme", "about": "person", "identifiers": [{ "kind": "email", "value": value }] })
}

fn hold(tenant: &str) -> Value {
    json!({
        "matter": "Smith v. Acme", "authority": "High Court", "basis": "court_order", "ground": "legal_claims",
        "custodian": "Carol", "scope": { "tenant": tenant },
    })
}

on_both! {
    async fn a_call_that_is_repeated_with_its_key_is_made_once(app: TestApp) {
        let carol = app.program(Who::Counsel, &["requests", "read"]).await;
        let first = carol.post_once("/api/v1/requests", &person("ada@acme.example"), Some("key-1")).await;
        let again = carol.post_once("/api/v1/requests", &person("ada@acme.example"), Some("key-1")).await;
        assert_eq!((first.status, &first.body), (again.status, &again.body));
        assert_eq!(first.header("location"), again.header("location"));
        assert_eq!((first.header("idempotent-replayed"), again.header("idempotent-replayed")), ("", "true"));

        let other = carol.post_once("/api/v1/requests", &person("bob@acme.example"), Some("key-1")).await;
        assert_eq!(other.status, 422);
        assert_eq!(other.json()["errors"][0]["field"], "Idempotency-Key");

        let olga = app.program(Who::Officer, &["requests"]).await;
        let hers = olga.post_once("/api/v1/requests", &person("bob@acme.example"), Some("key-1")).await;
        assert_eq!(hers.status, 201, "the keys of one caller are no keys of another");
        let all = carol.get("/api/v1/requests").await.json();
        assert_eq!(all["rows"].as_array().unwrap().len(), 2);
    }

    async fn a_refused_call_may_be_sent_again_better_with_its_key(app: TestApp) {
        let carol = app.program(Who::Counsel, &["requests"]).await;
        let refused = carol.post_once("/api/v1/requests", &json!({ "tenant": "acme", "about": "person" }), Some("k")).await;
        assert_eq!(refused.status, 422);
        let better = carol.post_once("/api/v1/requests", &person("ada@acme.example"), Some("k")).await;
        assert_eq!(better.status, 201);
    }

    async fn a_list_leads_on_to_its_end(app: TestApp) {
        let carol = app.program(Who::Counsel, &[]).await;
        for name in ["a", "b", "c"] {
            carol.post("/api/v1/requests", &person(name)).await;
            carol.post("/api/v1/holds", &hold(name)).await;
        }
        for list in ["requests?sort=due", "holds?state=draining,in_force"] {
            let first = carol.get(&format!("/api/v1/{list}&limit=2")).await;
            let next = first.json()["next"].as_str().unwrap().to_owned();
            let link = first.header("link");
            assert!(link.starts_with("</api/v1/") && link.ends_with(&format!("after={next}>; rel=\"next\"")), "{link}");
            let last = carol.get(link.trim_start_matches('<').split('>').next().unwrap()).await;
            let (first, last) = (first.json(), last.json());
            assert_eq!((first["rows"].as_array().unwrap().len(), last["rows"].as_array().unwrap().len()), (2, 1));
            assert_eq!(last["next"], Value::Null);
            assert!(!first["rows"].as_array().unwrap().contains(&last["rows"][0]));
        }
    }

    async fn a_release_needs_two_people_and_nobody_confirms_by_accident(app: TestApp) {
        let (carol, colin) = (app.program(Who::Counsel, &["holds"]).await, app.program(Who::SecondCounsel, &["holds"]).await);
        let placed = carol.post("/api/v1/holds", &hold("acme")).await;
        assert_eq!(placed.status, 201);
        let path = placed.header("location").to_owned();
        let (propose, confirm) = (format!("{path}/propose-release"), format!("{path}/confirm-release"));
        let reason = json!({ "reason": "settled" });
        assert_eq!(colin.post(&confirm, &reason).await.status, 409, "nobody asked yet");
        assert_eq!(carol.post(&propose, &reason).await.json()["release"], "proposed");
        assert_eq!(colin.post(&propose, &reason).await.status, 409, "asked already");
        assert_eq!(carol.post(&confirm, &reason).await.status, 403, "the same person");
        let released = colin.post(&confirm, &reason).await.json();
        assert_eq!((&released["state"], &released["release"]), (&json!("released"), &json!("released")));
    }

    async fn a_tenant_is_frozen_while_a_hold_stands(app: TestApp) {
        let ci = app.program(Who::Operator, &["freeze"]).await;
        assert_eq!(ci.get("/api/v1/tenants/acme/freeze").await.json()["frozen"], false);
        app.program(Who::Counsel, &["holds"]).await.post("/api/v1/holds", &hold("acme")).await;
        let state = ci.get("/api/v1/tenants/acme/freeze").await.json();
        assert_eq!((&state["frozen"], &state["because"][0]["kind"]), (&json!(true), &json!("hold")));
        assert!(!state.to_string().contains("Smith"), "a confidential matter is never given away");
        assert_eq!(ci.get("/api/v1/requests").await.status, 403, "the token opens nothing else");
    }
}

#[tokio::test]
async fn a_wrong_token_is_refused_and_not_for_long() {
    let app = TestApp::new(Kind::Sqlite).await;
    let wrong = || {
        let request = Request::get("/api/v1/requests").header("authorization", "Bearer lethe_00");
        request.body(axum::body::Body::empty()).unwrap()
    };
    for _ in 0..20 {
        let answer = app.send(wrong()).await;
        assert_eq!(
            (answer.status.as_u16(), answer.header("www-authenticate")),
            (401, "Bearer")
        );
        assert_eq!(answer.header("content-type"), "application/problem+json");
    }
    let limited = app.send(wrong()).await;
    assert_eq!(limited.status, 429);
    assert!(limited.header("retry-after").parse::<u64>().unwrap() <= 61);
    assert_eq!(limited.json()["type"], "/api#problem-too-many");
    let elsewhere = app.send_from([198, 51, 100, 1].into(), wrong()).await;
    assert_eq!(elsewhere.status, 401);
}

#[tokio::test]
async fn a_refusal_is_a_problem_document_that_names_the_field() {
    let app = TestApp::new(Kind::Sqlite).await;
    let carol = app.program(Who::Counsel, &[]).await;
    let mut strange = hold("acme");
    strange["scope"]["colour"] = json!("red");
    let refused = carol.post("/api/v1/holds", &strange).await;
    assert_eq!(refused.header("content-type"), "application/problem+json");
    let problem = refused.json();
    assert_eq!(problem["type"], "/api#problem-invalid");
    assert_eq!(
        (&problem["status"], &problem["instance"]),
        (&json!(422), &json!("/api/v1/holds"))
    );
    assert_eq!(problem["errors"][0]["field"], "scope.colour");

    for (path, status) in [
        ("/api/v1/requests?colour=red", 422),
        ("/api/v1/requests?state=nonsense", 422),
        ("/api/v1/requests?limit=0", 422),
        ("/api/v1/requests?after=x", 422),
        ("/api/v1/requests?tenant=nobody", 422),
        ("/api/v1/requests/x", 404),
        ("/api/v1/nothing", 404),
    ] {
        let answer = carol.get(path).await;
        assert_eq!(
            (answer.status.as_u16(), &answer.json()["status"]),
            (status, &json!(status)),
            "{path}"
        );
    }
    let request = carol
        .request("DELETE", "/api/v1/requests")
        .body(axum::body::Body::empty())
        .unwrap();
    assert_eq!(app.send(request).await.json()["type"], "/api#problem-method");
    let request = carol
        .request("POST", "/api/v1/requests")
        .body("{}".into())
        .unwrap();
    assert_eq!(app.send(request).await.json()["type"], "/api#problem-media-type");
    let large = carol
        .request("POST", "/api/v1/requests")
        .header("content-type", "application/json");
    let large = app.send(large.body(vec![b' '; 300 * 1024].into()).unwrap()).await;
    assert!([400, 413].contains(&large.status.as_u16()), "{}", large.text());
    assert!(
        large.json()["type"]
            .as_str()
            .unwrap()
            .starts_with("/api#problem-")
    );
}

#[tokio::test]
async fn another_tenants_request_looks_like_one_that_is_not_there() {
    let app = TestApp::new(Kind::Sqlite).await;
    let id = app.open_request("acme").await;
    let sven = app.program(Who::Stranger, &[]).await;
    let (hidden, nowhere) = (
        format!("/api/v1/requests/{id}"),
        "/api/v1/requests/01937f5e-8a7b-7c3d-9e2f-0123456789ab",
    );
    let (mut hidden, mut nowhere) = (sven.get(&hidden).await.json(), sven.get(nowhere).await.json());
    for answer in [&mut hidden, &mut nowhere] {
        answer.as_object_mut().unwrap().remove("instance");
    }
    assert_eq!(hidden, nowhere);
    assert_eq!(
        sven.get("/api/v1/requests?tenant=acme").await.json()["rows"],
        json!([])
    );
    assert_eq!(sven.get("/api/v1/tenants/acme/freeze").await.status, 404);
}

#[tokio::test]
async fn the_description_is_complete_and_its_page_shows_all_of_it() {
    let app = TestApp::new(Kind::Sqlite).await;
    let document = app.browser().get("/api/v1/openapi.json").await.json();
    assert!(document["openapi"].as_str().unwrap().starts_with("3.1"));
    let page = app.browser().get("/api").await;
    assert_eq!(page.status, 200);
    let page = page.text();
    for (path, operations) in document["paths"].as_object().unwrap() {
        for (method, operation) in operations.as_object().unwrap() {
            let scopes = operation["security"].as_array().unwrap();
            assert!(
                scopes
                    .iter()
                    .all(|way| !way["token"].as_array().unwrap().is_empty()),
                "{method} {path}"
            );
            assert!(operation["responses"]["default"]["content"]["application/problem+json"].is_object());
            let id = operation["operationId"].as_str().unwrap();
            assert!(
                page.contains(&format!("id=\"{id}\"")) && page.contains(path.as_str()),
                "{method} {path}"
            );
        }
    }
}
