using System.Reflection;

namespace Culvert.Platform.Configuration;

/// <summary>The meaning of each configuration key, from the assemblies' <c>configuration-keys.txt</c>.</summary>
/// <remarks>
/// A line is <c>KEY: meaning</c> or <c>KEY (unit): meaning</c>; entries of maps and lists are written <c>NAME</c> and
/// <c>[]</c>. <c>PREFIX = PREFIX</c> gives the keys below the first the meanings of those below the second. A line that
/// begins with a blank continues the one before; <c>#</c> begins a comment.
/// </remarks>
public sealed class ConfigKeys
{
    private const string Resource = "configuration-keys.txt";

    private readonly Dictionary<string, ConfigKey> keys = new(StringComparer.Ordinal);
    private readonly List<(string Prefix, string Original)> aliases = [];
    private readonly Func<string, bool> isReloadable;

    public ConfigKeys(Func<string, bool> isReloadable, params Assembly[] owners)
    {
        ArgumentNullException.ThrowIfNull(owners);
        this.isReloadable = isReloadable;
        foreach (var owner in owners)
        {
            Read(EmbeddedTable.ReadText(owner, Resource));
        }
    }

    public IReadOnlyCollection<string> Names => keys.Keys;

    /// <summary>The key's documentation; null when no file has it.</summary>
    public ConfigKey? Find(string fullKey)
    {
        ArgumentNullException.ThrowIfNull(fullKey);
        return keys.TryGetValue(fullKey, out var found) ? found
            : aliases.Find(alias => fullKey.StartsWith(alias.Prefix, StringComparison.Ordinal))
                is { Prefix: { } prefix, Original: { } original }
                ? keys.GetValueOrDefault(original + fullKey[prefix.Length..])
            : null;
    }

    public bool IsReloadable(string fullKey) => isReloadable(fullKey);

    private void Read(string text)
    {
        var joined = text.ReplaceLineEndings("\n").Replace("\n ", " ", StringComparison.Ordinal);
        foreach (var line in joined.Split('\n').Where(line => line.Length > 0 && line[0] != '#'))
        {
            var end = line.IndexOfAny([':', '(', '=']);
            var name = line[..Math.Max(end, 0)].TrimEnd();
            if (end >= 0 && line[end] == '=')
            {
                aliases.Add((name, line[(end + 1)..].Trim()));
                continue;
            }

            var colon = line.IndexOf(": ", StringComparison.Ordinal);
            if (end < 0 || colon < end || name.Length == 0)
            {
                throw new FormatException($"{Resource}: this line has no key and meaning: {line}");
            }

            var unit = line[end] == '(' ? line[(end + 1)..colon].TrimEnd(')', ' ') : "";
            keys[name] = new ConfigKey(Joined(line[(colon + 2)..]), unit);
        }
    }

    private static string Joined(string text) =>
        string.Join(' ', text.Split(' ', StringSplitOptions.RemoveEmptyEntries));
}
