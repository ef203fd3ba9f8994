using System.Security.Cryptography;

namespace Culvert.Testing.Keys;

/// <summary>
/// RSA keys that are the same in every run, since making one takes longer than most tests. They are public: for tests
/// alone. The caller disposes of each.
/// </summary>
public static class TestKeys
{
    /// <param name="bits">1024, 2048, 2560, 3072 or 4096; the same size gives the same key.</param>
    public static RSA Rsa(int bits = 2048) => Read($"rsa-{bits}.pem");

    /// <summary>Another key of 2048 bits: of a stranger, or the next one after a rotation.</summary>
    public static RSA OtherRsa() => Read("rsa-2048-other.pem");

    private static RSA Read(string file)
    {
        using var resource =
            typeof(TestKeys).Assembly.GetManifestResourceStream($"{typeof(TestKeys).Namespace}.{file}")
            ?? throw new ArgumentException($"There is no test key {file}.", nameof(file));
        using var reader = new StreamReader(resource);
        var key = RSA.Create();
        key.ImportFromPem(reader.ReadToEnd());
        return key;
    }
}
