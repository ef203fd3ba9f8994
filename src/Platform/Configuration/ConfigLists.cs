using System.Net;
using Culvert.Platform.Addresses;
using Culvert.Platform.Secrets;

namespace Culvert.Platform.Configuration;

public static class ConfigLists
{
    /// <summary>A list of text; the default when absent.</summary>
    public static IReadOnlyList<string> Strings(this ConfigSection section, string key, params string[] defaultValue) =>
        section.ScalarList(key, ConfigValueType.TextList, defaultValue, ConfigScalars.AnyText, "text");

    /// <summary>A list of texts, numbers and booleans; empty when absent.</summary>
    public static IReadOnlyList<ConfigLiteral> Literals(this ConfigSection section, string key)
    {
        section.Declare(key, ConfigValueType.LiteralList, "[]");
        var result = new List<ConfigLiteral>();
        if (section.Sequence(key, out var source) is not { } sequence)
        {
            section.Record(key, "[]", ConfigSource.Default);
            return result;
        }

        foreach (var item in sequence.Items)
        {
            if (
                item is ScalarNode { IsNull: false } scalar
                && ConfigLiteral.TryParse(scalar.Text, scalar.IsPlain, out var literal)
            )
            {
                result.Add(literal);
            }
            else
            {
                section.Report(
                    source with
                    {
                        Line = item.Line,
                    },
                    $"{key}[{result.Count}]",
                    (item as ScalarNode)?.Text,
                    $"This is not {ConfigScalars.LiteralForm}.",
                    "Quote text that YAML could read as a number."
                );
            }
        }

        section.Record(key, $"[{string.Join(", ", result.Select(l => l.Text))}]", source);
        return result;
    }

    public static AddressRanges Ranges(this ConfigSection section, string key, params string[] defaultValue)
    {
        bool Parse(string text, out string value)
        {
            value = text;
            return AddressRanges.TryParse(text, out _);
        }

        var list = section.ScalarList(
            key,
            ConfigValueType.RangeList,
            defaultValue,
            Parse,
            "a range such as 10.0.0.0/8"
        );
        return AddressRanges.TryParse(list, out var ranges, out _) ? ranges : AddressRanges.Empty;
    }

    /// <summary>A list of networks, each with its open port; 443 where none is written.</summary>
    public static IReadOnlyList<PrivateNetwork> PrivateNetworks(this ConfigSection section, string key)
    {
        const string Expected = "a network such as 10.0.0.0/8 (port 443), 10.1.2.0/24:8443 or 127.0.0.0/8:any";
        bool Parse(string text, out string value)
        {
            value = text;
            return PrivateNetwork.TryParse(text, out _);
        }

        return
        [
            .. section
                .ScalarList(key, ConfigValueType.RangeList, [], Parse, Expected)
                .Select(text =>
                    PrivateNetwork.TryParse(text, out var network) ? network : throw new InvalidOperationException(text)
                ),
        ];
    }

    public static IReadOnlyList<IPEndPoint> EndPoints(
        this ConfigSection section,
        string key,
        params string[] defaultValue
    )
    {
        const string Expected = "an address and port, such as 127.0.0.1:8081 or [::]:8443";
        bool Parse(string text, out string value)
        {
            value = text;
            return ConfigScalars.ParseEndPoint(text, out _);
        }

        return
        [
            .. section
                .ScalarList(key, ConfigValueType.EndPointList, defaultValue, Parse, Expected)
                .Select(IPEndPoint.Parse),
        ];
    }

    /// <summary>A mapping of names to values or references to secrets, which must be readable now. Never shown.</summary>
    public static IReadOnlyList<KeyValuePair<string, SettingValue>> Values(this ConfigSection section, string key)
    {
        section.Declare(key, ConfigValueType.TextMap, "{}");
        var result = new List<KeyValuePair<string, SettingValue>>();
        if (section.Mapping(key, out var source) is not { } mapping)
        {
            return result;
        }

        foreach (var (name, (line, value)) in mapping.Entries)
        {
            var at = source with { Line = line };
            if (value is not ScalarNode { IsNull: false } scalar)
            {
                section.Report(
                    at,
                    $"{key}.{name}",
                    null,
                    "This is not text.",
                    "Write one value, file:/path or env:NAME."
                );
                continue;
            }

            var setting = SettingValue.Parse(scalar.Text, section.Folder);
            if (setting.Problem() is { } problem)
            {
                section.Report(
                    at,
                    $"{key}.{name}",
                    null,
                    problem,
                    "Provide the secret at the place that the reference names."
                );
            }

            result.Add(new(name, setting));
        }

        section.Record(key, $"({result.Count} entries)", source);
        return result;
    }

    /// <summary>A mapping of names, in the file's order, to texts and their sources. No text is shown in an error.</summary>
    public static IReadOnlyList<(string Name, string Text, ConfigSource Place)> Texts(
        this ConfigSection section,
        string key
    )
    {
        section.Declare(key, ConfigValueType.TextMap, "{}");
        var result = new List<(string, string, ConfigSource)>();
        if (section.Mapping(key, out var source) is not { } mapping)
        {
            return result;
        }

        foreach (var (name, (line, value)) in mapping.Entries)
        {
            var at = source with { Line = line };
            if (value is ScalarNode { IsNull: false } scalar)
            {
                result.Add((name, scalar.Text, at));
            }
            else
            {
                section.Report(at, $"{key}.{name}", null, "This is not text.", "Write one value.");
            }
        }

        section.Record(key, $"({result.Count} entries)", source);
        return result;
    }

    /// <summary>A mapping of names, in the file's order, to lists of text.</summary>
    public static IReadOnlyList<KeyValuePair<string, IReadOnlyList<string>>> StringLists(
        this ConfigSection section,
        string key
    )
    {
        section.Declare(key, ConfigValueType.TextListMap, "{}");
        var result = new List<KeyValuePair<string, IReadOnlyList<string>>>();
        if (section.Mapping(key, out var source) is not { } mapping)
        {
            return result;
        }

        foreach (var (name, (line, value)) in mapping.Entries)
        {
            var texts = (value as SequenceNode)?.Items.Select(i => (i as ScalarNode)?.Text).ToList();
            if (texts is null || texts.Contains(null))
            {
                section.Report(
                    source with
                    {
                        Line = line,
                    },
                    $"{key}.{name}",
                    null,
                    "This is not a list of text.",
                    "Write [one, two]."
                );
            }
            else
            {
                result.Add(new(name, texts!));
            }
        }

        // As written, because a running program compares these texts to detect changes.
        var shown = result.Select(entry => $"{entry.Key}: [{string.Join(", ", entry.Value)}]");
        section.Record(key, $"{{{string.Join(", ", shown)}}}", source);
        return result;
    }
}
