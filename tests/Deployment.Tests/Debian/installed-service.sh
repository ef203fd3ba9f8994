# In the throw-away copy, as root of it: the installed service is initialised and run as its own user.
set -eu
user=culvert-identity-service
as_user() { exec setpriv --reuid "$user" --regid "$user" --clear-groups --no-new-privs env DOTNET_EnableDiagnostics=0 "$@"; }
answer() { bash -c 'exec 3<>/dev/tcp/127.0.0.1/8445 && printf "GET $0 HTTP/1.0\r\nHost: localhost\r\n\r\n" >&3 && cat <&3' "$1" 2>/dev/null; }

echo "id: $(id -un "$user"), shell $(getent passwd "$user" | cut -d: -f7)"
echo "state: $(stat -c '%U:%G %a' /var/lib/culvert/identity-service)"
# The sample asks for nothing but its names.
(as_user /usr/bin/identity-service init --organization "Example Corp") >/dev/null
(as_user /usr/bin/identity-service init --organization "Example Corp" --if-needed)
echo "initialised: $(stat -c '%U %a' /var/lib/culvert/identity-service/sealing.key)"
as_user /usr/bin/identity-service run >/tmp/service.log 2>&1 &
service=$!
for _ in $(seq 300); do
  answer /readyz | grep -q '^HTTP/1.1 200' && break
  kill -0 "$service" 2>/dev/null || break
  sleep 0.1
done
echo "ready: $(answer /readyz | head -n 1 | tr -d '\r')"
echo "metrics: $(answer /metrics | grep -c '^culvert_')"
kill -TERM "$service"
wait "$service" && code=0 || code=$?
echo "stopped: $code"
[ "$code" = 0 ] || tail -n 20 /tmp/service.log
