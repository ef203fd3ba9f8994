using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Net.Pkcs11Interop.Common;

namespace Culvert.Ca.Keys.Pkcs11;

/// <summary>
/// A token of an HSM. It generates keys that never leave it, and signs with them through its own sessions, so that a lost
/// session, a logout or a reset token is recovered in place. OpenSSL's engine could not be restarted within a process.
/// </summary>
/// <remarks>
/// An HSM counts wrong PINs and locks itself, so a refused PIN is not tried again until the program restarts (S20). Every
/// call has a time limit: a call that hangs costs a thread and its sessions, which new ones replace
/// (<see cref="Pkcs11Workers"/>).
/// </remarks>
public sealed class Pkcs11Token
{
    // DER of the object identifiers (RFC 5480 §2.1.1.1), the form of CKA_EC_PARAMS.
    private static readonly byte[] P256 = [0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07];
    private static readonly byte[] P384 = [0x06, 0x05, 0x2b, 0x81, 0x04, 0x00, 0x22];

    private const int LabelDigits = 16;

    private readonly Pkcs11Settings settings;
    private readonly Pkcs11Workers workers;
    private readonly Func<TimeSpan> generateLimit;
    private readonly Pkcs11Login login;
    private volatile Pkcs11Sessions sessions;

    // A missing token must not re-initialise the library for every request.
    private static readonly TimeSpan RestartEvery = TimeSpan.FromSeconds(1);
    private long restartedAt;

    public Pkcs11Token(Pkcs11Settings settings)
    {
        ArgumentNullException.ThrowIfNull(settings);
        this.settings = settings;
        workers = new Pkcs11Workers(settings.LimitNow ?? (() => settings.Limit));
        generateLimit = settings.LimitNow ?? (() => settings.GenerateLimit);
        login = new Pkcs11Login(settings);
        sessions = new Pkcs11Sessions(settings, login);
    }

    /// <summary>Every thread hangs in the library: only a new process can use the HSM again.</summary>
    public bool IsStuck => workers.IsStuck;

    /// <summary>
    /// Creates a key pair and returns its label: the prefix and 16 random hexadecimal digits. A key that is created after
    /// its caller's time limit is removed before it can be used; see <see cref="Rename"/>.
    /// </summary>
    /// <exception cref="Pkcs11Exception">The HSM refused.</exception>
    public string GenerateUnder(string prefix, KeyAlgorithm algorithm)
    {
        var label = prefix + RandomNumberGenerator.GetHexString(LabelDigits, lowercase: true);
        Generate(label, algorithm);
        return label;
    }

    /// <summary>
    /// Creates a key pair under an unused label. A key that is created after its caller's time limit is removed, so no other
    /// caller may search for the label before this returns.
    /// </summary>
    /// <exception cref="Pkcs11Exception">The HSM refused.</exception>
    public void Generate(string label, KeyAlgorithm algorithm) =>
        Generate(label, algorithm, extractable: false, sensitive: true, sign: true);

