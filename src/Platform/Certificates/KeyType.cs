namespace Culvert.Platform.Certificates;

public enum KeyType
{
    /// <summary>ECDSA on P-256: the default.</summary>
    EcdsaP256,

    EcdsaP384,

    Rsa2048,

    Rsa3072,
}
