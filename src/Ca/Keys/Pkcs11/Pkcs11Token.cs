using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace Culvert.Ca.Keys.Pkcs11;

/// <summary>
/// One token of an HSM: makes keys that never leave it, and opens them for signing: token signing keys through OpenSSL's
/// <c>pkcs11</c> engine (libp11), authorities' keys through sessions of its own.
/// </summary>
/// <remarks>
/// The PIN is tried once. An HSM counts wrong ones and locks itself, so after one that was refused nothing is tried
/// again until the program starts anew (S20). The engine must be installed where OpenSSL looks for engines; it finds
/// the module through an environment variable, which is set for this process alone.
/// </remarks>
public sealed partial class Pkcs11Token
{
    private const string Engine = "pkcs11";

    // DER of the object identifiers (RFC 5480 §2.1.1.1), as CKA_EC_PARAMS takes them.
    private static readonly byte[] P256 = [0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07];
    private static readonly byte[] P384 = [0x06, 0x05, 0x2b, 0x81, 0x04, 0x00, 0x22];

    private const nuint EcKeyPairGeneration = 0x1040;
    private const nuint RsaKeyPairGeneration = 0x0;

    private readonly Pkcs11Settings settings;
    private readonly Lock gate = new();
    private Pkcs11Library? library;
    private nuint session;
    private Pkcs11Exception? refused;

    // Sessions that sign; each is used by one thread at a time. A stale one is noticed by whoever rents it.
    private readonly System.Collections.Concurrent.ConcurrentStack<Pkcs11Lease> free = new();

    // Held for good: with its last key the engine finalizes the library, and our session would be gone.
    private SafeEvpPKeyHandle? anchor;

    public Pkcs11Token(Pkcs11Settings settings)
    {
        ArgumentNullException.ThrowIfNull(settings);
        this.settings = settings;
    }

    /// <summary>Makes a key pair under a label that must be free.</summary>
    /// <exception cref="Pkcs11Exception">The HSM refused.</exception>
    public void Generate(string label, KeyAlgorithm algorithm) =>
        Generate(label, algorithm, extractable: false, sensitive: true, sign: true);

    // Other than the defaults: for tests of what is then refused.
    internal void Generate(string label, KeyAlgorithm algorithm, bool extractable, bool sensitive, bool sign)
    {
        var (mechanism, parameters) = algorithm switch
        {
            KeyAlgorithm.EcdsaP256 => (EcKeyPairGeneration, Curve(P256)),
            KeyAlgorithm.EcdsaP384 => (EcKeyPairGeneration, Curve(P384)),
            KeyAlgorithm.Rsa2048 => (RsaKeyPairGeneration, Rsa(2048)),
            KeyAlgorithm.Rsa3072 => (RsaKeyPairGeneration, Rsa(3072)),
            KeyAlgorithm.Rsa4096 => (RsaKeyPairGeneration, Rsa(4096)),
            _ => throw new ArgumentOutOfRangeException(nameof(algorithm)),
        };
        Pkcs11Attribute[] common =
        [
            Pkcs11Attribute.Of(Pkcs11Attribute.OnToken, true),
            Pkcs11Attribute.Of(Pkcs11Attribute.Label, label),
            Pkcs11Attribute.Of(Pkcs11Attribute.Id, label),
        ];
        Use(hsm =>
        {
            if (hsm.Find(session, ByLabel(label)).Length > 0)
            {
                throw new Pkcs11Exception($"The token already has an object labelled {label}.");
            }

            hsm.GenerateKeyPair(
                session,
                new Pkcs11Attribute(mechanism, []),
                [.. common, Pkcs11Attribute.Of(Pkcs11Attribute.Verify, true), .. parameters],
                [
                    .. common,
                    Pkcs11Attribute.Of(Pkcs11Attribute.Private, true),
                    Pkcs11Attribute.Of(Pkcs11Attribute.Sensitive, sensitive),
                    Pkcs11Attribute.Of(Pkcs11Attribute.Extractable, extractable),
                    Pkcs11Attribute.Of(Pkcs11Attribute.Sign, sign),
                ]
            );
        });
    }

    /// <summary>Opens an elliptic-curve key. Its private half stays where it is; the caller disposes the handle.</summary>
    /// <exception cref="CryptographicException">There is no such key, or the HSM refused.</exception>
    public ECDsa OpenEc(string label)
    {
        using var handle = OpenHandle(label);
        return new ECDsaOpenSsl(handle);
    }

    /// <inheritdoc cref="OpenEc"/>
    public RSA OpenRsa(string label)
    {
        using var handle = OpenHandle(label);
        return new RSAOpenSsl(handle);
    }

