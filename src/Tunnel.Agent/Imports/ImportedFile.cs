using System.Buffers;
using System.Text;
using Culvert.Platform.Configuration;
using Culvert.Platform.Net;

namespace Culvert.Tunnel.Agent.Imports;

/// <summary>
/// The configuration file of another program while it is imported. Every key of that program is requested, so that a key
/// which is not known is an error; of each key that is not carried over a line remains. Neither contains a value.
/// </summary>
internal sealed class ImportedFile
{
    private const string EnvironmentScheme = "env:";
    private const string FileScheme = "file:";

    private readonly ConfigDocument document;
    private readonly IReadOnlyDictionary<string, string> environment;
    private readonly string secretsFolder;
    private readonly List<ImportNote> notes = [];

    /// <param name="path">The file.</param>
    /// <param name="environment">The variables that its references may name.</param>
    /// <param name="secretsFolder">Where the operator will put secrets that are written in the file itself.</param>
    public ImportedFile(string path, IReadOnlyDictionary<string, string> environment, string secretsFolder)
        : this(ConfigDocument.LoadForeign(path), environment, secretsFolder) { }

    /// <param name="document">The file, or a document that only lists the keys.</param>
    /// <param name="environment">The variables that its references may name.</param>
    /// <param name="secretsFolder">Where the operator will put secrets that are written in the file itself.</param>
    internal ImportedFile(
        ConfigDocument document,
        IReadOnlyDictionary<string, string> environment,
        string secretsFolder
    )
    {
        this.document = document;
        this.environment = environment;
        this.secretsFolder = secretsFolder;
    }

    public ConfigSection Root => document.Root;

    public IReadOnlyList<ImportNote> Notes => notes;

    public bool HasErrors => document.HasErrors;

    /// <summary>Ends the reading. What is wrong with a value can be seen in the file: it may be a secret.</summary>
    public IReadOnlyList<ConfigError> Complete() => [.. document.Complete().Select(e => e with { Value = null })];

    /// <param name="section">The key's section.</param>
    /// <param name="key">The key.</param>
    /// <param name="text">Why, and what to use instead.</param>
    /// <param name="place">Of an entry of the key; null for the key's own place.</param>
    public void NoEqual(ConfigSection section, string key, string text, ConfigSource? place = null) =>
        Note(section, key, ImportNoteKind.NoEqual, text, place);

    /// <param name="section">The key's section.</param>
    /// <param name="key">The key.</param>
    /// <param name="text">What is different.</param>
    /// <param name="place">Of an entry of the key; null for the key's own place.</param>
    public void Changed(ConfigSection section, string key, string text, ConfigSource? place = null) =>
        Note(section, key, ImportNoteKind.Changed, text, place);

    /// <param name="section">The key's section.</param>
    /// <param name="key">The key.</param>
    /// <param name="text">What the operator must do.</param>
    /// <param name="place">Of an entry of the key; null for the key's own place.</param>
    public void ToDo(ConfigSection section, string key, string text, ConfigSource? place = null) =>
        Note(section, key, ImportNoteKind.ToDo, text, place);

    /// <summary>A line about a key of the new file that has another value than the other program had unasked.</summary>
    public void Changed(string newKey, string text) => notes.Add(new(null, newKey, ImportNoteKind.Changed, text));

    /// <summary>A line about a key of the new file.</summary>
    public void ToDo(string newKey, string text) => notes.Add(new(null, newKey, ImportNoteKind.ToDo, text));

    /// <summary>A key without an equal, of any type: it is reported if it is set.</summary>
    public void Drop(ConfigSection section, string key, string text)
    {
        if (section.Skip(key))
        {
            NoEqual(section, key, text);
        }
    }

    /// <summary>A value other than a secret; what a reference to a variable names is read now.</summary>
    public string Text(ConfigSection section, string key) => Resolve(section, key, isPath: false);

    /// <summary>A path. The other program accepts <c>file:</c> in front of one.</summary>
    public string Path(ConfigSection section, string key) => Resolve(section, key, isPath: true);

    /// <summary>A duration in the form of the agent; empty when it is not set or cannot be used.</summary>
    public string Duration(ConfigSection section, string key, TimeSpan min, TimeSpan max)
    {
        var text = Text(section, key);
        if (text.Length == 0)
        {
            return "";
        }

        if (!GoDuration.TryParse(text, out var duration))
        {
            section.Error(key, "This is not a duration.", "Write a duration such as 30s or 1m30s.");
            return "";
        }

        if (duration >= min && duration <= max)
        {
            return ConfigText.Duration(duration);
        }

        NoEqual(
            section,
            key,
            $"The agent allows {ConfigText.Duration(min)} to {ConfigText.Duration(max)}. Its default applies."
        );
        return "";
    }

