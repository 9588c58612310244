//! Who issues, whether mail works, and calls that are repeated.

use std::time::Duration;

use domain::certificate::Claims;
use domain::digest::Digest;
use domain::mail::MailKind;
use engine::issuer::Logo;
use engine::replies::{Recalled, Reply};
use engine::{Error, Issuer};

use super::is_denied;
use crate::world::{Kind, World};

fn renamed() -> Issuer {
    Issuer {
        name: "Northwind Holding plc".into(),
        role: "controller".into(),
        address: vec!["1 Quay".into()],
        dpo_contact: "privacy@northwind.example".into(),
    }
}

/// One pixel.
fn png() -> Vec<u8> {
    b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01\0\0\0\x01\x08\x06\0\0\0\x1f\x15\xc4\x89\0\0\0\rIDATx\x9cc\x10\xb1\xa9\xf8\x0f\0\x02\xf8\x01\xc8\xf4\xed m\0\0\0\0IEND\xaeB`\x82".to_vec()
}

journeys! {
    /// What is stored goes over what was configured, from then on, and certificates say it.
    async fn the_stored_issuer_is_certified(world: World) {
        let (administrator, tenant) = (&world.people.administrator, &world.people.tenant);
        assert_eq!(world.engine.issuer(tenant).await.unwrap().name, "Northwind Software Ltd");
        for other in [tenant, &world.people.counsel, &world.people.operator, &world.people.auditor] {
            is_denied(world.engine.set_issuer(other, renamed(), Logo::Keep).await);
        }
        let mut altered = png();
        altered[45] ^= 1;
        let broken = world.engine.set_issuer(administrator, renamed(), Logo::Set(altered)).await;
        assert!(matches!(broken, Err(Error::Invalid { field, .. }) if field == "logo"));
        let broken = world.engine.set_issuer(administrator, renamed(), Logo::Set(b"GIF89a".to_vec())).await;
        assert!(matches!(&broken, Err(Error::Invalid { field, .. }) if field == "logo"), "{broken:?}");
        world.engine.set_issuer(administrator, renamed(), Logo::Set(png())).await.unwrap();
        assert_eq!(world.engine.issuer(tenant).await.unwrap(), renamed());
        assert_eq!(world.engine.issuer_logo().await.unwrap(), Some(png()));
        world.engine.set_issuer(&world.people.officer, renamed(), Logo::Keep).await.unwrap();
        assert_eq!(world.engine.issuer_logo().await.unwrap(), Some(png()));
        world.engine.set_issuer(administrator, renamed(), Logo::Remove).await.unwrap();
        assert_eq!(world.engine.issuer_logo().await.unwrap(), None);

        let id = world.verified().await;
        world.spot_check(id).await;
        let record = world.certify(id).await;
        world.run_jobs().await;
        let (_, statement, _) = world.engine.certificate(tenant, record.id).await.unwrap();
        let claims = Claims::parse(&statement.unwrap().bytes).unwrap();
        assert_eq!((claims.issuer.name.as_str(), claims.issuer.role.as_str()), ("Northwind Holding plc", "controller"));
        assert_eq!(world.engine.public_status(&record.code).await.unwrap().unwrap().issuer, "Northwind Holding plc");
    }

    /// A test mail goes to whoever asks for it, by the way that all mails go.
    async fn a_test_mail_goes_to_oneself(world: World) {
        let administrator = &world.people.administrator;
        is_denied(world.engine.send_test_mail(&world.people.tenant).await);
        let id = world.engine.send_test_mail(administrator).await.unwrap();
        assert_eq!(world.engine.mail(administrator, id).await.unwrap().sent_at, None);
        world.run_ready().await;
        let mail = world.engine.mail(administrator, id).await.unwrap();
        assert_eq!((mail.to.as_str(), mail.sent_at.is_some()), ("adam@lethe.example", true));
        assert_eq!(world.mails.sent(MailKind::Test), 1);
    }

    /// The same call twice is made once; the key of one caller is none of another's.
    async fn a_repeated_call_gets_the_same_answer(world: World) {
        let (tina, sven) = (&world.people.tenant, &world.people.stranger);
        let asked = Digest::of(b"POST /requests acme");
        let recall = async |actor, key, asked| world.engine.recall(actor, key, asked).await;
        let reply = Reply { status: 201, location: Some("/requests/1".into()), body: b"{}".to_vec() };
        assert_eq!(recall(tina, "k-1", asked).await.unwrap(), Recalled::New);
        assert_eq!(recall(tina, "k-1", asked).await.unwrap(), Recalled::AtWork);
        world.engine.remember(tina, "k-1", &reply).await.unwrap();
        assert_eq!(recall(tina, "k-1", asked).await.unwrap(), Recalled::Answered(reply.clone()));
        let other = recall(tina, "k-1", Digest::of(b"another")).await;
        assert!(matches!(other, Err(Error::Invalid { .. })), "{other:?}");
        assert_eq!(recall(sven, "k-1", asked).await.unwrap(), Recalled::New);

        // Refused, and asked better under the same key.
        world.engine.forget(sven, "k-1").await.unwrap();
        assert_eq!(recall(sven, "k-1", Digest::of(b"better")).await.unwrap(), Recalled::New);
        // Its process died.
        world.clock.advance(Duration::from_secs(301));
        assert_eq!(recall(sven, "k-1", Digest::of(b"better")).await.unwrap(), Recalled::New);
        world.clock.advance(Duration::from_secs(24 * 3600));
        assert_eq!(recall(tina, "k-1", asked).await.unwrap(), Recalled::New);
        for bad in ["", "with space", "\u{e4}", &"x".repeat(256)] {
            let refused = recall(tina, bad, asked).await;
            assert!(matches!(refused, Err(Error::Invalid { .. })), "{bad}");
        }
    }
}