    /// <summary>A key that signs for an authority; it outlives lost sessions. Null when there is none of that label.</summary>
    /// <exception cref="Pkcs11Exception">The HSM refused, or the key must not be an authority's.</exception>
    public IssuerKey? OpenIssuer(string label)
    {
        if (Describe(label) is not { } description)
        {
            return null;
        }

        return description switch
        {
            { PolicyFault: { } fault } => throw new Pkcs11Exception(fault) { IsPolicyFault = true },
            { PublicKey: { } key } => IssuerKey.FromToken(new Pkcs11Key(this, label, key)),
            _ => throw new Pkcs11Exception("The key's algorithm is not supported.") { IsPolicyFault = true },
        };
    }

    /// <summary>
    /// A key that is known to be there, without asking the HSM: whether it answers is seen when it is to sign.
    /// </summary>
    public IssuerKey IssuerOf(string label, SubjectPublicKey publicKey) =>
        IssuerKey.FromToken(new Pkcs11Key(this, label, publicKey));

    /// <summary>What the token says of the key pair of that label; null when there is none.</summary>
    /// <exception cref="Pkcs11Exception">The HSM refused.</exception>
    public Pkcs11KeyDescription? Describe(string label)
    {
        Pkcs11KeyDescription? description = null;
        Use(hsm =>
        {
            var found = hsm.Find(session, PrivateKey(label));
            description =
                found.Length == 0 ? null
                : found.Length > 1 ? new Pkcs11KeyDescription(null, $"Two private keys are labelled {label}.")
                : Describe(hsm, label, found[0]);
        });
        return description;
    }

    internal byte[] Sign(string label, nuint mechanism, byte[] data)
    {
        for (var attempt = 0; ; attempt++)
        {
            var lease = Rent();
            try
            {
                var key = lease.FindKey(label, PrivateKey(label));
                var signature = lease.Library.Sign(lease.Session, key, mechanism, data);
                free.Push(lease);
                return signature;
            }
            catch (Pkcs11Exception lost) when (lost.IsSessionLost && attempt == 0)
            {
                if (lost.IsDeviceFault)
                {
                    lease.Library.CloseSession(lease.Session);
                }

                Forget(lease.Library, lost);
            }
            catch (Pkcs11Exception)
            {
                lease.Library.CloseSession(lease.Session);
                throw;
            }
        }
    }

    /// <summary>Removes the key pair of that label; nothing happens if there is none.</summary>
    public void Destroy(string label) => Use(hsm => hsm.Destroy(session, ByLabel(label)));

    private SafeEvpPKeyHandle OpenHandle(string label)
    {
        SafeEvpPKeyHandle? handle = null;
        Use(hsm =>
        {
            // Looked for first: an engine that does not find a key asks for a PIN, on the terminal if there is one.
            if (hsm.Find(session, PrivateKey(label)).Length != 1)
            {
                throw new Pkcs11Exception($"The token has no private key labelled {label}.");
            }

            // No PIN in the address, which the engine prints when it fails: this process is logged in.
            var uri = $"pkcs11:token={Escape(settings.TokenLabel)};object={Escape(label)};type=private";
            try
            {
                handle = SafeEvpPKeyHandle.OpenPrivateKeyFromEngine(Engine, uri);
            }
            catch (CryptographicException fault)
            {
                throw new Pkcs11Exception(
                    $"OpenSSL's engine {Engine} did not open the key {label}; is it installed? {fault.Message}"
                );
            }

            anchor ??= handle.DuplicateHandle();
        });
        return handle!;
    }

    private Pkcs11KeyDescription Describe(Pkcs11Library hsm, string label, nuint key)
    {
        const nuint Rsa = 0;
        const nuint Ec = 3;
        var type = Number(hsm.Read(session, key, Pkcs11Attribute.KeyType));
        if (type is not (Rsa or Ec))
        {
            return new Pkcs11KeyDescription(null, "The key is neither RSA nor on an elliptic curve.");
        }

        // The public half may be an object of its own (always for curves) or be told by the private one (RSA).
        Pkcs11Attribute[] ofPublic =
        [
            .. ByLabel(label),
            Pkcs11Attribute.Of(Pkcs11Attribute.Class, Pkcs11Attribute.PublicKeyClass),
        ];
        var source = hsm.Find(session, ofPublic) is [var single] ? single : key;
        var publicKey =
            type == Rsa
                ? Pkcs11PublicKey.FromRsa(
                    hsm.Read(session, key, Pkcs11Attribute.Modulus),
                    hsm.Read(session, source, Pkcs11Attribute.PublicExponent)
                )
                : Pkcs11PublicKey.FromEc(
                    hsm.Read(session, source, Pkcs11Attribute.EcParameters),
                    hsm.Read(session, source, Pkcs11Attribute.EcPoint)
                );
        return new Pkcs11KeyDescription(publicKey, FindFault());

        string? FindFault()
        {
            if (Is(Pkcs11Attribute.Extractable) != false || Is(Pkcs11Attribute.Sensitive) != true)
            {
                return "The key can be taken out of the token: it must be sensitive and not extractable.";
            }

            if (Is(Pkcs11Attribute.Sign) != true)
            {
                return "The key may not sign.";
            }

            if (Is(Pkcs11Attribute.AlwaysAuthenticate) == true)
            {
                return "The key asks for the PIN at every signature: a service cannot answer that.";
            }

            return hsm.CanSign(settings.TokenLabel, Pkcs11Key.MechanismOf(type == Rsa))
                ? null
                : "The token does not sign with the key's mechanism.";
        }

        bool? Is(nuint attribute) => hsm.Read(session, key, attribute) is [var value, ..] ? value != 0 : null;
    }

