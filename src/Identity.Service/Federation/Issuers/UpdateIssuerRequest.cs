namespace Culvert.Identity.Service.Federation.Issuers;

/// <summary>Partial: absent members are unchanged; lists and <c>jwks</c> are replaced as a whole.</summary>
internal sealed record UpdateIssuerRequest : IssuerSettings
{
    public string? Name { get; init; }

    public string? IssuerUrl { get; init; }

    /// <summary>Only <c>false</c>: a caller can resume polling, but not stop it.</summary>
    public bool? JwksPollingDisabled { get; init; }
}
