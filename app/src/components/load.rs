//! A page waits for what it shows; the server answers when all of it is there.

use leptos::either::Either;
use leptos::prelude::*;

use super::failure::Failure;
use crate::error::AppError;

/// Draws what was loaded, or says why there is nothing to draw.
pub fn load<T, V>(
    loading: impl Future<Output = Result<T, AppError>> + Send + 'static,
    show: impl FnOnce(T) -> V + Send + 'static,
) -> AnyView
where
    T: Send + 'static,
    V: IntoView + 'static,
{
    let waiting = Suspend::new(async move {
        match loading.await {
            Ok(loaded) => Either::Left(show(loaded).into_any()),
            Err(error) => Either::Right(view! { <Failure error /> }),
        }
    });
    view! { <Suspense>{waiting}</Suspense> }.into_any()
}
