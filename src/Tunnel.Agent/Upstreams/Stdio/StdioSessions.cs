using System.Collections.Concurrent;
using System.Security.Cryptography;
using Culvert.Tunnel.Agent.Mcp;
using Culvert.Tunnel.Agent.Requests;
using Culvert.Tunnel.Agent.Telemetry;

namespace Culvert.Tunnel.Agent.Upstreams.Stdio;

internal sealed class StdioSessions(StdioSettings settings, TimeProvider time, ILogger logger)
{
    // The most bytes that may be replayed, over all sessions.
    private const long MaxKeptBytes = 64 * 1024 * 1024;

    private readonly ConcurrentDictionary<string, StdioSession> all = new(StringComparer.Ordinal);
    private readonly BodyBudget stored = new(MaxKeptBytes);

    public int Count => all.Count;

    public int CountByPerson(string person) => all.Values.Count(s => s.Person == person && s.Own is not null);

    /// <summary>The session with its own program that has been idle longest.</summary>
    /// <param name="person">Null for any person.</param>
    /// <param name="idle">The minimum idle time.</param>
    public StdioSession? LongestIdle(string? person, TimeSpan idle) =>
        all
            .Values.Where(s => s.Own is not null && (person is null || s.Person == person) && s.IsIdle(idle))
            .MinBy(s => s.UsedAt);

    /// <summary>Creates a session that no client knows before it is opened.</summary>
    // 160 bits: a session id cannot be guessed (P8 also binds it to its principal).
    public StdioSession New(StdioRequest request) =>
        new(
            RandomNumberGenerator.GetHexString(40, lowercase: true),
            request.Owner,
            settings.MaxMessageBytes,
            time,
            stored
        )
        {
            Person = request.Person,
        };

    /// <summary>L4: 400 without an id; 404 for a session that is unknown, over or of another principal.</summary>
    public StdioSession? Find(StdioRequest request, out Failure? refusal)
    {
        var id = request.Headers[McpHeaders.Session].ToString();
        if (all.TryGetValue(id, out var session) && session.Owner == request.Owner && !session.Over.IsCompleted)
        {
            refusal = null;
            return session;
        }

        refusal = id.Length == 0 ? McpFailures.SessionMissing : McpFailures.SessionUnknown;
        return null;
    }

    /// <summary>The session of an id that is known to belong to the caller.</summary>
    public StdioSession? Get(string id) => all.GetValueOrDefault(id);

    public void Open(StdioRequest request, StdioSession session)
    {
        all[session.Id] = session;
        request.Exchange.Response.Headers[McpHeaders.Session] =
            request.Exchange.Principal is { } principal
            && request.Route.Access.Sessions.TryBind(session.Id, principal, out var bound)
                ? bound
                : session.Id;
        _ = ForgetAsync(session);
    }

    /// <summary>Removes the session: no client finds it any more, and it does not count.</summary>
    public void Forget(StdioSession session) => all.TryRemove(session.Id, out _);

    public async Task CloseAsync(StdioSession session)
    {
        Forget(session);
        await session.DisposeAsync();
    }

    public void NotifyAll(RpcChannel channel, McpMessage message)
    {
        foreach (var session in all.Values)
        {
            session.Notify(channel, message.Bytes);
        }
    }

    /// <summary>
    /// Closes idle sessions, and answers requests of programs that clients leave unanswered: otherwise a program would
    /// wait forever, and its call with it.
    /// </summary>
    public void Sweep()
    {
        foreach (var session in all.Values)
        {
            session.EndUnanswered(settings.Timeouts.StreamIdle);
        }

        foreach (var session in all.Values.Where(s => s.IsIdle(settings.Idle)))
        {
            Log.ChildIdle(logger, settings.Command[0]);
            _ = session.DisposeAsync().AsTask();
        }
    }

    public Task EndAllAsync() => Task.WhenAll(all.Values.Select(s => s.DisposeAsync().AsTask()));

    private async Task ForgetAsync(StdioSession session)
    {
        await session.Over;
        Forget(session);
        session.History.Dispose(); // if the program ended the session, the history is still to be disposed of
    }
}
