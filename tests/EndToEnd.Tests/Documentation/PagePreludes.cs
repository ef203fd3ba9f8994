namespace Culvert.EndToEnd.Tests.Documentation;

/// <summary>What readers of the pages have already, as shell text before a page's first block.</summary>
internal static class PagePreludes
{
    /// <summary>
    /// Readers have the programs' files under <c>/etc/culvert</c>, where the programs search by default, and reach the
    /// issuers that they register; here those have keys from a file, since no test leaves the machine.
    /// </summary>
    private const string Everywhere = """
        on_host() {
          program=$1 file=$2
          shift 2
          case " $* " in
            *" --config "*) command "$program" "$@" ;;
            *) command "$program" "$@" --config "$file" ;;
          esac
        }
        identity-service() { on_host identity-service "$SERVICE_CONFIG" "$@"; }
        tunnel-agent() { on_host tunnel-agent "$AGENT_CONFIG" "$@"; }
        culvert() {
          case " $* " in
            *" --jwks-file "* | *" --jwks-url "* | *" --ca-file "*) command culvert "$@" ;;
            " issuer create "*) command culvert "$@" --jwks-file "$EXAMPLE_JWKS" ;;
            *) command culvert "$@" ;;
          esac
        }
        until_said() {
          for tenth in {1..1200}; do
            if grep --quiet --no-messages --fixed-strings -- "$1" "$2"; then return; fi
            sleep 0.1
          done
          echo "$2 never says $1" >&2
          return 1
        }

        """;

    /// <summary>The node signs a checkpoint once a minute: this requests one now.</summary>
    private const string Checkpoints = """
        culvert job run audit_checkpoints
        until_said '"event_id":5000,' "$CULVERT_LOG_DIR/identity-service.log"
        cp "$CULVERT_LOG_DIR/identity-service.log" .
        cp "$CULVERT_PLATFORM_CA" platform-root.pem

        """;

    /// <summary>What the reader writes into a job in the place of the examples, by the commands that the job names.</summary>
    private const string JobValues = """
        value_of() {
          case $1 in
            CULVERT_PLATFORM_CA_SHA256) openssl x509 -in "$CULVERT_PLATFORM_CA" -outform DER | sha256sum | cut -d ' ' -f 1 ;;
            RULE) culvert rule list -o name --limit 1 ;; # the newest
            TUNNEL) echo "$CULVERT_TUNNEL_ID" ;;
            *) printenv "$1" ;;
          esac
        }

        """;

    private static readonly IReadOnlyDictionary<string, string> OfPages = new Dictionary<string, string>
    {
        ["audit-export.md"] =
            Checkpoints
            + """
                LATER=$(culvert service-account create later -o name)
                until_said "$LATER" "$AUDIT_EXPORT" # then it has whatever the checkpoints above vouch for
                cp "$AUDIT_EXPORT" audit.jsonl
                culvert service-account archive "$LATER" --yes
                """,
        ["audit-fields.md"] = Checkpoints,
        ["backup.md"] = """
            mkdir new-host
            sed 's/^state_dir: .*/state_dir: state/; s/^audit: .*//' "$SERVICE_CONFIG" >new-host/identity-service.yaml
            cp "$(dirname "$SERVICE_CONFIG")/sealing.key" new-host/
            identity-service() {
              case $1 in
                backup) on_host identity-service "$SERVICE_CONFIG" "$@" ;;
                *) on_host identity-service "$PWD/new-host/identity-service.yaml" "$@" ;;
              esac
            }
            """,
        ["call-audit.md"] = """
            curl --silent --output called --cacert "$CULVERT_TRUST_BUNDLE" --header "content-type: application/json" \
              --header "authorization: Bearer $("$CULVERT_MCP_TOKEN_COMMAND" "$POLICED_URL")" \
              --header "accept: application/json, text/event-stream" --data '{"jsonrpc":"2.0","id":1,"method":"ping"}' "$POLICED_URL"
            """,
        ["ca-registration.md"] = """cp "$ENTERPRISE_ROOT.pem" root.pem; cp "$ENTERPRISE_ROOT.key" root.key""",
        ["certificate-files.md"] = """
            WEB_SUBJECT=culvert-operator RELOAD='touch reloaded'
            (umask 077 && "$CULVERT_IDP_TOKEN_COMMAND" >web.token)
            trap 'culvert rule archive web-certificates --yes >/dev/null; culvert service-account archive web --yes >/dev/null' EXIT
            """,
        ["connect-self-hosted.md"] =
            "trap 'culvert tunnel update docs --client-range 127.0.0.0/8 --client-range ::1/128 >/dev/null' EXIT",
        // The agent hears of a checkpoint with the next change of its feed, whichever page was worked off before.
        ["doctor.md"] =
            Checkpoints
            + """
                trap 'culvert tunnel update docs --client-range 127.0.0.0/8 --client-range ::1/128 >/dev/null' EXIT
                culvert tunnel update docs --client-range 127.0.0.0/8
                HEARD="$(dirname "$AGENT_CONFIG")/state/audit-checkpoints.jsonl"
                until_said eyJ "$HEARD"
                cp "$HEARD" .
                """,
        ["explain.md"] = """
            culvert service-account create explained
            culvert rule create deploy --issuer corp-idp --service-account explained --scope tunnel:agent --tunnel docs \
              --subject culvert-operator
            (umask 077 && "$CULVERT_IDP_TOKEN_COMMAND" >token.jwt)
            trap 'culvert rule archive deploy --yes >/dev/null; culvert service-account archive explained --yes >/dev/null' EXIT
            """,
        ["issuance.md"] = "openssl ecparam -name prime256v1 -genkey -noout | openssl pkey -pubout -out key.pub",
        ["platforms/github-actions.md"] =
            JobValues
            + """
                trap '{ culvert rule archive deploy --yes; culvert service-account archive deployer --yes; culvert issuer archive github --yes; } >/dev/null 2>&1 || true' EXIT
                """,
        ["platforms/gitlab.md"] =
            JobValues
            + """
                trap '{ culvert rule archive gitlab-deploy --yes; culvert service-account archive gitlab-deployer --yes; culvert issuer archive gitlab --yes; } >/dev/null 2>&1 || true' EXIT
                """,
        ["revocation.md"] = """
            tunnel-agent certs --output tls --once
            cp tls/tls.crt stolen.crt
            """,
        ["rules.md"] = """
            culvert issuer create github --url https://token.actions.githubusercontent.com
            culvert service-account create deployer
            culvert service-account create readers
            trap 'for rule in deploy docs-readers; do culvert rule archive "$rule" --yes; done; for account in deployer readers; do culvert service-account archive "$account" --yes; done; culvert issuer archive github --yes' EXIT
            """,
        ["token-exchange.md"] = """
            exchange() {
              curl --silent --cacert "$CULVERT_PLATFORM_CA" "$CULVERT_IDENTITY_URL/v1/oauth/token" --data-urlencode "assertion=$1" \
                --data-urlencode grant_type=urn:ietf:params:oauth:grant-type:jwt-bearer --data-urlencode "client_id=$CULVERT_ADMIN_RULE_ID"
            }
            FAMILY=$(exchange "$("$CULVERT_IDP_TOKEN_COMMAND")" | sed 's/.*"access_token":"\([^"]*\)".*/\1/' | culvert token inspect -o json \
              | sed 's/.*"family":"\([^"]*\)".*/\1/')
            REQUEST=$(exchange e30.e30.e30 | sed 's/.*"request_id":"\([^"]*\)".*/\1/')
            """,
    };

    public static string Of(string page) => Everywhere + OfPages.GetValueOrDefault(page, "");
}
