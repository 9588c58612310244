//! Second factors: begun, confirmed, asked for, removed.

use domain::secret::Secret;
use engine::Error;
use engine::people::{Credentials, SignedIn};

use crate::site::{CAROL, PASSWORD, Site, code, secret};

/// Carol's authenticator, confirmed; her recovery codes.
async fn enrolled(site: &Site) -> (Secret, Vec<Secret>) {
    let enrolment = site.engine.begin_totp(&site.carol).await.unwrap();
    let now = code(&enrolment.secret_base32, site.now());
    let codes = site.engine.confirm_totp(&site.carol, &now).await.unwrap();
    site.wait(1);
    (enrolment.secret_base32, codes)
}

/// The password was right, and a code is asked for.
async fn pending(site: &Site) -> Secret {
    match site.try_sign_in(CAROL, PASSWORD).await.unwrap() {
        SignedIn::SecondFactor(token) => token,
        SignedIn::Session(_) => panic!("no second factor is asked for"),
    }
}

on_both! {
    async fn an_authenticator_is_given_a_secret_and_counts_once_confirmed(site: Site) {
        let enrolment = site.engine.begin_totp(&site.carol).await.unwrap();
        let uri = enrolment.uri.reveal();
        assert!(uri.starts_with("otpauth://totp/Lethe") && uri.contains("carol%40lethe.example"), "{uri}");
        assert!(uri.contains(enrolment.secret_base32.reveal()) && enrolment.secret_base32.reveal().len() == 32);
        site.sign_in(CAROL).await;
        let wrong = site.engine.confirm_totp(&site.carol, "000000").await;
        assert!(matches!(wrong, Err(Error::Invalid { .. })), "{wrong:?}");
        let right = code(&enrolment.secret_base32, site.now());
        let codes = site.engine.confirm_totp(&site.carol, &right).await.unwrap();
        assert_eq!((codes.len(), codes[0].reveal().len()), (10, 23));
        pending(&site).await;
    }

    async fn password_and_code_together_open_a_session(site: Site) {
        let (authenticator, _) = enrolled(&site).await;
        let pending = pending(&site).await;
        assert!(site.visitor(&pending).await.is_none(), "the password alone opens nothing");
        let token = site.engine.finish_sign_in(&pending, &code(&authenticator, site.now())).await.unwrap();
        assert!(site.visitor(&token).await.is_some() && token != pending);
        let again = site.engine.finish_sign_in(&pending, &code(&authenticator, site.now())).await;
        assert!(matches!(again, Err(Error::SignInOver)), "{again:?}");
    }

    async fn a_code_counts_once(site: Site) {
        let (authenticator, _) = enrolled(&site).await;
        let seen = code(&authenticator, site.now());
        site.engine.finish_sign_in(&pending(&site).await, &seen).await.unwrap();
        let replayed = site.engine.finish_sign_in(&pending(&site).await, &seen).await;
        assert!(matches!(replayed, Err(Error::WrongCredentials)), "{replayed:?}");
        site.wait(1);
        site.engine.finish_sign_in(&pending(&site).await, &code(&authenticator, site.now())).await.unwrap();
    }

    async fn the_code_that_confirmed_the_factor_is_spent(site: Site) {
        let enrolment = site.engine.begin_totp(&site.carol).await.unwrap();
        let seen = code(&enrolment.secret_base32, site.now());
        site.engine.confirm_totp(&site.carol, &seen).await.unwrap();
        let replayed = site.engine.finish_sign_in(&pending(&site).await, &seen).await;
        assert!(matches!(replayed, Err(Error::WrongCredentials)), "{replayed:?}");
    }

    async fn a_recovery_code_stands_in_once_however_it_is_typed(site: Site) {
        let (_, codes) = enrolled(&site).await;
        let typed = codes[3].reveal().to_uppercase().replace('-', " ");
        site.engine.finish_sign_in(&pending(&site).await, &typed).await.unwrap();
        let again = site.engine.finish_sign_in(&pending(&site).await, &typed).await;
        assert!(matches!(again, Err(Error::WrongCredentials)), "{again:?}");
        site.engine.finish_sign_in(&pending(&site).await, codes[4].reveal()).await.unwrap();
    }

    async fn guessing_codes_is_slow_and_a_pending_sign_in_is_soon_over(site: Site) {
        let (authenticator, _) = enrolled(&site).await;
        let token = pending(&site).await;
        for _ in 0..10 {
            let wrong = site.engine.finish_sign_in(&token, "000000").await;
            assert!(matches!(wrong, Err(Error::WrongCredentials)), "{wrong:?}");
        }
        let right = code(&authenticator, site.now());
        let late = site.engine.finish_sign_in(&token, &right).await;
        assert!(matches!(late, Err(Error::TooManyAttempts { .. })), "{late:?}");
        site.wait(15);
        let right = code(&authenticator, site.now());
        let over = site.engine.finish_sign_in(&token, &right).await;
        assert!(matches!(over, Err(Error::SignInOver)), "{over:?}");
    }

    async fn the_command_line_asks_for_the_code_as_well(site: Site) {
        let (authenticator, _) = enrolled(&site).await;
        let (email, password) = (CAROL.to_owned(), secret(PASSWORD));
        let alone = Credentials::Password { email: email.clone(), password: password.clone() };
        assert!(matches!(site.engine.authenticate(&alone).await, Err(Error::NotNow(_))));
        let code = Secret::new(code(&authenticator, site.now()));
        let both = Credentials::SecondFactor { email, password, code };
        assert_eq!(site.engine.authenticate(&both).await.unwrap(), site.carol);
        assert!(matches!(site.engine.authenticate(&both).await, Err(Error::WrongCredentials)), "a code counts once");
    }

    async fn a_removed_factor_is_asked_for_no_more(site: Site) {
        enrolled(&site).await;
        let twice = site.engine.begin_totp(&site.carol).await;
        assert!(matches!(twice, Err(Error::NotNow(_))), "{twice:?}");
        site.engine.remove_totp(&site.carol).await.unwrap();
        site.sign_in(CAROL).await;
        assert_eq!(site.logged(&site.carol).await, [
            "person.created", "person.second_factor_begun", "person.second_factor_set",
            "person.second_factor_removed", "person.signed_in"]);
    }

    async fn neither_secret_nor_recovery_codes_lie_open(site: Site) {
        let (authenticator, codes) = enrolled(&site).await;
        let person = site.person(site.carol.person().unwrap()).await;
        let stored = serde_json::to_string(&person).unwrap();
        let bare = codes[0].reveal().replace('-', "");
        for open in [authenticator.reveal(), codes[0].reveal(), &bare] {
            assert!(!stored.contains(open) && !format!("{person:?}").contains(open));
        }
    }
}
