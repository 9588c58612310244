//! An officer sends a certificate again, or sees to a mail that did not arrive in another way.

use domain::actor::{Actor, Permission};
use domain::audit::Event;
use domain::digest::Digest;
use domain::id::{CertificateId, MailId};
use domain::mail::MailKind;
use domain::port::store::Tx;
use domain::register::CertificateState;
use serde_json::json;

use crate::certification::certificate_in;
use crate::notification::About;
use crate::{Engine, Error};

/// The longest address, in bytes (RFC 5321).
const LONGEST_ADDRESS: usize = 254;

impl Engine {
    /// Sends a certificate that is in force again: to a contact on file, or with a reason to another address. Where that is in
    /// place of a mail that did not arrive, somebody has seen to it.
    pub async fn send_certificate_again(
        &self,
        actor: &Actor,
        id: CertificateId,
        in_place_of: Option<MailId>,
        (to, why): (&str, &str),
    ) -> Result<MailId, Error> {
        actor.require(Permission::Deliver)?;
        let person = actor.person()?;
        let to = address(to)?;
        let mut tx = self.ports.store.begin().await?;
        let record = certificate_in(&mut *tx, id).await?;
        if record.state != CertificateState::Issued {
            return Err(Error::NotNow(format!(
                "certificate {} is {}: only one that is in force is sent",
                record.code,
                record.state.word()
            )));
        }
        let request = tx.requests().find(record.request).await?;
        let request = request.ok_or(Error::NotFound("that request"))?;
        let tenant = tx.tenants().find(request.tenant).await?;
        let tenant = tenant.ok_or(Error::NotFound("that tenant"))?;
        let on_file = tenant
            .contacts
            .into_iter()
            .find(|contact| contact.email.eq_ignore_ascii_case(&to));
        if on_file.is_none() && why.trim().is_empty() {
            return Err(Error::invalid(
                "reason",
                "say why it goes to an address that is not on file",
            ));
        }
        let details = json!({
            "certificate": id, "in_place_of": in_place_of, "on_file": on_file.is_some(), "reason": why.trim(),
        });
        let (to, name) = match on_file {
            Some(contact) => (contact.email, contact.name),
            None => (to, tenant.name),
        };
        let about = About {
            request: Some(&request),
            certificate: Some(&record),
        };
        let mail = self
            .queue_mail_with(&mut *tx, about, MailKind::CertificateIssued, (to, name), &[])
            .await?;
        let event = Event::new("mail.sent_again", format!("mail:{mail}"), details);
        self.log(&mut *tx, actor, event).await?;
        if let Some(earlier) = in_place_of {
            let of_certificate = tx.outbox().of_certificate(id).await?;
            if !of_certificate.iter().any(|mail| mail.id == earlier) {
                return Err(Error::NotFound("that mail"));
            }
            self.settled(&mut *tx, person, earlier, "sent again").await?;
        }
        tx.commit().await?;
        Ok(mail)
    }

    /// An officer told the recipient of a mail that did not arrive in another way, and says how.
    pub async fn settle_mail(&self, actor: &Actor, id: MailId, how: &str) -> Result<(), Error> {
        actor.require(Permission::Deliver)?;
        let person = actor.person()?;
        let how = how.trim();
        if how.is_empty() {
            return Err(Error::invalid("how", "say how the recipient was told instead"));
        }
        let mut tx = self.ports.store.begin().await?;
        self.settled(&mut *tx, person, id, how).await?;
        // What people write may name somebody: the log has its digest.
        let details = json!({ "how": Digest::of(how.as_bytes()) });
        self.log(
            &mut *tx,
            actor,
            Event::new("mail.settled", format!("mail:{id}"), details),
        )
        .await?;
        Ok(tx.commit().await?)
    }

    async fn settled(
        &self,
        tx: &mut dyn Tx,
        by: domain::id::PersonId,
        id: MailId,
        how: &str,
    ) -> Result<(), Error> {
        let mail = tx.outbox().find(id).await?.ok_or(Error::NotFound("that mail"))?;
        let already =
            || Error::NotNow("nothing is the matter with that mail, or somebody saw to it already".into());
        let mail = mail.settle(by, self.now(), how).ok_or_else(already)?;
        Ok(tx.outbox().update(&mail).await?)
    }
}

/// An address that a mail can go to, as it was typed.
fn address(text: &str) -> Result<String, Error> {
    let text = text.trim();
    let wrong = text.len() > LONGEST_ADDRESS
        || text
            .chars()
            .any(|c| c.is_whitespace() || c.is_control() || "<>,;".contains(c));
    let sound = text
        .split_once('@')
        .is_some_and(|(name, host)| !name.is_empty() && host.contains('.') && !host.contains('@'));
    match sound && !wrong {
        true => Ok(text.to_owned()),
        false => Err(Error::invalid(
            "to",
            "expected one address, such as ada@example.com",
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_address_and_nothing_else_is_taken() {
        assert_eq!(address(" Ada@example.com ").unwrap(), "Ada@example.com");
        for wrong in [
            "",
            "ada",
            "@example.com",
            "ada@example",
            "a@b.c, d@e.f",
            "a@b@c.d",
            "Ada <a@b.c>",
            "a@b.c\r\nBcc: d@e.f",
        ] {
            assert!(address(wrong).is_err(), "{wrong:?}");
        }
    }
}
