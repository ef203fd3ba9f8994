using System.Globalization;
using System.Text.Json.Nodes;
using Culvert.Identity.Cli.Api;
using Culvert.Identity.Cli.Hosting;
using Culvert.Platform.Secrets;
using Culvert.Platform.Wire;

namespace Culvert.Identity.Cli.Support;

/// <summary>
/// The data of the identity service. What it refuses or does not answer in time is listed; if it is unreachable, only the
/// first request is tried.
/// </summary>
internal sealed class ServiceSource(
    SupportBundle bundle,
    Func<CancellationToken, Task<ManagementClient>> connect,
    TimeProvider time,
    DateTimeOffset from
)
{
    /// <summary>Entries of lists and histories; the newest are the most useful.</summary>
    private const int MaxObjects = 5000;

    /// <summary>Each takes two requests.</summary>
    private const int MaxTunnels = 500;

    private const string WebhookPath = "v1/webhooks";

    private static readonly (string Name, string Path)[] Lists =
    [
        ("tunnels.json", Noun.Tunnel.Path),
        ("edges.json", Noun.Edge.Path),
        ("certificate_authorities.json", Noun.Ca.Path),
        ("issuers.json", Noun.Issuer.Path),
        ("rules.json", Noun.Rule.Path),
        ("service_accounts.json", Noun.ServiceAccount.Path),
        ("range_sets.json", "v1/client_range_sets"),
        ("admin_keys.json", Noun.AdminKey.Path),
        ("webhooks.json", WebhookPath),
        ("jobs.json", "v1/jobs"),
    ];

    private static readonly (string Name, string Path)[] Objects =
    [
        ("organization.json", ManagementClient.OrganizationPath),
        ("platform_ca.json", "v1/platform_ca"),
        ("clock.json", "v1/clock"),
        ("status.json", "v1/status"),
        ("versions.json", "v1/versions"),
        ("certificate_forecast.json", "v1/certificates/forecast"),
    ];

    // Why no further request is made: it would take as long and fail in the same way.
    private string? closed;

    public async Task CollectAsync(Action report, CancellationToken cancel)
    {
        foreach (var (name, path) in Objects)
        {
            await TryAsync(name, async (client, stop) => (await client.GetAsync(path, stop)).Json, cancel);
            report();
        }

        foreach (var (name, path) in Lists)
        {
            await TryAsync(name, (client, stop) => ListAsync(client, name, path, stop), cancel);
            report();
        }

        await TryAsync("tunnel_states.json", TunnelStatesAsync, cancel);
        const string History = "authentication_history.json";
        var since = UtcTimeConverter.FormatSecond(from);
        var exchanges = new Query().Add("since", since).On("v1/authentication_history");
        await TryAsync(History, (client, stop) => ListAsync(client, History, exchanges, stop), cancel);
        await TryAsync("audit.json", AuditAsync, cancel);
    }

    // A missing permission of this credential is a finding, too.
    private async Task TryAsync(
        string name,
        Func<ManagementClient, CancellationToken, Task<JsonNode>> read,
        CancellationToken cancel
    )
    {
        if (closed is not null)
        {
            bundle.Miss(name, closed);
            return;
        }

        var isConnected = false;
        var failure = await bundle.TryAddAsync(
            name,
            async stop =>
            {
                var client = await connect(stop);
                isConnected = true;
                return await read(client, stop);
            },
            time,
            cancel
        );
        if (failure is not null && (!isConnected || failure.ExitCode == ExitCode.Unreachable))
        {
            closed = failure.Message;
        }
    }

    private async Task<JsonNode> ListAsync(ManagementClient client, string name, string path, CancellationToken cancel)
    {
        var list = new JsonArray();
        var at = path.IndexOf('?', StringComparison.Ordinal);
        string? page = null;
        do
        {
            var query = new Query().Add("limit", "100").Add("page", page).On("");
            var answer = await client.GetAsync(at < 0 ? path + query : $"{path}&{query[1..]}", cancel);
            foreach (var item in answer.Json.Data())
            {
                var copy = item?.DeepClone();
                list.Add(path == WebhookPath ? HideAddresses(copy) : copy);
            }

            page = answer.Json.Text("next_page");
        } while (page is not null && list.Count < MaxObjects);

        if (page is not null)
        {
            bundle.MissRest(name, $"only {list.Count} objects were read");
        }

        return list;
    }

    private async Task<JsonNode> TunnelStatesAsync(ManagementClient client, CancellationToken cancel)
    {
        var states = new JsonArray();
        await foreach (var tunnel in NameResolver.AllAsync(client, Noun.Tunnel.Path, cancel))
        {
            if (states.Count >= MaxTunnels)
            {
                bundle.MissRest("tunnel_states.json", $"only {MaxTunnels} tunnels were read");
                break;
            }

            var path = Noun.Tunnel.GetPath(tunnel.Text("id") ?? "");
            states.Add(
                (JsonNode)
                    new JsonObject
                    {
                        ["status"] = (await client.GetAsync($"{path}/status", cancel)).Json.DeepClone(),
                        ["agents"] = (await client.GetAsync($"{path}/agents", cancel)).Json.DeepClone(),
                    }
            );
        }

        return states;
    }

    // Newest first: the first entry older than requested ends the listing.
    private async Task<JsonNode> AuditAsync(ManagementClient client, CancellationToken cancel)
    {
        var list = new JsonArray();
        await foreach (var entry in NameResolver.AllAsync(client, "v1/audit", cancel))
        {
            if (DateTimeOffset.TryParse(entry.Text("time"), CultureInfo.InvariantCulture, out var at) && at < from)
            {
                break;
            }

            if (list.Count >= MaxObjects)
            {
                bundle.MissRest("audit.json", $"only the newest {MaxObjects} entries were read");
                break;
            }

            // With salts, a reader could guess other organizations' entries.
            entry.Remove("salt");
            var copy = entry.DeepClone();
            list.Add(
                entry.Text("event")?.StartsWith("webhook_", StringComparison.Ordinal) == true
                    ? HideAddresses(copy)
                    : copy
            );
        }

        return list;
    }

    // For many receivers, path and query of a webhook's address are the credential.
    private static JsonNode? HideAddresses(JsonNode? node)
    {
        if (node is JsonObject o)
        {
            foreach (var name in o.Select(member => member.Key).ToList())
            {
                if (name == "url" && Uri.TryCreate(o.Text(name), UriKind.Absolute, out var address))
                {
                    o[name] = $"{address.GetLeftPart(UriPartial.Scheme)}{address.Authority}/{Redaction.Mark}";
                }
                else
                {
                    HideAddresses(o[name]);
                }
            }
        }
        else if (node is JsonArray list)
        {
            foreach (var item in list)
            {
                HideAddresses(item);
            }
        }

        return node;
    }
}