    // With other attributes than the defaults, for tests of what is refused.
    internal void Generate(string label, KeyAlgorithm algorithm, bool extractable, bool sensitive, bool sign)
    {
        var (mechanism, parameters) = algorithm switch
        {
            KeyAlgorithm.EcdsaP256 => (CKM.CKM_EC_KEY_PAIR_GEN, Curve(P256)),
            KeyAlgorithm.EcdsaP384 => (CKM.CKM_EC_KEY_PAIR_GEN, Curve(P384)),
            KeyAlgorithm.Rsa2048 => (CKM.CKM_RSA_PKCS_KEY_PAIR_GEN, Rsa(2048)),
            KeyAlgorithm.Rsa3072 => (CKM.CKM_RSA_PKCS_KEY_PAIR_GEN, Rsa(3072)),
            KeyAlgorithm.Rsa4096 => (CKM.CKM_RSA_PKCS_KEY_PAIR_GEN, Rsa(4096)),
            _ => throw new ArgumentOutOfRangeException(nameof(algorithm)),
        };
        Pkcs11Attribute[] common =
        [
            Pkcs11Attribute.Create(CKA.CKA_TOKEN, true),
            Pkcs11Attribute.Create(CKA.CKA_LABEL, label),
            Pkcs11Attribute.Create(CKA.CKA_ID, label),
        ];
        Call(
            label,
            (call, hsm) =>
                hsm.Use(
                    (library, session) =>
                    {
                        if (library.Find(session, ByLabel(label)).Length > 0)
                        {
                            throw new Pkcs11Exception($"The token already has an object labelled {label}.");
                        }

                        settings.Probe?.Invoke("C_GenerateKeyPair");
                        var made = library.GenerateKeyPair(
                            session,
                            mechanism,
                            [.. common, Pkcs11Attribute.Create(CKA.CKA_VERIFY, true), .. parameters],
                            [
                                .. common,
                                Pkcs11Attribute.Create(CKA.CKA_PRIVATE, true),
                                Pkcs11Attribute.Create(CKA.CKA_SENSITIVE, sensitive),
                                Pkcs11Attribute.Create(CKA.CKA_EXTRACTABLE, extractable),
                                Pkcs11Attribute.Create(CKA.CKA_SIGN, sign),
                            ]
                        );
                        if (call.IsAbandoned)
                        {
                            // The caller may have created another key with the same label meanwhile.
                            settings.Probe?.Invoke("C_DestroyObject");
                            library.DestroyObjects(session, made);
                        }

                        return true;
                    }
                ),
            generateLimit
        );
    }

    /// <summary>
    /// Gives a key pair its final label, which must be unused. A rename after the caller's time limit stays in effect unless
    /// another key got the label meanwhile, because others may have found the key by then.
    /// </summary>
    /// <exception cref="Pkcs11Exception">The HSM refused; a policy error if it does not allow label changes (PKCS#11 v2.40
    /// §4.4: CKA_MODIFIABLE is its choice).</exception>
    public void Rename(string label, string next) =>
        Call(
            next,
            (call, hsm) =>
                hsm.Use(
                    (library, session) =>
                    {
                        // A session that sees the private key sees the whole pair.
                        ulong[] pair =
                        [
                            .. library.Find(session, PublicKey(label)),
                            .. library.Find(session, PrivateKey(label)),
                        ];
                        if (library.Find(session, PrivateKey(next)).Length > 0)
                        {
                            throw new Pkcs11Exception($"The token already has a private key labelled {next}.");
                        }

                        settings.Probe?.Invoke("C_SetAttributeValue");
                        foreach (var half in pair)
                        {
                            library.Write(session, half, ByLabel(next));
                        }

                        if (call.IsAbandoned && library.Find(session, PrivateKey(next)).Length > 1)
                        {
                            settings.Probe?.Invoke("C_DestroyObject");
                            library.DestroyObjects(session, pair);
                        }

                        return true;
                    }
                )
        );

    /// <summary>Opens an elliptic-curve key, whose private half stays in the token.</summary>
    /// <exception cref="CryptographicException">There is no such key, or the HSM refused.</exception>
    public ECDsa OpenEc(string label) =>
        Describe(label) switch
        {
            null => throw new Pkcs11Exception($"The token has no private key labelled {label}."),
            { PublicKey: { IsRsa: false } key } => new Pkcs11EcDsa(this, label, key),
            _ => throw new Pkcs11Exception($"The key {label} is not on a curve that is supported."),
        };

    /// <summary>Opens an RSA key, whose private half stays in the token.</summary>
    /// <exception cref="CryptographicException">There is no such key, or the HSM refused.</exception>
    public RSA OpenRsa(string label) =>
        Describe(label) switch
        {
            null => throw new Pkcs11Exception($"The token has no private key labelled {label}."),
            { PublicKey: { IsRsa: true } key } => new Pkcs11Rsa(new Pkcs11Key(this, label, key)),
            _ => throw new Pkcs11Exception($"The key {label} is not an RSA key that is supported."),
        };

