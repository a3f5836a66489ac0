# A cluster without a kubelet, on loopback: etcd, API server, controllers and scheduler of Kubernetes as they are; kwok
# plays nodes and pods. Sourced, never run. Only what containers do is imagined: images, probes, networks.
#
#   cluster_up FOLDER       starts it; KUBECONFIG then names it
#   cluster_down            stops what was started
CLUSTER_PORT=${CLUSTER_PORT:-16440}
cluster_pids=()

cluster_spawn() { # NAME COMMAND...
  "${@:2}" >"$CLUSTER/$1.log" 2>&1 </dev/null &
  cluster_pids+=($!)
}
cluster_until() { # SECONDS COMMAND...
  local end=$((SECONDS + $1))
  until "${@:2}" >/dev/null 2>&1; do
    [ $SECONDS -lt $end ] || { echo "not within $1 s: ${*:2}" >&2; tail -3 "$CLUSTER"/*.log >&2; return 1; }
    sleep 0.2
  done
}

cluster_up() {
  CLUSTER=$1
  local etcd apiserver manager scheduler kwok stage port=$CLUSTER_PORT
  etcd=$(scripts/deploy-tool etcd) apiserver=$(scripts/deploy-tool kube-apiserver)
  manager=$(scripts/deploy-tool kube-controller-manager) scheduler=$(scripts/deploy-tool kube-scheduler)
  kwok=$(scripts/deploy-tool kwok)
  stage=$(scripts/deploy-tool module "sigs.k8s.io/kwok@v$(basename "$(dirname "$kwok")" | sed 's/kwok-//')")/kustomize/stage
  mkdir -p "$CLUSTER"
  openssl genrsa -out "$CLUSTER/sa.key" 2048 2>/dev/null
  openssl rsa -in "$CLUSTER/sa.key" -pubout -out "$CLUSTER/sa.pub" 2>/dev/null
  local token
  token=$(openssl rand -hex 16)
  echo "$token,admin,admin,system:masters" >"$CLUSTER/tokens.csv"
  cat >"$CLUSTER/kubeconfig" <<YAML
apiVersion: v1
kind: Config
clusters: [{name: c, cluster: {server: "https://127.0.0.1:$((port + 2))", insecure-skip-tls-verify: true}}]
users: [{name: u, user: {token: $token}}]
contexts: [{name: x, context: {cluster: c, user: u}}]
current-context: x
YAML
  export KUBECONFIG=$CLUSTER/kubeconfig
  local peer=http://127.0.0.1:$((port + 1)) client=http://127.0.0.1:$port
  cluster_spawn etcd "$etcd" --data-dir "$CLUSTER/etcd" --unsafe-no-fsync --listen-client-urls "$client" \
    --advertise-client-urls "$client" --listen-peer-urls "$peer" --initial-advertise-peer-urls "$peer" --initial-cluster "default=$peer"
  cluster_spawn apiserver "$apiserver" --etcd-servers="$client" --bind-address=127.0.0.1 --advertise-address=127.0.0.1 \
    --secure-port=$((port + 2)) --cert-dir="$CLUSTER/certs" --service-cluster-ip-range=10.96.0.0/16 --authorization-mode=RBAC \
    --service-account-issuer=https://kubernetes.default.svc --service-account-key-file="$CLUSTER/sa.pub" \
    --service-account-signing-key-file="$CLUSTER/sa.key" --token-auth-file="$CLUSTER/tokens.csv" --allow-privileged=false
  cluster_until 120 "$kubectl" get --raw /readyz
  # Nodes that kwok plays may be silent for a while: none of them is gone, and their pods go on.
  cluster_spawn manager "$manager" --kubeconfig="$KUBECONFIG" --service-account-private-key-file="$CLUSTER/sa.key" \
    --use-service-account-credentials=false --leader-elect=false --bind-address=127.0.0.1 --secure-port=$((port + 3)) \
    --horizontal-pod-autoscaler-sync-period=2s --node-monitor-grace-period=1h
  cluster_spawn scheduler "$scheduler" --kubeconfig="$KUBECONFIG" --leader-elect=false --bind-address=127.0.0.1 --secure-port=$((port + 4))
  for part in node/fast node/heartbeat-with-lease pod/fast; do
    for file in "$stage/$part"/*.yaml; do
      case $(basename "$file") in kustomiz*) ;; *) echo ---; cat "$file" ;; esac
    done
  done >"$CLUSTER/stages.yaml"
  cluster_spawn kwok "$kwok" --kubeconfig="$KUBECONFIG" --config="$CLUSTER/stages.yaml" --manage-all-nodes=true \
    --node-ip=127.0.0.1 --server-address=127.0.0.1:$((port + 5))
  for zone in a b c; do
    cat <<YAML
---
apiVersion: v1
kind: Node
metadata:
  name: node-$zone
  labels: {topology.kubernetes.io/zone: $zone, kubernetes.io/hostname: node-$zone, kubernetes.io/os: linux}
status:
  allocatable: {cpu: "16", memory: 64Gi, pods: "110", ephemeral-storage: 500Gi}
  capacity: {cpu: "16", memory: 64Gi, pods: "110", ephemeral-storage: 500Gi}
YAML
  done | "$kubectl" apply -f - >/dev/null
  cluster_until 60 "$kubectl" wait --for=condition=Ready node --all --timeout=1s
  cluster_until 60 "$kubectl" get serviceaccount default
}

cluster_down() {
  # Nothing of it is kept, so nothing of it has to end in order.
  for pid in "${cluster_pids[@]}"; do kill -KILL "$pid" 2>/dev/null || true; done
  for pid in "${cluster_pids[@]}"; do wait "$pid" 2>/dev/null || true; done
  cluster_pids=()
}
