using System.Net.Http.Headers;
using Microsoft.Net.Http.Headers;

namespace Culvert.Tunnel.Agent.Upstreams.Cookies;

/// <summary>Cookies of a session with one server (RFC 6265), so <c>Domain</c> is ignored. Thread-safe.</summary>
internal sealed class CookieJar(TimeProvider time)
{
    // RFC 6265 §6.1 recommends at least 50. The size limit keeps the header within what servers accept.
    private const int MostCookies = 50;
    private const int MostCharacters = 8 * 1024;
    private const string SetCookie = "Set-Cookie";

    private readonly Lock gate = new();
    private readonly List<StoredCookie> cookies = []; // guarded by the gate; the oldest first

    public bool IsEmpty
    {
        get
        {
            lock (gate)
            {
                return cookies.Count == 0;
            }
        }
    }

    /// <param name="path">The path of the request, the default for cookies without a path.</param>
    public void Store(HttpResponseHeaders headers, string path)
    {
        if (!headers.NonValidated.TryGetValues(SetCookie, out var lines))
        {
            return;
        }

        var now = time.GetUtcNow();
        foreach (var line in lines)
        {
            if (!SetCookieHeaderValue.TryParse(line, out var read) || read.Name.Length == 0)
            {
                continue; // RFC 6265 §5.2: a line without a name and a value is ignored
            }

            var kept = new StoredCookie(
                read.Name.ToString(),
                read.Value.ToString(),
                read.Path is { Length: > 0 } own && own[0] == '/' ? own.ToString() : GetFolder(path),
                read.MaxAge is { } age ? Add(now, age) : read.Expires
            );
            lock (gate)
            {
                cookies.RemoveAll(c => c.Name == kept.Name && c.Path == kept.Path);
                if (!(kept.Expires <= now) && kept.Name.Length + kept.Value.Length <= MostCharacters)
                {
                    cookies.Add(kept);
                }

                while (cookies.Count > MostCookies || cookies.Sum(c => c.Name.Length + c.Value.Length) > MostCharacters)
                {
                    cookies.RemoveAt(0);
                }
            }
        }
    }

    /// <summary>The <c>Cookie</c> header for a request of that path; empty for none.</summary>
    public string Format(string path)
    {
        var now = time.GetUtcNow();
        var pure = path.Split('?')[0];
        lock (gate)
        {
            cookies.RemoveAll(c => c.Expires <= now);

            // RFC 6265 §5.4: longer paths first.
            return string.Join(
                "; ",
                cookies
                    .Where(c => Matches(c.Path, pure))
                    .OrderByDescending(c => c.Path.Length)
                    .Select(c => $"{c.Name}={c.Value}")
            );
        }
    }

    // RFC 6265 §5.1.4
    private static string GetFolder(string path)
    {
        var last = path.Split('?')[0].LastIndexOf('/');
        return last <= 0 ? "/" : path[..last];
    }

    private static bool Matches(string of, string path) =>
        path == of || (path.StartsWith(of, StringComparison.Ordinal) && (of.EndsWith('/') || path[of.Length] == '/'));

    private static DateTimeOffset Add(DateTimeOffset now, TimeSpan age) =>
        age <= TimeSpan.Zero ? DateTimeOffset.MinValue
        : DateTimeOffset.MaxValue - now > age ? now + age
        : DateTimeOffset.MaxValue;

    private sealed record StoredCookie(string Name, string Value, string Path, DateTimeOffset? Expires);
}
