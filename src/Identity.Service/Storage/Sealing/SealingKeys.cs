using System.Globalization;
using System.Security.Cryptography;

namespace Culvert.Identity.Service.Storage.Sealing;

/// <summary>
/// The key-encryption keys: one line per version, <c>number:base64</c> of 256 bits. All versions can open; the highest one
/// seals.
/// </summary>
internal sealed class SealingKeys
{
    private const int KeyBytes = 32;

    private readonly Dictionary<uint, byte[]> byVersion;

    private SealingKeys(Dictionary<uint, byte[]> byVersion)
    {
        this.byVersion = byVersion;
        WritingVersion = byVersion.Keys.Max();
        OldestVersion = byVersion.Keys.Min();
    }

    public uint WritingVersion { get; }

    public uint OldestVersion { get; }

    public byte[]? Find(uint version) => byVersion.GetValueOrDefault(version);

    /// <summary>Identifies a key without revealing it: SHA-256 over 256 random bits.</summary>
    public string? FindFingerprint(uint version) =>
        Find(version) is { } key ? Convert.ToHexStringLower(SHA256.HashData(key)) : null;

    public static SealingKeys Parse(string text)
    {
        var keys = new Dictionary<uint, byte[]>();
        var lines = text.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        foreach (var line in lines)
        {
            var colon = line.IndexOf(':', StringComparison.Ordinal);
            var key = new byte[KeyBytes];
            if (
                colon <= 0
                || !uint.TryParse(
                    line.AsSpan(0, colon),
                    NumberStyles.None,
                    CultureInfo.InvariantCulture,
                    out var version
                )
                || !Convert.TryFromBase64String(line[(colon + 1)..], key, out var written)
                || written != KeyBytes
                || !keys.TryAdd(version, key)
            )
            {
                // Never include the line: it is a key.
                throw new StoreException("The sealing key is malformed: each line is `version:base64 of 32 bytes`.");
            }
        }

        return keys.Count > 0 ? new SealingKeys(keys) : throw new StoreException("The sealing key is empty.");
    }

    public static string NewText() => $"1:{Convert.ToBase64String(RandomNumberGenerator.GetBytes(KeyBytes))}\n";
}
