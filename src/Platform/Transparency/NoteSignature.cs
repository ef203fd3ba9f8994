using System.Buffers.Binary;

namespace Culvert.Platform.Transparency;

/// <summary>A signature line of a note. The key id distinguishes keys of one name; it is not a secure hash.</summary>
public sealed record NoteSignature(string Name, uint KeyId, byte[] Value)
{
    private const string Start = "— "; // U+2014

    /// <summary>Parses a line without its line break; null when it is not a signature line.</summary>
    public static NoteSignature? Parse(string line)
    {
        if (!line.StartsWith(Start, StringComparison.Ordinal))
        {
            return null;
        }

        var parts = line[Start.Length..].Split(' ');
        if (parts is not [{ Length: > 0 } name, { } encoded])
        {
            return null;
        }

        var bytes = new byte[encoded.Length];
        return Convert.TryFromBase64String(encoded, bytes, out var length) && length > sizeof(uint)
            ? new NoteSignature(name, BinaryPrimitives.ReadUInt32BigEndian(bytes), bytes[sizeof(uint)..length])
            : null;
    }

    /// <summary>The line, without its line break.</summary>
    public override string ToString()
    {
        var bytes = new byte[sizeof(uint) + Value.Length];
        BinaryPrimitives.WriteUInt32BigEndian(bytes, KeyId);
        Value.CopyTo(bytes.AsSpan(sizeof(uint)));
        return $"{Start}{Name} {Convert.ToBase64String(bytes)}";
    }
}
