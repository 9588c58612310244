//! The table: for each path what everybody gets.
//!
//! A form's cell is `done`, or the code of its refusal. `signed_out` leads to the sign-in and keeps what was typed.
//! Everybody has given their password once more. A form that names `{nowhere}` is refused as `not_found` by whoever may
//! do what it asks for: the permission comes first.

use serde_json::{Value, json};

/// A row.
#[derive(Debug)]
pub struct Row {
    pub method: &'static str,
    pub path: &'static str,
    pub expected: Vec<&'static str>,
    /// What is sent: a form, or JSON.
    pub body: &'static str,
}

/// Method and path; signed out, counsel, officer, tenant, operator, auditor, administrator; what is sent.
const TABLE: &str = r#"
GET  /                                   | 200 200 200 200 200 200 200
GET  /sign-in                            | 200 200 200 200 200 200 200
GET  /sign-in/code                       | 200 200 200 200 200 200 200
GET  /api                                | 200 200 200 200 200 200 200
GET  /step-up                            | sign-in 200 200 200 200 200 200
GET  /search                             | sign-in 200 200 200 200 200 200
GET  /people                             | sign-in 404 404 404 404 404 200

GET  /certificates/{id}/certificate.pdf        | sign-in 200 200 200 200 200 200
GET  /certificates/{id}/certificate.pdf.sig    | sign-in 200 200 200 200 200 200
GET  /certificates/{id}/certificate.pdf.sshsig | sign-in 200 200 200 200 200 200
GET  /certificates/{id}/statement.json         | sign-in 200 200 200 200 200 200
GET  /certificates/{id}/statement.jws          | sign-in 200 200 200 200 200 200
GET  /certificates/{id}/log-entry.json         | sign-in 200 200 200 200 200 200
GET  /certificates/{id}/log-entry.tlog-proof   | sign-in 200 200 200 200 200 200
GET  /certificates/{id}/jwks.json              | sign-in 200 200 200 200 200 200
GET  /certificates/{id}/allowed_signers        | sign-in 200 200 200 200 200 200
GET  /certificates/{id}/public.pem             | sign-in 200 200 200 200 200 200
GET  /requests/export.csv                      | sign-in 200 200 200 200 200 200
GET  /certificates/export.csv                  | sign-in 200 200 200 200 200 200
GET  /log/export.csv                           | sign-in 200 200 404 404 200 200
GET  /events/requests/{id}                     | 401 200 200 200 200 200 200

GET  /healthz                            | 200 200 200 200 200 200 200
GET  /readyz                             | 200 200 200 200 200 200 200
GET  /metrics                            | 404 404 404 404 404 404 404
GET  /.well-known/jwks.json              | 200 200 200 200 200 200 200
GET  /log/checkpoint                     | 200 200 200 200 200 200 200
GET  /api/v1/openapi.json                | 200 200 200 200 200 200 200

GET  /api/v1/requests                        | 401 200 200 200 200 200 200
GET  /api/v1/requests/{id}                   | 401 200 200 200 200 200 200
GET  /api/v1/holds                           | 401 200 200 403 200 200 200
GET  /api/v1/holds/{id}                      | 401 200 200 404 200 200 200
GET  /api/v1/systems                         | 401 200 200 403 200 200 200
GET  /api/v1/systems/{name}                  | 401 200 200 403 200 200 200
GET  /api/v1/certificates                    | 401 200 200 200 200 200 200
GET  /api/v1/certificates/{id}               | 401 200 200 200 200 200 200
GET  /api/v1/certificates/{id}/{file}        | 401 200 200 200 200 200 200
GET  /api/v1/tenants/{key}/freeze            | 401 200 200 200 200 200 200
POST /api/v1/requests                        | 401 201 201 201 403 403 403 | {"tenant":"acme","about":"person","identifiers":[{"kind":"email","value":"ada@acme.example"}]}
POST /api/v1/requests/{id}/confirm-identity  | 401 403 409 403 403 403 403 | {"method":"call_back","evidence":"9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"}
POST /api/v1/requests/{id}/withdraw          | 401 200 409 409 403 403 403 |
POST /api/v1/holds                           | 401 201 403 403 403 403 403 | {"matter":"Smith v. Acme","authority":"High Court","basis":"court_order","ground":"legal_claims","custodian":"Carol","scope":{"tenant":"acme"}}
POST /api/v1/holds/{id}/propose-release      | 401 200 403 403 403 403 403 | {"reason":"settled"}
POST /api/v1/holds/{id}/confirm-release      | 401 403 403 403 403 403 403 | {"reason":"settled"}
POST /api/v1/systems/{name}/pause            | 401 403 200 403 200 403 403 | {"reason":"maintenance"}
POST /api/v1/systems/{name}/unpause          | 401 403 200 403 200 403 403 |

POST /upload/logo                        | signed_out forbidden done forbidden forbidden forbidden done | logo=png
POST /upload/attestation                 | signed_out not_found forbidden forbidden forbidden forbidden forbidden | request={nowhere}&dataset=partner.contacts&party=Partner&dated_on=2026-02-01&document=text

