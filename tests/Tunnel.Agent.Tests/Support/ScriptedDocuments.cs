using System.Collections;
using System.Collections.Concurrent;
using System.Text;
using Culvert.Tunnel.Agent.Authorization;

namespace Culvert.Tunnel.Agent.Tests.Support;

/// <summary>What issuers publish, by URL; other places have nothing. Null plays a server that does not answer.</summary>
internal sealed class ScriptedDocuments : IIssuerDocuments, IEnumerable
{
    private readonly ConcurrentDictionary<string, Func<string?>> places = new();
    private readonly ConcurrentQueue<string> asked = new();

    /// <summary>The URLs that were requested, in order.</summary>
    public IReadOnlyList<string> Asked => [.. asked];

    /// <summary>How long they say to hold; null = they do not say.</summary>
    public TimeSpan? MaxAge { get; set; }

    public Func<string?> this[string url]
    {
        set => places[url] = value;
    }

    public Task<IssuerDocument> GetAsync(IssuerSettings issuer, Uri url, CancellationToken cancellationToken)
    {
        asked.Enqueue(url.AbsoluteUri);
        if (!places.TryGetValue(url.AbsoluteUri, out var place))
        {
            return Task.FromResult(new IssuerDocument(null, IsElsewhere: true, Failure: "status 404"));
        }

        return Task.FromResult(
            place() is { } text
                ? new IssuerDocument(Encoding.UTF8.GetBytes(text), MaxAge)
                : new IssuerDocument(null, Failure: "does not answer")
        );
    }

    public IEnumerator GetEnumerator() => places.Keys.GetEnumerator();
}
