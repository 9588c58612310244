//! Saying that a system was restored.

use domain::actor::Permission;
use leptos::prelude::*;

use crate::api::ServerFn as _;
use crate::api::replays::AskReplay;
use crate::components::{Drawer, Form, Hidden, Submit, TextArea};
use crate::pages::holds::words::may;

/// The drawer on a system's page.
#[component]
pub fn Restored(system: String) -> impl IntoView {
    may(Permission::AskReplay).then(|| {
        view! {
            <Drawer summary="It was restored from a backup" action=AskReplay::PATH>
                <p>
                    "A restored system may hold what was erased since the backup was made. The probe searches it for every \
                     identity that was ever erased, known by keyed digests alone. What it finds is erased again once an \
                     officer has approved that. Do not use the system before the search says that it is clean."
                </p>
                <Form action=AskReplay::PATH>
                    <Hidden name="system" value=system />
                    <TextArea
                        name="why"
                        label="What was restored, from when, and why?"
                        hint="For example: the backup of Sunday, after a failed upgrade. Name nobody."
                        rows=2
                    />
                    <Submit icon="search">"Search it"</Submit>
                </Form>
            </Drawer>
        }
    })
}
