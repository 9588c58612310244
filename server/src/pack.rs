//! The evidence pack: one zip of everything that an outsider needs to check a request's certificates with tools that others
//! made, and the page that says how (A2).

use std::io::{Cursor, Write as _};

use domain::actor::Actor;
use domain::certificate::Claims;
use domain::digest::Digest;
use domain::id::RequestId;
use domain::port::signer::{PublicKeys, Signer};
use engine::reading::pack::{Files, Pack};
use engine::{Engine, Error};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, DateTime, ZipWriter};

/// The name of the file.
pub(crate) const NAME: &str = "evidence.zip";

const TOOLS: [(&str, &str); 7] = [
    ("check_digest.py", include_str!("pack/check_digest.py")),
    ("check_files.py", include_str!("pack/check_files.py")),
    ("check_jws.py", include_str!("pack/check_jws.py")),
    ("check_log.py", include_str!("pack/check_log.py")),
    ("check_seed.py", include_str!("pack/check_seed.py")),
    ("check_status.py", include_str!("pack/check_status.py")),
    ("key_of.py", include_str!("pack/key_of.py")),
];

/// The pack of a request for a reader, as the bytes of a zip: the same at the same moment.
pub(crate) async fn zipped(
    engine: &Engine,
    signer: &dyn Signer,
    actor: &Actor,
    request: RequestId,
) -> Result<Vec<u8>, Error> {
    let pack = engine.evidence_pack(actor, request).await?;
    let keys = signer.public_keys(engine.now())?;
    let status = engine.status_list().await?.map(|list| list.jws);
    let issuer = engine.issuer(actor).await?.name;
    let page = page(&pack, &issuer, status.as_deref(), &engine.policy().public_url);
    let mut files = pack.files;
    add_keys(&mut files, keys);
    files.extend(status.map(|jws| ("status-list.jws".to_owned(), jws.into_bytes())));
    let tools = TOOLS.map(|(name, text)| (format!("tools/{name}"), text.as_bytes().to_vec()));
    files.extend(tools);
    files.insert("VERIFY.md".into(), page.into_bytes());
    let sums: String = files
        .iter()
        .map(|(name, bytes)| format!("{}  {name}\n", Digest::of(bytes)))
        .collect();
    files.insert("SHA256SUMS".into(), sums.into_bytes());
    // Compressing takes a while.
    let packed = tokio::task::spawn_blocking(move || compressed(&files)).await;
    packed
        .map_err(|error| Error::Broken(error.to_string()))?
        .map_err(|error| Error::Broken(format!("the evidence cannot be packed: {error}")))
}

fn add_keys(files: &mut Files, keys: PublicKeys) {
    let mut add = |name: &str, bytes: Vec<u8>| files.insert(format!("keys/{name}"), bytes);
    add("ca.pem", keys.root_certificates().into_bytes());
    for (name, list) in keys.revocation_lists() {
        add(&name, list.to_vec());
    }
    add("jwks.json", keys.jwks_json.into_bytes());
    add("public.pem", keys.public_pem.into_bytes());
    add("allowed_signers", keys.allowed_signers.into_bytes());
    add("log.pem", keys.log_pem.into_bytes());
    add("log.vkey", keys.log_vkey.into_bytes());
}

/// VERIFY.md: what lies in the folder, and the commands for each part of it.
fn page(pack: &Pack, issuer: &str, status: Option<&str>, url: &str) -> String {
    let mut page = include_str!("pack/VERIFY.md")
        .replace("{issuer}", issuer)
        .replace("{request}", &pack.request.to_string());
    if pack.certificates.is_empty() {
        page.push_str("\nNo certificate was issued for this request.\n");
    }
    for code in &pack.certificates {
        let has = |name: &str| pack.files.contains_key(&format!("certificates/{code}/{name}"));
        let parts = [
            Some(include_str!("pack/certificate.md")),
            has("evidence.json").then_some(include_str!("pack/evidence.md")),
            committed(pack, code).then_some(include_str!("pack/seed.md")),
            has("standing-1.jws").then_some(include_str!("pack/standing.md")),
            status.map(|_| include_str!("pack/status.md")),
        ];
        for part in parts.into_iter().flatten() {
            page.push_str(&part.replace("{code}", code).replace("{url}", url));
        }
    }
    if pack.with_log {
        page.push_str(include_str!("pack/log.md"));
    }
    page
}

/// Its samples were drawn with a nonce that was committed to.
fn committed(pack: &Pack, code: &str) -> bool {
    let statement = pack.files.get(&format!("certificates/{code}/statement.json"));
    statement
        .and_then(|bytes| Claims::parse(bytes).ok())
        .is_some_and(|claims| claims.sampling.is_some())
}

fn compressed(files: &Files) -> zip::result::ZipResult<Vec<u8>> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    let options = SimpleFileOptions::default()
        .compression_method(CompressionMethod::Deflated)
        .last_modified_time(DateTime::default())
        .unix_permissions(0o644);
    for (name, bytes) in files {
        zip.start_file(name, options)?;
        zip.write_all(bytes)?;
    }
    Ok(zip.finish()?.into_inner())
}
