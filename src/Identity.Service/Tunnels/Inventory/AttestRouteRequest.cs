namespace Culvert.Identity.Service.Tunnels.Inventory;

/// <param name="Note">What was checked; stored in the audit trail.</param>
/// <param name="Names">The number of names that the caller saw; the request is refused if it has changed.</param>
internal sealed record AttestRouteRequest(string? Note = null, long? Names = null)
{
    public const int MaxNoteLength = 1000;

    public static readonly AttestRouteRequest Empty = new();
}
