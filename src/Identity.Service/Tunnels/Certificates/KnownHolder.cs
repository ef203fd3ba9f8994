namespace Culvert.Identity.Service.Tunnels.Certificates;

/// <summary>The store's record of a holder's copy.</summary>
/// <param name="Holder">Agents: the instance. Relying parties: the record's id.</param>
/// <param name="Served">The newest epoch sent to it.</param>
/// <param name="Acknowledged">The epoch that it acknowledged; 0 = none.</param>
/// <param name="AcknowledgedBy">Agents: serial number of the reporting certificate. Others: the actor.</param>
/// <param name="HeardAt">Its last call, to within the recording interval.</param>
internal sealed record KnownHolder(
    HolderKind Kind,
    string Holder,
    long Served,
    long Acknowledged,
    string? AcknowledgedBy,
    DateTimeOffset? AcknowledgedAt,
    DateTimeOffset HeardAt
);
