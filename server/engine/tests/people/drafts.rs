//! Forms that were refused.

use domain::digest::Digest;
use engine::Error;

on_both! {
    async fn a_form_is_opened_by_the_session_that_kept_it_for_a_quarter_of_an_hour(site: Site) {
        let (one, other) = (Some(Digest::of(b"one")), Some(Digest::of(b"other")));
        let id = site.engine.keep_draft(one, b"matter=Smith").await.unwrap();
        let open = async |owner| site.engine.open_draft(&id, owner).await.unwrap();
        assert_eq!(id.len(), 32);
        assert_eq!(open(one).await.as_deref(), Some(&b"matter=Smith"[..]));
        assert_eq!((open(other).await, open(None).await), (None, None));
        site.wait(15);
        assert_eq!(open(one).await, None);
    }

    async fn a_form_of_somebody_without_a_session_is_opened_by_its_name_alone(site: Site) {
        let id = site.engine.keep_draft(None, b"email=ada").await.unwrap();
        assert_eq!(site.engine.open_draft(&id, None).await.unwrap().as_deref(), Some(&b"email=ada"[..]));
        assert_eq!(site.engine.open_draft(&id, Some(Digest::of(b"one"))).await.unwrap(), None);
        assert_eq!(site.engine.open_draft("00112233", None).await.unwrap(), None);
    }

    async fn a_form_that_is_too_long_is_not_kept(site: Site) {
        let refused = site.engine.keep_draft(None, &vec![b'x'; 300_000]).await;
        assert!(matches!(refused, Err(Error::Invalid { .. })), "{refused:?}");
    }
}
