namespace Culvert.Ca.Keys;

internal enum PublicKeyError
{
    /// <summary>The key can be used.</summary>
    None,

    /// <summary>Algorithm, curve, parameters or point that we do not handle.</summary>
    Unsupported,

    /// <summary>An RSA key out of bounds: below 1024 or above 8192 bits, even, or with an unusual exponent.</summary>
    Weak,
}
