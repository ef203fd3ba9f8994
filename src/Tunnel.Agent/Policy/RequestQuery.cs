using System.Buffers;

namespace Culvert.Tunnel.Agent.Policy;

/// <summary>
/// The query of a request's address. It reaches the server with the message and is judged by no rule, so a route lists the
/// parameters that may be there.
/// </summary>
internal static class RequestQuery
{
    /// <summary>Longest name of a parameter.</summary>
    public const int MaxNameCharacters = 64;

    /// <summary>Most parameters that one route may list.</summary>
    public const int MaxNames = 32;

    private static readonly SearchValues<char> NameCharacters = SearchValues.Create(
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.-"
    );

    /// <summary>Whether a route can list this name. Others have several spellings in a query.</summary>
    public static bool IsName(string name) =>
        name.Length is > 0 and <= MaxNameCharacters && !name.AsSpan().ContainsAnyExcept(NameCharacters);

    /// <summary>What is behind the first question mark; empty: there is no query, or nothing in it.</summary>
    public static ReadOnlySpan<char> Get(string target) =>
        target.IndexOf('?', StringComparison.Ordinal) is var start and >= 0 ? target.AsSpan(start + 1) : default;

    /// <summary>
    /// Whether every parameter is listed and is there once. Some servers separate parameters by semicolons, so none may be
    /// there.
    /// </summary>
    /// <param name="query">Without the question mark.</param>
    /// <param name="listed">Names that the route lists.</param>
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
