using System.Collections.Concurrent;
using System.Text;
using Culvert.Identity.Service.OAuthClients;

namespace Culvert.Identity.Service.Tests.OAuthClients;

/// <summary>Answers with what a test says, at once or when the test releases it; fetches are counted by URL.</summary>
internal sealed class ScriptedDocumentFetcher : IClientDocumentFetcher
{
    public ConcurrentDictionary<string, int> Fetches { get; } = new(StringComparer.Ordinal);

    /// <summary>The answer to a URL; a good document by default.</summary>
    public Func<string, FetchedClientDocument> Answer { get; set; } = url => Good(url);

    /// <summary>What every fetch waits for.</summary>
    public Task Release { get; set; } = Task.CompletedTask;

    public static FetchedClientDocument Good(string url, TimeSpan? maxAge = null) =>
        FetchedClientDocument.From(
            Encoding.UTF8.GetBytes($$"""{"client_id":"{{url}}","redirect_uris":["http://127.0.0.1/cb"]}"""),
            maxAge
        );

    public async Task<FetchedClientDocument> FetchAsync(string url, CancellationToken cancellationToken)
    {
        Fetches.AddOrUpdate(url, 1, (_, count) => count + 1);
        await Release;
        return Answer(url);
    }
}
