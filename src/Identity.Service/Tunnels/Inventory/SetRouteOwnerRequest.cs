namespace Culvert.Identity.Service.Tunnels.Inventory;

internal sealed record SetRouteOwnerRequest
{
    public const int MaxOwnerLength = 256;

    /// <summary>The person or team responsible for the server; null or empty = none.</summary>
    public required string? Owner { get; init; }
}
