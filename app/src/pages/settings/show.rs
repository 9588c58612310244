//! Issuer, keys, mail and rules on one page.

use domain::mail::Mail;
use engine::Issuer;
use engine::reading::keys::KeysSeen;
use leptos::prelude::*;

use super::issuer::{IssuerPart, LogoPart};
use super::keys::KeysPart;
use super::mail::MailPart;
use super::rules::RulesPart;
use crate::api::ssr;
use crate::components::{PageHead, load};
use crate::error::AppError;

/// What is shown.
struct Shown {
    issuer: Issuer,
    logo: Option<usize>,
    keys: Option<KeysSeen>,
    mail: Option<Mail>,
    subscription: Option<String>,
}

/// The page.
#[component]
pub fn Show() -> impl IntoView {
    let mail = ssr::visit().query("mail").map(str::to_owned);
    load(found(mail), |shown| {
        view! {
            <PageHead title="Settings" lead="Who issues certificates, with which keys, and by which rules." />
            <div class="stack">
                <IssuerPart issuer=shown.issuer />
                <LogoPart bytes=shown.logo />
                <KeysPart keys=shown.keys />
                <MailPart mail=shown.mail subscription=shown.subscription />
                <RulesPart />
            </div>
        }
    })
}

async fn found(mail: Option<String>) -> Result<Shown, AppError> {
    let (engine, actor) = ssr::caller()?;
    let mail = match mail {
        Some(id) => Some(engine.mail(&actor, ssr::id(&id)?).await?),
        None => None,
    };
    Ok(Shown {
        issuer: engine.issuer(&actor).await?,
        logo: engine.issuer_logo().await?.map(|png| png.len()),
        keys: engine.signing_keys(&actor).await?,
        mail,
        subscription: engine.subscription(&actor).await?,
    })
}
