namespace Culvert.Identity.Service.Tunnels;

/// <summary>The only answer that contains a tunnel token.</summary>
internal sealed record TunnelTokenDocument
{
    public required string Id { get; init; }

    public string Type { get; } = "tunnel_token";

    public required string TunnelToken { get; init; }

    public override string ToString() => Id;
}
