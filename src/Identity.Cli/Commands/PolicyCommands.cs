using System.CommandLine;
using System.Text.Json.Nodes;
using Culvert.Identity.Cli.Api;
using Culvert.Identity.Cli.Hosting;
using Culvert.Identity.Cli.Invocation;
using Culvert.Identity.Cli.Output;
using Culvert.Platform.Configuration;

namespace Culvert.Identity.Cli.Commands;

/// <summary><c>culvert policy</c>: policies of agents' routes, with review by a second person.</summary>
internal static class PolicyCommands
{
    private const string NoVersion = "none";

    private static readonly string[] States = ["draft", "active", "superseded", "rejected", "withdrawn"];

    public static Command Create(VerbFactory verbs) =>
        VerbFactory.Group(
            "policy",
            "policies of routes, reviewed by a second person",
            Push(verbs),
            List(verbs),
            Show(verbs),
            Diff(verbs),
            Approve(verbs),
            End(verbs, "reject", "end a draft without using it"),
            End(verbs, "withdraw", "take back a draft of your own; it can no longer be approved"),
            RollBack(verbs)
        );

    private static Command Push(VerbFactory verbs)
    {
        var (tunnel, hostname) = (Tunnel(), Hostname());
        var file = new Argument<string>("FILE") { Description = "what a file would have under policy, in YAML" };
        var comment = Flags.Text("--comment", "TEXT", "for the person who reviews it");
        return verbs.Create(
            "push",
            "draft a version of a route's policy",
            async (context, cancel) =>
            {
                var text = InFile.ReadText(context.Get(file));
                if (PolicyForm.FindProblems(text) is { Count: > 0 } problems)
                {
                    throw new CommandFailure(ExitCode.Usage, string.Join('\n', problems))
                    {
                        Where = context.Get(file),
                        Next = "correct the file",
                    };
                }

                var client = await context.ClientAsync(cancel);
                var path = await context.PathAsync(Noun.Tunnel, context.Get(tunnel), cancel);
                var body = new JsonObject
                {
                    ["hostname"] = await CompleteAsync(client, path, context.Get(hostname), cancel),
                    ["text"] = text,
                };
                Add(body, "comment", context.Get(comment));
                return Summary(await client.PostAsync($"{path}/policies", body, cancel));
            },
            tunnel,
            hostname,
            file,
            comment
        );
    }

    private static Command List(VerbFactory verbs)
    {
        var tunnel = Tunnel();
        var hostname = Flags.Text("--hostname", "NAME", "only versions of this hostname, or of this label");
        var state = Flags.OneOf("--state", "only versions in this state", States);
        var flags = new ListFlags();
        return verbs.Create(
            "list",
            "list the versions of the policies of a tunnel's routes",
            async (context, cancel) =>
            {
                var client = await context.ClientAsync(cancel);
                var path = await context.PathAsync(Noun.Tunnel, context.Get(tunnel), cancel);
                var name = context.Get(hostname);
                return await flags.RunAsync(
                    context,
                    $"{path}/policies",
                    new Query()
                        .Add("hostname", name is null ? null : await CompleteAsync(client, path, name, cancel))
                        .Add("state", context.Get(state)),
                    [
                        new("ID", "id", Fit.Whole),
                        new("HOSTNAME", "hostname", Fit.Whole),
                        new("VERSION", "version"),
                        new("STATE", "state", Fit.Whole),
                        new("DRAFTED BY", "drafted_by"),
                        new("DRAFTED", "drafted_at"),
                        new("DECIDED BY", "decided_by"),
                        new("COMMENT", "comment", Fit.Wrap),
                    ],
                    cancel
                );
            },
            [tunnel, hostname, state, .. flags.OptionsWithoutArchived]
        );
    }

    private static Command Show(VerbFactory verbs)
    {
        var (tunnel, id) = (Tunnel(), Id());
        return verbs.Create(
            "show",
            "show a version, with its text and the agents that cannot use it",
            async (context, cancel) =>
            {
                var client = await context.ClientAsync(cancel);
                return CommandResult.Object(
                    await client.GetAsync(await PathAsync(context, tunnel, id, cancel), cancel)
                );
            },
            tunnel,
            id
        );
    }

    private static Command Diff(VerbFactory verbs)
    {
        var (tunnel, id) = (Tunnel(), Id());
        return verbs.Create(
            "diff",
            "compare a version with the active one of its hostname",
            async (context, cancel) =>
            {
                var client = await context.ClientAsync(cancel);
                var path = await PathAsync(context, tunnel, id, cancel);
                var version = (await client.GetAsync(path, cancel)).Json;
                var active = await FindActiveIdAsync(client, path, version, cancel);
                var list = path[..path.LastIndexOf('/')];
                var before = active is null ? null : (await client.GetAsync($"{list}/{active}", cancel)).Json;
                var diff = LineDiff.Write((string?)before?["text"] ?? "", (string?)version["text"] ?? "");
                var json = new JsonObject
                {
                    ["type"] = "route_policy_diff",
                    ["id"] = (string?)version["id"],
                    ["digest"] = (string?)version["digest"],
                    ["active_id"] = active,
                    ["diff"] = diff,
                };
                context.Note(
                    active is null
                        ? "no version is active; approve with --replaces none"
                        : $"compared with {active}; approve with --replaces {active}"
                );
                return CommandResult.Object(json) with { Plain = diff };
            },
            tunnel,
            id
        );
    }

