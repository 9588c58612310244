//! The rooms of a role.

use std::collections::BTreeSet;

use domain::actor::Role;
use leptos::prelude::*;

use crate::api::ssr;
use crate::routes;

/// A room: its URL, what it is called, and whose it is.
struct Room {
    href: &'static str,
    name: &'static str,
    roles: &'static [Role],
}

const ROOMS: &[Room] = &[
    Room {
        href: routes::HOME,
        name: "Home",
        roles: &Role::ALL,
    },
    Room {
        href: routes::REQUESTS,
        name: "Requests",
        roles: &Role::ALL,
    },
    Room {
        href: routes::HOLDS,
        name: "Holds",
        roles: routes::STAFF,
    },
    Room {
        href: routes::INVENTORY,
        name: "Inventory",
        roles: routes::STAFF,
    },
    Room {
        href: routes::CERTIFICATES,
        name: "Certificates",
        roles: routes::CERTIFICATE_READERS,
    },
    Room {
        href: routes::INCIDENTS,
        name: "Incidents",
        roles: routes::READERS,
    },
    Room {
        href: routes::DRILLS,
        name: "Drills",
        roles: routes::STAFF,
    },
    Room {
        href: routes::LOG,
        name: "Log",
        roles: routes::LOG_READERS,
    },
    Room {
        href: routes::TENANTS,
        name: "Tenants",
        roles: routes::STAFF,
    },
    Room {
        href: routes::PEOPLE,
        name: "People",
        roles: &[Role::Administrator],
    },
    Room {
        href: routes::SETTINGS,
        name: "Settings",
        roles: routes::ISSUER_KEEPERS,
    },
];

/// The rooms that somebody of these roles may enter; the present one is marked.
#[component]
pub fn Navigation(
    /// The roles of who is signed in.
    roles: BTreeSet<Role>,
) -> impl IntoView {
    let path = ssr::visit().path;
    let links: Vec<_> = ROOMS
        .iter()
        .filter(|room| room.roles.iter().any(|role| roles.contains(role)))
        .map(|room| {
            let here = match room.href {
                routes::HOME => path == routes::HOME,
                href => path == href || path.starts_with(&format!("{href}/")),
            };
            view! {
                <li>
                    <a href=room.href aria-current=here.then_some("page")>
                        {room.name}
                    </a>
                </li>
            }
        })
        .collect();
    view! {
        <nav class="rooms" aria-label="Main">
            <ul>{links}</ul>
        </nav>
    }
}
