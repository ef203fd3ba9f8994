namespace Culvert.Ca.Keys.Pkcs11;

/// <summary>Which token of which HSM holds private keys.</summary>
/// <param name="ModulePath">The vendor's PKCS#11 library, an absolute path.</param>
/// <param name="TokenLabel">The token's label, at most 32 bytes.</param>
/// <param name="ReadPin">Reads the user PIN when it is needed; not kept.</param>
public sealed record Pkcs11Settings(string ModulePath, string TokenLabel, Func<string> ReadPin)
{
    /// <inheritdoc/>
    public override string ToString() => $"token {TokenLabel} of {ModulePath}";
}
