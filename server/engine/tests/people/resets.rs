//! Passwords that were lost.

use domain::link::LinkPurpose;
use domain::people::TokenScope;
use engine::Error;

use crate::site::{CAROL, HERE, PASSWORD, Site, code, secret};

const NEW: &str = "seven brown foxes";

async fn ask(site: &Site, email: &str) {
    site.engine.request_reset(email, HERE).await.unwrap();
}

on_both! {
    async fn a_lost_password_is_replaced_by_a_mailed_link(site: Site) {
        let session = site.sign_in(CAROL).await;
        ask(&site, " Carol@lethe.example ").await;
        site.run_jobs().await;
        let (to, link) = site.links().pop().unwrap();
        assert!(to == CAROL && link.starts_with("https://lethe.example/reset?token="), "{to} {link}");
        let token = site.last_token();
        assert_eq!(site.engine.link(&token).await.unwrap().purpose, LinkPurpose::Reset);
        site.engine.set_password_by_link(&token, &secret(NEW)).await.unwrap();
        assert!(site.visitor(&session).await.is_none());
        assert!(matches!(site.try_sign_in(CAROL, PASSWORD).await, Err(Error::WrongCredentials)));
        site.try_sign_in(CAROL, NEW).await.unwrap();
    }

    async fn nobody_learns_whether_an_account_exists(site: Site) {
        ask(&site, "nobody@lethe.example").await;
        assert!(site.outbox().await.contains("nobody@lethe.example"), "the same is left for the mailer");
        site.run_jobs().await;
        assert_eq!(site.links(), []);
        assert_eq!(site.outbox().await, "", "and an address that nobody has is not kept");
        let carol = site.carol.person().unwrap();
        site.engine.disable_person(&site.adam, carol, true).await.unwrap();
        ask(&site, CAROL).await;
        site.run_jobs().await;
        assert_eq!(site.links(), []);
    }

    async fn a_link_to_reset_works_for_an_hour_and_the_newest_counts(site: Site) {
        ask(&site, CAROL).await;
        site.run_jobs().await;
        let old = site.last_token();
        ask(&site, CAROL).await;
        site.run_jobs().await;
        assert!(matches!(site.engine.link(&old).await, Err(Error::SpentLink)));
        site.wait(59);
        site.engine.link(&site.last_token()).await.unwrap();
        site.wait(1);
        assert!(matches!(site.engine.link(&site.last_token()).await, Err(Error::SpentLink)));
    }

    async fn asking_too_often_is_refused_and_does_not_keep_anybody_from_signing_in(site: Site) {
        for _ in 0..10 {
            ask(&site, CAROL).await;
        }
        let refused = site.engine.request_reset(CAROL, HERE).await;
        assert!(matches!(refused, Err(Error::TooManyAttempts { .. })), "{refused:?}");
        site.sign_in(CAROL).await;
    }

    async fn a_reset_does_not_take_the_second_factor_away(site: Site) {
        let enrolment = site.engine.begin_totp(&site.carol).await.unwrap();
        site.engine.confirm_totp(&site.carol, &code(&enrolment.secret_base32, site.now())).await.unwrap();
        ask(&site, CAROL).await;
        site.run_jobs().await;
        site.engine.set_password_by_link(&site.last_token(), &secret(NEW)).await.unwrap();
        let signed_in = site.try_sign_in(CAROL, NEW).await.unwrap();
        assert!(matches!(signed_in, engine::people::SignedIn::SecondFactor(_)));
    }

    async fn a_person_who_lost_everything_begins_anew_and_is_no_second_person_for_a_day(site: Site) {
        let enrolment = site.engine.begin_totp(&site.carol).await.unwrap();
        site.engine.confirm_totp(&site.carol, &code(&enrolment.secret_base32, site.now())).await.unwrap();
        let until = site.now().after(std::time::Duration::from_secs(3_600));
        let token = site.engine.create_token(&site.carol, "lost laptop", TokenScope::all(), until).await.unwrap();
        let carol = site.carol.person().unwrap();
        site.engine.reset_person(&site.adam, carol).await.unwrap();
        assert!(matches!(site.engine.authenticate_token(&token).await, Err(Error::WrongCredentials)));
        assert!(matches!(site.try_sign_in(CAROL, PASSWORD).await, Err(Error::WrongCredentials)));
        site.run_jobs().await;
        site.engine.set_password_by_link(&site.last_token(), &secret(PASSWORD)).await.unwrap();
        site.sign_in(CAROL).await;
        assert!(site.person(carol).await.actor().seasoned(site.now()).is_err());
        let own = site.adam.person().unwrap();
        assert!(matches!(site.engine.reset_person(&site.adam, own).await, Err(Error::Denied(_))));
    }
}
