using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;

namespace Culvert.Platform.Certificates;

/// <summary>The name of an agent within its tunnel (<c>^[a-z0-9][a-z0-9-]{0,62}$</c>).</summary>
public sealed record InstanceId
{
    private const int MaxLength = 63;

    // 80 random bits: collisions within a tunnel are negligible, and the name stays readable in a log line.
    private const int RandomBytes = 10;

    private static readonly SearchValues<char> Characters = SearchValues.Create(
        "abcdefghijklmnopqrstuvwxyz0123456789-"
    );

    private InstanceId(string value) => Value = value;

    public string Value { get; }

    /// <summary>A new random name; an agent stores it in its state directory.</summary>
    public static InstanceId NewRandom() => new(RandomNumberGenerator.GetHexString(RandomBytes * 2, lowercase: true));

    public static bool TryParse(string? text, [NotNullWhen(true)] out InstanceId? id)
    {
        id = IsValid(text) ? new InstanceId(text!) : null;
        return id is not null;
    }

    public override string ToString() => Value;

    private static bool IsValid(ReadOnlySpan<char> text) =>
        text.Length is > 0 and <= MaxLength && text[0] != '-' && !text.ContainsAnyExcept(Characters);
}
