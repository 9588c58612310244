//! What was begun is brought to its end, also when whoever asked has gone away: a page that is dropped half drawn takes
//! its open transaction along, and with enough of them nobody gets to the database any more.

use axum::body::{Body, to_bytes};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use tracing::Instrument as _;

/// Answers in a task of its own, which nobody's going away ends. The whole answer is in memory afterwards.
pub(super) async fn to_the_end(answering: impl Future<Output = Response> + Send + 'static) -> Response {
    let task = tokio::spawn(async { whole(answering.await).await }.in_current_span());
    match task.await.map_err(tokio::task::JoinError::try_into_panic) {
        Ok(response) => response,
        Err(Ok(panic)) => std::panic::resume_unwind(panic),
        // Tasks are cancelled only when the program ends.
        Err(Err(_)) => StatusCode::SERVICE_UNAVAILABLE.into_response(),
    }
}

/// The answer, read to its end.
async fn whole(response: Response) -> Response {
    let (parts, body) = response.into_parts();
    match to_bytes(body, usize::MAX).await {
        Ok(bytes) => Response::from_parts(parts, Body::from(bytes)),
        Err(error) => {
            tracing::error!(%error, "an answer broke off");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use futures::FutureExt as _;
    use tokio::sync::oneshot;

    use super::*;

    #[tokio::test]
    async fn what_nobody_waits_for_any_longer_is_brought_to_its_end() {
        let (end, ended) = oneshot::channel();
        let answering = to_the_end(async move {
            tokio::time::sleep(Duration::from_millis(10)).await;
            end.send(()).expect("somebody hears of it");
            StatusCode::OK.into_response()
        });
        assert!(answering.now_or_never().is_none());
        assert_eq!(ended.await, Ok(()));
    }

    #[tokio::test]
    async fn a_panic_reaches_whoever_waits() {
        let answering = to_the_end(async { panic!("a fault") });
        let caught = std::panic::AssertUnwindSafe(answering).catch_unwind().await;
        assert!(caught.is_err_and(|panic| panic.downcast_ref() == Some(&"a fault")));
    }
}
