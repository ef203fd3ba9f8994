namespace Culvert.Ca.Keys.Pkcs11;

/// <summary>The token that holds private keys.</summary>
/// <param name="ModulePath">The vendor's PKCS#11 library, an absolute path.</param>
/// <param name="TokenLabel">The token's label, at most 32 bytes.</param>
/// <param name="ReadPin">Reads the user PIN when it is needed; it is not cached.</param>
public sealed record Pkcs11Settings(string ModulePath, string TokenLabel, Func<string> ReadPin)
{
    /// <summary>Time limit of a call. An HSM on a network answers within a second.</summary>
    public TimeSpan Limit { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// Time limit of generating a key pair. A small or busy HSM may search for more than ten seconds for RSA primes, and
    /// answers other calls meanwhile. Together with the calls around it, it must stay below the minute after which another
    /// node may continue the registration of an authority.
    /// </summary>
    public TimeSpan GenerateLimit { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>For tests: overrides <see cref="Limit"/> and <see cref="GenerateLimit"/> of the next call.</summary>
    internal Func<TimeSpan>? LimitNow { get; init; }

    /// <summary>Called after each call with its key's label: null = the HSM answered, else why it failed.</summary>
    public Action<string, Pkcs11Exception?>? Answered { get; init; }

    /// <summary>Called before each HSM function with its name; for error injection.</summary>
    internal Action<string>? Probe { get; init; }

    public override string ToString() => $"token {TokenLabel} of {ModulePath}";
}
