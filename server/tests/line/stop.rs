//! A graceful stop: what is not finished is given back, for the next process to take up at once.

use std::io::Read as _;
use std::net::TcpListener;
use std::sync::mpsc::channel;
use std::time::Duration;

use domain::job::Queue;
use domain::port::store::Store as _;
use domain::time::Clock as _;

use crate::database::wait_for;

on_both! {
    /// A mail server that takes a connection and says nothing holds a job fast; the stop does not wait for it.
    fn a_stopped_worker_gives_its_leases_back(place) {
        let silent = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("smtp://{}", silent.local_addr().unwrap());
        let (called, calls) = channel();
        std::thread::spawn(move || {
            for connection in silent.incoming().flatten() {
                let _told = called.send(());
                std::thread::spawn(move || (&connection).read_to_end(&mut Vec::new()));
            }
        });
        place.open();
        let mut command = place.command(&["worker", "--role", "eraser"]);
        let mut working = crate::process::Staying::start(command.env("LETHE_MAIL_URL", url));
        calls.recv_timeout(Duration::from_secs(60)).unwrap();
        assert!(working.is_alive());
        assert!(working.stop().success(), "it ends as if nothing were wrong");

        let leased = wait_for(async {
            let store = storage::open(&place.ours().url).await.unwrap();
            let now = vault::SystemClock.now();
            let leased = store.lease(&[Queue::Mail], 9, now, Duration::from_secs(60)).await.unwrap();
            store.close().await;
            leased
        });
        assert_eq!(leased.iter().map(|leased| leased.attempt).collect::<Vec<_>>(), [1], "ready at once, and not counted");
    }
}
