//! Invitations.

use domain::actor::Role;
use domain::id::PersonId;
use domain::link::LinkPurpose;
use engine::Error;
use engine::people::NewInvitation;

use crate::site::{PASSWORD, Site, secret};

const OLGA: &str = "olga@lethe.example";

async fn invite(site: &Site) -> PersonId {
    let new = NewInvitation {
        name: "Olga".into(),
        email: OLGA.into(),
        roles: [Role::ComplianceOfficer].into(),
        tenant: None,
    };
    site.engine.invite_person(&site.adam, new).await.unwrap()
}

on_both! {
    async fn an_invited_person_chooses_a_password_and_signs_in(site: Site) {
        invite(&site).await;
        let early = site.try_sign_in(OLGA, PASSWORD).await;
        assert!(matches!(early, Err(Error::WrongCredentials)), "{early:?}");
        site.run_jobs().await;
        let (to, link) = site.links().pop().unwrap();
        assert!(to == OLGA && link.starts_with("https://lethe.example/invitation?token="), "{to} {link}");
        let token = site.last_token();
        let open = site.engine.link(&token).await.unwrap();
        assert_eq!((open.purpose, open.name.as_str()), (LinkPurpose::Invitation, "Olga"));
        site.engine.set_password_by_link(&token, &secret(PASSWORD)).await.unwrap();
        site.sign_in(OLGA).await;
    }

    async fn a_link_works_once_and_for_seven_days(site: Site) {
        invite(&site).await;
        site.run_jobs().await;
        let token = site.last_token();
        let weak = site.engine.set_password_by_link(&token, &secret("too short")).await;
        assert!(matches!(weak, Err(Error::Invalid { .. })), "a refused password does not spend the link: {weak:?}");
        site.wait(7 * 24 * 60 - 1);
        site.engine.set_password_by_link(&token, &secret(PASSWORD)).await.unwrap();
        let again = site.engine.set_password_by_link(&token, &secret("seven brown foxes")).await;
        assert!(matches!(again, Err(Error::SpentLink)), "{again:?}");
        assert!(matches!(site.engine.link(&token).await, Err(Error::SpentLink)));
    }

    async fn an_expired_invitation_is_sent_again_and_the_old_link_is_void(site: Site) {
        let olga = invite(&site).await;
        site.run_jobs().await;
        let old = site.last_token();
        site.engine.resend_invitation(&site.adam, olga).await.unwrap();
        site.run_jobs().await;
        assert!(matches!(site.engine.link(&old).await, Err(Error::SpentLink)));
        site.wait(7 * 24 * 60);
        assert!(matches!(site.engine.link(&site.last_token()).await, Err(Error::SpentLink)));
        site.engine.resend_invitation(&site.adam, olga).await.unwrap();
        site.run_jobs().await;
        site.engine.set_password_by_link(&site.last_token(), &secret(PASSWORD)).await.unwrap();
        let late = site.engine.resend_invitation(&site.adam, olga).await;
        assert!(matches!(late, Err(Error::NotNow(_))), "{late:?}");
    }

    async fn only_administrators_invite(site: Site) {
        let new = NewInvitation {
            name: "Eve".into(),
            email: "eve@lethe.example".into(),
            roles: [Role::Administrator].into(),
            tenant: None,
        };
        assert!(matches!(site.engine.invite_person(&site.carol, new).await, Err(Error::Denied(_))));
        let olga = invite(&site).await;
        assert!(matches!(site.engine.resend_invitation(&site.carol, olga).await, Err(Error::Denied(_))));
        assert!(matches!(site.engine.reset_person(&site.carol, olga).await, Err(Error::Denied(_))));
    }

    async fn the_invitation_of_a_closed_account_opens_nothing(site: Site) {
        let olga = invite(&site).await;
        site.run_jobs().await;
        site.engine.disable_person(&site.adam, olga, true).await.unwrap();
        assert!(matches!(site.engine.link(&site.last_token()).await, Err(Error::SpentLink)));
        site.engine.disable_person(&site.adam, olga, false).await.unwrap();
        assert!(matches!(site.engine.link(&site.last_token()).await, Err(Error::SpentLink)));
    }

    async fn the_link_lies_in_the_outbox_only_sealed_and_only_until_it_left(site: Site) {
        invite(&site).await;
        let waiting = site.outbox().await;
        site.run_jobs().await;
        let sent = site.outbox().await;
        let token = site.last_token();
        assert!(waiting.contains("sealed") && !sent.contains("sealed"), "{sent}");
        assert!(!waiting.contains(token.reveal()) && !sent.contains(token.reveal()));
        let log = site.log_text(&site.adam).await;
        assert!(!log.contains(token.reveal()));
    }
}
