//! The demonstration's pages, asked for at a fixed rate whether or not the ones before were answered (open loop).

use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};
use axum::body::{Body, Bytes};
use axum::http::{Method, Request, StatusCode, header};
use http_body_util::BodyExt as _;
use hyper_util::client::legacy::{Client, connect::HttpConnector};
use hyper_util::rt::TokioExecutor;

use crate::figure::{Figure, Goal, share};

/// Pages asked for in a second.
const RATE: u32 = 50;
/// For so long.
const TIME: Duration = Duration::from_secs(30);
/// The demonstration sets its stage no longer than this.
const PATIENCE: Duration = Duration::from_secs(120);
const PASSWORD: &str = "a password of the bench";
/// Whose pages, and which. What ends in `*` is the first link of that list.
const PAGES: [(&str, &[&str]); 4] = [
    (
        "aoife.brennan@meridian.example",
        &[
            "/",
            "/requests",
            "/requests/*",
            "/certificates",
            "/certificates/*",
            "/log",
        ],
    ),
    ("nora.quinn@meridian.example", &["/", "/holds"]),
    ("lena.vogt@meridian.example", &["/", "/inventory"]),
    ("katrin.moen@aurora.example", &["/", "/requests"]),
];

/// Takes the figures.
pub async fn take(program: &Path) -> Result<Vec<Figure>> {
    let demo = Demo::start(program).await?;
    let mut pages = Vec::new();
    for (person, paths) in PAGES {
        let cookie = demo.sign_in(person).await?;
        for path in paths {
            let path = match path.strip_suffix('*') {
                Some(list) => demo.first_link(&cookie, list).await?,
                None => (*path).to_owned(),
            };
            pages.push(Page {
                path,
                cookie: cookie.clone(),
            });
        }
    }
    for page in &pages {
        demo.see(page).await?;
    }
    let begun = tokio::time::Instant::now();
    let mut asked = Vec::new();
    for number in 0..RATE * u32::try_from(TIME.as_secs())? {
        let due = begun + Duration::from_secs(1) * number / RATE;
        tokio::time::sleep_until(due).await;
        let page = pages
            .get(number as usize % pages.len())
            .context("there are pages")?;
        let (browser, page) = (demo.browser.clone(), page.clone());
        let origin = demo.origin.clone();
        asked.push(tokio::spawn(async move {
            see(&browser, &origin, &page).await?;
            anyhow::Ok(due.elapsed().as_secs_f64() * 1000.0)
        }));
    }
    let mut all = Vec::new();
    for answer in asked {
        all.push(answer.await??);
    }
    let mut figures = vec![
        Figure::new(
            "pages, 50 asked for in each second: median",
            "ms",
            vec![share(&all, 50)],
        )
        .goal(Goal::Under(15.0)),
        Figure::new("  99th percentile", "ms", vec![share(&all, 99)]).goal(Goal::Under(60.0)),
    ];
    for (at, page) in pages.iter().enumerate() {
        let millis = all.iter().copied().skip(at).step_by(pages.len()).collect();
        figures.push(Figure::new(format!("  {}", kind_of(&page.path)), "ms", millis));
    }
    Ok(figures)
}

/// The path without the id in it.
fn kind_of(path: &str) -> String {
    let parts = path
        .split('/')
        .map(|part| if part.len() == 36 { "{id}" } else { part });
    parts.collect::<Vec<_>>().join("/")
}

/// A page, and who looks at it.
#[derive(Clone)]
struct Page {
    path: String,
    cookie: String,
}

type Browser = Client<HttpConnector, Body>;

/// A running demonstration; ends with the bench.
struct Demo {
    child: Child,
    origin: String,
    browser: Browser,
    _out: tempfile::TempDir,
}

impl Demo {
    async fn start(program: &Path) -> Result<Self> {
        let out = tempfile::tempdir()?;
        let told = out.path().join("demo.log");
        let child = Command::new(program)
            .args(["demo", "--listen", "127.0.0.1:0", "--password", PASSWORD, "--out"])
            .arg(out.path().join("files"))
            .stdin(Stdio::null())
            .stdout(std::fs::File::create(&told)?)
            .stderr(Stdio::null())
            .spawn()
            .with_context(|| format!("{} cannot be started", program.display()))?;
        let mut demo = Self {
            child,
            origin: String::new(),
            browser: Client::builder(TokioExecutor::new()).build_http(),
            _out: out,
        };
        let begun = Instant::now();
        loop {
            let text = std::fs::read_to_string(&told)?;
            if text.contains("Ctrl-C") {
                let address = text.split_whitespace().find(|word| word.starts_with("http://"));
                demo.origin = address.context("the demonstration named no address")?.to_owned();
                return Ok(demo);
            }
            ensure!(
                demo.child.try_wait()?.is_none(),
                "the demonstration ended by itself"
            );
            ensure!(begun.elapsed() < PATIENCE, "the demonstration does not come up");
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    /// The cookie of a session.
    async fn sign_in(&self, person: &str) -> Result<String> {
        let form = serde_urlencoded::to_string([("email", person), ("password", PASSWORD)])?;
        let request = Request::builder()
            .method(Method::POST)
            .uri(format!("{}/act/sign_in", self.origin))
            .header(header::ORIGIN, &self.origin)
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .header(header::ACCEPT, "text/html")
            .body(Body::from(form))?;
        let answer = self.browser.request(request).await?;
        let cookie = answer.headers().get(header::SET_COOKIE);
        let cookie = cookie.and_then(|cookie| cookie.to_str().ok()?.split(';').next());
        Ok(cookie
            .with_context(|| format!("{person} cannot sign in"))?
            .to_owned())
    }

    async fn first_link(&self, cookie: &str, list: &str) -> Result<String> {
        let page = Page {
            path: list.trim_end_matches('/').to_owned(),
            cookie: cookie.to_owned(),
        };
        let text = String::from_utf8_lossy(&self.see(&page).await?).into_owned();
        let begins = format!("href=\"{list}0");
        let at = text
            .find(&begins)
            .with_context(|| format!("{list} lists nothing"))?;
        let rest = text.get(at + "href=\"".len()..).unwrap_or_default();
        Ok(rest.split(['"', '?']).next().unwrap_or_default().to_owned())
    }

    async fn see(&self, page: &Page) -> Result<Bytes> {
        see(&self.browser, &self.origin, page).await
    }
}

/// Asks for a page and reads all of it.
async fn see(browser: &Browser, origin: &str, page: &Page) -> Result<Bytes> {
    let request = Request::builder()
        .uri(format!("{origin}{}", page.path))
        .header(header::COOKIE, &page.cookie)
        .header(header::ACCEPT, "text/html")
        .body(Body::empty())?;
    let answer = browser.request(request).await?;
    ensure!(
        answer.status() == StatusCode::OK,
        "{} answers {}",
        page.path,
        answer.status()
    );
    Ok(answer.into_body().collect().await?.to_bytes())
}

impl Drop for Demo {
    fn drop(&mut self) {
        // It is gone already where it ended by itself.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