    /// <summary>Opens an authority's key, which survives lost sessions. Null when there is none with that label.</summary>
    /// <exception cref="Pkcs11Exception">The HSM refused, or the key must not be an authority's.</exception>
    public IssuerKey? OpenIssuer(string label)
    {
        if (Describe(label) is not { } description)
        {
            return null;
        }

        return description switch
        {
            { PolicyError: { } fault } => throw new Pkcs11Exception(fault) { IsPolicyError = true },
            { PublicKey: { } key } => IssuerKey.FromToken(new Pkcs11Key(this, label, key)),
            _ => throw new Pkcs11Exception("The key's algorithm is not supported.") { IsPolicyError = true },
        };
    }

    /// <summary>Opens a key that is known to exist, without calling the HSM before the key signs.</summary>
    public IssuerKey CreateIssuerKey(string label, SubjectPublicKey publicKey) =>
        IssuerKey.FromToken(new Pkcs11Key(this, label, publicKey));

    /// <summary>Describes the key pair with that label; null when there is none.</summary>
    /// <exception cref="Pkcs11Exception">The HSM refused.</exception>
    public Pkcs11KeyDescription? Describe(string label) =>
        Call(
            label,
            (_, hsm) =>
                hsm.Use(
                    (library, session) =>
                    {
                        settings.Probe?.Invoke("C_FindObjects");
                        var found = library.Find(session, PrivateKey(label));
                        if (found.Length == 0)
                        {
                            library.RequireToken(settings.TokenLabel);
                            return null;
                        }

                        return found.Length > 1
                            ? new Pkcs11KeyDescription(null, $"Two private keys are labelled {label}.")
                            : Describe(library, session, label, found[0]);
                    }
                )
        );

    internal byte[] Sign(string label, CKM mechanism, byte[] data) =>
        Call(label, (_, hsm) => hsm.Sign(label, PrivateKey(label), mechanism, data));

    public void Destroy(string label) =>
        Call(label, (_, hsm) => hsm.Use((library, session) => library.Destroy(session, ByLabel(label))));

    // For tests: leaves only the public half, as an interruption may.
    internal void DestroyPrivate(string label) =>
        Call(label, (_, hsm) => hsm.Use((library, session) => library.Destroy(session, PrivateKey(label))));

    private Pkcs11KeyDescription Describe(Pkcs11Library hsm, ulong session, string label, ulong key)
    {
        const ulong Rsa = (ulong)CKK.CKK_RSA;
        const ulong Ec = (ulong)CKK.CKK_EC;
        var type = Number(hsm.Read(session, key, CKA.CKA_KEY_TYPE));
        if (type is not (Rsa or Ec))
        {
            return new Pkcs11KeyDescription(null, "The key is neither RSA nor on an elliptic curve.");
        }

        // The public half may be an object of its own (always for curves) or be computed from the private key (RSA). Both
        // have the same identifier, unless another tool set none.
        var id = new Pkcs11Attribute(CKA.CKA_ID, hsm.Read(session, key, CKA.CKA_ID) ?? []);
        var source =
            hsm.Find(session, [.. PublicKey(label), id]) is [var own] ? own
            : hsm.Find(session, PublicKey(label)) is [var single] ? single
            : key;
        var publicKey =
            type == Rsa
                ? Pkcs11PublicKey.FromRsa(
                    hsm.Read(session, key, CKA.CKA_MODULUS),
                    hsm.Read(session, source, CKA.CKA_PUBLIC_EXPONENT)
                )
                : Pkcs11PublicKey.FromEc(
                    hsm.Read(session, source, CKA.CKA_EC_PARAMS),
                    hsm.Read(session, source, CKA.CKA_EC_POINT)
                );
        return new Pkcs11KeyDescription(publicKey, FindPolicyError());

        string? FindPolicyError()
        {
            if (Is(CKA.CKA_EXTRACTABLE) != false || Is(CKA.CKA_SENSITIVE) != true)
            {
                return "The key can be exported from the token: it must be sensitive and not extractable.";
            }

            if (Is(CKA.CKA_SIGN) != true)
            {
                return "The key may not sign.";
            }

            if (Is(CKA.CKA_ALWAYS_AUTHENTICATE) == true)
            {
                return "The key requires the PIN for every signature (CKA_ALWAYS_AUTHENTICATE), which a service cannot provide.";
            }

            return hsm.CanSign(settings.TokenLabel, Pkcs11Key.GetMechanism(type == Rsa))
                ? null
                : "The token does not sign with the key's mechanism.";
        }

        bool? Is(CKA attribute) => hsm.Read(session, key, attribute) is [var value, ..] ? value != 0 : null;
    }

