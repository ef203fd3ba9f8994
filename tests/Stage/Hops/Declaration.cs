using System.Net;
using System.Net.Sockets;
using System.Text.Json;

namespace Culvert.Stage.Hops;

/// <summary>
/// What the company declares for <c>culvert apply</c>: which identity provider it trusts, its tunnels, and which workload
/// may do what.
/// </summary>
internal sealed class Declaration(
    IdentityProvider provider,
    int providerPort,
    string workspace,
    IReadOnlyList<string> edges,
    bool hasManualTunnel
)
{
    public const string Issuer = "corp-idp";
    public const string Operators = "operators";
    public const string Tunnel = "docs";
    public const string ManualTunnel = "docs-manual";
    public const string AgentRule = "tunnel-agents";
    public const string EdgeRule = "edges";
    public const string OperatorRule = "tunnel-operators";

    private const string Agents = "agents";
    private const string Edges = "edges";

    private static readonly TimeSpan TokenLife = TimeSpan.FromMinutes(15);

    /// <summary>One document for each resource, each of them JSON, which is YAML too.</summary>
    public string ToYaml() =>
        string.Join("\n---\n", Resources().Select(resource => JsonSerializer.Serialize(resource))) + "\n";

    private IEnumerable<object> Resources()
    {
        yield return Resource("service_account", Agents, new { organization_role = "developer" });
        yield return Resource("service_account", Edges, new { organization_role = "developer" });
        // Managing tunnels takes a role in their workspace; using them does not.
        yield return Resource(
            "service_account",
            Operators,
            new
            {
                organization_role = "developer",
                workspaces = new Dictionary<string, string> { [workspace] = "workspace_developer" },
            }
        );
        yield return Resource("issuer", Issuer, IssuerSpec());
        foreach (var tunnel in hasManualTunnel ? (string[])[Tunnel, ManualTunnel] : [Tunnel])
        {
            // Only this machine may reach it: its ranges are loopback, on both sides.
            yield return Resource(
                "tunnel",
                tunnel,
                new { client_source_ranges = Loopback.Ranges, agent_source_ranges = Loopback.Ranges }
            );
        }

        var (claim, value) = IdentityProvider.DeploymentClaim;
        var claims = new Dictionary<string, string> { [claim] = value };
        yield return Rule(AgentRule, Agents, "tunnel:agent", new { claims }, tunnels: [Tunnel]);
        yield return Rule(
            EdgeRule,
            Edges,
            "edge:serve",
            new { subject_prefix = IdentityProvider.EdgeClient },
            edges: edges
        );
        yield return Rule(
            OperatorRule,
            Operators,
            "workspace:manage_tunnels",
            new { subject_prefix = IdentityProvider.OperatorClient }
        );
    }

    /// <summary>Trusts the IdP by its own CA, and opens loopback for it alone: its addresses and its port.</summary>
    private object IssuerSpec() =>
        new
        {
            issuer_url = provider.Issuer,
            jwks = new { type = "discovery", ca_cert_pem = File.ReadAllText(provider.CaFile) },
            allowed_targets = Loopback
                .Addresses.Select(address => IPAddress.Parse(address))
                .Select(address => new
                {
                    cidr = $"{address}/{(address.AddressFamily == AddressFamily.InterNetworkV6 ? 128 : 32)}",
                    port = providerPort,
                }),
        };

    private object Rule(
        string name,
        string account,
        string scope,
        object match,
        IReadOnlyList<string>? tunnels = null,
        IReadOnlyList<string>? edges = null
    ) =>
        Resource(
            "rule",
            name,
            new
            {
                issuer = Issuer,
                service_account = account,
                workspace,
                match,
                oauth_scope = scope,
                token_lifetime_seconds = (int)TokenLife.TotalSeconds,
                tunnels = tunnels ?? [],
                edges = edges ?? [],
            }
        );

    private static object Resource(string kind, string name, object spec) =>
        new
        {
            kind,
            name,
            spec,
        };
}
