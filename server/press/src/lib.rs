//! The press: a signed statement becomes a PDF/A-3b for people, with the statement and its proofs attached.
//!
//! The same manuscript gives the same bytes. Nothing is dropped: a character that no vendored font has stops the
//! document with an error that names it.

mod ascii;
mod attach;
mod block;
mod coverage;
mod fonts;
mod frame;
mod hands;
mod icc;
mod ink;
mod logo;
mod page;
mod pdfa;
mod qr;
mod seal;
mod sections;
mod table;
mod text;
mod verify_text;
mod xmp;

use std::sync::Arc;

use async_trait::async_trait;
use domain::certificate::Claims;
use domain::digest::Digest;
use domain::port::press::{Manuscript, Press, PressError};
use domain::port::signer::{Seal, Signer};
use domain::time::Timestamp;
use tokio::sync::Semaphore;

use logo::Logo;
use seal::Places;

/// Renders on threads of their own, no more at a time than there are cores.
pub struct PdfPress {
    permits: Arc<Semaphore>,
}

impl PdfPress {
    /// A press for this machine.
    pub fn new() -> Self {
        let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
        Self {
            permits: Arc::new(Semaphore::new(cores)),
        }
    }
}

impl Default for PdfPress {
    fn default() -> Self {
        Self::new()
    }
}

#[async_trait]
impl Press for PdfPress {
    async fn render(
        &self,
        manuscript: &Manuscript,
        signer: &Arc<dyn Signer>,
        at: Timestamp,
    ) -> Result<Vec<u8>, PressError> {
        let broken = |error: &dyn std::fmt::Display| PressError::Broken(error.to_string());
        let permit = Arc::clone(&self.permits)
            .acquire_owned()
            .await
            .map_err(|error| broken(&error))?;
        let (manuscript, signer) = (manuscript.clone(), Arc::clone(signer));
        let rendering = tokio::task::spawn_blocking(move || {
            let pdf = render_sealed(&manuscript, &*signer, at);
            drop(permit);
            pdf
        });
        rendering.await.map_err(|error| broken(&error))?
    }

    fn check_logo(&self, png: &[u8]) -> Result<(), PressError> {
        Logo::read(png).map(drop)
    }
}

/// Renders a manuscript on the calling thread, without seals.
pub fn render(manuscript: &Manuscript) -> Result<Vec<u8>, PressError> {
    Ok(lay_out(manuscript, &[])?.0)
}

/// Renders a manuscript on the calling thread and sets the seals of a moment. The same manuscript, seals and moment give
/// the same bytes.
pub fn render_sealed(
    manuscript: &Manuscript,
    signer: &dyn Signer,
    at: Timestamp,
) -> Result<Vec<u8>, PressError> {
    let seals = signer.seals(at).map_err(PressError::Unsealed)?;
    let (pdf, places) = lay_out(manuscript, &seals)?;
    seal::set(pdf, &places, &seals, signer, at)
}

fn lay_out(manuscript: &Manuscript, seals: &[Seal]) -> Result<(Vec<u8>, Places), PressError> {
    let unreadable = |error: &dyn std::fmt::Display| PressError::Unreadable(error.to_string());
    let claims = Claims::parse(&manuscript.statement).map_err(|error| unreadable(&error))?;
    coverage::check(&manuscript.statement)?;
    let statement = Digest::of(&manuscript.statement);
    let subject = sections::Subject {
        claims: &claims,
        statement,
        log_index: manuscript.log_index,
    };
    let logo = manuscript.logo.as_deref().map(Logo::read).transpose()?;
    let mut paper = page::Paper::new();
    sections::lay_out(&mut paper, &subject, logo.as_ref().map(Logo::size))?;
    let (mut setter, pages) = paper.finish();
    let own = |text::NoGlyph(character)| PressError::NoGlyph {
        character,
        field: "the foot of the page".into(),
    };
    let pages = frame::add(pages, &mut setter, &claims).map_err(own)?;
    let how = verify_text::verify_text(&claims, statement, manuscript.log_index);
    pdfa::write(pages, logo, manuscript, &claims, &how, seals)
}
