namespace Culvert.Ca.Keys.Pkcs11;

/// <summary>Which token of which HSM holds private keys.</summary>
/// <param name="ModulePath">The vendor's PKCS#11 library, an absolute path.</param>
/// <param name="TokenLabel">The token's label, at most 32 bytes.</param>
/// <param name="ReadPin">Reads the user PIN when it is needed; not kept.</param>
public sealed record Pkcs11Settings(string ModulePath, string TokenLabel, Func<string> ReadPin)
{
    /// <summary>How long one call is waited for. An HSM on a network answers within a second; ten are an error.</summary>
    public TimeSpan Limit { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// How long the making of a key pair is waited for. A small or busy HSM may search for more than ten seconds for the
    /// primes of an RSA key, and it answers other calls meanwhile. With the calls before and after it, it must stay below the
    /// minute after which another node may continue the registration of an authority.
    /// </summary>
    public TimeSpan GenerateLimit { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// For tests: the limit of a call that begins now, in place of <see cref="Limit"/> and <see cref="GenerateLimit"/>.
    /// </summary>
    internal Func<TimeSpan>? LimitNow { get; init; }

    /// <summary>
    /// Told after each call by the label of the key that it was for: null = the HSM answered, otherwise why it failed.
    /// </summary>
    public Action<string, Pkcs11Exception?>? Answered { get; init; }

    /// <summary>Runs where the HSM is about to be called, with the function's name; for error injection.</summary>
    internal Action<string>? Probe { get; init; }

    /// <inheritdoc/>
    public override string ToString() => $"token {TokenLabel} of {ModulePath}";
}
