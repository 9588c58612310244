//! What a link in a mail leads to: the pages of a certificate, once, without signing in. Looking at this page uses nothing:
//! programs that look through mail open links too.

use domain::secret::Secret;
use engine::delivery::OpenDownload;
use leptos::prelude::*;

use crate::api::ssr;
use crate::components::{Form, Hidden, Moment, Notice, PageHead, Submit, Tone, load};
use crate::error::AppError;
use crate::routes;

/// Where the link is used.
const TAKE: &str = "/download";

/// The page.
#[component]
pub fn Download() -> impl IntoView {
    let token = ssr::visit().param("token").to_owned();
    let secret = Secret::new(token.clone());
    let loading = async move {
        match ssr::engine().download(&secret).await {
            Ok(open) => Ok(Some(open)),
            Err(engine::Error::SpentLink) => Ok(None),
            Err(error) => Err(AppError::from(error)),
        }
    };
    load(loading, move |open| match open {
        Some(open) => view! { <Ready token open /> }.into_any(),
        None => view! { <Spent /> }.into_any(),
    })
}

#[component]
fn Ready(token: String, open: OpenDownload) -> impl IntoView {
    let warning = (open.state != "issued").then(|| {
        view! {
            <Notice tone=Tone::Warning title=format!("This certificate is {}", open.state)>
                <p>"You can still fetch it, but it must not be relied on. The portal says why, and what stands in its place."</p>
            </Notice>
        }
    });
    let status = routes::one(routes::VERIFY, &open.code);
    view! {
        <div class="narrow">
            <PageHead
                title=format!("Certificate of erasure {}", open.code)
                lead=format!("Issued by {}. This link gives it once.", open.issuer)
            />
            {warning}
            <Form action=TAKE>
                <Hidden name="token" value=token />
                <Submit icon="download">"Download the PDF"</Submit>
            </Form>
            <p class="muted small">
                "The link works until " <Moment at=open.expires_at /> ", and not after it was used. Signed in, you can download the certificate as often as you like."
            </p>
            <p class="aside-link">
                <a href=status>"See its present state"</a>
                " "
                <a href=routes::SIGN_IN>"Sign in"</a>
            </p>
        </div>
    }
}

#[component]
fn Spent() -> impl IntoView {
    view! {
        <div class="narrow">
            <PageHead title="This link does not work any more" />
            <Notice tone=Tone::Warning title="It was used, or has expired">
                <p>
                    "The certificate is in the portal: "
                    <a href=routes::sign_in(routes::CERTIFICATES)>"sign in"</a>
                    " to download it. If you did not use the link yourself, please tell whoever issued the certificate: somebody else may have read your mail."
                </p>
            </Notice>
        </div>
    }
}
