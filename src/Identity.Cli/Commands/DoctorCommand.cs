using System.CommandLine;
using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json.Nodes;
using Culvert.Identity.Cli.Api;
using Culvert.Identity.Cli.Doctor;
using Culvert.Identity.Cli.Hosting;
using Culvert.Identity.Cli.Invocation;
using Culvert.Identity.Cli.Output;
using Culvert.Platform.Addresses;
using Culvert.Platform.Doctor;

namespace Culvert.Identity.Cli.Commands;

/// <summary><c>culvert doctor</c>: checks every link from the operator to a server, and finally makes a real call.</summary>
internal static class DoctorCommand
{
    private const string Tunnels = "tunnels_ready";
    private const string UsualPath = "/mcp";
    private const int UsualPort = 443;
    private const int MaxAgentFindings = 10;

    private static readonly string[] Checks =
    [
        ServiceProbe.Reachable,
        ServiceProbe.Clock,
        ServiceProbe.Credential,
        Tunnels,
        CallProbe.Id,
    ];

    public static Command Create(VerbFactory verbs)
    {
        var flags = new Options();
        return verbs.Create(
            "doctor",
            "check the path from this machine to an MCP server with a real call; exit code 2 if a check fails",
            (context, cancel) => RunAsync(context, flags, cancel),
            flags.Tunnel,
            flags.Route,
            flags.Path,
            flags.Port,
            flags.ConnectTo,
            flags.TokenFile,
            flags.Check
        );
    }

    public static async Task<JsonObject> CheckAsync(CommandContext context, CancellationToken cancel) =>
        ToJson(new DoctorReport(Checks: await FindAsync(context, new Question(), cancel)));

    private static async Task<CommandResult> RunAsync(CommandContext context, Options flags, CancellationToken cancel)
    {
        var question = new Question
        {
            Tunnel = context.Get(flags.Tunnel),
            Route = context.Get(flags.Route),
            Path = context.Get(flags.Path),
            Port = context.Get(flags.Port),
            ConnectTo = context.Get(flags.ConnectTo),
            TokenFile = context.Get(flags.TokenFile),
        };
        return Report(await FindAsync(context, question, cancel), context.Get(flags.Check));
    }

    private static async Task<IReadOnlyList<DoctorFinding>> FindAsync(
        CommandContext context,
        Question question,
        CancellationToken cancel
    )
    {
        List<DoctorFinding> findings = [.. await ServiceProbe.RunAsync(context, cancel)];
        if (findings[0].Status == DoctorStatus.Fail)
        {
            findings.AddRange(
                Checks
                    .Except(findings.Select(finding => finding.Id))
                    .Select(id => DoctorFinding.Skip(id, "The service is not reached."))
            );
        }
        else
        {
            var (signedIn, client) = await ServiceProbe.SignedInAsync(context, cancel);
            findings.Add(signedIn);
            if (client is null)
            {
                findings.Add(DoctorFinding.Skip(Tunnels, "The credential may not read anything."));
                findings.Add(DoctorFinding.Skip(CallProbe.Id, "The credential may not read anything."));
            }
            else
            {
                var (ready, tunnel) = await TunnelsAsync(context, client, question.Tunnel, cancel);
                findings.Add(ready);
                findings.Add(await CallAsync(context, client, question, tunnel, cancel));
            }
        }

        return findings;
    }

