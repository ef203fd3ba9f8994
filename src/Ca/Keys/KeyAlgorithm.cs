namespace Culvert.Ca.Keys;

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
