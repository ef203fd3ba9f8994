using System.Text.Json.Nodes;
using Culvert.Identity.Cli.Api;
using Culvert.Identity.Cli.Hosting;
using Culvert.Platform.Launching;

namespace Culvert.Identity.Cli.Commands.Dev;

/// <summary>
/// Registers at a new service what an enterprise would: an issuer, an edge, a tunnel that only this machine can reach, the
/// rules for both programs, and the tunnel's authority.
/// </summary>
internal sealed class DevRegistration(ManagementClient client, DevInstallation installation)
{
    public const string AgentSubject = "dev-agent";
    public const string EdgeSubject = "dev-edge";

    public async Task<DevRecord> RegisterAsync(DevIssuer issuer, DevPorts ports, CancellationToken cancel)
    {
        var making = (
            Issuer: CreateAsync(
                Noun.Issuer,
                new JsonObject
                {
                    ["name"] = "dev",
                    ["issuer_url"] = issuer.Url,
                    ["jwks"] = new JsonObject { ["type"] = "inline", ["keys"] = issuer.Keys },
                    // A token file is read several times; each reader proves possession of the same key.
                    ["replay_mode"] = "bound_reuse",
                },
                cancel
            ),
            Edge: CreateAsync(
                Noun.Edge,
                new JsonObject
                {
                    ["name"] = "dev",
                    ["addresses"] = WireJson.ToJsonArray([$"127.0.0.1:{ports.Agents}"]),
                    ["dns_names"] = WireJson.ToJsonArray(["localhost"]),
                },
                cancel
            ),
            Edges: AccountAsync("dev-edges", cancel),
            Agents: AccountAsync("dev-agents", cancel),
            Tunnel: client.PostAsync(Noun.Tunnel.Path, new JsonObject { ["display_name"] = "dev" }, cancel)
        );
        await Task.WhenAll(making.Issuer, making.Edge, making.Edges, making.Agents, making.Tunnel);
        var (issuerId, edge, tunnel) = (await making.Issuer, await making.Edge, (await making.Tunnel).Json);
        var tunnelId = Id(tunnel);
        var edgeRule = RuleAsync("dev-edge", issuerId, await making.Edges, EdgeSubject, "edge:serve", "edge_ids", edge);
        var agentRule = RuleAsync(
            "dev-agent",
            issuerId,
            await making.Agents,
            AgentSubject,
            "tunnel:agent",
            "tunnel_ids",
            tunnelId
        );
        var ranges = client.PostAsync(
            Noun.Tunnel.GetPath(tunnelId),
            new JsonObject
            {
                ["client_source_ranges"] = WireJson.ToJsonArray(Loopback.Ranges),
                ["agent_source_ranges"] = WireJson.ToJsonArray(Loopback.Ranges),
            },
            cancel
        );
        await Task.WhenAll(edgeRule, agentRule, ranges);
        return new DevRecord
        {
            EdgeId = edge,
            EdgeRuleId = await edgeRule,
            AgentRuleId = await agentRule,
            TunnelId = tunnelId,
            Domain = tunnel.Text("domain") ?? "",
        };

        Task<string> RuleAsync(
            string name,
            string issuerId,
            string account,
            string subject,
            string scope,
            string targets,
            string target
        ) =>
            CreateAsync(
                Noun.Rule,
                new JsonObject
                {
                    ["name"] = name,
                    ["issuer_id"] = issuerId,
                    ["workspace_id"] = installation.WorkspaceId,
                    ["match"] = new JsonObject { ["subject_prefix"] = subject },
                    ["target"] = new JsonObject { ["type"] = "service_account", ["service_account_id"] = account },
                    ["oauth_scope"] = scope,
                    ["token_lifetime_seconds"] = 900,
                    [targets] = WireJson.ToJsonArray([target]),
                },
                cancel
            );
    }

    /// <summary>Gives the tunnel an authority that the root signed.</summary>
    /// <returns>The trust bundle of the tunnel's clients, PEM.</returns>
    public async Task<string> CertifyAsync(DevAuthority root, string tunnelId, CancellationToken cancel)
    {
        var authority = await CreateAsync(
            Noun.Ca,
            new JsonObject
            {
                ["name"] = "dev",
                ["tunnel_id"] = tunnelId,
                ["custody"] = "sealed",
            },
            cancel
        );
        var path = Noun.Ca.GetPath(authority);
        var request = await client.GetAsync($"{path}/csr", cancel);
        var (chain, fingerprint) = root.SignAuthority(request.Json.Text("csr_pem") ?? "");
        var upload = new JsonObject { ["chain_pem"] = chain, ["fingerprint"] = fingerprint };
        await client.PostAsync($"{path}/chain", upload, cancel);
        await client.PostAsync($"{path}/approve", new JsonObject { ["fingerprint"] = fingerprint }, cancel);
        await client.PostAsync($"{path}/activate", new JsonObject(), cancel);
        var bundle = await client.GetAsync($"{Noun.Tunnel.GetPath(tunnelId)}/trust_bundle", cancel);
        return bundle.Json.Text("pem") ?? "";
    }

    private Task<string> AccountAsync(string name, CancellationToken cancel) =>
        CreateAsync(
            Noun.ServiceAccount,
            new JsonObject { ["name"] = name, ["organization_role"] = "developer" },
            cancel
        );

    private async Task<string> CreateAsync(Noun noun, JsonObject body, CancellationToken cancel) =>
        Id((await client.PostAsync(noun.Path, body, cancel)).Json);

    private static string Id(JsonObject made) =>
        made.Text("id") ?? throw new CommandFailure(ExitCode.Failed, "the service's response has no ID");
}
