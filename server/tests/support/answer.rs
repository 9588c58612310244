//! An answer, read to its end; of a stream, its beginning.

use axum::body::{Body, to_bytes};
use axum::http::{HeaderMap, Response, StatusCode, header};
use futures::StreamExt as _;

/// What came back.
#[derive(Debug)]
pub struct Answer {
    /// The status.
    pub status: StatusCode,
    /// The headers.
    pub headers: HeaderMap,
    /// The body; of a stream, its first piece.
    pub body: Vec<u8>,
    stream: Option<axum::body::BodyDataStream>,
}

impl Answer {
    pub(super) async fn of(response: Response<Body>) -> Self {
        let (parts, body) = response.into_parts();
        let kind = parts.headers.get(header::CONTENT_TYPE);
        let streams = kind.is_some_and(|kind| kind == "text/event-stream");
        let (body, stream) = match streams {
            true => (Vec::new(), Some(body.into_data_stream())),
            false => (
                to_bytes(body, usize::MAX).await.unwrap_or_default().to_vec(),
                None,
            ),
        };
        let mut answer = Self {
            status: parts.status,
            headers: parts.headers,
            body,
            stream,
        };
        if answer.stream.is_some() {
            answer.body = answer.more().await.unwrap_or_default().into_bytes();
        }
        answer
    }

    /// The next piece of a stream; absent at its end.
    pub async fn more(&mut self) -> Option<String> {
        let piece = self.stream.as_mut()?.next().await?.unwrap();
        Some(String::from_utf8(piece.to_vec()).unwrap())
    }

    /// A header.
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    /// The body as text.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// The body as JSON.
    pub fn json(&self) -> serde_json::Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|error| panic!("{error}: {}", self.text()))
    }
}