    // Retries once, because the re-initialised library may find the token again.
    private T Call<T>(string label, Func<Pkcs11Call, Pkcs11Sessions, T> work, Func<TimeSpan>? ownLimit = null)
    {
        try
        {
            T result;
            try
            {
                result = CallOnce(work, ownLimit);
            }
            catch (Pkcs11Exception gone) when (gone.IsTokenGone && TryRestart())
            {
                result = CallOnce(work, ownLimit);
            }

            settings.Answered?.Invoke(label, null);
            return result;
        }
        catch (Pkcs11Exception fault)
        {
            settings.Answered?.Invoke(label, fault);
            throw;
        }
    }

    private bool TryRestart()
    {
        var last = Interlocked.Read(ref restartedAt);
        return (last == 0 || Stopwatch.GetElapsedTime(last) >= RestartEvery)
            && Interlocked.CompareExchange(ref restartedAt, Stopwatch.GetTimestamp(), last) == last
            && workers.TryRunAlone(sessions.Restart);
    }

    // Runs on a worker's thread within the limit. Sessions in which a call hangs are replaced, so that a session or lock
    // that it holds blocks no other thread. A call that never started holds none.
    private T CallOnce<T>(Func<Pkcs11Call, Pkcs11Sessions, T> work, Func<TimeSpan>? ownLimit)
    {
        login.ThrowIfRefused();
        var present = sessions;
        try
        {
            return workers.Run(
                call =>
                {
                    try
                    {
                        return work(call, present);
                    }
                    finally
                    {
                        if (call.IsAbandoned)
                        {
                            present.Close();
                        }
                    }
                },
                ownLimit
            );
        }
        catch (Pkcs11Exception late) when (late.IsLate)
        {
            present.Retire();
            Interlocked.CompareExchange(ref sessions, new Pkcs11Sessions(settings, login), present);
            throw;
        }
    }

    private static Pkcs11Attribute[] PrivateKey(string label) =>
        [.. ByLabel(label), Pkcs11Attribute.Create(CKA.CKA_CLASS, (ulong)CKO.CKO_PRIVATE_KEY)];

    private static Pkcs11Attribute[] PublicKey(string label) =>
        [.. ByLabel(label), Pkcs11Attribute.Create(CKA.CKA_CLASS, (ulong)CKO.CKO_PUBLIC_KEY)];

    private static ulong? Number(byte[]? value) =>
        value?.Length == sizeof(ulong) ? MemoryMarshal.Read<ulong>(value) : null;

    private static Pkcs11Attribute[] ByLabel(string label) => [Pkcs11Attribute.Create(CKA.CKA_LABEL, label)];

    private static Pkcs11Attribute[] Curve(byte[] oid) => [new(CKA.CKA_EC_PARAMS, oid)];

    private static Pkcs11Attribute[] Rsa(ulong bits) =>
        [Pkcs11Attribute.Create(CKA.CKA_MODULUS_BITS, bits), new(CKA.CKA_PUBLIC_EXPONENT, [0x01, 0x00, 0x01])];
}
