using System.CommandLine;
using System.Text.Json.Nodes;
using Culvert.Identity.Cli.Api;
using Culvert.Identity.Cli.Hosting;
using Culvert.Identity.Cli.Invocation;
using Culvert.Identity.Cli.Output;

namespace Culvert.Identity.Cli.Commands;

internal static class AgentCommands
{
    private const string AllAgents = "/v1/agents";

    private static readonly string[] States = ["live", "offline", "revoked"];

    private static readonly Column[] Columns =
    [
        new("ID", "id", Fit.Whole),
        new("INSTANCE", "instance_id", Fit.Whole),
        new("LIVE", "live", Fit.Whole),
        new("LAST CONTACT", "last_contact_at"),
        new("METHOD", "method"),
        new("TUNNEL", "tunnel_id"),
        new("VERSION", "version"),
    ];

    public static Command Create(VerbFactory verbs) =>
        VerbFactory.Group(
            "agent",
            "agents that enrolled for a tunnel",
            List(verbs),
            Show(verbs),
            Change(verbs, "disconnect", "close its connections at every edge; it can reconnect", isFinal: false),
            Change(
                verbs,
                "revoke",
                "close its connections and revoke its enrolment; it enrols again unless you also disable its rule or rotate the tunnel token",
                isFinal: true
            )
        );

    private static Command Show(VerbFactory verbs)
    {
        var (id, tunnel) = (AgentId(), TunnelFlag());
        return verbs.Create(
            "show",
            "print one agent",
            async (context, cancel) =>
                CommandResult.Object((await FindAsync(context, context.Get(id), context.Get(tunnel), cancel)).Agent),
            [id, tunnel, .. WatchFlags.Create()]
        );
    }

    private static Command Change(VerbFactory verbs, string verb, string description, bool isFinal)
    {
        var (id, tunnel, yes) = (AgentId(), TunnelFlag(), Flags.Yes());
        var reason = Flags.Text("--reason", "TEXT", "for the audit");
        return verbs.Create(
            verb,
            description,
            async (context, cancel) =>
            {
                var (path, agent) = await FindAsync(context, context.Get(id), context.Get(tunnel), cancel);
                if (isFinal)
                {
                    var instance = agent.Text("instance_id") ?? context.Get(id);
                    context.Confirm($"Revoking agent {instance}: its certificates die", instance, context.Get(yes));
                }

                var client = await context.ClientAsync(cancel);
                return CommandResult.Object(
                    await client.PostAsync($"{path}/{verb}", UpdateBody.Reason(context.Get(reason)), cancel)
                );
            },
            isFinal ? [id, tunnel, reason, yes] : [id, tunnel, reason]
        );
    }

    private static Argument<string> AgentId() =>
        new Argument<string>("ID")
        {
            Description = "ID of the agent (agt_…), or its instance ID if only one tunnel has it",
        }.Offering(NameCompletion.FromPartsOfTunnel("agents", _ => null), "instance_id");

    private static Option<string?> TunnelFlag() =>
        Flags
            .Text("--tunnel", "TUNNEL", "limit the search to this tunnel (default: all tunnels)")
            .Offering(Noun.Tunnel);

    private static async Task<(string Path, JsonObject Agent)> FindAsync(
        CommandContext context,
        string id,
        string? tunnel,
        CancellationToken cancel
    )
    {
        var client = await context.ClientAsync(cancel);
        var tunnels = new List<string>();
        if (tunnel is not null)
        {
            tunnels.Add(await context.IdAsync(Noun.Tunnel, tunnel, cancel));
        }
        else
        {
            await foreach (var item in NameResolver.AllAsync(client, Noun.Tunnel.Path, cancel))
            {
                tunnels.Add(item.Text("id") ?? "");
            }
        }

        var found = new List<(string, JsonObject)>();
        foreach (var one in tunnels)
        {
            var path = $"{Noun.Tunnel.GetPath(one)}/agents";
            foreach (var agent in (await client.GetAsync(path, cancel)).Json.Data().OfType<JsonObject>())
            {
                if (agent.Text("id") == id || agent.Text("instance_id") == id)
                {
                    found.Add(($"{path}/{Uri.EscapeDataString(agent.Text("id") ?? "")}", agent));
                }
            }
        }

        return found switch
        {
            [var only] => only,
            [] => throw new CommandFailure(ExitCode.Refused, $"there is no agent '{id}'")
            {
                Next = "culvert agent list",
            },
            _ => throw new CommandFailure(ExitCode.Usage, $"several agents are called '{id}'")
            {
                Next = "use the id, or --tunnel",
            },
        };
    }

    private static Command List(VerbFactory verbs)
    {
        var tunnel = Flags
            .Text("--tunnel", "TUNNEL", "only this tunnel's (default: every tunnel's)")
            .Offering(Noun.Tunnel);
        var state = Flags.OneOf("--state", "only agents in this state", States);
        var flags = new ListFlags();
        return verbs.Create(
            "list",
            "list agents",
            async (context, cancel) =>
                await flags.RunAsync(
                    context,
                    AllAgents,
                    new Query()
                        .Add(
                            "tunnel_id",
                            context.Get(tunnel) is { } name ? await context.IdAsync(Noun.Tunnel, name, cancel) : null
                        )
                        .Add("state", context.Get(state)),
                    Columns,
                    cancel
                ),
            [tunnel, state, .. flags.OptionsWithoutArchived]
        );
    }
}
