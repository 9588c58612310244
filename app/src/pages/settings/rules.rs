//! The rules that whoever runs the server has set; they are not changed here.

use leptos::prelude::*;

use crate::api::ssr;
use crate::components::{Fact, Facts};
use crate::routes;
use crate::text;

/// Each rule with what it means.
#[component]
pub fn RulesPart() -> impl IntoView {
    let engine = ssr::engine();
    let policy = engine.policy();
    let names = match policy.name_officers {
        true => "Names and roles",
        false => "Roles only",
    };
    let rules = [
        ("Public address", policy.public_url.clone()),
        ("Days are counted in", policy.zone.clone()),
        (
            "Grace between approval and the run, in which the tenant can object",
            text::duration(policy.grace),
        ),
        (
            "Cooling-off after the last hold is released, in which that can be taken back",
            text::duration(policy.cooling_off),
        ),
        (
            "Rounds of erasing and looking before a person must decide",
            policy.max_rounds.to_string(),
        ),
        (
            "Time for one chunk of an erasure",
            text::duration(policy.chunk_deadline),
        ),
        (
            "Time for which a worker holds a job",
            text::duration(policy.lease),
        ),
        (
            "Failures in a row before a step is parked",
            policy.max_failures.to_string(),
        ),
        (
            "Tries before a system counts as not reachable",
            policy.max_probe_tries.to_string(),
        ),
        (
            "Records looked at by hand in each dataset",
            policy.spot_ids.to_string(),
        ),
        (
            "A certificate may be disputed, and identifiers and samples are kept, for",
            text::duration(policy.dispute_window),
        ),
        ("Your people on certificates", names.to_owned()),
        ("A session lasts at most", text::duration(policy.sign_in.session)),
        (
            "A session that is not used ends after",
            text::duration(policy.sign_in.idle),
        ),
        (
            "For dangerous acts the password is asked for again after",
            text::duration(policy.sign_in.step_up),
        ),
        (
            "An invitation works for",
            text::duration(policy.sign_in.invitation),
        ),
        (
            "A link for a lost password works for",
            text::duration(policy.sign_in.reset),
        ),
    ];
    let rules: Vec<_> = rules
        .into_iter()
        .map(|(term, value)| view! { <Fact term>{value}</Fact> })
        .collect();
    view! {
        <section class="panel" aria-labelledby="rules">
            <h2 id="rules">"Rules"</h2>
            <p>"Whoever runs the server sets these, in its file of settings."</p>
            <Facts>{rules}</Facts>
            <p>
                <a href=routes::PRIVACY>"What Lethe itself keeps about people, and until when"</a>
            </p>
        </section>
    }
}