POST /act/sign_in                        | invalid invalid invalid invalid invalid invalid invalid | email=nobody@lethe.example&password=wrong
POST /act/finish_sign_in                 | not_now not_now not_now not_now not_now not_now not_now | code=000000
POST /act/step_up                        | signed_out invalid invalid invalid invalid invalid invalid | password=wrong
POST /act/open_request                   | signed_out done done done forbidden forbidden forbidden | tenant=acme&about=person&identifiers=email=ada@acme.example
POST /act/confirm_identity               | signed_out not_found not_found forbidden forbidden forbidden forbidden | request={nowhere}&method=call_back&evidence=record
POST /act/refuse_request                 | signed_out not_found not_found forbidden forbidden forbidden forbidden | request={nowhere}&reason=not_covered
POST /act/withdraw_request               | signed_out not_found not_found not_found forbidden forbidden forbidden | request={nowhere}
POST /act/mark_duplicate                 | signed_out not_found not_found forbidden forbidden forbidden forbidden | request={nowhere}&of={nowhere}
POST /act/extend_deadline                | signed_out forbidden not_found forbidden forbidden forbidden forbidden | request={nowhere}&reason=complex
POST /act/object                         | signed_out forbidden forbidden not_found forbidden forbidden forbidden | request={nowhere}&reason=wait
POST /act/settle_attention               | signed_out forbidden not_found forbidden not_found forbidden forbidden | request={nowhere}&note=mended
POST /act/retry_round                    | signed_out forbidden not_found forbidden not_found forbidden forbidden | request={nowhere}&note=mended
POST /act/pause_request                  | signed_out forbidden not_found forbidden not_found forbidden forbidden | request={nowhere}&reason=wait
POST /act/unpause_request                | signed_out forbidden not_found forbidden not_found forbidden forbidden | request={nowhere}
POST /act/approve_request                | signed_out forbidden not_found forbidden forbidden forbidden forbidden | request={nowhere}&digest=9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08&typed=acme&expected=acme
POST /act/certify                        | signed_out forbidden not_found forbidden forbidden forbidden forbidden | request={nowhere}&digest=9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08&typed=acme&expected=acme
POST /act/accept_no_control              | signed_out forbidden not_found forbidden forbidden forbidden forbidden | request={nowhere}&check={nowhere}&reason=accepted
POST /act/open_spot_check                | signed_out forbidden not_found forbidden forbidden forbidden forbidden | request={nowhere}&dataset=partner.contacts
POST /act/record_spot_check              | signed_out forbidden not_found forbidden forbidden forbidden forbidden | request={nowhere}&spot={nowhere}&count=1&seen[0]=no
POST /act/sign_out                       | done done done done done done done
POST /act/sign_out_everywhere            | signed_out done done done done done done
"#;

/// Acts that need the password once more, also from whoever is signed in.
pub const DANGEROUS: &[&str] = &[
    "/act/refuse_request",
    "/act/approve_request",
    "/act/certify",
    "/act/accept_no_control",
    "/act/open_spot_check",
];

/// The rows.
pub fn rows() -> Vec<Row> {
    let lines = TABLE.lines().filter(|line| !line.trim().is_empty());
    let rows = lines.map(|line| {
        let mut parts = line.splitn(3, '|').map(str::trim);
        let head = parts.next().unwrap();
        let (method, path) = head.split_once(' ').unwrap();
        let expected: Vec<_> = parts.next().unwrap().split_whitespace().collect();
        assert_eq!(expected.len(), 7, "{head}");
        Row {
            method,
            path: path.trim(),
            expected,
            body: parts.next().unwrap_or_default(),
        }
    });
    rows.collect()
}

/// A hold on acme.
pub fn hold() -> Value {
    json!({
        "matter": "Smith v. Acme", "authority": "High Court", "basis": "court_order", "ground": "legal_claims",
        "custodian": "Carol", "scope": { "tenant": "acme", "systems": ["crm"] },
    })
}

/// A form with files: values `png` and `text` stand for a file of that kind.
pub fn multipart(fields: &str) -> (&'static str, Vec<u8>) {
    let mut body = Vec::new();
    for (name, value) in form_urlencoded::parse(fields.as_bytes()) {
        let file: Option<&[u8]> = match &*value {
            "png" => Some(
                b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01\0\0\0\x01\x08\x06\0\0\0....\0\0\0\0IEND\xaeB`\x82",
            ),
            "text" => Some(b"We erased it."),
            _ => None,
        };
        let named = if file.is_some() { "; filename=\"file\"" } else { "" };
        let head = format!("--x\r\nContent-Disposition: form-data; name=\"{name}\"{named}\r\n\r\n");
        body.extend(head.into_bytes());
        body.extend(file.unwrap_or(value.as_bytes()));
        body.extend(b"\r\n");
    }
    body.extend(b"--x--\r\n");
    ("multipart/form-data; boundary=x", body)
}