    /// <summary>A reference to a secret, in place of the secret.</summary>
    /// <param name="section">The key's section.</param>
    /// <param name="key">The key.</param>
    /// <param name="text">What the file contains there.</param>
    /// <param name="fileName">The new file for a secret that the imported file contains itself.</param>
    /// <param name="content">What that file has to contain.</param>
    /// <param name="place">Of an entry of the key; null for the key's own place.</param>
    public string ToReference(
        ConfigSection section,
        string key,
        string text,
        string fileName,
        string content,
        ConfigSource? place = null
    )
    {
        if (TryReference(text, EnvironmentScheme, out var variable))
        {
            ToDo(section, key, $"Set the variable {variable} for tunnel-agent as well.", place);
            return EnvironmentScheme + variable;
        }

        if (TryReference(text, FileScheme, out var path))
        {
            ToDo(
                section,
                key,
                System.IO.Path.IsPathRooted(path)
                    ? $"Let the agent's user, and no other user, read {path} (mode 0600)."
                    : $"The path {path} is relative. Write the absolute path, and let only the agent's user read the file.",
                place
            );
            return FileScheme + path;
        }

        var target = System.IO.Path.Combine(secretsFolder, fileName);
        ToDo(
            section,
            key,
            $"The file contains the secret itself, which was not copied. Write {content} into {target}: "
                + $"install -m 0600 -o culvert-agent /dev/stdin {target}",
            place
        );
        return FileScheme + target;
    }

    /// <summary>A proxy; null when it is not set or cannot be used.</summary>
    /// <param name="section">The key's section.</param>
    /// <param name="key">The key.</param>
    /// <param name="fileName">The new file of the password.</param>
    public ImportedProxy? Proxy(ConfigSection section, string key, string fileName)
    {
        var text = Text(section, key);
        if (text.Length == 0)
        {
            return null;
        }

        // As other programs read it: without a scheme it is http.
        var whole = text.Contains("://", StringComparison.Ordinal) ? text : $"http://{text}";
        if (!NetworkSection.IsProxy(whole, out var url))
        {
            NoEqual(section, key, "The agent uses http:// and https:// proxies only, without a path.");
            return null;
        }

        var user = url.UserInfo.Split(':', 2);
        var (name, password) = (Uri.UnescapeDataString(user[0]), user.Length > 1 ? user[1] : "");
        if (name.Length == 0 && password.Length > 0)
        {
            NoEqual(section, key, "A password needs a user name.");
            return null;
        }

        var reference =
            password.Length > 0
                ? ToReference(section, key, text, fileName, "the password of the proxy's user, without escapes")
                : "";
        return new ImportedProxy($"{url.Scheme}://{RouteAddress.ToAuthority(url)}", name, reference);
    }

    private void Note(ConfigSection section, string key, ImportNoteKind kind, string text, ConfigSource? place) =>
        notes.Add(
            new(place ?? section.Place(key), section.FullKey.Length == 0 ? key : $"{section.FullKey}.{key}", kind, text)
        );

    private string Resolve(ConfigSection section, string key, bool isPath)
    {
        var text = section.String(key).Trim();
        if (TryReference(text, EnvironmentScheme, out var variable))
        {
            text = environment.GetValueOrDefault(variable, "").Trim();
            if (text.Length == 0)
            {
                section.Error(
                    key,
                    $"The variable {ConfigText.Printable(variable)} is not set here.",
                    "Set it as for the other program, or write the value."
                );
                return "";
            }

            Changed(section, key, $"The value is what the variable {ConfigText.Printable(variable)} contains now.");
        }
        else if (TryReference(text, FileScheme, out var path))
        {
            if (!isPath)
            {
                section.Error(key, "The value is in another file.", "Write the value itself.");
                return "";
            }

            text = path;
        }

        if (IsUnwritable(text))
        {
            section.Error(key, "It contains characters that cannot be shown.", "Remove them.");
            return "";
        }

        if (isPath && text.Length > 0 && !System.IO.Path.IsPathRooted(text))
        {
            ToDo(
                section,
                key,
                "The path is relative: agent.yaml counts it from its own folder. Write the absolute path."
            );
        }

        return text;
    }

    private static bool TryReference(string text, string scheme, out string rest)
    {
        var isReference = text.StartsWith(scheme, StringComparison.OrdinalIgnoreCase);
        rest = isReference ? text[scheme.Length..].Trim() : "";
        return isReference && rest.Length > 0 && !IsUnwritable(rest);
    }

    /// <summary>Whether YAML could not contain the text, or a terminal would show another one.</summary>
    internal static bool IsUnwritable(string text)
    {
        var rest = text.AsSpan();
        while (rest.Length > 0)
        {
            // Half a surrogate pair is not text.
            if (
                ConfigText.IsUnprintable(rest[0])
                || Rune.DecodeFromUtf16(rest, out _, out var length) != OperationStatus.Done
            )
            {
                return true;
            }

            rest = rest[length..];
        }

        return false;
    }
}
