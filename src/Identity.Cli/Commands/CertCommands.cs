using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using Culvert.Identity.Cli.Api;
using Culvert.Identity.Cli.Hosting;
using Culvert.Identity.Cli.Invocation;
using Culvert.Identity.Cli.Output;

namespace Culvert.Identity.Cli.Commands;

internal static class CertCommands
{
    internal const string InventoryPath = "v1/certificates";

    private static readonly Column[] Columns =
    [
        new("SERIAL", "serial", Fit.Whole),
        new("KIND", "kind"),
        new("STATUS", "status", Fit.Whole),
        new("IDENTITY", "identity", Fit.Wrap),
        new("EXPIRES", "not_after"),
        new("ISSUED", "issued_at"),
    ];

    public static Command Create(VerbFactory verbs) =>
        VerbFactory.Group(
            "cert",
            "inventory of issued certificates, and their renewal as files",
            List(verbs),
            Show(verbs),
            Revoke(verbs),
            Export(verbs),
            Forecast(verbs),
            CertRenewCommand.Create(verbs)
        );

    private static Command List(VerbFactory verbs)
    {
        var filters = new CertFilters();
        var flags = new ListFlags();
        return verbs.Create(
            "list",
            "list certificates, newest first; with an expiry filter, by expiry",
            async (context, cancel) =>
            {
                return await flags.RunAsync(
                    context,
                    InventoryPath,
                    await filters.QueryAsync(context, cancel),
                    Columns,
                    cancel
                );
            },
            [.. filters.Options, .. flags.OptionsWithoutArchived]
        );
    }

    private static Command Show(VerbFactory verbs)
    {
        var serial = new Argument<string>("SERIAL")
        {
            Description = "serial number in hexadecimal, as openssl prints it, or certificate id",
        };
        return verbs.Create(
            "show",
            "print one certificate's record",
            async (context, cancel) =>
            {
                var text = context.Get(serial);
                var client = await context.ClientAsync(cancel);
                if (text.StartsWith("cert_", StringComparison.Ordinal))
                {
                    var one = await client.GetAsync($"{InventoryPath}/{Uri.EscapeDataString(text)}", cancel);
                    return CommandResult.Object(one.Json);
                }

                var number = Serial(text, "SERIAL");
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

    private static Command Revoke(VerbFactory verbs)
    {
        var what = new Argument<string>("SERIAL") { Description = "serial number, certificate id, or key:SHA256" };
        var cause = Flags.OneOf(
            "--cause",
            "why (default: unspecified)",
            "unspecified",
            "keyCompromise",
            "affiliationChanged",
            "superseded",
            "cessationOfOperation",
            "privilegeWithdrawn"
        );
        var reason = Flags.Text("--reason", "TEXT", "in your words, for the audit");
        var expected = Flags.OneOf(
            "--expected",
            "refuse when it is in another state",
            "intent",
            "issued",
            "void",
            "revoked"
        );
        var yes = Flags.Yes();
        return verbs.Create(
            "revoke",
            "revoke permanently: no renewals, refused by edges within seconds, on the next revocation list",
            async (context, cancel) =>
            {
                var text = context.Get(what);
                var body = new JsonObject();
                if (text.StartsWith("key:", StringComparison.Ordinal))
                {
                    body["key_sha256"] = text["key:".Length..];
                }
                else if (text.StartsWith("cert_", StringComparison.Ordinal))
                {
                    body["certificate_id"] = text;
                }
                else
                {
                    body["serial"] = Serial(text, "SERIAL");
                }

                Add(body, "reason", context.Get(cause));
                Add(body, "comment", context.Get(reason));
                Add(body, "expected_status", context.Get(expected));
                context.Confirm($"Revoking {text}", text, context.Get(yes));
                var client = await context.ClientAsync(cancel);
                return CommandResult.List(await client.PostAsync(InventoryPath + "/revoke", body, cancel), Columns);
            },
            what,
            cause,
            reason,
            expected,
            yes
        );
    }

    private static Command Export(VerbFactory verbs)
    {
        var filters = new CertFilters();
        var format = Flags.OneOf("--format", "csv or json (default: csv)", "csv", "json");
        var file = Flags.Out("the certificates");
        return verbs.Create(
            "export",
            "all certificates of the filters, whole",
            async (context, cancel) =>
            {
                var wanted = context.Get(format) ?? "csv";
                var query = await filters.QueryAsync(context, cancel);
                var client = await context.ClientAsync(cancel);
                using var text = new StringWriter(CultureInfo.InvariantCulture);
                var rows = await CertExport.WriteAsync(client, query, wanted, text, cancel);
                if (context.Get(file) is { } path)
                {
                    OutFile.WritePublic(path, text.ToString());
                }

                return CommandResult.Object(new JsonObject { ["certificates"] = rows }) with
                {
                    Plain = context.Get(file) is null ? text.ToString() : null,
                };
            },
            [format, file, .. filters.Options]
        );
    }

    private static Command Forecast(VerbFactory verbs)
    {
        var days = new Option<int?>("--days") { Description = "how far ahead (default: 90)", HelpName = "N" };
        return verbs.Create(
            "forecast",
            "number of certificates that expire on each day, by authority",
            async (context, cancel) =>
            {
                var client = await context.ClientAsync(cancel);
                var query = new Query().Add("days", context.Get(days)?.ToString(CultureInfo.InvariantCulture));
                return CommandResult.List(
                    await client.GetAsync(query.On(InventoryPath + "/forecast"), cancel),
                    new Column("DATE", "date", Fit.Whole),
                    new Column("AUTHORITY", "ca_id", Fit.Whole),
                    new Column("CERTIFICATES", "count", Fit.Whole)
                );
            },
            days
        );
    }

    private static void Add(JsonObject body, string member, string? value)
    {
        if (value is not null)
        {
            body[member] = value;
        }
    }

    /// <summary>The service's form: lower case, no separators. openssl prints upper case after <c>serial=</c>.</summary>
    internal static string Serial(string text, string flag)
    {
        var hex = text[(text.IndexOf('=', StringComparison.Ordinal) + 1)..]
            .Replace(":", "", StringComparison.Ordinal)
            .Trim()
            .ToLowerInvariant();
        return hex.Length is > 0 and <= 64 && hex.All(char.IsAsciiHexDigitLower)
            ? hex
            : throw new CommandFailure(ExitCode.Usage, $"'{text}' is not a serial number in hexadecimal")
            {
                Where = flag,
            };
    }
}
