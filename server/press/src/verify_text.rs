//! VERIFY.txt: the commands with which anybody checks a certificate, travelling inside it.

use domain::certificate::Claims;
use domain::digest::Digest;

/// Checks the pages.
const WHOLE_FILE: &str = r#"signer="$(cut -d' ' -f1 allowed_signers | head -n 1)"
ssh-keygen -Y verify -f allowed_signers -I "$signer" -n lethe-certificate \
  -s certificate.pdf.sshsig < certificate.pdf
openssl pkeyutl -verify -rawin -pubin -inkey public.pem \
  -sigfile certificate.pdf.sig -in certificate.pdf"#;

/// Checks the statement.
const STATEMENT: &str = r#"pdfdetach -saveall certificate.pdf
python3 - <<'PYTHON'
import json, jwt
token = open("statement.jws").read().strip()
kid = jwt.get_unverified_header(token)["kid"]
keys = jwt.PyJWKSet.from_dict(json.load(open("jwks.json"))).keys
key = next(key for key in keys if key.key_id == kid)
jws = jwt.PyJWS().decode_complete(token, key.key, algorithms=["EdDSA"])
assert jws["payload"] == open("statement.json", "rb").read()
print("statement signed by", kid)
PYTHON"#;

/// Checks the statement without a JOSE library.
const STATEMENT_BY_OPENSSL: &str = r#"cut -d. -f1,2 statement.jws | tr -d '\n' > signed
(cut -d. -f3 statement.jws | tr -d '\n' | tr '_-' '/+'; echo '==') | base64 -d > signature
openssl pkeyutl -verify -rawin -pubin -inkey public.pem -sigfile signature -in signed
[ "$(cut -d. -f2 statement.jws)" = "$(base64 -w0 statement.json | tr '/+' '_-' | tr -d '=')" ] &&
  echo "statement.json is what was signed""#;

/// Ties the log entry to the statement.
const LOG: &str = r#"sha256sum statement.json
grep -o '"digest":"[0-9a-f]*"' log-entry.json"#;

/// The text for one certificate.
pub fn verify_text(claims: &Claims, statement: Digest, log_index: u64) -> String {
    let (id, code, key, origin, status) = (
        claims.id,
        claims.code,
        &claims.key_id,
        &claims.log.origin,
        &claims.status_url,
    );
    let issuer = &claims.issuer.name;
    format!(
        r#"How to verify certificate {code}
{rule}
Certificate id    {id}
Issuer            {issuer}
Statement SHA-256 {statement}
Signing key       {key} (RFC 7638 thumbprint)
Log               entry {log_index} of {origin}
Present state     {status}

Nothing below needs software of the issuer. Get the issuer's keys (jwks.json, public.pem,
allowed_signers) by a way you trust, not from whoever gave you this file. The key to use is
the one whose thumbprint stands above.

1. The whole file. Only this confirms the pages; the signature is a file beside the PDF.

{WHOLE_FILE}

2. The statement, which is the certificate. Take it out of the PDF, then check its signature
   with Python (packages PyJWT and cryptography):

{STATEMENT}

   or with openssl alone:

{STATEMENT_BY_OPENSSL}

3. The log. Its entry holds the SHA-256 of the statement; both lines show the same digest:

{LOG}

   log-entry.tlog-proof (C2SP tlog-proof) leads from that entry to a checkpoint signed by the log.

If 2 holds and 1 does not, the statement inside is genuine, but these pages are NOT confirmed:
read statement.json.
"#,
        rule = "=".repeat(37)
    )
}
