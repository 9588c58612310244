//! Signing in, being recognised, signing out.

use domain::digest::Digest;
use domain::secret::Secret;
use engine::Error;

use crate::site::{CAROL, PASSWORD, secret};

on_both! {
    async fn who_signs_in_is_recognised_by_the_token_alone(site: Site) {
        let token = site.sign_in(" Carol@Lethe.example").await;
        let visitor = site.visitor(&token).await.unwrap();
        assert_eq!((&visitor.actor, visitor.session), (&site.carol, Digest::of(token.reveal().as_bytes())));
        assert_eq!((token.reveal().len(), visitor.stepped_up_at), (64, None));
        assert!(site.visitor(&secret("guess")).await.is_none());
        let digest = Secret::new(visitor.session.to_string());
        assert!(site.visitor(&digest).await.is_none(), "what is stored opens nothing");
    }

    async fn beginning_and_ending_a_session_is_logged_without_personal_data(site: Site) {
        let token = site.sign_in(CAROL).await;
        site.engine.sign_out(&token).await.unwrap();
        site.engine.sign_out(&token).await.unwrap();
        assert_eq!(site.logged(&site.carol).await, ["person.created", "person.signed_in", "person.signed_out"]);
        let log = site.log_text(&site.carol).await;
        for personal in ["carol@", "192.0.2.7", token.reveal()] {
            assert!(!log.contains(personal), "{personal} is in the log");
        }
        assert!(site.visitor(&token).await.is_none());
    }

    async fn a_session_that_is_used_lasts_twelve_hours_and_no_longer(site: Site) {
        let token = site.sign_in(CAROL).await;
        for _ in 0..14 {
            site.wait(50);
            assert!(site.visitor(&token).await.is_some());
        }
        site.wait(20);
        assert!(site.visitor(&token).await.is_none());
    }

    async fn a_session_that_nobody_uses_ends_after_an_hour(site: Site) {
        let token = site.sign_in(CAROL).await;
        site.wait(59);
        assert!(site.visitor(&token).await.is_some());
        site.wait(61);
        assert!(site.visitor(&token).await.is_none());
        assert!(site.engine.sessions(&site.carol).await.unwrap().is_empty());
    }

    async fn a_use_is_written_down_once_a_minute_and_not_logged(site: Site) {
        let token = site.sign_in(CAROL).await;
        let seen = async || site.engine.sessions(&site.carol).await.unwrap()[0].last_seen_at;
        let first = seen().await;
        site.visitor(&token).await.unwrap();
        assert_eq!(seen().await, first);
        site.wait(1);
        site.visitor(&token).await.unwrap();
        assert!(seen().await > first);
        assert_eq!(site.logged(&site.carol).await, ["person.created", "person.signed_in"]);
    }

    async fn one_session_ends_alone_and_everywhere_is_everywhere(site: Site) {
        let (one, other) = (site.sign_in(CAROL).await, site.sign_in(CAROL).await);
        let third = site.sign_in(CAROL).await;
        site.engine.sign_out(&one).await.unwrap();
        assert!(site.visitor(&one).await.is_none() && site.visitor(&other).await.is_some());
        assert_eq!(site.engine.sign_out_everywhere(&site.carol).await.unwrap(), 2);
        assert!(site.visitor(&other).await.is_none() && site.visitor(&third).await.is_none());
    }

    async fn only_an_administrator_ends_the_sessions_of_others(site: Site) {
        let token = site.sign_in("adam@lethe.example").await;
        let adam = site.adam.person().unwrap();
        assert!(matches!(site.engine.end_sessions(&site.carol, adam).await, Err(Error::Denied(_))));
        assert!(site.visitor(&token).await.is_some());
        let carol = site.carol.person().unwrap();
        site.sign_in(CAROL).await;
        assert_eq!(site.engine.end_sessions(&site.adam, carol).await.unwrap(), 1);
    }

    async fn closing_an_account_ends_its_sessions_and_opening_it_does_not_revive_them(site: Site) {
        let token = site.sign_in(CAROL).await;
        let carol = site.carol.person().unwrap();
        site.engine.disable_person(&site.adam, carol, true).await.unwrap();
        assert!(site.visitor(&token).await.is_none());
        let refused = site.try_sign_in(CAROL, PASSWORD).await;
        assert!(matches!(refused, Err(Error::WrongCredentials)), "{refused:?}");
        site.engine.disable_person(&site.adam, carol, false).await.unwrap();
        assert!(site.visitor(&token).await.is_none());
        site.sign_in(CAROL).await;
    }

    async fn roles_that_are_taken_away_are_gone_with_the_next_page(site: Site) {
        let token = site.sign_in(CAROL).await;
        let carol = site.carol.person().unwrap();
        site.engine.grant_roles(&site.adam, carol, [domain::actor::Role::Auditor].into()).await.unwrap();
        let visitor = site.visitor(&token).await.unwrap();
        assert!(visitor.actor.require(domain::actor::Permission::ManageHolds).is_err());
    }

    async fn what_is_over_is_swept_hourly(site: Site) {
        site.sign_in(CAROL).await;
        let worker = domain::actor::Actor::System("watch");
        let holder = engine::people::Holder::Browser(domain::digest::Digest::of(b"cookie"));
        site.engine.keep_draft(holder, b"form").await.unwrap();
        assert_eq!(site.engine.sweep_sessions(&worker).await.unwrap(), 0);
        site.wait(61);
        // The session, the draft, and what was counted for the address and the client.
        assert_eq!(site.engine.sweep_sessions(&worker).await.unwrap(), 4);
        assert!(matches!(site.engine.sweep_sessions(&site.adam).await, Err(Error::Denied(_))));
    }
}

#[test]
fn printing_shows_no_secret() {
    let token = engine::people::SignedIn::Session(secret("0011"));
    assert!(!format!("{token:?}").contains("0011"));
}
