namespace Culvert.Identity.Service.Tunnels.Inventory;

internal sealed record AttestRouteRequest
{
    public const int MaxNoteLength = 1000;

    public static readonly AttestRouteRequest Empty = new();

    /// <summary>What was checked; stored in the audit trail.</summary>
    public string? Note { get; init; }

    /// <summary>The number of names that the caller saw; the request is refused if it has changed.</summary>
    public long? Names { get; init; }
}
