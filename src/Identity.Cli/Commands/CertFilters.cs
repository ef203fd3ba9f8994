using System.CommandLine;
using System.Globalization;
using Culvert.Identity.Cli.Api;
using Culvert.Identity.Cli.Hosting;
using Culvert.Identity.Cli.Invocation;

namespace Culvert.Identity.Cli.Commands;

internal sealed class CertFilters
{
    private readonly Option<string?> tunnel = Flags
        .Text("--tunnel", "TUNNEL", "only this tunnel's")
        .Offering(Noun.Tunnel);
    private readonly Option<string?> ca = Flags.Text("--ca", "CA", "only this authority's").Offering(Noun.Ca);
    private readonly Option<string?> serial = Flags.Text("--serial", "HEX", "only this serial number");
    private readonly Option<string?> key = Flags.Text("--key", "SHA256", "only those of this key");
    private readonly Option<string?> identity = Flags.Text("--identity", "NAME", "only of this SPIFFE id or domain");
    private readonly Option<string?> before = Flags.Text(
        "--expires-before",
        "14d|TIME",
        "that expire within this time from now, or before this time"
    );
    private readonly Option<string?> from = Flags.Text("--expires-from", "TIME", "that expire at this time or later");
    private readonly Option<string?> status = Flags.OneOf(
        "--status",
        "only those in this state",
        "intent",
        "issued",
        "void",
        "revoked"
    );

    public Option[] Options => [tunnel, ca, serial, key, identity, before, from, status];

    public async Task<Query> QueryAsync(CommandContext context, CancellationToken cancel)
    {
        var tunnelId = context.Get(tunnel) is { } t ? await context.IdAsync(Noun.Tunnel, t, cancel) : null;
        var caId = context.Get(ca) is { } c ? await context.IdAsync(Noun.Ca, c, cancel) : null;
        var end = context.Get(before) is { } b ? Moment(context, b, "--expires-before") : null;
        // "Within 14 days" starts now, so that expired certificates are not included.
        var start = context.Get(from) is { } f ? Moment(context, f, "--expires-from") : null;
        if (start is null && end is not null)
        {
            start = Moments.Text(context.Host.Time.GetUtcNow());
        }

        return new Query()
            .Add("tunnel_id", tunnelId)
            .Add("ca_id", caId)
            .Add("serial", context.Get(serial) is { } s ? CertCommands.Serial(s, "--serial") : null)
            .Add("key_sha256", context.Get(key))
            .Add("identity", context.Get(identity))
            .Add("expires_from", start)
            .Add("expires_before", end)
            .Add("status", context.Get(status));
    }

    private static string Moment(CommandContext context, string text, string flag)
    {
        if (text.Length > 1 && int.TryParse(text.AsSpan(0, text.Length - 1), out var count) && count > 0)
        {
            TimeSpan? unit = text[^1] switch
            {
                'd' => TimeSpan.FromDays(1),
                'h' => TimeSpan.FromHours(1),
                'm' => TimeSpan.FromMinutes(1),
                _ => null,
            };
            if (unit is { } one && count <= 4000)
            {
                return Moments.Text(context.Host.Time.GetUtcNow() + (one * count));
            }
        }

        return DateTimeOffset.TryParse(
            text,
            CultureInfo.InvariantCulture,
            DateTimeStyles.AssumeUniversal,
            out var moment
        )
            ? Moments.Text(moment)
            : throw new CommandFailure(
                ExitCode.Usage,
                $"'{text}' is neither 14d nor a time such as 2026-01-01T00:00:00Z"
            )
            {
                Where = flag,
            };
    }
}
