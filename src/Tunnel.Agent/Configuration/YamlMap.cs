using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Culvert.Tunnel.Agent.Configuration;

/// <summary>A mapping of a configuration file that the agent writes. All text is quoted.</summary>
internal sealed partial class YamlMap
{
    private const int Step = 2;

    private readonly List<(string Key, object Value, string Comment)> entries = [];

    public bool IsEmpty => entries.Count == 0;

    public IEnumerable<string> Keys => entries.Select(e => e.Key);

    public bool Has(string key) => entries.Any(e => e.Key == key);

    public YamlMap Set(string key, string value, string comment = "") => Add(key, Quote(value), comment);

    public YamlMap Set(string key, bool value) => Add(key, value ? "true" : "false", "");

    public YamlMap Set(string key, long value) => Add(key, value.ToString(CultureInfo.InvariantCulture), "");

    public YamlMap Set(string key, IEnumerable<string> values, string comment = "") =>
        Add(key, $"[{string.Join(", ", values.Select(Quote))}]", comment);

    public YamlMap Set(string key, IReadOnlyList<YamlMap> items) => Add(key, items, "");

    public YamlMap SetIfAny(string key, string value) => value.Length > 0 ? Set(key, value) : this;

    public YamlMap AddAll(YamlMap other)
    {
        entries.AddRange(other.entries);
        return this;
    }

    /// <summary>Returns the mapping under the key, added if it is absent; an empty one is not written.</summary>
    public YamlMap Section(string key, string comment = "")
    {
        foreach (var entry in entries)
        {
            if (entry.Key == key && entry.Value is YamlMap known)
            {
                return known;
            }
        }

        var section = new YamlMap();
        Add(key, section, comment);
        return section;
    }

    /// <summary>Returns the file's text; empty lines separate the sections of the top level.</summary>
    public string Write(string head)
    {
        var text = new StringBuilder().Append("# ").AppendLine(head);
        foreach (var entry in entries)
        {
            if (entry.Value is not string && !IsNothing(entry.Value))
            {
                text.AppendLine();
            }

            Append(text, entry, "");
        }

        return text.ToString();
    }

    private YamlMap Add(string key, object value, string comment)
    {
        entries.Add((key, value, comment));
        return this;
    }

    private static void Append(StringBuilder text, (string Key, object Value, string Comment) entry, string indent)
    {
        var key = Plain().IsMatch(entry.Key) ? entry.Key : Quote(entry.Key);
        var comment = entry.Comment.Length > 0 ? $" # {entry.Comment}" : "";
        if (IsNothing(entry.Value))
        {
            return;
        }

        if (entry.Value is string scalar)
        {
            text.Append(indent).Append(key).Append(": ").Append(scalar).AppendLine(comment);
            return;
        }

        text.Append(indent).Append(key).Append(':').AppendLine(comment);
        var inner = indent + new string(' ', Step);
        if (entry.Value is YamlMap map)
        {
            map.Append(text, inner);
            return;
        }

        foreach (var item in (IReadOnlyList<YamlMap>)entry.Value)
        {
            var start = text.Length;
            item.Append(text, inner + new string(' ', Step));
            text[start + inner.Length] = '-';
        }
    }

    private void Append(StringBuilder text, string indent)
    {
        foreach (var entry in entries)
        {
            Append(text, entry, indent);
        }
    }

    private static bool IsNothing(object value) =>
        value switch
        {
            YamlMap map => map.entries.All(e => IsNothing(e.Value)),
            IReadOnlyList<YamlMap> list => list.Count == 0,
            _ => false,
        };

    // JSON's escapes are valid in YAML's double quotes (YAML 1.2.2 §5.7).
    private static string Quote(string value) =>
        $"\"{JsonEncodedText.Encode(value, JavaScriptEncoder.UnsafeRelaxedJsonEscaping)}\"";

    // Texts that every YAML reader reads as text without quotes.
    [GeneratedRegex(
        "^[a-z]+_[a-z0-9_]*\\z|^(?!true|false|null)[a-z]{4,}\\z|^(?:id|log|tls|url)\\z",
        RegexOptions.CultureInvariant
    )]
    private static partial Regex Plain();
}
