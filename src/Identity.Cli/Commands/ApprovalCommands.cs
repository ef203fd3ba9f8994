using System.CommandLine;
using System.Text.Json.Nodes;
using Culvert.Identity.Cli.Api;
using Culvert.Identity.Cli.Invocation;
using Culvert.Identity.Cli.Output;

namespace Culvert.Identity.Cli.Commands;

/// <summary><c>culvert approvals</c>: calls that a rule of an agent's policy allows only with a person's approval.</summary>
internal static class ApprovalCommands
{
    private static readonly string[] States = ["pending", "approved", "rejected", "used", "expired"];

    public static Command Create(VerbFactory verbs) =>
        VerbFactory.Group(
            "approvals",
            "calls that need a person's approval",
            List(verbs),
            Show(verbs),
            Decide(
                verbs,
                "approve",
                "let the call be made once; where two people must approve, the second approval counts"
            ),
            Decide(verbs, "reject", "refuse the call until its request expires")
        );

    private static Command List(VerbFactory verbs)
    {
        var tunnel = new Argument<string?>("TUNNEL")
        {
            Description = "id or name of a tunnel; all tunnels without it",
            Arity = ArgumentArity.ZeroOrOne,
        }.Offering(Noun.Tunnel);
        var state = Flags.OneOf("--state", "only requests in this state", States);
        var flags = new ListFlags();
        return verbs.Create(
            "list",
            "list the requests for approval of a tunnel, or of all tunnels",
            async (context, cancel) =>
                await flags.RunAsync(
                    context,
                    await ListPathAsync(context, context.Get(tunnel), cancel),
                    new Query().Add("state", context.Get(state)),
                    [
                        new("ID", "id", Fit.Whole),
                        new("STATE", "state", Fit.Whole),
                        new("TUNNEL", "tunnel_id", Fit.Whole),
                        new("ROUTE", "route"),
                        new("NAME", "name"),
                        new("SUBJECT", "subject"),
                        new("APPROVERS", "approvers"),
                        new("EXPIRES", "expires_at"),
                    ],
                    cancel
                ),
            [tunnel, state, .. flags.OptionsWithoutArchived]
        );
    }

    private static Command Show(VerbFactory verbs)
    {
        var (tunnel, id) = (Tunnel(), Id());
        return verbs.Create(
            "show",
            "show a request, with the arguments that its rule shows",
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

    private static Command Decide(VerbFactory verbs, string verb, string description)
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
                if (context.Get(reason) is { } text)
                {
                    body["reason"] = text;
                }

                var path = await PathAsync(context, tunnel, id, cancel);
                return CommandResult.Object(await client.PostAsync($"{path}/{verb}", body, cancel));
            },
            tunnel,
            id,
            reason
        );
    }

    private static Argument<string> Tunnel() =>
        new Argument<string>("TUNNEL") { Description = "id or name of the tunnel" }.Offering(Noun.Tunnel);

    private static Argument<string> Id() => new("ID") { Description = "id of the request: the ticket" };

    private static async Task<string> ListPathAsync(CommandContext context, string? tunnel, CancellationToken cancel) =>
        tunnel is null ? "/v1/approvals" : $"{await context.PathAsync(Noun.Tunnel, tunnel, cancel)}/approvals";

    private static async Task<string> PathAsync(
        CommandContext context,
        Argument<string> tunnel,
        Argument<string> id,
        CancellationToken cancel
    ) => $"{await ListPathAsync(context, context.Get(tunnel), cancel)}/{Uri.EscapeDataString(context.Get(id))}";
}
