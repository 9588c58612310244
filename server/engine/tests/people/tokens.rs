//! Personal tokens.

use std::collections::BTreeSet;
use std::time::Duration;

use domain::digest::Digest;
use domain::people::TokenScope;
use domain::secret::Secret;
use engine::Error;
use engine::people::Credentials;

use crate::site::{Site, secret};

const DAY: Duration = Duration::from_secs(24 * 3_600);

async fn token(site: &Site, scopes: BTreeSet<TokenScope>) -> Secret {
    let until = site.now().after(DAY);
    site.engine
        .create_token(&site.carol, "laptop", scopes, until)
        .await
        .unwrap()
}

on_both! {
    async fn a_token_says_whose_it_is_and_what_it_opens(site: Site) {
        let scopes = BTreeSet::from([TokenScope::Read, TokenScope::Freeze]);
        let token = token(&site, scopes.clone()).await;
        assert_eq!(site.engine.authenticate_token(&token).await.unwrap(), (site.carol.clone(), scopes));
        let guess = site.engine.authenticate_token(&secret("lethe_00")).await;
        assert!(matches!(guess, Err(Error::WrongCredentials)), "{guess:?}");
    }

    async fn the_command_line_needs_a_token_without_limits(site: Site) {
        let limited = token(&site, [TokenScope::Read].into()).await;
        assert!(matches!(site.engine.authenticate(&Credentials::Token(limited)).await, Err(Error::NotNow(_))));
        let whole = token(&site, TokenScope::all()).await;
        assert_eq!(site.engine.authenticate(&Credentials::Token(whole)).await.unwrap(), site.carol);
    }

    async fn a_token_ends(site: Site) {
        let token = token(&site, TokenScope::all()).await;
        site.wait(24 * 60);
        assert!(matches!(site.engine.authenticate_token(&token).await, Err(Error::WrongCredentials)));
        for until in [site.now(), site.now().after(DAY * 400)] {
            let refused = site.engine.create_token(&site.carol, "laptop", TokenScope::all(), until).await;
            assert!(matches!(&refused, Err(Error::Invalid { field, .. }) if field == "expires_at"), "{refused:?}");
        }
        let nothing = site.engine.create_token(&site.carol, "laptop", BTreeSet::new(), site.now().after(DAY)).await;
        assert!(matches!(&nothing, Err(Error::Invalid { field, .. }) if field == "scopes"), "{nothing:?}");
    }

    async fn its_use_is_written_down_once_a_minute_and_not_logged(site: Site) {
        let token = token(&site, TokenScope::all()).await;
        let used = async || site.engine.tokens(&site.carol).await.unwrap()[0].last_used_at;
        assert_eq!(used().await, None);
        site.engine.authenticate_token(&token).await.unwrap();
        let first = used().await;
        assert!(first.is_some());
        site.engine.authenticate_token(&token).await.unwrap();
        assert_eq!(used().await, first);
        site.wait(1);
        site.engine.authenticate_token(&token).await.unwrap();
        assert!(used().await > first);
        assert_eq!(site.logged(&site.carol).await, ["person.created", "token.created"]);
    }

    async fn a_token_is_revoked_by_its_owner_or_an_administrator(site: Site) {
        let (one, other) = (token(&site, TokenScope::all()).await, token(&site, TokenScope::all()).await);
        let name = |token: &Secret| Digest::of(token.reveal().as_bytes());
        site.engine.revoke_token(&site.carol, name(&one)).await.unwrap();
        assert!(matches!(site.engine.authenticate_token(&one).await, Err(Error::WrongCredentials)));
        let again = site.engine.revoke_token(&site.carol, name(&one)).await;
        assert!(matches!(again, Err(Error::NotFound(_))), "{again:?}");
        let carol = site.carol.person().unwrap();
        assert_eq!(site.engine.tokens_of(&site.adam, carol).await.unwrap().len(), 1);
        site.engine.revoke_token(&site.adam, name(&other)).await.unwrap();
        assert!(site.engine.tokens(&site.carol).await.unwrap().is_empty());
    }

    async fn what_others_have_is_not_found(site: Site) {
        let until = site.now().after(DAY);
        let adams = site.engine.create_token(&site.adam, "desk", TokenScope::all(), until).await.unwrap();
        let refused = site.engine.revoke_token(&site.carol, Digest::of(adams.reveal().as_bytes())).await;
        assert!(matches!(refused, Err(Error::NotFound(_))), "{refused:?}");
        let adam = site.adam.person().unwrap();
        assert!(matches!(site.engine.tokens_of(&site.carol, adam).await, Err(Error::Denied(_))));
        assert!(site.engine.tokens(&site.carol).await.unwrap().is_empty());
    }
}
