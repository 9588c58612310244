//! Stepping up before an act that asks for it.

use engine::Error;

use crate::site::{CAROL, PASSWORD, code, secret};

on_both! {
    async fn who_proves_again_who_they_are_is_believed_for_ten_minutes(site: Site) {
        let token = site.sign_in(CAROL).await;
        assert!(!site.visitor(&token).await.unwrap().is_stepped_up(site.now()));
        site.engine.step_up(&token, &secret(PASSWORD), None).await.unwrap();
        site.wait(9);
        assert!(site.visitor(&token).await.unwrap().is_stepped_up(site.now()));
        site.wait(1);
        assert!(!site.visitor(&token).await.unwrap().is_stepped_up(site.now()));
        assert!(site.logged(&site.carol).await.contains(&"person.stepped_up".to_owned()));
    }

    async fn it_counts_for_one_session_only(site: Site) {
        let (one, other) = (site.sign_in(CAROL).await, site.sign_in(CAROL).await);
        site.engine.step_up(&one, &secret(PASSWORD), None).await.unwrap();
        assert!(!site.visitor(&other).await.unwrap().is_stepped_up(site.now()));
    }

    async fn a_wrong_password_steps_nobody_up_and_guessing_is_slow(site: Site) {
        let token = site.sign_in(CAROL).await;
        for _ in 0..10 {
            let refused = site.engine.step_up(&token, &secret("a wrong password"), None).await;
            assert!(matches!(refused, Err(Error::WrongCredentials)), "{refused:?}");
        }
        let refused = site.engine.step_up(&token, &secret(PASSWORD), None).await;
        assert!(matches!(refused, Err(Error::TooManyAttempts { .. })), "{refused:?}");
        assert!(!site.visitor(&token).await.unwrap().is_stepped_up(site.now()));
    }

    async fn with_a_second_factor_the_code_is_asked_for(site: Site) {
        let token = site.sign_in(CAROL).await;
        let enrolment = site.engine.begin_totp(&site.carol).await.unwrap();
        let first = code(&enrolment.secret_base32, site.now());
        site.engine.confirm_totp(&site.carol, &first).await.unwrap();
        let without = site.engine.step_up(&token, &secret(PASSWORD), None).await;
        assert!(matches!(&without, Err(Error::Invalid { field, .. }) if field == "code"), "{without:?}");
        let replayed = site.engine.step_up(&token, &secret(PASSWORD), Some(&first)).await;
        assert!(matches!(replayed, Err(Error::WrongCredentials)), "{replayed:?}");
        site.wait(1);
        let next = code(&enrolment.secret_base32, site.now());
        site.engine.step_up(&token, &secret(PASSWORD), Some(&next)).await.unwrap();
        assert!(site.visitor(&token).await.unwrap().is_stepped_up(site.now()));
    }

    async fn a_session_that_is_over_steps_up_no_more(site: Site) {
        let token = site.sign_in(CAROL).await;
        site.engine.sign_out(&token).await.unwrap();
        let refused = site.engine.step_up(&token, &secret(PASSWORD), None).await;
        assert!(matches!(refused, Err(Error::SignInOver)), "{refused:?}");
    }
}
