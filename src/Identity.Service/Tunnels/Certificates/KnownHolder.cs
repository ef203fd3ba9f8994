namespace Culvert.Identity.Service.Tunnels.Certificates;

/// <param name="Holder">Agents: the instance. Relying parties: the record's id.</param>
/// <param name="Acknowledged">0 = none.</param>
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
