//! `admin create`, `admin grant` and `admin unblock`.

use std::{
    io::{self, BufRead as _, IsTerminal as _, Read as _, Write as _},
    path::Path,
};

use console::Term;
use prost_types::FieldMask;
use sv_kernel::BoxError;
use sv_proto::{
    auth::{
        AuthReason, CreateAdminRequest, CreateAdminResponse, ExistingAccount,
        auth_service_client::AuthServiceClient,
    },
    options::Role,
    users::{
        AdminListUsersRequest, ManagedUser, UpdateUserRequest, UserStatus,
        user_admin_service_client::UserAdminServiceClient,
    },
};
use sv_rpc::{call, error};

use crate::{config::Place, operator::Operator};

/// Who shall be an administrator.
pub(crate) struct Wish<'a> {
    pub(crate) email: &'a str,
    pub(crate) name: &'a str,
    /// Sets the password of an account that is there without asking.
    pub(crate) replace_password: bool,
}

/// Makes an administrator. Where somebody has registered the address, asks before their password is
/// replaced; where nobody can be asked, refuses.
pub(crate) async fn create(
    wish: &Wish<'_>,
    password_file: Option<&Path>,
    place: &Place,
) -> Result<(), BoxError> {
    let password = password(password_file)?;
    let operator = Operator::connect(place, &["auth", "users"]).await?;
    let mut request = CreateAdminRequest {
        email: wish.email.to_owned(),
        password,
        name: wish.name.to_owned(),
        role: Role::Admin.into(),
        existing: ExistingAccount::Unspecified.into(),
    };
    if wish.replace_password {
        request.set_existing(ExistingAccount::ReplacePassword);
    }
    let mut answer = ask(&operator, &request).await;
    if let Err(refused) = &answer
        && refused.is(&AuthReason::AccountExists)
        && confirmed(&format!(
            "{}\nSet the new password and end the sessions of this account?",
            refused.message()
        ))?
    {
        request.set_existing(ExistingAccount::ReplacePassword);
        answer = ask(&operator, &request).await;
    }
    operator.end().await;
    let answer = match answer {
        Err(refused) if refused.is(&AuthReason::AccountExists) => {
            let advice = "give --replace-password to set this password and end its sessions, or keep it by \
                          `streamverse admin grant --keep-password`";
            return Err(format!("{}: {}\n  {advice}", refused.reason(), refused.message()).into());
        }
        answer => answer.map_err(|refused| advised(refused, wish.email))?,
    };
    let (email, id) = (wish.email, id_of(&answer));
    super::line(&if answer.created {
        format!("created the administrator {email} ({id})")
    } else {
        format!("{email} ({id}) was there; it is an administrator now, with this password")
    });
    Ok(())
}

/// Makes an account that is there an administrator, with the password that it has.
pub(crate) async fn grant(email: &str, yes: bool, place: &Place) -> Result<(), BoxError> {
    let question = format!(
        "Whoever registered {email} will be an administrator, with the password that they chose. Is it the \
         right person?"
    );
    if !yes && !confirmed(&question)? {
        return Err("nothing was changed: give --yes where nobody can be asked".into());
    }
    let operator = Operator::connect(place, &["auth", "users"]).await?;
    let request = CreateAdminRequest {
        email: email.to_owned(),
        password: String::new(),
        name: "Administrator".to_owned(),
        role: Role::Admin.into(),
        existing: ExistingAccount::KeepPassword.into(),
    };
    let answer = ask(&operator, &request).await;
    operator.end().await;
    let answer = answer.map_err(|refused| advised(refused, email))?;
    let id = id_of(&answer);
    super::line(&format!(
        "{email} ({id}) is an administrator now, with the password that it had"
    ));
    Ok(())
}

/// Lets an account that was blocked sign in again.
pub(crate) async fn unblock(email: &str, place: &Place) -> Result<(), BoxError> {
    let operator = Operator::connect(place, &["auth", "users"]).await?;
    let unblocked = set_active(&operator, email).await;
    operator.end().await;
    let user = unblocked?;
    super::line(&format!("{email} ({}) may sign in", user.id));
    Ok(())
}

