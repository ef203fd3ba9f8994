using System.Globalization;
using System.Text;
using Culvert.Tunnel.Agent.Requests;

namespace Culvert.Tunnel.Agent.Credentials.Aws;

/// <summary>The session tags of one caller, or why there are none.</summary>
/// <param name="Values">In the order of the settings.</param>
/// <param name="Problem">For the log; empty without a failure.</param>
internal sealed record SessionTags(IReadOnlyList<KeyValuePair<string, string>> Values, string Problem)
{
    /// <summary>The most tags of a session.</summary>
    public const int MaxTags = 50;

    private const int MaxKey = 128;
    private const int MaxValue = 256;
    private const int MaxSessionName = 64;
    private const string Prefix = "culvert-";

    // So that a long route leaves room for the caller.
    private const int MaxRoute = 24;

    /// <summary>The same for callers with the same tags. No value has the separator.</summary>
    public string CacheKey => string.Join('\0', Values.Select(tag => tag.Value));

    public static SessionTags Read(IReadOnlyList<KeyValuePair<string, string>> settings, Principal? caller)
    {
        var values = new List<KeyValuePair<string, string>>(settings.Count);
        foreach (var (tag, claim) in settings)
        {
            if (caller is null)
            {
                return Failed("The route's session tags need a caller, and the agent has checked none.");
            }

            if (!caller.Claims.TryFind(claim, out var value))
            {
                return Failed($"The caller's token has no claim {claim}, which is the session tag {tag}.");
            }

            if (value.Kind == ClaimValueKind.List)
            {
                return Failed($"The caller's claim {claim} is a list, and the session tag {tag} has one value.");
            }

            if (!IsTagText(value.Text, MaxValue))
            {
                return Failed($"The caller's claim {claim} has a length or characters that no session tag of AWS has.");
            }

            values.Add(new(tag, value.Text));
        }

        return new SessionTags(values, "");
    }

    public static bool IsKey(string key) =>
        IsTagText(key, MaxKey) && !key.StartsWith("aws:", StringComparison.OrdinalIgnoreCase);

    /// <summary>Names route and caller in the trail of AWS: 2 to 64 characters of <c>A-Za-z0-9+=,.@_-</c>.</summary>
    public string NameSession(string route)
    {
        var name = new StringBuilder(Prefix).Append(route.Length > MaxRoute ? route[..MaxRoute] : route);
        foreach (var (_, value) in Values)
        {
            name.Append('-').Append(value);
        }

        for (var i = 0; i < name.Length; i++)
        {
            if (!char.IsAsciiLetterOrDigit(name[i]) && !"+=,.@_-".Contains(name[i], StringComparison.Ordinal))
            {
                name[i] = '-';
            }
        }

        return name.ToString(0, Math.Min(name.Length, MaxSessionName));
    }

    private static SessionTags Failed(string problem) => new([], problem);

    // Letters, numbers, blanks and _.:/=+-@ of any script.
    private static bool IsTagText(string text, int maxLength) =>
        text.Length > 0
        && text.Length <= maxLength
        && text.EnumerateRunes()
            .All(rune =>
                Rune.IsLetterOrDigit(rune)
                || Rune.GetUnicodeCategory(rune)
                    is UnicodeCategory.LetterNumber
                        or UnicodeCategory.OtherNumber
                        or UnicodeCategory.SpaceSeparator
                || (rune.IsAscii && "_.:/=+-@".Contains((char)rune.Value, StringComparison.Ordinal))
            );
}