    private static async Task<(DoctorFinding Finding, JsonObject? Tunnel)> TunnelsAsync(
        CommandContext context,
        ManagementClient client,
        string? wanted,
        CancellationToken cancel
    )
    {
        try
        {
            List<JsonObject> states = [];
            if (wanted is not null)
            {
                var path = await context.PathAsync(Noun.Tunnel, wanted, cancel);
                states.Add((await client.GetAsync($"{path}/status", cancel)).Json);
            }
            else
            {
                await foreach (var tunnel in NameResolver.AllAsync(client, Noun.Tunnel.Path, cancel))
                {
                    var path = Noun.Tunnel.GetPath(tunnel.Text("id") ?? "");
                    states.Add((await client.GetAsync($"{path}/status", cancel)).Json);
                }
            }

            var bad = states.Where(TunnelState.IsFailing).ToList();
            var first = states.FirstOrDefault(IsReady) ?? states.FirstOrDefault();
            return (
                states.Count == 0 ? DoctorFinding.Skip(Tunnels, "No tunnel exists.")
                : bad.Count == 0 ? DoctorFinding.Pass(Tunnels, $"{states.Count} tunnels are ready.")
                : DoctorFinding.Fail(
                    Tunnels,
                    $"{bad.Count} of {states.Count} tunnels are not ready.",
                    "No call gets through their tunnels.",
                    "culvert status"
                ) with
                {
                    Evidence =
                    [
                        .. bad.Select(state => $"{state.Text("tunnel_id")}: {CellText.Format(state["problems"])}"),
                    ],
                },
                first
            );
        }
        catch (CommandFailure failure)
        {
            return (DoctorFinding.Fail(Tunnels, failure.Message, failure.Where ?? "", failure.Next ?? ""), null);
        }
    }

    private static async Task<DoctorFinding> CallAsync(
        CommandContext context,
        ManagementClient client,
        Question question,
        JsonObject? tunnel,
        CancellationToken cancel
    )
    {
        if (tunnel is null)
        {
            return DoctorFinding.Skip(CallProbe.Id, "No tunnel is available for a test call.");
        }

        try
        {
            var id = tunnel.Text("tunnel_id") ?? "";
            var agents = (await client.GetAsync($"{Noun.Tunnel.GetPath(id)}/agents", cancel)).Json.Data();
            var route = question.Route ?? FirstRoute(agents);
            if (route is null)
            {
                return DoctorFinding.Skip(CallProbe.Id, "No agent has reported a route: set --route NAME.");
            }

            var bundle = new X509Certificate2Collection();
            bundle.ImportFromPem(
                (await client.GetAsync($"{Noun.Tunnel.GetPath(id)}/trust_bundle", cancel)).Json.Text("pem") ?? ""
            );
            var (port, from) = question.Port is { } given
                ? (given, "port: by --port")
                : await PublicPortAsync(client, tunnel, cancel);
            var url = new UriBuilder("https", $"{route}.{tunnel.Text("domain")}", port, question.Path ?? UsualPath);
            var token = question.TokenFile is { } file ? InFile.ReadText(file).Trim() : null;
            var finding = await new CallProbe(
                new CallTarget(url.Uri, ParseAddress(question.ConnectTo, port), bundle, token)
                {
                    FindsPath = question.Path is null,
                    Notes = [from],
                },
                context.Settings.Timeout
            ).RunAsync(cancel);
            return finding.Status == DoctorStatus.Pass ? finding : WithAgents(finding, agents);
        }
        catch (CommandFailure failure)
        {
            return DoctorFinding.Fail(CallProbe.Id, failure.Message, failure.Where ?? "", failure.Next ?? "");
        }
        catch (CryptographicException e)
        {
            return DoctorFinding.Fail(CallProbe.Id, "The tunnel's trust bundle cannot be read.", e.Message);
        }
    }

    /// <summary>The port that an edge of the tunnel reports for clients; a live edge's takes precedence.</summary>
    private static async Task<(int Port, string From)> PublicPortAsync(
        ManagementClient client,
        JsonObject tunnel,
        CancellationToken cancel
    )
    {
        var serving = (tunnel["edges"] as JsonArray ?? [])
            .OfType<JsonObject>()
            .OrderByDescending(edge => edge["live"] is JsonValue live && live.TryGetValue(out bool isLive) && isLive)
            .Select(edge => edge.Text("id"))
            .ToList();
        try
        {
            var known = new Dictionary<string, JsonObject>(StringComparer.Ordinal);
            await foreach (var edge in NameResolver.AllAsync(client, Noun.Edge.Path, cancel))
            {
                known[edge.Text("id") ?? ""] = edge;
            }

            foreach (var edge in serving.Select(id => known.GetValueOrDefault(id ?? "")).OfType<JsonObject>())
            {
                if (edge["public_port"] is JsonValue reported && reported.TryGetValue(out int port))
                {
                    return (port, $"port: edge {edge.Text("name")} reports it as the clients' port");
                }
            }

            return (UsualPort, "port: 443, because no edge of the tunnel has reported another");
        }
        catch (CommandFailure failure) when (failure.ExitCode == ExitCode.Refused)
        {
            return (UsualPort, "port: 443, because this credential may not list the edges: --port names another");
        }
    }

