//! What the check says of a certificate that somebody has touched.

use domain::certificate::{Answer, Beside, File, Pages, check};
use lopdf::{Document, Object};

use super::{samples, signed};

fn ask(pdf: &[u8], beside: Beside<'_>) -> Answer {
    let attached = domain::certificate::pdf::attachments(pdf).unwrap();
    check(
        File::Pdf {
            bytes: pdf,
            attached: &attached,
        },
        &signed::keys(),
        beside,
    )
}

#[test]
fn what_was_attached_comes_out_again() {
    let manuscript = signed::manuscript(&samples::partial());
    let attached = domain::certificate::pdf::attachments(&signed::pdf(&samples::partial())).unwrap();
    assert_eq!(attached.statement, Some(manuscript.statement));
    assert_eq!(attached.jws, Some(manuscript.jws.into_bytes()));
    assert_eq!(attached.log_entry, Some(manuscript.log_entry));
    assert_eq!(attached.log_proof, Some(manuscript.log_proof.into_bytes()));
}

#[test]
fn an_untouched_certificate_is_genuine_and_in_the_log() {
    let claims = samples::partial();
    let pdf = signed::pdf(&claims);
    let (raw, armoured) = (signed::raw_signature(&pdf), signed::ssh_signature(&pdf));
    let log_keys = [signed::log_vkey(&claims.log.origin)];
    let beside = Beside {
        raw: Some(&raw),
        sshsig: Some(&armoured),
        log_keys: &log_keys,
        ..Beside::default()
    };
    let answer = ask(&pdf, beside);
    assert!(answer.is_genuine(), "{answer}");
    assert_eq!(answer.facts().unwrap().log.as_ref().unwrap().index, 3);
}

#[test]
fn changed_pages_with_genuine_attachments_are_refused() {
    let pdf = signed::pdf(&samples::complete(1));
    let raw = signed::raw_signature(&pdf);
    let mut document = Document::load_mem(&pdf).unwrap();
    let first = document.get_pages()[&1];
    let content = document.get_page_contents(first)[0];
    let stream = document
        .get_object_mut(content)
        .and_then(Object::as_stream_mut)
        .unwrap();
    let drawn = stream.decompressed_content().unwrap();
    // Another name over the old one, as a forger would do it.
    let forged = [
        &drawn[..],
        b"\nBT /CERTFA 13 Tf 1 0 0 1 60 600 Tm [<0003>] TJ ET\n",
    ]
    .concat();
    stream.set_plain_content(forged);
    let mut bytes = Vec::new();
    document.save_to(&mut bytes).unwrap();

    let answer = ask(
        &bytes,
        Beside {
            raw: Some(&raw),
            ..Beside::default()
        },
    );
    assert!(
        matches!(
            &answer,
            Answer::StatementOnly {
                pages: Pages::SignatureDoesNotFit(_),
                ..
            }
        ),
        "{answer}"
    );
    assert_eq!(
        answer.facts().unwrap().claims.recipient.name(),
        "Acme Analytics GmbH"
    );
    assert!(matches!(
        ask(&bytes, Beside::default()),
        Answer::StatementOnly {
            pages: Pages::NoSignatureGiven,
            ..
        }
    ));
}

#[test]
fn no_flipped_byte_is_ever_genuine() {
    let pdf = signed::pdf(&samples::complete(1));
    let raw = signed::raw_signature(&pdf);
    for place in (0..pdf.len()).step_by(997) {
        let mut flipped = pdf.clone();
        flipped[place] ^= 1;
        let Ok(attached) = domain::certificate::pdf::attachments(&flipped) else {
            continue;
        };
        let file = File::Pdf {
            bytes: &flipped,
            attached: &attached,
        };
        let answer = check(
            file,
            &signed::keys(),
            Beside {
                raw: Some(&raw),
                ..Beside::default()
            },
        );
        assert!(!answer.is_genuine(), "byte {place}: {answer}");
    }
}

#[test]
fn what_is_no_pdf_or_has_nothing_attached_is_said_so() {
    assert!(domain::certificate::pdf::attachments(b"not a PDF").is_err());
    let mut bare = Document::with_version("1.7");
    let catalog = bare.add_object(lopdf::dictionary! { "Type" => "Catalog" });
    bare.trailer.set("Root", catalog);
    let mut bytes = Vec::new();
    bare.save_to(&mut bytes).unwrap();
    assert_eq!(ask(&bytes, Beside::default()), Answer::NoSignature);
}

#[test]
fn an_unknown_character_stops_the_certificate() {
    let mut claims = samples::complete(1);
    claims.systems[0].owner = "営業部".into();
    let refused = press::render(&signed::manuscript(&claims)).unwrap_err();
    assert_eq!(
        refused.to_string(),
        "no font has the character '営' (U+55B6) of systems[0].owner"
    );
}
