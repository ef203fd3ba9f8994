using System.Globalization;
using Culvert.Identity.Service.Errors;
using Culvert.Platform.Configuration;

namespace Culvert.Identity.Service.Tunnels;

/// <summary>Limits on the wire. A change replaces all four: an absent or null member is the edge's default.</summary>
internal sealed record TunnelLimitsDocument(
    int? MaxConnections = null,
    string? NewConnections = null,
    long? BytesPerSecond = null,
    int? OpenStreams = null
)
{
    public static TunnelLimitsDocument From(TunnelLimits limits) =>
        new(
            MaxConnections: limits.MaxConnections,
            NewConnections: limits.NewConnections,
            BytesPerSecond: limits.BytesPerSecond,
            OpenStreams: limits.OpenStreams
        );

    public TunnelLimits ToLimits() => new(MaxConnections, NewConnections, BytesPerSecond, OpenStreams);

    /// <summary>The refusal that names the bad member; null = all are valid.</summary>
    public Refusal? Check()
    {
        if (MaxConnections is < 1 or > TunnelLimits.MostConnections)
        {
            return OutOfRange("max_connections");
        }

        if (OpenStreams is < 1 or > TunnelLimits.MostConnections)
        {
            return OutOfRange("open_streams");
        }

        if (BytesPerSecond is < 0 or (> 0 and < 1024))
        {
            return RequestErrors.Invalid.Refuse("limits.bytes_per_second: must be 0 (no limit) or at least 1024.");
        }

        return NewConnections is { } rate && (rate.Length > 32 || !Rate.TryParse(rate, out _))
            ? RequestErrors.Invalid.Refuse("limits.new_connections: a rate such as 500/1s is required.")
            : null;
    }

    private static Refusal OutOfRange(string member) =>
        RequestErrors.Invalid.Refuse(
            string.Create(
                CultureInfo.InvariantCulture,
                $"limits.{member}: a number from 1 to {TunnelLimits.MostConnections} is required."
            )
        );
}
