using System.Text.RegularExpressions;
using Culvert.Platform.Secrets;

namespace Culvert.Platform.Configuration;

/// <summary>
/// A program's configuration from its four sources, strongest first: flags, environment, file, defaults. The program
/// reads every key it knows from <see cref="Root"/>, then calls <see cref="Complete"/>: a key that was never read is
/// unknown, and all errors are reported at once.
/// </summary>
public sealed partial class ConfigDocument
{
    private const string VersionKey = "config_version";
    private const int Version = 1;

    private readonly List<ConfigError> errors = [];
    private readonly Dictionary<string, string> environment;
    private readonly Dictionary<string, string> flags;
    private readonly List<KeyValuePair<string, SecretReference>> secrets = [];
    private readonly List<ConfigValue> values = [];
    private readonly HashSet<string> usedVariables = new(StringComparer.Ordinal);
    private readonly List<string> knownVariables = [];
    private bool isUnread;

    private ConfigDocument(
        string path,
        string environmentPrefix,
        IReadOnlyDictionary<string, string> environment,
        IReadOnlyDictionary<string, string> flags
    )
    {
        FilePath = path;
        Folder = Path.GetDirectoryName(Path.GetFullPath(path)) ?? "/";
        EnvironmentPrefix = environmentPrefix;
        this.environment = environment
            .Where(v => v.Key.StartsWith(environmentPrefix, StringComparison.Ordinal))
            .ToDictionary(StringComparer.Ordinal);
        this.flags = flags.ToDictionary(StringComparer.Ordinal);
        Root = new ConfigSection(this, "", MappingNode.Empty, new ConfigSource(ConfigSourceKind.File, path, 0), true);
    }

    public string FilePath { get; }

    /// <summary>The base of relative paths.</summary>
    public string Folder { get; }

    /// <summary>For example <c>CULVERT_AGENT__</c>.</summary>
    public string EnvironmentPrefix { get; }

    public ConfigSection Root { get; private set; }

    public bool HasErrors => errors.Count > 0;

    /// <summary>The effective values in the order of reading, never a secret.</summary>
    public IReadOnlyList<ConfigValue> Values => values;

    /// <summary>
    /// True while the keys are only listed for a schema: every getter returns its default, every map and list has one
    /// entry, and errors are discarded.
    /// </summary>
    public bool IsDescribing { get; private init; }

    /// <summary>Reads the file, or content not yet written to it; <see cref="Complete"/> returns the errors.</summary>
    public static ConfigDocument Load(
        string path,
        string environmentPrefix,
        IReadOnlyDictionary<string, string> environment,
        IReadOnlyDictionary<string, string>? flags = null,
        byte[]? content = null
    )
    {
        var document = new ConfigDocument(
            path,
            environmentPrefix,
            environment,
            flags ?? new Dictionary<string, string>()
        );
        document.ReadRoot(content);
        document.Root.Int(VersionKey, null, Version, Version);
        return document;
    }

    /// <summary>Reads the file of another program with the same checks; no flag or variable overrides it.</summary>
    public static ConfigDocument LoadForeign(string path)
    {
        var none = new Dictionary<string, string>();
        var document = new ConfigDocument(path, "", none, none);
        document.ReadRoot(content: null);
        return document;
    }

    /// <summary>Reads a document that did not come from a file, with the same checks.</summary>
    public static ConfigDocument FromContent(string name, byte[] content)
    {
        var none = new Dictionary<string, string>();
        var document = new ConfigDocument(name, "", none, none);
        document.ReadRoot(content);
        return document;
    }

    /// <summary>Creates a document without a file, to list the keys that a program reads.</summary>
    public static ConfigDocument Describe()
    {
        var none = new Dictionary<string, string>();
        var document = new ConfigDocument("/", "", none, none) { IsDescribing = true };
        document.Root.Int(VersionKey, null, Version, Version);
        return document;
    }

