//! Guessing is slow, and tells nothing.

use domain::secret::Secret;
use engine::Error;

use crate::site::{CAROL, PASSWORD, Site};

/// A wrong password; until when nobody may try again, where that is so.
async fn guess(site: &Site, email: &str, from: &str) -> Option<domain::time::Timestamp> {
    match site
        .engine
        .sign_in(email, &Secret::new("a wrong password"), from)
        .await
    {
        Err(Error::WrongCredentials) => None,
        Err(Error::TooManyAttempts { until }) => Some(until),
        other => panic!("{other:?}"),
    }
}

on_both! {
    async fn unknown_and_wrong_get_the_same_answer(site: Site) {
        let said = async |email: &str, password: &str| site.try_sign_in(email, password).await.unwrap_err().to_string();
        let wrong = said(CAROL, "a wrong password").await;
        assert_eq!(said("nobody@lethe.example", "a wrong password").await, wrong);
        assert_eq!(said(CAROL, "").await, wrong);
        assert_eq!(said(CAROL, &"x".repeat(5_000)).await, wrong);
    }

    async fn after_ten_guesses_an_address_waits_whether_or_not_anybody_has_it(site: Site) {
        for email in [CAROL, "nobody@lethe.example"] {
            let begun = site.now();
            for count in 0..10 {
                assert_eq!(guess(&site, email, &format!("192.0.2.{count}")).await, None);
            }
            let until = guess(&site, email, "198.51.100.1").await.unwrap();
            let waits = until.since(begun).as_secs();
            assert!((890..=910).contains(&waits), "{waits}");
        }
        let right = site.try_sign_in(CAROL, PASSWORD).await;
        assert!(matches!(right, Err(Error::TooManyAttempts { .. })), "{right:?}");
        site.wait(15);
        site.sign_in(CAROL).await;
    }

    async fn a_client_that_tries_many_addresses_waits_and_others_do_not(site: Site) {
        for count in 0..50 {
            assert_eq!(guess(&site, &format!("somebody{count}@lethe.example"), "203.0.113.9").await, None);
        }
        assert!(guess(&site, "another@lethe.example", "203.0.113.9").await.is_some());
        assert!(guess(&site, CAROL, "203.0.113.9").await.is_some());
        assert_eq!(guess(&site, "another@lethe.example", "203.0.113.10").await, None);
        site.sign_in(CAROL).await;
    }

    async fn who_signs_in_often_is_no_guesser(site: Site) {
        for _ in 0..12 {
            site.sign_in(CAROL).await;
        }
    }
}
