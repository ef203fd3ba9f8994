namespace Culvert.Identity.Service.Tunnels.Certificates;

/// <summary>What the store knows of a holder's copy.</summary>
/// <param name="Holder">Agents: the instance. Relying parties: the record's id.</param>
/// <param name="Served">The newest epoch that was given to it.</param>
/// <param name="Acknowledged">The epoch that it said to hold; 0 = none.</param>
/// <param name="AcknowledgedBy">Agents: serial of the certificate that the word came in by. Others: who gave it.</param>
/// <param name="HeardAt">Its last call, to within the interval in which calls are written down.</param>
internal sealed record KnownHolder(
    HolderKind Kind,
    string Holder,
    long Served,
    long Acknowledged,
    string? AcknowledgedBy,
    DateTimeOffset? AcknowledgedAt,
    DateTimeOffset HeardAt
);
