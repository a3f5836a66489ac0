//! `health`: the health check of a container whose image has no shell and no other client (DEP-1).

use std::{
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr},
    time::Duration,
};

use serde_json::Value;
use sv_kernel::BoxError;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
    time::timeout,
};

use crate::config::{Config, Place};

/// Less than Docker's and Kubernetes' usual patience would end the check without a word.
const TIMEOUT: Duration = Duration::from_secs(3);
/// The longest answer that is read; a report of all checks is a few kilobytes.
const LONGEST: u64 = 256 * 1024;
/// The connection ends with the answer, so that its end need not be looked for.
const REQUEST: &[u8] = b"GET /ready HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n";

/// Asks the operators' port for `/ready`; fails unless the process is ready.
pub(crate) async fn health(ops_listen: Option<SocketAddr>, place: &Place) -> Result<(), BoxError> {
    let address = match ops_listen {
        Some(address) => address,
        None => Config::read(&Config::at(place)?)?.server.ops_listen,
    };
    let address = of_this_machine(address);
    let answer = timeout(TIMEOUT, ask(address))
        .await
        .map_err(|_| format!("{address} does not answer within {} s", TIMEOUT.as_secs()))?
        .map_err(|cause| format!("{address} cannot be asked: {cause}"))?;
    let (status, report) = read(&answer).ok_or(format!("{address} does not speak HTTP"))?;
    if status != 200 {
        return Err(format!("not ready ({status}): {}", report.trim()).into());
    }
    let report: Value = serde_json::from_str(report).unwrap_or_default();
    let degraded = report["degraded"]
        .as_array()
        .filter(|list| !list.is_empty());
    match degraded {
        Some(list) => {
            let names: Vec<_> = list.iter().filter_map(Value::as_str).collect();
            super::line(&format!("ready; degraded: {}", names.join(", ")));
        }
        None => super::line("ready"),
    }
    Ok(())
}

/// A port that is open on all addresses is asked on this machine's own.
fn of_this_machine(mut address: SocketAddr) -> SocketAddr {
    if address.ip().is_unspecified() {
        address.set_ip(match address {
            SocketAddr::V4(_) => IpAddr::V4(Ipv4Addr::LOCALHOST),
            SocketAddr::V6(_) => IpAddr::V6(Ipv6Addr::LOCALHOST),
        });
    }
    address
}

async fn ask(address: SocketAddr) -> std::io::Result<String> {
    let mut stream = TcpStream::connect(address).await?;
    stream.write_all(REQUEST).await?;
    let mut answer = Vec::new();
    stream.take(LONGEST).read_to_end(&mut answer).await?;
    Ok(String::from_utf8_lossy(&answer).into_owned())
}

/// Splits an answer into its status and its body.
fn read(answer: &str) -> Option<(u16, &str)> {
    let (head, body) = answer.split_once("\r\n\r\n")?;
    let status = head.strip_prefix("HTTP/1.1 ")?.get(..3)?.parse().ok()?;
    Some((status, body))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_is_its_status_and_its_body() {
        let answer = "HTTP/1.1 503 Service Unavailable\r\ndate: x\r\n\r\n{\"ready\":false}";
        assert_eq!(read(answer), Some((503, "{\"ready\":false}")));
        assert_eq!(read("SSH-2.0-OpenSSH"), None);
        assert_eq!(read("HTTP/1.1 2"), None);
    }

    #[test]
    fn all_addresses_are_asked_on_ones_own() {
        let asked = |text: &str| of_this_machine(text.parse().unwrap()).to_string();
        assert_eq!(asked("0.0.0.0:9464"), "127.0.0.1:9464");
        assert_eq!(asked("[::]:9464"), "[::1]:9464");
        assert_eq!(asked("10.0.0.7:9464"), "10.0.0.7:9464");
    }
}
