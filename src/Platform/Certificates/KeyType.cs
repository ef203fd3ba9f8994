namespace Culvert.Platform.Certificates;

/// <summary>The key types of the programs' certificates.</summary>
public enum KeyType
{
    /// <summary>ECDSA on P-256: the default.</summary>
    EcdsaP256,

    /// <summary>ECDSA on P-384.</summary>
    EcdsaP384,

    /// <summary>RSA with 2048 bits.</summary>
    Rsa2048,

    /// <summary>RSA with 3072 bits.</summary>
    Rsa3072,
}
