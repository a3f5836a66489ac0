//! Clocks of tenants that can be put on while the program runs, for tests of what takes months (X-PAY-8).

use std::{
    collections::BTreeMap,
    sync::{Arc, PoisonError, RwLock},
    time::Duration,
};

use crate::{Clock, Doubt, Tenant, Timestamp};

/// One clock for each tenant, each ahead of a common one by what it was put on. They go on from there, and never go
/// back. Cheap to clone: all clones are the same clocks.
#[derive(Clone, Debug)]
pub struct TestClocks {
    base: Arc<dyn Clock>,
    ahead: Arc<RwLock<BTreeMap<Tenant, Duration>>>,
}

impl TestClocks {
    /// Makes clocks that all show what `base` does.
    pub fn on(base: Arc<dyn Clock>) -> Self {
        Self {
            base,
            ahead: Arc::default(),
        }
    }

    /// Says by how much the clock of a tenant is ahead.
    pub fn ahead(&self, tenant: &Tenant) -> Duration {
        let all = self.ahead.read().unwrap_or_else(PoisonError::into_inner);
        all.get(tenant).copied().unwrap_or_default()
    }

    /// Puts the clock of a tenant on, unless it is ahead by as much already.
    pub fn set_ahead(&self, tenant: &Tenant, by: Duration) {
        let mut all = self.ahead.write().unwrap_or_else(PoisonError::into_inner);
        let ahead = all.entry(tenant.clone()).or_default();
        *ahead = by.max(*ahead);
    }
}

impl Clock for TestClocks {
    /// What clocks show that nobody has put on.
    fn now(&self) -> Timestamp {
        self.base.now()
    }

    fn doubt(&self) -> Option<Doubt> {
        self.base.doubt()
    }

    fn of_tenant(&self, tenant: &Tenant) -> Option<Arc<dyn Clock>> {
        Some(Arc::new(TenantClock {
            all: self.clone(),
            tenant: tenant.clone(),
        }))
    }

    fn advanced(&self) -> Vec<(Tenant, Timestamp)> {
        let now = self.base.now();
        let all = self.ahead.read().unwrap_or_else(PoisonError::into_inner);
        let shown = all.iter().map(|(tenant, by)| (tenant.clone(), now + *by));
        shown.collect()
    }
}

/// The clock of one tenant.
#[derive(Debug)]
struct TenantClock {
    all: TestClocks,
    tenant: Tenant,
}

impl Clock for TenantClock {
    fn now(&self) -> Timestamp {
        self.all.base.now() + self.ahead()
    }

    fn ahead(&self) -> Duration {
        self.all.ahead(&self.tenant)
    }

    fn doubt(&self) -> Option<Doubt> {
        self.all.doubt()
    }

    fn of_tenant(&self, tenant: &Tenant) -> Option<Arc<dyn Clock>> {
        self.all.of_tenant(tenant)
    }

    fn advanced(&self) -> Vec<(Tenant, Timestamp)> {
        self.all.advanced()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Ctx, MovableClock, SeededEntropy, clock_of};

    #[test]
    fn each_tenant_has_its_own_time_which_only_goes_on() {
        let real = Arc::new(MovableClock::at(Timestamp::from_secs(100)));
        let clocks = TestClocks::on(real.clone());
        let shared: Arc<dyn Clock> = Arc::new(clocks.clone());
        let (acme, other) = (Tenant::parse("acme").unwrap(), Tenant::default());
        let of_acme = clock_of(&shared, &acme);
        clocks.set_ahead(&acme, Duration::from_secs(50));
        clocks.set_ahead(&acme, Duration::from_secs(20));
        assert_eq!(of_acme.now(), Timestamp::from_secs(150));
        assert_eq!(of_acme.ahead(), Duration::from_secs(50));
        assert_eq!(shared.ahead(), Duration::ZERO);
        assert_eq!(clock_of(&shared, &other).now(), Timestamp::from_secs(100));
        real.advance(Duration::from_secs(1));
        assert_eq!(
            shared.advanced(),
            [(acme.clone(), Timestamp::from_secs(151))]
        );

        // A context has the clock of its tenant, whose ever it was made from.
        let entropy = Arc::new(SeededEntropy::new(1));
        let background = Ctx::background("rights", shared, entropy);
        assert_eq!(background.now(), Timestamp::from_secs(101));
        let acmes = background.for_tenant(acme);
        assert_eq!(acmes.now(), Timestamp::from_secs(151));
        assert_eq!(acmes.real_now(), Timestamp::from_secs(101));
        assert_eq!(acmes.for_tenant(other).now(), Timestamp::from_secs(101));
    }
}
