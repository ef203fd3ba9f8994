using System.Buffers;
using System.Text;
using Culvert.Platform.Configuration;
using Culvert.Platform.Net;

namespace Culvert.Tunnel.Agent.Imports;

/// <summary>A key of an imported file: reads its value, and reports lines and errors about it.</summary>
/// <param name="file">Receives the lines.</param>
/// <param name="section">The section of the key.</param>
/// <param name="name">The key. An entry of a map has the name <c>KEY.NAME</c>, and a place.</param>
/// <param name="place">The place of the entry; null for the key's own place.</param>
internal sealed class ImportedKey(ImportedFile file, ConfigSection section, string name, ConfigSource? place = null)
{
    private const string EnvironmentScheme = "env:";
    private const string FileScheme = "file:";

    public bool IsSet => section.Has(name);

    /// <summary>An entry of the key, which is a map.</summary>
    public ImportedKey Entry(string entry, ConfigSource entryPlace) =>
        new(file, section, $"{name}.{entry}", entryPlace);

    /// <summary>Reports that the agent has no equal: why, and what to use instead.</summary>
    public void NoEqual(string text) => Note(ImportNoteKind.NoEqual, text);

    /// <summary>Reports what is different in the new file.</summary>
    public void Changed(string text) => Note(ImportNoteKind.Changed, text);

    /// <summary>Reports what the operator must do.</summary>
    public void ToDo(string text) => Note(ImportNoteKind.ToDo, text);

    public void Error(string message, string remedy) => section.Error(name, message, remedy);

    /// <summary>Reads a key without an equal, of any type: it is reported if it is set.</summary>
    public void Drop(string text)
    {
        if (section.Skip(name))
        {
            NoEqual(text);
        }
    }

    /// <summary>The value as it is written: it may be a secret or a reference.</summary>
    public string Written() => section.String(name).Trim();

    /// <summary>A value other than a secret. If it refers to a variable, the variable is read now.</summary>
    public string Text() => Resolve(isPath: false);

    /// <summary>A path. The other program accepts <c>file:</c> in front of one.</summary>
    public string Path() => Resolve(isPath: true);

    /// <summary>A duration in the form of the agent; empty if it is not set or cannot be used.</summary>
    public string Duration(TimeSpan min, TimeSpan max)
    {
        var text = Text();
        if (text.Length == 0)
        {
            return "";
        }

        if (!GoDuration.TryParse(text, out var duration))
        {
            Error("This is not a duration.", "Write a duration such as 30s or 1m30s.");
            return "";
        }

        if (duration >= min && duration <= max)
        {
            return ConfigText.Duration(duration);
        }

        NoEqual($"The agent allows {ConfigText.Duration(min)} to {ConfigText.Duration(max)}. Its default applies.");
        return "";
    }

    /// <summary>A log level under the agent's name for it; empty if it is not set or cannot be used.</summary>
    public string Level()
    {
        var level = Text().ToLowerInvariant();
        if (level is "" or "debug" or "info" or "error" or "warning")
        {
            return level;
        }

        if (level == "warn")
        {
            return "warning";
        }

        Error("This is not a level.", "Write debug, info, warn or error.");
        return "";
    }

    /// <summary>A reference to a secret, in place of the secret.</summary>
    /// <param name="text">The value in the imported file.</param>
    /// <param name="fileName">The new file for a secret that the imported file contains itself.</param>
    /// <param name="content">What that file has to contain.</param>
    public string ToReference(string text, string fileName, string content)
    {
        if (TryReference(text, EnvironmentScheme, out var variable))
        {
            ToDo($"Set the variable {variable} for tunnel-agent as well.");
            return EnvironmentScheme + variable;
        }

        if (TryReference(text, FileScheme, out var path))
        {
            ToDo(
                System.IO.Path.IsPathRooted(path)
                    ? $"Let the agent's user, and no other user, read {path} (mode 0600)."
                    : $"The path {path} is relative. Write the absolute path, and let only the agent's user read the file."
            );
            return FileScheme + path;
        }

        var target = System.IO.Path.Combine(file.SecretsFolder, fileName);
        ToDo(
            $"The file contains the secret itself, which was not copied. Write {content} into {target}: "
                + $"install -m 0600 -o culvert-agent /dev/stdin {target}"
        );
        return FileScheme + target;
    }

    /// <summary>A proxy; null if it is not set or cannot be used.</summary>
    /// <param name="fileName">The new file of the password.</param>
    public ImportedProxy? Proxy(string fileName)
    {
        var text = Text();
        if (text.Length == 0)
        {
            return null;
        }

        // Other programs read a proxy without a scheme as http.
        var whole = text.Contains("://", StringComparison.Ordinal) ? text : $"http://{text}";
        if (!NetworkSection.IsProxy(whole, out var url))
        {
            NoEqual("The agent uses http:// and https:// proxies only, without a path.");
            return null;
        }

        var user = url.UserInfo.Split(':', 2);
        var (userName, password) = (Uri.UnescapeDataString(user[0]), user.Length > 1 ? user[1] : "");
        if (userName.Length == 0 && password.Length > 0)
        {
            NoEqual("A password needs a user name.");
            return null;
        }

        var reference =
            password.Length > 0 ? ToReference(text, fileName, "the password of the proxy's user, without escapes") : "";
        return new ImportedProxy($"{url.Scheme}://{RouteAddress.ToAuthority(url)}", userName, reference);
    }

    /// <summary>Whether YAML could not contain the text, or a terminal would show another one.</summary>
    public static bool IsUnwritable(string text)
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

    private string Resolve(bool isPath)
    {
        var text = Written();
        if (TryReference(text, EnvironmentScheme, out var variable))
        {
            text = file.Environment.GetValueOrDefault(variable, "").Trim();
            if (text.Length == 0)
            {
                Error(
                    $"The variable {ConfigText.Printable(variable)} is not set here.",
                    "Set it as for the other program, or write the value."
                );
                return "";
            }

            Changed($"The value is what the variable {ConfigText.Printable(variable)} contains now.");
        }
        else if (TryReference(text, FileScheme, out var path))
        {
            if (!isPath)
            {
                Error("The value is in another file.", "Write the value itself.");
                return "";
            }

            text = path;
        }

        if (IsUnwritable(text))
        {
            Error("It contains characters that cannot be shown.", "Remove them.");
            return "";
        }

        if (isPath && text.Length > 0 && !System.IO.Path.IsPathRooted(text))
        {
            ToDo("The path is relative: agent.yaml counts it from its own folder. Write the absolute path.");
        }

        return text;
    }

    private static bool TryReference(string text, string scheme, out string rest)
    {
        var isReference = text.StartsWith(scheme, StringComparison.OrdinalIgnoreCase);
        rest = isReference ? text[scheme.Length..].Trim() : "";
        return isReference && rest.Length > 0 && !IsUnwritable(rest);
    }

    private void Note(ImportNoteKind kind, string text)
    {
        var fullKey = section.FullKey.Length == 0 ? name : $"{section.FullKey}.{name}";
        file.Add(new(place ?? section.Place(name), fullKey, kind, text));
    }
}
