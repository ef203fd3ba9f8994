namespace Culvert.Identity.Service.Doctor;

/// <summary>An issuer as the store has it, and what fetching its keys from here gave.</summary>
/// <param name="Stored">The record and the keys that are kept.</param>
/// <param name="Code">The stable code of the failure; null when its keys were fetched, or nothing was tried.</param>
/// <param name="Failure">One sentence for the operator; with <paramref name="Code"/>.</param>
internal sealed record IssuerState(StoredIssuer Stored, string? Code = null, string? Failure = null)
{
    /// <summary>
    /// Whether its keys were fetched: not those configured manually, nor those of killed and paused issuers.
    /// </summary>
    public bool IsTried { get; init; }
}
