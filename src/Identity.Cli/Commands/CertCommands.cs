using System.CommandLine;
using System.Text.Json.Nodes;
using Culvert.Identity.Cli.Api;
using Culvert.Identity.Cli.Output;

namespace Culvert.Identity.Cli.Commands;

/// <summary><c>culvert cert</c>: the inventory of everything that the service signed or meant to sign.</summary>
internal static class CertCommands
{
    private const string InventoryPath = "v1/certificates";

    public static Command Create(VerbFactory verbs) =>
        VerbFactory.Group("cert", "inventory of issued certificates", List(verbs), Show(verbs));

    private static Command List(VerbFactory verbs)
    {
        var tunnel = Flags.Text("--tunnel", "TUNNEL", "only this tunnel's");
        var serial = Flags.Text("--serial", "HEX", "only this serial number");
        var flags = new ListFlags();
        return verbs.Create(
            "list",
            "list certificates, newest first",
            async (context, cancel) =>
            {
                var tunnelId = context.Get(tunnel) is { } t ? await context.IdAsync(Noun.Tunnel, t, cancel) : null;
                var number = context.Get(serial) is { } s ? Serial(s, "--serial") : null;
                return await flags.RunAsync(
                    context,
                    InventoryPath,
                    new Query().Add("tunnel_id", tunnelId).Add("serial", number),
                    [
                        new("SERIAL", "serial"),
                        new("KIND", "kind"),
                        new("STATUS", "status"),
                        new("IDENTITY", "identity"),
                        new("ISSUED", "issued_at"),
                        new("EXPIRES", "not_after"),
                    ],
                    cancel
                );
            },
            [tunnel, serial, .. flags.OptionsWithoutArchived]
        );
    }

    private static Command Show(VerbFactory verbs)
    {
        var serial = new Argument<string>("SERIAL")
        {
            Description = "serial number in hexadecimal, as openssl prints it",
        };
        return verbs.Create(
            "show",
            "print one certificate's record",
            async (context, cancel) =>
            {
                var number = Serial(context.Get(serial), "SERIAL");
                var client = await context.ClientAsync(cancel);
                var answer = await client.GetAsync(new Query().Add("serial", number).On(InventoryPath), cancel);
                if (answer.Json.Data() is [JsonObject only])
                {
                    return CommandResult.Object((JsonObject)only.DeepClone());
                }

                throw new CommandFailure(ExitCode.Refused, $"no certificate of this organization has serial {number}")
                {
                    Where = InventoryPath,
                    Next = "culvert cert list",
                };
            },
            serial
        );
    }

    /// <summary>The service's spelling: lower case, no separators. openssl's is upper case, after <c>serial=</c>.</summary>
    private static string Serial(string text, string flag)
    {
        var hex = text[(text.IndexOf('=', StringComparison.Ordinal) + 1)..]
            .Replace(":", "", StringComparison.Ordinal)
            .Trim()
            .ToLowerInvariant();
        return hex.Length is > 0 and <= 64 && hex.All(char.IsAsciiHexDigitLower)
            ? hex
            : throw new CommandFailure(ExitCode.Usage, $"'{text}' is no serial number in hexadecimal") { Where = flag };
    }
}
