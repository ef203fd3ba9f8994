namespace Culvert.Ca.Keys;

/// <summary>A key's algorithm with its size, as profiles list them.</summary>
public enum KeyAlgorithm
{
    /// <summary>Anything that no profile can list, for example RSA of an unusual size.</summary>
    Other,
    EcdsaP256,
    EcdsaP384,
    EcdsaP521,
    Rsa2048,
    Rsa3072,
    Rsa4096,
}
