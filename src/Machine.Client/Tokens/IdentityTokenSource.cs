using System.Buffers;
using Culvert.Machine.Client.Tokens.Detection;

namespace Culvert.Machine.Client.Tokens;

/// <summary>The source of the identity provider's token. It is never stored: the platform or program renews it.</summary>
public sealed class IdentityTokenSource
{
    /// <summary>The longest assertion that the token endpoint accepts.</summary>
    public const int MaxBytes = 16 * 1024;

    // base64url and the two dots of a JWS (RFC 7515 §7.1); the exchange checks the rest.
    private static readonly SearchValues<char> TokenCharacters = SearchValues.Create(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_."
    );

    private readonly IdentityTokenOptions options;
    private readonly PlatformEnvironment platform;

    /// <param name="options">Exactly one source, or none: then a detector is chosen.</param>
    /// <param name="time">The clock of time limits.</param>
    /// <param name="environment">Looks up variables; null: the process's own.</param>
    public IdentityTokenSource(
        IdentityTokenOptions options,
        TimeProvider time,
        Func<string, string?>? environment = null
    )
        : this(options, new PlatformEnvironment(environment ?? Environment.GetEnvironmentVariable, time)) { }

    internal IdentityTokenSource(IdentityTokenOptions options, PlatformEnvironment platform)
    {
        this.options = options;
        this.platform = platform;
    }

    /// <summary>Names the source for messages: <c>file /run/token</c>, <c>detector github</c>.</summary>
    public string Name =>
        options.File.Length > 0 ? $"file {options.File}"
        : options.Environment.Length > 0 ? $"environment variable {options.Environment}"
        : options.Command.Count > 0 ? $"command {options.Command[0]}"
        : $"detector {Detected?.Name ?? options.Detector}";

    public string NextStep =>
        options.File.Length > 0 ? $"Let the platform write a token to {options.File}, or correct identity.token.file."
        : options.Environment.Length > 0
            ? $"Set {options.Environment} where the program is started, or correct identity.token.environment."
        : options.Command.Count > 0
            ? $"Check that the identity provider runs and is reachable from this machine: {options.Command[0]} gets the token from it."
        : "Set identity.token, or let the platform project a token.";

    private PlatformDetector? Detected
    {
        get
        {
            try
            {
                return PlatformDetectors.Choose(options.Detector, platform);
            }
            catch (IdentityTokenException)
            {
                return null; // reported when the token is read
            }
        }
    }

    /// <summary>Returns the current token, without surrounding white space.</summary>
    /// <exception cref="IdentityTokenException">The token is unavailable or malformed.</exception>
    public async Task<string> ReadAsync(CancellationToken cancellationToken)
    {
        var token = (await ReadTextAsync(cancellationToken)).Trim();
        if (token.Length == 0)
        {
            throw Failed("gave nothing");
        }

        if (token.Length > MaxBytes)
        {
            throw Failed(TokenFile.TooLong);
        }

        return token.AsSpan().ContainsAnyExcept(TokenCharacters)
            ? throw Failed("gave something that is not a JWT")
            : token;
    }

    private Task<string> ReadTextAsync(CancellationToken cancellationToken)
    {
        if (options.File.Length > 0)
        {
            return TokenFile.ReadAsync(options.File, cancellationToken);
        }

        if (options.Environment.Length > 0)
        {
            return Task.FromResult(platform[options.Environment] ?? throw Failed("is not set"));
        }

        if (options.Command.Count > 0)
        {
            return TokenCommand.RunAsync(
                options.Command,
                options.InheritEnvironment,
                options.CommandTimeout,
                platform.Time,
                cancellationToken
            );
        }

        var detector = PlatformDetectors.Choose(options.Detector, platform);
        return detector.ReadAsync(platform, options.Audience, cancellationToken);
    }

    private IdentityTokenException Failed(string reason) => new($"The identity token's {Name} {reason}.");
}
