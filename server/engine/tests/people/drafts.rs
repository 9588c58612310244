//! Forms that were refused.

use domain::digest::Digest;
use engine::Error;
use engine::people::Holder;

on_both! {
    async fn a_form_is_opened_by_the_session_that_kept_it_for_a_quarter_of_an_hour(site: Site) {
        let [one, other] = [b"one", b"two"].map(|name| Holder::Session(Digest::of(name)));
        let browser = Holder::Browser(Digest::of(b"one"));
        let id = site.engine.keep_draft(one, b"matter=Smith").await.unwrap();
        let open = async |holder| site.engine.open_draft(&id, holder).await.unwrap();
        assert_eq!(id.len(), 32);
        assert_eq!(open(one).await.as_deref(), Some(&b"matter=Smith"[..]));
        assert_eq!((open(other).await, open(browser).await), (None, None));
        site.wait(15);
        assert_eq!(open(one).await, None);
    }

    async fn a_form_of_somebody_without_a_session_is_opened_by_the_same_browser(site: Site) {
        let [one, other] = [b"one", b"two"].map(|cookie| Holder::Browser(Digest::of(cookie)));
        let id = site.engine.keep_draft(one, b"email=ada").await.unwrap();
        let open = async |holder| site.engine.open_draft(&id, holder).await.unwrap();
        assert_eq!(open(one).await.as_deref(), Some(&b"email=ada"[..]));
        assert_eq!(open(other).await, None);
        assert_eq!(open(Holder::Session(Digest::of(b"one"))).await, None);
        assert_eq!(site.engine.open_draft("00112233", one).await.unwrap(), None);
    }

    async fn what_is_taken_is_gone(site: Site) {
        let [one, other] = [b"one", b"two"].map(|name| Holder::Session(Digest::of(name)));
        let id = site.engine.keep_draft(one, b"token").await.unwrap();
        assert_eq!(site.engine.take_draft(&id, other).await.unwrap(), None);
        assert_eq!(site.engine.take_draft(&id, one).await.unwrap().as_deref(), Some(&b"token"[..]));
        assert_eq!(site.engine.take_draft(&id, one).await.unwrap(), None);
        assert_eq!(site.engine.open_draft(&id, one).await.unwrap(), None);
    }

    async fn a_session_keeps_no_more_than_its_newest_forms(site: Site) {
        let [one, other] = [b"one", b"two"].map(|name| Holder::Session(Digest::of(name)));
        let others = site.engine.keep_draft(other, b"mine").await.unwrap();
        let mut kept = Vec::new();
        for number in 0..52_u8 {
            kept.push(site.engine.keep_draft(one, &[number]).await.unwrap());
            site.clock.advance(std::time::Duration::from_secs(1));
        }
        let mut found = Vec::new();
        for id in &kept {
            found.push(site.engine.open_draft(id, one).await.unwrap().is_some());
        }
        assert_eq!(found[..3], [false, false, true]);
        assert_eq!(found.iter().filter(|found| **found).count(), 50);
        assert!(site.engine.open_draft(&others, other).await.unwrap().is_some());
    }

    async fn a_form_that_is_too_long_is_not_kept(site: Site) {
        let holder = Holder::Session(Digest::of(b"one"));
        let refused = site.engine.keep_draft(holder, &vec![b'x'; 300_000]).await;
        assert!(matches!(refused, Err(Error::Invalid { .. })), "{refused:?}");
    }
}
