using System.CommandLine;
using System.Text.Json.Nodes;
using Culvert.Identity.Cli.Api;
using Culvert.Identity.Cli.Invocation;
using Culvert.Identity.Cli.Output;

namespace Culvert.Identity.Cli.Commands;

/// <summary>The verbs of a tunnel's parts that are only added, listed, shown and archived.</summary>
/// <param name="segment">The path segment below the tunnel's path.</param>
/// <param name="what">The name of a part in messages.</param>
/// <param name="prefix">The prefix of its ids.</param>
internal sealed class TunnelParts(VerbFactory verbs, string segment, string what, string prefix)
{
    public Command Add(
        string name,
        string description,
        Func<CommandContext, JsonObject> body,
        params ReadOnlySpan<Symbol> flags
    )
    {
        var tunnel = Tunnel();
        return verbs.Create(
            name,
            description,
            async (context, cancel) =>
            {
                var written = body(context);
                var client = await context.ClientAsync(cancel);
                return CommandResult.Object(
                    await client.PostAsync(await PathAsync(context, tunnel, cancel), written, cancel)
                );
            },
            [tunnel, .. flags]
        );
    }

    public Command List(string description, params Column[] columns)
    {
        var tunnel = Tunnel();
        var flags = new ListFlags();
        return verbs.Create(
            "list",
            description,
            async (context, cancel) =>
                await flags.RunAsync(context, await PathAsync(context, tunnel, cancel), new Query(), columns, cancel),
            [tunnel, .. flags.Options]
        );
    }

    public Command Show(string description)
    {
        var (tunnel, id) = (Tunnel(), Id());
        return verbs.Create(
            "show",
            description,
            async (context, cancel) =>
            {
                var client = await context.ClientAsync(cancel);
                var path = await PathAsync(context, tunnel, cancel);
                return CommandResult.Object(
                    await client.GetAsync($"{path}/{Uri.EscapeDataString(context.Get(id))}", cancel)
                );
            },
            tunnel,
            id
        );
    }

    /// <summary>A verb that posts a body to one part.</summary>
    public Command Post(
        string name,
        string description,
        Func<CommandContext, JsonObject> body,
        params ReadOnlySpan<Symbol> flags
    )
    {
        var (tunnel, id) = (Tunnel(), Id());
        return verbs.Create(
            name,
            description,
            async (context, cancel) =>
            {
                var written = body(context);
                var client = await context.ClientAsync(cancel);
                var path = await PathAsync(context, tunnel, cancel);
                return CommandResult.Object(
                    await client.PostAsync($"{path}/{Uri.EscapeDataString(context.Get(id))}/{name}", written, cancel)
                );
            },
            [tunnel, id, .. flags]
        );
    }

    /// <param name="reason">The option, if the service records a reason; otherwise null.</param>
    public Command Archive(string description, Option<string?>? reason = null)
    {
        var (tunnel, id, yes) = (Tunnel(), Id(), Flags.Yes());
        Symbol[] symbols = reason is null ? [tunnel, id, yes] : [tunnel, id, reason, yes];
        return verbs.Create(
            "archive",
            description,
            async (context, cancel) =>
            {
                var client = await context.ClientAsync(cancel);
                var path = await PathAsync(context, tunnel, cancel);
                var part = context.Get(id);
                context.Confirm($"Archiving {what} {part}", part, context.Get(yes));
                return CommandResult.Object(
                    await client.PostAsync(
                        $"{path}/{Uri.EscapeDataString(part)}/archive",
                        UpdateBody.Reason(reason is null ? null : context.Get(reason)),
                        cancel
                    )
                );
            },
            symbols
        );
    }

    private static Argument<string> Tunnel() =>
        new Argument<string>("TUNNEL") { Description = "id or name of the tunnel" }.Offering(Noun.Tunnel);

    private Argument<string> Id() => new("ID") { Description = $"id of the {what} ({prefix}_…)" };

    private async Task<string> PathAsync(CommandContext context, Argument<string> tunnel, CancellationToken cancel) =>
        $"{await context.PathAsync(Noun.Tunnel, context.Get(tunnel), cancel)}/{segment}";
}
