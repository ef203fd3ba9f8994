namespace Culvert.Platform.Addresses;

/// <summary>
/// Names of hosts as DNS means them: in any case, and with or without the dot of the root at the end (RFC 1034 §3.1).
/// </summary>
public static class HostName
{
    /// <summary>The name without the dot of the root. A name with several dots at its end is none, and stays as it is.</summary>
    public static ReadOnlySpan<char> WithoutRootDot(ReadOnlySpan<char> name) =>
        name is [.., not '.', '.'] ? name[..^1] : name;

    /// <summary>Whether two names are one.</summary>
    public static bool AreSame(ReadOnlySpan<char> left, ReadOnlySpan<char> right) =>
        WithoutRootDot(left).Equals(WithoutRootDot(right), StringComparison.OrdinalIgnoreCase);
}
