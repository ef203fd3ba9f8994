using System.CommandLine;
using System.Text.Json.Nodes;
using Culvert.Identity.Cli.Api;
using Culvert.Identity.Cli.Output;

namespace Culvert.Identity.Cli.Commands;

/// <summary><c>culvert tunnel cert</c>: the CA certificates registered on a tunnel, its trust anchors.</summary>
internal static class TunnelCertCommands
{
    public static Command Create(VerbFactory verbs) =>
        VerbFactory.Group(
            "cert",
            "CA certificates registered on a tunnel",
            Register(verbs),
            List(verbs),
            Show(verbs),
            Archive(verbs)
        );

    private static Command Register(VerbFactory verbs)
    {
        var tunnel = Tunnel();
        var file = Flags.Required("--file", "FILE", "the CA certificate, PEM");
        return verbs.Create(
            "register",
            "register a CA whose leaves are signed elsewhere",
            async (context, cancel) =>
            {
                var body = new JsonObject { ["ca_certificate_pem"] = InFile.ReadText(context.Get(file)!) };
                var client = await context.ClientAsync(cancel);
                return CommandResult.Object(
                    await client.PostAsync(await PathAsync(context, tunnel, cancel), body, cancel)
                );
            },
            tunnel,
            file
        );
    }

    private static Command List(VerbFactory verbs)
    {
        var tunnel = Tunnel();
        var flags = new ListFlags();
        return verbs.Create(
            "list",
            "list registered certificates, newest first",
            async (context, cancel) =>
                await flags.RunAsync(
                    context,
                    await PathAsync(context, tunnel, cancel),
                    new Query(),
                    [
                        new("ID", "id"),
                        new("FINGERPRINT", "fingerprint"),
                        new("EXPIRES", "expires_at"),
                        new("CREATED", "created_at"),
                        new("ARCHIVED", "archived_at"),
                    ],
                    cancel
                ),
            [tunnel, .. flags.Options]
        );
    }

    private static Command Show(VerbFactory verbs)
    {
        var tunnel = Tunnel();
        var id = Certificate();
        return verbs.Create(
            "show",
            "print one registered certificate",
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

    private static Command Archive(VerbFactory verbs)
    {
        var tunnel = Tunnel();
        var id = Certificate();
        var yes = Flags.Yes();
        return verbs.Create(
            "archive",
            "stop trusting a CA here: leaves that it signed no longer serve this tunnel",
            async (context, cancel) =>
            {
                var client = await context.ClientAsync(cancel);
                var path = await PathAsync(context, tunnel, cancel);
                var certificate = context.Get(id);
                context.Confirm($"Archiving registered certificate {certificate}", certificate, context.Get(yes));
                return CommandResult.Object(
                    await client.PostAsync($"{path}/{Uri.EscapeDataString(certificate)}/archive", body: null, cancel)
                );
            },
            tunnel,
            id,
            yes
        );
    }

    private static Argument<string> Tunnel() => new("TUNNEL") { Description = "id or name of the tunnel" };

    private static Argument<string> Certificate() => new("ID") { Description = "id of the certificate (tcrt_…)" };

    private static async Task<string> PathAsync(
        CommandContext context,
        Argument<string> tunnel,
        CancellationToken cancel
    ) => $"{await context.PathAsync(Noun.Tunnel, context.Get(tunnel), cancel)}/certificates";
}
