using System.Collections.Concurrent;

namespace Culvert.Tunnel.Agent.Requests;

/// <summary>
/// The requests in flight and the open streams, with the token of each, so that they end when a feed refuses the token
/// (S35). One for the process: streams outlive a reload.
/// </summary>
/// <param name="refused">Before the first feed.</param>
internal sealed class LiveRequests(IRefusedTokens refused)
{
    private readonly ConcurrentDictionary<ExchangeDeadline, string> tokens = new(ReferenceEqualityComparer.Instance);

    private volatile IRefusedTokens refused = refused;

    /// <summary>What the last feed refuses.</summary>
    public IRefusedTokens Refused => refused;

    public int Count => tokens.Count;

    /// <param name="deadline">Ends when the token is refused.</param>
    /// <param name="token">The verified token of the request.</param>
    /// <param name="known">The state before the token was verified; a newer one may refuse it.</param>
    public void Add(ExchangeDeadline deadline, string token, IRefusedTokens known)
    {
        tokens.TryAdd(deadline, token);
        if (refused is var current && current != known && current.Contain(token))
        {
            deadline.Revoke();
        }
    }

    public void Remove(ExchangeDeadline deadline) => tokens.TryRemove(deadline, out _);

    /// <summary>Ends what the new state refuses. The validators must know that state already.</summary>
    /// <returns>How many were ended.</returns>
    public int Apply(IRefusedTokens next)
    {
        refused = next;
        var ended = 0;
        foreach (var (deadline, token) in tokens)
        {
            if (next.Contain(token))
            {
                deadline.Revoke();
                ended++;
            }
        }

        return ended;
    }
}
