namespace Culvert.Identity.Service.Doctor;

/// <summary>A stored issuer and the result of fetching its keys from this host.</summary>
/// <param name="Stored">The record and the stored keys.</param>
/// <param name="Code">The stable code of the failure; null if the fetch succeeded or was not tried.</param>
/// <param name="Failure">One sentence for the operator; set with <paramref name="Code"/>.</param>
internal sealed record IssuerState(StoredIssuer Stored, string? Code = null, string? Failure = null)
{
    /// <summary>
    /// Whether its keys were fetched. Manually configured keys and those of killed or paused issuers are not.
    /// </summary>
    public bool IsTried { get; init; }
}
