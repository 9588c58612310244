//! A certificate that could not be made: why, and the way to have it finished from the same evidence.

use domain::register::CertificateRecord;
use engine::certification::CertificateStuck;
use leptos::prelude::*;

use crate::api::ServerFn as _;
use crate::api::certificates::FinishCertificate;
use crate::components::{Form, Hidden, Notice, Submit, TextField, Tone};

/// What stands above everything while it is so.
pub(super) fn stuck(record: &CertificateRecord, stuck: CertificateStuck, may_finish: bool) -> AnyView {
    let id = record.id.to_string();
    let same = match stuck.signed {
        true => {
            "Its statement is signed and stays byte for byte as it is; only what comes after is made again."
        }
        false => {
            "Nothing is signed yet. The statement will be made from the evidence that was certified, and from no other."
        }
    };
    let finish = match may_finish {
        true => view! {
            <Form action=FinishCertificate::PATH>
                <Hidden name="certificate" value=id />
                <TextField name="note" label="What was put right?" hint="It goes into the log. Name nobody." />
                <Submit>"Finish the certificate"</Submit>
            </Form>
        }
        .into_any(),
        false => view! { <p>"A compliance officer has it finished once the cause is put right."</p> }.into_any(),
    };
    view! {
        <Notice tone=Tone::Danger title="This certificate could not be made, three times">
            {stuck.why.map(|why| view! { <p>{why}</p> })}
            <p>{same}</p>
            {finish}
        </Notice>
    }
    .into_any()
}
