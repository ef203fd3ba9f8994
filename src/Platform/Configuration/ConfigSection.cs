using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using Culvert.Platform.Addresses;
using Culvert.Platform.Secrets;

namespace Culvert.Platform.Configuration;

/// <summary>
/// A mapping of the configuration. Each getter declares its key and gives the effective value, or the default after
/// reporting why the written value will not do; so reading never stops at the first fault, and code after a getter
/// must live with a default.
/// </summary>
[SuppressMessage("Naming", "CA1720", Justification = "The getters are named after what an operator writes.")]
public sealed class ConfigSection
{
    private readonly ConfigDocument document;
    private readonly MappingNode node;
    private readonly bool isOverridable;
    private readonly Dictionary<string, ConfigDeclaration> declarations = new(StringComparer.Ordinal);
    private readonly List<ConfigSection> children = [];

    internal ConfigSection(
        ConfigDocument document,
        string path,
        MappingNode node,
        ConfigSource source,
        bool isOverridable
    )
    {
        this.document = document;
        this.node = node;
        this.isOverridable = isOverridable;
        FullKey = path;
        Source = source;
    }

    private delegate bool Parser<T>(string text, out T value);

    /// <summary>The full key of this section; empty at the top.</summary>
    public string FullKey { get; }

    /// <summary>Where the section begins.</summary>
    public ConfigSource Source { get; }

    /// <summary>What has been asked for so far, in the order of asking.</summary>
    public IReadOnlyCollection<ConfigDeclaration> Declarations => declarations.Values;

