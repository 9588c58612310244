//! Lists as CSV files (RFC 4180), with the filters of their pages. A list is read page by page while it is sent.

use app::error::{AppError, Code};
use app::routes::sign_in;
use app::visit::Visit;
use axum::body::{Body, Bytes};
use axum::extract::{Request, State};
use axum::http::header;
use axum::response::{IntoResponse as _, Redirect, Response};
use axum::routing::get;
use axum::{Extension, Router};
use domain::actor::Actor;
use domain::incident::SeenAgain;
use domain::port::reading::{CertificateFilter, Cursor, LONGEST_PAGE, LogFilter, RequestFilter};
use domain::request::ErasureRequest;
use domain::scope::RequestScope;
use domain::time::Timestamp;
use engine::Engine;
use engine::reading::certificates::CertificateSeen;
use engine::reading::incidents::IncidentSeen;
use engine::reading::log::LineSeen;
use futures::stream;

use super::downloads::{attachment, refused};
use super::{Web, asked};

/// The lists that can be exported, at the URL of their page.
pub(super) const EXPORTS: [&str; 4] = [
    "/requests/export.csv",
    "/certificates/export.csv",
    "/incidents/export.csv",
    "/log/export.csv",
];

pub(super) fn routes() -> Router<Web> {
    EXPORTS
        .iter()
        .fold(Router::new(), |routes, path| routes.route(path, get(export)))
}

async fn export(State(web): State<Web>, Extension(visit): Extension<Visit>, request: Request) -> Response {
    let Some(visitor) = &visit.visitor else {
        return Redirect::to(&sign_in(&visit.with_query("after", None))).into_response();
    };
    let export = Export {
        engine: web.engine.clone(),
        actor: visitor.actor.clone(),
        list: match List::asked(&visit, &web.engine.policy().zone) {
            Ok(list) => list,
            Err(error) => return refused(&web, error, request).await,
        },
    };
    // The first page is read before anything is sent, so that a refusal has its status.
    match export.page(None).await {
        Ok(first) => export.send(first),
        Err(error) => refused(&web, error, request).await,
    }
}

/// Which list, filtered.
enum List {
    Requests(RequestFilter),
    Certificates(CertificateFilter),
    Incidents,
    Log(LogFilter),
}

/// A list on its way.
struct Export {
    engine: Engine,
    actor: Actor,
    list: List,
}

/// Rows as they are sent, and where the next page begins.
type Page = (Vec<u8>, Option<Cursor>);

impl List {
    fn asked(visit: &Visit, zone: &str) -> Result<Self, AppError> {
        Ok(match visit.path.as_str() {
            "/incidents/export.csv" => Self::Incidents,
            "/certificates/export.csv" => Self::Certificates(asked::certificates(visit)?),
            "/log/export.csv" => Self::Log(asked::log(visit, zone)?),
            _ => Self::Requests(asked::requests(visit)?),
        })
    }

    const fn name(&self) -> &'static str {
        match self {
            Self::Requests(_) => "requests.csv",
            Self::Certificates(_) => "certificates.csv",
            Self::Incidents => "incidents.csv",
            Self::Log(_) => "log.csv",
        }
    }

    const fn columns(&self) -> &'static [&'static str] {
        match self {
            Self::Requests(_) => &[
                "request",
                "tenant",
                "about",
                "state",
                "received_at",
                "due_on",
                "drill",
                "round",
                "certificate",
            ],
            Self::Certificates(_) => &[
                "certificate",
                "code",
                "tenant",
                "tenant_name",
                "request",
                "kind",
                "state",
                "certified_at",
                "issued_at",
            ],
            Self::Incidents => &[
                "incident",
                "certificate",
                "code",
                "certificate_state",
                "request",
                "tenant",
                "opened_at",
                "seen",
                "finding",
                "decided_at",
                "explanation",
                "cause",
                "remedy",
                "lessons",
                "closed_at",
            ],
            Self::Log(_) => &["index", "entry", "at", "kind", "object", "by", "role"],
        }
    }
}

impl Export {
    fn send(self, first: Page) -> Response {
        let name = self.list.name();
        let pages = stream::unfold(Some((self, first)), |state| async move {
            let (export, (bytes, next)) = state?;
            let Some(next) = next else {
                return Some((Ok(Bytes::from(bytes)), None));
            };
            // A page that cannot be read breaks the download off: a list that ends early would look whole.
            match export.page(Some(next)).await {
                Ok(page) => Some((Ok(Bytes::from(bytes)), Some((export, page)))),
                Err(error) => Some((Err(error), None)),
            }
        });
        let mut response = attachment(name, "text/csv; charset=utf-8", Bytes::new());
        *response.body_mut() = Body::from_stream(pages);
        response.headers_mut().remove(header::CONTENT_LENGTH);
        response
    }

