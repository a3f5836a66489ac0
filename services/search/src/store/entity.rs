//! Rows.

/// A title, or the memory of one that is gone.
pub(super) mod title {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "titles")]
    pub(in crate::store) struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub tenant: String,
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: String,
        pub version: i64,
        pub live: bool,
        pub rank: f64,
        pub year: i64,
        pub payload: Vec<u8>,
    }

    #[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
    pub(in crate::store) enum Relation {}
    impl ActiveModelBehavior for ActiveModel {}
    impl sv_store::TenantTable for Entity {
        fn tenant() -> Column {
            Column::Tenant
        }
    }
}

/// A term by which a title is found.
pub(super) mod term {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "terms")]
    pub(in crate::store) struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub tenant: String,
        #[sea_orm(primary_key, auto_increment = false)]
        pub field: String,
        #[sea_orm(primary_key, auto_increment = false)]
        pub term: String,
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: String,
    }

    #[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
    pub(in crate::store) enum Relation {}
    impl ActiveModelBehavior for ActiveModel {}
    impl sv_store::TenantTable for Entity {
        fn tenant() -> Column {
            Column::Tenant
        }
    }
}

/// Two neighbouring characters of a term.
pub(super) mod gram {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "grams")]
    pub(in crate::store) struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub tenant: String,
        #[sea_orm(primary_key, auto_increment = false)]
        pub gram: String,
        #[sea_orm(primary_key, auto_increment = false)]
        pub term: String,
    }

    #[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
    pub(in crate::store) enum Relation {}
    impl ActiveModelBehavior for ActiveModel {}
    impl sv_store::TenantTable for Entity {
        fn tenant() -> Column {
            Column::Tenant
        }
    }
}

/// Something that editors say.
pub(super) mod tuning {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "tuning")]
    pub(in crate::store) struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub tenant: String,
        pub kind: String,
        /// What is there once for each tenant and kind.
        pub line: String,
        /// The message.
        pub document: Vec<u8>,
    }

    #[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
    pub(in crate::store) enum Relation {}
    impl ActiveModelBehavior for ActiveModel {}
    impl sv_store::TenantTable for Entity {
        fn tenant() -> Column {
            Column::Tenant
        }
    }
}

/// How often a tenant's editors have said something.
pub(super) mod tuning_version {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "tuning_versions")]
    pub(in crate::store) struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub tenant: String,
        pub version: i64,
    }

    #[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
    pub(in crate::store) enum Relation {}
    impl ActiveModelBehavior for ActiveModel {}
    impl sv_store::TenantTable for Entity {
        fn tenant() -> Column {
            Column::Tenant
        }
    }
}

/// How far something has come. Of no tenant: it tells about the process.
pub(super) mod progress {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "progress")]
    pub(in crate::store) struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub name: String,
        pub indexed_at: i64,
    }

    #[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
    pub(in crate::store) enum Relation {}
    impl ActiveModelBehavior for ActiveModel {}
}
