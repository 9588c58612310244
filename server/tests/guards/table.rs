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
GET  /sign-in                            | 200 303 303 303 303 303 303
GET  /sign-in/code                       | 200 200 200 200 200 200 200
GET  /reset                              | 200 200 200 200 200 200 200
GET  /invitation                         | 200 200 200 200 200 200 200
GET  /api                                | 200 200 200 200 200 200 200
GET  /verify                             | 200 200 200 200 200 200 200
GET  /verify/{reference}                 | 200 200 200 200 200 200 200
GET  /step-up                            | sign-in 200 200 200 200 200 200
GET  /search                             | sign-in 200 200 200 200 200 200
GET  /requests                           | sign-in 200 200 200 200 200 200
GET  /requests/new                       | sign-in 200 200 200 404 404 404
GET  /requests/{id}                      | sign-in 200 200 200 200 200 200
GET  /requests/{id}/identity             | sign-in 200 200 200 200 200 200
GET  /requests/{id}/nonce                | sign-in 200 200 404 404 200 404
GET  /requests/{id}/approve              | sign-in 200 200 404 404 200 404
GET  /requests/{id}/attest               | sign-in 200 404 404 404 404 404
GET  /requests/{id}/spot-check           | sign-in 200 200 404 404 200 404
GET  /requests/{id}/certify              | sign-in 200 200 404 404 200 404
GET  /requests/{id}/act                  | sign-in 200 200 200 200 200 200
GET  /certificates                       | sign-in 200 200 200 404 200 404
GET  /certificates/{id}                  | sign-in 200 200 200 404 200 404
GET  /certificates/{id}/revoke           | sign-in 200 200 404 404 200 404
GET  /certificates/{id}/addendum         | sign-in 200 200 404 404 200 404
GET  /download/{token}                   | 200 200 200 200 200 200 200
GET  /holds                              | sign-in 200 200 404 200 200 200
GET  /holds/new                          | sign-in 200 404 404 404 404 404
GET  /holds/new/preview                  | sign-in 409 404 404 404 404 404
GET  /holds/confirm                      | sign-in 200 404 404 404 404 404
GET  /holds/duties                       | sign-in 200 200 404 200 200 200
GET  /holds/duties/new                   | sign-in 200 404 404 404 404 404
GET  /holds/duties/{id}                  | sign-in 404 404 404 404 404 404
GET  /holds/{id}                         | sign-in 200 200 404 200 200 200
GET  /holds/{id}/release                 | sign-in 200 404 404 404 404 404
GET  /inventory                          | sign-in 200 200 404 200 200 200
GET  /inventory/connect                  | sign-in 200 404 404 200 404 404
GET  /inventory/connect/paste            | sign-in 200 404 404 200 404 404
GET  /inventory/connect/reach            | sign-in 409 404 404 409 404 404
GET  /inventory/connect/datasets         | sign-in 409 404 404 409 404 404
GET  /inventory/connect/check            | sign-in 409 404 404 409 404 404
GET  /inventory/versions                 | sign-in 200 200 404 200 200 200
GET  /inventory/versions/{number}        | sign-in 200 200 404 200 200 200
GET  /inventory/{name}                   | sign-in 200 200 404 200 200 200
GET  /inventory/{name}/retire            | sign-in 200 404 404 200 404 404
GET  /incidents                          | sign-in 200 200 404 404 200 404
GET  /drills                             | sign-in 200 200 404 200 200 200
GET  /incidents/{id}                     | sign-in 200 200 404 404 200 404
GET  /log                                | sign-in 200 200 404 404 200 200
GET  /log/{entry}                        | sign-in 200 200 404 404 200 200
GET  /jobs                               | sign-in 200 200 404 200 200 200
GET  /tenants                            | sign-in 200 200 404 200 200 200
GET  /tenants/new                        | sign-in 200 200 404 404 404 404
GET  /tenants/{id}                       | sign-in 200 200 404 200 200 200
GET  /people                             | sign-in 404 404 404 404 404 200
GET  /people/invite                      | sign-in 404 404 404 404 404 200
GET  /people/{id}                        | sign-in 404 404 404 404 404 200
GET  /privacy                            | sign-in 200 200 404 404 200 200
GET  /settings                           | sign-in 404 200 404 404 404 200
GET  /settings/keys                      | sign-in 404 200 404 404 404 200
GET  /settings/keys/rotate/{kind}        | sign-in 404 404 404 404 404 200
GET  /settings/keys/compromised          | sign-in 404 404 404 404 404 200
GET  /styleguide                         | 404 404 404 404 404 404 404
GET  /account                            | sign-in 200 200 200 200 200 200
GET  /account/second-factor              | sign-in 200 200 200 200 200 200
GET  /account/recovery-codes             | sign-in 200 200 200 200 200 200
GET  /account/tokens/new                 | sign-in 200 200 200 200 200 200
GET  /account/token                      | sign-in 200 200 200 200 200 200

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
GET  /requests/{id}/evidence.zip               | sign-in 200 200 200 200 200 200
GET  /requests/export.csv                      | sign-in 200 200 200 200 200 200
GET  /certificates/export.csv                  | sign-in 200 200 200 200 200 200
GET  /restores                           | sign-in 200 200 404 200 200 200
GET  /restores/{id}                      | sign-in 200 200 404 200 200 200
GET  /incidents/export.csv                     | sign-in 200 200 404 404 200 404
GET  /log/export.csv                           | sign-in 200 200 404 404 200 200
GET  /events/requests/{id}                     | 401 200 200 200 200 200 200

