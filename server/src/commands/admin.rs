//! `admin create`.

use std::{
    fs,
    io::{self, BufRead as _, IsTerminal as _, Write as _},
    path::Path,
};

use console::Term;
use sv_kernel::BoxError;
use sv_proto::{
    auth::{CreateAdminRequest, auth_service_client::AuthServiceClient},
    options::Role,
};
use sv_rpc::{call, error};

use crate::{cli::Place, operator::Operator};

/// Makes an account an administrator.
pub(crate) async fn create(
    email: &str,
    name: &str,
    password_file: Option<&Path>,
    place: &Place,
) -> Result<(), BoxError> {
    let password = password(password_file)?;
    let operator = Operator::connect(place, &["auth", "users"]).await?;
    let request = CreateAdminRequest {
        email: email.to_owned(),
        password,
        name: name.to_owned(),
        role: Role::Admin.into(),
    };
    let mut auth = AuthServiceClient::new(operator.transport("auth")?);
    let answer = auth
        .create_admin(call(operator.ctx(), request))
        .await
        .map_err(error);
    operator.end().await;
    let answer = answer?.into_inner();
    let id = answer.user.map(|user| user.id).unwrap_or_default();
    super::line(&if answer.created {
        format!("created the administrator {email} ({id})")
    } else {
        format!("{email} ({id}) was there; it is an administrator now, with this password")
    });
    Ok(())
}

/// Reads the password from a file, standard input, or the terminal.
fn password(file: Option<&Path>) -> Result<String, BoxError> {
    let text = match file {
        Some(path) if path == Path::new("-") => first_line()?,
        Some(path) => fs::read_to_string(path).map_err(|cause| {
            format!("cannot read the password file {}: {cause}", path.display())
        })?,
        None if io::stdin().is_terminal() => {
            let _ = write!(io::stderr(), "Password (8 characters or more, not shown): ");
            Term::stderr().read_secure_line()?
        }
        None => {
            return Err("no password: give --password-file FILE, or `-` for standard input".into());
        }
    };
    Ok(text.trim_end_matches(['\r', '\n']).to_owned())
}

fn first_line() -> io::Result<String> {
    let mut line = String::new();
    io::stdin().lock().read_line(&mut line)?;
    Ok(line)
}