    private static string? FirstRoute(IEnumerable<JsonNode?> agents) =>
        agents
            .SelectMany(agent => agent?["routes"] as JsonArray ?? [])
            .Select(route => route.Text("name"))
            .FirstOrDefault(name => name is not null);

    /// <summary>What the agents' own checks last reported: an expired certificate, an unavailable upstream.</summary>
    private static DoctorFinding WithAgents(DoctorFinding call, IEnumerable<JsonNode?> agents)
    {
        var found = agents
            .SelectMany(agent =>
                (agent?["doctor"]?["checks"] as JsonArray ?? [])
                    .Where(check => check.Text("status") == "fail")
                    .Select(check => (Agent: agent.Text("instance_id"), Check: check))
            )
            .Take(MaxAgentFindings)
            .ToList();
        return call with
        {
            Evidence =
            [
                .. call.Evidence,
                .. found.Select(one => $"agent {one.Agent}: {one.Check.Text("id")}: {one.Check.Text("summary")}"),
            ],
        };
    }

    private static EndPoint? ParseAddress(string? text, int port) =>
        text is null ? null : (HostPort.TryParse(text, out var named) ? named : new HostPort(text, port)).ToEndPoint();

    private static CommandResult Report(IReadOnlyList<DoctorFinding> findings, string? only)
    {
        var report = new DoctorReport(
            Checks: only is null ? findings : [.. findings.Where(finding => finding.Id == only)]
        );
        return CommandResult.Object(ToJson(report)) with
        {
            Plain = report.ToText(),
            ExitCode = report.Failed.Count == 0 ? ExitCode.Done : ExitCode.CheckFailed,
        };
    }

    private static JsonObject ToJson(DoctorReport report)
    {
        var checks = report.Checks.Select(finding =>
            (JsonNode)
                new JsonObject
                {
                    ["id"] = finding.Id,
                    ["status"] = finding.Status.ToString().ToLowerInvariant(),
                    ["summary"] = finding.Summary,
                    ["why"] = finding.Why,
                    ["evidence"] = WireJson.ToJsonArray(finding.Evidence),
                    ["next"] = WireJson.ToJsonArray(finding.Next),
                }
        );
        return new JsonObject
        {
            ["result"] = report.Result.ToLowerInvariant(),
            ["checks"] = new JsonArray([.. checks]),
        };
    }

    private static bool IsReady(JsonObject state) =>
        state["ready"] is JsonValue ready && ready.TryGetValue(out bool isReady) && isReady;

    private sealed record Question
    {
        public string? Tunnel { get; init; }

        public string? Route { get; init; }

        public string? Path { get; init; }

        public int? Port { get; init; }

        public string? ConnectTo { get; init; }

        public string? TokenFile { get; init; }
    }

    private sealed class Options
    {
        public Option<string?> Tunnel { get; } =
            Flags
                .Text("--tunnel", "TUNNEL", "call through this one (default: the first that is ready)")
                .Offering(Noun.Tunnel);

        public Option<string?> Route { get; } =
            Flags.Text("--route", "NAME", "label of the MCP server under the tunnel's domain");

        public Option<string?> Path { get; } =
            Flags.Text(
                "--path",
                "PATH",
                "of the MCP server (default: as the route's RFC 9728 document says, else /mcp)"
            );

        public Option<int?> Port { get; } =
            new("--port")
            {
                Description = "that clients connect to (default: the port that the tunnel's edges report, else 443)",
                HelpName = "N",
            };

        public Option<string?> ConnectTo { get; } =
            Flags.Text("--connect-to", "HOST:PORT", "an edge's address for clients, instead of the address from DNS");

        public Option<string?> TokenFile { get; } =
            Flags.Text("--token-file", "FILE", "bearer token for the MCP server");

        public Option<string?> Check { get; } = Flags.OneOf("--check", "print only this check", Checks);
    }
}