GET  /healthz                            | 200 200 200 200 200 200 200
GET  /readyz                             | 200 200 200 200 200 200 200
GET  /metrics                            | 404 404 404 404 404 404 404
GET  /.well-known/jwks.json              | 200 200 200 200 200 200 200
GET  /.well-known/ca.pem                 | 200 200 200 200 200 200 200
GET  /.well-known/crl.der                | 200 200 200 200 200 200 200
GET  /verify/digest/{sha256}             | 200 200 200 200 200 200 200
GET  /.well-known/status-list.jws        | 404 404 404 404 404 404 404
GET  /.well-known/crl/{list}             | 200 200 200 200 200 200 200
GET  /log/checkpoint                     | 200 200 200 200 200 200 200
GET  /log/checkpoint/{size}              | 404 404 404 404 404 404 404
GET  /log/cosigned                       | 404 404 404 404 404 404 404
GET  /log/tile/{level}/{*number}         | 200 200 200 200 200 200 200
GET  /log/tile/entries/{*number}         | 401 200 200 404 404 200 200
GET  /log/entry/{index}/proof            | 200 200 200 200 200 200 200
GET  /log/consistency/{old}/{new}        | 404 404 404 404 404 404 404
GET  /log/add-checkpoint/{old}           | 200 200 200 200 200 200 200
GET  /log/vkey                           | 200 200 200 200 200 200 200
GET  /log/policy                         | 200 200 200 200 200 200 200
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
POST /api/v1/requests/{id}/confirm-identity  | 401 403 200 403 403 403 403 | {"method":"call_back","evidence":"9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"}
POST /api/v1/requests/{id}/withdraw          | 401 200 409 409 403 403 403 |
POST /api/v1/holds                           | 401 201 403 403 403 403 403 | {"matter":"Smith v. Acme","authority":"High Court","basis":"court_order","ground":"legal_claims","custodian":"Carol","scope":{"tenant":"acme"}}
POST /api/v1/holds/{id}/propose-release      | 401 200 403 403 403 403 403 | {"reason":"settled"}
POST /api/v1/holds/{id}/confirm-release      | 401 403 403 403 403 403 403 | {"reason":"settled"}
POST /api/v1/systems/{name}/pause            | 401 403 200 403 200 403 403 | {"reason":"maintenance"}
GET  /api/v1/replays                         | 401 200 200 403 200 200 200
GET  /api/v1/replays/{id}                    | 401 200 200 403 200 200 200
POST /api/v1/systems/{name}/replays          | 401 403 422 403 422 403 403 | {"why":"the backup of Sunday"}
POST /api/v1/systems/{name}/unpause          | 401 403 200 403 200 403 403 |

