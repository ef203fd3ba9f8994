using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using Culvert.Platform.Programs;
using Culvert.Platform.Secrets;

namespace Culvert.Platform.Certificates;

/// <summary>
/// The name of one agent among those of its tunnel: 1 to 63 lower-case letters, digits and hyphens, not starting
/// with a hyphen (<c>^[a-z0-9][a-z0-9-]{0,62}$</c>).
/// </summary>
public sealed record InstanceId
{
    private const string FileName = "instance_id";
    private const int MaxLength = 63;

    // 80 random bits: no two agents of one tunnel meet, and the name stays readable in a log line.
    private const int RandomBytes = 10;

    private static readonly SearchValues<char> Characters = SearchValues.Create(
        "abcdefghijklmnopqrstuvwxyz0123456789-"
    );

    private InstanceId(string value) => Value = value;

    public string Value { get; }

    /// <summary>A new random name; an agent keeps it in its state directory.</summary>
    public static InstanceId NewRandom() => new(RandomNumberGenerator.GetHexString(RandomBytes * 2, lowercase: true));

    /// <summary>The name kept in the state directory, made there the first time.</summary>
    /// <exception cref="StateDirectoryException">The kept one is damaged, or a new one cannot be written.</exception>
    public static InstanceId LoadOrCreate(StateDirectory state)
    {
        if (state.ReadText(FileName) is not { } kept)
        {
            var made = NewRandom();
            state.WriteText(FileName, made + "\n");
            return made;
        }

        // A new name would be a new instance to the service, beside one that seems to have died.
        return TryParse(kept.Trim(), out var id)
            ? id
            : throw new StateDirectoryException($"{state.PathOf(FileName)} holds no instance id: remove the file.");
    }

    /// <summary>The name kept in the state directory; null when there is none that can be read.</summary>
    public static InstanceId? Find(StateDirectory state)
    {
        try
        {
            return TryParse(state.ReadText(FileName)?.Trim(), out var id) ? id : null;
        }
        catch (SecretUnavailableException)
        {
            return null;
        }
    }

    public static bool TryParse(string? text, [NotNullWhen(true)] out InstanceId? id)
    {
        id = IsValid(text) ? new InstanceId(text!) : null;
        return id is not null;
    }

    public override string ToString() => Value;

    private static bool IsValid(ReadOnlySpan<char> text) =>
        text.Length is > 0 and <= MaxLength && text[0] != '-' && !text.ContainsAnyExcept(Characters);
}
