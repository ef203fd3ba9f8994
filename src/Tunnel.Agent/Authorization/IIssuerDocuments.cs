namespace Culvert.Tunnel.Agent.Authorization;

/// <summary>Fetches what an issuer publishes. A boundary: network.</summary>
internal interface IIssuerDocuments
{
    /// <summary>The document, bounded in size and time, no redirect followed; or why there is none.</summary>
    Task<IssuerDocument> GetAsync(IssuerSettings issuer, Uri url, CancellationToken cancellationToken);
}
