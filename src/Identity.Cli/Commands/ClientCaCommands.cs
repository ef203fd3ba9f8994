using System.CommandLine;
using System.Text.Json.Nodes;
using Culvert.Identity.Cli.Api;
using Culvert.Identity.Cli.Output;

namespace Culvert.Identity.Cli.Commands;

/// <summary><c>culvert tunnel client-ca</c>: whose certificates open the CONNECT ingress.</summary>
internal static class ClientCaCommands
{
    public static Command Create(VerbFactory verbs) =>
        VerbFactory.Group(
            "client-ca",
            "CAs of clients that come by CONNECT with a certificate",
            Add(verbs),
            List(verbs),
            Archive(verbs)
        );

    private static Command Add(VerbFactory verbs)
    {
        var tunnel = Tunnel();
        var file = Flags.Required("--file", "FILE", "the CA certificate, PEM");
        var identities = Flags.Many(
            "--identity",
            "PATTERN",
            "who may connect: uri:, dns: or email: and a name of the certificate; one * stands for one whole segment"
        );
        identities.Required = true;
        return verbs.Create(
            "add",
            "let clients in whose certificates this CA signed",
            async (context, cancel) =>
            {
                var body = new JsonObject
                {
                    ["ca_certificate_pem"] = InFile.ReadText(context.Get(file)!),
                    ["identities"] = WireJson.ArrayOf(context.Get(identities)!),
                };
                var client = await context.ClientAsync(cancel);
                return CommandResult.Object(
                    await client.PostAsync(await PathAsync(context, tunnel, cancel), body, cancel)
                );
            },
            tunnel,
            file,
            identities
        );
    }

    private static Command List(VerbFactory verbs)
    {
        var tunnel = Tunnel();
        var flags = new ListFlags();
        return verbs.Create(
            "list",
            "list client CAs, newest first",
            async (context, cancel) =>
                await flags.RunAsync(
                    context,
                    await PathAsync(context, tunnel, cancel),
                    new Query(),
                    [
                        new("ID", "id"),
                        new("IDENTITIES", "identities"),
                        new("FINGERPRINT", "fingerprint"),
                        new("EXPIRES", "expires_at"),
                        new("ARCHIVED", "archived_at"),
                    ],
                    cancel
                ),
            [tunnel, .. flags.Options]
        );
    }

    private static Command Archive(VerbFactory verbs)
    {
        var tunnel = Tunnel();
        var id = new Argument<string>("ID") { Description = "id of the client CA (clca_…)" };
        var reason = Flags.Text("--reason", "TEXT", "for the audit");
        var yes = Flags.Yes();
        return verbs.Create(
            "archive",
            "let nobody in by a CA any more; who is connected by it is cut off",
            async (context, cancel) =>
            {
                var client = await context.ClientAsync(cancel);
                var path = await PathAsync(context, tunnel, cancel);
                var authority = context.Get(id);
                context.Confirm($"Archiving client CA {authority}", authority, context.Get(yes));
                return CommandResult.Object(
                    await client.PostAsync(
                        $"{path}/{Uri.EscapeDataString(authority)}/archive",
                        UpdateBody.Reason(context.Get(reason)),
                        cancel
                    )
                );
            },
            tunnel,
            id,
            reason,
            yes
        );
    }

    private static Argument<string> Tunnel() => new("TUNNEL") { Description = "id or name of the tunnel" };

    private static async Task<string> PathAsync(
        CommandContext context,
        Argument<string> tunnel,
        CancellationToken cancel
    ) => $"{await context.PathAsync(Noun.Tunnel, context.Get(tunnel), cancel)}/client_certificate_authorities";
}
