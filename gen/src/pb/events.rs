// @generated from the event options of proto/.

impl sv_kernel::Event for crate::pb::streamverse::admin::v1::AuditRecord {
    const TOPIC: &'static str = "audit.recorded";
    const CLEANUP: sv_kernel::Cleanup = sv_kernel::Cleanup::Retain(std::time::Duration::from_hours(30 * 24));
}

impl sv_kernel::Event for crate::pb::streamverse::content::v1::CollectionChanged {
    const TOPIC: &'static str = "collection.changed";
    const CLEANUP: sv_kernel::Cleanup = sv_kernel::Cleanup::Compact;
}

impl sv_kernel::Versioned for crate::pb::streamverse::content::v1::CollectionChanged {
    fn key(&self) -> &str {
        &self.collection_id
    }

    fn version(&self) -> i64 {
        self.version.into()
    }
}

impl sv_kernel::Event for crate::pb::streamverse::content::v1::ContentChanged {
    const TOPIC: &'static str = "content.changed";
    const CLEANUP: sv_kernel::Cleanup = sv_kernel::Cleanup::Compact;
}

impl sv_kernel::Versioned for crate::pb::streamverse::content::v1::ContentChanged {
    fn key(&self) -> &str {
        &self.content_id
    }

    fn version(&self) -> i64 {
        self.version.into()
    }
}

impl sv_kernel::Event for crate::pb::streamverse::content::v1::PersonChanged {
    const TOPIC: &'static str = "person.changed";
    const CLEANUP: sv_kernel::Cleanup = sv_kernel::Cleanup::Compact;
}

impl sv_kernel::Versioned for crate::pb::streamverse::content::v1::PersonChanged {
    fn key(&self) -> &str {
        &self.person_id
    }

    fn version(&self) -> i64 {
        self.version.into()
    }
}

impl sv_kernel::Event for crate::pb::streamverse::content::v1::PlaylistChanged {
    const TOPIC: &'static str = "playlist.changed";
    const CLEANUP: sv_kernel::Cleanup = sv_kernel::Cleanup::Compact;
}

impl sv_kernel::Versioned for crate::pb::streamverse::content::v1::PlaylistChanged {
    fn key(&self) -> &str {
        &self.playlist_id
    }

    fn version(&self) -> i64 {
        self.version.into()
    }
}

impl sv_kernel::Event for crate::pb::streamverse::livetv::v1::AiringChanged {
    const TOPIC: &'static str = "livetv.airing.changed";
    const CLEANUP: sv_kernel::Cleanup = sv_kernel::Cleanup::Compact;
}

impl sv_kernel::Versioned for crate::pb::streamverse::livetv::v1::AiringChanged {
    fn key(&self) -> &str {
        &self.channel_id
    }

    fn version(&self) -> i64 {
        self.version.into()
    }
}

impl sv_kernel::Event for crate::pb::streamverse::livetv::v1::ChannelChanged {
    const TOPIC: &'static str = "livetv.channel.changed";
    const CLEANUP: sv_kernel::Cleanup = sv_kernel::Cleanup::Compact;
}

impl sv_kernel::Versioned for crate::pb::streamverse::livetv::v1::ChannelChanged {
    fn key(&self) -> &str {
        &self.channel_id
    }

    fn version(&self) -> i64 {
        self.version.into()
    }
}

impl sv_kernel::Event for crate::pb::streamverse::livetv::v1::GuideChanged {
    const TOPIC: &'static str = "livetv.guide.changed";
    const CLEANUP: sv_kernel::Cleanup = sv_kernel::Cleanup::Retain(std::time::Duration::from_hours(7 * 24));
}

impl sv_kernel::Versioned for crate::pb::streamverse::livetv::v1::GuideChanged {
    fn key(&self) -> &str {
        &self.channel_id
    }

    fn version(&self) -> i64 {
        self.version.into()
    }
}

impl sv_kernel::Event for crate::pb::streamverse::payments::v1::PaymentChanged {
    const TOPIC: &'static str = "payment.changed";
    const CLEANUP: sv_kernel::Cleanup = sv_kernel::Cleanup::Retain(std::time::Duration::from_hours(7 * 24));
}

impl sv_kernel::Versioned for crate::pb::streamverse::payments::v1::PaymentChanged {
    fn key(&self) -> &str {
        &self.payment_id
    }

    fn version(&self) -> i64 {
        self.version.into()
    }
}

