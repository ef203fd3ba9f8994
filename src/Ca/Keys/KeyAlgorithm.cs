namespace Culvert.Ca.Keys;

/// <summary>A key's algorithm and size, as profiles list them.</summary>
public enum KeyAlgorithm
{
    /// <summary>An algorithm or size that no profile can list, for example RSA of an unusual size.</summary>
    Other,
    EcdsaP256,
    EcdsaP384,
    EcdsaP521,
    Rsa2048,
    Rsa3072,
    Rsa4096,
}
