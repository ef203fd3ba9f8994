using System.Security.Cryptography;
using Culvert.Ca.Keys;
using Culvert.Ca.Keys.Pkcs11;
using Culvert.Identity.Service.Configuration;
using Culvert.Platform.Secrets;

namespace Culvert.Identity.Service.Doctor;

/// <summary>The input of the checks, collected once so that all of them describe the same moment.</summary>
internal sealed record ServiceFacts
{
    // A label that no key has: the request only tests the login.
    private const string NoKey = "culvert-doctor-asks";

    public required ServiceOptions Options { get; init; }

    public required DateTimeOffset Now { get; init; }

    public required StoreState Store { get; init; }

    public IReadOnlyList<IssuerState> Issuers { get; init; } = [];

    /// <summary>Null if none is configured, or its module file is missing.</summary>
    public HsmState? Hsm { get; init; }

    public static async Task<ServiceFacts> GatherAsync(
        ServiceOptions options,
        TimeProvider time,
        CancellationToken cancellationToken
    )
    {
        var now = time.GetUtcNow();
        var store = await StoreInspection.ReadAsync(options, now, cancellationToken);
        return new ServiceFacts
        {
            Options = options,
            Now = now,
            Store = store,
            Issuers = await IssuerProbe.Create(options, time).RunAsync(store.Issuers, cancellationToken),
            Hsm =
                options.Pkcs11 is { } settings && File.Exists(settings.ModulePath)
                    ? Probe(new Pkcs11Token(settings), store)
                    : null,
        };
    }

    // In this process, which ends soon: a wrong PIN costs one attempt, as at each start (S20).
    private static HsmState Probe(Pkcs11Token token, StoreState store)
    {
        try
        {
            token.Describe(NoKey);
        }
        catch (Exception fault) when (fault is CryptographicException or SecretUnavailableException)
        {
            return new HsmState { Error = fault.Message };
        }

        return new HsmState
        {
            Keys =
            [
                .. store.HsmKeys.Select(key => new HsmKeyState(
                    key.Label,
                    key.AuthorityId,
                    FindError(token, key.Label, key.PublicKey)
                )),
            ],
        };
    }

    private static string? FindError(Pkcs11Token token, string label, byte[] publicKey)
    {
        try
        {
            using var key = token.CreateIssuerKey(label, SubjectPublicKey.TryParse(publicKey)!);
            return key.Prove() ? null : "It signed as another key than the one that was registered.";
        }
        catch (CryptographicException fault)
        {
            return fault.Message;
        }
    }
}