    /// <summary>Adds unknown keys and variables, and returns all errors, in the file's order.</summary>
    public IReadOnlyList<ConfigError> Complete()
    {
        if (isUnread)
        {
            return [errors[0]]; // the missing keys may be in that file
        }

        if (!IsDescribing)
        {
            Root.ReportUnknownKeys();
            ReportUnknownVariables();
            foreach (var flag in flags.Keys.Where(f => !usedVariables.Contains(f)))
            {
                Report(FlagSource(flag), flag, null, "No such key.", "Remove the flag.");
            }
        }

        return [.. errors.OrderBy(e => e.Source.Kind).ThenBy(e => e.Source.Line)];
    }

    internal void Report(ConfigSource source, string key, string? value, string message, string remedy)
    {
        if (!IsDescribing)
        {
            errors.Add(
                new ConfigError
                {
                    Source = source,
                    Key = key,
                    Value = value is null ? null : WithoutUser(value),
                    Message = message,
                    Remedy = remedy,
                }
            );
        }
    }

    internal IReadOnlyList<KeyValuePair<string, SecretReference>> Secrets => secrets;

    internal void RecordSecret(string path, SecretReference secret) => secrets.Add(new(path, secret));

    internal void Record(string path, string text, ConfigSource source) =>
        values.Add(new ConfigValue(path, WithoutUser(text), source));

    // A URL needs no password. If an operator writes one into it, the password must not appear in a log.
    private static string WithoutUser(string text) => UserOfUrl().Replace(text, "…@");

    [GeneratedRegex(@"(?<=://)[^/\s]*@", RegexOptions.CultureInvariant)]
    private static partial Regex UserOfUrl();

    /// <summary>Finds a flag or variable that sets the key, strongest first.</summary>
    internal bool TryOverride(string path, out string text, out ConfigSource source)
    {
        var variable = EnvironmentPrefix + path.Replace(".", "__", StringComparison.Ordinal).ToUpperInvariant();
        knownVariables.Add(variable);
        usedVariables.Add(variable);
        usedVariables.Add(path);
        if (flags.TryGetValue(path, out text!))
        {
            source = FlagSource(path);
            return true;
        }

        source = new ConfigSource(ConfigSourceKind.Environment, variable, 0);
        return environment.TryGetValue(variable, out text!);
    }

    private static ConfigSource FlagSource(string path) => new(ConfigSourceKind.Flag, path, 0);

    private void ReadRoot(byte[]? content)
    {
        var root = ReadFile(content);
        Root = new ConfigSection(this, "", root, new ConfigSource(ConfigSourceKind.File, FilePath, 1), true);
    }

    private MappingNode ReadFile(byte[]? content)
    {
        var file = new ConfigSource(ConfigSourceKind.File, FilePath, 0);
        try
        {
            return YamlReader.Read(
                content ?? ReadBounded(FilePath),
                (line, key, message, remedy) => Report(file with { Line = line }, key, null, message, remedy)
            );
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            Report(file, "", null, "The file does not exist.", "Create it or name another with --config.");
            isUnread = true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Report(file, "", null, $"The file cannot be read: {e.Message}", "Give this user access to it.");
            isUnread = true;
        }

        return MappingNode.Empty;
    }

    // Reads one byte more than is accepted, because a device or a pipe may be endless.
    private static byte[] ReadBounded(string path)
    {
        var buffer = new byte[YamlReader.MaxBytes + 1];
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        return buffer[..file.ReadAtLeast(buffer, buffer.Length, throwOnEndOfStream: false)];
    }

    private void ReportUnknownVariables()
    {
        foreach (var name in environment.Keys.Where(n => !usedVariables.Contains(n)).Order(StringComparer.Ordinal))
        {
            var nearest = ConfigText.Nearest(name, knownVariables);
            var remedy = nearest is null
                ? "Unset it; lists and maps can be set only in the file."
                : $"Did you mean {nearest}?";
            Report(new ConfigSource(ConfigSourceKind.Environment, name, 0), "", null, "No key of that name.", remedy);
        }
    }
}
