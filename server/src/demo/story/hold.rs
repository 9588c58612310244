//! Two holds and a duty are placed; later one hold is released by two people.

use std::io::Write;

use domain::actor::Denied;
use domain::hold::{Basis, Disclosure, Ground};
use domain::id::HoldId;
use domain::inventory::{Slug, SystemName};
use domain::request::{Aside, ErasureRequest, Stage};
use domain::scope::{DateRange, TenantScope};
use domain::time::{Date, days_later};
use engine::Error;
use engine::holds::{NewHold, NewScope};
use engine::reading::holds::HoldSeen;
use samples::AURORA;

use super::super::DemoError;
use super::super::organisation::{COOLING_OFF, ZONE, key};
use super::super::teller::Teller;
use super::{RELEASES_AFTER, SECOND_AFTER, Story, words};

impl Story<'_> {
    /// A court's order over everything, a regulator's demand over a year of one system, a contract's duty over a category.
    /// Gives the first.
    pub(super) async fn place_holds<W: Write>(&self, teller: &mut Teller<W>) -> Result<HoldId, DemoError> {
        let (engine, counsel) = (self.engine(), &self.world.people.counsel);
        teller.chapter("The hold register")?;
        self.show_time(teller);
        let today = engine.now().date_in(ZONE).map_err(Error::from)?;
        let dispute = engine.place_hold(&counsel.actor, dispute(today)?).await?;
        teller.act(&format!(
            "{counsel} places a hold on everything of {}: {}.",
            AURORA.key, dispute.matter
        ))?;
        let audit = engine.place_hold(&counsel.actor, tax_audit(today)?).await?;
        teller.act(&format!(
            "{counsel} places a hold on what billing made in 2025: {}.",
            audit.matter
        ))?;
        let until = days_later(today, 89).map_err(Error::from)?;
        let title = "audit trail, 90 days after the contract";
        let (systems, categories) = ([system("crm")?].into(), ["audit".to_owned()].into());
        let scope = NewScope {
            systems,
            categories,
            ..everything()?
        };
        let duty = engine
            .record_duty(&counsel.actor, title, Ground::LegalClaims, scope, until)
            .await?;
        teller.act(&format!(
            "{counsel} records a duty to keep the {}, until {}.",
            duty.title, duty.until
        ))?;
        self.run_due().await?;
        for hold in [&dispute, &audit] {
            let seen = self.hold(hold.id).await?;
            teller.saw(
                seen.state == "in_force",
                &format!(
                    "nothing it covers is in flight, so the hold of {} is in force",
                    hold.authority
                ),
            )?;
        }
        Ok(dispute.id)
    }

    /// Two people release the hold; after the cooling-off the request goes on by itself.
    pub(super) async fn release<W: Write>(
        &self,
        teller: &mut Teller<W>,
        hold: HoldId,
        request: &ErasureRequest,
    ) -> Result<(), DemoError> {
        let (engine, people) = (self.engine(), &self.world.people);
        teller.chapter("Two people release the hold, and the request goes on by itself")?;
        self.pass(teller, RELEASES_AFTER, "the parties settle")?;
        let proposed = engine
            .release_hold(
                &people.counsel.actor,
                hold,
                "settled on 12 March, notice of the court",
            )
            .await?;
        teller.act(&format!("{} asks for the release.", people.counsel))?;
        teller.saw(
            proposed.stands(),
            "one person is not enough: the hold still stands",
        )?;
        let alone = engine
            .release_hold(&people.counsel.actor, hold, "to be quicker")
            .await;
        let refused = matches!(alone, Err(Error::Denied(Denied::SamePerson { .. })));
        teller.saw(
            refused,
            &format!(
                "{} tries to be the second person too, and is refused",
                people.counsel.name
            ),
        )?;
        self.pass(teller, SECOND_AFTER, "a second person reads the notice")?;
        let released = engine
            .release_hold(&people.second_counsel.actor, hold, "notice of the court checked")
            .await?;
        teller.act(&format!("{} confirms the release.", people.second_counsel))?;
        self.run_due().await?;
        let waiting = self.look(request.id).await?;
        let cooling = matches!(
            waiting.aside,
            Some(Aside::OnHold {
                resumes_at: Some(_),
                ..
            })
        ) && waiting.plan.is_none();
        let text = format!(
            "the hold has ended, but for {} the release can be taken back: still nothing is planned",
            words(COOLING_OFF)
        );
        teller.saw(!released.stands() && cooling, &text)?;
        self.pass(teller, COOLING_OFF, "the cooling-off")?;
        self.run_due().await?;
        let resumed = self.look(request.id).await?;
        let on_its_own = resumed.stage == Stage::Planned && resumed.aside.is_none();
        let text = format!(
            "nobody did anything, and the request is {}; its deadline is still {}",
            resumed.state_word(),
            resumed.due_on
        );
        teller.saw(on_its_own && resumed.due_on == request.due_on, &text)
    }

    /// A hold as the register shows it to whoever keeps it.
    async fn hold(&self, id: HoldId) -> Result<HoldSeen, DemoError> {
        let counsel = &self.world.people.counsel.actor;
        Ok(self.engine().hold(counsel, id).await?.hold)
    }
}

/// All records of the tenant.
fn everything() -> Result<NewScope, DemoError> {
    Ok(NewScope {
        tenant: TenantScope::One(key(&AURORA)?),
        subject: Vec::new(),
        systems: [].into(),
        categories: [].into(),
        created: None,
    })
}

fn system(name: &str) -> Result<SystemName, DemoError> {
    Slug::parse(name).map_err(|error| DemoError::setup("the name of a system")(&error))
}

fn dispute(today: Date) -> Result<NewHold, DemoError> {
    Ok(NewHold {
        matter: "Nordpak A/S v. Aurora Fjordlogistik GmbH, 2026/114 COM".into(),
        authority: "High Court, Dublin".into(),
        basis: Basis::CourtOrder,
        ground: Ground::LegalClaims,
        scope: everything()?,
        custodian: "Nora Quinn".into(),
        starts_on: today,
        review_on: days_later(today, 90).map_err(Error::from)?,
        disclosure: Disclosure::Neutral("a legal reason that may not be named".into()),
    })
}

fn tax_audit(today: Date) -> Result<NewHold, DemoError> {
    let day = |text: &str| domain::time::parse_date(text).map_err(Error::from);
    let created = Some(DateRange {
        from: Some(day("2025-01-01")?),
        until: Some(day("2025-12-31")?),
    });
    Ok(NewHold {
        matter: "Tax audit of 2025, file 88-2025".into(),
        authority: "Revenue Commissioners".into(),
        basis: Basis::Regulator,
        ground: Ground::LegalObligation,
        scope: NewScope {
            systems: [system("billing")?].into(),
            created,
            ..everything()?
        },
        custodian: "Tomás Ferreira".into(),
        starts_on: today,
        review_on: days_later(today, 90).map_err(Error::from)?,
        disclosure: Disclosure::Ground,
    })
}
