namespace Culvert.Tunnel.Agent.Authorization;

internal interface IIssuerDocuments
{
    /// <summary>Returns the document or the failure. Size and time are bounded; no redirect is followed.</summary>
    Task<IssuerDocument> GetAsync(IssuerSettings issuer, Uri url, CancellationToken cancellationToken);
}