    private static Command Approve(VerbFactory verbs)
    {
        var (tunnel, id) = (Tunnel(), Id());
        var reason = Flags.Text("--reason", "TEXT", "why, for the audit");
        var replaces = Flags.Text(
            "--replaces",
            "ID",
            "the active version that you compared with, or none; if it is left out, the one that is active now"
        );
        return verbs.Create(
            "approve",
            "make a draft of another person the active version; agents get it at once",
            async (context, cancel) =>
            {
                var client = await context.ClientAsync(cancel);
                var path = await PathAsync(context, tunnel, id, cancel);
                var seen = context.Get(replaces);
                if (seen is null)
                {
                    var version = (await client.GetAsync(path, cancel)).Json;
                    seen = await FindActiveIdAsync(client, path, version, cancel) ?? NoVersion;
                    context.Note(seen == NoVersion ? "no version is active" : $"it replaces {seen}");
                }

                var body = new JsonObject { ["replaces"] = seen };
                Add(body, "reason", context.Get(reason));
                return Summary(await client.PostAsync($"{path}/approve", body, cancel));
            },
            tunnel,
            id,
            reason,
            replaces
        );
    }

    private static Command End(VerbFactory verbs, string verb, string description)
    {
        var (tunnel, id) = (Tunnel(), Id());
        var reason = Flags.Text("--reason", "TEXT", "why, for the audit");
        return verbs.Create(
            verb,
            description,
            async (context, cancel) =>
            {
                var client = await context.ClientAsync(cancel);
                var body = new JsonObject();
                Add(body, "reason", context.Get(reason));
                var path = await PathAsync(context, tunnel, id, cancel);
                return Summary(await client.PostAsync($"{path}/{verb}", body, cancel));
            },
            tunnel,
            id,
            reason
        );
    }

    private static Command RollBack(VerbFactory verbs)
    {
        var (tunnel, hostname) = (Tunnel(), Hostname());
        var reason = Flags.Text("--reason", "TEXT", "why, for the audit");
        return verbs.Create(
            "rollback",
            "take back the last approval: the version before it is active again",
            async (context, cancel) =>
            {
                var client = await context.ClientAsync(cancel);
                var path = await context.PathAsync(Noun.Tunnel, context.Get(tunnel), cancel);
                var body = new JsonObject
                {
                    ["hostname"] = await CompleteAsync(client, path, context.Get(hostname), cancel),
                };
                Add(body, "reason", context.Get(reason));
                return Summary(await client.PostAsync($"{path}/policies/rollback", body, cancel));
            },
            tunnel,
            hostname,
            reason
        );
    }

    private static Argument<string> Tunnel() =>
        new Argument<string>("TUNNEL") { Description = "id or name of the tunnel" }.Offering(Noun.Tunnel);

    private static Argument<string> Hostname() =>
        new("HOSTNAME")
        {
            Description = "of the route, or its label under the tunnel's domain; @ is the domain itself",
        };

    private static Argument<string> Id() => new("ID") { Description = "id of the version" };

    private static void Add(JsonObject body, string name, string? value)
    {
        if (value is not null)
        {
            body[name] = value;
        }
    }

    // Without the text, which the caller has in a file, or in the diff.
    private static CommandResult Summary(ApiAnswer answer)
    {
        var json = (JsonObject)answer.Json.DeepClone();
        json.Remove("text");
        return CommandResult.Object(json);
    }

    // The active version of the version's hostname; null: none is active.
    private static async Task<string?> FindActiveIdAsync(
        ManagementClient client,
        string path,
        JsonObject version,
        CancellationToken cancel
    )
    {
        var query = new Query().Add("hostname", (string?)version["hostname"]).Add("state", "active");
        var active = (await client.GetAsync(query.On(path[..path.LastIndexOf('/')]), cancel)).Json["data"]!.AsArray();
        return active is [{ } found] ? (string?)found["id"] : null;
    }

    // Completes a route's label, as in the agent's file, with the tunnel's domain.
    private static async Task<string> CompleteAsync(
        ManagementClient client,
        string tunnelPath,
        string name,
        CancellationToken cancel
    )
    {
        if (name.Contains('.'))
        {
            return name;
        }

        var domain = (string?)(await client.GetAsync(tunnelPath, cancel)).Json["domain"];
        return name == "@" ? domain! : $"{name}.{domain}";
    }

    private static async Task<string> PathAsync(
        CommandContext context,
        Argument<string> tunnel,
        Argument<string> id,
        CancellationToken cancel
    ) =>
        $"{await context.PathAsync(Noun.Tunnel, context.Get(tunnel), cancel)}/policies/{Uri.EscapeDataString(context.Get(id))}";
}
