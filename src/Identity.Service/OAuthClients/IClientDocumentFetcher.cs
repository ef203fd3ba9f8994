namespace Culvert.Identity.Service.OAuthClients;

/// <summary>Fetches client ID metadata documents. A boundary: network.</summary>
internal interface IClientDocumentFetcher
{
    /// <param name="url">The client ID, whose form and host were checked.</param>
    Task<FetchedClientDocument> FetchAsync(string url, CancellationToken cancellationToken);
}
