namespace Culvert.Jose.Algorithms;

/// <summary>
/// The supported signature algorithms of RFC 7518 §3.1: no symmetric one and no unsigned token. No header, option or key can
/// select an algorithm that is not in this list.
/// </summary>
public enum JwsAlgorithm
{
    /// <summary>RSASSA-PKCS1-v1_5 with SHA-256.</summary>
    RS256,

    /// <summary>RSASSA-PKCS1-v1_5 with SHA-384.</summary>
    RS384,

    /// <summary>RSASSA-PKCS1-v1_5 with SHA-512.</summary>
    RS512,

    /// <summary>RSASSA-PSS with SHA-256, salt as long as the hash.</summary>
    PS256,

    /// <summary>RSASSA-PSS with SHA-384, salt as long as the hash.</summary>
    PS384,

    /// <summary>RSASSA-PSS with SHA-512, salt as long as the hash.</summary>
    PS512,

    /// <summary>ECDSA on P-256 with SHA-256.</summary>
    ES256,

    /// <summary>ECDSA on P-384 with SHA-384.</summary>
    ES384,

    /// <summary>ECDSA on P-521 with SHA-512.</summary>
    ES512,
}
