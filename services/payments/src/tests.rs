//! Through the generated client, past the real stacks; the provider has books, or is the built-in one.

mod admin;
mod books;
mod charging;
mod commands;
mod events;
mod histories;
mod ledger;
mod refunding;
mod stripe;

use std::{collections::BTreeMap, sync::Arc};

use sea_orm::{ConnectionTrait as _, Statement};
use sv_boot::testing::Hosted;
use sv_kernel::{Ctx, Error};
use sv_proto::{
    options::Role,
    payments::{
        self as pb, payment_admin_service_client::PaymentAdminServiceClient,
        payment_service_client::PaymentServiceClient,
    },
};
use sv_rpc::{Transport, call, error, testing::Harness};
use sv_store::testing::TestDb;

use crate::{
    MIGRATIONS, NAME, Options, SERVICE,
    app::App,
    provider::{NoProvider, PaymentProvider, TestProvider},
    register,
};
use books::Books;

/// The service in a process in miniature.
struct TestApp {
    harness: Harness,
    app: App,
    books: Books,
    background: Ctx,
    db: TestDb,
    client: PaymentServiceClient<Transport>,
    admin: PaymentAdminServiceClient<Transport>,
    hosted: Hosted,
}

/// Which provider takes the payments.
#[derive(Clone, Copy)]
enum By {
    Books,
    BuiltIn,
    Nobody,
}

impl TestApp {
    /// One on each database under test, with a provider that has books.
    async fn all() -> Vec<Self> {
        Self::each(By::Books).await
    }

    async fn each(by: By) -> Vec<Self> {
        let mut apps = Vec::new();
        for db in TestDb::all(MIGRATIONS).await {
            apps.push(Self::on(db, by).await);
        }
        apps
    }

    async fn on(db: TestDb, by: By) -> Self {
        let harness = Harness::new(&[NAME]);
        let books = Books::default();
        let provider: Arc<dyn PaymentProvider> = match by {
            By::Books => Arc::new(books.clone()),
            By::BuiltIn => Arc::new(TestProvider::new(harness.env.business_clock.clone())),
            By::Nobody => Arc::new(NoProvider),
        };
        let (mut server, hosted) = Hosted::start(&harness, NAME, &db, &(SERVICE.topics)()).await;
        // The job runs when the test says so.
        let options = Options {
            job_period_seconds: 3_600,
            ..Options::default()
        };
        register(&mut server, &hosted, provider.clone(), &options);
        let app = App::new(&hosted, provider);
        harness.serve(server);
        let calling_as = |who: &str| harness.mesh.calling_as(who).client_transport(NAME).unwrap();
        Self {
            client: PaymentServiceClient::new(calling_as("rights")),
            admin: PaymentAdminServiceClient::new(calling_as("edge")),
            background: hosted.background(),
            harness,
            app,
            books,
            db,
            hosted,
        }
    }

    /// Somebody who reads the books, with a token made just now.
    fn reader(&self) -> Ctx {
        let user = self.harness.env.ids.next();
        self.harness.viewer(user, [Role::Support])
    }

    /// Makes a bill over 7.99 EUR.
    fn bill(&self, method: &str) -> pb::Bill {
        pb::Bill {
            payment_id: self.harness.env.ids.next::<pb::Bill>().to_string(),
            account_id: self.harness.env.ids.next::<pb::Bill>().to_string(),
            amount_minor: 799,
            currency: "EUR".into(),
            payment_method: method.into(),
            reference: "order/7".into(),
            description: "Alien".into(),
            off_session: false,
        }
    }

    async fn charge(&self, bill: &pb::Bill) -> Result<pb::ChargeResponse, Error> {
        let request = pb::ChargeRequest {
            bill: Some(bill.clone()),
        };
        let mut client = self.client.clone();
        let answer = client.charge(call(&self.background, request)).await;
        Ok(answer.map_err(error)?.into_inner())
    }

    /// Charges, and says where the payment stands then.
    async fn charged(&self, bill: &pb::Bill) -> pb::PaymentStatus {
        self.charge(bill).await.unwrap().payment.unwrap().status()
    }

    async fn confirm(&self, bill: &pb::Bill, secret: &str) -> Result<pb::Payment, Error> {
        let request = pb::ConfirmRequest {
            bill: Some(bill.clone()),
            client_secret: secret.into(),
        };
        let mut client = self.client.clone();
        let answer = client.confirm(call(&self.background, request)).await;
        Ok(answer.map_err(error)?.into_inner().payment.unwrap())
    }

    async fn cancel(&self, bill: &pb::Bill) -> Result<pb::PaymentStatus, Error> {
        let request = pb::CancelRequest {
            payment_id: bill.payment_id.clone(),
        };
        let mut client = self.client.clone();
        let answer = client.cancel(call(&self.background, request)).await;
        Ok(answer
            .map_err(error)?
            .into_inner()
            .payment
            .unwrap()
            .status())
    }

    async fn refund(&self, bill: &pb::Bill, provider_id: &str) -> Result<pb::PaymentStatus, Error> {
        let request = pb::RefundRequest {
            bill: Some(bill.clone()),
            provider_id: provider_id.into(),
        };
        let mut client = self.client.clone();
        let answer = client.refund(call(&self.background, request)).await;
        Ok(answer
            .map_err(error)?
            .into_inner()
            .payment
            .unwrap()
            .status())
    }

    /// Runs the job once.
    async fn job(&self) -> usize {
        self.app.settle_due(&self.background).await.unwrap()
    }

    async fn get(&self, bill: &pb::Bill) -> pb::AdminGetPaymentResponse {
        let request = pb::AdminGetPaymentRequest {
            id: bill.payment_id.clone(),
        };
        let mut admin = self.admin.clone();
        let answer = admin.admin_get_payment(call(&self.reader(), request)).await;
        answer.map_err(error).unwrap().into_inner()
    }

    async fn status(&self, bill: &pb::Bill) -> pb::PaymentStatus {
        self.get(bill).await.payment.unwrap().status()
    }

    /// Returns what each account of the books holds in EUR, and makes sure that it adds up to zero.
    async fn balances(&self) -> BTreeMap<&'static str, i64> {
        let request = call(&self.reader(), pb::GetLedgerRequest {});
        let answer = self.admin.clone().get_ledger(request).await;
        let lines = answer.map_err(error).unwrap().into_inner().balances;
        assert_eq!(lines.iter().map(|line| line.amount_minor).sum::<i64>(), 0);
        let name = |line: &pb::LedgerLine| line.account().as_str_name();
        let lines = lines.iter().map(|line| {
            let name = name(line).trim_start_matches("LEDGER_ACCOUNT_");
            (name, line.amount_minor)
        });
        lines.filter(|(_, minor)| *minor != 0).collect()
    }

    async fn number(&self, sql: &str) -> i64 {
        let query = Statement::from_string(self.db.read().get_database_backend(), sql);
        let row = self.db.read().query_one_raw(query).await.unwrap().unwrap();
        row.try_get::<i64>("", "n").unwrap()
    }
}

/// C40.
#[tokio::test]
async fn the_tables_survive_a_full_disk() {
    sv_store::testing::survives_a_full_disk(MIGRATIONS).await;
}
