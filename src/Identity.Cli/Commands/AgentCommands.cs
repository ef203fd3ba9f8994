using System.CommandLine;
using System.Text.Json.Nodes;
using Culvert.Identity.Cli.Api;
using Culvert.Identity.Cli.Output;

namespace Culvert.Identity.Cli.Commands;

/// <summary><c>culvert agent</c>: what enrolled for a tunnel and last reported.</summary>
internal static class AgentCommands
{
    private static readonly Column[] Columns =
    [
        new("ID", "id"),
        new("TUNNEL", "tunnel_id"),
        new("INSTANCE", "instance_id"),
        new("METHOD", "method"),
        new("LIVE", "live"),
        new("LAST CONTACT", "last_contact_at"),
        new("VERSION", "version"),
    ];

    public static Command Create(VerbFactory verbs) =>
        VerbFactory.Group("agent", "agents that enrolled for a tunnel", List(verbs));

    private static Command List(VerbFactory verbs)
    {
        var tunnel = Flags.Text("--tunnel", "TUNNEL", "only this tunnel's (default: every tunnel's)");
        return verbs.Create(
            "list",
            "list agents",
            async (context, cancel) =>
            {
                var client = await context.ClientAsync(cancel);
                if (context.Get(tunnel) is { } one)
                {
                    var path = Noun.Tunnel.PathOf(await context.IdAsync(Noun.Tunnel, one, cancel));
                    return CommandResult.List(await client.GetAsync($"{path}/agents", cancel), Columns);
                }

                var data = new JsonArray();
                await foreach (var item in NameResolver.AllAsync(client, Noun.Tunnel.Path, cancel))
                {
                    var agents = await client.GetAsync($"{Noun.Tunnel.PathOf(item.Text("id") ?? "")}/agents", cancel);
                    foreach (var agent in agents.Json.Data())
                    {
                        data.Add(agent?.DeepClone());
                    }
                }

                return CommandResult.List(
                    ApiAnswer.FromJson(new JsonObject { ["data"] = data, ["next_page"] = null }),
                    Columns
                );
            },
            tunnel
        );
    }
}
