namespace Culvert.Ca.Keys;

/// <summary>The names of <see cref="KeyAlgorithm"/> in configuration and on the wire.</summary>
public static class KeyAlgorithms
{
    private static readonly (string Name, KeyAlgorithm Algorithm)[] Table =
    [
        ("ecdsa-p256", KeyAlgorithm.EcdsaP256),
        ("ecdsa-p384", KeyAlgorithm.EcdsaP384),
        ("ecdsa-p521", KeyAlgorithm.EcdsaP521),
        ("rsa-2048", KeyAlgorithm.Rsa2048),
        ("rsa-3072", KeyAlgorithm.Rsa3072),
        ("rsa-4096", KeyAlgorithm.Rsa4096),
    ];

    public static bool TryParse(string name, out KeyAlgorithm algorithm)
    {
        algorithm = Array.Find(Table, entry => entry.Name == name).Algorithm;
        return algorithm != KeyAlgorithm.Other;
    }

    /// <summary>The name; <c>other</c> for an algorithm without one.</summary>
    public static string Name(KeyAlgorithm algorithm) =>
        Array.Find(Table, entry => entry.Algorithm == algorithm).Name ?? "other";
}
