using System.Text.Json.Nodes;
using Culvert.Identity.Cli.Api;
using Culvert.Identity.Cli.Hosting;
using Culvert.Identity.Cli.Invocation;

namespace Culvert.Identity.Cli.Commands.Provider;

/// <summary>
/// The Culvert service's part of a provider's tunnel: the authorities of the Culvert tunnel whose agents serve it, and the
/// approval for certificates of the provider's domain.
/// </summary>
internal sealed class CulvertSide(CommandContext context, string tunnel)
{
    private const string Active = "active";

    public async Task<IReadOnlyList<CompanyAuthority>> ReadAuthoritiesAsync(CancellationToken cancel)
    {
        var client = await context.ClientAsync(cancel);
        var id = await context.IdAsync(Noun.Tunnel, tunnel, cancel);
        var answer = await client.GetAsync($"{Noun.Ca.Path}?tunnel_id={Uri.EscapeDataString(id)}&limit=1000", cancel);
        var found = new List<CompanyAuthority>();
        foreach (var listed in answer.Json.Data().OfType<JsonObject>())
        {
            if (
                listed.Text("state") is Active or "staged" or "retiring"
                && await FindPemAsync(client, listed.Text("id")!, cancel) is { } pem
            )
            {
                var authority = CompanyAuthority.Read(pem, $"authority {listed.Text("id")}");
                found.Add(authority with { IsKept = listed.Text("state") == "retiring" });
            }
        }

        return found.Any(ca => !ca.IsKept)
            ? found
            : throw new CommandFailure(ExitCode.Refused, "the tunnel has no active certificate authority to register")
            {
                Where = $"--tunnel {tunnel}",
                Next = "culvert ca list shows its authorities; activate one, or name a CA with --ca-certificate",
            };
    }

    /// <summary>Claims the domain for the tunnel; returns whether an operator must still approve it.</summary>
    /// <param name="done">Receives what was done, or would be.</param>
    public async Task<bool> ClaimAsync(string domain, Action<string> done, CancellationToken cancel)
    {
        var client = await context.ClientAsync(cancel);
        var name = "*." + domain;
        var path = await context.PathAsync(Noun.Tunnel, tunnel, cancel) + "/hostnames";
        var known = (await client.GetAsync(path, cancel))
            .Json.Data()
            .OfType<JsonObject>()
            .FirstOrDefault(h => h.Text("name") == name);
        if (known is not null)
        {
            return known.Text("state") != Active;
        }

        done($"add the hostname {name} to the Culvert tunnel {tunnel}");
        if (!context.IsDryRun)
        {
            await client.PostAsync(path, new JsonObject { ["name"] = name }, cancel);
        }

        return true;
    }

    // A list of authorities omits the chains, so the chain is requested separately. Null before it has one.
    private static async Task<string?> FindPemAsync(ManagementClient client, string id, CancellationToken cancel)
    {
        var answer = await client.GetAsync($"{Noun.Ca.Path}/{Uri.EscapeDataString(id)}", cancel);
        return answer.Json?["chain"] is JsonArray { Count: > 0 } chain ? chain[0].Text("pem") : null;
    }
}
