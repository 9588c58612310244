//! Who was told of a certificate, when, and with what result; and what an officer does when somebody was not.

use domain::mail::Delivery;
use domain::register::CertificateRecord;
use domain::subject::Contact;
use engine::reading::deliveries::{Deliveries, MailSeen};
use leptos::prelude::*;

use crate::api::ServerFn as _;
use crate::api::certificates::{SendCertificateAgain, SettleMail};
use crate::components::{
    Consequence, Consequences, Drawer, Form, Hidden, Moment, Notice, Select, Submit, Table, Tag, TextField,
    Tone,
};
use crate::text;

/// What the tenant reads first when a mail to it did not arrive.
pub(super) fn not_reached(mails: &[MailSeen]) -> Option<AnyView> {
    let mut addresses: Vec<String> = mails
        .iter()
        .filter(|mail| mail.unreached)
        .filter_map(|mail| mail.to.clone())
        .collect();
    addresses.dedup();
    let all: Vec<&str> = addresses.iter().map(String::as_str).collect();
    (!all.is_empty()).then(|| {
        let title = format!("We could not reach {}", text::listed(&all, "and"));
        view! {
            <Notice tone=Tone::Warning title>
                <p>"Our mail about this certificate did not arrive. The certificate is here: nothing else is missing. Please tell us if the address has changed."</p>
            </Notice>
        }
        .into_any()
    })
}

/// The section.
pub(super) fn deliveries(record: &CertificateRecord, seen: Deliveries, tenant: bool) -> Option<AnyView> {
    record.issued_at?;
    let unreached: Vec<MailSeen> = seen.mails.iter().filter(|mail| mail.unreached).cloned().collect();
    let acts = seen.contacts.map(|contacts| {
        let again = again(record, &unreached, &contacts);
        let settle = (!unreached.is_empty()).then(|| settle(record, &unreached));
        view! {
            {again}
            {settle}
        }
    });
    let lead = match tenant {
        true => "Whom we wrote to about this certificate.",
        false => {
            "Whom it was mailed to. \"Sent\" means that the next mail server took it; whether it arrived, not every provider says."
        }
    };
    Some(
        view! {
            <section aria-labelledby="deliveries">
                <h2 id="deliveries">"Who was told"</h2>
                <p class="muted">{lead}</p>
                {list(seen.mails)}
                {acts}
            </section>
        }
        .into_any(),
    )
}

fn list(mails: Vec<MailSeen>) -> AnyView {
    if mails.is_empty() {
        return view! { <p class="muted">"Nobody was written to: no contact is on file."</p> }.into_any();
    }
    let rows: Vec<_> = mails.into_iter().map(row).collect();
    view! {
        <Table stacked=true caption="Mails about this certificate">
            <thead>
                <tr>
                    <th scope="col">"To"</th>
                    <th scope="col">"About"</th>
                    <th scope="col">"Result"</th>
                    <th scope="col">"When"</th>
                </tr>
            </thead>
            <tbody>{rows}</tbody>
        </Table>
    }
    .into_any()
}

fn row(mail: MailSeen) -> impl IntoView {
    let to = mail.to.unwrap_or_else(|| "A contact of the tenant".into());
    let about = super::super::requests::words::mail(mail.kind);
    view! {
        <tr>
            <th scope="row">{to}</th>
            <td data-label="About">{about}</td>
            <td data-label="Result">
                <Tag state=mail.delivery.word() /> {mail.trouble.map(|why| view! { <p class="small muted">{why}</p> })}
                {mail
                    .settled
                    .map(|(by, how)| {
                        view! { <p class="small muted">{format!("{}: {how}", text::named(&by))}</p> }
                    })}
            </td>
            <td data-label="When">
                {match mail.delivery {
                    Delivery::Queued => "Since ",
                    _ => "",
                }} <Moment at=mail.since />
            </td>
        </tr>
    }
}

fn options(unreached: &[MailSeen]) -> Vec<(String, String)> {
    let option = |mail: &MailSeen| {
        let to = mail.to.clone().unwrap_or_else(|| mail.id.to_string());
        (mail.id.to_string(), format!("The mail to {to}"))
    };
    unreached.iter().map(option).collect()
}

fn again(record: &CertificateRecord, unreached: &[MailSeen], contacts: &[Contact]) -> impl IntoView + use<> {
    let id = record.id.to_string();
    let on_file: Vec<&str> = contacts.iter().map(|contact| contact.email.as_str()).collect();
    let hint = match on_file.is_empty() {
        true => "No contact is on file: any address needs a reason".to_owned(),
        false => format!(
            "On file: {}. Any other address needs a reason",
            text::listed(&on_file, "and")
        ),
    };
    let in_place = (!unreached.is_empty()).then(|| {
        let mut all = options(unreached);
        let first = all.first().map(|(mail, _)| mail.clone()).unwrap_or_default();
        all.push((String::new(), "None: it is sent besides".to_owned()));
        view! { <Select name="mail" label="In place of which mail?" options=all value=first /> }
    });
    let list = vec![
        Consequence::new("1", "mail leaves, and is listed here like the others"),
        Consequence::new(
            "Anybody",
            "who reads that mailbox may be able to fetch the certificate, which names the tenant and its systems",
        ),
    ];
    view! {
        <Drawer summary="Send the certificate again" action=SendCertificateAgain::PATH>
            <Consequences title="What this does" list />
            <Form action=SendCertificateAgain::PATH>
                <Hidden name="certificate" value=id />
                {in_place}
                <TextField name="to" label="To which address?" hint kind="email" />
                <TextField name="reason" label="Why there?" hint="For an address that is not on file" optional=true />
                <Submit>"Send it"</Submit>
            </Form>
        </Drawer>
    }
}

fn settle(record: &CertificateRecord, unreached: &[MailSeen]) -> impl IntoView + use<> {
    let (id, options) = (record.id.to_string(), options(unreached));
    view! {
        <Drawer summary="The recipient was told in another way" action=SettleMail::PATH>
            <Form action=SettleMail::PATH>
                <Hidden name="certificate" value=id />
                <Select name="mail" label="Which mail did not arrive?" options />
                <TextField name="how" label="How was the recipient told instead?" hint="By telephone, by letter, in person" />
                <Submit tone="secondary">"Write it down"</Submit>
            </Form>
        </Drawer>
    }
}
