//! Events, headers, origins, limits and figures.

use axum::body::Body;
use axum::http::{Request, StatusCode};
use domain::digest::Digest;
use domain::request::IdentityMethod;

use crate::support::{Kind, PASSWORD, TestApp, Who};

fn get(path: &str) -> Request<Body> {
    Request::get(path).body(Body::empty()).unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_page_hears_of_every_change_until_the_server_stops() {
    let app = TestApp::new(Kind::Sqlite).await;
    let id = app.open_request("acme").await;
    let path = format!("/events/requests/{id}");
    let mut tina = app.signed_in(Who::Tenant).await;
    let mut stream = tina.get(&path).await;
    assert_eq!(
        (stream.status.as_u16(), stream.header("content-type")),
        (200, "text/event-stream")
    );
    assert_eq!(
        (stream.header("cache-control"), stream.header("content-encoding")),
        ("no-store", "")
    );
    let first = stream.text();
    assert!(first.starts_with("data: ") && first.ends_with("\n\n"), "{first}");

    let colin = app.people.actor(Who::SecondCounsel);
    let evidence = Digest::of(b"call record");
    app.engine
        .confirm_identity(&colin, id, IdentityMethod::CallBack, evidence)
        .await
        .unwrap();
    let second = stream.more().await.unwrap();
    assert!(second.starts_with("data: ") && second != first, "{second}");

    app.stopper.stop();
    assert_eq!(stream.more().await, None);
    assert_eq!(app.browser().get(&path).await.status, 401);
    assert_eq!(app.signed_in(Who::Stranger).await.get(&path).await.status, 404);
}

#[tokio::test]
async fn there_is_room_for_so_many_streams() {
    let app = TestApp::new(Kind::Sqlite).await;
    let path = format!("/events/requests/{}", app.open_request("acme").await);
    let mut carol = app.signed_in(Who::Counsel).await;
    let mut streams = Vec::new();
    for _ in 0..64 {
        streams.push(carol.get(&path).await);
    }
    assert!(streams.iter().all(|stream| stream.status == StatusCode::OK));
    let full = carol.get(&path).await;
    assert_eq!((full.status.as_u16(), full.header("retry-after")), (503, "30"));
    drop(streams.pop());
    assert_eq!(carol.get(&path).await.status, 200);
}

#[tokio::test]
async fn every_answer_has_its_headers_and_an_id() {
    let app = TestApp::new(Kind::Sqlite).await;
    for path in [
        "/",
        "/no-such-page",
        "/healthz",
        "/api/v1/requests",
        "/api/v1/openapi.json",
        "/metrics",
    ] {
        let answer = app.browser().get(path).await;
        for (name, value) in [
            ("x-content-type-options", "nosniff"),
            ("x-frame-options", "DENY"),
            ("referrer-policy", "same-origin"),
            ("cross-origin-opener-policy", "same-origin"),
        ] {
            assert_eq!(answer.header(name), value, "{path}");
        }
        let policy = answer.header("content-security-policy");
        assert!(
            policy.contains("default-src 'none'") && policy.contains("frame-ancestors 'none'"),
            "{path}"
        );
        assert_eq!(answer.header("x-request-id").len(), 32, "{path}");
        assert_eq!(
            answer.header("strict-transport-security"),
            "",
            "{path}: the public URL is plain http"
        );
    }
}

#[tokio::test]
async fn what_is_sent_when_the_session_has_ended_is_kept_for_the_same_browser() {
    let app = TestApp::new(Kind::Sqlite).await;
    let mut carol = app.signed_in(Who::Counsel).await;
    app.engine
        .sign_out_everywhere(&app.people.actor(Who::Counsel))
        .await
        .unwrap();
    let typed = [("matter", "Smith v. Acme")];
    let answer = carol.post("/holds/new", "/act/preview_hold", &typed).await;
    let location = answer.header("location").to_owned();
    assert!(
        location.starts_with("/sign-in?next=%2Fholds%2Fnew%3Fform%3D"),
        "{location}"
    );
    let id = location.rsplit("%3D").next().unwrap();
    carol.sign_in(Who::Counsel).await;
    let page = carol.get(&format!("/holds/new?form={id}")).await;
    let text = page.text();
    assert!(
        text.contains("Smith v. Acme") && text.contains("Your session had ended"),
        "{text}"
    );
    // Whoever is led to what somebody else typed does not see it.
    let mut other = app.signed_in(Who::SecondCounsel).await;
    let page = other.get(&format!("/holds/new?form={id}")).await;
    assert!(!page.text().contains("Smith v. Acme"));
}

#[tokio::test]
async fn over_https_every_cookie_is_bound_to_this_host() {
    let app = TestApp::ruled(Kind::Sqlite, |rules| {
        rules.public_url = "https://lethe.example".into();
    })
    .await;
    let mut browser = app.browser();
    let email = Who::Counsel.email();
    // A refused form is kept for this browser, a sign-in begins a session, an act says what it did.
    let refused = [("email", email.as_str()), ("password", "not this one")];
    let refused = browser.post("/sign-in", "/act/sign_in", &refused).await;
    let signed_in = [("email", email.as_str()), ("password", PASSWORD)];
    let signed_in = browser.post("/sign-in", "/act/sign_in", &signed_in).await;
    let tenant = [("key", "initech"), ("name", "Initech Ltd")];
    let acted = browser
        .post("/tenants/new", "/act/register_tenant", &tenant)
        .await;
    let mut names = Vec::new();
    for answer in [&refused, &signed_in, &acted] {
        assert_eq!(answer.status.as_u16(), 303, "{}", answer.header("location"));
        for cookie in answer.headers.get_all("set-cookie") {
            let cookie = cookie.to_str().unwrap();
            assert!(
                cookie.contains("; Secure") && cookie.contains("; Path=/;") && !cookie.contains("Domain"),
                "{cookie}"
            );
            names.push(cookie.split('=').next().unwrap().to_owned());
        }
    }
    names.dedup();
    assert_eq!(
        names,
        ["__Host-lethe-browser", "__Host-lethe", "__Host-lethe-done"]
    );
    // They are read under the same names.
    let page = browser.get(acted.header("location")).await;
    assert!(page.text().contains("Initech Ltd"), "{}", page.text());
}

#[tokio::test]
async fn a_form_of_another_site_changes_nothing() {
    let app = TestApp::new(Kind::Sqlite).await;
    for path in ["/act/sign_in", "/upload/logo", "/api/v1/requests"] {
        let foreign = Request::post(path)
            .header("host", "lethe.example")
            .header("origin", "https://evil.example")
            .body(Body::empty());
        assert_eq!(app.send(foreign.unwrap()).await.status, 403, "{path}");
    }
}

#[tokio::test]
async fn certificates_are_not_looked_up_by_the_thousand() {
    let app = TestApp::new(Kind::Sqlite).await;
    for _ in 0..60 {
        assert_ne!(app.send(get("/verify/ABCD-EFGH")).await.status, 429);
    }
    let answer = app.send(get("/verify/ABCD-EFGH")).await;
    assert_eq!(answer.status, 429);
    assert!(!answer.header("retry-after").is_empty());
    assert!(
        answer.text().contains("<h1>Please wait a minute</h1>"),
        "a page as any other"
    );
    let elsewhere = app
        .send_from([198, 51, 100, 1].into(), get("/verify/ABCD-EFGH"))
        .await;
    assert_ne!(elsewhere.status, 429);
    let mut carol = app.signed_in(Who::Counsel).await;
    assert_ne!(carol.get("/verify/ABCD-EFGH").await.status, 429);
}

#[tokio::test]
async fn figures_are_for_this_machine_and_for_tokens_that_read() {
    let app = TestApp::new(Kind::Sqlite).await;
    app.open_request("acme").await;
    assert_eq!(app.send(get("/metrics")).await.status, 404);
    let mut passed_on = get("/metrics");
    passed_on
        .headers_mut()
        .insert("x-forwarded-for", "198.51.100.1".parse().unwrap());
    assert_eq!(app.send_from([127, 0, 0, 1].into(), passed_on).await.status, 404);
    let reader = app.program(Who::Auditor, &["read"]).await;
    assert_eq!(reader.get("/metrics").await.status, 200);
    let figures = app.send_from([127, 0, 0, 1].into(), get("/metrics")).await;
    assert_eq!(
        figures.header("content-type"),
        "application/openmetrics-text; version=1.0.0; charset=utf-8"
    );
    let text = figures.text();
    for line in [
        "lethe_requests{state=\"received\"} 1",
        "lethe_jobs_parked 0",
        "lethe_log_entries ",
        "lethe_http_request_duration_seconds_count{method=\"GET\",route=\"/metrics\",status=\"404\"} 2",
        "# EOF",
    ] {
        assert!(text.contains(line), "{line} is missing in:\n{text}");
    }
    assert!(!text.to_lowercase().contains("acme"), "{text}");
}
