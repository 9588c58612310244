//! The issuer as its own people set it: over what the settings of the process say.

use domain::actor::{Actor, Permission};
use domain::audit::Event;
use domain::digest::Digest;
use domain::port::store::Tx;
use serde_json::json;

use crate::{Engine, Error, Issuer};

/// The setting that keeps the issuer (JSON).
const ISSUER: &str = "issuer";
/// The setting that keeps the logo (hex).
const LOGO: &str = "issuer_logo";
/// The largest logo, in bytes.
const LARGEST_LOGO: usize = 256 * 1024;
/// The largest width and height of a logo, in pixels.
const WIDEST_LOGO: u32 = 2_000;
/// The longest text of a field, in characters.
const LONGEST_TEXT: usize = 200;
/// The most lines of an address.
const MOST_LINES: usize = 8;

/// What happens to the logo.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Logo {
    /// It stays.
    Keep,
    /// There is none.
    Remove,
    /// These bytes, a PNG.
    Set(Vec<u8>),
}

impl Engine {
    /// The issuer in force: the stored one, else that of the settings. Everybody who is signed in may know.
    pub async fn issuer(&self, actor: &Actor) -> Result<Issuer, Error> {
        let any = [
            Permission::ReadAll,
            Permission::ReadOperations,
            Permission::ReadOwn,
        ];
        actor.require_any(&any)?;
        let mut tx = self.ports.store.read().await?;
        self.issuer_in(&mut *tx).await
    }

    /// The issuer's logo, a PNG: printed on public pages and on certificates.
    pub async fn issuer_logo(&self) -> Result<Option<Vec<u8>>, Error> {
        logo_in(&mut *self.ports.store.read().await?).await
    }

    /// Sets the issuer, from now on: certificates that are signed keep what they say.
    pub async fn set_issuer(&self, actor: &Actor, issuer: Issuer, logo: Logo) -> Result<(), Error> {
        actor.require(Permission::ManageIssuer)?;
        actor.person()?;
        let issuer = checked(issuer)?;
        if let Logo::Set(png) = &logo {
            check_png(png).map_err(|why| Error::invalid("logo", why))?;
            let press = self.ports.press.as_ref().ok_or(Error::NotEquipped("a press"))?;
            press
                .check_logo(png)
                .map_err(|refused| Error::invalid("logo", refused.to_string()))?;
        }
        let text = serde_json::to_string(&issuer).map_err(|error| Error::Broken(error.to_string()))?;
        let mut tx = self.ports.store.begin().await?;
        tx.settings().set_text(ISSUER, &text).await?;
        let digest = match &logo {
            Logo::Set(png) => Some(Digest::of(png)),
            Logo::Keep | Logo::Remove => None,
        };
        let details = json!({ "name": issuer.name, "role": issuer.role, "logo": digest,
            "logo_removed": logo == Logo::Remove });
        match logo {
            Logo::Keep => {}
            Logo::Remove => tx.settings().set_text(LOGO, "").await?,
            Logo::Set(png) => tx.settings().set_text(LOGO, &hex::encode(png)).await?,
        }
        self.log(&mut *tx, actor, Event::new("issuer.set", "issuer:self", details))
            .await?;
        Ok(tx.commit().await?)
    }

    pub(crate) async fn issuer_in(&self, tx: &mut dyn Tx) -> Result<Issuer, Error> {
        match tx.settings().text(ISSUER).await? {
            Some(text) => serde_json::from_str(&text).map_err(|_| Error::Broken("the stored issuer".into())),
            None => Ok(self.policy.issuer.clone()),
        }
    }
}

/// The logo, where there is one.
pub(crate) async fn logo_in(tx: &mut dyn Tx) -> Result<Option<Vec<u8>>, Error> {
    let text = tx.settings().text(LOGO).await?.filter(|text| !text.is_empty());
    text.map(|text| hex::decode(text).map_err(|_| Error::Broken("the stored logo".into())))
        .transpose()
}

