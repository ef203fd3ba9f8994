using System.Collections.Concurrent;
using Culvert.Tunnel.Agent.Authorization;
using Culvert.Tunnel.Agent.Mcp;
using Culvert.Tunnel.Agent.Requests;

namespace Culvert.Tunnel.Agent.Upstreams.Cookies;

/// <summary>
/// The cookies that the agent stores for its clients, most of them a load balancer's: without its cookie every second
/// call of a session reaches a node that does not know the session. They belong to a session and its principal, so no
/// caller ever sends those of another.
/// </summary>
internal sealed class SessionCookies(TimeProvider time)
{
    /// <summary>The most sessions with cookies. Above it, the least recently used sessions lose theirs.</summary>
    internal const int MostSessions = 10_000;

    private readonly ConcurrentDictionary<(string Principal, string Session), Entry> all = new();

    public int Count => all.Count;

    public string Format(Exchange exchange, string target)
    {
        if (all.IsEmpty || FindKey(exchange, SessionBinding.GetId(exchange)) is not { } key)
        {
            return "";
        }

        return all.TryGetValue(key, out var entry) ? entry.Use().Format(target) : "";
    }

    /// <summary>The response may start a session or end it.</summary>
    public void Store(Exchange exchange, HttpResponseMessage response, string target)
    {
        var headers = response.Headers.NonValidated;
        var sent = exchange.Request.Headers[McpHeaders.Session].ToString();
        var session = headers.TryGetValues(McpHeaders.Session, out var given) ? given.ToString() : sent;
        if (FindKey(exchange, session) is not { } key)
        {
            return;
        }

        if (HttpMethods.IsDelete(exchange.Request.Method) && response.IsSuccessStatusCode)
        {
            all.TryRemove(key, out _);
        }
        else if (headers.Contains("Set-Cookie"))
        {
            var jar = all.GetOrAdd(key, static (_, clock) => new Entry(clock), time).Use();
            jar.Store(response.Headers, target);
            if (jar.IsEmpty)
            {
                all.TryRemove(key, out _);
            }

            DropOldest();
        }
    }

    // An anonymous caller without a session could be any caller.
    private static (string, string)? FindKey(Exchange exchange, string session) =>
        exchange.Principal is { } principal ? (principal.Identity, session)
        : session.Length > 0 ? ("", session)
        : null;

    private void DropOldest()
    {
        if (all.Count > MostSessions)
        {
            foreach (var (key, _) in all.OrderBy(e => e.Value.UsedTicks).Take(MostSessions / 10).ToList())
            {
                all.TryRemove(key, out _);
            }
        }
    }

    private sealed class Entry(TimeProvider time)
    {
        private readonly CookieJar jar = new(time);
        private long usedTicks;

        public long UsedTicks => Volatile.Read(ref usedTicks);

        public CookieJar Use()
        {
            Volatile.Write(ref usedTicks, time.GetUtcNow().UtcTicks);
            return jar;
        }
    }
}
