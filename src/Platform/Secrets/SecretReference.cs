using System.Diagnostics.CodeAnalysis;

namespace Culvert.Platform.Secrets;

/// <summary>
/// The location of a secret: <c>file:/path</c> or <c>env:NAME</c>. The secret is read again at each use, so that a
/// rotation needs no restart.
/// </summary>
public sealed class SecretReference
{
    private const string FileScheme = "file:";
    private const string EnvironmentScheme = "env:";

    private readonly string? path;
    private readonly string? variable;
    private readonly Func<string, string?> environment;
    private volatile SecretUse? use;

    private SecretReference(string? path, string? variable, Func<string, string?> environment)
    {
        this.path = path;
        this.variable = variable;
        this.environment = environment;
    }

    /// <summary>Parses a reference, relative to a folder; false for any other text, such as the secret itself.</summary>
    public static bool TryParse(
        string text,
        string folder,
        [NotNullWhen(true)] out SecretReference? reference,
        Func<string, string?>? environment = null
    )
    {
        reference = null;
        var lookUp = environment ?? Environment.GetEnvironmentVariable;
        if (text.StartsWith(FileScheme, StringComparison.Ordinal) && text.Length > FileScheme.Length)
        {
            reference = new SecretReference(Path.GetFullPath(text[FileScheme.Length..], folder), null, lookUp);
        }
        else if (text.StartsWith(EnvironmentScheme, StringComparison.Ordinal) && text.Length > EnvironmentScheme.Length)
        {
            reference = new SecretReference(null, text[EnvironmentScheme.Length..], lookUp);
        }

        return reference is not null;
    }

    public static SecretReference ToFile(string path) => new(Path.GetFullPath(path), null, _ => null);

    /// <summary>Null for an empty path.</summary>
    public static SecretReference? ToFileOrNull(string path) => string.IsNullOrEmpty(path) ? null : ToFile(path);

    public static SecretReference ToVariable(string name) => new(null, name, Environment.GetEnvironmentVariable);

    /// <summary>The absolute path of a <c>file:</c> reference; null for a variable.</summary>
    public string? FilePath => path;

    /// <summary>When the secret was last used; null if it was not, or if no <see cref="SecretUses"/> follow it.</summary>
    public DateTimeOffset? LastUsedAt => use?.Last;

    /// <summary>When the file was last written; null for a variable, and for a file that cannot be found.</summary>
    public DateTimeOffset? FindWriteTime() => path is null ? null : LinkedFile.FindWriteTime(path);

    /// <summary>The current secret, without surrounding white space. Counts as a use.</summary>
    /// <exception cref="SecretUnavailableException">The secret is missing or empty, or others can read its file.</exception>
    public string Read()
    {
        var secret = Peek();
        RecordUse();
        return secret;
    }

    /// <summary>Records a use of the secret that was read earlier.</summary>
    public void RecordUse() => use?.Record();

    /// <summary>The current secret, for a purpose that does not count as a use, such as a check or a probe.</summary>
    /// <exception cref="SecretUnavailableException">As <see cref="Read"/>.</exception>
    public string Peek()
    {
        var text = path is not null
            ? PrivateFile.ReadText(path)
            : environment(variable!) ?? throw new SecretUnavailableException($"{this} is not set.");
        var secret = text.Trim();
        return secret.Length > 0 ? secret : throw new SecretUnavailableException($"{this} is empty.");
    }

    /// <summary>Why the secret cannot be read now; null when it can.</summary>
    public string? Problem()
    {
        try
        {
            Peek();
            return null;
        }
        catch (SecretUnavailableException e)
        {
            return e.Message;
        }
    }

    internal void RecordIn(SecretUse shared) => use = shared;

    /// <summary>The reference, never the secret.</summary>
    public override string ToString() => path is not null ? FileScheme + path : EnvironmentScheme + variable;
}
