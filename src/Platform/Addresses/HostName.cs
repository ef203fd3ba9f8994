namespace Culvert.Platform.Addresses;

/// <summary>Compares DNS host names: case-insensitive, with or without the final dot of the root (RFC 1034 §3.1).</summary>
public static class HostName
{
    /// <summary>The name without the final dot of the root. With several final dots it stays unchanged.</summary>
    public static ReadOnlySpan<char> WithoutRootDot(ReadOnlySpan<char> name) =>
        name is [.., not '.', '.'] ? name[..^1] : name;

    public static bool AreSame(ReadOnlySpan<char> left, ReadOnlySpan<char> right) =>
        WithoutRootDot(left).Equals(WithoutRootDot(right), StringComparison.OrdinalIgnoreCase);
}
