//! VERIFY.txt: the commands with which anybody checks a certificate, travelling inside it.

use domain::certificate::Claims;
use domain::digest::Digest;

/// The text for one certificate.
pub fn verify_text(claims: &Claims, statement: Digest, log_index: u64) -> String {
    let (id, code, key, origin, status) =
        (claims.id, claims.code, &claims.key_id, &claims.log.origin, &claims.status_url);
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

Nothing below needs software of the issuer. Get the issuer's keys (jwks.json, public.pem, allowed_signers)
by a way you trust, not from whoever gave you this file. The key to use is the one whose thumbprint stands above.

1. The whole file. Only this confirms the pages; the signature is a file beside the PDF.

   ssh-keygen -Y verify -f allowed_signers -I "$(cut -d' ' -f1 allowed_signers | head -n 1)" \
       -n lethe-certificate -s certificate.pdf.sshsig < certificate.pdf
   openssl pkeyutl -verify -rawin -pubin -inkey public.pem -sigfile certificate.pdf.sig -in certificate.pdf

2. The statement, which is the certificate. Take it out of the PDF (or download it), then:

   pdfdetach -saveall certificate.pdf
   python3 - <<'PYTHON'
   import json, jwt                      # PyJWT with cryptography
   token = open("statement.jws").read().strip()
   kid = jwt.get_unverified_header(token)["kid"]
   keys = jwt.PyJWKSet.from_dict(json.load(open("jwks.json"))).keys
   key = next(key for key in keys if key.key_id == kid)
   jws = jwt.PyJWS().decode_complete(token, key.key, algorithms=["EdDSA"])
   assert jws["payload"] == open("statement.json", "rb").read()
   print("signed by", kid)
   PYTHON

   The same with openssl alone:

   cut -d. -f1,2 statement.jws | tr -d '\n' > signed
   cut -d. -f3 statement.jws | tr -d '\n' | tr '_-' '/+' | sed 's/$/==/' | base64 -d > signature
   openssl pkeyutl -verify -rawin -pubin -inkey public.pem -sigfile signature -in signed

3. The log. log-entry.json holds the SHA-256 of statement.json:

   sha256sum statement.json
   grep -o '"digest":"[0-9a-f]*"' log-entry.json

   log-entry.tlog-proof (C2SP tlog-proof) leads from that entry to a checkpoint signed by the log.

If 2 holds and 1 does not, the statement inside is genuine, but these pages are NOT confirmed: read statement.json.
"#,
        rule = "=".repeat(37)
    )
}