impl sv_kernel::Event for crate::pb::streamverse::rights::v1::CouponRedeemed {
    const TOPIC: &'static str = "coupon.redeemed";
    const CLEANUP: sv_kernel::Cleanup = sv_kernel::Cleanup::Retain(std::time::Duration::from_hours(7 * 24));
}

impl sv_kernel::Event for crate::pb::streamverse::rights::v1::OrderChanged {
    const TOPIC: &'static str = "order.changed";
    const CLEANUP: sv_kernel::Cleanup = sv_kernel::Cleanup::Retain(std::time::Duration::from_hours(7 * 24));
}

impl sv_kernel::Event for crate::pb::streamverse::rights::v1::SubscriptionActivated {
    const TOPIC: &'static str = "subscription.activated";
    const CLEANUP: sv_kernel::Cleanup = sv_kernel::Cleanup::Retain(std::time::Duration::from_hours(7 * 24));
}

impl sv_kernel::Event for crate::pb::streamverse::rights::v1::SubscriptionCancelled {
    const TOPIC: &'static str = "subscription.cancelled";
    const CLEANUP: sv_kernel::Cleanup = sv_kernel::Cleanup::Retain(std::time::Duration::from_hours(7 * 24));
}

impl sv_kernel::Event for crate::pb::streamverse::rights::v1::SubscriptionEnded {
    const TOPIC: &'static str = "subscription.ended";
    const CLEANUP: sv_kernel::Cleanup = sv_kernel::Cleanup::Retain(std::time::Duration::from_hours(7 * 24));
}

impl sv_kernel::Event for crate::pb::streamverse::rights::v1::SubscriptionPastDue {
    const TOPIC: &'static str = "subscription.past.due";
    const CLEANUP: sv_kernel::Cleanup = sv_kernel::Cleanup::Retain(std::time::Duration::from_hours(7 * 24));
}

impl sv_kernel::Event for crate::pb::streamverse::rights::v1::SubscriptionPlanChanged {
    const TOPIC: &'static str = "subscription.plan.changed";
    const CLEANUP: sv_kernel::Cleanup = sv_kernel::Cleanup::Retain(std::time::Duration::from_hours(7 * 24));
}

impl sv_kernel::Event for crate::pb::streamverse::streaming::v1::ContentUploaded {
    const TOPIC: &'static str = "content.uploaded";
    const CLEANUP: sv_kernel::Cleanup = sv_kernel::Cleanup::Retain(std::time::Duration::from_hours(7 * 24));
}

impl sv_kernel::Event for crate::pb::streamverse::streaming::v1::PlaybackEvent {
    const TOPIC: &'static str = "playback.events";
    const CLEANUP: sv_kernel::Cleanup = sv_kernel::Cleanup::Retain(std::time::Duration::from_hours(7 * 24));
}

impl sv_kernel::Event for crate::pb::streamverse::users::v1::ProfileDeleted {
    const TOPIC: &'static str = "profile.deleted";
    const CLEANUP: sv_kernel::Cleanup = sv_kernel::Cleanup::Retain(std::time::Duration::from_hours(7 * 24));
}

impl sv_kernel::Event for crate::pb::streamverse::users::v1::TitleRated {
    const TOPIC: &'static str = "title.rated";
    const CLEANUP: sv_kernel::Cleanup = sv_kernel::Cleanup::Retain(std::time::Duration::from_hours(7 * 24));
}

impl sv_kernel::Versioned for crate::pb::streamverse::users::v1::TitleRated {
    fn key(&self) -> &str {
        &self.content_id
    }

    fn version(&self) -> i64 {
        self.version.into()
    }
}

impl sv_kernel::Event for crate::pb::streamverse::users::v1::UserChanged {
    const TOPIC: &'static str = "user.changed";
    const CLEANUP: sv_kernel::Cleanup = sv_kernel::Cleanup::Retain(std::time::Duration::from_hours(7 * 24));
}

impl sv_kernel::Versioned for crate::pb::streamverse::users::v1::UserChanged {
    fn key(&self) -> &str {
        &self.user_id
    }

    fn version(&self) -> i64 {
        self.version.into()
    }
}

impl sv_kernel::Event for crate::pb::streamverse::users::v1::UserRegistered {
    const TOPIC: &'static str = "user.registered";
    const CLEANUP: sv_kernel::Cleanup = sv_kernel::Cleanup::Retain(std::time::Duration::from_hours(7 * 24));
}
