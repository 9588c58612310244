//! A form as browsers send it when it has a file (RFC 7578).

use app::error::AppError;
use app::visit::is_secret;
use axum::extract::Request;
use axum::http::header;
use multer::Multipart;

use super::kind::Kind;

/// The most fields of a form.
const MOST_FIELDS: usize = 50;
/// The longest text of a field, in bytes.
const LONGEST_TEXT: usize = 16 * 1024;

/// What was sent.
#[derive(Default)]
pub(in crate::http) struct Form {
    texts: Vec<(String, String)>,
    files: Vec<(String, File)>,
}

/// A file of it.
pub(in crate::http) struct File {
    pub(in crate::http) bytes: Vec<u8>,
}

/// What could be read, and why not more.
pub(in crate::http) struct Refused {
    pub(in crate::http) form: Form,
    pub(in crate::http) why: AppError,
}

impl Form {
    /// Reads all of it.
    pub(in crate::http) async fn read(request: Request) -> Result<Self, Refused> {
        let mut form = Self::default();
        match form.fill(request).await {
            Ok(()) => Ok(form),
            Err(why) => Err(Refused { form, why }),
        }
    }

    async fn fill(&mut self, request: Request) -> Result<(), AppError> {
        let kind = request.headers().get(header::CONTENT_TYPE);
        let boundary = kind.and_then(|kind| multer::parse_boundary(kind.to_str().ok()?).ok());
        let boundary = boundary.ok_or_else(unreadable)?;
        let mut parts = Multipart::new(request.into_body().into_data_stream(), boundary);
        while let Some(part) = parts.next_field().await.map_err(|_| cut_off())? {
            if self.texts.len() + self.files.len() >= MOST_FIELDS {
                return Err(unreadable());
            }
            let name = part.name().unwrap_or_default().to_owned();
            let is_file = part.file_name().is_some();
            let bytes = part.bytes().await.map_err(|_| cut_off())?;
            if is_file {
                // A file that was not chosen comes as an empty one.
                if !bytes.is_empty() {
                    self.files.push((name, File { bytes: bytes.into() }));
                }
                continue;
            }
            let text = String::from_utf8(bytes.into()).map_err(|_| unreadable())?;
            if text.len() > LONGEST_TEXT {
                return Err(AppError::field(&name, "This is too long."));
            }
            self.texts.push((name, text));
        }
        Ok(())
    }

    /// What was typed into a field, trimmed.
    pub(super) fn text(&self, name: &str) -> &str {
        let found = self.texts.iter().find(|(key, _)| key == name);
        found.map_or("", |(_, text)| text.trim())
    }

    /// The file of a field.
    pub(super) fn file(&self, name: &str) -> Option<&File> {
        let found = self.files.iter().find(|(key, _)| key == name);
        found.map(|(_, file)| file)
    }

    /// All files of a field that takes several.
    pub(in crate::http) fn into_files(self, name: &str) -> Vec<File> {
        let of_field = self.files.into_iter().filter(|(key, _)| key == name);
        of_field.map(|(_, file)| file).collect()
    }

    /// What is kept of a refused form: no files, and nothing secret.
    pub(super) fn typed(self) -> Vec<(String, String)> {
        self.texts
            .into_iter()
            .filter(|(name, _)| !is_secret(name))
            .collect()
    }
}

impl File {
    /// Refuses what is too large.
    pub(super) fn no_larger_than(&self, field: &str, most: usize) -> Result<(), AppError> {
        match self.bytes.len() > most {
            true => Err(AppError::field(
                field,
                format!(
                    "This file has {} kB; at most {} kB are accepted.",
                    self.bytes.len().div_ceil(1024),
                    most / 1024
                ),
            )),
            false => Ok(()),
        }
    }

    /// Refuses what is of another kind, and says which are accepted.
    pub(super) fn is_one_of(&self, field: &str, kinds: &[Kind]) -> Result<(), AppError> {
        match Kind::of(&self.bytes).is_some_and(|kind| kinds.contains(&kind)) {
            true => Ok(()),
            false => Err(AppError::field(
                field,
                format!("This file is of another kind. Accepted is {}.", Kind::list(kinds)),
            )),
        }
    }
}

fn unreadable() -> AppError {
    AppError::new(
        app::error::Code::Invalid,
        "The form came in a shape that is not understood. Please send it once more.",
    )
}

fn cut_off() -> AppError {
    AppError::new(
        app::error::Code::Invalid,
        "The file did not arrive whole, or is far too large. Please try again.",
    )
}

#[cfg(test)]
mod tests {
    use axum::body::Body;

    use super::*;

    fn sent(body: &str) -> Request {
        let kind = "multipart/form-data; boundary=x";
        let request = Request::builder().header(header::CONTENT_TYPE, kind);
        request.body(Body::from(body.replace('\n', "\r\n"))).unwrap()
    }

    const FORM: &str = "--x\nContent-Disposition: form-data; name=\"party\"\n\n Partner Ltd \n\
        --x\nContent-Disposition: form-data; name=\"password\"\n\nhunter2\n\
        --x\nContent-Disposition: form-data; name=\"none\"; filename=\"\"\n\n\n\
        --x\nContent-Disposition: form-data; name=\"document\"; filename=\"a.pdf\"\n\n%PDF-1.7\n--x";

    #[tokio::test]
    async fn texts_and_files_are_told_apart() {
        let Ok(form) = Form::read(sent(&format!("{FORM}--\n"))).await else {
            panic!("refused")
        };
        assert_eq!(form.text("party"), "Partner Ltd");
        assert!(form.file("none").is_none());
        let file = form.file("document").unwrap();
        assert_eq!(file.bytes, b"%PDF-1.7");
        assert!(file.is_one_of("document", &[Kind::Pdf]).is_ok());
        assert!(file.no_larger_than("document", 7).is_err());
        assert_eq!(form.typed(), [("party".to_owned(), " Partner Ltd ".to_owned())]);
    }

    #[tokio::test]
    async fn a_form_that_is_cut_off_is_refused_with_what_came() {
        let Err(refused) = Form::read(sent(FORM)).await else {
            panic!("accepted")
        };
        assert_eq!(refused.form.text("party"), "Partner Ltd");
    }
}
