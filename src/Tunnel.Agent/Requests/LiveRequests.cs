using System.Collections.Concurrent;

namespace Culvert.Tunnel.Agent.Requests;

/// <summary>
/// The requests in flight, the open streams and the findings that wait for a person, with the token of each, so that they end
/// when a feed refuses the token (S35). One for the process: streams outlive a reload.
/// </summary>
/// <param name="refused">Before the first feed.</param>
internal sealed class LiveRequests(IRefusedTokens refused)
{
    private readonly ConcurrentDictionary<IRevocable, string> tokens = new(ReferenceEqualityComparer.Instance);

    private volatile IRefusedTokens refused = refused;

    /// <summary>What the last feed refuses.</summary>
    public IRefusedTokens Refused => refused;

    public int Count => tokens.Count;

    /// <param name="one">Ends when the token is refused.</param>
    /// <param name="token">The verified token of the request.</param>
    /// <param name="known">The state before the token was verified; a newer one may refuse it.</param>
    public void Add(IRevocable one, string token, IRefusedTokens known)
    {
        tokens.TryAdd(one, token);
        if (refused is var current && current != known && current.Contain(token))
        {
            one.Revoke();
        }
    }

    public void Remove(IRevocable one) => tokens.TryRemove(one, out _);

    /// <summary>Ends what the new state refuses. The validators must know that state already.</summary>
    /// <returns>How many were ended.</returns>
    public int Apply(IRefusedTokens next)
    {
        refused = next;
        var ended = 0;
        foreach (var (one, token) in tokens)
        {
            if (next.Contain(token))
            {
                one.Revoke();
                ended++;
            }
        }

        return ended;
    }
}
