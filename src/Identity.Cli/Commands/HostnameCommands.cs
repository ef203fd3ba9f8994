using System.CommandLine;
using System.Text.Json.Nodes;
using Culvert.Identity.Cli.Api;
using Culvert.Identity.Cli.Hosting;
using Culvert.Identity.Cli.Invocation;
using Culvert.Identity.Cli.Output;

namespace Culvert.Identity.Cli.Commands;

internal static class HostnameCommands
{
    private const string Active = "active";

    public static Command Create(VerbFactory verbs) =>
        VerbFactory.Group(
            "hostname",
            "custom hostnames of a tunnel",
            Add(verbs),
            List(verbs),
            Check(verbs),
            Approve(verbs),
            Remove(verbs)
        );

    private static Command Add(VerbFactory verbs)
    {
        var (tunnel, name) = (Tunnel(), Name());
        return verbs.Create(
            "add",
            "claim a name; it is served once its TXT record is seen, or an operator has approved it",
            async (context, cancel) =>
            {
                var client = await context.ClientAsync(cancel);
                var body = new JsonObject { ["name"] = context.Get(name) };
                return CommandResult.Object(
                    await client.PostAsync(await ListPathAsync(context, tunnel, cancel), body, cancel)
                );
            },
            tunnel,
            name
        );
    }

    private static Command List(VerbFactory verbs)
    {
        var tunnel = Tunnel();
        var flags = new ListFlags();
        return verbs.Create(
            "list",
            "list the hostnames of a tunnel and the DNS records to publish",
            async (context, cancel) =>
                await flags.RunAsync(
                    context,
                    await ListPathAsync(context, tunnel, cancel),
                    new Query(),
                    [
                        new("NAME", "name", Fit.Whole),
                        new("STATE", "state", Fit.Whole),
                        new("CHECKED", "checked_at"),
                        new("FOUND", "check_result", Fit.Wrap),
                        new("TXT", "txt_name"),
                        new("VALUE", "txt_value"),
                        new("CNAME", "cname_target"),
                    ],
                    cancel
                ),
            [tunnel, .. flags.OptionsWithoutArchived]
        );
    }

    private static Command Check(VerbFactory verbs)
    {
        var tunnel = Tunnel();
        var name = CompletedName(tunnel);
        return verbs.Create(
            "check",
            "check the TXT record now; exit code 2 while the name is not active",
            async (context, cancel) =>
            {
                var client = await context.ClientAsync(cancel);
                var result = await client.PostAsync(
                    $"{await PathAsync(context, tunnel, name, cancel)}/check",
                    null,
                    cancel
                );
                var isActive = result.Json.Text("state") == Active;
                return CommandResult.Object(result) with { ExitCode = isActive ? ExitCode.Done : ExitCode.CheckFailed };
            },
            tunnel,
            name
        );
    }

    private static Command Approve(VerbFactory verbs)
    {
        var tunnel = Tunnel();
        var name = CompletedName(tunnel);
        var yes = Flags.Yes();
        return verbs.Create(
            "approve",
            "vouch for a name in place of its proof (operators of the installation)",
            async (context, cancel) =>
            {
                var client = await context.ClientAsync(cancel);
                var path = await PathAsync(context, tunnel, name, cancel);
                context.Confirm($"Approving {context.Get(name)} without a proof", context.Get(name), context.Get(yes));
                return CommandResult.Object(await client.PostAsync($"{path}/approve", null, cancel));
            },
            tunnel,
            name,
            yes
        );
    }

    private static Command Remove(VerbFactory verbs)
    {
        var tunnel = Tunnel();
        var name = CompletedName(tunnel);
        return verbs.Create(
            "remove",
            "release a name: edges and agents stop serving it within seconds",
            async (context, cancel) =>
            {
                var client = await context.ClientAsync(cancel);
                return CommandResult.Object(
                    await client.DeleteAsync(await PathAsync(context, tunnel, name, cancel), cancel)
                );
            },
            tunnel,
            name
        );
    }

    private static Argument<string> Tunnel() =>
        new Argument<string>("TUNNEL") { Description = "id or name of the tunnel" }.Offering(Noun.Tunnel);

    private static Argument<string> Name() => new("HOSTNAME") { Description = "a full DNS name" };

    private static Argument<string> CompletedName(Argument<string> tunnel) =>
        Name().Offering(NameCompletion.FromPartsOfTunnel("hostnames", context => context.Get(tunnel)), "name");

    private static async Task<string> ListPathAsync(
        CommandContext context,
        Argument<string> tunnel,
        CancellationToken cancel
    ) => $"{await context.PathAsync(Noun.Tunnel, context.Get(tunnel), cancel)}/hostnames";

    private static async Task<string> PathAsync(
        CommandContext context,
        Argument<string> tunnel,
        Argument<string> name,
        CancellationToken cancel
    ) => $"{await ListPathAsync(context, tunnel, cancel)}/{Uri.EscapeDataString(context.Get(name))}";
}