async fn set_active(operator: &Operator, email: &str) -> Result<ManagedUser, BoxError> {
    let mut users = UserAdminServiceClient::new(operator.transport("users")?);
    let request = AdminListUsersRequest {
        q: email.to_owned(),
        page_size: 100,
        ..AdminListUsersRequest::default()
    };
    let found = users.admin_list_users(call(operator.ctx(), request)).await;
    let found = found.map_err(error)?.into_inner().items.into_iter();
    let user = found.into_iter().find(|user| user.email == email);
    let user = user.ok_or_else(|| format!("no account signs in by {email}"))?;
    let mut active = ManagedUser::default();
    active.set_status(UserStatus::Active);
    let request = UpdateUserRequest {
        user_id: user.id,
        user: Some(active),
        update_mask: Some(FieldMask {
            paths: vec!["status".to_owned()],
        }),
    };
    let changed = users.update_user(call(operator.ctx(), request)).await;
    Ok(changed
        .map_err(error)?
        .into_inner()
        .user
        .unwrap_or_default())
}

/// Adds what can be done here to a refusal.
fn advised(refused: sv_kernel::Error, email: &str) -> BoxError {
    if refused.is(&AuthReason::AccountBlocked) {
        let advice = format!("lift that by `streamverse admin unblock --email {email}`");
        return format!("{}: the account is blocked; {advice}", refused.reason()).into();
    }
    refused.into()
}

async fn ask(
    operator: &Operator,
    request: &CreateAdminRequest,
) -> Result<CreateAdminResponse, sv_kernel::Error> {
    let transport = operator.transport("auth");
    let transport = transport.map_err(|cause| {
        sv_kernel::Error::from(sv_proto::common::CommonReason::Unavailable).because(cause)
    })?;
    let mut auth = AuthServiceClient::new(transport);
    let answer = auth.create_admin(call(operator.ctx(), request.clone()));
    Ok(answer.await.map_err(error)?.into_inner())
}

fn id_of(answer: &CreateAdminResponse) -> &str {
    answer.user.as_ref().map_or("", |user| &user.id)
}

/// Asks a question at the terminal; without one, the answer is no.
fn confirmed(question: &str) -> io::Result<bool> {
    if !io::stdin().is_terminal() {
        return Ok(false);
    }
    let _ = write!(io::stderr(), "{question} [y/N] ");
    let answer = first_line()?;
    Ok(matches!(answer.trim(), "y" | "Y" | "yes"))
}

/// Reads the password from a file, standard input, or the terminal.
fn password(file: Option<&Path>) -> Result<String, BoxError> {
    let text = match file {
        Some(path) if path == Path::new("-") => first_line()?,
        Some(path) => {
            let read = sv_files::any(path, sv_files::SECRET).and_then(sv_files::text);
            read.map_err(|cause| {
                format!("cannot read the password file {}: {cause}", path.display())
            })?
        }
        None if io::stdin().is_terminal() => {
            let typed = hidden("Password (8 characters or more, not shown): ")?;
            // Nobody sees a slip of the finger.
            if typed != hidden("The same again: ")? {
                return Err("the two passwords differ: nothing was done, try again".into());
            }
            typed
        }
        None => {
            return Err("no password: give --password-file FILE, or `-` for standard input".into());
        }
    };
    Ok(text.trim_end_matches(['\r', '\n']).to_owned())
}

fn hidden(question: &str) -> io::Result<String> {
    let _ = write!(io::stderr(), "{question}");
    Term::stderr().read_secure_line()
}

fn first_line() -> io::Result<String> {
    let mut line = String::new();
    let most = sv_files::SECRET;
    io::stdin().lock().take(most + 1).read_line(&mut line)?;
    if line.len() as u64 > most {
        let problem = "the line on standard input has more than 64 KiB";
        return Err(io::Error::new(io::ErrorKind::FileTooLarge, problem));
    }
    Ok(line)
}
