using System.Diagnostics.CodeAnalysis;

namespace Culvert.Platform.Dns;

/// <summary>A domain name that can be queried: lower case, letters, digits, hyphens and underscores, no final dot.</summary>
public sealed record DnsName
{
    /// <summary>RFC 1035 §2.3.4.</summary>
    public const int MaxLabelLength = 63;

    /// <summary>255 bytes on the wire (RFC 1035 §2.3.4), less the first length and the root.</summary>
    public const int MaxLength = 253;

    private DnsName(string text) => Text = text;

    public static DnsName Root { get; } = new("");

    /// <summary>Empty for the root.</summary>
    public string Text { get; }

    public bool IsRoot => Text.Length == 0;

    /// <summary>The name without its first label; the root is its own parent.</summary>
    public DnsName Parent => Text.IndexOf('.') is var dot and >= 0 ? new DnsName(Text[(dot + 1)..]) : Root;

    public static bool TryParse(string? text, [NotNullWhen(true)] out DnsName? name)
    {
        name = null;
        if (string.IsNullOrEmpty(text))
        {
            return false;
        }

        var plain = text[^1] == '.' ? text[..^1] : text;
        if (plain.Length > MaxLength || !plain.Split('.').All(IsLabel))
        {
            return false;
        }

        name = new DnsName(plain.ToLowerInvariant());
        return true;
    }

    public override string ToString() => IsRoot ? "." : Text;

    private static bool IsLabel(string label) =>
        label.Length is > 0 and <= MaxLabelLength && label.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_');
}
