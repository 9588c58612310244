//! Changing one's password.

use engine::Error;

use crate::site::{CAROL, PASSWORD, secret};

const NEW: &str = "seven brown foxes";

on_both! {
    async fn a_changed_password_ends_every_session_and_opens_the_next(site: Site) {
        let token = site.sign_in(CAROL).await;
        site.engine.change_password(&site.carol, &secret(PASSWORD), &secret(NEW)).await.unwrap();
        assert!(site.visitor(&token).await.is_none());
        let old = site.try_sign_in(CAROL, PASSWORD).await;
        assert!(matches!(old, Err(Error::WrongCredentials)), "{old:?}");
        site.try_sign_in(CAROL, NEW).await.unwrap();
        assert!(site.logged(&site.carol).await.contains(&"person.password_changed".to_owned()));
    }

    async fn without_the_old_password_there_is_no_new_one_and_guessing_is_slow(site: Site) {
        for _ in 0..10 {
            let refused = site.engine.change_password(&site.carol, &secret("a wrong password"), &secret(NEW)).await;
            assert!(matches!(refused, Err(Error::WrongCredentials)), "{refused:?}");
        }
        let refused = site.engine.change_password(&site.carol, &secret(PASSWORD), &secret(NEW)).await;
        assert!(matches!(refused, Err(Error::TooManyAttempts { .. })), "{refused:?}");
    }

    async fn a_password_that_is_easily_guessed_is_refused(site: Site) {
        for weak in ["too short", "password1234", CAROL] {
            let refused = site.engine.change_password(&site.carol, &secret(PASSWORD), &secret(weak)).await;
            assert!(matches!(&refused, Err(Error::Invalid { field, .. }) if field == "password"), "{refused:?}");
        }
        site.sign_in(CAROL).await;
    }
}