    private Pkcs11Lease Rent()
    {
        if (free.TryPop(out var lease))
        {
            return lease;
        }

        lock (gate)
        {
            var opened = Open_NeedsLock();
            try
            {
                return new Pkcs11Lease(opened, opened.OpenSession(settings.TokenLabel));
            }
            catch (Pkcs11Exception lost) when (lost.IsSessionLost)
            {
                // A token that comes back has forgotten the login: without one its keys would seem to be gone.
                Forget(opened, lost);
                throw;
            }
        }
    }

    // What was opened through a library object that failed is not used again; the next one logs in anew.
    private void Forget(Pkcs11Library failed, Pkcs11Exception lost)
    {
        lock (gate)
        {
            if (!ReferenceEquals(library, failed))
            {
                return;
            }

            library = null;
            var leases = new List<Pkcs11Lease>();
            while (free.TryPop(out var lease))
            {
                leases.Add(lease);
            }

            // A handle that is not ours any more may be somebody else's by now: that one is left alone.
            if (lost.IsDeviceFault)
            {
                leases.ForEach(lease => failed.CloseSession(lease.Session));
                failed.CloseSession(session);
            }
        }
    }

    private static Pkcs11Attribute[] PrivateKey(string label) =>
        [.. ByLabel(label), Pkcs11Attribute.Of(Pkcs11Attribute.Class, Pkcs11Attribute.PrivateKeyClass)];

    private static nuint? Number(byte[]? value) =>
        value?.Length == nuint.Size ? MemoryMarshal.Read<nuint>(value) : null;

    private void Use(Action<Pkcs11Library> action)
    {
        lock (gate)
        {
            var opened = Open_NeedsLock();
            try
            {
                action(opened);
            }
            catch (Pkcs11Exception lost) when (lost.IsSessionLost)
            {
                // Once more, with a PIN that is known to be right.
                Forget(opened, lost);
                action(Open_NeedsLock());
            }
        }
    }

    private Pkcs11Library Open_NeedsLock()
    {
        if (refused is not null)
        {
            throw refused;
        }

        if (library is not null)
        {
            return library;
        }

        // Read by the engine when it is loaded. The runtime's own variables are a copy that native code does not see.
        if (SetEnvironment("PKCS11_MODULE_PATH", settings.ModulePath, overwrite: 1) != 0)
        {
            throw new Pkcs11Exception("The module's path could not be set for the engine.");
        }

        var opened = new Pkcs11Library(settings.ModulePath);
        session = opened.OpenSession(settings.TokenLabel);
        var pin = System.Text.Encoding.UTF8.GetBytes(settings.ReadPin());
        try
        {
            opened.Login(session, pin);
        }
        catch (Pkcs11Exception fault)
        {
            opened.CloseSession(session);
            if (fault.IsLoginRefused)
            {
                // Any other failure says nothing of the PIN.
                refused = fault;
            }

            throw;
        }
        finally
        {
            CryptographicOperations.ZeroMemory(pin);
        }

        library = opened;
        return opened;
    }

    private static Pkcs11Attribute[] ByLabel(string label) => [Pkcs11Attribute.Of(Pkcs11Attribute.Label, label)];

    private static Pkcs11Attribute[] Curve(byte[] oid) => [new(Pkcs11Attribute.EcParameters, oid)];

    private static Pkcs11Attribute[] Rsa(nuint bits) =>
        [
            Pkcs11Attribute.Of(Pkcs11Attribute.ModulusBits, bits),
            new(Pkcs11Attribute.PublicExponent, [0x01, 0x00, 0x01]),
        ];

    // RFC 7512 §2.3: every octet may be escaped.
    private static string Escape(string text) =>
        string.Concat(System.Text.Encoding.UTF8.GetBytes(text).Select(octet => $"%{octet:X2}"));

    [LibraryImport("libc", EntryPoint = "setenv", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int SetEnvironment(string name, string value, int overwrite);
}