POST /log/cosignatures/{size}            | 422 422 422 422 422 422 422 |

POST /verify                             | 422 422 422 422 422 422 422 | file=text
POST /download                           | done done done done done done done | token=00
POST /hooks/mail                         | 401 401 401 401 401 401 401 |

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
POST /act/retry_round                    | signed_out forbidden forbidden forbidden not_found forbidden forbidden | request={nowhere}&note=mended
POST /act/pause_request                  | signed_out forbidden not_found forbidden not_found forbidden forbidden | request={nowhere}&reason=wait
POST /act/unpause_request                | signed_out forbidden not_found forbidden not_found forbidden forbidden | request={nowhere}
POST /act/commit_nonce                   | signed_out forbidden not_found forbidden forbidden forbidden forbidden | request={nowhere}&kept=drawn
POST /act/open_nonce                     | signed_out forbidden not_found forbidden forbidden forbidden forbidden | request={nowhere}&nonce=9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08
POST /act/approve_request                | signed_out forbidden not_found forbidden forbidden forbidden forbidden | request={nowhere}&digest=9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08&typed=acme&expected=acme
POST /act/certify                        | signed_out forbidden not_found forbidden forbidden forbidden forbidden | request={nowhere}&digest=9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08&typed=acme&expected=acme
POST /act/propose_revocation             | signed_out forbidden not_found forbidden forbidden forbidden forbidden | certificate={nowhere}&reason=system_missed&explanation=An archive was missing from the inventory.
POST /act/confirm_revocation             | signed_out not_found not_found forbidden forbidden forbidden forbidden | certificate={nowhere}&typed=x&expected=x
POST /act/drop_revocation                | signed_out not_found not_found forbidden forbidden forbidden forbidden | certificate={nowhere}&reason=a mistake
POST /act/send_certificate_again         | signed_out forbidden not_found forbidden forbidden forbidden forbidden | certificate={nowhere}&to=ada@acme.example
POST /act/settle_mail                    | signed_out forbidden not_found forbidden forbidden forbidden forbidden | certificate={nowhere}&mail={nowhere}&how=by telephone
POST /act/finish_certificate             | signed_out forbidden not_found forbidden forbidden forbidden forbidden | certificate={nowhere}&note=mended
POST /act/begin_correction               | signed_out forbidden not_found forbidden forbidden forbidden forbidden | request={nowhere}
POST /act/confirm_finding                | signed_out forbidden not_found forbidden forbidden forbidden forbidden | incident={nowhere}
POST /act/refute_finding                 | signed_out forbidden not_found forbidden forbidden forbidden forbidden | incident={nowhere}&evidence=a contract&explanation=The tenant signed a new contract.
POST /act/drop_refutation                | signed_out forbidden not_found forbidden forbidden forbidden forbidden | incident={nowhere}
POST /act/lift_suspension                | signed_out forbidden not_found forbidden forbidden forbidden forbidden | incident={nowhere}&typed=x&expected=x
POST /act/describe_incident              | signed_out not_found not_found forbidden forbidden forbidden forbidden | incident={nowhere}&cause=an import
POST /act/close_incident                 | signed_out forbidden not_found forbidden forbidden forbidden forbidden | incident={nowhere}
POST /act/certify_addendum               | signed_out forbidden not_found forbidden forbidden forbidden forbidden | certificate={nowhere}&digest=0000000000000000000000000000000000000000000000000000000000000000&typed=x&expected=x
POST /act/look_again                     | signed_out forbidden not_found forbidden forbidden forbidden forbidden | certificate={nowhere}
POST /act/accept_no_control              | signed_out forbidden not_found forbidden forbidden forbidden forbidden | request={nowhere}&check={nowhere}&reason=accepted
POST /act/open_spot_check                | signed_out forbidden not_found forbidden forbidden forbidden forbidden | request={nowhere}&dataset=partner.contacts
POST /act/record_spot_check              | signed_out forbidden not_found forbidden forbidden forbidden forbidden | request={nowhere}&spot={nowhere}&count=1&seen[0]=no
POST /act/request_reset                | done done done done done done done | email=nobody@lethe.example
POST /act/set_password                 | not_now not_now not_now not_now not_now not_now not_now | token=00&password=a lantern beside a harbour&password_again=a lantern beside a harbour
POST /act/change_password              | signed_out invalid invalid invalid invalid invalid invalid | old_password=wrong&password=a lantern beside a harbour&password_again=a lantern beside a harbour
POST /act/begin_totp                   | signed_out done done done done done done
POST /act/confirm_totp                 | signed_out invalid invalid invalid invalid invalid invalid | code=000000
POST /act/remove_totp                  | signed_out done done done done done done
POST /act/create_token                 | signed_out done done done done done done | label=laptop&scopes[]=read&expires_at=2026-04-01
POST /act/revoke_token                 | signed_out not_found not_found not_found not_found not_found not_found | token=9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08
POST /act/record_duty                  | signed_out done forbidden forbidden forbidden forbidden forbidden | title=Books&ground=legal_obligation&until=2036-01-01&whose=one&tenant=acme
POST /act/end_duty                     | signed_out not_found forbidden forbidden forbidden forbidden forbidden | duty={nowhere}&reason=settled&typed=x&expected=x
POST /act/preview_hold                 | signed_out done forbidden forbidden forbidden forbidden forbidden | matter=Smith&authority=Court&basis=court_order&ground=legal_claims&custodian=Carol&starts_on=2026-03-01&review_on=2026-06-01&disclosure=ground&whose=one&tenant=acme
POST /act/place_hold                   | signed_out done forbidden forbidden forbidden forbidden forbidden | matter=Smith&authority=Court&basis=court_order&ground=legal_claims&custodian=Carol&starts_on=2026-03-01&review_on=2026-06-01&disclosure=ground&whose=one&tenant=acme
POST /act/propose_release              | signed_out not_found forbidden forbidden forbidden forbidden forbidden | hold={nowhere}&reason=settled
POST /act/release_hold                 | signed_out not_found forbidden forbidden forbidden forbidden forbidden | hold={nowhere}&reason=settled&typed=x&expected=x
POST /act/take_back_release            | signed_out not_found forbidden forbidden forbidden forbidden forbidden | hold={nowhere}&reason=needed
POST /act/confirm_register             | signed_out not_now forbidden forbidden forbidden forbidden forbidden | statement=compared&typed=x&expected=x
POST /act/pause_system                 | signed_out forbidden done forbidden done forbidden forbidden | system=partner&reason=wait
POST /act/ask_replay                   | signed_out forbidden not_found forbidden not_found forbidden forbidden | system=nowhere&why=backup
POST /act/approve_replay               | signed_out forbidden not_found forbidden forbidden forbidden forbidden | replay={nowhere}&typed=crm&expected=crm&digest=e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855
POST /act/unpause_system               | signed_out forbidden done forbidden done forbidden forbidden | system=partner
POST /act/pause_all                    | signed_out forbidden done forbidden done forbidden forbidden | reason=wait
POST /act/unpause_all                  | signed_out forbidden done forbidden done forbidden forbidden
POST /act/retire_system                | signed_out not_found forbidden forbidden not_found forbidden forbidden | system=nowhere&typed=nowhere&shut_down=true
POST /act/try_system                   | signed_out not_found forbidden forbidden not_found forbidden forbidden | system=nowhere&tenant=acme
POST /act/change_system                | signed_out not_found not_found forbidden not_found not_found not_found | system=nowhere
POST /act/connect_what                 | signed_out done done forbidden done done done | name=crm&title=CRM&kind=attestation&owner=Sales&location=Ireland&processor=Partner
POST /act/connect_reach                | signed_out not_now not_now not_now not_now not_now not_now | draft=00
POST /act/connect_dataset              | signed_out not_now not_now not_now not_now not_now not_now | draft=00
POST /act/drop_dataset                 | signed_out not_now not_now not_now not_now not_now not_now | draft=00&dataset=users
POST /act/try_draft                    | signed_out not_now not_now not_now not_now not_now not_now | draft=00&tenant=acme
POST /act/put_system                   | signed_out not_now not_now not_now not_now not_now not_now | draft=00
POST /act/paste_system                 | signed_out invalid forbidden forbidden invalid forbidden forbidden | file=x
POST /act/retry_job                    | signed_out forbidden forbidden forbidden changed forbidden forbidden | job={nowhere}
POST /act/run_drill                    | signed_out forbidden forbidden forbidden not_now forbidden forbidden
POST /act/invite_person                | signed_out forbidden forbidden forbidden forbidden forbidden done | name=Nina&email=nina@lethe.example&roles[]=auditor
POST /act/resend_invitation            | signed_out forbidden forbidden forbidden forbidden forbidden not_found | person={nowhere}
POST /act/grant_roles                  | signed_out forbidden forbidden forbidden forbidden forbidden not_found | person={nowhere}&roles[]=auditor
POST /act/disable_person               | signed_out forbidden forbidden forbidden forbidden forbidden not_found | person={nowhere}&email=x&typed=x
POST /act/enable_person                | signed_out forbidden forbidden forbidden forbidden forbidden not_found | person={nowhere}
POST /act/reset_person                 | signed_out forbidden forbidden forbidden forbidden forbidden not_found | person={nowhere}&email=x&typed=x
POST /act/end_sessions                 | signed_out forbidden forbidden forbidden forbidden forbidden done | person={nowhere}
POST /act/revoke_token_of              | signed_out not_found not_found not_found not_found not_found not_found | person={nowhere}&token=9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08
POST /act/set_issuer                   | signed_out forbidden done forbidden forbidden forbidden done | name=Northwind&role=processor&address=Harbour&dpo_contact=dpo@northwind.example
POST /act/remove_logo                  | signed_out forbidden done forbidden forbidden forbidden done
POST /act/send_test_mail               | signed_out forbidden done forbidden forbidden forbidden done
POST /act/prepare_key                  | signed_out forbidden forbidden forbidden forbidden forbidden done | kind=document&signs_from=2026-03-15&prepare_reason=yearly
POST /act/rotate_key                   | signed_out forbidden forbidden forbidden forbidden forbidden done | kind=document&reason=yearly&typed=document&expected=document
POST /act/mark_key_compromised         | signed_out forbidden forbidden forbidden forbidden forbidden not_found | key=nobody&reason=lost&typed=nobody&expected=nobody
POST /act/register_tenant              | signed_out done changed forbidden forbidden forbidden forbidden | key=initech&name=Initech&contacts=Ada <ada@initech.example>
POST /act/sign_out                       | done done done done done done done
POST /act/sign_out_everywhere            | signed_out done done done done done done
"#;

/// Acts that need the password once more, also from whoever is signed in.
pub const DANGEROUS: &[&str] = &[
    "/act/refuse_request",
    "/act/approve_request",
    "/act/approve_replay",
    "/act/certify",
    "/act/propose_revocation",
    "/act/confirm_revocation",
    "/act/send_certificate_again",
    "/act/confirm_finding",
    "/act/refute_finding",
    "/act/lift_suspension",
    "/act/accept_no_control",
    "/act/open_spot_check",
    "/act/begin_totp",
    "/act/remove_totp",
    "/act/create_token",
    "/act/release_hold",
    "/act/confirm_register",
    "/act/unpause_all",
    "/act/retire_system",
    "/act/invite_person",
    "/act/grant_roles",
    "/act/disable_person",
    "/act/enable_person",
    "/act/reset_person",
    "/act/prepare_key",
    "/act/rotate_key",
    "/act/mark_key_compromised",
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
                b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01\0\0\0\x01\x08\x06\0\0\0\x1f\x15\xc4\x89\0\0\0\rIDATx\x9cc\x10\xb1\xa9\xf8\x0f\0\x02\xf8\x01\xc8\xf4\xed m\0\0\0\0IEND\xaeB`\x82",
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
