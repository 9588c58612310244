//! Retention duties (H6): recording one, and ending one before its last day.

use domain::actor::{Actor, Permission};
use domain::audit::Event;
use domain::hold::Ground;
use domain::id::DutyId;
use domain::retention::RetentionDuty;
use domain::time::Date;
use serde_json::json;

use crate::holds::NewScope;
use crate::{Engine, Error};

impl Engine {
    /// Records a duty of contract or statute to keep data until a date (H6).
    pub async fn record_duty(
        &self,
        actor: &Actor,
        title: &str,
        ground: Ground,
        scope: NewScope,
        until: Date,
    ) -> Result<RetentionDuty, Error> {
        actor.require(Permission::ManageDuties)?;
        let recorded_by = actor.person()?;
        let scope = self.scope(scope)?;
        let mut tx = self.ports.store.begin().await?;
        tx.fence_placement(&scope.tenant).await?;
        let now = self.now();
        let duty = RetentionDuty {
            id: DutyId::new(now, self.random()),
            title: title.trim().to_owned(),
            ground,
            scope,
            until,
            recorded_by,
            recorded_at: now,
            ended: None,
            version: 1,
        };
        tx.holds().insert_duty(&duty).await?;
        let details = json!({ "ground": ground, "until": until });
        self.log(
            &mut *tx,
            actor,
            Event::new("duty.recorded", format!("duty:{}", duty.id), details),
        )
        .await?;
        self.review_tenant(&mut *tx, &duty.scope.tenant, now).await?;
        tx.commit().await?;
        Ok(duty)
    }

    /// Ends a duty before its last day. What it alone kept is planned afresh after the cooling-off, and approved again.
    pub async fn end_duty(&self, actor: &Actor, id: DutyId, reason: &str) -> Result<RetentionDuty, Error> {
        actor.require(Permission::ManageDuties)?;
        let by = actor.person()?;
        if reason.trim().is_empty() {
            return Err(Error::invalid(
                "reason",
                "say why the data need not be kept any longer",
            ));
        }
        let now = self.now();
        let mut tx = self.ports.store.begin().await?;
        let duty = tx.holds().find_duty(id).await?;
        let duty = duty.ok_or(Error::NotFound("that duty"))?;
        let duty = duty.end(by, now, now.date_in(&self.policy.zone)?)?;
        tx.holds().update_duty(&duty).await?;
        let details = json!({ "reason": reason.trim(), "until": duty.until });
        self.log(
            &mut *tx,
            actor,
            Event::new("duty.ended", format!("duty:{id}"), details),
        )
        .await?;
        self.review_tenant(&mut *tx, &duty.scope.tenant, now).await?;
        tx.commit().await?;
        Ok(duty)
    }
}
