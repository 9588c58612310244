//! Serves the pages alone, for the browser test of the islands: `page PKG_FOLDER PUBLIC_FOLDER`; prints its address.

use std::env::args;
use std::error::Error;

use app::{App, NAME, PKG, shell};
use axum::Router;
use leptos::prelude::LeptosOptions;
use leptos_axum::{LeptosRoutes as _, generate_route_list};
use tower_http::services::ServeDir;

#[tokio::main]
#[expect(clippy::print_stdout, reason = "the caller reads the address")]
async fn main() -> Result<(), Box<dyn Error>> {
    let [pkg, public] = args()
        .skip(1)
        .collect::<Vec<_>>()
        .try_into()
        .map_err(|_| "usage: page PKG_FOLDER PUBLIC_FOLDER")?;
    let options = LeptosOptions::builder()
        .output_name(NAME)
        .site_pkg_dir(PKG)
        .build();
    let document = {
        let options = options.clone();
        move || shell(options.clone())
    };
    let router = Router::new()
        .nest_service(&format!("/{PKG}"), ServeDir::new(pkg))
        .leptos_routes(&options, generate_route_list(App), document.clone())
        .fallback_service(
            ServeDir::new(public).fallback(axum::routing::get(leptos_axum::render_app_to_stream(document))),
        )
        .with_state(options);
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
    println!("http://{}", listener.local_addr()?);
    axum::serve(listener, router).await?;
    Ok(())
}
