using System.Buffers;

namespace Culvert.Platform.Wire;

/// <summary>Ids of the service: a tag, <c>_01</c> and 22 base-62 characters: <c>tnl_010000000000000000000000</c>.</summary>
public static class TaggedId
{
    public const string Base62 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

    /// <summary>Follows the tag.</summary>
    public const string Version = "_01";

    public const int RandomCharacters = 22;

    private static readonly SearchValues<char> Characters = SearchValues.Create(Base62);

    /// <summary>Whether a text has the form of an id of that kind, such as <c>tnl</c>. The id may not exist.</summary>
    public static bool IsWellFormed(string tag, string? text) =>
        text is not null
        && text.Length == tag.Length + Version.Length + RandomCharacters
        && text.StartsWith(tag, StringComparison.Ordinal)
        && text.AsSpan(tag.Length).StartsWith(Version, StringComparison.Ordinal)
        && !text.AsSpan(tag.Length + Version.Length).ContainsAnyExcept(Characters);
}