    async fn page(&self, after: Option<Cursor>) -> Result<Page, AppError> {
        let (engine, actor) = (&self.engine, &self.actor);
        let (rows, next) = match &self.list {
            List::Requests(filter) => {
                let filter = RequestFilter {
                    after,
                    limit: LONGEST_PAGE,
                    ..filter.clone()
                };
                let page = engine.request_page(actor, filter).await?.map(of_request);
                (page.rows, page.next)
            }
            List::Certificates(filter) => {
                let filter = CertificateFilter {
                    after,
                    limit: LONGEST_PAGE,
                    ..filter.clone()
                };
                let page = engine.certificate_page(actor, filter).await?.map(of_certificate);
                (page.rows, page.next)
            }
            List::Incidents => {
                let page = engine.incident_page(actor, after, LONGEST_PAGE).await?;
                let page = page.map(of_incident);
                (page.rows, page.next)
            }
            List::Log(filter) => {
                let filter = LogFilter {
                    after,
                    limit: LONGEST_PAGE,
                    ..filter.clone()
                };
                let page = engine.log_page(actor, &filter).await?.map(of_entry);
                (page.rows, page.next)
            }
        };
        let head = after.is_none().then(|| self.list.columns());
        Ok((written(head, &rows)?, next))
    }
}

fn of_request(request: ErasureRequest) -> Vec<String> {
    let about = match request.scope {
        RequestScope::Tenant { .. } => "tenant",
        RequestScope::Subject => "person",
    };
    vec![
        request.id.to_string(),
        request.tenant_key.to_string(),
        about.to_owned(),
        request.state_word().to_owned(),
        request.received_at.to_string(),
        request.due_on.to_string(),
        request.drill.to_string(),
        request.round.to_string(),
        request.certificate.map(|id| id.to_string()).unwrap_or_default(),
    ]
}

fn of_certificate(seen: CertificateSeen) -> Vec<String> {
    let record = seen.record;
    vec![
        record.id.to_string(),
        record.code,
        seen.tenant_key.to_string(),
        seen.tenant_name,
        record.request.to_string(),
        record.kind.word().to_owned(),
        record.state.word().to_owned(),
        record.certified_at.to_string(),
        record.issued_at.map(|at| at.to_string()).unwrap_or_default(),
    ]
}

fn of_incident(seen: IncidentSeen) -> Vec<String> {
    let (incident, certificate) = (seen.incident, seen.certificate);
    let place = |seen: &SeenAgain| format!("{}: {}", seen.dataset, seen.remaining);
    let places: Vec<String> = incident.seen.iter().map(place).collect();
    let moment = |at: Option<Timestamp>| at.map(|at| at.to_string()).unwrap_or_default();
    vec![
        incident.id.to_string(),
        certificate.id.to_string(),
        certificate.code,
        certificate.state.word().to_owned(),
        incident.request.to_string(),
        seen.tenant_key.to_string(),
        incident.opened_at.to_string(),
        places.join("; "),
        incident.state.word().to_owned(),
        moment(seen.decided_by.map(|(_, at)| at)),
        incident
            .refutation
            .map(|said| said.explanation)
            .unwrap_or_default(),
        incident.account.cause,
        incident.account.remedy,
        incident.account.lessons,
        moment(incident.closed.map(|(_, at)| at)),
    ]
}

fn of_entry(line: LineSeen) -> Vec<String> {
    let entry = line.entry;
    vec![
        entry.index.map(|index| index.to_string()).unwrap_or_default(),
        entry.entry.to_string(),
        entry.at.to_string(),
        entry.kind,
        entry.object,
        entry.by.name.unwrap_or_default(),
        entry.by.role,
    ]
}

fn written(head: Option<&[&str]>, rows: &[Vec<String>]) -> Result<Vec<u8>, AppError> {
    let fault = |error: &dyn std::fmt::Display| AppError::new(Code::Fault, error.to_string());
    let mut writer = csv::WriterBuilder::new()
        .terminator(csv::Terminator::CRLF)
        .from_writer(Vec::new());
    if let Some(head) = head {
        writer.write_record(head).map_err(|error| fault(&error))?;
    }
    for row in rows {
        let cells = row.iter().map(|cell| harmless(cell));
        writer.write_record(cells).map_err(|error| fault(&error))?;
    }
    writer.into_inner().map_err(|error| fault(&error))
}

/// Spreadsheets run what looks like a formula; an apostrophe before it makes it text.
fn harmless(cell: &str) -> String {
    match cell.starts_with(['=', '+', '-', '@', '\t', '\r', '\n']) {
        true => format!("'{cell}"),
        false => cell.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_formula_is_written_as_text() {
        let row = [
            "=cmd|'/c calc'!A0",
            "+1",
            "-1",
            "@SUM(1)",
            "Acme, \"GmbH\"",
            "plain",
        ];
        let rows = [row.map(str::to_owned).to_vec()];
        let text = String::from_utf8(written(Some(&["a", "b", "c", "d", "e", "f"]), &rows).unwrap()).unwrap();
        let wanted = "a,b,c,d,e,f\r\n'=cmd|'/c calc'!A0,'+1,'-1,'@SUM(1),\"Acme, \"\"GmbH\"\"\",plain\r\n";
        assert_eq!(text, wanted);
    }
}
