//! The check of a file in the browser: the rules of `domain`, run where the file is. Nothing of it is sent anywhere but the
//! SHA-256 of a PDF, by which the issuer's register is asked; without a network the answer rests on what was fetched before.
//!
//! - [`published`] is what the page fetched of the issuer when it was opened.
//! - [`page`] is what is on the page: where files are dropped, and where the answer goes.

mod page;
mod published;

use std::cell::Cell;
use std::rc::Rc;

use domain::certificate::{Given, Told, pdf};
use js_sys::Uint8Array;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::{Event, File, FileList};

use page::Page;
use published::Published;

/// The most that is checked at once, in bytes.
const MOST: f64 = 64.0 * 1024.0 * 1024.0;

/// Wakes the form of the page. Until the issuer's keys are there, it stays a form that sends the file to the server.
#[wasm_bindgen(start)]
pub fn wake() {
    let Some(page) = Page::find() else { return };
    // A file that breaks the reader must not leave somebody waiting for its answer.
    std::panic::set_hook(Box::new(|_| {
        if let Some(page) = Page::find() {
            page.refuse(
                "This file cannot be read: do not rely on it. Load the page again to check another one.",
            );
        }
    }));
    spawn_local(async move {
        match Published::fetch().await {
            Ok(published) => listen(&page, &published),
            Err(why) => page.not_here(&why),
        }
    });
}

fn listen(page: &Page, published: &Published) {
    let (on, at) = (page.clone(), published.clone());
    let newest = Rc::new(Cell::new(0_u32));
    page.on_files(move |files| {
        let (page, published, newest) = (on.clone(), at.clone(), Rc::clone(&newest));
        let own = newest.get().wrapping_add(1);
        newest.set(own);
        spawn_local(async move {
            page.busy();
            let checked = check(&files, &published).await;
            // Whoever gave another file meanwhile waits for the answer to that one.
            if newest.get() != own {
                return;
            }
            match checked {
                Ok(told) => page.tell(&told),
                Err(why) => page.refuse(&why),
            }
        });
    });
    page.ready();
}

/// Checks the files that were chosen or dropped.
async fn check(files: &FileList, published: &Published) -> Result<Told, String> {
    let files: Vec<File> = (0..files.length()).filter_map(|place| files.get(place)).collect();
    if files.iter().map(|file| file.size()).sum::<f64>() > MOST {
        return Err(
            "This is larger than 64 MB: it cannot be checked here, and no certificate is that large.".into(),
        );
    }
    let mut read = Vec::with_capacity(files.len());
    for file in &files {
        let bytes = JsFuture::from(file.array_buffer()).await;
        let bytes = bytes.map_err(|_| format!("{} cannot be read.", file.name()))?;
        read.push(Uint8Array::new(&bytes).to_vec());
    }
    let given = Given::of(read).map_err(|error| error.to_string())?;
    let attached = given.pdf.as_deref().map(pdf::attachments);
    // A PDF that cannot be read has nothing attached that could be believed.
    let attached = attached.and_then(Result::ok).unwrap_or_default();
    let (registered, unasked) = match given.digest() {
        Some(digest) => match published::ask_register(digest).await {
            Ok(registered) => (Some(registered), None),
            Err(why) => (None, Some(why)),
        },
        None => (None, None),
    };
    let (status, unlisted) = published.status();
    let answer = given.check(
        &attached,
        domain::certificate::Published {
            keys: published.keys(),
            log_keys: published.log_keys(),
            status: status.as_ref(),
            registered: registered.as_ref(),
        },
    );
    let mut told = Told::of(&answer);
    told.sentences.extend(unasked.into_iter().chain(unlisted));
    Ok(told)
}

/// A listener that stays for as long as the page.
fn for_ever(target: &web_sys::EventTarget, event: &str, act: impl FnMut(Event) + 'static) {
    let listener = Closure::<dyn FnMut(Event)>::new(act);
    // Refused only where the browser has no events at all.
    let _refused = target.add_event_listener_with_callback(event, listener.as_ref().unchecked_ref());
    listener.forget();
}
