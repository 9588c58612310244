//! How to check a certificate without the issuer: commands for tools that others made.

use leptos::prelude::*;

use crate::components::Command;

/// The pages, with OpenSSL 3.
pub const OPENSSL: &str = "openssl pkeyutl -verify -rawin -pubin -inkey public.pem \\\n  -sigfile certificate.pdf.sig -in certificate.pdf";
/// The pages, with OpenSSH.
const SSH_KEYGEN: &str = "signer=\"$(cut -d' ' -f1 allowed_signers | head -n 1)\"\nssh-keygen -Y verify -f allowed_signers -I \"$signer\" -n lethe-certificate \\\n  -s certificate.pdf.sshsig < certificate.pdf";
/// The statement, with PyJWT.
const PYJWT: &str = "python3 - <<'PYTHON'
import json, jwt
token = open(\"statement.jws\").read().strip()
kid = jwt.get_unverified_header(token)[\"kid\"]
keys = jwt.PyJWKSet.from_dict(json.load(open(\"jwks.json\"))).keys
key = next(key for key in keys if key.key_id == kid)
jws = jwt.PyJWS().decode_complete(token, key.key, algorithms=[\"EdDSA\"])
assert jws[\"payload\"] == open(\"statement.json\", \"rb\").read()
print(\"statement signed by\", kid)
PYTHON";

/// The commands, each with what it answers.
#[component]
pub fn Offline() -> impl IntoView {
    view! {
        <section aria-labelledby="offline">
            <h2 id="offline">"Check it without us"</h2>
            <p>
                "You need none of our software and no account. Put the files into one folder, together with the public keys "
                <a href="/.well-known/jwks.json">"jwks.json"</a>
                ", public.pem and allowed_signers. Get the keys by a way you trust, such as this site or your contract, and not from whoever gave you the certificate."
            </p>
            <details class="drawer" open>
                <summary>"The pages, with OpenSSL"</summary>
                <p>"Only a signature over the whole file confirms the pages. It answers: Signature Verified Successfully."</p>
                <Command label="OpenSSL command" text=OPENSSL />
            </details>
            <details class="drawer">
                <summary>"The pages, with OpenSSH"</summary>
                <p>"It answers: Good \"lethe-certificate\" signature."</p>
                <Command label="OpenSSH command" text=SSH_KEYGEN />
            </details>
            <details class="drawer">
                <summary>"The statement, with Python"</summary>
                <p>"The statement is the certificate itself; the pages render it. PyJWT or any other JOSE library reads it."</p>
                <Command label="Python command" text=PYJWT />
            </details>
        </section>
    }
}
