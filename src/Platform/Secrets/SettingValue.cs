namespace Culvert.Platform.Secrets;

/// <summary>A literal value of the configuration, or a reference to a secret that is read again at each use.</summary>
public sealed class SettingValue
{
    private readonly string text;
    private readonly SecretReference? reference;

    private SettingValue(string text, SecretReference? reference)
    {
        this.text = text;
        this.reference = reference;
    }

    public bool IsReference => reference is not null;

    /// <summary>Null for a literal value.</summary>
    public SecretReference? Reference => reference;

    /// <summary>Text in the form of a reference is one; everything else is a literal.</summary>
    public static SettingValue Parse(string text, string folder) =>
        SecretReference.TryParse(text, folder, out var reference) ? new("", reference) : new(text, null);

    /// <exception cref="SecretUnavailableException">The secret cannot be read.</exception>
    public string Read() => reference?.Read() ?? text;

    /// <summary>The value, for a purpose that does not count as a use of the secret.</summary>
    /// <exception cref="SecretUnavailableException">The secret cannot be read.</exception>
    public string Peek() => reference?.Peek() ?? text;

    /// <summary>Why the value cannot be read now; null when it can.</summary>
    public string? Problem() => reference?.Problem();

    /// <summary>The reference, never a value.</summary>
    public override string ToString() => reference?.ToString() ?? "(value)";
}
