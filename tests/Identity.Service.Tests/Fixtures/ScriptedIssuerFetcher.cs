using Culvert.Identity.Service.Federation.Issuers;
using Culvert.Platform.Fetching;

namespace Culvert.Identity.Service.Tests.Fixtures;

/// <summary>A network on which one document lies; tests decide what it says, and whether it answers at all.</summary>
internal sealed class ScriptedIssuerFetcher : IIssuerFetcher
{
    private int requests;

    public int Requests => Volatile.Read(ref requests);

    public Func<IssuerFetch, Task<FetchedDocument>> Answer { get; set; } =
        _ => Task.FromResult(FetchedDocument.Failed("issuer.unreachable", "nobody answers"));

    public Task<FetchedDocument> GetAsync(IssuerFetch fetch, CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref requests);
        return Answer(fetch);
    }

    public Task<FetchResult?> CheckAsync(IssuerFetch fetch, CancellationToken cancellationToken) =>
        Task.FromResult<FetchResult?>(null);
}
