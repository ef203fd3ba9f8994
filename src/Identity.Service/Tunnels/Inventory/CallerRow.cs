using Culvert.Identity.Service.Storage;

namespace Culvert.Identity.Service.Tunnels.Inventory;

internal sealed class CallerRow
{
    public long Ordinal { get; init; }

    public string TunnelId { get; init; } = "";

    public string Route { get; init; } = "";

    public string Issuer { get; init; } = "";

    public string Subject { get; init; } = "";

    public string ClientId { get; init; } = "";

    public long Names { get; init; }

    public long Calls { get; init; }

    public long Denied { get; init; }

    public long FirstCalledAtMs { get; init; }

    public long LastCalledAtMs { get; init; }

    public CallerDocument ToDocument() =>
        new(
            TunnelId: TunnelId,
            Route: Route,
            Issuer: Issuer.Length > 0 ? Issuer : null,
            Subject: Subject.Length > 0 ? Subject : null,
            ClientId: ClientId.Length > 0 ? ClientId : null,
            Names: Names,
            Calls: Calls,
            Denied: Denied,
            FirstCalledAt: Instants.FromStore(FirstCalledAtMs).UtcDateTime,
            LastCalledAt: Instants.FromStore(LastCalledAtMs).UtcDateTime
        );
}
