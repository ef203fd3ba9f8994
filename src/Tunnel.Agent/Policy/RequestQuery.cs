using System.Buffers;

namespace Culvert.Tunnel.Agent.Policy;

/// <summary>The query reaches the server and no rule checks it, so a route lists the parameters that it permits.</summary>
internal static class RequestQuery
{
    public const int MaxNameCharacters = 64;

    public const int MaxNames = 32;

    private static readonly SearchValues<char> NameCharacters = SearchValues.Create(
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.-"
    );

    /// <summary>Whether a route can list this name. Other names have several spellings in a query.</summary>
    public static bool IsName(string name) =>
        name.Length is > 0 and <= MaxNameCharacters && !name.AsSpan().ContainsAnyExcept(NameCharacters);

    public static ReadOnlySpan<char> Get(string target) =>
        target.IndexOf('?', StringComparison.Ordinal) is var start and >= 0 ? target.AsSpan(start + 1) : default;

    /// <summary>
    /// Whether every parameter is listed and occurs once. Semicolons are refused: servers may split at them.
    /// </summary>
    public static bool IsListed(ReadOnlySpan<char> query, IReadOnlyList<string> listed)
    {
        if (query.IsEmpty)
        {
            return true;
        }

        if (query.Contains(';'))
        {
            return false;
        }

        var seen = 0U;
        foreach (var range in query.Split('&'))
        {
            var parameter = query[range];
            var end = parameter.IndexOf('=');
            var at = IndexOf(listed, end < 0 ? parameter : parameter[..end]);
            if (at < 0 || (seen & (1U << at)) != 0)
            {
                return false;
            }

            seen |= 1U << at;
        }

        return true;
    }

    private static int IndexOf(IReadOnlyList<string> listed, ReadOnlySpan<char> name)
    {
        for (var i = 0; i < listed.Count; i++)
        {
            if (name.SequenceEqual(listed[i]))
            {
                return i;
            }
        }

        return -1;
    }
}