/// Trims, and refuses what cannot stand on a certificate.
fn checked(issuer: Issuer) -> Result<Issuer, Error> {
    let line = |field: &str, text: &str| -> Result<String, Error> {
        let text = text.trim();
        if text.chars().any(char::is_control) {
            return Err(Error::invalid(field, "has characters that cannot be printed"));
        }
        match text.chars().count() {
            0 => Err(Error::invalid(field, "must not be empty")),
            length if length > LONGEST_TEXT => Err(Error::invalid(
                field,
                format!("has more than {LONGEST_TEXT} characters"),
            )),
            _ => Ok(text.to_owned()),
        }
    };
    if !matches!(issuer.role.as_str(), "controller" | "processor") {
        return Err(Error::invalid("role", "expected controller or processor"));
    }
    let lines = issuer.address.iter().filter(|text| !text.trim().is_empty());
    let address: Vec<String> = lines
        .map(|text| line("address", text))
        .collect::<Result<_, _>>()?;
    if !(1..=MOST_LINES).contains(&address.len()) {
        return Err(Error::invalid(
            "address",
            format!("expected 1 to {MOST_LINES} lines"),
        ));
    }
    Ok(Issuer {
        name: line("name", &issuer.name)?,
        role: issuer.role,
        address,
        dpo_contact: line("dpo_contact", &issuer.dpo_contact)?,
    })
}

/// Signature, header and end of a PNG, and its size: enough to refuse what is none.
fn check_png(png: &[u8]) -> Result<(), String> {
    if png.len() > LARGEST_LOGO {
        return Err(format!("the picture has more than {} kB", LARGEST_LOGO / 1024));
    }
    let none = || "the picture is no PNG".to_owned();
    let header = png
        .strip_prefix(b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR")
        .ok_or_else(none)?;
    let number = |at: usize| -> Option<u32> {
        let bytes: [u8; 4] = header.get(at..at + 4)?.try_into().ok()?;
        Some(u32::from_be_bytes(bytes))
    };
    let (width, height) = number(0).zip(number(4)).ok_or_else(none)?;
    if !png.ends_with(b"\0\0\0\0IEND\xaeB`\x82") {
        return Err("the picture is cut off".into());
    }
    let size = 1..=WIDEST_LOGO;
    match size.contains(&width) && size.contains(&height) {
        true => Ok(()),
        false => Err(format!(
            "the picture is {width} by {height} pixels: at most {WIDEST_LOGO} by {WIDEST_LOGO}"
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn png(width: u32, height: u32) -> Vec<u8> {
        let mut bytes = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR".to_vec();
        bytes.extend(width.to_be_bytes());
        bytes.extend(height.to_be_bytes());
        bytes.extend(b"\x08\x06\0\0\0....\0\0\0\0IEND\xaeB`\x82");
        bytes
    }

    #[test]
    fn a_picture_is_a_png_of_a_moderate_size() {
        assert_eq!(check_png(&png(2_000, 1)), Ok(()));
        for (width, height) in [(2_001, 1), (1, 2_001), (0, 1), (u32::MAX, u32::MAX)] {
            assert!(check_png(&png(width, height)).is_err(), "{width} {height}");
        }
        assert!(check_png(b"<svg onload=alert(1)>").is_err());
        assert!(check_png(&png(1, 1)[..30]).is_err());
        assert!(check_png(&[png(1, 1), vec![0; LARGEST_LOGO]].concat()).is_err());
    }

    #[test]
    fn an_issuer_has_a_name_and_an_address() {
        let good = Issuer {
            name: " Northwind ".into(),
            role: "processor".into(),
            address: vec!["12 Harbour Row".into(), "  ".into()],
            dpo_contact: "dpo@northwind.example".into(),
        };
        let kept = checked(good.clone()).unwrap();
        assert_eq!((kept.name.as_str(), kept.address.len()), ("Northwind", 1));
        for bad in [
            Issuer {
                name: " ".into(),
                ..good.clone()
            },
            Issuer {
                role: "owner".into(),
                ..good.clone()
            },
            Issuer {
                address: vec![" ".into()],
                ..good.clone()
            },
            Issuer {
                name: "a\nb".into(),
                ..good.clone()
            },
            Issuer {
                dpo_contact: "x".repeat(201),
                ..good
            },
        ] {
            assert!(checked(bad).is_err());
        }
    }
}
