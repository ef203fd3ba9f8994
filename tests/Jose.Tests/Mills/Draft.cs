namespace Culvert.Jose.Tests.Mills;

/// <summary>A token and a key set before they are written: a mutation changes any part, and all else follows from it.</summary>
internal sealed class Draft(Random random, ForgedKey key, string algorithm)
{
    public Random Random => random;

    public ForgedKey Key { get; set; } = key;

    public string Algorithm { get; set; } = algorithm;

    /// <summary>Members of the header as JSON texts, name and value.</summary>
    public List<string> Header { get; } = [$"\"alg\":\"{algorithm}\"", "\"typ\":\"JWT\"", $"\"kid\":\"{key.KeyId}\""];

    /// <summary>The header's bytes, if they are not the members above.</summary>
    public byte[]? HeaderBytes { get; set; }

    public byte[] Claims { get; set; } = [];

    /// <summary>What becomes of the good signature.</summary>
    public Func<byte[], byte[]> Signature { get; set; } = signature => signature;

    /// <summary>What becomes of the three encoded segments.</summary>
    public Func<string, string> Compact { get; set; } = text => text;

    /// <summary>Keys of the set as JSON texts; the token's own is the first.</summary>
    public List<string> Keys { get; } = [];

    /// <summary>What becomes of the key set's text.</summary>
    public Func<byte[], byte[]> KeySet { get; set; } = bytes => bytes;

    public Specimen Write(string mutation)
    {
        var header = HeaderBytes ?? Encoding.UTF8.GetBytes($"{{{string.Join(',', Header)}}}");
        var input = $"{TokenForge.Encode(header)}.{TokenForge.Encode(Claims)}";
        var signature = Signature(Key.Sign(Algorithm, Encoding.ASCII.GetBytes(input)));
        var compact = Compact($"{input}.{TokenForge.Encode(signature)}");
        var keySet = KeySet(Encoding.UTF8.GetBytes($$"""{"keys":[{{string.Join(',', Keys)}}]}"""));
        return new Specimen(mutation, Encoding.Latin1.GetBytes(compact), keySet);
    }
}
