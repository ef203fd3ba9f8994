namespace Culvert.Identity.Service.Tunnels.Inventory;

/// <param name="Owner">The person or team responsible for the server; null or empty = none.</param>
internal sealed record SetRouteOwnerRequest(string? Owner)
{
    public const int MaxOwnerLength = 256;
}
