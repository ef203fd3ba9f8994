using System.CommandLine;
using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Culvert.Identity.Cli.Api;
using Culvert.Identity.Cli.Hosting;
using Culvert.Identity.Cli.Invocation;
using Culvert.Identity.Cli.Output;
using Culvert.Identity.Cli.Support;

namespace Culvert.Identity.Cli.Commands;

/// <summary>
/// <c>culvert support-bundle</c>: what a person who helps needs, and nothing that this person must not have.
/// </summary>
internal static class SupportBundleCommand
{
    private static readonly TimeSpan Usual = TimeSpan.FromHours(1);

    /// <summary>Of one log: its end, where the trouble is.</summary>
    private const int MaxLogBytes = 8 * 1024 * 1024;

    /// <summary>Entries of histories: beyond that the end is what helps.</summary>
    private const int MaxEvents = 5000;

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
        ("webhooks.json", "v1/webhooks"),
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

    public static Command Create(VerbFactory verbs)
    {
        var file = Flags.Required("--out", "FILE", "the .tar.gz file to create; it must not exist");
        var since = new Option<TimeSpan?>("--since")
        {
            Description = "how far back histories and logs go (default: 1h)",
            HelpName = "DURATION",
            CustomParser = argument => Durations.Parser(TimeSpan.FromMinutes(1), TimeSpan.FromDays(30))(argument),
        };
        var logs = Flags.Many("--log", "FILE", "log file of a Culvert program to include, redacted");
        return verbs.Create(
            "support-bundle",
            "collect states, histories and logs into one archive, without secrets",
            async (context, cancel) =>
            {
                context.RefuseDryRun();
                var now = context.Host.Time.GetUtcNow();
                var from = now - (context.Get(since) ?? Usual);
                using var bundle = new SupportBundle(context.Get(file)!, now);
                await CollectAsync(context, bundle, from, cancel);
                foreach (var log in context.Get(logs) ?? [])
                {
                    bundle.Add($"logs/{Path.GetFileName(log)}", ReadTail(log, from));
                }

                bundle.Add("manifest.json", Manifest(context, from, now, bundle.Entries));
                return CommandResult.Object(
                    new JsonObject { ["file"] = context.Get(file), ["entries"] = WireJson.ToJsonArray(bundle.Entries) }
                ) with
                {
                    Plain = $"{context.Get(file)}: {string.Join(", ", bundle.Entries)}\nreview it before you send it",
                };
            },
            file,
            since,
            logs
        );
    }

    private static async Task CollectAsync(
        CommandContext context,
        SupportBundle bundle,
        DateTimeOffset from,
        CancellationToken cancel
    )
    {
        var client = await context.ClientAsync(cancel);
        using var progress = new Progress(context.Host, context.IsQuiet, "entries collected");
        foreach (var (name, path) in Objects)
        {
            await TryAsync(bundle, name, async () => (await client.GetAsync(path, cancel)).Json);
            progress.Report(bundle.Entries.Count);
        }

        foreach (var (name, path) in Lists)
        {
            await TryAsync(bundle, name, () => ListAsync(client, path, int.MaxValue, cancel));
            progress.Report(bundle.Entries.Count);
        }

        await TryAsync(bundle, "tunnel_states.json", () => TunnelStatesAsync(client, cancel));
        var query = new Query().Add("since", Moments.Text(from));
        await TryAsync(
            bundle,
            "authentication_history.json",
            () => ListAsync(client, query.On("v1/authentication_history"), MaxEvents, cancel)
        );
        await TryAsync(bundle, "audit.json", () => AuditAsync(client, from, cancel));
    }

    // What this credential may not read is a finding, too.
    private static async Task TryAsync(SupportBundle bundle, string name, Func<Task<JsonNode>> read)
    {
        try
        {
            bundle.Add(name, await read());
        }
        catch (CommandFailure failure)
            when (failure.ExitCode is ExitCode.Refused or ExitCode.Failed or ExitCode.TryAgain)
        {
            bundle.Add(name, new JsonObject { ["not_read"] = failure.Message, ["request_id"] = failure.RequestId });
        }
    }

    private static async Task TryAsync(SupportBundle bundle, string name, Func<Task<JsonObject>> read) =>
        await TryAsync(bundle, name, async () => (JsonNode)await read());

    private static async Task<JsonNode> ListAsync(
        ManagementClient client,
        string path,
        int most,
        CancellationToken cancel
    )
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
                list.Add(item?.DeepClone());
            }

            page = answer.Json.Text("next_page");
        } while (page is not null && list.Count < most);
        return list;
    }

    private static async Task<JsonNode> TunnelStatesAsync(ManagementClient client, CancellationToken cancel)
    {
        var states = new JsonArray();
        await foreach (var tunnel in NameResolver.AllAsync(client, Noun.Tunnel.Path, cancel))
        {
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
    private static async Task<JsonNode> AuditAsync(
        ManagementClient client,
        DateTimeOffset from,
        CancellationToken cancel
    )
    {
        var list = new JsonArray();
        await foreach (var entry in NameResolver.AllAsync(client, "v1/audit", cancel))
        {
            if (
                list.Count >= MaxEvents
                || (DateTimeOffset.TryParse(entry.Text("time"), CultureInfo.InvariantCulture, out var at) && at < from)
            )
            {
                break;
            }

            // Salts would let a reader guess at other organizations' entries.
            entry.Remove("salt");
            list.Add((JsonNode)entry.DeepClone());
        }

        return list;
    }

    private static JsonObject Manifest(
        CommandContext context,
        DateTimeOffset from,
        DateTimeOffset now,
        IReadOnlyList<string> entries
    ) =>
        new()
        {
            ["made_at"] = Moments.Text(now),
            ["since"] = Moments.Text(from),
            ["culvert"] = ProgramVersion.Text,
            ["service"] = context.Settings.Url.ToString(),
            ["entries"] = WireJson.ToJsonArray(entries),
            ["redacted"] = "values under telling names, tokens, keys and users in addresses",
        };

    private static string ReadTail(string log, DateTimeOffset from)
    {
        try
        {
            using var file = new FileStream(log, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
            file.Seek(-Math.Min(file.Length, MaxLogBytes), SeekOrigin.End);
            using var text = new StreamReader(file);
            var kept = new StringBuilder();
            while (text.ReadLine() is { } line)
            {
                if (FindTime(line) is not { } at || at >= from)
                {
                    kept.Append(line).Append('\n');
                }
            }

            return kept.ToString();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CommandFailure(ExitCode.Usage, $"the log cannot be read: {e.Message}", e) { Where = log };
        }
    }

    // Our programs write JSON lines with ts; of other lines no time is known, and they stay.
    private static DateTimeOffset? FindTime(string line)
    {
        try
        {
            return
                line.StartsWith('{')
                && JsonNode.Parse(line).Text("ts") is { } time
                && DateTimeOffset.TryParse(time, CultureInfo.InvariantCulture, out var at)
                ? at
                : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
