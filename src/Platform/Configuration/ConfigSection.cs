using System.Diagnostics.CodeAnalysis;
using Culvert.Platform.Secrets;

namespace Culvert.Platform.Configuration;

/// <summary>
/// A mapping of the configuration. Each getter (<see cref="ConfigScalars"/>, <see cref="ConfigLists"/>) declares its
/// key and returns the effective value, or the default after reporting an error. Reading therefore never stops at the
/// first error, and code after a getter must handle the default.
/// </summary>
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

    /// <summary>The full key of this section; empty at the top level.</summary>
    public string FullKey { get; }

    public ConfigSource Source { get; }

    public IReadOnlyCollection<ConfigDeclaration> Declarations => declarations.Values;

    /// <summary>A digest of the section in the file: the same as long as its content is.</summary>
    public string Digest() => node.Digest();

    internal string Folder => document.Folder;

    /// <summary>True when no file is read: the readers only declare the keys.</summary>
    public bool IsDescribing => document.IsDescribing;

    /// <summary>Whether the key is set in any source. Does not declare it. True while describing.</summary>
    public bool Has(string key) => document.IsDescribing || TryFind(key, out _, out _, scalar: true);

    /// <summary>A nested mapping, empty when absent. A second call returns the same section with its known keys.</summary>
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

    /// <summary>A mapping whose keys are names chosen by the operator, in the file's order.</summary>
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

    /// <summary>Declares a key without effect: setting it is an error, and the reference does not list it.</summary>
    /// <param name="key">The key, with everything below it.</param>
    /// <param name="permitted">A value that changes nothing and is accepted: files of earlier versions have it.</param>
    public void Former(string key, string? permitted = null)
    {
        Declare(key, ConfigValueType.Former, permitted);
        if (
            TryFind(key, out var found, out var source, scalar: true)
            && !(permitted is not null && found is ScalarNode scalar && scalar.Text == permitted)
        )
        {
            Report(source, key, null, "This key is not supported by this version.", "Remove it.");
        }
    }

    /// <summary>Accepts a key with everything below it, whose content the caller does not read. True if it is set.</summary>
    public bool Skip(string key)
    {
        Declare(key, ConfigValueType.Former);
        return Has(key);
    }

    /// <summary>Where the key is set; where the section begins if it is not.</summary>
    public ConfigSource Place(string key) => TryFind(key, out _, out var source, scalar: true) ? source : Source;

    /// <summary>Reports an error that only the caller can detect, at the key's own place when it is set.</summary>
    public void Error(string key, string message, string remedy)
    {
        var value =
            TryFind(key, out var found, out var source, scalar: true) && found is ScalarNode scalar
                ? scalar.Text
                : null;
        var isSecret = declarations.TryGetValue(key, out var declaration) && declaration.Type == ConfigValueType.Secret;
        Report(source, key, isSecret ? null : value, message, remedy);
    }

    /// <summary>Reports an error inside a text, without the text. A block of several lines begins below its key.</summary>
    /// <param name="line">The line of the text, from 1; 0 if the error is in none.</param>
    public void ErrorInText(string key, int line, string message, string remedy)
    {
        var source = Place(key);
        if (
            line > 0
            && TryFind(key, out var found, out _, scalar: true)
            && found is ScalarNode { Line: > 0 } scalar
            && scalar.Text.Contains('\n', StringComparison.Ordinal)
        )
        {
            source = source with { Line = scalar.Line + line };
        }

        Report(source, key, null, message, remedy);
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

    internal ConfigDeclaration Declare(
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

    internal T Scalar<T>(ConfigDeclaration declaration, T defaultValue, ConfigParser<T> parse, string expected)
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

    // Returns the written text of a key; false, after reporting an error if there is one, when the default applies.
    internal bool TryScalar(ConfigDeclaration declaration, out string text, out ConfigSource source)
    {
        var isThere = TryScalarNode(declaration, out ScalarNode? written, out source);
        text = written?.Text ?? "";
        return isThere;
    }

    internal bool TryScalarNode(
        ConfigDeclaration declaration,
        [NotNullWhen(true)] out ScalarNode? written,
        out ConfigSource source
    )
    {
        written = null;
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

        written = scalar;
        return true;
    }

    internal IReadOnlyList<string> ScalarList(
        string key,
        ConfigValueType type,
        string[] defaultValue,
        ConfigParser<string> parse,
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

    internal MappingNode? Mapping(string key, out ConfigSource source)
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

    internal SequenceNode? Sequence(string key, out ConfigSource source)
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

    // Scalars may come from a flag or the environment; other values come only from the file.
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

    internal void Report(ConfigSource source, string key, string? value, string message, string remedy) =>
        document.Report(source, Join(key), value, message, remedy);

    /// <summary>All references to secrets that were read so far, by their full keys; also those of other sections.</summary>
    public IReadOnlyList<KeyValuePair<string, SecretReference>> Secrets => document.Secrets;

    internal void RecordSecret(string key, SecretReference secret) => document.RecordSecret(Join(key), secret);

    internal void Record(string key, string text, ConfigSource source) => document.Record(Join(key), text, source);

    private string Join(string key) => FullKey.Length == 0 ? key : $"{FullKey}.{key}";
}
