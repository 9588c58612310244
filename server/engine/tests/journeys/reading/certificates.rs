//! Certificates: lists, codes, and what everybody may know.

use domain::port::reading::CertificateFilter;

use super::is_not_found;
use crate::world::{Kind, World};

journeys! {
    /// From certified to issued: the tenant learns of it when it is issued; strangers learn issuer, state and dates.
    async fn a_certificate_is_public_once_it_is_issued(world: World) {
        let id = world.verified().await;
        world.spot_check(id).await;
        let record = world.certify(id).await;
        let (tenant, auditor) = (&world.people.tenant, &world.people.auditor);
        let all = CertificateFilter::default;

        is_not_found(world.engine.certificate(tenant, record.id).await);
        is_not_found(world.engine.certificate_by_code(tenant, &record.code).await);
        assert!(world.engine.certificates_of(tenant, id).await.unwrap().is_empty());
        assert!(world.engine.certificate_page(tenant, all()).await.unwrap().rows.is_empty());
        let drafts = CertificateFilter { states: ["draft".to_owned()].into(), ..all() };
        assert!(world.engine.certificate_page(tenant, drafts.clone()).await.unwrap().rows.is_empty());
        assert_eq!(world.engine.certificate_page(auditor, drafts).await.unwrap().rows.len(), 1);
        assert!(world.engine.request_file(tenant, id).await.unwrap().certificates.is_empty());
        assert_eq!(world.engine.public_status(&record.code).await.unwrap(), None);

        world.run_jobs().await;
        let listed = world.engine.certificate_page(tenant, all()).await.unwrap().rows;
        assert_eq!((listed.len(), listed[0].record.id, listed[0].tenant_name.as_str()), (1, record.id, "Acme GmbH"));
        let typed = record.code.to_lowercase().replace('-', " ");
        assert_eq!(world.engine.certificate_by_code(tenant, &typed).await.unwrap().record.id, record.id);
        let found = CertificateFilter { text: Some(typed.clone()), ..all() };
        assert_eq!(world.engine.certificate_page(auditor, found).await.unwrap().rows.len(), 1);

        let by_code = world.engine.public_status(&typed).await.unwrap().unwrap();
        assert_eq!(world.engine.public_status(&record.id.to_string()).await.unwrap().as_ref(), Some(&by_code));
        assert_eq!((by_code.issuer.as_str(), by_code.state, by_code.drill), ("Northwind Software Ltd", "issued", false));
        let said = serde_json::to_string(&by_code).unwrap();
        for secret in ["acme", "Acme", "crm", "billing", &id.to_string(), &world.people.acme.to_string()] {
            assert!(!said.contains(secret), "{secret}: {said}");
        }
        for unknown in ["", "0000-0000-0000", "nonsense", &id.to_string(), "7K3M-9QXT-2VHU"] {
            assert_eq!(world.engine.public_status(unknown).await.unwrap(), None, "{unknown}");
        }
    }
}