    /// <summary>A digest of all that the file says in this section: it is the same as long as the file says the same.</summary>
    public string Digest()
    {
        var text = new StringBuilder();
        Append(text, node);
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text.ToString())));

        static void Append(StringBuilder text, ConfigNode node)
        {
            switch (node)
            {
                case MappingNode mapping:
                    foreach (var (name, (_, value)) in mapping.Entries)
                    {
                        text.Append('{').Append(name.Length).Append(':').Append(name);
                        Append(text, value);
                    }

                    text.Append('}');
                    break;
                case SequenceNode sequence:
                    foreach (var item in sequence.Items)
                    {
                        text.Append('[');
                        Append(text, item);
                    }

                    text.Append(']');
                    break;
                case ScalarNode { IsNull: false } scalar:
                    text.Append(scalar.Text.Length).Append('=').Append(scalar.Text);
                    break;
                default:
                    text.Append('~');
                    break;
            }
        }
    }

    /// <summary>Whether the key is set anywhere. Does not declare it. True while describing.</summary>
    public bool Has(string key) => document.IsDescribing || TryFind(key, out _, out _, scalar: true);

    /// <summary>Text; the default when absent.</summary>
    public string String(string key, string defaultValue = "") =>
        Scalar(Declare(key, ConfigValueType.Text, defaultValue), defaultValue, AnyText, "text");

    /// <summary>Text that must be there and not be empty; empty after reporting its absence.</summary>
    public string RequiredString(string key) =>
        Scalar(Declare(key, ConfigValueType.Text, required: true), "", NonEmpty, "text that is not empty");

    /// <summary><c>true</c> or <c>false</c>.</summary>
    public bool Bool(string key, bool defaultValue) =>
        Scalar(
            Declare(key, ConfigValueType.Boolean, defaultValue ? "true" : "false"),
            defaultValue,
            ParseBool,
            "true or false"
        );

    /// <summary>A whole number within bounds, both included; required when there is no default.</summary>
    public int Int(string key, int? defaultValue, int min = 0, int max = int.MaxValue)
    {
        var declaration = Declare(key, ConfigValueType.WholeNumber, Text(defaultValue), defaultValue is null) with
        {
            Minimum = Text(min),
            Maximum = Text(max),
        };
        bool Parse(string text, out int value) =>
            int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out value)
            && value >= min
            && value <= max;
        var expected = min == max ? Text(min)! : $"a whole number from {min} to {max}";
        return Scalar(declaration, defaultValue ?? min, Parse, expected);

        static string? Text(int? number) => number?.ToString(CultureInfo.InvariantCulture);
    }

    /// <summary>A duration such as <c>30s</c> within bounds, both included.</summary>
    public TimeSpan Duration(string key, TimeSpan defaultValue, TimeSpan? min = null, TimeSpan? max = null)
    {
        var (low, high) = (min ?? TimeSpan.Zero, max ?? TimeSpan.FromDays(36500));
        var declaration = Declare(key, ConfigValueType.Duration, ConfigText.Duration(defaultValue)) with
        {
            Minimum = ConfigText.Duration(low),
            Maximum = ConfigText.Duration(high),
        };
        bool Parse(string text, out TimeSpan value) =>
            ConfigText.TryDuration(text, out value) && value >= low && value <= high;
        var expected =
            $"a duration from {declaration.Minimum} to {declaration.Maximum}, such as 500ms, 30s, 5m, 24h or 90d";
        return Scalar(declaration, defaultValue, Parse, expected);
    }

    /// <summary>A number of bytes such as <c>64KiB</c> within bounds, both included.</summary>
    public long Size(string key, long defaultBytes, long min = 0, long max = long.MaxValue)
    {
        var declaration = Declare(key, ConfigValueType.Size, ConfigText.Size(defaultBytes)) with
        {
            Minimum = ConfigText.Size(min),
            Maximum = ConfigText.Size(max),
        };
        bool Parse(string text, out long value) => ConfigText.TrySize(text, out value) && value >= min && value <= max;
        var bounds =
            max == long.MaxValue
                ? $"of at least {declaration.Minimum}"
                : $"from {declaration.Minimum} to {declaration.Maximum}";
        return Scalar(declaration, defaultBytes, Parse, $"a size {bounds}, such as 64KiB or 1MiB");
    }

    /// <summary>A rate such as <c>50/1s</c>.</summary>
    public Rate Rate(string key, Rate defaultValue) =>
        Scalar(
            Declare(key, ConfigValueType.Rate, defaultValue.ToString()),
            defaultValue,
            Configuration.Rate.TryParse,
            "a rate, such as 50/1s"
        );

    /// <summary>One of the named values.</summary>
    public string Choice(string key, string defaultValue, params string[] allowed)
    {
        var declaration = Declare(key, ConfigValueType.Choice, defaultValue) with { Allowed = allowed };
        bool Parse(string text, out string value)
        {
            value = text;
            return allowed.Contains(text, StringComparer.Ordinal);
        }

        return Scalar(declaration, defaultValue, Parse, $"one of {string.Join(", ", allowed)}");
    }

    /// <summary>
    /// A reference to a secret, <c>file:/path</c> or <c>env:NAME</c>, that can be read now; null when absent or empty.
    /// A value that is not a reference is never repeated in the error: it is probably the secret.
    /// </summary>
    /// <param name="key">The key.</param>
    /// <param name="required">Whether it must be set.</param>
    /// <param name="mustExist">False for a secret that the program makes itself at first.</param>
    public SecretReference? Secret(string key, bool required = false, bool mustExist = true)
    {
        var declaration = Declare(key, ConfigValueType.Secret, required ? null : "", required);
        if (!TryScalar(declaration, out var text, out var source))
        {
            return null;
        }

        if (text.Length == 0 && !required)
        {
            Record(key, text, source);
            return null;
        }

        if (!SecretReference.TryParse(text, document.Folder, out var reference))
        {
            Report(source, key, null, "A secret must not be written here.", "Write file:/path or env:NAME.");
            return null;
        }

        Record(key, reference.ToString(), source);
        if (mustExist && reference.Problem() is { } problem)
        {
            Report(source, key, null, problem, "Provide the secret at the place that the reference names.");
        }

        return reference;
    }

    /// <summary>A file's path, made absolute from the configuration's folder; empty when unset.</summary>
    public string Path(string key, string defaultValue = "", bool required = false)
    {
        var declaration = Declare(key, ConfigValueType.Path, required ? null : defaultValue, required);
        Parser<string> parser = required ? NonEmpty : AnyText;
        var text = Scalar(declaration, defaultValue, parser, "a path");
        return text.Length == 0 || document.IsDescribing ? text : System.IO.Path.GetFullPath(text, document.Folder);
    }

    /// <summary>An absolute URL of one of the schemes, without user, query or fragment; null when absent or empty.</summary>
    public Uri? Url(string key, bool required = false, params string[] schemes)
    {
        var declaration = Declare(key, ConfigValueType.Url, required ? null : "", required) with { Allowed = schemes };
        bool Parse(string text, out Uri? value)
        {
            value = null;
            return (text.Length == 0 && !required)
                || (
                    Uri.TryCreate(text, UriKind.Absolute, out value)
                    && schemes.Contains(value.Scheme, StringComparer.Ordinal)
                    && value is { UserInfo: "", Query: "", Fragment: "", Host.Length: > 0 }
                );
        }

        var expected = $"an absolute URL with scheme {string.Join(" or ", schemes)}, without user, query or fragment";
        return Scalar<Uri?>(declaration, null, Parse, expected);
    }

    /// <summary>An address and port such as <c>127.0.0.1:8081</c> or <c>[::]:8443</c>; port 0 lets the system choose.</summary>
    public IPEndPoint EndPoint(string key, string defaultValue) =>
        Scalar(
            Declare(key, ConfigValueType.EndPoint, defaultValue),
            IPEndPoint.Parse(defaultValue),
            ParseEndPoint,
            "an address and port, such as 127.0.0.1:8081 or [::1]:8081"
        );

    /// <summary>A list of text; the default when absent.</summary>
    public IReadOnlyList<string> Strings(string key, params string[] defaultValue) =>
        ScalarList(key, ConfigValueType.TextList, defaultValue, AnyText, "text");

    /// <summary>A list of CIDR ranges.</summary>
    public AddressRanges Ranges(string key, params string[] defaultValue)
    {
        bool Parse(string text, out string value)
        {
            value = text;
            return AddressRanges.TryParse(text, out _);
        }

        var list = ScalarList(key, ConfigValueType.RangeList, defaultValue, Parse, "a range such as 10.0.0.0/8");
        return AddressRanges.TryParse(list, out var ranges, out _) ? ranges : AddressRanges.Empty;
    }

    /// <summary>A list of networks, each with the port that is open there; 443 where none is written.</summary>
    public IReadOnlyList<PrivateNetwork> PrivateNetworks(string key)
    {
        const string Expected = "a network such as 10.0.0.0/8 (port 443), 10.1.2.0/24:8443 or 127.0.0.0/8:any";
        bool Parse(string text, out string value)
        {
            value = text;
            return PrivateNetwork.TryParse(text, out _);
        }

        return
        [
            .. ScalarList(key, ConfigValueType.RangeList, [], Parse, Expected)
                .Select(text =>
                    PrivateNetwork.TryParse(text, out var network) ? network : throw new InvalidOperationException(text)
                ),
        ];
    }

    /// <summary>A list of addresses with ports.</summary>
    public IReadOnlyList<IPEndPoint> EndPoints(string key, params string[] defaultValue)
    {
        const string Expected = "an address and port, such as 127.0.0.1:8081 or [::]:8443";
        bool Parse(string text, out string value)
        {
            value = text;
            return ParseEndPoint(text, out _);
        }

        return
        [
            .. ScalarList(key, ConfigValueType.EndPointList, defaultValue, Parse, Expected).Select(IPEndPoint.Parse),
        ];
    }

    /// <summary>
    /// A mapping of names, in the file's order, to values that may be references to secrets, which must be readable now.
    /// Nothing of a value is ever shown.
    /// </summary>
    public IReadOnlyList<KeyValuePair<string, SettingValue>> Values(string key)
    {
        Declare(key, ConfigValueType.TextMap, "{}");
        var result = new List<KeyValuePair<string, SettingValue>>();
        if (Mapping(key, out var source) is not { } mapping)
        {
            return result;
        }

        foreach (var (name, (line, value)) in mapping.Entries)
        {
            var at = source with { Line = line };
            if (value is not ScalarNode { IsNull: false } scalar)
            {
                Report(at, $"{key}.{name}", null, "This is not text.", "Write one value, file:/path or env:NAME.");
                continue;
            }

            var setting = SettingValue.Parse(scalar.Text, document.Folder);
            if (setting.Problem() is { } problem)
            {
                Report(at, $"{key}.{name}", null, problem, "Provide the secret at the place that the reference names.");
            }

            result.Add(new(name, setting));
        }

        Record(key, $"({result.Count} entries)", source);
        return result;
    }

    /// <summary>A mapping of names, in the file's order, to lists of text.</summary>
    public IReadOnlyList<KeyValuePair<string, IReadOnlyList<string>>> StringLists(string key)
    {
        Declare(key, ConfigValueType.TextListMap, "{}");
        var result = new List<KeyValuePair<string, IReadOnlyList<string>>>();
        if (Mapping(key, out var source) is not { } mapping)
        {
            return result;
        }

        foreach (var (name, (line, value)) in mapping.Entries)
        {
            var texts = (value as SequenceNode)?.Items.Select(i => (i as ScalarNode)?.Text).ToList();
            if (texts is null || texts.Contains(null))
            {
                Report(
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

        Record(key, $"({result.Count} entries)", source);
        return result;
    }

    /// <summary>
    /// A nested mapping; empty when absent, so that its defaults still come out. Whoever asks again gets the same one:
    /// what is known there is what all of them asked for.
    /// </summary>
    public ConfigSection Section(string key)
    {
        if (
            declarations.TryGetValue(key, out var known)
            && known is { Type: ConfigValueType.Section, Content: { } same }
        )
        {
            return same;
        }

        var mapping = Mapping(key, out var source);
        var section = Child(Join(key), mapping ?? MappingNode.Empty, source, isOverridable);
        Declare(key, ConfigValueType.Section, content: section);
        return section;
    }

    /// <summary>A mapping whose keys are names that the operator chose, in the file's order.</summary>
    public IReadOnlyList<(string Name, ConfigSection Section)> Map(string key)
    {
        if (document.IsDescribing)
        {
            var entry = Child(Join(key) + ".NAME", MappingNode.Empty, ConfigSource.Default, false);
            Declare(key, ConfigValueType.Map, content: entry);
            return [("name", entry)];
        }

        Declare(key, ConfigValueType.Map);
        var result = new List<(string, ConfigSection)>();
        foreach (var (name, (line, value)) in Mapping(key, out var source)?.Entries ?? MappingNode.Empty.Entries)
        {
            if (Entry($"{key}.{name}", line, value, source) is { } section)
            {
                result.Add((name, section));
            }
        }

        return result;
    }

    /// <summary>A list of mappings.</summary>
    public IReadOnlyList<ConfigSection> List(string key)
    {
        if (document.IsDescribing)
        {
            var entry = Child(Join(key) + "[]", MappingNode.Empty, ConfigSource.Default, false);
            Declare(key, ConfigValueType.List, content: entry);
            return [entry];
        }

        Declare(key, ConfigValueType.List);
        var result = new List<ConfigSection>();
        if (Sequence(key, out var source) is { } sequence)
        {
            for (var i = 0; i < sequence.Items.Count; i++)
            {
                if (Entry($"{key}[{i}]", sequence.Items[i].Line, sequence.Items[i], source) is { } section)
                {
                    result.Add(section);
                }
            }
        }

        return result;
    }

    /// <summary>
    /// A key that the reference describes and this version does not act on: an error when set, since ignoring it
    /// would promise what does not happen.
    /// </summary>
    /// <param name="key">The key; with everything below it.</param>
    /// <param name="permitted">A value that changes nothing and may therefore be written.</param>
    public void NotYet(string key, string? permitted = null)
    {
        Declare(key, ConfigValueType.NotYet, permitted);
        if (
            TryFind(key, out var found, out var source, scalar: true)
            && !(permitted is not null && found is ScalarNode scalar && scalar.Text == permitted)
        )
        {
            Report(source, key, null, "This key is not supported by this version.", "Remove it.");
        }
    }

    /// <summary>Reports a fault that only the caller can see, at the key's own place when it is set.</summary>
    public void Error(string key, string message, string remedy)
    {
        var value =
            TryFind(key, out var found, out var source, scalar: true) && found is ScalarNode scalar
                ? scalar.Text
                : null;
        var isSecret = declarations.TryGetValue(key, out var declaration) && declaration.Type == ConfigValueType.Secret;
        Report(source, key, isSecret ? null : value, message, remedy);
    }

    internal void ReportUnknownKeys()
    {
        foreach (var (key, (line, _)) in node.Entries.Where(e => !declarations.ContainsKey(e.Key)))
        {
            var nearest = ConfigText.Nearest(key, declarations.Keys);
            var remedy = nearest is not null
                ? $"Did you mean {nearest}?"
                : $"Remove it, or use one of: {string.Join(", ", declarations.Keys)}.";
            Report(Source with { Line = line }, key, null, "Unknown key.", remedy);
        }

        foreach (var child in children)
        {
            child.ReportUnknownKeys();
        }
    }

    private ConfigDeclaration Declare(
        string key,
        ConfigValueType type,
        string? defaultValue = null,
        bool required = false,
        ConfigSection? content = null
    )
    {
        var declaration = new ConfigDeclaration
        {
            Key = key,
            Type = type,
            Default = defaultValue,
            IsRequired = required,
            Content = content,
        };
        declarations[key] = declaration;
        return declaration;
    }

    private T Scalar<T>(ConfigDeclaration declaration, T defaultValue, Parser<T> parse, string expected)
    {
        declarations[declaration.Key] = declaration;
        if (!TryScalar(declaration, out var text, out var source))
        {
            return defaultValue;
        }

        if (!parse(text, out var value))
        {
            Report(source, declaration.Key, text, $"This is not {expected}.", $"Write {expected}.");
            return defaultValue;
        }

        Record(declaration.Key, text, source);
        return value;
    }

    // The written text of a key; false, after reporting where needed, when the default has to do.
    private bool TryScalar(ConfigDeclaration declaration, out string text, out ConfigSource source)
    {
        text = "";
        var key = declaration.Key;
        if (!TryFind(key, out var found, out source, scalar: true))
        {
            if (declaration.IsRequired)
            {
                Report(
                    source,
                    key,
                    null,
                    "This key is required.",
                    $"Add `{key}: …`{(FullKey.Length > 0 ? $" under `{FullKey}`" : "")}."
                );
            }
            else
            {
                Record(key, declaration.Default ?? "", ConfigSource.Default);
            }

            return false;
        }

        if (found is not ScalarNode scalar)
        {
            var kind = found is SequenceNode ? "a list" : "a mapping";
            Report(source, key, null, $"This is {kind}, not a single value.", $"Write `{key}: …` in one line.");
            return false;
        }

        if (scalar.IsNull && source.Kind == ConfigSourceKind.File)
        {
            Report(source, key, null, "This key has no value.", "Give it one, write \"\" for none, or remove it.");
            return false;
        }

        if (!scalar.IsPlain && declaration.Type is ConfigValueType.Boolean or ConfigValueType.WholeNumber)
        {
            Report(source, key, scalar.Text, "This is quoted text.", "Remove the quotes.");
            return false;
        }

        text = scalar.Text;
        return true;
    }

    private IReadOnlyList<string> ScalarList(
        string key,
        ConfigValueType type,
        string[] defaultValue,
        Parser<string> parse,
        string expected
    )
    {
        Declare(key, type, $"[{string.Join(", ", defaultValue)}]");
        if (Sequence(key, out var source) is not { } sequence)
        {
            Record(key, $"[{string.Join(", ", defaultValue)}]", ConfigSource.Default);
            return defaultValue;
        }

        var result = new List<string>();
        for (var i = 0; i < sequence.Items.Count; i++)
        {
            var item = sequence.Items[i];
            var text = item is ScalarNode { IsNull: false } scalar ? scalar.Text : null;
            if (text is not null && parse(text, out var value))
            {
                result.Add(value);
            }
            else
            {
                Report(
                    source with
                    {
                        Line = item.Line,
                    },
                    $"{key}[{i}]",
                    text,
                    $"This is not {expected}.",
                    $"Write {expected}."
                );
            }
        }

        Record(key, $"[{string.Join(", ", result)}]", source);
        return result;
    }

    private MappingNode? Mapping(string key, out ConfigSource source)
    {
        if (!TryFind(key, out var found, out source, scalar: false))
        {
            return null;
        }

        if (found is MappingNode mapping)
        {
            return mapping;
        }

        Report(
            source,
            key,
            (found as ScalarNode)?.Text,
            "This is not a mapping.",
            $"Write `{key}:` and its keys indented below."
        );
        return null;
    }

    private SequenceNode? Sequence(string key, out ConfigSource source)
    {
        if (!TryFind(key, out var found, out source, scalar: false))
        {
            return null;
        }

        if (found is SequenceNode sequence)
        {
            return sequence;
        }

        Report(source, key, (found as ScalarNode)?.Text, "This is not a list.", $"Write `{key}: [one, two]`.");
        return null;
    }

    private ConfigSection? Entry(string key, int line, ConfigNode value, ConfigSource source)
    {
        if (value is MappingNode mapping)
        {
            return Child(Join(key), mapping, source with { Line = line }, false);
        }

        Report(
            source with
            {
                Line = line,
            },
            key,
            (value as ScalarNode)?.Text,
            "This is not a mapping.",
            "Write keys and values."
        );
        return null;
    }

    private ConfigSection Child(string path, MappingNode mapping, ConfigSource source, bool overridable)
    {
        var section = new ConfigSection(document, path, mapping, source, overridable);
        children.Add(section);
        return section;
    }

    // Scalars may come from flag or environment; the rest stands only in the file.
    private bool TryFind(string key, out ConfigNode found, out ConfigSource source, bool scalar)
    {
        if (scalar && isOverridable && document.TryOverride(Join(key), out var text, out source))
        {
            found = new ScalarNode(0, text, IsPlain: true);
            return true;
        }

        if (node.Entries.TryGetValue(key, out var entry))
        {
            (found, source) = (entry.Value, Source with { Line = entry.KeyLine });
            return true;
        }

        (found, source) = (MappingNode.Empty, Source);
        return false;
    }

    private void Report(ConfigSource source, string key, string? value, string message, string remedy) =>
        document.Report(source, Join(key), value, message, remedy);

    private void Record(string key, string text, ConfigSource source) => document.Record(Join(key), text, source);

    private string Join(string key) => FullKey.Length == 0 ? key : $"{FullKey}.{key}";

    private static bool AnyText(string text, out string value)
    {
        value = text;
        return true;
    }

    private static bool NonEmpty(string text, out string value)
    {
        value = text;
        return text.Length > 0;
    }

    private static bool ParseBool(string text, out bool value)
    {
        value = text == "true";
        return text is "true" or "false";
    }

    private static bool ParseEndPoint(string text, out IPEndPoint value)
    {
        // Without a port the BCL would read one as 0, and "8080" as an address.
        var host = text[..Math.Max(0, text.LastIndexOf(':'))];
        return IPEndPoint.TryParse(text, out value!)
            && (host is ['[', .., ']'] || (!host.Contains(':') && host.Contains('.')));
    }
}
